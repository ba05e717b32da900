//! What an event does to one line.
//!
//! Phones differ in what they tell. Some send an id with each event of a call, some a number, some neither,
//! and some tell of nothing but the handset. So an event finds its call by id, else by the other side's
//! number, else by what it can only mean (what is answered was ringing).

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

mod told;

use super::{
    Action, Call, CallAction, CallRecord, CallState, ChangeKind, Details, Direction, Erased,
    Limits, LineState, Outcome, Peer, PhoneAction, Report, Source, Tellers, Timestamp,
};
use told::{End, Kept};

/// How many ended calls a line remembers, so that a late event does not bring one back.
const REMEMBERED_ENDS: usize = 8;

/// For how long an event about an ended call is taken for a late one, in milliseconds. Phones send
/// each event in a request of its own, so two can change places; but some use an id again for the next call.
pub(super) const LATE: u64 = 2000;

/// For how long what two sources tell of a line is taken for one call although they give different numbers, in milliseconds.
/// A PBX tells at once; a phone's request takes as long as its network does.
const SAME_CALL: u64 = 4000;

/// A line as the board keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    pub(super) state: LineState,
    pub(super) last_event: Timestamp,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<Kept>,
    /// What a PBX told of the line itself, and which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) details: Option<(Source, Details)>,
    /// The number of the last change of it.
    pub(super) changed: u64,
    /// Whether the phone itself ever told anything.
    told_by_phone: bool,
    /// Since when the handset is lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    off_hook_since: Option<Timestamp>,
    /// Whether this phone tells when a call ends. If so, the handset tells nothing of calls.
    reports_ends: bool,
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    ended: VecDeque<End>,
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

    /// Its calls, the oldest first.
    pub(super) fn calls(&self) -> impl ExactSizeIterator<Item = &Call> {
        self.calls.iter().map(|kept| &kept.call)
    }

    /// Who tells of each of its calls, in their order.
    pub(super) fn call_tellers(&self) -> impl Iterator<Item = Tellers> {
        self.calls.iter().map(Kept::tellers)
    }

    /// Who tells of it, or of any of its calls.
    pub(super) fn tellers(&self) -> Tellers {
        let mut all = self.call_tellers().fold(Tellers::default(), Tellers::or);
        if self.told_by_phone {
            all = all.and(Source::Phone);
        }
        // Only Asterisk tells of devices.
        if self.state.device.is_some() {
            all = all.and(Source::Asterisk);
        }
        match &self.details {
            Some((source, _)) => all.and(*source),
            None => all,
        }
    }

    /// A number that is another one where others tell of it, or of one of its newest calls (with three sources, the newest twenty).
    pub(super) fn told_so(&self) -> u64 {
        let fold = |sum: u64, tellers: Tellers| (sum << Tellers::BITS) | tellers.number();
        self.call_tellers().fold(self.tellers().number(), fold)
    }

    /// When the last of the ended calls that are remembered ended.
    pub(super) fn last_end(&self) -> Option<Timestamp> {
        self.ended.iter().map(|end| end.at).max()
    }

    /// For how many calls there is room, of those that go on and those that ended.
    #[cfg(test)]
    pub(super) fn room(&self) -> (usize, usize) {
        (self.calls.capacity(), self.ended.capacity())
    }

    /// Forgets the ended calls, once nothing comes too late for any of them: [`LATE`] after the last one.
    pub(super) fn forget_ends(&mut self) {
        self.ended = VecDeque::new();
    }

    /// Makes somebody nobody in what is remembered of calls that ended. Answers whether they were in it.
    pub(super) fn erase(&mut self, whom: &Erased) -> bool {
        let ended = self.ended.iter_mut().map(|end| end.erase(whom));
        ended.fold(false, |any, erased| any | erased)
    }

    /// The calls that a source told of, with its own ids of them.
    pub(super) fn calls_of(
        &self,
        source: Source,
    ) -> impl Iterator<Item = (Option<Arc<str>>, Call)> {
        let own = self
            .calls
            .iter()
            .filter(move |kept| kept.is_told_by(source));
        own.map(move |kept| (kept.reference(source).cloned(), kept.call.clone()))
    }

    /// Whether the same was told of the same call before: by the same source, which only ids tell, because a phone without
    /// them may well report two calls from one number; or by the other source.
    pub(super) fn repeats(&self, event: &Report, at: Timestamp) -> bool {
        let Action::Call(action) = event.action else {
            return false;
        };
        if self.late(event, action, at).is_some() {
            return true;
        }
        let Some(kept) = self.find(event, at).map(|at| &self.calls[at]) else {
            return false;
        };
        let Some((state, direction)) = meaning(action) else {
            return false;
        };
        let told_by_id = event.reference.is_some()
            && kept.reference(event.source) == event.reference.as_ref()
            && kept.call.state == state
            && direction.is_none_or(|d| d == kept.call.direction);
        told_by_id || kept.told_by_other(event.source, state)
    }

    /// Takes over what the event says of calls.
    pub(super) fn follow(
        &mut self,
        event: &Report,
        at: Timestamp,
        last_call: &mut u64,
        limits: Limits,
    ) -> Vec<ChangeKind> {
        self.told_by_phone |= event.source == Source::Phone;
        let action = match event.action {
            Action::Phone(PhoneAction::Offhook) => {
                self.off_hook_since.get_or_insert(at);
                return Vec::new();
            }
            Action::Phone(PhoneAction::Onhook) => return self.hang_up(at),
            Action::Phone(PhoneAction::AnsweringCall) => {
                return self
                    .find(event, at)
                    .filter(|&index| self.calls[index].call.direction != Direction::Outgoing)
                    .map(|index| self.change(index, event, at, CallState::Talking, None))
                    .unwrap_or_default();
            }
            Action::Phone(_) => return Vec::new(),
            Action::Call(action) => action,
        };
        self.reports_ends |= event.source == Source::Phone && action == CallAction::CallTerminated;
        if let Some(late) = self.late(event, action, at) {
            self.ended[late].heard(event, meaning(action).is_none());
            return Vec::new();
        }
        let found = self.find(event, at);
        let Some((state, direction)) = meaning(action) else {
            let outcome = match action {
                CallAction::MissedCall => Outcome::Missed,
                CallAction::AnsweredElsewhere => Outcome::Elsewhere,
                CallAction::RefusedCall => Outcome::Refused,
                _ => Outcome::Finished,
            };
            let Some(index) = found else {
                return self.end_of_unknown(event, action, at, last_call);
            };
            self.calls[index].note(event, None);
            return vec![self.end(index, outcome, at, Some(event.source))];
        };
        match found {
            // A late "it rings" does not take back that it was answered.
            Some(index) if state == CallState::Ringing => {
                self.calls[index].note(event, Some(state));
                let state = self.calls[index].call.state;
                self.change(index, event, at, state, direction)
            }
            Some(index) => {
                self.calls[index].note(event, Some(state));
                self.change(index, event, at, state, None)
            }
            None => {
                let mut changes = Vec::new();
                if self.calls.len() >= limits.calls_per_line {
                    changes.push(self.end(0, Outcome::Displaced, at, None));
                }
                *last_call += 1;
                let call = Call {
                    id: *last_call,
                    reference: event.reference.clone(),
                    linked: event.linked.clone(),
                    queue: event.queue.clone(),
                    dialed: event.dialed.clone(),
                    direction: direction.unwrap_or(Direction::Unknown),
                    state,
                    peer: event.peer.clone(),
                    began: at,
                    since: at,
                    answered: (state != CallState::Ringing).then_some(at),
                };
                // Most lines never have a second one, for which a list that grows by itself keeps room.
                self.calls.reserve_exact(1);
                self.calls.push(Kept::new(call.clone(), event, state));
                changes.push(ChangeKind::CallBegan(call));
                changes
            }
        }
    }

    /// Takes the call with this id off the line.
    pub(super) fn remove(&mut self, id: u64) -> Option<Call> {
        let at = self.calls().position(|call| call.id == id)?;
        Some(self.take(at).call)
    }

    fn take(&mut self, index: usize) -> Kept {
        let kept = self.calls.remove(index);
        // A line without a call, as most are, keeps no room for one.
        if self.calls.is_empty() {
            self.calls = Vec::new();
        }
        kept
    }

    /// What a number is called became known. Gives the calls that are with it, as they are now.
    pub(super) fn named(&mut self, peer: &Peer) -> Vec<ChangeKind> {
        let calls = self.calls.iter_mut().map(|kept| &mut kept.call);
        let named = calls.filter_map(|call| {
            let learns = call.peer.as_mut().is_some_and(|own| own.learn(peer));
            learns.then(|| ChangeKind::CallChanged(call.clone()))
        });
        named.collect()
    }

    /// The source tells no more of this line. Its calls end so, but for those that another one told of too.
    pub(super) fn forget(
        &mut self,
        source: Source,
        outcome: Outcome,
        at: Timestamp,
    ) -> Vec<ChangeKind> {
        self.told_by_phone &= source != Source::Phone;
        let mut changes = Vec::new();
        for index in (0..self.calls.len()).rev() {
            if self.calls[index].forget(source) {
                changes.push(self.end(index, outcome, at, None));
            }
        }
        changes.reverse();
        changes
    }

    /// A source lost sight of a call, which ends unless another one told of it too.
    pub(super) fn lose(&mut self, event: &Report, at: Timestamp) -> Option<ChangeKind> {
        let index = self.find(event, at)?;
        let is_gone = self.calls[index].forget(event.source);
        is_gone.then(|| self.end(index, Outcome::Untold, at, None))
    }

    /// Whether nothing of the line is left that any source would tell.
    pub(super) fn is_forgotten(&self) -> bool {
        !self.told_by_phone
            && self.calls.is_empty()
            && self.state.device.is_none()
            && self.details.is_none()
    }

    fn change(
        &mut self,
        index: usize,
        event: &Report,
        at: Timestamp,
        state: CallState,
        direction: Option<Direction>,
    ) -> Vec<ChangeKind> {
        let call = &mut self.calls[index].call;
        let before = call.clone();
        if call.state != state {
            call.state = state;
            call.since = at;
        }
        if state != CallState::Ringing {
            call.answered.get_or_insert(at);
        }
        for (own, told) in [
            (&mut call.reference, &event.reference),
            (&mut call.linked, &event.linked),
            (&mut call.queue, &event.queue),
            (&mut call.dialed, &event.dialed),
        ] {
            if own.is_none() {
                own.clone_from(told);
            }
        }
        // A PBX knows who called whom, and sees the other side change when a call is transferred.
        let knows = event.source != Source::Phone;
        if call.direction == Direction::Unknown || (knows && direction.is_some()) {
            call.direction = direction.unwrap_or(Direction::Unknown);
        }
        if call.peer.is_none() || (knows && event.peer.is_some()) {
            let known = std::mem::replace(&mut call.peer, event.peer.clone());
            // A source does not know what a look-up told.
            if let (Some(peer), Some(known)) = (&mut call.peer, &known) {
                peer.learn(known);
            }
        }
        if *call == before {
            return Vec::new();
        }
        vec![ChangeKind::CallChanged(call.clone())]
    }

    /// The handset went down: a phone that tells of nothing else ended what it talked, what it dialled, and
    /// what rang before the handset went up. A PBX tells better of those it told of.
    fn hang_up(&mut self, at: Timestamp) -> Vec<ChangeKind> {
        let lifted = self.off_hook_since.take();
        if self.reports_ends {
            return Vec::new();
        }
        let ends = |kept: &Kept| {
            !kept.is_told_by_pbx()
                && match kept.call.state {
                    CallState::Talking => true,
                    CallState::Held => false,
                    CallState::Ringing => {
                        kept.call.direction == Direction::Outgoing
                            || lifted.is_some_and(|lifted| kept.call.began <= lifted)
                    }
                }
        };
        let mut changes = Vec::new();
        while let Some(index) = self.calls.iter().position(ends) {
            let call = &mut self.calls[index].call;
            // Nothing tells of it that it was answered but the handset that was lifted.
            if let (Direction::Incoming, CallState::Ringing, Some(lifted)) =
                (call.direction, call.state, lifted)
            {
                call.state = CallState::Talking;
                (call.since, call.answered) = (lifted, Some(lifted));
                changes.push(ChangeKind::CallChanged(call.clone()));
            }
            changes.push(self.end(index, Outcome::Finished, at, Some(Source::Phone)));
        }
        changes
    }

    fn end(
        &mut self,
        index: usize,
        outcome: Outcome,
        at: Timestamp,
        by: Option<Source>,
    ) -> ChangeKind {
        let kept = self.take(index);
        let call = kept.call.clone();
        self.remember(End::new(kept, at, by));
        ChangeKind::CallEnded(call, outcome)
    }

    /// A call ended that nothing was told of before. One that a phone says was missed is remembered: many tell nothing else of it. But they
    /// tell of a call that is over already, too.
    fn end_of_unknown(
        &mut self,
        event: &Report,
        action: CallAction,
        at: Timestamp,
        last_call: &mut u64,
    ) -> Vec<ChangeKind> {
        let mut recent = self.ended.iter().filter(|end| is_recent(end, at));
        let is_told = event.source != Source::Phone
            || action != CallAction::MissedCall
            || event.queue.is_some()
            || recent.any(|end| end.may_be(event));
        if event.reference.is_some() || !is_told {
            self.remember(End::unknown(event, at));
        }
        if is_told {
            return Vec::new();
        }
        *last_call += 1;
        let record = CallRecord::of_missed(*last_call, event, at);
        vec![ChangeKind::Recorded(record)]
    }

    fn remember(&mut self, end: End) {
        self.ended
            .retain(|other| is_recent(other, end.at) && !other.is_replaced_by(&end));
        if self.ended.len() == REMEMBERED_ENDS {
            self.ended.pop_front();
        }
        self.ended.reserve_exact(1);
        self.ended.push_back(end);
    }

    /// The ended call that the event comes too late for.
    fn late(&self, event: &Report, action: CallAction, at: Timestamp) -> Option<usize> {
        let known = |kept: &Kept| {
            event.reference.is_some() && kept.reference(event.source) == event.reference.as_ref()
        };
        if self.calls.iter().any(known) {
            return None;
        }
        let recent = |end: &&End| is_recent(end, at);
        let by_id = self
            .ended
            .iter()
            .filter(recent)
            .any(|end| end.has_id(event));
        if by_id {
            return self.ended.iter().position(|end| end.has_id(event));
        }
        let ends = meaning(action).is_none();
        let begins = match meaning(action) {
            Some((CallState::Ringing, direction)) => Some(direction.unwrap_or(Direction::Unknown)),
            _ => None,
        };
        self.ended
            .iter()
            .position(|end| recent(&end) && end.awaits(event, at, begins, ends))
    }

    /// The call that an event is about, if it is on the line.
    fn find(&self, event: &Report, at: Timestamp) -> Option<usize> {
        let action = match event.action {
            Action::Call(action) => action,
            Action::Phone(PhoneAction::AnsweringCall) => CallAction::CallEstablished,
            Action::Phone(_) => return None,
        };
        let source = event.source;
        if event.reference.is_some()
            && let Some(at) = self
                .calls
                .iter()
                .position(|kept| kept.reference(source) == event.reference.as_ref())
        {
            return Some(at);
        }
        // A call that another id belongs to is another call.
        let may_be = |kept: &Kept| kept.reference(source).is_none() || event.reference.is_none();
        let fits = |kept: &Kept| may_be(kept) && fits(action, &kept.call);
        // Of what only the other source told so far, this may be the first word of this one.
        let recent = |kept: &Kept| {
            let since = if begins(action) {
                kept.call.began
            } else {
                kept.call.since
            };
            !kept.is_told_by(source) && at <= since.after(SAME_CALL)
        };
        if let Some(peer) = &event.peer {
            return self
                .latest(|kept| fits(kept) && kept.has_peer(peer))
                .or_else(|| {
                    self.latest(|kept| begins(action) && recent(kept) && kept.has_peer(peer))
                })
                .or_else(|| self.latest(|kept| fits(kept) && kept.call.peer.is_none()))
                .or_else(|| self.first_told_elsewhere(action, recent));
        }
        // Without a number, a call that begins is a new one: two may well ring at once.
        if begins(action) && event.reference.is_none() {
            return self
                .latest(|kept| {
                    fits(kept) && kept.call.peer.is_none() && kept.call.reference.is_none()
                })
                .or_else(|| self.first_told_elsewhere(action, recent));
        }
        // What is answered rang, even where a newer call is talked.
        let rang = |kept: &Kept| kept.call.state == CallState::Ringing && fits(kept);
        match action {
            CallAction::CallEstablished => self.latest(rang).or_else(|| self.latest(fits)),
            _ => self.latest(fits),
        }
    }

    /// The oldest call that only the other source told of, just now, in the same direction and state: sources may write one
    /// number in two ways.
    fn first_told_elsewhere(
        &self,
        action: CallAction,
        recent: impl Fn(&Kept) -> bool,
    ) -> Option<usize> {
        let (state, _) = meaning(action)?;
        let same = |kept: &Kept| {
            kept.was_told_in(state) && (fits(action, &kept.call) || kept.call.state == state)
        };
        let opposite = |kept: &Kept| match meaning(action) {
            Some((_, Some(direction))) => {
                kept.call.direction != direction && kept.call.direction != Direction::Unknown
            }
            _ => false,
        };
        self.calls
            .iter()
            .position(|kept| recent(kept) && same(kept) && !opposite(kept))
    }

    fn latest(&self, wanted: impl Fn(&Kept) -> bool) -> Option<usize> {
        self.calls.iter().rposition(wanted)
    }
}

/// Whether an event may still come too late for a call that ended so.
fn is_recent(end: &End, at: Timestamp) -> bool {
    at <= end.at.after(LATE)
}

/// The state that a call is in after it, and who called whom; nothing for an end.
fn meaning(action: CallAction) -> Option<(CallState, Option<Direction>)> {
    Some(match action {
        CallAction::IncomingCall
        | CallAction::IncomingConference
        | CallAction::UnknownExtension => (CallState::Ringing, Some(Direction::Incoming)),
        CallAction::OutgoingCall => (CallState::Ringing, Some(Direction::Outgoing)),
        CallAction::CallEstablished | CallAction::CallResumed => (CallState::Talking, None),
        CallAction::CallHeld => (CallState::Held, None),
        CallAction::MissedCall
        | CallAction::AnsweredElsewhere
        | CallAction::RefusedCall
        | CallAction::CallTerminated => return None,
    })
}

fn begins(action: CallAction) -> bool {
    matches!(meaning(action), Some((CallState::Ringing, _)))
}

/// Whether a call can be the one that such an event is about, going by its state.
fn fits(action: CallAction, call: &Call) -> bool {
    match action {
        CallAction::IncomingCall
        | CallAction::IncomingConference
        | CallAction::UnknownExtension
        | CallAction::MissedCall
        | CallAction::AnsweredElsewhere
        | CallAction::RefusedCall => {
            call.state == CallState::Ringing && call.direction != Direction::Outgoing
        }
        CallAction::OutgoingCall => {
            call.state == CallState::Ringing && call.direction != Direction::Incoming
        }
        CallAction::CallEstablished => call.state != CallState::Held,
        CallAction::CallHeld => call.state != CallState::Ringing,
        CallAction::CallResumed => call.state == CallState::Held,
        CallAction::CallTerminated => true,
    }
}
