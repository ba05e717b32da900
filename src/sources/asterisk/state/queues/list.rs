//! `QueueStatus`: the whole state as a list, asked for after every login.

use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;

use super::{Name, Queues, id, number, report};
use crate::board::{Departure, QueueEvent, QueueReport, Timestamp};

/// How far a list came.
#[derive(Debug, Default)]
pub(super) struct List {
    /// The number of the list that is under way, or was last.
    number: u64,
    /// The queue whose items come now.
    queue: Option<Counted>,
}

/// A queue's own counts.
#[derive(Debug)]
struct Counted {
    name: Name,
    /// Calls that were answered and are over, and those of members that are in one now.
    answered: u64,
    abandoned: u64,
}

impl List {
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Asterisk counts a call as completed when it is over; on the board it is answered once it is.
    pub(super) fn member(&mut self, queue: &Name, in_call: bool) {
        if let Some(counted) = &mut self.queue
            && counted.name == *queue
            && in_call
        {
            counted.answered = counted.answered.saturating_add(1);
        }
    }
}

impl Queues {
    /// The list is asked for now. What is told of from now on is there.
    pub(in super::super) fn begin_seed(&mut self) {
        self.list.number += 1;
        self.list.queue = None;
    }

    /// The list came. If it came completely, what it did not tell of is no longer there.
    pub(in super::super) fn end_seed(
        &mut self,
        complete: bool,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        self.count_listed(out);
        if !complete {
            return;
        }
        let told = self.list.number;
        let names: Vec<Name> = self.queues.keys().map(Arc::clone).collect();
        for name in names {
            let gone: Vec<Arc<str>> = match self.queues.get(&name) {
                Some(queue) => {
                    let gone = queue.callers.iter().filter(|c| c.told != told);
                    gone.map(|caller| Arc::clone(&caller.id)).collect()
                }
                None => continue,
            };
            for caller in gone {
                self.departs(&name, &caller, Departure::Elsewhere, now, out);
            }
            self.drop_members(&name, out, |member| member.told == told);
            if self.queues.get(&name).is_some_and(|q| q.told != told) {
                self.queues.remove(&name);
                report(&name, Some(QueueEvent::Gone), out);
            }
        }
    }

    /// A queue's items begin.
    pub(super) fn lists(&mut self, message: &RawAmiMessage, out: &mut Vec<QueueReport>) {
        self.count_listed(out);
        let Some((name, _)) = id(message, &["Queue"]).and_then(|name| self.queue(name, out)) else {
            return;
        };
        self.list.queue = Some(Counted {
            name,
            answered: number(message, "Completed").unwrap_or(0),
            abandoned: number(message, "Abandoned").unwrap_or(0),
        });
    }

    /// A queue's items are over.
    pub(super) fn count_listed(&mut self, out: &mut Vec<QueueReport>) {
        let Some(counted) = self.list.queue.take() else {
            return;
        };
        if let Some(queue) = self.queues.get_mut(&counted.name) {
            (queue.answered, queue.abandoned) = (counted.answered, counted.abandoned);
            report(&counted.name, Some(queue.totals()), out);
        }
    }
}
