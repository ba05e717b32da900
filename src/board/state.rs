//! A board put into words and made of them again: what is stored, so that it lasts, and what another node of a cluster begins with.
//!
//! The board is deterministic, so one that was made of these words goes on exactly as the other one does: the same events give the same changes
//! with the same numbers. What follows from the rest (when times are up, how much queues hold) is not stored but reckoned again.
//!
//! Calls that ended are apart ([`Records`]): there are many, and they change only at their ends.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize, Serializer};

use super::calls::Line;
use super::counters::Hours;
use super::delta::Departed;
use super::expiry::{Ends, Expiries};
use super::history::History;
use super::queues::Queues;
use super::stored::{ReadRecord, WrittenRecord};
use super::{Board, Limits, Name, Timestamp};

/// All of a board but the calls that ended. Fields may be added; one that is missing is as on an empty board.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State<'a> {
    sequence: u64,
    last_call: u64,
    now: Timestamp,
    day: Timestamp,
    hours: Cow<'a, Hours>,
    day_changed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<u64>,
    departed: Cow<'a, Departed>,
    #[serde(skip_serializing_if = "is_empty")]
    leaving: Cow<'a, BTreeSet<Name>>,
    lines: Cow<'a, BTreeMap<Name, Line>>,
    queues: Cow<'a, Queues>,
}

fn is_empty(lines: &BTreeSet<Name>) -> bool {
    lines.is_empty()
}

/// Calls that ended, the oldest first, as they were read.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Records(Vec<ReadRecord>);

impl Records {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps those at these places.
    pub fn keep(&mut self, places: Range<usize>) {
        self.0.truncate(places.end);
        self.0.drain(..places.start.min(self.0.len()));
    }

    /// Brings those that were read in any order, and some of them perhaps twice, into that of their ends, and keeps the last so many.
    pub fn newest(&mut self, most: usize) {
        let key = |ReadRecord(_, call): &ReadRecord| (call.ended, call.id);
        self.0.sort_by_key(key);
        self.0.dedup_by_key(|record| key(record));
        self.0.drain(..self.0.len().saturating_sub(most));
    }

    /// Puts others behind them.
    pub fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }
}

impl Board {
    /// All of it but the calls that ended.
    #[must_use]
    pub fn state(&self) -> State<'_> {
        State {
            sequence: self.sequence,
            last_call: self.last_call,
            now: self.now,
            day: self.day,
            hours: Cow::Borrowed(&self.hours),
            day_changed: self.day_changed,
            within: self.within,
            departed: Cow::Borrowed(&self.departed),
            leaving: Cow::Borrowed(&self.leaving),
            lines: Cow::Borrowed(&self.lines),
            queues: Cow::Borrowed(&self.queues),
        }
    }

    /// The places of the calls that ended among all that ever did, as far as they are remembered.
    #[must_use]
    pub fn record_places(&self) -> Range<u64> {
        self.history.places()
    }

    /// The calls that ended at these places, in the form that [`Records`] reads.
    pub fn records(&self, places: Range<u64>) -> impl Serialize + '_ {
        struct Written<'a>(&'a History, Range<u64>);

        impl Serialize for Written<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let calls = self.0.at(self.1.clone());
                serializer.collect_seq(calls.map(|(number, call)| WrittenRecord(*number, call)))
            }
        }

        Written(&self.history, places)
    }

    /// The board that this was put into words of. `records` are the calls that ended, the last of them at the place before `end`.
    #[must_use]
    pub fn from_state(state: State<'_>, records: Records, end: u64) -> Self {
        let mut board = Self {
            limits: Limits::default(),
            lines: state.lines.into_owned(),
            queues: state.queues.into_owned(),
            expiries: Expiries::default(),
            ends: Ends::default(),
            history: History::stored(
                end.saturating_sub(records.len() as u64),
                records.0.into_iter().map(|read| (read.0, read.1)),
            ),
            departed: state.departed.into_owned(),
            leaving: state.leaving.into_owned(),
            day: state.day,
            hours: state.hours.into_owned(),
            day_changed: state.day_changed,
            within: state.within,
            sequence: state.sequence,
            last_call: state.last_call,
            now: state.now,
        };
        for (user, line) in &board.lines {
            for call in line.calls() {
                board.expiries.keep_call(user, call);
            }
            board.ends.follow(user, None, line.last_end());
        }
        board.queues.keep_times(&mut board.expiries);
        board
    }

    /// An empty board, where it is not known what was before: its numbers are higher than all that were given until now. (No board makes a
    /// thousand changes a second all the time.)
    #[must_use]
    pub fn beginning_at(now: Timestamp) -> Self {
        let mut board = Self {
            sequence: now.0,
            last_call: now.0,
            ..Self::default()
        };
        board.departed.forget(now.0);
        board
    }

    /// Takes over what was before, once it is known: the calls that ended, what was counted, and lines of which nothing was told since.
    /// Everything has changed then, and viewers are sent all of it.
    pub(crate) fn absorb(&mut self, earlier: Self) {
        self.sequence = self.sequence.max(earlier.sequence) + 1;
        self.last_call = self.last_call.max(earlier.last_call);
        self.now = self.now.max(earlier.now);
        self.departed.forget(self.sequence);
        self.history.absorb(earlier.history, self.limits.history);
        for (user, mut line) in earlier.lines {
            if self.lines.len() >= self.limits.lines || self.lines.contains_key(&user) {
                continue;
            }
            line.changed = self.sequence;
            for call in line.calls() {
                self.expiries.keep_call(&user, call);
            }
            self.ends.follow(&user, None, line.last_end());
            self.lines.insert(user, line);
        }
        self.leaving.extend(earlier.leaving);
        let today = earlier.day == self.day || self.day.0 == 0;
        self.queues.absorb(earlier.queues, today, self.now);
        if today {
            self.day = earlier.day;
            self.hours.add(&earlier.hours);
        }
        self.day_changed = self.sequence;
    }

    /// The same with other limits.
    #[cfg(test)]
    pub(super) fn limited(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
