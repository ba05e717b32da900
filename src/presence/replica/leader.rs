//! The leader's side.

use std::time::Duration;

use super::wire::Output;
use super::{HEARTBEAT, Heartbeat, Outgoing, Request, SEND_GAP, State, kind};
use crate::presence::Table;

/// The leader's side. It keeps two numbers, and nothing per follower: what is sent goes to all.
#[derive(Debug)]
pub struct Leader {
    epoch: u64,
    state: State,
    /// Changes up to this number were sent as they happened.
    sent: u64,
    /// From this number on, what was sent is sent again.
    again: Option<u64>,
    beat_at: Duration,
    send_at: Duration,
}

impl Leader {
    /// The side of the leader of this term. The table is that of before, its pages settled; followers ask for what they
    /// lack.
    #[must_use]
    pub fn new(epoch: u64, table: &mut Table) -> Self {
        table.settle();
        Self {
            epoch,
            state: State::default(),
            sent: table.head(),
            again: None,
            beat_at: Duration::ZERO,
            send_at: Duration::ZERO,
        }
    }

    /// A follower asks. One of a later epoch has another leader.
    pub fn requested(&mut self, request: Request) {
        if request.epoch > self.epoch {
            return;
        }
        let have = if request.epoch == self.epoch {
            request.have
        } else {
            0
        };
        if have < self.sent {
            self.again = Some(self.again.map_or(have, |again| again.min(have)));
        }
    }

    /// What is to be sent now, until there is nothing. `state`: as in [`Heartbeat::state`].
    pub fn next(&mut self, now: Duration, table: &Table, state: State) -> Option<Outgoing> {
        if state != self.state {
            self.state = state;
            self.beat_at = now;
        }
        if now >= self.beat_at {
            self.beat_at = now + HEARTBEAT;
            return Some(self.heartbeat(table));
        }
        if now < self.send_at {
            return None;
        }
        let (from, news) = if table.head() > self.sent {
            (self.sent, true)
        } else {
            (self.again?, false)
        };
        self.send_at = now + SEND_GAP;
        let (data, to) = self.changes(table, from);
        if news {
            self.sent = to;
        } else {
            self.again = (to < self.sent).then_some(to);
        }
        Some(Outgoing {
            kind: kind::CHANGES,
            data,
        })
    }

    /// When [`next`](Self::next) has something, if nothing happens.
    #[must_use]
    pub fn wake(&self, table: &Table) -> Duration {
        if table.head() > self.sent || self.again.is_some() {
            self.beat_at.min(self.send_at)
        } else {
            self.beat_at
        }
    }

    fn heartbeat(&self, table: &Table) -> Outgoing {
        let by_status = table.people().by_status;
        Outgoing {
            kind: kind::HEARTBEAT,
            data: Output::heartbeat(&Heartbeat {
                epoch: self.epoch,
                head: table.head(),
                state: self.state,
                by_status: by_status.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            }),
        }
    }

    /// As many changes after `from` as fit, and the number up to which those are all.
    fn changes(&self, table: &Table, from: u64) -> (Vec<u8>, u64) {
        let mut output = Output::changes(self.epoch, from, table.closing(), self.state);
        let head = table.head();
        let mut to = from;
        for record in table.records_after(from) {
            if !output.record(&record) {
                return (output.end_changes(to, head), to);
            }
            to = record.number;
        }
        // Not every number has a record.
        (output.end_changes(head, head), head)
    }
}
