//! What became of callbacks.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use crate::board::Timestamp;
use crate::config::{Problem, Template};
use crate::outbound::OutboundError;

/// How many results are remembered, the newest.
pub const MAX_RESULTS: usize = 20;

/// After so many failures of one address in a row, the admin is told that something is wrong with it.
pub(super) const FAILURES: u32 = 3;

/// How a callback ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered with this status.
    Status(u16),
    /// It was not answered.
    Failed(OutboundError),
    /// The address with the call's values in it would be too long.
    TooLong,
}

impl Outcome {
    /// Whether it was answered, and not refused.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Status(..400))
    }

    /// Whether another attempt may go better: on the network's errors, and where the service says that it has too much to do or is in
    /// trouble.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Status(429 | 500..)
                | Self::Failed(
                    OutboundError::NoSuchHost(_)
                        | OutboundError::NotConnected(_)
                        | OutboundError::Tls(_)
                        | OutboundError::TimedOut(_)
                        | OutboundError::Closed
                )
        )
    }

    /// What is wrong with an address that came to this.
    fn trouble(&self) -> String {
        match self {
            Self::Status(status) => format!("answers {status}"),
            Self::Failed(error) => format!("is not reached: {error}"),
            Self::TooLong => "is not called: with the call's values in it, it is too long".into(),
        }
    }

    /// What an admin can do about it.
    fn remedy(&self) -> &'static str {
        match self {
            Self::Failed(error) => error.remedy(),
            Self::Status(_) => "Check the address, and the service's own log.",
            Self::TooLong => "Enter a shorter address.",
        }
    }
}

/// In words that hold no path, no query and no secret.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::Failed(error) => error.fmt(f),
            Self::TooLong => f.write_str("the address would be too long"),
        }
    }
}

/// One that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// When it was over.
    pub at: Timestamp,
    /// What happened: `start_ringing` or `member-queue-start`.
    pub event: &'static str,
    /// Who was called, with the port unless that is the usual one.
    pub host: Arc<str>,
    /// After how many attempts.
    pub attempts: u32,
    /// How it ended.
    pub outcome: Outcome,
}

/// What became of them since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that were answered.
    pub answered: u64,
    /// Those that were not, or were refused.
    pub failed: u64,
    /// Attempts that were or will be repeated.
    pub retried: u64,
    /// Those that were dropped because too many waited, or nobody wanted them any more.
    pub dropped: u64,
    /// Those that wait, or are under way.
    pub waiting: usize,
    /// Pages that viewers were given to open.
    pub pages: u64,
}

/// The last ones, the newest last.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) last: VecDeque<Done>,
    pub(super) counts: Counts,
    /// The addresses of the settings whose last call failed, in the settings' order; so no more than there are in those.
    failing: Vec<Failing>,
}

/// An address whose calls came to nothing.
#[derive(Debug)]
struct Failing {
    address: Template,
    /// How many failed in a row.
    failures: u32,
    /// What became of the last one.
    last: Outcome,
}

impl Results {
    /// Takes what became of a call. `address` is the one that was called, if it is still in the settings.
    pub(super) fn push(&mut self, done: Done, address: Option<&Template>) {
        if done.outcome.is_success() {
            self.counts.answered += 1;
        } else {
            self.counts.failed += 1;
        }
        if let Some(address) = address {
            self.judge(address, &done);
        }
        if self.last.len() == MAX_RESULTS {
            self.last.pop_front();
        }
        self.last.push_back(done);
    }

    /// Forgets the failures of addresses that are in the settings no more.
    pub(super) fn keep(&mut self, addresses: &[Template]) {
        self.failing
            .retain(|failing| addresses.contains(&failing.address));
    }

    /// What is wrong with each address that failed [`FAILURES`] times in a row.
    pub(super) fn problems(&self, setting: &str) -> Vec<Problem> {
        let lasting = self.failing.iter().filter(|one| one.failures >= FAILURES);
        let problem = |one: &Failing| {
            let (line, host, trouble) =
                (one.address.line(), one.address.origin(), one.last.trouble());
            let remedy = format!("{} The next call tries again.", one.last.remedy());
            Problem::new(setting, format!("line {line} `{host}` {trouble}"), remedy)
        };
        lasting.map(problem).collect()
    }

    fn judge(&mut self, address: &Template, done: &Done) {
        let (line, host) = (address.line(), address.origin());
        let found = self.failing.iter().position(|one| one.address == *address);
        if done.outcome.is_success() {
            let failures = found.map_or(0, |at| self.failing.remove(at).failures);
            if failures >= FAILURES {
                tracing::info!(line, %host, "callbacks to an address are answered again");
            }
            return;
        }
        let at = found.unwrap_or_else(|| {
            let behind = |one: &Failing| one.address.line() < line;
            let at = self.failing.partition_point(behind);
            let failing = Failing {
                address: address.clone(),
                failures: 0,
                last: done.outcome.clone(),
            };
            self.failing.insert(at, failing);
            at
        });
        let failing = &mut self.failing[at];
        failing.failures = failing.failures.saturating_add(1);
        failing.last.clone_from(&done.outcome);
        // The first one of a row, and where it becomes a problem: a service that is away must not fill the log.
        if failing.failures == 1 || failing.failures == FAILURES {
            let outcome = &done.outcome;
            tracing::warn!(event = done.event, line, %host, %outcome, "a callback failed");
        }
    }
}
