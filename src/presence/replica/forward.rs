//! What happens on a follower and the leader should know.

use std::collections::VecDeque;
use std::time::Duration;

use super::wire::Output;
use super::{Outgoing, SEND_GAP, kind};
use crate::host::{Account, UserId};
use crate::presence::Status;

/// The most that wait to be sent, as when everybody's websockets move to another node. What would be more is dropped;
/// the leader reads everybody within a minute anyway.
pub const MAX_FORWARDS: usize = 10_000;

/// How often the leader is told that pages are turned. It closes no holes then; so a reader has that much less time from
/// one page to the next than [`TURNING`](crate::presence::house::TURNING).
pub const TURNING_GAP: Duration = Duration::from_secs(5);

/// One thing that the leader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forward {
    /// Someone said what their status is.
    Publish {
        /// Who.
        user: UserId,
        /// What.
        status: Status,
    },
    /// A websocket of theirs came or went.
    Hint {
        /// Whose.
        user: UserId,
    },
    /// An account was made.
    Created(Account),
    /// An account was deactivated.
    Deactivated {
        /// Whose.
        user: UserId,
    },
    /// Somebody reads one page after the other.
    Turning,
}

/// What waits to be sent to the leader. Best effort: nothing is repeated.
#[derive(Debug, Default)]
pub struct Forwards {
    waiting: VecDeque<Forward>,
    next_at: Duration,
    /// That pages are turned is not told before then.
    turning_at: Duration,
}

impl Forwards {
    /// Takes one. It goes out with what else comes within [`SEND_GAP`], in order. Dropped are: what has an id that is none,
    /// an address that is too long, and what is one too many.
    pub fn push(&mut self, now: Duration, forward: Forward) {
        if self.waiting.is_empty() {
            self.next_at = self.next_at.max(now + SEND_GAP);
        }
        if self.waiting.len() < MAX_FORWARDS && forward.fits() {
            self.waiting.push_back(forward);
        }
    }

    /// Takes that a page was asked for.
    pub fn turning(&mut self, now: Duration) {
        if now >= self.turning_at {
            self.turning_at = now + TURNING_GAP;
            self.push(now, Forward::Turning);
        }
    }

    /// What is to be sent now.
    pub fn next(&mut self, now: Duration) -> Option<Outgoing> {
        if self.waiting.is_empty() || now < self.next_at {
            return None;
        }
        self.next_at = now + SEND_GAP;
        let mut output = Output::forwards();
        while let Some(forward) = self.waiting.front()
            && output.forward(forward)
        {
            self.waiting.pop_front();
        }
        Some(Outgoing {
            kind: kind::FORWARD,
            data: output.end(),
        })
    }

    /// When [`next`](Self::next) has something, if nothing is pushed.
    #[must_use]
    pub fn wake(&self) -> Option<Duration> {
        (!self.waiting.is_empty()).then_some(self.next_at)
    }
}
