//! The host's side: it starts a plugin process and calls it.

mod process;

pub use process::{HostError, Output, Process, START_TIMEOUT, StartOptions};
