//! When a queue is in trouble, and when it is well again: a state machine without a clock, which never flaps.
//!
//! - It is in trouble once it passed a limit for [`PASSES_AFTER`] without a break, and well again once it kept all of them with a margin
//!   for [`WELL_AFTER`]. In between it stays what it was.
//! - For each queue there is one new post in [`ONE_POST_IN`] at most; what happens before that is over changes that post.
//! - What a post says of trouble that lasts is brought up to date every [`UPDATE_EVERY`], and when another limit is passed for the
//!   first time.

use super::reading::{Beyond, Reading};
use crate::board::Timestamp;
use crate::config::Limits;

/// For how long a queue passes a limit before that is told, in milliseconds (15 s).
pub const PASSES_AFTER: u64 = 15_000;

/// For how long it is well before that is told, in milliseconds (1 min). A queue that is gone for as long is no longer followed.
pub const WELL_AFTER: u64 = 60_000;

/// In what time there is one new post of a queue at most, in milliseconds (10 min).
pub const ONE_POST_IN: u64 = 600_000;

/// How often a post is brought up to date while nothing else happens, in milliseconds (5 min).
pub const UPDATE_EVERY: u64 = 300_000;

/// What is to be said of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It is in trouble.
    Trouble { since: Timestamp, beyond: Beyond },
    /// It is well again, after it was in trouble.
    Well {
        since: Timestamp,
        until: Timestamp,
        worst: Beyond,
    },
    /// It is followed no longer, or has no limits any more.
    Lost { since: Timestamp, worst: Beyond },
}

/// Where it is to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    /// The post, by our number of it.
    pub(super) post: u64,
    /// Whether it is a new one.
    pub(super) is_new: bool,
    pub(super) said: Said,
}

/// One queue.
#[derive(Debug, Default)]
pub(super) struct Watch {
    phase: Phase,
    /// The last post, and when it was made.
    post: Option<(u64, Timestamp)>,
    /// When it was followed last before a restart. What it was in then was told.
    told: Option<Timestamp>,
}

#[derive(Debug)]
enum Phase {
    /// Not in trouble; since when it passes a limit, if it does.
    Calm { beyond_since: Option<Timestamp> },
    /// In trouble.
    Trouble(Trouble),
}

impl Default for Phase {
    fn default() -> Self {
        Self::Calm { beyond_since: None }
    }
}

#[derive(Debug)]
struct Trouble {
    since: Timestamp,
    /// Since when it is well with a margin, if it is.
    well_since: Option<Timestamp>,
    /// Since when it is gone, if it is.
    gone_since: Option<Timestamp>,
    /// What was said of it last, all that was said of it, and when it was last looked whether that is still so.
    said: Beyond,
    known: Beyond,
    looked: Timestamp,
    worst: Beyond,
}

impl Watch {
    /// Looks at the queue, which has to be done after each change of it and when [`Watch::due`] says so. `last_post` counts the posts
    /// of all queues.
    pub(super) fn look(
        &mut self,
        reading: Option<&Reading>,
        limits: Option<&Limits>,
        now: Timestamp,
        last_post: &mut u64,
    ) -> Option<Telling> {
        if let (Some(reading), Some(limits)) = (reading, limits)
            && let Some(told) = self.told.take()
        {
            self.take_up(reading.beyond(limits, told), told);
        }
        match &mut self.phase {
            Phase::Calm { beyond_since } => {
                let (Some(reading), Some(limits)) = (reading, limits) else {
                    *beyond_since = None;
                    return None;
                };
                let beyond = reading.beyond(limits, now);
                if beyond.is_nothing() {
                    *beyond_since = None;
                    return None;
                }
                let since = *beyond_since.get_or_insert(now);
                if now.since(since) < PASSES_AFTER {
                    return None;
                }
                self.phase = Phase::Trouble(Trouble {
                    since,
                    well_since: None,
                    gone_since: None,
                    said: beyond,
                    known: beyond,
                    looked: now,
                    worst: beyond,
                });
                let recent = |(_, made): &(u64, Timestamp)| now.since(*made) < ONE_POST_IN;
                let is_new = self.post.filter(recent).is_none();
                if is_new {
                    *last_post += 1;
                    self.post = Some((*last_post, now));
                }
                self.tell(is_new, Said::Trouble { since, beyond })
            }
            Phase::Trouble(trouble) => {
                let said = match (reading, limits) {
                    (Some(reading), Some(limits)) => trouble.look(reading, limits, now)?,
                    (None, Some(_)) => {
                        trouble.well_since = None;
                        let gone = *trouble.gone_since.get_or_insert(now);
                        if now.since(gone) < WELL_AFTER {
                            return None;
                        }
                        trouble.lost()
                    }
                    (_, None) => trouble.lost(),
                };
                if !matches!(said, Said::Trouble { .. }) {
                    self.phase = Phase::default();
                }
                self.tell(false, said)
            }
        }
    }

    /// It was followed before a restart, until then.
    pub(super) fn restored(told: Timestamp) -> Self {
        Self {
            told: Some(told),
            ..Self::default()
        }
    }

    /// Trouble from before a restart is not told anew, and its end neither: which post told of it, nobody knows any more.
    fn take_up(&mut self, beyond: Beyond, told: Timestamp) {
        if !beyond.is_nothing() {
            self.phase = Phase::Trouble(Trouble {
                since: told,
                well_since: None,
                gone_since: None,
                said: beyond,
                known: beyond,
                looked: told,
                worst: beyond,
            });
        }
    }

    /// The queue is about to change: what it came to so far counts.
    pub(super) fn note(&mut self, reading: &Reading, limits: &Limits, now: Timestamp) {
        if let Phase::Trouble(trouble) = &mut self.phase {
            trouble.worst = trouble.worst.worst(reading.beyond(limits, now));
        }
    }

    fn tell(&self, is_new: bool, said: Said) -> Option<Telling> {
        let (post, _) = self.post?;
        Some(Telling { post, is_new, said })
    }

    /// The post that will change no more, if there is one.
    pub(super) fn finished(&mut self, now: Timestamp) -> Option<u64> {
        let is_calm = matches!(self.phase, Phase::Calm { .. });
        let over = |(_, made): &mut (u64, Timestamp)| is_calm && now.since(*made) >= ONE_POST_IN;
        self.post.take_if(over).map(|(post, _)| post)
    }

    /// The post goes elsewhere from now on: what is still in trouble is told there anew.
    pub(super) fn begin_anew(&mut self) {
        *self = Self::default();
    }

    /// Whether nothing is to be remembered of it.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Calm { beyond_since: None }) && self.post.is_none()
    }

    /// When to look next although nothing changes.
    pub(super) fn due(
        &self,
        reading: Option<&Reading>,
        limits: Option<&Limits>,
    ) -> Option<Timestamp> {
        match &self.phase {
            Phase::Calm { beyond_since } => {
                let passes = match beyond_since {
                    Some(since) => Some(since.after(PASSES_AFTER)),
                    None => reading.zip(limits).and_then(|(r, l)| r.passes_at(l)),
                };
                let finished = self.post.map(|(_, made)| made.after(ONE_POST_IN));
                passes.into_iter().chain(finished).min()
            }
            Phase::Trouble(trouble) => {
                if let Some(gone) = trouble.gone_since {
                    return Some(gone.after(WELL_AFTER));
                }
                let well = trouble.well_since.map(|since| since.after(WELL_AFTER));
                let update = trouble.looked.after(UPDATE_EVERY);
                // Another limit, which time alone passes.
                let passes = trouble.known.longest.is_none();
                let passes = reading.zip(limits).filter(|_| passes);
                let passes = passes.and_then(|(r, l)| r.passes_at(l));
                well.into_iter().chain(passes).chain([update]).min()
            }
        }
    }
}

impl Trouble {
    fn look(&mut self, reading: &Reading, limits: &Limits, now: Timestamp) -> Option<Said> {
        self.gone_since = None;
        let beyond = reading.beyond(limits, now);
        self.worst = self.worst.worst(beyond);
        if reading.is_well(limits, now) {
            let until = *self.well_since.get_or_insert(now);
            if now.since(until) >= WELL_AFTER {
                return Some(Said::Well {
                    since: self.since,
                    until,
                    worst: self.worst,
                });
            }
        } else {
            self.well_since = None;
        }
        let is_due = now.since(self.looked) >= UPDATE_EVERY;
        if !is_due && !beyond.has_more_than(&self.known) {
            return None;
        }
        self.looked = now;
        if beyond.is_nothing() || beyond == self.said {
            return None;
        }
        self.said = beyond;
        self.known = self.known.worst(beyond);
        Some(Said::Trouble {
            since: self.since,
            beyond,
        })
    }

    fn lost(&self) -> Said {
        Said::Lost {
            since: self.since,
            worst: self.worst,
        }
    }
}
