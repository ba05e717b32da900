//! The plugin's side: a process that a host has started.

mod listener;
mod serve;

pub use listener::ListenError;
pub use serve::{Plugin, PluginStreams, ServeExit, StartError, serve};
