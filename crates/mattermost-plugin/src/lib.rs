#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! - [`Plugin`] and [`run`]: the life of a plugin, its [hooks](Hook) and [events](Event);
//! - [`Api`]: what a plugin can ask of the server, with the [`model`]'s types and its
//!   [errors](error);
//! - [`http`]: requests under `/plugins/<id>/`, answered by any `tower` service, an axum `Router`
//!   for example, with bodies that stream and connections that can be taken over;
//! - [`log`]: `tracing` events as lines of the server's log.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

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
