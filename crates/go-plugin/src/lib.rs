#![doc = include_str!("../README.md")]

pub mod broker;
pub mod handshake;
pub mod host;
pub mod panics;
pub mod plugin;
pub mod rpc;
pub mod yamux;
