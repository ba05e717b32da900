//! What is set for a person at the moment, and what was there before. Pure: what is seen goes in, what is to be set comes out.
//!
//! Theirs wins: what is given back is given back only where exactly that stands there that was set. Anything else is a change by the
//! person, or by another plugin; it is never undone, and nothing is set over it while the same claims last.

mod custom;
mod status;

pub(super) use custom::{custom, custom_change, custom_due};
pub(super) use status::{Step, is_kept, may_be_set, status, status_change, status_due};

use serde::{Deserialize, Serialize};

use super::wanted::Kind;
use crate::board::Timestamp;
use crate::host::CustomStatus;

/// How long before its end in the server a status that is still wanted is set anew, in milliseconds (10 minutes).
pub(super) const RENEW_BEFORE: u64 = 10 * 60 * 1000;

/// How far something is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Progress {
    /// It comes from a record: whether it is there is to be seen.
    #[default]
    Recorded,
    /// It is meant to be set, and was not tried.
    Meant,
    /// It was tried, and may be there.
    Tried,
    /// The server took it.
    Sure,
}

/// What is set for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Held {
    pub(super) custom: Option<HeldCustom>,
    pub(super) status: Option<HeldStatus>,
    /// The list of recent ones that is to be put right.
    pub(super) undo: Option<Undo>,
}

impl Held {
    pub(super) fn is_empty(&self) -> bool {
        self.custom.is_none() && self.status.is_none() && self.undo.is_none()
    }

    /// Forgets what was meant and never tried.
    pub(super) fn forget_meant(&mut self) {
        let meant = |progress: Progress| progress == Progress::Meant;
        if self.custom.as_ref().is_some_and(|c| meant(c.progress)) {
            (self.custom, self.undo) = (None, None);
        }
        if self.status.as_ref().is_some_and(|s| meant(s.progress)) {
            self.status = None;
        }
    }
}

/// A list of recent custom statuses as it was before something was pushed into it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Undo {
    pub(super) before: Option<String>,
    pub(super) pushed: CustomStatus,
}

/// A custom status of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct HeldCustom {
    /// What was there before, unless it was over.
    pub(super) before: Option<CustomStatus>,
    /// What stands there if it is ours: the last one that is known to, and those that may.
    pub(super) ours: Vec<CustomStatus>,
    /// The person changed it: it is theirs.
    pub(super) lost: bool,
    #[serde(skip)]
    pub(super) progress: Progress,
    #[serde(skip)]
    pub(super) set_at: Timestamp,
}

/// A status of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct HeldStatus {
    pub(super) ours: Vec<Ours>,
    pub(super) lost: bool,
    /// Whether nothing but the person's own command wants it.
    pub(super) only_own: bool,
    /// Whether the end of a timed do-not-disturb is being taken away.
    pub(super) clearing: bool,
    #[serde(skip)]
    pub(super) progress: Progress,
}

/// A status as we set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ours {
    pub(super) kind: Kind,
    /// When the server ends it by itself, in seconds since 1970.
    pub(super) end: Option<u64>,
}

/// What is to be done about one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Take,
    Change,
    Return,
}

/// What is to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CustomEffect {
    Nothing,
    Set(CustomStatus),
    Remove,
}

/// Unless it is over.
pub(super) fn lasting(status: Option<CustomStatus>, now: Timestamp) -> Option<CustomStatus> {
    let is_empty = |status: &CustomStatus| status.emoji.is_empty() && status.text.is_empty();
    status.filter(|s| !is_empty(s) && (s.expires_at == 0 || s.expires_at > now.0))
}
