//! What became of statuses since the start.

use std::sync::atomic::{AtomicU64, Ordering};

/// What became of statuses since the start, and how many people are concerned now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Custom statuses and statuses that were set.
    pub set: u64,
    /// Those that were given back.
    pub given_back: u64,
    /// Those that their person changed meanwhile, and that were left so.
    pub theirs: u64,
    /// Attempts that failed and were repeated, or will be.
    pub retried: u64,
    /// Those that the server refused for good.
    pub given_up: u64,
    /// People something is set for now.
    pub held: usize,
    /// People whose status is being changed, or waits for that.
    pub waiting: usize,
    /// Those of them with whom it failed last.
    pub failing: usize,
}

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) set: AtomicU64,
    pub(super) given_back: AtomicU64,
    pub(super) theirs: AtomicU64,
    pub(super) retried: AtomicU64,
    pub(super) given_up: AtomicU64,
}

pub(super) fn add(counter: &AtomicU64) -> u64 {
    counter.fetch_add(1, Ordering::Relaxed) + 1
}

impl Tally {
    pub(super) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            set: read(&self.set),
            given_back: read(&self.given_back),
            theirs: read(&self.theirs),
            retried: read(&self.retried),
            given_up: read(&self.given_up),
            ..Counts::default()
        }
    }
}
