//! Calls that ended.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Call, Departure, Direction, Name, Outcome, Peer, Report, Timestamp};

/// The most ended calls that a board remembers, unless told otherwise. The oldest one goes first.
pub const MAX_HISTORY: usize = 10_000;

/// A call that ended: that of a queue's caller, or one on a line that came from no queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The board's own number of it; never used again.
    pub id: u64,
    /// When it began to wait or to ring.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// The queue that the caller waited in.
    pub queue: Option<Name>,
    /// Whose line it was on, where it came from no queue.
    pub line: Option<Name>,
    /// The other side, as seen from here: who called, or was called.
    pub peer: Option<Peer>,
    /// Who answered the queue's call, if known.
    pub agent: Option<Name>,
    /// Who called whom. Queues are called.
    pub direction: Direction,
    /// How long it waited or rang, in milliseconds.
    pub wait: u64,
    /// How long it was talked, in milliseconds; nothing where it was not answered, or nobody told when it ended.
    pub talk: Option<u64>,
    /// How it ended.
    pub ending: Ending,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// After it was answered.
    Answered,
    /// The caller hung up while they waited in a queue, or the queue gave up where the source does not tell one from the other.
    Abandoned,
    /// The queue gave up.
    TimedOut,
    /// It came in, and nobody answered.
    Missed,
    /// It went out, and nobody answered.
    Unanswered,
    /// The person refused it.
    Refused,
    /// It went on elsewhere: somebody else answered it, or the caller left the queue.
    Elsewhere,
    /// Nobody told.
    Unknown,
}

impl CallRecord {
    /// What is remembered of a line's call; nothing of one that came from a queue, which is remembered there, nor of one that goes on.
    pub(super) fn of_line(
        line: &Name,
        call: &Call,
        outcome: Outcome,
        ended: Timestamp,
    ) -> Option<Self> {
        if call.queue.is_some() || outcome == Outcome::Retold {
            return None;
        }
        let is_told = matches!(
            outcome,
            Outcome::Finished | Outcome::Missed | Outcome::Elsewhere | Outcome::Refused
        );
        let ending = match (call.answered, outcome) {
            (Some(_), _) => Ending::Answered,
            (None, Outcome::Elsewhere) => Ending::Elsewhere,
            (None, Outcome::Refused) => Ending::Refused,
            (None, _) if !is_told => Ending::Unknown,
            (None, _) => match call.direction {
                Direction::Outgoing => Ending::Unanswered,
                Direction::Incoming | Direction::Unknown => Ending::Missed,
            },
        };
        Some(Self {
            id: call.id,
            began: call.began,
            ended,
            queue: None,
            line: Some(Name::clone(line)),
            peer: call.peer.clone(),
            agent: None,
            direction: call.direction,
            wait: call.answered.unwrap_or(ended).since(call.began),
            talk: call
                .answered
                .filter(|_| is_told)
                .map(|answered| ended.since(answered)),
            ending,
        })
    }
}

impl CallRecord {
    /// What is remembered of a call of which nothing was told but that it was missed. For how long it rang nobody knows.
    pub(super) fn of_missed(id: u64, report: &Report, at: Timestamp) -> Self {
        Self {
            id,
            began: at,
            ended: at,
            queue: None,
            line: Some(Name::clone(&report.user)),
            peer: report.peer.clone(),
            agent: None,
            direction: Direction::Incoming,
            wait: 0,
            talk: None,
            ending: Ending::Missed,
        }
    }

    /// Whether it counts as a call that came to a line and was answered or lost.
    pub(super) fn counts(&self) -> bool {
        let came = self.direction != Direction::Outgoing;
        came && matches!(self.ending, Ending::Answered | Ending::Missed)
    }
}

impl From<&Departure> for Ending {
    fn from(how: &Departure) -> Self {
        match how {
            Departure::Answered { .. } => Self::Answered,
            Departure::Abandoned => Self::Abandoned,
            Departure::TimedOut => Self::TimedOut,
            Departure::Elsewhere => Self::Elsewhere,
        }
    }
}

/// The calls that ended last, the oldest first, each with the number of the change that told of it. They are shared with copies of the board,
/// and with whoever is told of thousands of them.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    calls: VecDeque<(u64, Arc<CallRecord>)>,
    /// How many were forgotten: the place of the oldest one among all that ever were.
    forgotten: u64,
}

/// For how long a phone's word that a call was missed may be about one that ended so on its line before, in milliseconds: of its requests any
/// may be on its way for a while.
const LATE_MISSED: u64 = 30_000;

/// At how many of the last calls is looked for that one.
const LOOKED_AT: usize = 1_000;

impl History {
    /// Whether the call that this is remembered of, and of which nothing was told but that it was missed, is there already.
    pub(super) fn has_missed(&self, missed: &CallRecord) -> bool {
        let is_same = |own: &Arc<CallRecord>| {
            let peers = own.peer.as_ref().zip(missed.peer.as_ref());
            own.line == missed.line
                && own.direction != Direction::Outgoing
                && own.ending != Ending::Answered
                // It rang: more was told of it.
                && own.began < own.ended
                && missed.ended <= own.ended.after(LATE_MISSED)
                && peers.is_none_or(|(own, missed)| own.is(missed))
        };
        self.newest().take(LOOKED_AT).any(is_same)
    }

    pub(super) fn push(&mut self, sequence: u64, record: Arc<CallRecord>, limit: usize) {
        while self.calls.len() >= limit.max(1) {
            self.calls.pop_front();
            self.forgotten += 1;
        }
        self.calls.push_back((sequence, record));
    }

    /// What was stored of it, where so many were forgotten before the first of these.
    pub(super) fn stored(
        forgotten: u64,
        calls: impl IntoIterator<Item = (u64, CallRecord)>,
    ) -> Self {
        Self {
            calls: calls
                .into_iter()
                .map(|(sequence, record)| (sequence, Arc::new(record)))
                .collect(),
            forgotten,
        }
    }

    /// Forgets those that ended before that time.
    pub(super) fn forget(&mut self, before: Timestamp) {
        let is_old = |(_, record): &(u64, Arc<CallRecord>)| record.ended < before;
        while self.calls.front().is_some_and(is_old) {
            self.calls.pop_front();
            self.forgotten += 1;
        }
    }

    /// Changes all of them. Answers whether any of them is another one now.
    pub(super) fn change(&mut self, change: impl Fn(&mut CallRecord)) -> bool {
        let mut any = false;
        for (_, record) in &mut self.calls {
            let mut changed = CallRecord::clone(record);
            change(&mut changed);
            if **record != changed {
                *record = Arc::new(changed);
                any = true;
            }
        }
        any
    }

    /// Puts those that ended earlier before them.
    pub(super) fn absorb(&mut self, earlier: Self, limit: usize) {
        let own = std::mem::replace(self, earlier);
        for (sequence, record) in own.calls {
            self.push(sequence, record, limit);
        }
    }

    /// The places of those that are remembered, among all that ever were.
    pub(super) fn places(&self) -> std::ops::Range<u64> {
        self.forgotten..self.forgotten + self.calls.len() as u64
    }

    /// Those at these places, as far as they are remembered.
    pub(super) fn at(
        &self,
        places: std::ops::Range<u64>,
    ) -> impl ExactSizeIterator<Item = &(u64, Arc<CallRecord>)> {
        let index =
            |place: u64| (place.saturating_sub(self.forgotten) as usize).min(self.calls.len());
        let start = index(places.start);
        self.calls.range(start..index(places.end).max(start))
    }

    /// Those that changes after this one told of, the newest `most` of them, the oldest first.
    pub(super) fn after(
        &self,
        sequence: u64,
        most: usize,
    ) -> impl Iterator<Item = &(u64, Arc<CallRecord>)> {
        let from = self.calls.partition_point(|(own, _)| *own <= sequence);
        let newest = self.calls.len().saturating_sub(most);
        self.calls.range(from.max(newest)..)
    }

    /// All of them, the newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &Arc<CallRecord>> {
        self.calls.iter().rev().map(|(_, record)| record)
    }
}
