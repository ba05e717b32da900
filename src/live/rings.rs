//! Calls that ring and are to be shown in the page: told for a while, so that who connects anew just then is told, too.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Live;
use crate::board::{Name, Peer, Timestamp};
use crate::sinks::callbacks::{self, Pages};

/// The most rings that are kept. A new one beyond it takes the place of the oldest.
pub const MAX_RINGS: usize = 100;

/// For how long a ring is told after it happened.
pub const RING_TOLD: Duration = Duration::from_secs(30);

/// The longest address of a ring, in bytes; one that is longer is not told.
pub const MAX_RING_URL: usize = 4 * 1024;

/// A call that rings, with the address that viewers may open for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// `start_ringing`, `member-queue-start` and the like.
    pub event: Cow<'static, str>,
    /// Whose line it is.
    pub line: Option<Name>,
    /// The queue that it came by.
    pub queue: Option<Name>,
    /// Who calls, [masked](crate::config::BoardNumbers::peer) as the address.
    pub peer: Option<Peer>,
    /// What is opened. All viewers get it: numbers in it have to be [masked](crate::config::BoardNumbers::number) where it is made.
    pub url: Arc<str>,
    /// When it began to ring.
    pub at: Timestamp,
}

impl Pages for Live {
    fn ring(&self, ring: callbacks::Ring) {
        self.ring(Ring {
            event: ring.occasion.name().into(),
            line: ring.line,
            queue: ring.queue,
            peer: ring.peer,
            url: ring.url.into(),
            at: ring.at,
        });
    }
}

/// A ring with its id, by which viewers know it again. Viewers outlive the plugin's process, so no two processes give the same: an id is
/// the time of the ring, in milliseconds, or one that follows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rung {
    pub(super) id: u64,
    #[serde(flatten)]
    pub(super) ring: Ring,
}

/// The rings of late, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Rings {
    list: VecDeque<Rung>,
    last: u64,
}

impl Rings {
    /// Keeps one more.
    pub(super) fn push(&mut self, ring: Ring) {
        if ring.url.len() > MAX_RING_URL {
            tracing::warn!(
                event = &*ring.event,
                "an address for the board's page is longer than {MAX_RING_URL} bytes, and is not opened"
            );
            return;
        }
        if self.list.len() == MAX_RINGS {
            self.list.pop_front();
        }
        self.last = (self.last + 1).max(ring.at.0);
        let id = self.last;
        self.list.push_back(Rung { id, ring });
    }

    /// Those of the last so long, the oldest first.
    pub(super) fn newest(&self, now: Timestamp, within: Duration) -> Vec<Rung> {
        let is_new = |rung: &&Rung| u128::from(now.since(rung.ring.at)) < within.as_millis();
        self.list.iter().filter(is_new).cloned().collect()
    }

    /// Keeps those of another node, each once. Answers whether one of them is new.
    pub(super) fn hear(&mut self, rungs: Vec<Rung>) -> bool {
        let mut new = false;
        for rung in rungs {
            if rung.id <= self.last || rung.ring.url.len() > MAX_RING_URL {
                continue;
            }
            if self.list.len() == MAX_RINGS {
                self.list.pop_front();
            }
            self.last = rung.id;
            self.list.push_back(rung);
            new = true;
        }
        new
    }

    /// Those that are told at that time.
    pub(super) fn told(&mut self, now: Timestamp) -> impl Iterator<Item = &Rung> {
        let is_told = |rung: &Rung| u128::from(now.since(rung.ring.at)) < RING_TOLD.as_millis();
        self.list.retain(is_told);
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(at: u64) -> Ring {
        Ring {
            event: "start_ringing".into(),
            line: Some("bob".into()),
            queue: None,
            peer: None,
            url: "https://crm.example.com/?n=1".into(),
            at: Timestamp(at),
        }
    }

    fn ids(rings: &mut Rings, now: u64) -> Vec<u64> {
        rings.told(Timestamp(now)).map(|rung| rung.id).collect()
    }

    #[test]
    fn a_ring_is_told_for_a_while() {
        let mut rings = Rings::default();
        rings.push(ring(1_000));
        rings.push(ring(20_000));
        assert_eq!(ids(&mut rings, 30_999), [1_000, 20_000]);
        assert_eq!(ids(&mut rings, 31_000), [20_000]);
        assert_eq!(ids(&mut rings, 50_000), [0; 0]);
    }

    #[test]
    fn a_ring_after_a_restart_is_not_taken_for_one_of_before() {
        let (mut before, mut after) = (Rings::default(), Rings::default());
        before.push(ring(1_000));
        before.push(ring(1_000));
        after.push(ring(1_500));
        assert_eq!(ids(&mut before, 1_500), [1_000, 1_001]);
        assert_eq!(ids(&mut after, 1_500), [1_500]);
    }

    #[test]
    fn their_number_and_length_are_limited() {
        let mut rings = Rings::default();
        for _ in 0..MAX_RINGS + 5 {
            rings.push(ring(0));
        }
        let mut long = ring(0);
        long.url = "x".repeat(MAX_RING_URL + 1).into();
        rings.push(long);
        let ids = ids(&mut rings, 0);
        assert_eq!((ids.len(), ids[0]), (MAX_RINGS, 6));
    }
}
