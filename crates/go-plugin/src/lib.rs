#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod broker;
pub mod handshake;
pub mod host;
pub mod panics;
pub mod plugin;
pub mod rpc;
pub mod yamux;
