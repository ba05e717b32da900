//! Which numbers are lines, and whose they are.

use std::sync::Arc;

use crate::board::{Name, Peer};
use crate::config::{DialPatterns, NumbersUsers};

/// How the admin sees the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sources::asterisk) struct View {
    /// Whose number is whose.
    pub(in crate::sources::asterisk) numbers: NumbersUsers,
    /// Which numbers are extensions.
    pub(in crate::sources::asterisk) extensions: DialPatterns,
    /// The context in which numbers are dialled.
    pub(in crate::sources::asterisk) context: String,
}

impl View {
    /// Whose line an extension is, as the board names it.
    pub(super) fn user(&self, extension: &str) -> Name {
        match self.numbers.user(extension) {
            Some(user) => Arc::clone(user),
            None => Arc::from(extension),
        }
    }

    /// The other side of a call, by its number.
    pub(super) fn peer(&self, number: &str) -> Peer {
        let number = crate::text::clean(number);
        Peer {
            name: self.numbers.user(&number).cloned(),
            ..Peer::new(&*number)
        }
    }
}
