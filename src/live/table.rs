//! What viewers are told, each thing once, as it is now, ready to be sent. It is made while there are viewers, and forgotten with the
//! last one.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::message;
use super::rings::Rung;
use crate::board::{Delta, Gone, MAX_GONE, Name};
use crate::config::BoardNumbers;
use crate::feed::{Batch, Source};

/// The most ended calls that are told. The newest ones are; all that are remembered, `/api/v1/history` has.
pub const MAX_RECORDS: usize = 200;

/// The most things that are told to have left. Beyond it all viewers begin anew.
const MAX_GONE_TOLD: usize = 2 * MAX_GONE;

/// Bits below the board's own number, for what has none of its own.
const BELOW: u32 = 24;

/// Things of the board itself: a call that ended and the day may have one number.
const KINDS: u64 = 8;

/// A number in the stream: the board's, and below it one that tells apart what has the same.
fn number(n: u64, below: u64) -> u64 {
    (n << BELOW) | below
}

/// The board's own number of what is there under that one of the stream.
fn board_number(number: u64) -> u64 {
    number >> BELOW
}

/// Up to which number of the stream somebody has everything who has the board's changes up to `n`. What has that very number is
/// told again: there may be two of it.
pub(super) fn has_all_before(n: u64) -> u64 {
    number(n, 0).saturating_sub(1)
}

/// What stands once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Line(Name),
    Queue(Name),
    GoneLine(Name),
    GoneQueue(Name),
    Call(u64),
    Day,
    Ring(u64),
    Board,
}

#[derive(Debug)]
struct Thing {
    key: Key,
    message: Arc<[u8]>,
}

impl Thing {
    fn is_ring(&self) -> bool {
        matches!(self.key, Key::Ring(_))
    }
}

/// What is told.
#[derive(Debug, Default)]
pub(super) struct Told {
    things: BTreeMap<u64, Thing>,
    numbers: HashMap<Key, u64>,
    /// The numbers of ended calls, the oldest first.
    calls: BTreeMap<u64, ()>,
    gone: usize,
    /// The rings that are told, by their ids.
    rings: Vec<u64>,
    head: u64,
    /// The board's number up to which all is in here; nothing while there is nothing.
    sequence: Option<u64>,
    /// The board's number from which on all that left is in here.
    gone_since: u64,
}

impl Told {
    /// Up to which of the board's changes all is in here; nothing before the first [`take`](Self::take).
    pub(super) fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// From which of the board's changes on all that left the board is in here.
    pub(super) fn gone_since(&self) -> u64 {
        self.gone_since
    }

    /// Whether more left than may be told.
    pub(super) fn is_overfull(&self) -> bool {
        self.gone > MAX_GONE_TOLD
    }

    /// Takes over what changed on the board. A whole board takes the place of everything.
    pub(super) fn take(&mut self, delta: Delta, numbers: BoardNumbers) {
        if delta.whole {
            *self = Self {
                gone_since: delta.sequence,
                ..Self::default()
            };
        }
        self.take_gone(&delta.gone);
        for (n, mut line) in delta.lines {
            numbers.line(&mut line);
            self.back(&Key::GoneLine(Name::clone(&line.user)));
            let key = Key::Line(Name::clone(&line.user));
            self.put(n, 0, key, "line", &line);
        }
        for (n, mut queue) in delta.queues {
            numbers.queue(&mut queue);
            self.back(&Key::GoneQueue(Name::clone(&queue.name)));
            let key = Key::Queue(Name::clone(&queue.name));
            self.put(n, 1, key, "queue", &queue);
        }
        for (n, mut record) in delta.records {
            numbers.record(&mut record);
            // Each is told once, so its number is its key.
            self.put(n, 3, Key::Call(n), "call", &record);
            self.calls.insert(number(n, 3), ());
        }
        while self.calls.len() > MAX_RECORDS
            && let Some((oldest, ())) = self.calls.pop_first()
            && let Some(thing) = self.things.remove(&oldest)
        {
            self.numbers.remove(&thing.key);
        }
        if let Some((n, day)) = delta.day {
            self.put(n, 4, Key::Day, "day", &day);
        }
        self.sequence = Some(delta.sequence);
        self.head = self.head.max(number(delta.sequence, 0));
    }

    /// Takes over what left the board since a number, up to where everything else is in here.
    pub(super) fn take_gone_since(&mut self, since: u64, gone: &[(u64, Gone)]) {
        let sequence = self.sequence.unwrap_or_default();
        let end = gone.partition_point(|(n, _)| *n <= sequence);
        let gone = &gone[..end];
        // What came back later stands there with a higher number.
        let stale = |(n, gone): &&(u64, Gone)| {
            let key = match gone {
                Gone::Line(name) => Key::Line(Name::clone(name)),
                Gone::Queue(name) => Key::Queue(Name::clone(name)),
            };
            self.numbers
                .get(&key)
                .is_none_or(|there| board_number(*there) < *n)
        };
        let gone: Vec<_> = gone.iter().filter(stale).cloned().collect();
        self.take_gone(&gone);
        self.gone_since = self.gone_since.min(since);
    }

    fn take_gone(&mut self, gone: &[(u64, Gone)]) {
        for (n, gone) in gone {
            let (there, left) = match gone {
                Gone::Line(name) => (
                    Key::Line(Name::clone(name)),
                    Key::GoneLine(Name::clone(name)),
                ),
                Gone::Queue(name) => (
                    Key::Queue(Name::clone(name)),
                    Key::GoneQueue(Name::clone(name)),
                ),
            };
            self.remove(&there);
            if self
                .numbers
                .get(&left)
                .is_some_and(|known| board_number(*known) >= *n)
            {
                continue;
            }
            self.gone += usize::from(!self.numbers.contains_key(&left));
            let message = message::gone(*n, gone);
            self.insert(number(*n, 2), left, message);
        }
    }

    /// Tells something that the board itself does not number: it comes behind everything there is.
    fn tell(&mut self, key: Key, message: impl FnOnce(u64) -> Box<[u8]>) {
        let n = self.sequence.unwrap_or_default();
        let next = (self.head + 1).max(number(n, KINDS));
        // Sixteen million of them without any change: it would take years.
        if board_number(next) == n {
            self.insert(next, key, message(n));
        }
    }

    /// Tells how the board itself is.
    pub(super) fn tell_board(&mut self, message: impl FnOnce(u64) -> Box<[u8]>) {
        self.tell(Key::Board, message);
    }

    /// Tells those rings, and no others. Answers whether one of them is new.
    pub(super) fn tell_rings<'a>(&mut self, rings: impl Iterator<Item = &'a Rung>) -> bool {
        let before = std::mem::take(&mut self.rings);
        let mut new = false;
        for rung in rings {
            if !before.contains(&rung.id) {
                self.tell(Key::Ring(rung.id), |n| message::ring(n, rung));
                new = true;
            }
            self.rings.push(rung.id);
        }
        for id in before {
            if !self.rings.contains(&id) {
                self.remove(&Key::Ring(id));
            }
        }
        new
    }

    fn put(&mut self, n: u64, below: u64, key: Key, kind: &str, what: &impl Serialize) {
        let message = message::message(n, kind, what);
        self.insert(number(n, below), key, message);
    }

    fn insert(&mut self, number: u64, key: Key, message: Box<[u8]>) {
        if let Some(before) = self.numbers.insert(key.clone(), number) {
            self.things.remove(&before);
        }
        let message = message.into();
        self.things.insert(number, Thing { key, message });
        self.head = self.head.max(number);
    }

    fn remove(&mut self, key: &Key) -> bool {
        let number = self.numbers.remove(key);
        number.is_some_and(|number| self.things.remove(&number).is_some())
    }

    /// Something that left is there again.
    fn back(&mut self, left: &Key) {
        self.gone -= usize::from(self.remove(left));
    }
}

/// A message, with the board's number of what it tells.
pub(super) type Message = (u64, Arc<[u8]>);

/// The table, for the feed and for event streams.
#[derive(Debug, Default)]
pub(super) struct Table(Mutex<Told>);

impl Table {
    pub(super) fn told(&self) -> MutexGuard<'_, Told> {
        // Nothing that happens under the lock can leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The messages behind `after`, each with the board's number of it, until they have so many bytes; and up to which number of the
    /// stream these are all. Without `rings`, none of those.
    pub(super) fn messages(&self, after: u64, bytes: usize, rings: bool) -> (Vec<Message>, u64) {
        let told = self.told();
        let (mut messages, mut length) = (Vec::new(), 0);
        for (number, thing) in told.things.range(after + 1..) {
            if !rings && thing.is_ring() {
                continue;
            }
            length += thing.message.len();
            messages.push((board_number(*number), Arc::clone(&thing.message)));
            if length >= bytes {
                return (messages, *number);
            }
        }
        (messages, told.head)
    }
}

/// The table as a feed sends it: to walls without rings, whose addresses are for whom a wall's link does not let in.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) table: Arc<Table>,
    pub(super) rings: bool,
}

impl Source for Sent {
    fn head(&self) -> u64 {
        self.table.told().head
    }

    fn changes(&self, after: u64, batch: &mut Batch) -> u64 {
        let told = self.table.told();
        for (number, thing) in told.things.range(after + 1..) {
            if !self.rings && thing.is_ring() {
                continue;
            }
            batch.push(&thing.message);
            if batch.is_full() {
                return *number;
            }
        }
        told.head
    }

    /// None: the board's own message comes more often than a sign of life is due.
    fn one_before(&self, _: u64, _: &mut Batch) -> Option<u64> {
        None
    }
}
