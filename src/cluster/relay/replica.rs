//! The side of a node that does not lead.

use std::time::Duration;

use super::wire::Output;
use super::{GAP_PATIENCE, Lineage, Position, SILENCE, WANT_GAP};

/// The side of a node that does not lead.
#[derive(Debug)]
pub struct Replica {
    /// How far the state is.
    position: Position,
    /// Of the leader that is listened to.
    lineage: Option<Lineage>,
    /// Whether the state is a part of its history.
    joined: bool,
    /// The last entry that was heard of.
    head: u64,
    /// The last one that the leader stored.
    stored: u64,
    whole: Option<Parts>,
    heard_at: Duration,
    /// When it last came on, or was told of something that it lacks.
    lacks_since: Duration,
    /// What is missing may be on its way until then.
    patience: Duration,
    /// No question before this.
    want_at: Duration,
}

/// A whole state that is coming in.
#[derive(Debug)]
struct Parts {
    index: u64,
    parts: Vec<Option<Vec<u8>>>,
}

/// A message's place in a leader's history.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// That of its sender.
    pub lineage: Lineage,
    /// The index of the first entry.
    pub first: u64,
    /// What is stored there.
    pub stored: u64,
}

impl Replica {
    /// A node that begins to follow, with a state that is so far.
    #[must_use]
    pub fn new(now: Duration, position: Position) -> Self {
        Self {
            position,
            lineage: None,
            joined: false,
            head: 0,
            stored: 0,
            whole: None,
            heard_at: now,
            lacks_since: now,
            patience: now,
            want_at: now,
        }
    }

    /// The term of the leader that is listened to.
    #[must_use]
    pub fn leader(&self) -> Option<u64> {
        self.lineage.map(|lineage| lineage.term)
    }

    /// Entries up to this one are stored, and are a part of this node's state or of what it will copy.
    #[must_use]
    pub const fn stored(&self) -> u64 {
        if self.joined { self.stored } else { 0 }
    }

    /// Whether the state is a part of the leader's history, as far as a leader was heard of.
    #[must_use]
    pub const fn joined(&self) -> bool {
        self.joined
    }

    /// Takes entries, and answers those that are to be applied now, in order.
    #[must_use]
    pub fn entries<E>(&mut self, now: Duration, place: Place, mut entries: Vec<E>) -> Vec<E> {
        if !self.listens_to(now, place.lineage) {
            return Vec::new();
        }
        let count = entries.len() as u64;
        let Some(last) = place
            .first
            .checked_add(count)
            .and_then(|end| end.checked_sub(1))
        else {
            return Vec::new();
        };
        self.heard_of(now, last);
        self.stored = self.stored.max(place.stored);
        let next = self.position.index + 1;
        // Otherwise something before it is missing, or there is nothing new in it.
        if !self.joined || place.first > next || last < next {
            return Vec::new();
        }
        let known = usize::try_from(next - place.first).unwrap_or(usize::MAX);
        entries.drain(..known.min(entries.len()));
        self.position.index = last;
        self.lacks_since = now;
        self.patience = now + GAP_PATIENCE;
        entries
    }

    /// Takes a part of a whole state. Answers all of it once that is there and this node needs it: to be
    /// [`loaded`](Self::loaded).
    #[must_use]
    pub fn whole(
        &mut self,
        now: Duration,
        lineage: Lineage,
        (index, part, parts): (u64, u32, u32),
        bytes: Vec<u8>,
    ) -> Option<(u64, Vec<u8>)> {
        if !self.listens_to(now, lineage) {
            return None;
        }
        self.heard_of(now, index);
        if self.joined && self.position.index >= index {
            return None;
        }
        let parts = parts as usize;
        let other = |whole: &Parts| whole.index != index || whole.parts.len() != parts;
        if self.whole.as_ref().is_none_or(other) {
            // A part of an older one that was late ends no newer one.
            if self.whole.as_ref().is_some_and(|whole| whole.index > index) {
                return None;
            }
            self.whole = Some(Parts {
                index,
                parts: vec![None; parts],
            });
        }
        let whole = self.whole.as_mut()?;
        *whole.parts.get_mut(part as usize)? = Some(bytes);
        self.patience = now + WANT_GAP;
        if whole.parts.iter().any(Option::is_none) {
            return None;
        }
        let whole = self.whole.take()?;
        Some((index, whole.parts.into_iter().flatten().flatten().collect()))
    }

    /// The whole state up to that index was taken over.
    pub fn loaded(&mut self, index: u64) {
        if let Some(lineage) = self.lineage {
            self.joined = true;
            self.position = Position {
                term: lineage.term,
                index,
            };
        }
    }

    /// What is to be sent now.
    pub fn next(&mut self, now: Duration) -> Option<Vec<u8>> {
        if self.wake().is_none_or(|at| now < at) {
            return None;
        }
        self.want_at = now + WANT_GAP;
        // Before a leader was heard of, it is the leader who knows whether that is a part of its history.
        let part = self.joined || self.lineage.is_none();
        Some(Output::want(part.then_some(self.position)))
    }

    /// When [`next`](Self::next) has something, if nothing is heard.
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        self.lacks().then_some(self.want_at.max(self.patience))
    }

    /// For how long nothing was heard of the leader, or since this node began to follow.
    #[must_use]
    pub fn silence(&self, now: Duration) -> Duration {
        now.saturating_sub(self.heard_at)
    }

    /// For how long this node lacks something of the leader's state without coming on.
    #[must_use]
    pub fn waits(&self, now: Duration) -> Option<Duration> {
        self.lacks().then(|| now.saturating_sub(self.lacks_since))
    }

    fn lacks(&self) -> bool {
        !self.joined || self.position.index < self.head
    }

    /// Whether a message of this leader's counts.
    fn listens_to(&mut self, now: Duration, lineage: Lineage) -> bool {
        let known = self.leader().unwrap_or(0);
        let elder = lineage.term < known && self.silence(now) >= SILENCE;
        if lineage.term > known || elder {
            self.lineage = Some(lineage);
            self.head = 0;
            self.stored = 0;
            self.whole = None;
            self.patience = now;
            self.joined = lineage.contains(self.position);
            if self.joined {
                self.position.term = lineage.term;
            } else {
                self.lacks_since = now;
            }
        } else if lineage.term < known {
            return false;
        }
        self.heard_at = now;
        true
    }

    fn heard_of(&mut self, now: Duration, head: u64) {
        let lacked = self.position.index < self.head;
        self.head = self.head.max(head);
        if self.joined && !lacked && self.position.index < self.head {
            self.patience = now + GAP_PATIENCE;
            self.lacks_since = now;
        }
    }
}
