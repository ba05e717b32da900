//! Suggestions while somebody types whom to call.

use crate::board::{Device, Name};

/// The most suggestions that are made at once: a list in the chat shows fewer.
pub const MAX_SUGGESTIONS: usize = 50;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggestions {
    /// Whom to call: people with a number that may be called, and extensions.
    Call,
    /// Whom to write to: people with an extension, and extensions.
    Message,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is to be typed: `@bob`, or a number.
    pub item: String,
    /// The number behind it.
    pub number: String,
    /// Whose it is, as people call them, if known. Plain text.
    pub name: Option<Name>,
    /// What their phone is in, if Asterisk tells.
    pub device: Option<Device>,
}
