//! Why somebody does not come into a conference.

use std::time::Duration;

use super::conferences::Lost;
use crate::host::HostError;
use crate::language::{Language, texts::video as texts};

/// Why somebody does not come into a conference, or not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no conferencing node.
    Off,
    /// There is no such channel.
    NoChannel,
    /// They are no member of it, or their account is deactivated.
    NoMember,
    /// It is archived.
    Archived,
    /// Channels of its kind have no video, or this one has none.
    NotHere,
    /// Another tab of theirs is in it.
    Elsewhere,
    /// Another tab of theirs took its place.
    Replaced,
    /// They do not take part by that, or no longer.
    Gone,
    /// There are too many.
    Full,
    /// They joined too often; after so long they may again.
    TooMany(Duration),
    /// The server does not tell at the moment.
    Unknown(HostError),
}

impl From<Lost> for Refused {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Gone => Self::Gone,
            Lost::Replaced => Self::Replaced,
        }
    }
}

impl Refused {
    /// Whether it holds, and is not only not known at the moment.
    pub(super) fn is_certain(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// A sentence for whoever is refused.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Self::Off => texts::off(language),
            Self::NoChannel => texts::no_channel(language),
            Self::NoMember => texts::no_member(language),
            Self::Archived => texts::archived(language),
            Self::NotHere => texts::not_here(language),
            Self::Elsewhere => texts::elsewhere(language),
            Self::Replaced => texts::replaced(language),
            Self::Gone => texts::gone(language),
            Self::Full => texts::full(language),
            Self::TooMany(wait) => texts::too_many(language, wait.as_secs() + 1),
            Self::Unknown(_) => texts::unknown(language),
        }
    }
}
