//! What is counted of a queue.

use serde::{Deserialize, Serialize};

use crate::board::counters::{self, Counters, Hours, Tallies};
use crate::board::{Source, Timestamp};

/// What is counted of a queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::board) struct Counted {
    pub(super) source: Source,
    #[serde(with = "counters::Stored")]
    pub(super) counters: Counters,
    /// How many were answered and abandoned before the counters began, by the source's own count.
    #[serde(default)]
    pub(super) before: (u64, u64),
    #[serde(default)]
    pub(super) tallies: Tallies,
    #[serde(default)]
    pub(super) hours: Hours,
    /// The number of the last change of the queue.
    #[serde(default)]
    pub(super) changed: u64,
}

impl Counted {
    pub(super) fn reset(&mut self, now: Timestamp, day: bool) {
        self.before.0 += self.counters.answered;
        self.before.1 += self.counters.abandoned;
        self.counters = Counters::new(now);
        self.tallies = Tallies::default();
        if day {
            self.hours = Hours::default();
        }
    }

    /// Adds what was counted before. Asterisk counts for itself: what it told since it began is more than what is counted here since then.
    pub(super) fn absorb(&mut self, earlier: Counted) {
        let own = (self.counters.answered, self.counters.abandoned);
        self.counters.add(&earlier.counters);
        if self.source == Source::Asterisk {
            let all = (own.0 + self.before.0, own.1 + self.before.1);
            let since = |all: u64, before: u64, counted: u64| match all.checked_sub(before) {
                Some(told) => told.max(counted),
                None => counted,
            };
            let counted = &earlier.counters;
            self.counters.answered = since(all.0, earlier.before.0, counted.answered);
            self.counters.abandoned = since(all.1, earlier.before.1, counted.abandoned);
            self.before = (
                all.0.saturating_sub(self.counters.answered),
                all.1.saturating_sub(self.counters.abandoned),
            );
        }
        self.tallies.add(earlier.tallies);
        self.hours.add(&earlier.hours);
    }
}
