//! Queues: who waits in them, their members, and what became of the callers.
//!
//! Asterisk 12 and later tells it in the events `QueueCaller…`, `QueueMember…` and `Agent…`; Asterisk 11 in `Join`, `Leave` and
//! other headers for the same. A caller who leaves (`QueueCallerLeave`) either waited in vain and was told so before that
//! (`QueueCallerAbandon`, at a time-out of the queue's as well), is answered right after it (`AgentConnect`), or goes elsewhere,
//! which nothing tells.

mod callers;
mod list;
mod member;
mod members;
#[cfg(test)]
pub(super) mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;

use super::View;
use crate::board::{
    Departure, MAX_QUEUES, MAX_TALKS, Name, QueueEvent, QueueReport, Source, Timestamp,
};
use callers::Caller;
use list::List;
use member::Member;

/// For how long someone who left may still be told to be answered before they are taken to have gone elsewhere, in milliseconds.
/// Asterisk tells both at once, unless something is played to the agent in between.
const ANSWER_LIMIT: u64 = 1000;

/// How many of those who seem to have gone elsewhere are remembered, so that they count as answered if they are told to be.
const REMEMBERED: usize = 64;

/// The longest name of a queue, of an interface and of a channel that is taken over, in bytes. Asterisk's own limits are 80
/// for the first two, and 150 for a channel's `Uniqueid`.
const MAX_ID_BYTES: usize = 160;

/// What else is known of the lines that queues have to do with.
pub(super) trait Lines {
    /// The extension whose hint names this device, such as `PJSIP/6003`.
    fn extension(&self, device: &str) -> Option<Arc<str>>;

    /// Whose number is whose.
    fn view(&self) -> &View;
}

/// Follows the queues.
#[derive(Debug, Default)]
pub(super) struct Queues {
    queues: BTreeMap<Name, Queue>,
    /// Over all queues, at most [`MAX_WAITING`].
    callers: usize,
    /// Over all queues, at most [`MAX_AGENTS`].
    members: usize,
    /// The queue in which each of them was, the oldest first.
    elsewhere: VecDeque<(Name, Arc<str>)>,
    list: List,
    beyond_limits: u64,
}

#[derive(Debug, Default)]
struct Queue {
    callers: Vec<Caller>,
    /// Those who were answered and talk, by their ids.
    talks: Vec<Arc<str>>,
    members: Vec<Member>,
    answered: u64,
    abandoned: u64,
    /// The [`List`] during which it was told of last.
    told: u64,
}

impl Queues {
    /// An event, whether it happened now or is an item of `QueueStatus`.
    pub(super) fn message(
        &mut self,
        message: &RawAmiMessage,
        lines: &impl Lines,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        let Some(event) = message.get("Event") else {
            return;
        };
        match event {
            "QueueCallerJoin" | "Join" => self.joins(message, now, lines, now, out),
            "QueueEntry" => {
                let wait = number(message, "Wait").unwrap_or(0).saturating_mul(1000);
                let since = Timestamp(now.0.saturating_sub(wait));
                self.joins(message, since, lines, now, out);
            }
            "QueueCallerLeave" | "Leave" => self.leaves(message, now),
            "QueueCallerAbandon" => {
                if let Some((queue, caller)) = place(message) {
                    self.departs(queue, caller, Departure::Abandoned, now, out);
                }
            }
            "Hangup" => {
                if let Some(caller) = id(message, &["Uniqueid"]) {
                    self.goes_elsewhere(caller, None, now, out);
                    self.end_talks(|talk| &**talk != caller, out);
                }
            }
            "AgentCalled" => self.rings(message, now, out),
            "AgentConnect" => self.connects(message, now, out),
            "AgentRingNoAnswer" | "AgentDump" | "AgentComplete" => {
                if let Some((_, caller)) = place(message).filter(|_| event == "AgentComplete") {
                    self.end_talks(|talk| &**talk != caller, out);
                }
                self.member(message, now, out, |member| {
                    member.rings = None;
                    if event != "AgentRingNoAnswer" {
                        member.talks = false;
                    }
                });
            }
            "QueueMember"
            | "QueueMemberAdded"
            | "QueueMemberStatus"
            | "QueueMemberPause"
            | "QueueMemberPaused"
            | "QueueMemberPenalty"
            | "QueueMemberRinginuse" => self.member_is(message, lines, now, out),
            "QueueMemberRemoved" => {
                if let Some(interface) = id(message, member::INTERFACE) {
                    self.with_queue(message, |queues, name| {
                        queues.drop_members(name, out, |member| &*member.interface != interface);
                    });
                }
            }
            "QueueParams" => self.lists(message, out),
            "QueueStatusComplete" => self.count_listed(out),
            _ => {}
        }
    }

    /// Those who left a while ago, and were not told to be answered, went elsewhere. To be called about once a second.
    pub(super) fn expire(&mut self, now: Timestamp, out: &mut Vec<QueueReport>) {
        let mut gone = Vec::new();
        for (name, queue) in &self.queues {
            let over = |caller: &&Caller| {
                caller
                    .left
                    .is_some_and(|left| left.after(ANSWER_LIMIT) <= now)
            };
            let over = queue.callers.iter().filter(over);
            gone.extend(over.map(|caller| (Arc::clone(name), Arc::clone(&caller.id))));
        }
        for (name, caller) in gone {
            self.departs(&name, &caller, Departure::Elsewhere, now, out);
            if self.elsewhere.len() == REMEMBERED {
                self.elsewhere.pop_front();
            }
            self.elsewhere.push_back((name, caller));
        }
    }

    /// The link is lost: nobody knows what the members are in. Who waited is taken to wait on.
    pub(super) fn lost(&mut self, now: Timestamp, out: &mut Vec<QueueReport>) {
        for (name, queue) in &mut self.queues {
            for member in &mut queue.members {
                member.lost();
                report(name, member.changed(now).map(QueueEvent::Agent), out);
            }
        }
    }

    /// Everything leaves the board.
    pub(super) fn clear(&mut self, out: &mut Vec<QueueReport>) {
        for name in std::mem::take(&mut self.queues).keys() {
            report(name, Some(QueueEvent::Gone), out);
        }
        *self = Self {
            beyond_limits: self.beyond_limits,
            ..Self::default()
        };
    }

    /// What is known of lines may have changed: who the members and the callers are is looked up again.
    pub(super) fn rename(
        &mut self,
        lines: &impl Lines,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        for (name, queue) in &mut self.queues {
            for member in &mut queue.members {
                member.find_name(lines);
                report(name, member.changed(now).map(QueueEvent::Agent), out);
            }
            for caller in &queue.callers {
                report(name, Some(caller.waits(lines)), out);
            }
        }
    }

    /// The queues of which an extension is a member, and the interface by which it is.
    pub(super) fn interfaces(&self, extension: &str) -> Vec<(Name, Arc<str>)> {
        let mut found = Vec::new();
        for (name, queue) in &self.queues {
            let own = |member: &&Member| member.extension.as_deref() == Some(extension);
            let own = queue.members.iter().filter(own);
            found.extend(own.map(|member| (Arc::clone(name), Arc::clone(&member.interface))));
        }
        found
    }

    /// Whether there is a queue of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.queues.contains_key(name)
    }

    /// Whether somebody waits in a queue.
    pub(super) fn waits_on(&self, name: &str, caller: &str) -> bool {
        let queue = self.queues.get(name);
        queue.is_some_and(|queue| queue.callers.iter().any(|own| *own.id == *caller))
    }

    /// Whether somebody is an agent of a queue.
    pub(super) fn has_agent(&self, name: &str, interface: &str) -> bool {
        let queue = self.queues.get(name);
        queue.is_some_and(|queue| queue.members.iter().any(|own| *own.interface == *interface))
    }

    /// Somebody who was answered before this process began talks on. Answers whether that is followed.
    pub(super) fn talks_on(&mut self, name: &str, caller: &Arc<str>) -> bool {
        let Some(queue) = self.queues.get_mut(name) else {
            return false;
        };
        let follows = queue.talks.len() < MAX_TALKS;
        if follows && !queue.talks.contains(caller) {
            queue.talks.push(Arc::clone(caller));
        }
        follows
    }

    /// How many queues there are.
    pub(super) fn len(&self) -> usize {
        self.queues.len()
    }

    /// How many queues, callers and members were not taken over since the start, because there were too many.
    pub(super) fn beyond_limits(&self) -> u64 {
        self.beyond_limits
    }

    /// The queue of that name, which is there from now on, if there is room for it.
    fn queue(&mut self, name: &str, out: &mut Vec<QueueReport>) -> Option<(Name, &mut Queue)> {
        let known = self.queues.get_key_value(name);
        let key = match known.map(|(key, _)| Arc::clone(key)) {
            Some(key) => key,
            None if self.queues.len() < MAX_QUEUES => {
                let key: Name = Arc::from(name);
                report(&key, Some(QueueEvent::Seen), out);
                key
            }
            None => {
                self.beyond_limits += 1;
                return None;
            }
        };
        let queue = self.queues.entry(Arc::clone(&key)).or_default();
        queue.told = self.list.number();
        Some((key, queue))
    }

    /// Does something with the queue that a message names, if it is known.
    fn with_queue(&mut self, message: &RawAmiMessage, act: impl FnOnce(&mut Self, &Name)) {
        let name = id(message, &["Queue"]).and_then(|name| self.queues.get_key_value(name));
        if let Some(name) = name.map(|(name, _)| Arc::clone(name)) {
            act(self, &name);
        }
    }
}

impl Queue {
    fn totals(&self) -> QueueEvent {
        QueueEvent::Totals {
            answered: self.answered,
            abandoned: self.abandoned,
        }
    }
}

fn report(queue: &Name, event: Option<QueueEvent>, out: &mut Vec<QueueReport>) {
    if let Some(event) = event {
        let queue = Arc::clone(queue);
        out.push(QueueReport {
            source: Source::Asterisk,
            queue,
            event,
        });
    }
}

/// The first of these headers that is there, unless it is too long to be kept.
fn id<'a>(message: &'a RawAmiMessage, headers: &[&str]) -> Option<&'a str> {
    let mut found = headers.iter().filter_map(|header| message.get(header));
    found
        .next()
        .filter(|text| (1..=MAX_ID_BYTES).contains(&text.len()))
}

fn id_of_member(message: &RawAmiMessage) -> Option<&str> {
    id(message, member::INTERFACE)
}

/// The queue and the caller of an event.
fn place(message: &RawAmiMessage) -> Option<(&str, &str)> {
    Some((id(message, &["Queue"])?, id(message, &["Uniqueid"])?))
}

fn number(message: &RawAmiMessage, header: &str) -> Option<u64> {
    message.get(header)?.trim().parse().ok()
}
