//! What a person's status should be by the claims on it and by what they chose.

use super::claim::{Other, Placed, Reason};
use crate::board::Timestamp;
use crate::people::{CallStatus, Preferences};

/// What a person chose, as far as their status goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) show_calls: bool,
    pub(super) show_other: bool,
    pub(super) call_status: CallStatus,
    pub(super) phone_dnd: bool,
}

impl Chosen {
    /// Nothing but what they ask for by a command.
    pub(super) const NOTHING: Self = Self {
        show_calls: false,
        show_other: false,
        call_status: CallStatus::Unchanged,
        phone_dnd: false,
    };
}

impl From<&Preferences> for Chosen {
    fn from(chosen: &Preferences) -> Self {
        Self {
            show_calls: chosen.show_calls,
            show_other: chosen.show_other,
            call_status: chosen.call_status,
            phone_dnd: chosen.phone_dnd,
        }
    }
}

/// What is wanted of a person's status; nothing means that it is none of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) custom: Option<WantedCustom>,
    pub(super) status: Option<WantedStatus>,
}

/// A custom status that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WantedCustom {
    pub(super) shown: Shown,
    /// When what it shows is over at the latest.
    pub(super) until: Timestamp,
}

/// What a custom status shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A call, and with whom if that is to be seen.
    Call(Option<Other>),
    /// A video conference.
    Video,
}

/// A status that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WantedStatus {
    pub(super) kind: Kind,
    /// When it is over at the latest, if ever.
    pub(super) until: Option<Timestamp>,
    /// Whether the person asked for it by a command.
    pub(super) own: bool,
    /// Whether nothing but that command wants it.
    pub(super) only_own: bool,
}

/// The statuses that are ever set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Away,
    Dnd,
}

impl Kind {
    /// The server's word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Dnd => "dnd",
        }
    }
}

/// What follows from claims that count, the oldest first.
pub(super) fn wanted<'a>(
    counting: impl Iterator<Item = &'a Placed> + Clone,
    chosen: &Chosen,
) -> Wanted {
    let shown = counting
        .clone()
        .filter(|placed| placed.is_shown() && chosen.show_calls);
    let limits = shown.clone().filter_map(Placed::limit);
    // The oldest stays in view: what comes and goes beside it changes nothing.
    let custom = shown.clone().next().zip(limits.max());
    let custom = custom.map(|(first, until)| WantedCustom {
        shown: match &first.claim.reason {
            Reason::Call(other) => Shown::Call(other.clone().filter(|_| chosen.show_other)),
            _ => Shown::Video,
        },
        until,
    });
    Wanted {
        custom,
        status: status(counting, chosen),
    }
}

fn status<'a>(
    counting: impl Iterator<Item = &'a Placed> + Clone,
    chosen: &Chosen,
) -> Option<WantedStatus> {
    let kind = |placed: &Placed| match placed.claim.reason {
        Reason::Call(_) | Reason::Video => match chosen.call_status {
            CallStatus::Unchanged => None,
            CallStatus::Dnd => Some(Kind::Dnd),
            CallStatus::Away => Some(Kind::Away),
        },
        Reason::PhoneDnd => chosen.phone_dnd.then_some(Kind::Dnd),
        Reason::Own { .. } => Some(Kind::Dnd),
    };
    let dnd = counting
        .clone()
        .any(|placed| kind(placed) == Some(Kind::Dnd));
    let kind_wanted = if dnd { Kind::Dnd } else { Kind::Away };
    let wanting = counting.filter(|placed| kind(placed) == Some(kind_wanted));
    let mut wanting = wanting.peekable();
    wanting.peek()?;
    let mut status = WantedStatus {
        kind: kind_wanted,
        until: Some(Timestamp(0)),
        own: false,
        only_own: true,
    };
    for placed in wanting {
        status.until = match (status.until, placed.limit()) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        };
        status.own |= placed.is_own();
        status.only_own &= placed.is_own();
    }
    Some(status)
}
