//! Who asked to be told of whom.

use serde::{Deserialize, Serialize};

use crate::board::{Name, Timestamp};
use crate::host::UserId;
use crate::language::Language;

/// The most people that one person waits for at once.
pub const MAX_ASKS_PER_PERSON: usize = 20;

/// The most that are waited for, by all together: their record stays far below the longest one
/// ([`MAX_RECORD_BYTES`](crate::store::MAX_RECORD_BYTES)).
pub const MAX_ASKS: usize = 1_000;

/// How long somebody is waited for, in milliseconds (a day).
pub const WAIT_LIMIT: u64 = 24 * 60 * 60 * 1000;

/// How long somebody must be off the phone, in milliseconds (2 seconds): a transfer is a call that ends and another that begins.
pub const CALM: u64 = 2_000;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) asker: UserId,
    pub(super) language: Language,
    /// Whose lines they are: the user name, in lower case.
    pub(super) person: Name,
    /// What the asker is shown in place of that.
    pub(super) shown: String,
    pub(super) until: Timestamp,
    /// Since when the person is off the phone.
    pub(super) free: Option<Timestamp>,
    /// The asker is being told.
    pub(super) telling: bool,
}

impl Ask {
    pub(super) fn is(&self, asker: &UserId, person: &str) -> bool {
        self.asker == *asker && *self.person == *person
    }

    /// When something is to be done about it.
    pub(super) fn due(&self) -> Option<Timestamp> {
        if self.telling {
            return None;
        }
        let told = self.free.map(|since| since.after(CALM));
        Some(told.map_or(self.until, |told| told.min(self.until)))
    }
}

/// An [`Ask`] as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    asker: String,
    #[serde(default)]
    language: String,
    person: Name,
    shown: String,
    /// In milliseconds since 1970.
    until: u64,
}

impl From<&Ask> for Stored {
    fn from(ask: &Ask) -> Self {
        Self {
            asker: ask.asker.as_str().to_owned(),
            language: ask.language.code().to_owned(),
            person: ask.person.clone(),
            shown: ask.shown.clone(),
            until: ask.until.0,
        }
    }
}

impl From<Stored> for Ask {
    fn from(stored: Stored) -> Self {
        Self {
            asker: UserId::from(stored.asker),
            language: Language::from_locale(&stored.language),
            person: stored.person,
            shown: stored.shown,
            until: Timestamp(stored.until),
            free: None,
            telling: false,
        }
    }
}
