//! What an event does to one line.
//!
//! Phones differ in what they tell. Some send an id with each event of a call, some a number, some neither,
//! and some tell of nothing but the handset. So an event finds its call by id, else by the other side's
//! number, else by what it can only mean (what is answered was ringing).

use std::collections::VecDeque;
use std::sync::Arc;

use super::{
    Action, Call, CallAction, CallState, ChangeKind, Direction, Limits, LineState, Outcome, Peer,
    PhoneAction, Report, Timestamp,
};
use crate::number;

/// How many ids of ended calls a line remembers, so that a late event does not bring one back.
const REMEMBERED_ENDS: usize = 4;

/// For how long an event with the id of an ended call is taken for a late one, in milliseconds. Phones send
/// each event in a request of its own, so two can change places; but some use an id again for the next call.
const LATE: u64 = 2000;

/// A line as the board keeps it.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) state: LineState,
    pub(super) calls: Vec<Call>,
    pub(super) last_event: Timestamp,
    /// Since when the handset is lifted.
    off_hook_since: Option<Timestamp>,
    /// Whether this phone tells when a call ends. If so, the handset tells nothing of calls.
    reports_ends: bool,
    ended: VecDeque<(Arc<str>, Timestamp)>,
}

impl Line {
    /// Takes over what the phone says of itself.
    pub(super) fn report(&mut self, action: PhoneAction, at: Timestamp) {
        let state = &mut self.state;
        match action {
            PhoneAction::DndOn => state.dnd = true,
            PhoneAction::DndOff => state.dnd = false,
            PhoneAction::Offhook => state.off_hook = true,
            PhoneAction::Onhook => state.off_hook = false,
            PhoneAction::PausedOn => state.paused = true,
            PhoneAction::PausedOff => state.paused = false,
            PhoneAction::Login => state.logged_in = true,
            PhoneAction::Logout => state.logged_in = false,
            PhoneAction::AgentLogin => state.agent_logged_in = true,
            PhoneAction::AgentLogout => state.agent_logged_in = false,
            PhoneAction::AnsweringCall => {}
        }
        state.last_action = Some(action);
        state.last_action_at = Some(at);
    }

    /// Whether the phone told the same of the same call before. Only ids tell that: a phone without them
    /// may well report two calls from one number.
    pub(super) fn repeats(&self, event: &Report, at: Timestamp) -> bool {
        let Action::Call(action) = event.action else {
            return false;
        };
        if self.has_ended(event, at) {
            return true;
        }
        let Some(call) = self.find(event).map(|at| &self.calls[at]) else {
            return false;
        };
        let told_by_id = event.reference.is_some() && call.reference == event.reference;
        let (state, direction) = match action {
            CallAction::IncomingCall
            | CallAction::IncomingConference
            | CallAction::UnknownExtension => (CallState::Ringing, Some(Direction::Incoming)),
            CallAction::OutgoingCall => (CallState::Ringing, Some(Direction::Outgoing)),
            CallAction::CallEstablished | CallAction::CallResumed => (CallState::Talking, None),
            CallAction::CallHeld => (CallState::Held, None),
            CallAction::MissedCall | CallAction::CallTerminated => return false,
        };
        told_by_id && call.state == state && direction.is_none_or(|d| d == call.direction)
    }

    /// Takes over what the event says of calls.
    pub(super) fn follow(
        &mut self,
        event: &Report,
        at: Timestamp,
        last_call: &mut u64,
        limits: Limits,
    ) -> Vec<ChangeKind> {
        let action = match event.action {
            Action::Phone(PhoneAction::Offhook) => {
                self.off_hook_since.get_or_insert(at);
                return Vec::new();
            }
            Action::Phone(PhoneAction::Onhook) => return self.hang_up(at),
            Action::Phone(PhoneAction::AnsweringCall) => {
                return self
                    .find(event)
                    .filter(|&index| self.calls[index].direction != Direction::Outgoing)
                    .map(|index| self.change(index, event, at, CallState::Talking, None))
                    .unwrap_or_default();
            }
            Action::Phone(_) => return Vec::new(),
            Action::Call(action) => action,
        };
        if self.has_ended(event, at) {
            return Vec::new();
        }
        let found = self.find(event);
        let (state, direction) = match action {
            CallAction::IncomingCall
            | CallAction::IncomingConference
            | CallAction::UnknownExtension => (CallState::Ringing, Some(Direction::Incoming)),
            CallAction::OutgoingCall => (CallState::Ringing, Some(Direction::Outgoing)),
            CallAction::CallEstablished | CallAction::CallResumed => (CallState::Talking, None),
            CallAction::CallHeld => (CallState::Held, None),
            CallAction::MissedCall => {
                self.remember(event.reference.as_ref(), at);
                return self.end_found(found, Outcome::Missed, at);
            }
            CallAction::CallTerminated => {
                self.reports_ends = true;
                self.remember(event.reference.as_ref(), at);
                return self.end_found(found, Outcome::Finished, at);
            }
        };
        match found {
            // A late "it rings" does not take back that it was answered.
            Some(index) if state == CallState::Ringing => {
                let state = self.calls[index].state;
                self.change(index, event, at, state, direction)
            }
            Some(index) => self.change(index, event, at, state, None),
            None => {
                let mut changes = Vec::new();
                if self.calls.len() >= limits.calls_per_line {
                    changes.push(self.end(0, Outcome::Displaced, at));
                }
                *last_call += 1;
                let call = Call {
                    id: *last_call,
                    reference: event.reference.clone(),
                    direction: direction.unwrap_or(Direction::Unknown),
                    state,
                    peer: event.peer.clone(),
                    began: at,
                    since: at,
                };
                self.calls.push(call.clone());
                changes.push(ChangeKind::CallBegan(call));
                changes
            }
        }
    }

    /// Takes the call with this id off the line.
    pub(super) fn remove(&mut self, id: u64) -> Option<Call> {
        let at = self.calls.iter().position(|call| call.id == id)?;
        Some(self.calls.remove(at))
    }

    fn change(
        &mut self,
        index: usize,
        event: &Report,
        at: Timestamp,
        state: CallState,
        direction: Option<Direction>,
    ) -> Vec<ChangeKind> {
        let call = &mut self.calls[index];
        let before = call.clone();
        if call.state != state {
            call.state = state;
            call.since = at;
        }
        if call.direction == Direction::Unknown {
            call.direction = direction.unwrap_or(Direction::Unknown);
        }
        if call.peer.is_none() {
            call.peer.clone_from(&event.peer);
        }
        if call.reference.is_none() {
            call.reference.clone_from(&event.reference);
        }
        if *call == before {
            return Vec::new();
        }
        vec![ChangeKind::CallChanged(call.clone())]
    }

    /// The handset went down: a phone that tells of nothing else ended what it talked, what it dialled, and
    /// what rang before the handset went up.
    fn hang_up(&mut self, at: Timestamp) -> Vec<ChangeKind> {
        let lifted = self.off_hook_since.take();
        if self.reports_ends {
            return Vec::new();
        }
        let mut changes = Vec::new();
        while let Some(index) = self.calls.iter().position(|call| match call.state {
            CallState::Talking => true,
            CallState::Held => false,
            CallState::Ringing => {
                call.direction == Direction::Outgoing
                    || lifted.is_some_and(|lifted| call.began <= lifted)
            }
        }) {
            changes.push(self.end(index, Outcome::Finished, at));
        }
        changes
    }

    fn end_found(
        &mut self,
        found: Option<usize>,
        outcome: Outcome,
        at: Timestamp,
    ) -> Vec<ChangeKind> {
        found
            .map(|index| self.end(index, outcome, at))
            .into_iter()
            .collect()
    }

    fn end(&mut self, index: usize, outcome: Outcome, at: Timestamp) -> ChangeKind {
        let call = self.calls.remove(index);
        self.remember(call.reference.as_ref(), at);
        ChangeKind::CallEnded(call, outcome)
    }

    fn remember(&mut self, reference: Option<&Arc<str>>, at: Timestamp) {
        let Some(reference) = reference else { return };
        self.ended.retain(|(other, _)| other != reference);
        if self.ended.len() == REMEMBERED_ENDS {
            self.ended.pop_front();
        }
        self.ended.push_back((Arc::clone(reference), at));
    }

    fn has_ended(&self, event: &Report, at: Timestamp) -> bool {
        event.reference.as_ref().is_some_and(|reference| {
            self.ended
                .iter()
                .any(|(other, ended)| other == reference && at <= ended.after(LATE))
        })
    }

    /// The call that an event is about, if it is on the line.
    fn find(&self, event: &Report) -> Option<usize> {
        let action = match event.action {
            Action::Call(action) => action,
            Action::Phone(PhoneAction::AnsweringCall) => CallAction::CallEstablished,
            Action::Phone(_) => return None,
        };
        if event.reference.is_some()
            && let Some(at) = self
                .calls
                .iter()
                .position(|call| call.reference == event.reference)
        {
            return Some(at);
        }
        // A call that another id belongs to is another call.
        let may_be = |call: &Call| call.reference.is_none() || event.reference.is_none();
        let fits = |call: &Call| may_be(call) && fits(action, call);
        if let Some(peer) = &event.peer {
            let by_number = self.latest(|call| {
                fits(call) && call.peer.as_ref().is_some_and(|other| same(other, peer))
            });
            return by_number.or_else(|| self.latest(|call| fits(call) && call.peer.is_none()));
        }
        // Without a number, a call that begins is a new one: two may well ring at once.
        if begins(action) && event.reference.is_none() {
            return self
                .latest(|call| fits(call) && call.peer.is_none() && call.reference.is_none());
        }
        // What is answered rang, even where a newer call is talked.
        let rang = |call: &Call| call.state == CallState::Ringing && fits(call);
        match action {
            CallAction::CallEstablished => self.latest(rang).or_else(|| self.latest(fits)),
            _ => self.latest(fits),
        }
    }

    fn latest(&self, wanted: impl Fn(&Call) -> bool) -> Option<usize> {
        self.calls.iter().rposition(wanted)
    }
}

fn begins(action: CallAction) -> bool {
    matches!(
        action,
        CallAction::IncomingCall
            | CallAction::IncomingConference
            | CallAction::UnknownExtension
            | CallAction::OutgoingCall
    )
}

/// Whether a call can be the one that such an event is about, going by its state.
fn fits(action: CallAction, call: &Call) -> bool {
    match action {
        CallAction::IncomingCall
        | CallAction::IncomingConference
        | CallAction::UnknownExtension => {
            call.state == CallState::Ringing && call.direction != Direction::Outgoing
        }
        CallAction::OutgoingCall => {
            call.state == CallState::Ringing && call.direction != Direction::Incoming
        }
        CallAction::CallEstablished => call.state != CallState::Held,
        CallAction::CallHeld => call.state != CallState::Ringing,
        CallAction::CallResumed => call.state == CallState::Held,
        CallAction::MissedCall => {
            call.state == CallState::Ringing && call.direction != Direction::Outgoing
        }
        CallAction::CallTerminated => true,
    }
}

fn same(a: &Peer, b: &Peer) -> bool {
    match (&a.name, &b.name) {
        (Some(a), Some(b)) => a == b,
        _ => number::same(&a.number, &b.number),
    }
}
