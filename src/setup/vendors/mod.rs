//! The vendors: their variables, their names for events, and how many characters they take. The facts are those of the vendors'
//! manuals; what a manual does not say is not here.

mod asterisk;
mod grandstream;
mod mitel;
mod other;
mod ovh;
mod polycom;
mod snom;
mod yealink;

#[cfg(test)]
pub(super) use asterisk::ACCOUNT;

use super::maker::{Block, Event, Form, Maker, Says};
use crate::board::{Action, CallAction, PhoneAction};
use crate::language::Text;

/// How many characters of a URL can be relied on where a vendor does not say how many its phones take.
pub const SAFE_CHARS: usize = 255;

/// A vendor, or a kind of phone.
#[derive(Debug)]
pub struct Vendor {
    /// The word by which it is asked for, in lower case.
    pub word: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// What it is called, in a heading.
    pub name: Text,
    /// Whose phones these are, in a list.
    pub what: Text,
    /// How many characters its phones take in a URL, or [`SAFE_CHARS`].
    pub limit: usize,
    /// Which forms its URLs may have, the first that fits is taken.
    pub(super) forms: &'static [Form],
    pub(super) blocks: fn(&mut Maker<'_>) -> Vec<Block>,
    /// What one has to know besides.
    pub(super) notes: &'static [Text],
}

/// All of them, in the order in which they are offered.
pub const VENDORS: &[Vendor] = &[
    yealink::VENDOR,
    snom::VENDOR,
    grandstream::VENDOR,
    mitel::VENDOR,
    polycom::VENDOR,
    asterisk::VENDOR,
    ovh::VENDOR,
    other::VENDOR,
];

impl Vendor {
    /// The vendor of that name, in whatever case.
    #[must_use]
    pub fn of(word: &str) -> Option<&'static Self> {
        VENDORS.iter().find(|vendor| {
            let mut words = vendor.aliases.iter().chain([&vendor.word]);
            words.any(|own| own.eq_ignore_ascii_case(word))
        })
    }
}

const fn phone(key: &'static str, action: PhoneAction) -> Event {
    Event {
        key,
        action: Action::Phone(action),
        says: Says::Nothing,
    }
}

const fn call(key: &'static str, action: CallAction) -> Event {
    Event {
        key,
        action: Action::Call(action),
        says: Says::Caller,
    }
}

/// The same of a vendor that does not say for sure which side is which.
const fn call_of_both(key: &'static str, action: CallAction) -> Event {
    Event {
        says: Says::Both,
        ..call(key, action)
    }
}

/// A line for each event, with what stands between its key and its URL.
fn lines(events: &[Event], between: &str, mut url: impl FnMut(&Event) -> String) -> String {
    let lines = events.iter().map(|event| {
        let url = url(event);
        format!("{}{between}{url}", event.key)
    });
    lines.collect::<Vec<_>>().join("\n")
}
