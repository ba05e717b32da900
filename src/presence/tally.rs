//! What was done, and what went wrong.

use std::time::Duration;

use crate::backoff::Backoff;
use crate::host::HostError;

/// A reading of everybody, by the plan's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) ended: Duration,
    pub(super) took: Duration,
    pub(super) calls: u64,
}

/// What was done so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) statuses: Option<Done>,
    pub(super) accounts: Option<Done>,
    pub(super) status_calls: u64,
    pub(super) account_calls: u64,
    pub(super) failures: u64,
    pub(super) changes: u64,
}

/// How a kind of calls fares.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    backoff: Backoff,
    /// No call before then.
    pub(super) until: Duration,
    /// The first failure since the last success, and the last one's words.
    pub(super) failing: Option<(Duration, String)>,
}

impl Trouble {
    pub(super) fn failed(&mut self, now: Duration, what: &'static str, error: &HostError) {
        self.until = now + self.backoff.next_wait();
        let since = match self.failing.take() {
            Some((since, _)) => since,
            None => {
                tracing::warn!(%error, "{what} cannot be read; what is known stays");
                now
            }
        };
        self.failing = Some((since, error.message.clone()));
    }

    pub(super) fn went_well(&mut self, what: &'static str) {
        if self.failing.is_some() {
            tracing::info!("{what} can be read again");
            *self = Self::default();
        }
    }
}
