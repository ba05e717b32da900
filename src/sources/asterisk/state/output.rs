//! What comes out of the state machine.

use crate::board::{Event, Timestamp};
use crate::calls::Mailbox;
use crate::sinks::missed::Outside;

/// Something that Asterisk's messages mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// For the board, and when it happened.
    Board(Event, Timestamp),
    /// For missed calls: what becomes of somebody who is dialled and is no line's, and when.
    Outside(Outside, Timestamp),
    /// For the owner of a mailbox.
    Mailbox(Mailbox),
}
