//! Live streams over websockets: everybody's status for Outlook, and whatever else has a present state and changes.
//!
//! A feed keeps nothing per client but a number: the last change that the client has. What it sends next is
//! read from the [`Source`] at the moment of sending, where a thing that changed twice stands once. So a slow
//! client ends up with the latest state, not with a backlog, and its memory is bounded by one write.

mod batch;
mod client;
mod hub;
mod places;
mod share;
mod websocket;

#[cfg(test)]
mod tests;

pub use batch::{BATCH_BYTES, Batch, MESSAGE_ROOM};
pub use client::{CLOSE_PATIENCE, SIGN_OF_LIFE_MS, SLOW_AFTER, STUCK_AFTER, VIOLATION_PATIENCE};
pub use hub::{Counts, Feed, Full, MAX_CLIENTS, Seat, Start};
pub use share::{IN_FLIGHT_BYTES, MIN_BATCH_BYTES};
pub use websocket::close::CloseCode;
pub use websocket::handshake::{Refused, handshake};
pub use websocket::reader::{FLOOD_WINDOW, MAX_FRAMES, MAX_MESSAGE_BYTES};

/// What a feed sends.
///
/// Each thing (a person, a line) stands once, under the number of its last change; a change gives it a new number, higher
/// than all others. Numbers start at 1.
pub trait Source: Send + Sync + 'static {
    /// The highest number given out; 0 while there is nothing. One that is lower than what a client has means that the source began anew, and so
    /// does the client.
    fn head(&self) -> u64;

    /// Puts the things whose numbers are higher than `after` into `batch`, lowest first, until it is
    /// [full](Batch::is_full), and answers up to which number it now holds all of them: the last one's, or `head` when
    /// there are no more.
    fn changes(&self, after: u64, batch: &mut Batch) -> u64;

    /// Puts the one thing with the highest number below `before` into `batch`, or the highest of all when there is none
    /// below, and answers its number; `None` when there is nothing at all. A sign of life for a client that has everything.
    fn one_before(&self, before: u64, batch: &mut Batch) -> Option<u64>;
}
