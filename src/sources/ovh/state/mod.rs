//! What OVH's events mean for the board: a state machine without I/O.
//!
//! Times are those of arrival; what the service's own clocks say is compared only with itself: it sorts what came at once, tells an event that
//! is late from one that is new, and says how long somebody waited of whom nothing was seen before. So a clock that is an hour off changes
//! nothing.
//!
//! The same event may come twice, through two tokens for instance; it is taken once. Which tokens told of a line or a queue is remembered:
//! when events of one of them were lost ([`State::gap`]), what it alone told of is in doubt, and leaves the board unless more is heard of it.

mod agents;
mod callcenter;
mod lines;
mod memory;
mod names;
mod parties;
mod queues;
mod resume;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::event::{Field, Fields, Kind};
use crate::board::{self, Name, Peer, Source, Timestamp};
use crate::config::NumbersUsers;
use crate::text::clean;
use lines::Line;
use memory::{Ends, Seen};
use queues::Queue;

/// The most lines. The board holds as many.
pub(super) const MAX_LINES: usize = 10_000;

/// The most queues. The board holds as many.
pub(super) const MAX_QUEUES: usize = board::MAX_QUEUES;

/// How long after its ring ended a call may still turn out to be answered, in milliseconds: OVH tells of both in events of their own, and in
/// either order. The same holds for a caller whose agent did not answer, of whom it is told next whether they hung up.
pub(super) const DECISION_WAIT: u64 = 2_000;

/// How long a queue's count of nobody has to stand before those who wait in it go, in milliseconds: what became of them is told in
/// events of their own.
pub(super) const COUNT_WAIT: u64 = 5_000;

/// How long what rings or waits stays once events were lost, if nothing more is heard of it, in milliseconds (1 minute).
pub(super) const DOUBT_RINGING: u64 = 60 * 1000;

/// The same for what is talked, of which nothing is heard until it ends (30 minutes).
pub(super) const DOUBT_TALKING: u64 = 30 * 60 * 1000;

/// How many have told of something: a bit for each token.
pub(super) type Slots = u64;

/// A number, as it is compared: in international form where that is known.
type Key = Arc<str>;

/// How much there is, and came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) lines: usize,
    pub(super) queues: usize,
    /// Calls of the lines.
    pub(super) calls: usize,
    /// Who waits in queues.
    pub(super) waiting: usize,
    /// Events that were followed.
    pub(super) events: u64,
    /// Events that had come before.
    pub(super) doubled: u64,
    /// Events of which nothing can be made.
    pub(super) ignored: u64,
    /// What was left out because a limit was reached.
    pub(super) beyond_limits: u64,
}

/// All that OVH told.
#[derive(Debug, Default)]
pub(super) struct State {
    numbers: NumbersUsers,
    lines: BTreeMap<Key, Line>,
    /// Which numbers are whose line.
    users: BTreeMap<Name, BTreeSet<Key>>,
    queues: BTreeMap<Key, Queue>,
    /// The queues that somebody is an agent of.
    agent_of: BTreeMap<Key, BTreeSet<Key>>,
    seen: Seen,
    ends: Ends,
    counts: Counts,
    out: Vec<(board::Event, Timestamp)>,
}

/// An event on its way.
#[derive(Clone, Copy, Debug)]
struct Told<'a> {
    kind: Kind,
    fields: &'a Fields,
    /// The number that it is about, as it came, and as it is compared.
    number: &'a str,
    key: &'a Key,
    /// Which token told.
    slot: Slots,
    /// When it happened by the service's clock, in nanoseconds; only to be compared with other such times.
    clock: Option<u64>,
    now: Timestamp,
}

impl State {
    /// What the board is to be told, and when it happened.
    pub(super) fn take(&mut self) -> Vec<(board::Event, Timestamp)> {
        std::mem::take(&mut self.out)
    }

    /// How much the board is to be told.
    pub(super) fn backlog(&self) -> usize {
        self.out.len()
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            lines: self.lines.len(),
            queues: self.queues.len(),
            calls: self.lines.values().map(|line| line.calls.len()).sum(),
            waiting: self.queues.values().map(|queue| queue.waiting.len()).sum(),
            ..self.counts
        }
    }

    /// Events that came at once through the token with that bit.
    pub(super) fn events(&mut self, events: &[Fields], slot: Slots, now: Timestamp) {
        let clock = |event: &Fields| event.time(Field::Timestamp).or(event.time(Field::Ts));
        let mut order: Vec<(Option<u64>, &Fields)> = events
            .iter()
            .map(|event| (event.time(Field::Timestamp), event))
            .collect();
        // What has no time stays where it came; so all of them do where one has none.
        if order.iter().all(|(at, _)| at.is_some()) {
            order.sort_by_key(|(at, _)| *at);
        }
        for (_, fields) in order {
            self.event(fields, clock(fields), slot, now);
        }
    }

    fn event(&mut self, fields: &Fields, clock: Option<u64>, slot: Slots, now: Timestamp) {
        let kind = fields.get(Field::Event).and_then(Kind::from_name);
        let number = kind.and_then(|kind| number_of(fields, kind));
        let (Some(kind), Some(number)) = (kind, number) else {
            self.counts.ignored += 1;
            return;
        };
        let key = self.key(number);
        if self.seen.is_known(kind, &key, fields, now) {
            self.counts.doubled += 1;
            // It is told by this token, too.
            self.told_by(&key, slot);
            return;
        }
        self.counts.events += 1;
        let told = Told {
            kind,
            fields,
            number,
            key: &key,
            slot,
            clock,
            now,
        };
        let is_hunting = match fields.get(Field::Type) {
            Some(kind) => is_hunting(kind),
            None => self.queues.contains_key(&key),
        };
        if kind.is_queue() || is_hunting {
            self.queue_event(told);
        } else {
            self.line_event(told);
        }
    }

    fn told_by(&mut self, key: &str, slot: Slots) {
        if let Some(line) = self.lines.get_mut(key) {
            line.slots |= slot;
        }
        if let Some(queue) = self.queues.get_mut(key) {
            queue.slots |= slot;
        }
    }

    /// Other numbers are whose. Lines and queues that have another name now leave the board under the old one and come back under the new
    /// one.
    pub(super) fn set_numbers(&mut self, numbers: &NumbersUsers, now: Timestamp) {
        if self.numbers == *numbers {
            return;
        }
        self.numbers = numbers.clone();
        self.rename_lines(now);
        self.rename_queues(now);
    }

    /// Events of that token were lost: what it alone told of is in doubt from now on.
    pub(super) fn gap(&mut self, slot: Slots, now: Timestamp) {
        for line in self.lines.values_mut().filter(|l| l.slots & !slot == 0) {
            line.doubt(now);
        }
        for queue in self.queues.values_mut().filter(|q| q.slots & !slot == 0) {
            queue.doubt(now);
        }
    }

    /// That token is no longer followed: what no other one told of leaves the board.
    pub(super) fn forget(&mut self, slot: Slots, now: Timestamp) {
        self.forget_lines(slot, now);
        self.forget_queues(slot, now);
    }

    /// None is followed any more: all of it leaves the board.
    pub(super) fn clear(&mut self, now: Timestamp) {
        let counts = self.counts;
        let numbers = std::mem::take(&mut self.numbers);
        let out = std::mem::take(&mut self.out);
        *self = Self {
            numbers,
            counts,
            out,
            ..Self::default()
        };
        self.out.push((board::Event::Cleared(Source::Ovh), now));
    }

    /// Whether [`State::tick`] has something to do some time.
    pub(super) fn is_busy(&self) -> bool {
        let line = |line: &Line| !line.calls.is_empty();
        self.lines.values().any(line) || self.queues.values().any(Queue::is_busy)
    }

    /// Decides what waited for its time.
    pub(super) fn tick(&mut self, now: Timestamp) {
        self.tick_lines(now);
        self.tick_queues(now);
    }

    fn push(&mut self, event: board::Event, now: Timestamp) {
        self.out.push((event, now));
    }

    /// The number as it is compared.
    fn key(&self, number: &str) -> Key {
        match self.numbers.plan().read(number) {
            Some(number) => number.asked().into(),
            None => clean(number).into_owned().into(),
        }
    }

    /// What the board calls a number: whose it is, or else the number as people write it.
    fn name(&self, key: &Key, number: &str) -> Name {
        let user = self.numbers.user(number).or_else(|| self.numbers.user(key));
        user.cloned().unwrap_or_else(|| Arc::clone(key))
    }

    fn peer(&self, number: &str) -> Peer {
        let number = clean(number);
        Peer {
            name: self.numbers.user(&number).cloned(),
            ..Peer::new(&*number)
        }
    }

    /// Whether two texts mean the same number.
    fn same(&self, one: &str, other: &str) -> bool {
        self.numbers.plan().same(one, other)
    }
}

/// Whether the words for a type are a queue's.
fn is_hunting(kind: &str) -> bool {
    kind.len() >= "Hunting".len()
        && kind
            .get(kind.len() - "Hunting".len()..)
            .is_some_and(|end| end.eq_ignore_ascii_case("hunting"))
}

/// The number that an event is about.
fn number_of(fields: &Fields, kind: Kind) -> Option<&str> {
    let own: &[Field] = match kind {
        Kind::EndRinging | Kind::StartRinging => &[Field::Resource, Field::Billing, Field::Called],
        Kind::StartCalling | Kind::EndCalling | Kind::Registered => {
            &[Field::Resource, Field::Billing]
        }
        _ => &[Field::Resource, Field::Called],
    };
    fields.first(own).filter(|number| !clean(number).is_empty())
}

/// A number that is one: callers without one are written in words.
fn told_number(number: Option<&str>) -> Option<&str> {
    const NOBODY: [&str; 7] = [
        "anonymous",
        "unknown",
        "private",
        "restricted",
        "unavailable",
        "withheld",
        "null",
    ];
    let number = number.filter(|number| !clean(number).is_empty())?;
    let is = |word: &&str| number.eq_ignore_ascii_case(word);
    (!NOBODY.iter().any(is)).then_some(number)
}
