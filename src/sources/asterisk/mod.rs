//! Asterisk, over its manager interface (AMI).
//!
//! [`link`] keeps a connection: it logs in, asks for the whole state, and hands on what comes. [`state`] knows what all of that
//! means: it is a state machine without I/O that turns AMI's messages into events of the board and the progress of calls.

mod link;
mod settings;
mod state;

pub use settings::{Settings, Tls};
pub use state::{Mailbox, Output};
