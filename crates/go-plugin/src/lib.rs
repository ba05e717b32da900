#![doc = include_str!("../README.md")]
//!
//! # Errors
//!
//! Each error says all of it in one line, what stands behind it included. `source` leads to that as a value, for whoever tells
//! kinds apart; a report that writes the whole chain says some things twice.
//!
//! # Tasks, threads and panics
//!
//! All of it runs on tokio, on a runtime of one thread or of many; handles can be cloned and sent to any task. What a peer sends makes nothing
//! panic. What needs a runtime and finds none does, and says so under *Panics*.
//!
//! # Features
//!
//! There are none.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub use gob;

pub mod broker;
pub mod handshake;
pub mod host;
pub mod panics;
pub mod plugin;
pub mod rpc;
pub mod yamux;
