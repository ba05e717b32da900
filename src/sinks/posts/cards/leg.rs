//! A call on one line, as part of a card, and which of them belong together.

use std::sync::Arc;

use crate::board::{Call, CallState, Direction, Name, Outcome, Peer, Source, Timestamp};
use crate::number;
use crate::sinks::cause::Cause;

/// Within how many milliseconds (5 s) what two lines tell can be one call although no source says so: a phone's request takes as long as
/// its network does.
pub const SAME_CALL: u64 = 5_000;

/// Which end of a call a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Caller,
    Called,
}

/// How it ended for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Finished,
    Missed,
    Elsewhere,
    Refused,
    /// Nobody told.
    Untold,
}

/// A call on one line.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) line: Name,
    pub(super) call: Call,
    pub(super) role: Role,
    /// A PBX rang this line first, for whoever is on it wants to call somebody.
    pub(super) is_callback: bool,
    /// How it ended, and when.
    pub(super) ended: Option<(Ended, Timestamp)>,
    /// Whether the phone itself told of it.
    pub(super) by_phone: bool,
    /// Which PBXs did. They tell of every answer.
    pub(super) by_pbx: Vec<Source>,
    /// It was found by looking: it is no news.
    pub(super) found: bool,
}

impl Leg {
    pub(super) fn new(line: &Name, call: &Call, cause: Option<&Cause>) -> Self {
        let mut leg = Self {
            line: Arc::clone(line),
            call: call.clone(),
            role: Role::Caller,
            is_callback: false,
            ended: None,
            by_phone: false,
            by_pbx: Vec::new(),
            found: cause.is_some_and(|cause| cause.repeats),
        };
        leg.note(cause);
        leg.follow(call, Role::Caller);
        leg
    }

    /// Notes who told of it.
    pub(super) fn note(&mut self, cause: Option<&Cause>) {
        match cause.map(|cause| cause.source) {
            Some(Source::Phone) => self.by_phone = true,
            Some(source) if !self.by_pbx.contains(&source) => self.by_pbx.push(source),
            Some(_) | None => {}
        }
    }

    /// Takes over what the call is now; `unknown` is its role where the call does not tell.
    pub(super) fn follow(&mut self, call: &Call, unknown: Role) {
        self.call = call.clone();
        // Nobody is called by themselves: whoever orders a call is shown their own number, or that of whom they call.
        self.is_callback |= self.is_called_by_itself();
        self.role = match call.direction {
            _ if self.is_callback => Role::Caller,
            Direction::Incoming => Role::Called,
            Direction::Outgoing => Role::Caller,
            Direction::Unknown => unknown,
        };
    }

    /// It ended. `lifted` is when the phone's handset was lifted last.
    pub(super) fn end(
        &mut self,
        outcome: Outcome,
        cause: Option<&Cause>,
        lifted: Option<Timestamp>,
        at: Timestamp,
    ) {
        let rang_in_vain = self.call.direction == Direction::Incoming
            && self.role == Role::Called
            && self.call.answered.is_none()
            && lifted.is_none_or(|lifted| lifted < self.call.began);
        let ended = match outcome {
            // A phone whose handset nobody lifted tells so of a call that it missed: as in the message about missed calls.
            Outcome::Finished if rang_in_vain && cause.is_some_and(Cause::is_phones_end) => {
                Ended::Missed
            }
            Outcome::Finished => Ended::Finished,
            Outcome::Missed => Ended::Missed,
            Outcome::Elsewhere => Ended::Elsewhere,
            Outcome::Refused => Ended::Refused,
            Outcome::Expired | Outcome::Untold | Outcome::Retold | Outcome::Displaced => {
                Ended::Untold
            }
        };
        self.ended = Some((ended, at));
    }

    pub(super) fn is_in(&self, state: CallState) -> bool {
        self.ended.is_none() && self.call.state == state
    }

    /// The other side, as people read it.
    pub(super) fn other(&self) -> Option<&str> {
        let peer = self.call.peer.as_ref();
        peer.filter(|_| !self.is_called_by_itself())
            .map(Peer::shown)
    }

    fn is_called_by_itself(&self) -> bool {
        self.call.direction == Direction::Incoming && self.is_with(&self.line)
    }

    /// Whether the other side is that line.
    pub(super) fn is_with(&self, line: &Name) -> bool {
        let is = |peer: &Peer| match &peer.name {
            Some(name) => name == line,
            // A line without a name is called by its number.
            None => peer.number == *line,
        };
        self.call.peer.as_ref().is_some_and(is)
    }

    /// Whether the other side is known to be a line.
    fn knows_line(&self) -> bool {
        let peer = self.call.peer.as_ref();
        peer.is_some_and(|peer| peer.name.is_some())
    }

    /// Whether both were called, each by the other one.
    pub(super) fn is_called_by(&self, other: &Self) -> bool {
        self.role == Role::Called
            && other.role == Role::Called
            && self.line != other.line
            && self.is_with(&other.line)
            && other.is_with(&self.line)
    }

    /// Whether both can be legs of one call, going by who calls whom. That says something only of calls that begin together.
    pub(super) fn belongs_to(&self, other: &Self) -> bool {
        let (early, late) = if self.call.began <= other.call.began {
            (self, other)
        } else {
            (other, self)
        };
        let both_incoming = self.call.direction == Direction::Incoming
            && other.call.direction == Direction::Incoming;
        self.line != other.line
            && late.call.began <= early.call.began.after(SAME_CALL)
            && (self.calls(other)
                || other.calls(self)
                || (both_incoming && same(self.call.peer.as_ref(), other.call.peer.as_ref())))
    }

    /// Whether this is the end of someone who dialled a line's number, and that line is none of the other one's call.
    pub(super) fn reaches_another(&self, other: &Self) -> bool {
        self.call.direction == Direction::Outgoing
            && self.line != other.line
            && self.knows_line()
            && !self.is_with(&other.line)
    }

    /// Whether this is the caller's end of a call, and the other one the end of whom they called.
    fn calls(&self, called: &Self) -> bool {
        let directions = self.call.direction != Direction::Incoming
            && called.call.direction != Direction::Outgoing;
        // Whoever dials a group's number reaches lines that are not the one they dialled.
        let group = self.call.direction == Direction::Outgoing && !self.knows_line();
        let dialled = group || self.is_with(&called.line);
        directions && dialled && called.is_with(&self.line)
    }
}

/// Whether both are the same caller; one who is not known is nobody's same.
fn same(a: Option<&Peer>, b: Option<&Peer>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    match (&a.name, &b.name) {
        (Some(a), Some(b)) => a == b,
        (None, None) => match (&a.international, &b.international) {
            (Some(a), Some(b)) => a == b,
            _ => number::same(&a.number, &b.number),
        },
        _ => false,
    }
}
