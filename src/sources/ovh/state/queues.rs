//! Queues: who waits, who was answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::event::{Field, Kind};
use super::agents::Known;
use super::callcenter::{agent_number, loss, since};
use super::lines::take_details;
use super::memory::End;
use super::parties::{id, short};
use super::{
    COUNT_WAIT, DECISION_WAIT, DOUBT_RINGING, DOUBT_TALKING, Key, MAX_QUEUES, Slots, State, Told,
    told_number,
};
use crate::board::{
    self, Departure, Details, MAX_TALKS, MAX_WAITING, Name, QueueEvent, QueueView, TALKING_LIMIT,
    Timestamp, WAITING_LIMIT, Waiting,
};

/// A number that is a queue.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) name: Name,
    pub(super) details: Details,
    pub(super) slots: Slots,
    /// By their ids.
    pub(super) waiting: BTreeMap<Arc<str>, Caller>,
    pub(super) talking: BTreeMap<Arc<str>, Talk>,
    pub(super) agents: BTreeMap<Key, Known>,
    /// Since when OVH counts nobody in it.
    empty: Option<Timestamp>,
}

/// Somebody who waits.
#[derive(Debug)]
pub(super) struct Caller {
    number: Option<Arc<str>>,
    dialed: Option<Arc<str>>,
    /// The queue's number as OVH wrote it.
    own_number: Option<Arc<str>>,
    since: Timestamp,
    /// When they came, by the time of arrival.
    came: Timestamp,
    /// Whose lines ring for them.
    pub(super) offered: BTreeSet<Key>,
    /// When it is decided that they left in vain, and how.
    lost: Option<(Timestamp, Departure)>,
    doubted: Option<Timestamp>,
}

/// Somebody who was answered.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) agent: Option<Key>,
    number: Option<Arc<str>>,
    since: Timestamp,
    doubted: Option<Timestamp>,
}

impl Caller {
    /// One who waited before this process began.
    pub(super) fn resumed(waiting: &Waiting, now: Timestamp) -> Self {
        Self {
            number: waiting.peer.as_ref().map(|peer| Arc::clone(&peer.number)),
            dialed: waiting.dialed.clone(),
            own_number: waiting.own_number.clone(),
            since: waiting.since,
            came: now,
            offered: BTreeSet::new(),
            lost: None,
            doubted: Some(now),
        }
    }
}

impl Talk {
    /// One who talked before this process began.
    pub(super) fn resumed(talk: &board::Talk, agent: Option<Key>, now: Timestamp) -> Self {
        Self {
            agent,
            number: talk.peer.as_ref().map(|peer| Arc::clone(&peer.number)),
            since: talk.since,
            doubted: Some(now),
        }
    }
}

impl Queue {
    /// One that was there before this process began. No token told of it yet.
    pub(super) fn resumed(before: &QueueView) -> Self {
        Self {
            name: Arc::clone(&before.name),
            details: before.details.clone(),
            slots: 0,
            waiting: BTreeMap::new(),
            talking: BTreeMap::new(),
            agents: BTreeMap::new(),
            empty: None,
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.waiting.is_empty() || !self.talking.is_empty()
    }

    pub(super) fn doubt(&mut self, now: Timestamp) {
        for caller in self.waiting.values_mut() {
            caller.doubted.get_or_insert(now);
        }
        for talk in self.talking.values_mut() {
            talk.doubted.get_or_insert(now);
        }
    }
}

impl State {
    pub(super) fn queue_event(&mut self, told: Told<'_>) {
        if !self.queue(&told) {
            self.counts.beyond_limits += 1;
            return;
        }
        self.queue_details(&told);
        if told.kind == Kind::Count {
            return self.counted(&told);
        }
        let member = [Field::Member, Field::MemberSession, Field::CallId];
        let number = [Field::MemberNumber, Field::Calling];
        let number = told_number(told.fields.first(&number)).map(short);
        let member = match told.fields.first(&member) {
            Some(member) => id(member),
            None => match &number {
                Some(number) => self.key(number),
                // Nobody knows of whom it tells.
                None => {
                    self.counts.ignored += u64::from(told.kind.is_queue());
                    return;
                }
            },
        };
        let agent = told.fields.first(&[Field::Agent, Field::AgentToo]);
        let agent = agent.map(|agent| self.key(agent_number(agent)));
        let agent = agent.filter(|agent| !agent.is_empty());
        self.heard_of(told.key, &member);
        match told.kind {
            Kind::MemberStart => {
                self.ensure_waits(&told, &member, number, told.now);
            }
            Kind::AgentOffering => {
                let ends = [Field::AgentCalled];
                self.ensure_waits(&told, &member, number, since(&told, &ends));
                if let Some(agent) = &agent {
                    self.offered(&told, &member, agent);
                }
            }
            Kind::BridgeStart => {
                let ends = [Field::AgentAnswered];
                self.ensure_waits(&told, &member, number, since(&told, &ends));
                self.bridged(&told, &member, agent.as_ref());
            }
            Kind::BridgeEnd => {
                // The answer was not told: that there was one is known now, and not how long they talked.
                if self.is_waiting(told.key, &member) {
                    self.bridged(&told, &member, agent.as_ref());
                    self.talk_ends(told.key, &member, false, told.now);
                }
                self.talk_ends(told.key, &member, true, told.now);
                self.member_ended(&told, &member);
            }
            Kind::BridgeFail => self.failed(&told, &member, agent.as_ref()),
            Kind::MemberEnd => self.left(&told, &member, number, agent.as_ref()),
            _ => {}
        }
        if let Some(agent) = &agent {
            self.refresh_agent(agent, told.now);
        }
    }

    fn queue(&mut self, told: &Told<'_>) -> bool {
        if let Some(queue) = self.queues.get_mut(told.key) {
            queue.slots |= told.slot;
            return true;
        }
        if self.queues.len() >= MAX_QUEUES {
            return false;
        }
        let name = self.name(told.key, told.number);
        let queue = Queue {
            name: Arc::clone(&name),
            details: Details {
                number: Some(Arc::clone(told.key)).filter(|number| *number != name),
                ..Details::default()
            },
            slots: told.slot,
            waiting: BTreeMap::new(),
            talking: BTreeMap::new(),
            agents: BTreeMap::new(),
            empty: None,
        };
        let details = queue.details.clone();
        self.queues.insert(Arc::clone(told.key), queue);
        self.tell_queue(&name, QueueEvent::Seen, told.now);
        self.tell_queue(&name, QueueEvent::Details(details), told.now);
        true
    }

    fn queue_details(&mut self, told: &Told<'_>) {
        let Some(queue) = self.queues.get_mut(told.key) else {
            return;
        };
        let before = queue.details.clone();
        take_details(&mut queue.details, told.fields);
        if queue.details != before {
            let (name, details) = (Arc::clone(&queue.name), queue.details.clone());
            self.tell_queue(&name, QueueEvent::Details(details), told.now);
        }
    }

    fn counted(&mut self, told: &Told<'_>) {
        let count = told.fields.get(Field::Count);
        let Some(count) = count.and_then(|count| count.parse::<u64>().ok()) else {
            self.counts.ignored += 1;
            return;
        };
        if let Some(queue) = self.queues.get_mut(told.key) {
            queue.empty = (count == 0).then_some(told.now);
        }
    }

    fn heard_of(&mut self, key: &Key, member: &str) {
        if let Some(queue) = self.queues.get_mut(key) {
            if let Some(caller) = queue.waiting.get_mut(member) {
                caller.doubted = None;
            }
            if let Some(talk) = queue.talking.get_mut(member) {
                talk.doubted = None;
            }
        }
    }

    fn is_waiting(&self, key: &Key, member: &str) -> bool {
        let queue = self.queues.get(key);
        queue.is_some_and(|queue| queue.waiting.contains_key(member))
    }

    /// Somebody waits, unless they were answered or left meanwhile.
    fn ensure_waits(
        &mut self,
        told: &Told<'_>,
        member: &Arc<str>,
        number: Option<Arc<str>>,
        since: Timestamp,
    ) {
        let all: usize = self.queues.values().map(|queue| queue.waiting.len()).sum();
        let is_late = self
            .ends
            .late((told.key, member), told.clock, told.now)
            .is_some();
        let Some(queue) = self.queues.get_mut(told.key) else {
            return;
        };
        if is_late || queue.waiting.contains_key(member) || queue.talking.contains_key(member) {
            return;
        }
        if all >= MAX_WAITING {
            self.counts.beyond_limits += 1;
            return;
        }
        let dialed = [Field::Dialed, Field::MemberDialed];
        let dialed = told_number(told.fields.first(&dialed));
        let dialed = dialed
            .map(short)
            .filter(|dialed| self.key(dialed) != *told.key);
        let called = told_number(told.fields.get(Field::Called));
        let caller = Caller {
            number,
            dialed,
            own_number: Some(short(called.unwrap_or(told.number))),
            since,
            came: told.now,
            offered: BTreeSet::new(),
            lost: None,
            doubted: None,
        };
        let (name, event) = self.waits(told.key, member, &caller);
        if let Some(queue) = self.queues.get_mut(told.key) {
            queue.empty = None;
            queue.waiting.insert(Arc::clone(member), caller);
        }
        self.tell_queue(&name, event, told.now);
    }

    pub(super) fn waits(
        &self,
        key: &Key,
        member: &Arc<str>,
        caller: &Caller,
    ) -> (Name, QueueEvent) {
        let name = self.queues.get(key).map(|queue| Arc::clone(&queue.name));
        let event = QueueEvent::Waits {
            caller: Arc::clone(member),
            peer: caller.number.as_deref().map(|number| self.peer(number)),
            dialed: caller.dialed.clone(),
            own_number: caller.own_number.clone(),
            since: caller.since,
        };
        (name.unwrap_or_default(), event)
    }

    /// An agent's line rings for a caller.
    fn offered(&mut self, told: &Told<'_>, member: &Arc<str>, agent: &Key) {
        self.agent(told.key, agent, told.now);
        let Some(queue) = self.queues.get_mut(told.key) else {
            return;
        };
        let Some(caller) = queue.waiting.get_mut(member) else {
            return;
        };
        caller.offered.insert(Arc::clone(agent));
        let (name, number) = (Arc::clone(&queue.name), caller.number.clone());
        let queue = (&name, told.key);
        self.mark(agent, queue, member, number.as_deref(), told.now);
    }

    /// The queue and the caller for whom an agent's line rings, if it is one with that number.
    pub(super) fn offer_of(&self, agent: &Key, shown: Option<&str>) -> Option<(Name, Arc<str>)> {
        for key in self.agent_of.get(agent)? {
            let Some(queue) = self.queues.get(key) else {
                continue;
            };
            let waiting = queue.waiting.iter();
            let waiting = waiting.filter(|(_, caller)| caller.offered.contains(agent));
            let waiting = waiting.map(|(member, caller)| (member, &caller.number));
            let talking = queue.talking.iter();
            let talking = talking.filter(|(_, talk)| talk.agent.as_ref() == Some(agent));
            let talking = talking.map(|(member, talk)| (member, &talk.number));
            for (member, number) in waiting.chain(talking) {
                if self.is_caller(shown, number.as_deref(), key) {
                    return Some((Arc::clone(&queue.name), Arc::clone(member)));
                }
            }
        }
        None
    }

    /// A caller was answered.
    fn bridged(&mut self, told: &Told<'_>, member: &Arc<str>, agent: Option<&Key>) {
        if !self.is_waiting(told.key, member) {
            return;
        }
        if let Some(agent) = agent {
            self.agent(told.key, agent, told.now);
            // Whoever talks with the next caller talks no longer with the one before.
            let queue = self.queues.get(told.key);
            let earlier = queue.into_iter().flat_map(|queue| &queue.talking);
            let earlier = earlier.filter(|(_, talk)| talk.agent.as_ref() == Some(agent));
            let earlier: Vec<Arc<str>> = earlier.map(|(member, _)| Arc::clone(member)).collect();
            for other in earlier {
                self.talk_ends(told.key, &other, false, told.now);
            }
        }
        let talks: usize = self.queues.values().map(|queue| queue.talking.len()).sum();
        let Some(queue) = self.queues.get_mut(told.key) else {
            return;
        };
        let Some(caller) = queue.waiting.remove(member) else {
            return;
        };
        if let Some(known) = agent.and_then(|agent| queue.agents.get_mut(agent)) {
            known.calls += 1;
        }
        let name = Arc::clone(&queue.name);
        if talks < MAX_TALKS {
            let talk = Talk {
                agent: agent.cloned(),
                number: caller.number.clone(),
                since: told.now,
                doubted: None,
            };
            queue.talking.insert(Arc::clone(member), talk);
        }
        let who = agent.map(|agent| self.name(agent, agent));
        let how = Departure::Answered { agent: who };
        let event = QueueEvent::Left {
            caller: Arc::clone(member),
            how,
        };
        self.tell_queue(&name, event, told.now);
        if let Some(agent) = agent {
            self.answered_by(agent, member);
            let queue = (&name, told.key);
            self.mark(agent, queue, member, caller.number.as_deref(), told.now);
        }
        for other in caller.offered.iter().chain(agent) {
            self.refresh_agent(other, told.now);
        }
        // The count of their calls is one more, whatever they were in before.
        if let Some(agent) = agent {
            self.tell_agent(told.key, agent, told.now);
        }
    }

    /// The talk of a caller ended; `told` says whether that was seen, and so how long it was.
    fn talk_ends(&mut self, key: &Key, member: &Arc<str>, told: bool, now: Timestamp) {
        let Some(queue) = self.queues.get_mut(key) else {
            return;
        };
        let Some(talk) = queue.talking.remove(member) else {
            return;
        };
        let name = Arc::clone(&queue.name);
        let caller = Arc::clone(member);
        let event = match told {
            true => QueueEvent::Ended { caller },
            false => QueueEvent::Lost { caller },
        };
        self.tell_queue(&name, event, now);
        if let Some(agent) = &talk.agent {
            self.refresh_agent(agent, now);
        }
    }

    fn member_ended(&mut self, told: &Told<'_>, member: &Arc<str>) {
        let place = (told.key, member);
        self.ends.note(place, End::Member, told.clock, told.now);
    }

    /// An agent did not answer; the caller waits on, unless that was because they hung up or nobody is there.
    fn failed(&mut self, told: &Told<'_>, member: &Arc<str>, agent: Option<&Key>) {
        if let Some(agent) = agent {
            self.agent(told.key, agent, told.now);
        }
        let lost = told.fields.get(Field::HangupCause).and_then(loss);
        let queue = self.queues.get_mut(told.key);
        if let Some(caller) = queue.and_then(|queue| queue.waiting.get_mut(member)) {
            if let Some(agent) = agent {
                caller.offered.remove(agent);
            }
            if let Some(how) = lost
                && caller.lost.is_none()
            {
                caller.lost = Some((told.now.after(DECISION_WAIT), how));
            }
        }
    }

    /// `member-queue-end`: they left without an answer, or their talk is over.
    fn left(
        &mut self,
        told: &Told<'_>,
        member: &Arc<str>,
        number: Option<Arc<str>>,
        agent: Option<&Key>,
    ) {
        let cause = told.fields.get(Field::Cause);
        let terminated = cause.is_some_and(|cause| cause.eq_ignore_ascii_case("Terminated"));
        if terminated {
            if self.is_waiting(told.key, member) {
                self.bridged(told, member, agent);
                self.talk_ends(told.key, member, false, told.now);
            }
            self.talk_ends(told.key, member, true, told.now);
            return self.member_ended(told, member);
        }
        let queue = self.queues.get(told.key);
        if queue.is_some_and(|queue| queue.talking.contains_key(member)) {
            // They left the queue by being answered; `bridge-agent-end` tells when they hang up.
            return;
        }
        // Somebody of whom nothing was seen before waited for as long as the service says.
        let ends = [Field::Leaving];
        // One whose end was told by `bridge-agent-end` did not come anew to leave.
        let is_over = self.ends.knows((told.key, member), told.now);
        if told.fields.get(Field::Joined).is_some() && !is_over {
            self.ensure_waits(told, member, number, since(told, &ends));
        }
        let reason = [Field::CancelReason, Field::HangupCause];
        let reason = reason
            .iter()
            .find_map(|f| told.fields.get(*f).and_then(loss));
        self.leaves(told.key, member, reason, told.now);
        self.member_ended(told, member);
    }

    /// A caller waits no longer, in vain. Without a reason, as far as one was told before; else they hung up.
    fn leaves(&mut self, key: &Key, member: &Arc<str>, how: Option<Departure>, now: Timestamp) {
        let Some(queue) = self.queues.get_mut(key) else {
            return;
        };
        let Some(caller) = queue.waiting.remove(member) else {
            return;
        };
        let how = how.or(caller.lost.map(|(_, how)| how));
        let event = QueueEvent::Left {
            caller: Arc::clone(member),
            how: how.unwrap_or(Departure::Abandoned),
        };
        let name = Arc::clone(&queue.name);
        self.tell_queue(&name, event, now);
        for agent in &caller.offered {
            self.refresh_agent(agent, now);
        }
    }

    pub(super) fn tick_queues(&mut self, now: Timestamp) {
        let busy = self.queues.iter().filter(|(_, queue)| queue.is_busy());
        let busy: Vec<Key> = busy.map(|(key, _)| Arc::clone(key)).collect();
        for key in busy {
            let Some(queue) = self.queues.get(&key) else {
                continue;
            };
            let mut left = Vec::new();
            for (member, caller) in &queue.waiting {
                let doubted = caller
                    .doubted
                    .is_some_and(|at| now >= at.after(DOUBT_RINGING));
                let is_empty = queue
                    .empty
                    .is_some_and(|at| caller.came <= at && now >= at.after(COUNT_WAIT));
                let forgotten = now >= caller.since.after(WAITING_LIMIT);
                if let Some((_, how)) = caller.lost.as_ref().filter(|(due, _)| now >= *due) {
                    left.push((Arc::clone(member), how.clone()));
                } else if doubted || is_empty || forgotten {
                    left.push((Arc::clone(member), Departure::Elsewhere));
                }
            }
            let over = queue.talking.iter().filter(|(_, talk)| {
                let doubted = talk
                    .doubted
                    .is_some_and(|at| now >= at.after(DOUBT_TALKING));
                doubted || now >= talk.since.after(TALKING_LIMIT)
            });
            let over: Vec<Arc<str>> = over.map(|(member, _)| Arc::clone(member)).collect();
            for (member, how) in left {
                self.leaves(&key, &member, Some(how), now);
            }
            for member in over {
                self.talk_ends(&key, &member, false, now);
            }
        }
    }
}
