//! What the store keeps of a person's status, written before anything is taken: what was there, what was set, and for what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::claim::{Claim, Origin, Placed, Reason};
use super::held::Held;
use crate::board::Timestamp;
use crate::host::{HostError, Records, UserId};
use crate::store;

/// What the keys of all records begin with. A Mattermost id has 26 characters, so a key stays below the 50 that the store allows.
pub(super) const PREFIX: &str = "status:";

/// How long after an orderly stop what was going on is taken up again, in milliseconds (5 minutes): an upgrade in mid-call takes
/// seconds, and whoever turns the plugin off for longer wants nothing more of it.
pub const STOP_GRACE: u64 = 5 * 60 * 1000;

/// A person's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) claims: Vec<SavedClaim>,
    pub(super) held: Held,
    /// When all was given back because the plugin stopped, in milliseconds since 1970.
    pub(super) stopped_at: Option<u64>,
}

/// A claim in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SavedClaim {
    pub(super) key: Arc<str>,
    pub(super) reason: Reason,
    /// In milliseconds since 1970.
    pub(super) since: u64,
    pub(super) origin: Option<Origin>,
}

impl From<&Placed> for SavedClaim {
    fn from(placed: &Placed) -> Self {
        Self {
            key: Arc::clone(&placed.claim.key),
            reason: placed.claim.reason.clone(),
            since: placed.claim.since.0,
            origin: placed.origin.clone(),
        }
    }
}

impl SavedClaim {
    /// As it is placed after a restart. What is from a line may get a key of a new call's, so it takes another one.
    fn placed(self, number: usize, now: Timestamp) -> Placed {
        let key = match (&self.reason, &self.origin) {
            (Reason::Call(_), Some(origin)) => format!("before:{}:{number}", origin.line).into(),
            _ => self.key,
        };
        Placed {
            claim: Claim {
                key,
                reason: self.reason,
                since: Timestamp(self.since),
            },
            origin: self.origin,
            resumed: Some(now),
            ended: None,
        }
    }
}

impl Record {
    /// What of it still goes on at a start.
    pub(super) fn resume(self, now: Timestamp) -> (Vec<Placed>, Held) {
        let stopped_long_ago = self
            .stopped_at
            .is_some_and(|at| now > Timestamp(at).after(STOP_GRACE));
        let goes_on = |claim: &SavedClaim| {
            !stopped_long_ago || matches!(claim.reason, Reason::Own { .. }) // That is the person's, and not the plugin's.
        };
        let claims = self.claims.into_iter().filter(goes_on).enumerate();
        let placed = claims.map(|(number, claim)| claim.placed(number, now));
        (placed.collect(), self.held)
    }
}

/// The key of somebody's record.
pub(super) fn key(user: &UserId) -> String {
    format!("{PREFIX}{}", user.as_str())
}

/// Somebody's record.
pub(super) async fn load(host: &impl Records, user: &UserId) -> Result<Option<Record>, HostError> {
    store::load(host, &key(user)).await
}
