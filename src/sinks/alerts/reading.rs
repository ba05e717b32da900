//! What matters of a queue for its limits, followed by the board's changes.

use crate::board::{Departure, Name, QueueChange, QueueView, Timestamp};
use crate::config::Limits;

/// Of fewer calls the service level says nothing.
pub const MIN_CALLS: u64 = 10;

/// A queue, as far as limits go.
#[derive(Debug, Default)]
pub(super) struct Followed {
    /// Whether it is on the board.
    pub(super) is_here: bool,
    /// What it is called where it was set up.
    pub(super) description: Option<Name>,
    /// Who waits, by the board's numbers of them, and since when; the longest first.
    waiting: Vec<(u64, Timestamp)>,
    /// How many were answered or lost since the counters began, and how many of them were answered in time.
    counted: u64,
    in_time: u64,
}

/// What a queue is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// How many wait.
    pub(super) waiting: u32,
    /// Since when the one waits who waits longest.
    pub(super) oldest: Option<Timestamp>,
    /// How many were answered or lost, and how many of them were answered in time.
    pub(super) counted: u64,
    pub(super) in_time: u64,
}

impl Followed {
    /// Takes a change over; `within` is the time within which a call should be answered, in milliseconds.
    pub(super) fn take(&mut self, change: &QueueChange, at: Timestamp, within: u64) {
        match change {
            QueueChange::Seen(_) => {
                *self = Self {
                    is_here: true,
                    ..Self::default()
                };
            }
            QueueChange::Details(details) => self.description.clone_from(&details.description),
            QueueChange::Waits(waiting) => {
                // Told again of somebody, it is that their name became known.
                if self.waiting.iter().all(|(id, _)| *id != waiting.id) {
                    let place = self
                        .waiting
                        .partition_point(|(_, since)| *since <= waiting.since);
                    self.waiting.insert(place, (waiting.id, waiting.since));
                }
            }
            QueueChange::Left(waiting, how) => {
                self.waiting.retain(|(id, _)| *id != waiting.id);
                if *how != Departure::Elsewhere {
                    let answered = matches!(how, Departure::Answered { .. });
                    self.counted += 1;
                    self.in_time += u64::from(answered && at.since(waiting.since) <= within);
                }
            }
            QueueChange::Reset => (self.counted, self.in_time) = (0, 0),
            QueueChange::Gone => *self = Self::default(),
            QueueChange::Talks(_)
            | QueueChange::Ended(_)
            | QueueChange::Agent(_)
            | QueueChange::AgentGone(_)
            | QueueChange::Totals { .. } => {}
        }
    }

    /// One that was there before the start.
    pub(super) fn restored(queue: &QueueView) -> Self {
        let (counted, in_time) = queue.counters.seen();
        let waiting = queue.waiting.iter();
        Self {
            is_here: true,
            description: queue.details.description.clone(),
            waiting: waiting.map(|own| (own.id, own.since)).collect(),
            counted,
            in_time,
        }
    }

    pub(super) fn reading(&self) -> Option<Reading> {
        self.is_here.then(|| Reading {
            waiting: self.waiting.len() as u32,
            oldest: self.waiting.first().map(|(_, since)| *since),
            counted: self.counted,
            in_time: self.in_time,
        })
    }
}

/// By how much a queue passes its limits: nothing where it keeps one, or has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Beyond {
    /// How many wait.
    pub(super) waiting: Option<u32>,
    /// How long the one waits who waits longest, in milliseconds.
    pub(super) longest: Option<u64>,
    /// Of a hundred calls, how many were answered in time.
    pub(super) service: Option<u8>,
}

impl Beyond {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it has something that the other one has nothing of.
    pub(super) fn has_more_than(&self, other: &Self) -> bool {
        (self.waiting.is_some() && other.waiting.is_none())
            || (self.longest.is_some() && other.longest.is_none())
            || (self.service.is_some() && other.service.is_none())
    }

    /// The worse of both.
    pub(super) fn worst(self, other: Self) -> Self {
        Self {
            waiting: self.waiting.max(other.waiting),
            longest: self.longest.max(other.longest),
            service: match (self.service, other.service) {
                (Some(own), Some(other)) => Some(own.min(other)),
                (own, other) => own.or(other),
            },
        }
    }
}

impl Reading {
    fn waited(&self, now: Timestamp) -> u64 {
        self.oldest.map_or(0, |oldest| now.since(oldest))
    }

    /// By how much it passes these limits now.
    pub(super) fn beyond(&self, limits: &Limits, now: Timestamp) -> Beyond {
        let waited = self.waited(now);
        let too_few = |limit: &u8| {
            self.counted >= MIN_CALLS && self.in_time * 100 < u64::from(*limit) * self.counted
        };
        Beyond {
            waiting: limits
                .waiting
                .filter(|limit| self.waiting > *limit)
                .map(|_| self.waiting),
            longest: limits
                .longest
                .filter(|limit| waited > *limit)
                .map(|_| waited),
            service: limits.service.filter(too_few).map(|_| {
                // Rounded down, so that it never reads as what the limit asks for.
                (self.in_time * 100 / self.counted.max(1)) as u8
            }),
        }
    }

    /// Whether it keeps these limits with a margin: a fifth fewer callers, and one fewer at least; a fifth less time; three percent
    /// more calls in time, as far as there can be so many.
    pub(super) fn is_well(&self, limits: &Limits, now: Timestamp) -> bool {
        let fewer = |limit: u32| limit - (limit / 5).max(1).min(limit);
        let more = |limit: u8| u64::from(limit.saturating_add(3).min(100));
        limits
            .waiting
            .is_none_or(|limit| self.waiting <= fewer(limit))
            && limits
                .longest
                .is_none_or(|limit| self.waited(now) <= limit / 5 * 4)
            && limits.service.is_none_or(|limit| {
                self.counted < MIN_CALLS || self.in_time * 100 >= more(limit) * self.counted
            })
    }

    /// When it passes the limit of the longest wait by time alone.
    pub(super) fn passes_at(&self, limits: &Limits) -> Option<Timestamp> {
        let oldest = self.oldest?;
        Some(oldest.after(limits.longest? + 1))
    }
}
