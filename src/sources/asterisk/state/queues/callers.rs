//! Who waits, and how that ends.

use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;

use super::member::Member;
use super::{Lines, Name, Queue, Queues, id_of_member, place, report};
use crate::board::{Departure, MAX_TALKS, MAX_WAITING, Peer, QueueEvent, QueueReport, Timestamp};

/// Someone who waits, or who left and may have been answered.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) id: Arc<str>,
    /// The number as it came, cleaned.
    number: Option<Arc<str>>,
    since: Timestamp,
    /// When it was told that they left.
    pub(super) left: Option<Timestamp>,
    /// The list during which they were told of last.
    pub(super) told: u64,
}

impl Caller {
    pub(super) fn waits(&self, lines: &impl Lines) -> QueueEvent {
        let peer = |number: &Arc<str>| -> Peer { lines.view().peer(number) };
        QueueEvent::Waits {
            caller: Arc::clone(&self.id),
            peer: self.number.as_ref().map(peer),
            dialed: None,
            own_number: None,
            since: self.since,
        }
    }
}

impl Queues {
    pub(super) fn joins(
        &mut self,
        message: &RawAmiMessage,
        since: Timestamp,
        lines: &impl Lines,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        let Some((name, id)) = place(message) else {
            return;
        };
        // Nobody waits in two queues, or twice in one.
        self.goes_elsewhere(id, Some(name), now, out);
        let (told, room) = (self.list.number(), self.callers < MAX_WAITING);
        let Some((name, queue)) = self.queue(name, out) else {
            return;
        };
        let number = known_number(message.get("CallerIDNum"));
        if let Some(caller) = queue.callers.iter_mut().find(|caller| &*caller.id == id) {
            caller.told = told;
            caller.number = number.or_else(|| caller.number.take());
            report(&name, Some(caller.waits(lines)), out);
        } else if room {
            let caller = Caller {
                id: Arc::from(id),
                number,
                since,
                left: None,
                told,
            };
            report(&name, Some(caller.waits(lines)), out);
            queue.callers.push(caller);
            self.callers += 1;
        } else {
            self.beyond_limits += 1;
        }
    }

    pub(super) fn leaves(&mut self, message: &RawAmiMessage, now: Timestamp) {
        let caller = place(message).and_then(|(name, id)| {
            let queue = self.queues.get_mut(name)?;
            queue.callers.iter_mut().find(|caller| &*caller.id == id)
        });
        if let Some(caller) = caller {
            caller.left.get_or_insert(now);
        }
    }

    /// Whoever waits under this id waits no longer, except in that queue if they did not leave it.
    pub(super) fn goes_elsewhere(
        &mut self,
        id: &str,
        but_in: Option<&str>,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        let ends = |(name, queue): &(&Name, &Queue)| {
            let stays = Some(&***name) == but_in;
            let mut callers = queue.callers.iter();
            callers.any(|caller| &*caller.id == id && !(stays && caller.left.is_none()))
        };
        let queue = self.queues.iter().find(ends);
        if let Some(name) = queue.map(|(name, _)| Arc::clone(name)) {
            self.departs(&name, id, Departure::Elsewhere, now, out);
        }
    }

    /// Takes a caller out of a queue. Answers whether they were in it.
    pub(super) fn departs(
        &mut self,
        name: &str,
        id: &str,
        how: Departure,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) -> bool {
        let Some((name, queue)) = self.queues.get_key_value(name) else {
            return false;
        };
        let Some(at) = queue.callers.iter().position(|c| &*c.id == id) else {
            return false;
        };
        let name = Arc::clone(name);
        let Some(queue) = self.queues.get_mut(&name) else {
            return false;
        };
        let caller = queue.callers.remove(at).id;
        self.callers -= 1;
        match how {
            Departure::Answered { .. } => queue.answered = queue.answered.saturating_add(1),
            Departure::Abandoned | Departure::TimedOut => {
                queue.abandoned = queue.abandoned.saturating_add(1);
            }
            Departure::Elsewhere => {}
        }
        if matches!(how, Departure::Answered { .. }) && queue.talks.len() < MAX_TALKS {
            queue.talks.push(Arc::clone(&caller));
        }
        for member in &mut queue.members {
            if member.rings.as_ref() == Some(&caller) {
                member.rings = None;
                report(&name, member.changed(now).map(QueueEvent::Agent), out);
            }
        }
        report(&name, Some(QueueEvent::Left { caller, how }), out);
        true
    }

    /// Those talks end that are not kept.
    pub(in super::super) fn end_talks(
        &mut self,
        keep: impl Fn(&Arc<str>) -> bool,
        out: &mut Vec<QueueReport>,
    ) {
        for (name, queue) in &mut self.queues {
            queue.talks.retain(|talk| {
                let keeps = keep(talk);
                if !keeps {
                    let caller = Arc::clone(talk);
                    report(name, Some(QueueEvent::Ended { caller }), out);
                }
                keeps
            });
        }
    }

    pub(super) fn connects(
        &mut self,
        message: &RawAmiMessage,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        let Some((name, id)) = place(message) else {
            return;
        };
        self.member(message, now, out, |member| {
            (member.rings, member.talks) = (None, true);
        });
        let agent = id_of_member(message).and_then(|interface| {
            let members = &self.queues.get(name)?.members;
            members
                .iter()
                .find(|member| &*member.interface == interface)
        });
        let agent = agent.map(Member::name);
        let answered = Departure::Answered { agent };
        if self.departs(name, id, answered, now, out) {
            return;
        }
        let late = |(queue, caller): &(Name, Arc<str>)| &**queue == name && &**caller == id;
        if let Some(at) = self.elsewhere.iter().position(late) {
            self.elsewhere.remove(at);
            if let Some((name, queue)) = self.queue(name, out) {
                queue.answered = queue.answered.saturating_add(1);
                report(&name, Some(queue.totals()), out);
            }
        }
    }
}

/// A caller's number, if Asterisk knows it.
fn known_number(text: Option<&str>) -> Option<Arc<str>> {
    let number = crate::text::clean(text?);
    let known = !matches!(&*number, "" | "<unknown>" | "unknown" | "anonymous");
    known.then(|| Arc::from(&*number))
}
