//! hashicorp/go-plugin in Rust, both sides, over tokio.
//!
//! go-plugin starts a plugin as a child process and talks to it over one socket. From the bottom:
//!
//! - [`handshake`]: the environment variable and the line with which both find each other;
//! - [`yamux`]: many streams over the one connection;
//! - [`broker`]: streams that both sides find by a number;
//! - [`rpc`]: Go's net/rpc over gob on each stream;
//! - [`plugin`]: the process that is started, and [`host`]: the one that starts it;
//! - [`panics`]: what keeps a panicking call from ending the process.
//!
//! Only the net/rpc protocol is spoken, for hosts that allow nothing else (Mattermost); there is
//! no gRPC and no mutual TLS.

pub mod broker;
pub mod handshake;
pub mod host;
pub mod panics;
pub mod plugin;
pub mod rpc;
pub mod yamux;
