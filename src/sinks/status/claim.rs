//! What lays claim to a person's status, and for how long.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::board::{Name, Timestamp};

/// How long a call must have been talked before it shows, in milliseconds: every change of a custom status is told to every client that
/// is connected to the server, so that short ones are not worth it.
pub const CALL_DELAY: u64 = 3_000;

/// How long the end of a call that showed is waited with, in milliseconds: a call that is transferred or picked up ends under one id and
/// goes on under another.
pub const LINGER: u64 = 1_000;

/// When a call or a conference no longer counts, in milliseconds from its beginning (4 hours): its end was lost. What is set in the
/// server has its end then, too, so that nobody stays on the phone for ever where the plugin is gone.
pub const CLAIM_LIMIT: u64 = 4 * 60 * 60 * 1000;

/// When do-not-disturb of a phone no longer counts, in milliseconds from when it was switched on (24 hours).
pub const PHONE_DND_LIMIT: u64 = 24 * 60 * 60 * 1000;

/// When a call that a restart interrupted no longer counts unless a word of it came since, in milliseconds from the restart (1 hour):
/// its end may well be what was missed.
pub const RESUMED_LIMIT: u64 = 60 * 60 * 1000;

/// The most claims on one person. The oldest stay: those beyond would change nothing that is seen.
pub const MAX_CLAIMS: usize = 64;

/// The key of what a person chose themselves by a command; there is one.
pub(super) const OWN: &str = "own";

/// A claim on a person's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it goes by, among those of its person.
    pub key: Arc<str>,
    /// What it is for.
    pub reason: Reason,
    /// Since when: for a call, when both sides began to talk.
    pub since: Timestamp,
}

/// What a claim is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A telephone call.
    Call(Option<Other>),
    /// A video conference.
    Video,
    /// Do-not-disturb of a phone.
    PhoneDnd,
    /// Do-not-disturb by the person's own command.
    Own {
        /// When it ends, in milliseconds since 1970; nothing for "until I say so".
        until: Option<u64>,
    },
}

/// The other side of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// The line that it is, if it is one of ours.
    pub name: Option<Name>,
    /// What people read where nothing better is known.
    pub shown: Arc<str>,
}

/// Where a claim comes from, if it comes from a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) line: Name,
    /// The source's own id of the call.
    pub(super) reference: Option<Arc<str>>,
    /// The source's id of the whole call.
    pub(super) linked: Option<Arc<str>>,
}

impl Origin {
    /// Whether both are of one call, going by its ids.
    pub(super) fn is_same_call(&self, other: &Self) -> bool {
        let same = |one: &Option<Arc<str>>, other: &Option<Arc<str>>| one.is_some() && one == other;
        self.line == other.line
            && (same(&self.reference, &other.reference) || same(&self.linked, &other.linked))
    }
}

/// A claim in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) claim: Claim,
    pub(super) origin: Option<Origin>,
    /// When it was taken over from before a restart, if it was.
    pub(super) resumed: Option<Timestamp>,
    /// When it ended, while it lingers.
    pub(super) ended: Option<Timestamp>,
}

impl Placed {
    /// Whether it is something that a custom status shows.
    pub(super) fn is_shown(&self) -> bool {
        matches!(self.claim.reason, Reason::Call(_) | Reason::Video)
    }

    pub(super) fn is_own(&self) -> bool {
        matches!(self.claim.reason, Reason::Own { .. })
    }

    /// When it begins to count by itself.
    pub(super) fn counts_from(&self) -> Timestamp {
        if self.is_shown() && self.resumed.is_none() {
            self.claim.since.after(CALL_DELAY)
        } else {
            self.claim.since
        }
    }

    /// When its time is up, whatever happens; nothing for never.
    pub(super) fn limit(&self) -> Option<Timestamp> {
        let since = self.claim.since;
        match self.claim.reason {
            Reason::Call(_) | Reason::Video => {
                let limit = since.after(CLAIM_LIMIT);
                Some(
                    self.resumed
                        .map_or(limit, |at| limit.min(at.after(RESUMED_LIMIT))),
                )
            }
            Reason::PhoneDnd => Some(since.after(PHONE_DND_LIMIT)),
            Reason::Own { until } => until.map(Timestamp),
        }
    }

    /// When it stops counting, as far as is known.
    pub(super) fn stops(&self) -> Option<Timestamp> {
        let lingers = self.ended.map(|at| at.after(LINGER));
        match (lingers, self.limit()) {
            (Some(lingers), Some(limit)) => Some(lingers.min(limit)),
            (one, other) => one.or(other),
        }
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.stops().is_some_and(|stops| stops <= now)
    }
}
