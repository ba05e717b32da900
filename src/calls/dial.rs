//! What may be dialled.

use std::fmt;

/// The most characters of what is dialled. (Asterisk's own limit of an extension is 79.)
pub const MAX_DIAL: usize = 40;

/// A number or an extension's name that is safe wherever a PBX is given one: letters, digits and `* # + . _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dial(Box<str>);

impl Dial {
    /// Takes it as it is; nothing if it is empty, too long, or holds anything else.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"*#+._-".contains(&b);
        let good = (1..=MAX_DIAL).contains(&text.len()) && text.bytes().all(fits);
        good.then(|| Self(text.into()))
    }

    /// As it is dialled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
