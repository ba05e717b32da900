//! What comes out of the state machine.

use crate::board::{Event, Timestamp};

/// Something that Asterisk's messages mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// For the board, and when it happened.
    Board(Event, Timestamp),
    /// For the owner of a mailbox.
    Mailbox(Mailbox),
}

/// How many messages wait in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its name, such as `6001@default`.
    pub mailbox: String,
    /// The extension that it belongs to: the name without its context.
    pub extension: String,
    /// Messages that nobody listened to.
    pub new: u32,
    /// Messages that somebody listened to.
    pub old: u32,
}
