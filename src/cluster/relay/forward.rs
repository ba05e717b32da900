//! What happens on this node and the leader must know.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::wire::Output;
use super::{NodeId, RESEND, RESEND_MOST, SEND_GAP};
use crate::journal::Origin;

/// The most that wait to become entries. While a leader is there they hardly do; a take-over at 100 events a second leaves 1,500.
pub const MAX_FORWARDS: usize = 8192;

/// The most that are kept, those among them that became entries and are not known to be stored. Beyond it the oldest of these go.
pub const MAX_RETAINED: usize = 2 * MAX_FORWARDS;

/// Too many wait already; this one is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{MAX_FORWARDS} events wait for the node that leads, and there is no room for more"
        )
    }
}

impl std::error::Error for Full {}

/// What happened on this node, from when it happened until the leader has stored it.
#[derive(Debug)]
pub struct Forwards<F> {
    node: NodeId,
    /// The number of the last one.
    last: u64,
    kept: VecDeque<Kept<F>>,
    /// How many of `kept`, the oldest, became entries.
    held: usize,
    /// The number of the last one that was sent since everything was sent again.
    sent: u64,
    send_at: Duration,
    again_at: Duration,
    again_after: Duration,
    /// The term of the node that leads.
    leader: Option<u64>,
}

#[derive(Debug)]
struct Kept<F> {
    number: u64,
    at: Duration,
    event: F,
    json: Vec<u8>,
    /// The entry that it became.
    index: Option<u64>,
}

impl<F: Serialize + Clone> Forwards<F> {
    /// Of this node.
    #[must_use]
    pub const fn new(node: NodeId) -> Self {
        Self {
            node,
            last: 0,
            kept: VecDeque::new(),
            held: 0,
            sent: 0,
            send_at: Duration::ZERO,
            again_at: Duration::ZERO,
            again_after: RESEND,
            leader: None,
        }
    }

    /// This node.
    #[must_use]
    pub const fn node(&self) -> &NodeId {
        &self.node
    }

    /// How many wait to become entries.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.kept.len() - self.held
    }

    /// Takes one, and answers what it is known by from now on.
    ///
    /// # Errors
    ///
    /// [`Full`].
    pub fn push(&mut self, now: Duration, event: F) -> Result<Origin, Full> {
        if self.waiting() >= MAX_FORWARDS {
            return Err(Full);
        }
        if self.kept.len() >= MAX_RETAINED {
            self.kept.pop_front();
            self.held -= 1;
        }
        if self.waiting() == 0 {
            self.send_at = self.send_at.max(now);
            self.again_after = RESEND;
            self.again_at = now + RESEND;
        }
        self.last += 1;
        self.kept.push_back(Kept {
            number: self.last,
            at: now,
            // It can be written, as its type has no maps and no floats.
            json: serde_json::to_vec(&event).unwrap_or_default(),
            event,
            index: None,
        });
        Ok(Origin {
            node: Arc::clone(&self.node),
            number: self.last,
        })
    }

    /// Those up to that number became entries, the last one the entry with that index.
    pub fn applied(&mut self, number: u64, index: u64) {
        let before = self.held;
        while let Some(kept) = self.kept.get_mut(self.held)
            && kept.number <= number
        {
            kept.index = Some(index);
            self.held += 1;
        }
        if self.held > before {
            self.again_after = RESEND;
        }
    }

    /// The state is another: those up to `number` are in it, which is that far, and the others are not.
    pub fn rebased(&mut self, now: Duration, number: u64, index: u64) {
        self.held = 0;
        for kept in &mut self.kept {
            kept.index = None;
        }
        self.applied(number, index);
        self.again(now);
    }

    /// That node leads, as far as this one heard: its term. Another one knows nothing of what waits, which is sent again, now.
    pub fn led_by(&mut self, now: Duration, leader: Option<u64>) {
        if self.leader != leader {
            self.leader = leader;
            self.again(now);
        }
    }

    fn again(&mut self, now: Duration) {
        self.sent = 0;
        self.send_at = now;
        self.again_after = RESEND;
        self.again_at = now + RESEND;
    }

    /// Entries up to that one are stored: what became of them need not be kept.
    pub fn stored(&mut self, index: u64) {
        while let Some(kept) = self.kept.front()
            && kept.index.is_some_and(|at| at <= index)
        {
            self.kept.pop_front();
            self.held -= 1;
        }
    }

    /// Those that wait, for a node that leads and applies them itself: how long ago each happened, and what.
    pub fn unheld(&self, now: Duration) -> impl Iterator<Item = (Origin, Duration, F)> {
        self.kept.iter().skip(self.held).map(move |kept| {
            let origin = Origin {
                node: Arc::clone(&self.node),
                number: kept.number,
            };
            (origin, now.saturating_sub(kept.at), kept.event.clone())
        })
    }

    /// What is to be sent now, until there is nothing.
    pub fn next(&mut self, now: Duration) -> Option<Vec<u8>> {
        if self.waiting() == 0 || now < self.send_at {
            return None;
        }
        if now >= self.again_at {
            self.sent = 0;
            self.again_after = (2 * self.again_after).min(RESEND_MOST);
            self.again_at = now + self.again_after;
        }
        if self.sent >= self.last {
            return None;
        }
        let base = self.kept.front().map_or(0, |kept| kept.number);
        let mut output = Output::forward(&self.node, base);
        let mut first = true;
        for kept in self.kept.iter().skip(self.held) {
            if kept.number <= self.sent {
                continue;
            }
            let age = now.saturating_sub(kept.at);
            if !output.item(kept.number, age, &kept.json, first) {
                break;
            }
            first = false;
            self.sent = kept.number;
        }
        self.send_at = now + SEND_GAP;
        (!first).then(|| output.end())
    }

    /// When [`next`](Self::next) has something, if nothing is pushed.
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        if self.waiting() == 0 {
            None
        } else if self.sent < self.last {
            Some(self.send_at)
        } else {
            Some(self.again_at.max(self.send_at))
        }
    }
}
