//! What has to hold whatever comes from outside: a function for each place where bytes come in, which panics where it does not hold.
//! `fuzz/` calls them with bytes that it makes up, and the test here plays the seeds to them that lie in fuzz/seeds.
//!
//! None of this is in a bundle: it is there in tests, and with the feature `fuzzing`.

mod gob_decode;
mod numbers;
mod phones;
#[cfg(test)]
mod tests;
mod yamux;

pub use crate::sources::asterisk::fuzzing::ami;
pub use crate::sources::ovh::fuzzing::ovh;
pub use gob_decode::gob_decode;
pub use numbers::numbers;
pub use phones::{phone_urls, polycom};
pub use yamux::yamux;

use std::borrow::Cow;

use crate::text;

/// How many bytes arrive at once where they come in pieces, 1 to 32: the input chooses.
pub(crate) fn piece(bytes: &[u8]) -> usize {
    bytes.first().map_or(1, |&b| usize::from(b) % 32 + 1)
}

/// Whether a text that came from outside may be shown: one visible line of bounded length.
pub(crate) fn is_clean(text: &str) -> bool {
    text::clean(text) == Cow::Borrowed(text)
}
