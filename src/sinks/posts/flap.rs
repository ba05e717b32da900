//! Phones that flap: a broken cable, a wrong setting or a loop makes one report the same again and again.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::board::{Action, Name, Timestamp};

/// How often one line may report the same of the same other number within [`WINDOW`] and still be posted each time.
pub const MAX_IN_WINDOW: usize = 30;

/// What "often" means, in milliseconds (a minute).
pub const WINDOW: u64 = 60_000;

/// How often it may do so within [`LONG_WINDOW`]: a phone that stays just below the limit of a minute would fill the channel for ever.
/// What was too often within a minute already is not counted here, so one burst does not keep silent what is done afterwards.
pub const MAX_IN_LONG_WINDOW: usize = 60;

/// The longer window, in milliseconds (10 minutes).
pub const LONG_WINDOW: u64 = 600_000;

/// For how long a phone must have reported nothing too often before what it did is told, in milliseconds (a minute).
pub const CALM: u64 = 60_000;

/// When it is told although the phone goes on, in milliseconds (10 minutes).
pub const TELL_EVERY: u64 = 600_000;

/// The most lines, actions and numbers together that are counted. One more is posted whatever it does: the outbox has limits of its own.
pub const MAX_COUNTED: usize = 4_096;

/// What counts as the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Subject {
    pub(super) line: Name,
    pub(super) action: Action,
    /// The other side's number.
    pub(super) other: Option<Arc<str>>,
}

impl Subject {
    /// Whether these may be calls of many people, because none of them shows a number: a hotline gets more of those in ten minutes than a
    /// phone may report of one caller.
    fn is_anyones(&self) -> bool {
        let shows = |other: &Arc<str>| other.contains(|c: char| c.is_ascii_digit());
        matches!(self.action, Action::Call(_)) && !self.other.as_ref().is_some_and(shows)
    }
}

/// What was not posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Surplus {
    pub(super) subject: Subject,
    pub(super) times: u64,
}

/// Counts what phones report.
#[derive(Debug, Default)]
pub(super) struct Flaps {
    counted: HashMap<Subject, Count>,
    /// When what is counted no longer was forgotten last.
    tidied: Timestamp,
    /// How often anything was too often.
    pub(super) surplus: u64,
}

/// When something happened last, `MOST` times at most.
#[derive(Debug, Default)]
struct Times<const MOST: usize, const WITHIN: u64>(VecDeque<Timestamp>);

impl<const MOST: usize, const WITHIN: u64> Times<MOST, WITHIN> {
    /// It happens again: answers whether that is more than `MOST` times within `WITHIN` milliseconds.
    fn too_often(&mut self, at: Timestamp) -> bool {
        let full = self.0.len() >= MOST;
        let often = full && self.0.front().is_some_and(|t| at < t.after(WITHIN));
        if full {
            self.0.pop_front();
        }
        self.0.push_back(at);
        often
    }

    fn last(&self) -> Timestamp {
        self.0.back().copied().unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct Count {
    /// When it was reported.
    recent: Times<MAX_IN_WINDOW, WINDOW>,
    /// When it was, where that was not too often within a minute.
    steady: Times<MAX_IN_LONG_WINDOW, LONG_WINDOW>,
    /// How often that was too often, and was not told yet.
    surplus: u64,
    /// When the first of these was, and the last one.
    first: Timestamp,
    last: Timestamp,
}

impl Count {
    fn due(&self) -> Option<Timestamp> {
        let due = self.last.after(CALM).min(self.first.after(TELL_EVERY));
        (self.surplus > 0).then_some(due)
    }

    /// Whether it can be forgotten where there is need of room. The longer window does not count then: who is silent for a minute is
    /// no longer a phone that goes on and on.
    fn is_idle(&self, now: Timestamp) -> bool {
        self.surplus == 0 && self.recent.last().after(WINDOW) <= now
    }
}

impl Flaps {
    /// Counts a report, and answers whether it is to be posted.
    pub(super) fn admit(&mut self, subject: &Subject, at: Timestamp) -> bool {
        if !self.counted.contains_key(subject) {
            self.tidy(at);
            if self.counted.len() >= MAX_COUNTED {
                return true;
            }
        }
        let count = self.counted.entry(subject.clone()).or_default();
        let is_often = count.recent.too_often(at);
        if !is_often && (subject.is_anyones() || !count.steady.too_often(at)) {
            return true;
        }
        self.surplus += 1;
        count.surplus += 1;
        count.last = at;
        if count.surplus == 1 {
            count.first = at;
            let (line, action) = (&subject.line, subject.action.name());
            tracing::warn!(%line, action, "a phone reports the same too often; it is posted how often that was");
        }
        false
    }

    /// When [`Flaps::told`] has something next, if ever.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.counted.values().filter_map(Count::due).min()
    }

    /// What is to be told at that time; counting goes on.
    pub(super) fn told(&mut self, now: Timestamp) -> Vec<Surplus> {
        self.take(|count| count.due().is_some_and(|at| at <= now))
    }

    /// The same of everything that was not told yet.
    pub(super) fn told_at_last(&mut self) -> Vec<Surplus> {
        self.take(|count| count.surplus > 0)
    }

    fn take(&mut self, wanted: impl Fn(&Count) -> bool) -> Vec<Surplus> {
        let due = self.counted.iter_mut().filter(|(_, count)| wanted(count));
        due.map(|(subject, count)| Surplus {
            subject: subject.clone(),
            times: std::mem::take(&mut count.surplus),
        })
        .collect()
    }

    /// Forgets what is counted no longer: once a second at most, because it looks at everything.
    fn tidy(&mut self, now: Timestamp) {
        if self.counted.len() >= MAX_COUNTED && now >= self.tidied.after(1000) {
            self.tidied = now;
            self.counted.retain(|_, count| !count.is_idle(now));
        }
    }
}
