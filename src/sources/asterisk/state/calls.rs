//! Calls, as the lines see them.
//!
//! The board hears of a call when the line's phone rings or dials. What it hears is always the difference between what it was
//! told and what the channels are, so that a message that comes twice, late or never does no lasting harm.

use std::collections::HashMap;
use std::sync::Arc;

use super::View;
use super::channels::{Channel, Channels, Phase};
use crate::board::{
    Action, CallAction, CallState, Direction, Event, Name, Report, Source, Timestamp,
};
use crate::calls::{CallKey, Leg};
use crate::sources::asterisk::{Output, actions::is_announcement};

/// Q.850's cause "user busy".
const BUSY: u16 = 17;
/// Q.850's cause "call rejected".
const REJECTED: u16 = 21;
/// Q.850's cause "answered elsewhere" (a private use of 26 by Asterisk).
const ANSWERED_ELSEWHERE: u16 = 26;

/// A call on a line. Several phones of one line that ring for one caller are one call.
#[derive(Debug)]
struct LineCall {
    /// The id of the first channel of it, and something more if that one was in another line's call before.
    reference: Arc<str>,
    linked: Arc<str>,
    channels: Vec<Arc<str>>,
    direction: Option<Direction>,
    state: CallState,
    number: Option<Arc<str>>,
    /// The queue that it comes from, if it comes from one.
    queue: Option<Name>,
}

#[derive(Debug, Default)]
pub(super) struct Calls {
    lines: HashMap<Name, Vec<LineCall>>,
    count: usize,
}

/// Where reports go, and how they are meant.
pub(super) struct Told<'a> {
    pub(super) view: &'a View,
    pub(super) out: &'a mut Vec<Output>,
    pub(super) now: Timestamp,
    /// It was found by looking, not seen happening.
    pub(super) found: bool,
}

impl Told<'_> {
    fn tell(&mut self, user: &Name, action: CallAction, call: &LineCall) {
        let report = Report {
            source: Source::Asterisk,
            user: Arc::clone(user),
            action: Action::Call(action),
            peer: call.number.as_ref().map(|number| self.view.peer(number)),
            reference: Some(Arc::clone(&call.reference)),
            linked: Some(Arc::clone(&call.linked)),
            queue: call.queue.clone(),
            dialed: None,
            own_number: None,
        };
        let event = if self.found {
            Event::Found(report)
        } else {
            Event::Line(report)
        };
        self.out.push(Output::Board(event, self.now));
    }
}

impl Calls {
    /// How many there are; one between two lines counts twice.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Whether a line has a call with that id.
    pub(super) fn has(&self, user: &str, reference: &str) -> bool {
        let calls = self.lines.get(user).into_iter().flatten();
        calls.into_iter().any(|call| *call.reference == *reference)
    }

    /// The channels of a line's call: of the one with that id, or else of the only one that is like it.
    pub(super) fn channels_of(&self, key: &CallKey) -> Option<&[Arc<str>]> {
        let calls = self.lines.get(&key.line)?;
        let named = |call: &&LineCall| key.reference.as_ref() == Some(&call.reference);
        if let Some(call) = calls.iter().find(named) {
            return Some(&call.channels);
        }
        let is_like = |call: &&LineCall| {
            (call.state == CallState::Ringing) == key.ringing
                && call.direction.is_none_or(|own| own == key.direction)
        };
        let mut like = calls.iter().filter(is_like);
        match (like.next(), like.next()) {
            (Some(only), None) => Some(&only.channels),
            _ => None,
        }
    }

    /// Forgets a line's calls without a word, and answers which channels they had.
    pub(super) fn forget(&mut self, user: &str) -> Vec<Arc<str>> {
        let calls = self.lines.remove(user).unwrap_or_default();
        self.count -= calls.len();
        calls.into_iter().flat_map(|call| call.channels).collect()
    }

    /// Brings the board's view of a channel up to date.
    pub(super) fn sync(&mut self, channels: &mut Channels, id: &str, told: &mut Told<'_>) {
        let Some(channel) = channels.get(id) else {
            return;
        };
        let begins =
            channel.phase > Phase::Quiet || direction(channel) == Some(Direction::Outgoing);
        // What shows somebody a code is no call, and nobody else's business.
        let begins = begins && !is_announcement(&channel.linked);
        let user = channel
            .line
            .as_ref()
            .map(|(_, user)| user)
            .filter(|_| begins)
            .cloned();
        let current = channel.call.clone();
        if let Some(old) = &current
            && Some(old) != user.as_ref()
        {
            self.leave(old, id, CallAction::CallTerminated, told);
        }
        let known = current.is_some() && current == user;
        if let Some(user) = &user {
            if known {
                self.change(channels, user, id, told);
            } else {
                self.begin(channels, user, id, told);
            }
        }
        if let Some(channel) = channels.get_mut(id) {
            channel.calls += u32::from(user.is_some() && !known);
            channel.call = user;
        }
    }

    /// The channel is no more.
    pub(super) fn ended(
        &mut self,
        channels: &Channels,
        id: &str,
        channel: &Channel,
        told: &mut Told<'_>,
    ) {
        if let Some(user) = &channel.call {
            let action = if told.found {
                CallAction::CallTerminated
            } else {
                outcome(channels, channel)
            };
            self.leave(user, id, action, told);
        }
    }

    fn begin(&mut self, channels: &Channels, user: &Name, id: &str, told: &mut Told<'_>) {
        let Some(channel) = channels.get(id) else {
            return;
        };
        let calls = self.lines.entry(Arc::clone(user)).or_default();
        if direction(channel) == Some(Direction::Incoming) {
            let rings = |call: &&mut LineCall| {
                call.linked == channel.linked
                    && call.direction == Some(Direction::Incoming)
                    && call.state == CallState::Ringing
            };
            if let Some(call) = calls.iter_mut().find(rings) {
                call.channels.push(id.into());
                return self.change(channels, user, id, told);
            }
        }
        let mut call = LineCall {
            reference: match channel.calls {
                0 => id.into(),
                // What ended under one id is not begun under the same again.
                earlier => format!("{id}#{earlier}").into(),
            },
            linked: Arc::clone(&channel.linked),
            channels: vec![id.into()],
            direction: direction(channel),
            state: CallState::Ringing,
            number: number(channel),
            queue: queue(channels, channel),
        };
        if let Some(begins) = beginning(call.direction) {
            told.tell(user, begins, &call);
        }
        let state = state(channel);
        if state != CallState::Ringing {
            told.tell(user, CallAction::CallEstablished, &call);
        }
        if state == CallState::Held {
            told.tell(user, CallAction::CallHeld, &call);
        }
        call.state = state;
        calls.push(call);
        self.count += 1;
    }

    fn change(&mut self, channels: &Channels, user: &Name, id: &str, told: &mut Told<'_>) {
        let calls = self.lines.get_mut(user).into_iter().flatten();
        let mut calls = calls.filter(|call| call.channels.iter().any(|other| &**other == id));
        let Some(call) = calls.next() else { return };
        // Of several phones, the one that got furthest tells what the call is in.
        let legs = call.channels.iter().filter_map(|id| channels.get(id));
        let Some(channel) = legs.max_by_key(|channel| channel.phase) else {
            return;
        };
        let state = state(channel);
        let number = number(channel).or_else(|| call.number.clone());
        let other_peer = number != call.number;
        call.number = number;
        call.linked = Arc::clone(&channel.linked);
        if call.queue.is_none() && call.state == CallState::Ringing {
            call.queue = queue(channels, channel);
        }
        let known = direction(channel);
        if call.direction.is_none() && known.is_some() {
            call.direction = known;
            if let Some(begins) = beginning(known) {
                told.tell(user, begins, call);
            }
        }
        let actions: &[CallAction] = match (call.state, state) {
            (CallState::Ringing, CallState::Talking) => &[CallAction::CallEstablished],
            (CallState::Ringing, CallState::Held) => {
                &[CallAction::CallEstablished, CallAction::CallHeld]
            }
            (CallState::Talking, CallState::Held) => &[CallAction::CallHeld],
            (CallState::Held, CallState::Talking) => &[CallAction::CallResumed],
            // The same state with another peer is told again.
            (CallState::Ringing, CallState::Ringing) if other_peer => {
                match beginning(call.direction) {
                    Some(CallAction::OutgoingCall) => &[CallAction::OutgoingCall],
                    Some(_) => &[CallAction::IncomingCall],
                    None => &[],
                }
            }
            (CallState::Talking, CallState::Talking) if other_peer => {
                &[CallAction::CallEstablished]
            }
            (CallState::Held, CallState::Held) if other_peer => &[CallAction::CallHeld],
            _ => &[],
        };
        // What was answered does not ring again.
        if state != CallState::Ringing {
            call.state = state;
        }
        for action in actions {
            told.tell(user, *action, call);
        }
    }

    fn leave(&mut self, user: &Name, id: &str, action: CallAction, told: &mut Told<'_>) {
        let Some(calls) = self.lines.get_mut(user) else {
            return;
        };
        let has = |call: &LineCall| call.channels.iter().any(|other| &**other == id);
        let Some(at) = calls.iter().position(has) else {
            return;
        };
        let call = &mut calls[at];
        call.channels.retain(|other| &**other != id);
        if !call.channels.is_empty() {
            return;
        }
        let call = calls.remove(at);
        self.count -= 1;
        if calls.is_empty() {
            self.lines.remove(user);
        }
        told.tell(user, action, &call);
    }
}

/// The queue for which a channel rings, if it does.
fn queue(channels: &Channels, channel: &Channel) -> Option<Name> {
    let rings = direction(channel) == Some(Direction::Incoming);
    rings.then(|| channels.queue(channel)).flatten()
}

/// How a call ended, by the last phone of it.
fn outcome(channels: &Channels, channel: &Channel) -> CallAction {
    if channel.phase == Phase::Up || direction(channel) != Some(Direction::Incoming) {
        return CallAction::CallTerminated;
    }
    if channel.taken
        || channel.cause == Some(ANSWERED_ELSEWHERE)
        || channels.answered_elsewhere(channel)
    {
        return CallAction::AnsweredElsewhere;
    }
    // Who refuses a call did not miss it.
    match channel.cause {
        Some(BUSY | REJECTED) => CallAction::RefusedCall,
        _ => CallAction::MissedCall,
    }
}

fn beginning(direction: Option<Direction>) -> Option<CallAction> {
    match direction? {
        Direction::Incoming => Some(CallAction::IncomingCall),
        Direction::Outgoing => Some(CallAction::OutgoingCall),
        Direction::Unknown => None,
    }
}

/// The phone that rings first in a call that its owner ordered is the one that calls.
fn direction(channel: &Channel) -> Option<Direction> {
    match &channel.role {
        Some(role) if role.leg == Leg::Own => Some(Direction::Outgoing),
        _ => channel.direction,
    }
}

fn state(channel: &Channel) -> CallState {
    let waits = channel
        .role
        .as_ref()
        .is_some_and(|role| role.leg == Leg::Own && role.waits);
    match channel.phase {
        Phase::Up if channel.held => CallState::Held,
        Phase::Up if !waits => CallState::Talking,
        _ => CallState::Ringing,
    }
}

fn number(channel: &Channel) -> Option<Arc<str>> {
    let own = channel.line.as_ref().map(|(extension, _)| extension);
    // Nobody calls themselves: orders may show phones the number that they call, also to that one.
    let other = channel
        .connected
        .as_ref()
        .filter(|number| Some(*number) != own);
    if let Some(role) = &channel.role {
        // Until the other side is there, Asterisk shows what the order said.
        return Some(Arc::clone(
            other.filter(|_| !role.waits).unwrap_or(&role.number),
        ));
    }
    if let Some((to, from)) = &channel.sent_on
        && *from == channel.connected
    {
        return Some(Arc::clone(to));
    }
    let dialled = channel.dialler.as_ref().or(channel.dialled.as_ref());
    other.or(dialled).or(channel.connected.as_ref()).cloned()
}
