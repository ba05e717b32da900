#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! - [`Plugin`] and [`run`]: the life of a plugin, its [hooks](Hook) and [events](Event);
//! - [`Api`]: what a plugin can ask of the server, with the [`model`]'s types and its
//!   [errors](error); [`Api::call_raw`] for what it has no method for;
//! - [`http`]: requests under `/plugins/<id>/`, answered by any `tower` service, an axum `Router`
//!   for example, with bodies that stream and connections that can be taken over;
//! - [`log`]: `tracing` events as lines of the server's log.
//!
//! # Tasks, threads and panics
//!
//! [`run`] makes a tokio runtime of one thread, on which all of a plugin runs; `tokio::spawn` and the rest of tokio work in it.
//! [`Api`] and everything that a plugin is handed can go to tasks and threads of its own.
//!
//! A panic in a hook, in an HTTP handler or in a spawned task is a line of the server's log and costs that hook, request or task alone:
//! the host hears of an error, or the client of a 500. So `panic = "abort"` is not for a plugin's profile. Functions of
//! this crate do not panic, whatever server and clients send, outside of what needs a tokio runtime and has none ([`Api::new`] among it).
//!
//! # Features
//!
//! There are none: unused hooks are left out when a plugin is compiled, and unused calls when it is linked.
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

/// What stands below: its errors are in [`error::ApiError`], and a stand-in for the server is made of it.
pub use go_plugin;
/// Go's encoding, for types of one's own: [`Api::call_raw`].
pub use gob;
