//! Whom a queue has as members.

use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;

use super::member::Member;
use super::{Lines, Name, Queues, id, id_of_member, place, report};
use crate::board::{MAX_AGENTS, QueueEvent, QueueReport, Timestamp};

impl Queues {
    pub(super) fn rings(
        &mut self,
        message: &RawAmiMessage,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        let caller = place(message).and_then(|(name, id)| {
            let queue = self.queues.get(name)?;
            let caller = queue.callers.iter().find(|caller| &*caller.id == id)?;
            Some(Arc::clone(&caller.id))
        });
        // It rings for as long as the caller waits; without a caller it would ring for ever.
        if let Some(caller) = caller {
            self.member(message, now, out, |member| member.rings = Some(caller));
        }
    }

    /// Changes a member that is known.
    pub(super) fn member(
        &mut self,
        message: &RawAmiMessage,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
        change: impl FnOnce(&mut Member),
    ) {
        let Some(interface) = id_of_member(message) else {
            return;
        };
        self.with_queue(message, |queues, name| {
            let queue = queues.queues.get_mut(name);
            let member = queue.and_then(|queue| {
                let mut members = queue.members.iter_mut();
                members.find(|member| &*member.interface == interface)
            });
            if let Some(member) = member {
                change(member);
                report(name, member.changed(now).map(QueueEvent::Agent), out);
            }
        });
    }

    /// Takes over what an event says of a member, new or known.
    pub(super) fn member_is(
        &mut self,
        message: &RawAmiMessage,
        lines: &impl Lines,
        now: Timestamp,
        out: &mut Vec<QueueReport>,
    ) {
        let names = (id(message, &["Queue"]), id_of_member(message));
        let (Some(name), Some(interface)) = names else {
            return;
        };
        let (told, room) = (self.list.number(), self.members < MAX_AGENTS);
        let Some((name, queue)) = self.queue(name, out) else {
            return;
        };
        let known = |member: &&mut Member| &*member.interface == interface;
        let in_call = if let Some(member) = queue.members.iter_mut().find(known) {
            member.told = told;
            member.take_over(message, lines);
            report(&name, member.changed(now).map(QueueEvent::Agent), out);
            member.talks
        } else if room {
            let mut member = Member::new(interface, now);
            member.told = told;
            member.take_over(message, lines);
            report(&name, member.changed(now).map(QueueEvent::Agent), out);
            let in_call = member.talks;
            queue.members.push(member);
            self.members += 1;
            in_call
        } else {
            self.beyond_limits += 1;
            return;
        };
        let in_call = message.get("InCall").map_or(in_call, |told| told == "1");
        self.list.member(&name, in_call);
    }

    /// Keeps the members that are wanted.
    pub(super) fn drop_members(
        &mut self,
        name: &Name,
        out: &mut Vec<QueueReport>,
        wanted: impl Fn(&Member) -> bool,
    ) {
        let Some(queue) = self.queues.get_mut(name) else {
            return;
        };
        let before = queue.members.len();
        queue.members.retain(|member| {
            let wanted = wanted(member);
            if !wanted {
                let interface = Arc::clone(&member.interface);
                report(name, Some(QueueEvent::AgentGone { interface }), out);
            }
            wanted
        });
        self.members -= before - queue.members.len();
    }
}
