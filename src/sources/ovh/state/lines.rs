//! Lines, and the calls on them.

use std::sync::Arc;

use super::super::event::{Field, Fields, Kind};
use super::memory::End;
use super::parties::{Parties, id, is_answer, sip_status};
use super::{DECISION_WAIT, DOUBT_RINGING, DOUBT_TALKING, Key, MAX_LINES, Slots, State, Told};
use crate::board::{
    Action, Call, CallAction, CallState, Details, Direction, Event, Name, RINGING_LIMIT, Report,
    Source, TALKING_LIMIT, Timestamp,
};
use crate::text::clean;

/// The most calls of a line that are followed. The board shows fewer; a new one beyond it takes the place of the oldest.
const MAX_CALLS: usize = 16;

/// How long after a phone registered the next time is told, in milliseconds: phones do so every few minutes.
const REGISTERED_EVERY: u64 = 60 * 1000;

/// A number that is a line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) user: Name,
    details: Details,
    pub(super) slots: Slots,
    pub(super) calls: Vec<LineCall>,
}

/// A call on it.
#[derive(Debug)]
pub(super) struct LineCall {
    /// OVH's id of it, or what stands in for one.
    pub(super) id: Arc<str>,
    has_id: bool,
    /// The queue that it comes from, and the caller's id there.
    pub(super) queue: Option<(Name, Arc<str>)>,
    pub(super) outgoing: bool,
    pub(super) talking: bool,
    /// The other side's number.
    pub(super) peer: Option<Arc<str>>,
    dialed: Option<Arc<str>>,
    /// The number on this side, as OVH wrote it.
    own_number: Option<Arc<str>>,
    began: Timestamp,
    /// Since when it rings no more, and how it ends unless it is answered within [`DECISION_WAIT`].
    ends: Option<(Timestamp, CallAction)>,
    /// Somebody else answered it.
    pub(super) elsewhere: bool,
    /// Events that may have ended it were lost, then.
    doubted: Option<Timestamp>,
}

impl Line {
    /// One that was there before this process began. No token told of it yet.
    pub(super) fn resumed(user: &Name, details: Details, key: &Key, calls: Vec<LineCall>) -> Self {
        Self {
            user: Arc::clone(user),
            details: Details {
                number: Some(Arc::clone(key)),
                ..details
            },
            slots: 0,
            calls,
        }
    }

    pub(super) fn doubt(&mut self, now: Timestamp) {
        for call in &mut self.calls {
            call.doubted.get_or_insert(now);
        }
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.calls.iter().position(|call| *call.id == *id)
    }
}

impl LineCall {
    /// One that was there before this process began: what OVH told of it meanwhile is lost.
    pub(super) fn resumed(key: &str, id: Option<Arc<str>>, call: Call, now: Timestamp) -> Self {
        let peer = call.peer.map(|peer| peer.number);
        let has_id = id.is_some();
        Self {
            id: id.unwrap_or_else(|| {
                let peer = peer.as_deref().unwrap_or_default();
                format!("{key}-{peer}").into()
            }),
            has_id,
            queue: call.queue.zip(call.linked),
            outgoing: call.direction == Direction::Outgoing,
            talking: call.state != CallState::Ringing,
            peer,
            dialed: call.dialed,
            own_number: None,
            began: call.began,
            ends: None,
            elsewhere: false,
            doubted: Some(now),
        }
    }

    pub(super) fn begins(&self) -> CallAction {
        if self.outgoing {
            CallAction::OutgoingCall
        } else {
            CallAction::IncomingCall
        }
    }

    /// How it ends if it was not answered.
    fn unanswered(&self, told: &Fields) -> CallAction {
        if self.outgoing {
            return CallAction::CallTerminated;
        }
        // Busy, and declined: RFC 3261, 21.4.24 and 21.6.
        match told.get(Field::Body).and_then(sip_status) {
            Some(486 | 600 | 603) => CallAction::RefusedCall,
            _ => CallAction::MissedCall,
        }
    }
}

impl State {
    pub(super) fn line_event(&mut self, told: Told<'_>) {
        if !self.line(&told) {
            self.counts.beyond_limits += 1;
            return;
        }
        self.line_details(&told);
        if told.kind == Kind::Registered {
            return;
        }
        let parties = Parties::of(self, &told);
        let id = told.fields.get(Field::CallId).map(id);
        let has_id = id.is_some();
        // Without an id, what one number has with another is one call.
        let id = id.unwrap_or_else(|| {
            let peer = parties.peer.as_deref();
            let peer = peer.map(|peer| self.key(peer)).unwrap_or_default();
            format!("{}-{peer}", told.key).into()
        });
        let known = self.lines.get(told.key).and_then(|line| line.find(&id));
        if let Some(at) = known
            && let Some(line) = self.lines.get_mut(told.key)
        {
            line.calls[at].doubted = None;
        }
        match told.kind {
            Kind::StartRinging => {
                let late = self.ends.late((told.key, &id), told.clock, told.now);
                if known.is_none() && late.is_none() {
                    self.call_begins(&told, &id, has_id, parties);
                }
            }
            Kind::StartCalling => {
                let late = self.ends.late((told.key, &id), told.clock, told.now);
                if known.is_none() && late != Some(End::Call) {
                    self.call_begins(&told, &id, has_id, parties);
                }
                self.call_answered(told.key, &id, told.now);
            }
            Kind::EndRinging if is_answer(told.fields) => {
                self.call_answered(told.key, &id, told.now);
            }
            Kind::EndRinging => {
                let line = self.lines.get_mut(told.key);
                if let Some((line, at)) = line.zip(known) {
                    let call = &mut line.calls[at];
                    if !call.talking && call.ends.is_none() {
                        let how = call.unanswered(told.fields);
                        call.ends = Some((told.now, how));
                    }
                } else {
                    let place = (told.key, &id);
                    self.ends.note(place, End::Ring, told.clock, told.now);
                }
            }
            _ => {
                if let Some(at) = known {
                    let call = &self.lines[told.key].calls[at];
                    let (since, how) = call.ends.unwrap_or((told.now, CallAction::CallTerminated));
                    self.call_ends(told.key, at, (since, how), told.now);
                }
                let place = (told.key, &id);
                self.ends.note(place, End::Call, told.clock, told.now);
            }
        }
    }

    /// Makes sure that the line is there. Answers whether it is.
    fn line(&mut self, told: &Told<'_>) -> bool {
        if let Some(line) = self.lines.get_mut(told.key) {
            line.slots |= told.slot;
            return true;
        }
        if self.lines.len() >= MAX_LINES {
            return false;
        }
        let user = self.name(told.key, told.number);
        let line = Line {
            user: Arc::clone(&user),
            details: Details {
                number: Some(Arc::clone(told.key)),
                ..Details::default()
            },
            slots: told.slot,
            calls: Vec::new(),
        };
        self.lines.insert(Arc::clone(told.key), line);
        let numbers = self.users.entry(Arc::clone(&user)).or_default();
        numbers.insert(Arc::clone(told.key));
        self.tell_details(&user, told.now);
        true
    }

    fn line_details(&mut self, told: &Told<'_>) {
        let Some(line) = self.lines.get_mut(told.key) else {
            return;
        };
        let details = &mut line.details;
        let before = details.clone();
        take_details(details, told.fields);
        let simultaneous = told.fields.get(Field::Simultaneous);
        if let Some(simultaneous) = simultaneous.and_then(|text| text.parse().ok()) {
            details.simultaneous = Some(simultaneous);
        }
        let recent = details
            .registered
            .is_some_and(|at| told.now < at.after(REGISTERED_EVERY));
        if told.kind == Kind::Registered && !recent {
            details.registered = Some(told.now);
        }
        if *details != before {
            let user = Arc::clone(&line.user);
            self.tell_details(&user, told.now);
        }
    }

    /// Tells the board what is known of somebody's line: all of their numbers together.
    pub(super) fn tell_details(&mut self, user: &Name, now: Timestamp) {
        let numbers = self.users.get(user).into_iter().flatten();
        let mut all = numbers.filter_map(|key| self.lines.get(key));
        let Some(first) = all.next() else { return };
        let mut details = first.details.clone();
        for line in all {
            let other = &line.details;
            let lines = [details.simultaneous, other.simultaneous];
            details.simultaneous = lines.into_iter().flatten().reduce(u16::saturating_add);
            details.registered = details.registered.max(other.registered);
        }
        details.number = details.number.filter(|number| number != user);
        let event = Event::Details {
            source: Source::Ovh,
            user: Arc::clone(user),
            details,
        };
        self.push(event, now);
    }

    fn call_begins(&mut self, told: &Told<'_>, id: &Arc<str>, has_id: bool, parties: Parties) {
        let queue = match parties.outgoing {
            true => None,
            false => self.offer_of(told.key, parties.peer.as_deref()),
        };
        let call = LineCall {
            id: Arc::clone(id),
            has_id,
            queue,
            outgoing: parties.outgoing,
            talking: false,
            peer: parties.peer,
            dialed: parties.dialed,
            own_number: Some(parties.own_number),
            began: told.now,
            ends: None,
            elsewhere: false,
            doubted: None,
        };
        let Some(line) = self.lines.get_mut(told.key) else {
            return;
        };
        if line.calls.len() >= MAX_CALLS {
            line.calls.remove(0);
        }
        line.calls.push(call);
        let at = line.calls.len() - 1;
        let action = line.calls[at].begins();
        self.tell(told.key, at, action, told.now);
        self.refresh_agent(told.key, told.now);
    }

    fn call_answered(&mut self, key: &Key, id: &str, now: Timestamp) {
        let line = self.lines.get_mut(key);
        let Some((at, call)) = line.and_then(|line| {
            let at = line.find(id)?;
            Some((at, &mut line.calls[at]))
        }) else {
            return;
        };
        call.ends = None;
        if std::mem::replace(&mut call.talking, true) {
            return;
        }
        let has_id = call.has_id;
        self.tell(key, at, CallAction::CallEstablished, now);
        // It may have rung for several lines.
        if has_id {
            let others = self.lines.iter_mut().filter(|(other, _)| *other != key);
            for call in others.flat_map(|(_, line)| &mut line.calls) {
                call.elsewhere |= !call.talking && !call.outgoing && *call.id == *id;
            }
        }
        self.refresh_agent(key, now);
    }

    /// A call ended then, and how is decided now.
    fn call_ends(
        &mut self,
        key: &Key,
        at: usize,
        (since, how): (Timestamp, CallAction),
        now: Timestamp,
    ) {
        let Some(line) = self.lines.get(key) else {
            return;
        };
        let call = &line.calls[at];
        let unanswered = matches!(how, CallAction::MissedCall | CallAction::RefusedCall);
        let how = if unanswered && call.elsewhere {
            CallAction::AnsweredElsewhere
        } else {
            how
        };
        let report = self.report(line, call, how);
        self.push(Event::Decided(report, since), now);
        self.let_go(key, at, now);
    }

    fn let_go(&mut self, key: &Key, at: usize, now: Timestamp) {
        if let Some(line) = self.lines.get_mut(key) {
            line.calls.remove(at);
        }
        self.refresh_agent(key, now);
    }

    /// A call turned out to be a queue's.
    pub(super) fn mark(
        &mut self,
        key: &Key,
        (queue, number): (&Name, &Key),
        member: &Arc<str>,
        caller: Option<&str>,
        now: Timestamp,
    ) {
        let Some(line) = self.lines.get(key) else {
            return;
        };
        let fits = |call: &LineCall| {
            !call.outgoing
                && call.queue.is_none()
                && self.is_caller(call.peer.as_deref(), caller, number)
        };
        let Some(at) = line.calls.iter().rposition(fits) else {
            return;
        };
        let Some(line) = self.lines.get_mut(key) else {
            return;
        };
        let call = &mut line.calls[at];
        call.queue = Some((Arc::clone(queue), Arc::clone(member)));
        let action = match call.talking {
            true => CallAction::CallEstablished,
            false => call.begins(),
        };
        self.tell(key, at, action, now);
    }

    /// Whether the number on an agent's phone is that of a caller: some see that of the queue in its place.
    pub(super) fn is_caller(&self, shown: Option<&str>, caller: Option<&str>, queue: &str) -> bool {
        match (shown, caller) {
            (Some(shown), Some(caller)) => self.same(shown, caller) || self.same(shown, queue),
            _ => true,
        }
    }

    /// A caller was answered: what still rings for them at other lines was answered elsewhere.
    pub(super) fn answered_by(&mut self, agent: &str, member: &str) {
        let others = self.lines.iter_mut().filter(|(key, _)| ***key != *agent);
        for call in others.flat_map(|(_, line)| &mut line.calls) {
            let its = call.queue.as_ref().is_some_and(|(_, own)| **own == *member);
            call.elsewhere |= its && !call.talking;
        }
    }

    pub(super) fn report(&self, line: &Line, call: &LineCall, action: CallAction) -> Report {
        let (queue, linked) = call.queue.clone().unzip();
        Report {
            source: Source::Ovh,
            user: Arc::clone(&line.user),
            action: Action::Call(action),
            peer: call.peer.as_deref().map(|number| self.peer(number)),
            reference: call.has_id.then(|| Arc::clone(&call.id)),
            linked,
            queue,
            dialed: call.dialed.clone(),
            own_number: call.own_number.clone(),
        }
    }

    fn tell(&mut self, key: &Key, at: usize, action: CallAction, now: Timestamp) {
        if let Some(line) = self.lines.get(key) {
            let report = self.report(line, &line.calls[at], action);
            self.push(Event::Line(report), now);
        }
    }

    pub(super) fn tick_lines(&mut self, now: Timestamp) {
        let busy = self.lines.iter().filter(|(_, line)| !line.calls.is_empty());
        let busy: Vec<Key> = busy.map(|(key, _)| Arc::clone(key)).collect();
        for key in busy {
            let mut at = 0;
            while let Some(line) = self.lines.get(&key)
                && let Some(call) = line.calls.get(at)
            {
                let limit = match call.talking {
                    true => (DOUBT_TALKING, TALKING_LIMIT),
                    false => (DOUBT_RINGING, RINGING_LIMIT),
                };
                let doubted = call
                    .doubted
                    .is_some_and(|since| now >= since.after(limit.0));
                if let Some(ends) = call
                    .ends
                    .filter(|(since, _)| now >= since.after(DECISION_WAIT))
                {
                    let id = Arc::clone(&call.id);
                    self.call_ends(&key, at, ends, now);
                    self.ends.note((&key, &id), End::Ring, None, now);
                } else if doubted {
                    let report = self.report(line, call, CallAction::CallTerminated);
                    self.push(Event::Lost(report), now);
                    self.let_go(&key, at, now);
                } else if now >= call.began.after(limit.1) {
                    // The board has let go of it by itself.
                    self.let_go(&key, at, now);
                } else {
                    at += 1;
                }
            }
        }
    }
}

/// What an event says of a number itself.
pub(super) fn take_details(details: &mut Details, fields: &Fields) {
    for (own, field) in [
        (&mut details.description, Field::Description),
        (&mut details.kind, Field::Type),
    ] {
        let told = fields.get(field).map(clean);
        if let Some(told) = told.filter(|told| !told.is_empty())
            && own.as_deref() != Some(&*told)
        {
            *own = Some(Arc::from(&*told));
        }
    }
}
