//! Texts to phones.

use super::Target;
use super::wording;

/// The most characters of a text: at the least four parts of about 1,000 bytes each, at the most sixteen, each of which a phone shows
/// by itself. Whoever has more to say has the chat.
pub const MAX_TEXT: usize = 4_000;

/// A text that the PBX accepted, which is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// For whom.
    pub to: Target,
    /// In how many parts.
    pub parts: usize,
}

impl Sent {
    /// A sentence about it, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        wording::sent(self, wording::Style::Markdown)
    }

    /// The same as plain text.
    #[must_use]
    pub fn sentence(&self) -> String {
        wording::sent(self, wording::Style::Plain)
    }
}
