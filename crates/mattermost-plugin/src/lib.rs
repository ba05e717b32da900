//! Mattermost server plugins in Rust.
//!
//! A plugin is a program that Mattermost starts and talks to over one socket. This crate speaks
//! that protocol; what is left to write is a [`Plugin`]:
//!
//! - [`Plugin`] and [`run`]: the life of a plugin, its [hooks](Hook) and [events](Event);
//! - [`Api`]: what a plugin can ask of the server, with the [`model`]'s types and its
//!   [errors](error);
//! - [`http`]: requests under `/plugins/<id>/`, answered by any `tower` service, an axum `Router`
//!   for example, with bodies that stream and connections that can be taken over;
//! - [`log`]: `tracing` events as lines of the server's log.
//!
//! `examples/hello.rs` is a whole plugin.

pub mod api;
pub mod error;
pub mod hooks;
pub mod http;
pub mod log;
pub mod model;
mod plugin;

pub use api::Api;
pub use hooks::{Context, Event, Hook};
pub use plugin::{HANDSHAKE, Plugin, run};
