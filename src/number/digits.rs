//! A number's digits, kept in place: numbers are read for every event of a phone.

use std::fmt;
use std::hash::{Hash, Hasher};

/// The longest international number has 15 digits (ITU-T E.164); what is much longer is no number.
pub(super) const MAX_DIGITS: usize = 32;

/// Up to [`MAX_DIGITS`] decimal digits.
#[derive(Clone, Copy)]
pub(super) struct Digits {
    bytes: [u8; MAX_DIGITS],
    length: u8,
}

impl Digits {
    pub(super) const EMPTY: Self = Self {
        bytes: [0; MAX_DIGITS],
        length: 0,
    };

    /// Both texts behind each other; nothing if they are too long or hold something else.
    pub(super) fn joined(first: &str, second: &str) -> Option<Self> {
        let mut digits = Self::EMPTY;
        for text in [first.as_bytes(), second.as_bytes()] {
            let from = usize::from(digits.length);
            let place = digits.bytes.get_mut(from..from + text.len())?;
            place.copy_from_slice(text);
            digits.length += text.len() as u8;
        }
        let joined = &digits.bytes[..usize::from(digits.length)];
        joined.iter().all(u8::is_ascii_digit).then_some(digits)
    }

    /// One more digit; nothing if it is none, or one too many.
    pub(super) fn push(&mut self, c: char) -> Option<()> {
        let byte = u8::try_from(c).ok().filter(u8::is_ascii_digit)?;
        *self.bytes.get_mut(usize::from(self.length))? = byte;
        self.length += 1;
        Some(())
    }

    /// Without so many at the beginning.
    pub(super) fn behind(&self, count: usize) -> Self {
        let behind = self.as_str().get(count..).unwrap_or_default();
        Self::joined(behind, "").unwrap_or(Self::EMPTY)
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.length)
    }

    pub(super) fn as_str(&self) -> &str {
        // Nothing but ASCII digits was ever put there.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl PartialEq for Digits {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Digits {}

impl Hash for Digits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}
