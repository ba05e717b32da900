//! What one token's polls are in.

use std::sync::Arc;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::settings::Token;
use super::state::Slots;
use crate::config::{AllowedHosts, Problem};
use crate::outbound::OutboundError;

/// A token, as its task knows it.
#[derive(Clone, Debug)]
pub(super) struct Followed {
    /// No two ever have the same.
    pub(super) id: u64,
    /// A bit of its own among those that are followed at once.
    pub(super) slot: Slots,
    pub(super) token: Token,
    pub(super) url: Arc<str>,
    pub(super) hosts: AllowedHosts,
}

/// The same, as the others know it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) followed: Followed,
    pub(super) phase: Phase,
    /// When it was logged last that it fails, while it does.
    pub(super) failed: Option<Instant>,
    /// Whether it was logged that it is followed.
    pub(super) is_told: bool,
    pub(super) task: AbortHandle,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What polls are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing came of the first one yet.
    Connecting,
    /// They are answered, or wait for events.
    Up,
    /// They fail, and are made again and again.
    Down(Trouble),
}

/// Why a poll failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It was not answered.
    Asking(OutboundError),
    /// It was answered with this status.
    Status(u16),
    /// What came is no answer to a poll.
    NotUnderstood,
    /// The token is not taken: what the service said.
    Refused(String),
}

impl Trouble {
    /// In words that continue "OVH is not followed: …".
    pub(super) fn words(&self, place: usize, token: &Token) -> String {
        match self {
            Self::Asking(OutboundError::NotAllowed(origin)) => {
                format!("it sends us on to `{origin}`, where nobody is asked")
            }
            Self::Asking(error) => error.to_string(),
            Self::Status(status) => format!("it answers {status}"),
            Self::NotUnderstood => "what it answers is not understood".to_owned(),
            Self::Refused(why) => format!("it refuses token {place} ({token}): {why}"),
        }
    }

    fn is_of_token(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// What the admin should put right; `setting` gives the keys of the tokens and of the address.
    pub(super) fn problem(&self, place: usize, token: &Token) -> Problem {
        if self.is_of_token() {
            let what = match self {
                Self::Refused(why) => format!(
                    "token {place} ({token}) is refused, so its lines and queues are not followed: {why}"
                ),
                _ => self.words(place, token),
            };
            let remedy = "It may have expired: make a new one with OVH's API (`POST /telephony/{billingAccount}/eventToken`) and enter it in its place. It is tried again by itself every quarter of an hour.";
            return Problem::new("OvhTokens", what, remedy);
        }
        let what = format!("OVH is not followed: {}", self.words(place, token));
        let remedy = match self {
            Self::Asking(
                OutboundError::TimedOut(_)
                | OutboundError::NotConnected(_)
                | OutboundError::NoSuchHost(_)
                | OutboundError::Closed,
            ) => "Check the address, and that this server reaches it. It is tried again by itself.",
            Self::Asking(OutboundError::Tls(_)) => {
                "Check the certificate of that host; this machine has to trust who signed it."
            }
            _ => "Check the address; leave it empty for OVH's own. It is tried again by itself.",
        };
        Problem::new("OvhUrl", what, remedy)
    }
}
