//! Who told what of a call.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::stored;
use super::super::{Call, CallState, Direction, Erased, Peer, Report, Source, Tellers, Timestamp};
use super::SAME_CALL;

/// How many sources there are.
const SOURCES: usize = Source::ALL.len();

const fn index(source: Source) -> usize {
    source as usize
}

/// What one source told of a call.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Told {
    /// Its own id of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Arc<str>>,
    /// The other side, as this source named it first: a phone goes on with that name when the call is transferred.
    #[serde(with = "stored::peer", skip_serializing_if = "Option::is_none")]
    peer: Option<Peer>,
    /// The states it told, one bit each.
    states: u8,
}

const fn bit(state: CallState) -> u8 {
    match state {
        CallState::Ringing => 1,
        CallState::Talking => 2,
        CallState::Held => 4,
    }
}

/// A call, and who told what of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) call: Call,
    #[serde(default, with = "stored::by_source")]
    told: [Option<Told>; SOURCES],
}

impl Kept {
    pub(super) fn new(call: Call, event: &Report, state: CallState) -> Self {
        let mut kept = Self {
            call,
            told: [const { None }; SOURCES],
        };
        kept.note(event, Some(state));
        kept
    }

    /// Notes what a source told of it.
    pub(super) fn note(&mut self, event: &Report, state: Option<CallState>) {
        let told = self.told[index(event.source)].get_or_insert_default();
        if told.reference.is_none() {
            told.reference.clone_from(&event.reference);
        }
        if told.peer.is_none() {
            told.peer.clone_from(&event.peer);
        }
        told.states |= state.map_or(0, bit);
    }

    /// That source's id of it.
    pub(super) fn reference(&self, source: Source) -> Option<&Arc<str>> {
        self.told[index(source)].as_ref()?.reference.as_ref()
    }

    pub(super) fn is_told_by(&self, source: Source) -> bool {
        self.told[index(source)].is_some()
    }

    /// Who told of it.
    pub(super) fn tellers(&self) -> Tellers {
        let told = Source::ALL
            .iter()
            .filter(|source| self.is_told_by(**source));
        told.fold(Tellers::default(), |told, source| told.and(*source))
    }

    /// Whether a PBX told of it, which tells better than a phone.
    pub(super) fn is_told_by_pbx(&self) -> bool {
        let mut sources = Source::ALL.into_iter();
        sources.any(|source| source != Source::Phone && self.is_told_by(source))
    }

    /// Whether any source told that it is or was in this state.
    pub(super) fn was_told_in(&self, state: CallState) -> bool {
        let mut told = self.told.iter().flatten();
        told.any(|told| told.states & bit(state) != 0)
    }

    /// Whether another source told that already, and this one did not.
    pub(super) fn told_by_other(&self, source: Source, state: CallState) -> bool {
        let told = |told: &Option<Told>| {
            let states = told.as_ref().map_or(0, |told| told.states);
            states & bit(state) != 0
        };
        let own = index(source);
        let mut others = self.told.iter().enumerate().filter(|(at, _)| *at != own);
        !told(&self.told[own]) && others.any(|(_, other)| told(other))
    }

    /// Whether any source named the other side so.
    pub(super) fn has_peer(&self, peer: &Peer) -> bool {
        let told = self
            .told
            .iter()
            .flatten()
            .filter_map(|told| told.peer.as_ref());
        told.chain(&self.call.peer).any(|other| other.is(peer))
    }

    /// Forgets what a source told. Answers whether none is left that told of it.
    pub(super) fn forget(&mut self, source: Source) -> bool {
        self.told[index(source)] = None;
        self.told.iter().all(Option::is_none)
    }
}

/// A call that ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) at: Timestamp,
    #[serde(default, with = "stored::by_source")]
    told: [Option<Told>; SOURCES],
    #[serde(
        default,
        with = "stored::peer",
        skip_serializing_if = "Option::is_none"
    )]
    peer: Option<Peer>,
    /// When it began and who called whom, where anything was told of it before its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    began: Option<(Timestamp, Direction)>,
    /// Which sources told that it ended.
    #[serde(default, with = "stored::flags")]
    ended: [bool; SOURCES],
    /// The call was on the line, and a source ended it: another one may tell of that too.
    #[serde(default)]
    by_source: bool,
}

impl End {
    pub(super) fn new(kept: Kept, at: Timestamp, by: Option<Source>) -> Self {
        let mut ended = [false; SOURCES];
        if let Some(by) = by {
            ended[index(by)] = true;
        }
        Self {
            at,
            told: kept.told,
            began: Some((kept.call.began, kept.call.direction)),
            peer: kept.call.peer,
            ended,
            by_source: by.is_some(),
        }
    }

    /// The end of a call that nothing was told of before.
    pub(super) fn unknown(event: &Report, at: Timestamp) -> Self {
        let mut end = Self {
            at,
            told: [const { None }; SOURCES],
            peer: event.peer.clone(),
            began: None,
            ended: [false; SOURCES],
            by_source: false,
        };
        end.heard(event, true);
        end
    }

    /// Makes somebody nobody in it. Answers whether they were in it.
    pub(super) fn erase(&mut self, whom: &Erased) -> bool {
        let told = self.told.iter_mut().flatten().map(|told| &mut told.peer);
        let peers = told.chain([&mut self.peer]);
        let erased = peers.map(|peer| peer.take_if(|peer| whom.is_peer(peer)).is_some());
        erased.fold(false, |any, erased| any | erased)
    }

    /// Whether the event has the id of it.
    pub(super) fn has_id(&self, event: &Report) -> bool {
        let told = self.told[index(event.source)].as_ref();
        let reference = told.and_then(|told| told.reference.as_ref());
        reference.is_some() && reference == event.reference.as_ref()
    }

    /// Whether the other one tells of the same call, with the same id.
    pub(super) fn is_replaced_by(&self, other: &Self) -> bool {
        let id = |told: &Option<Told>| told.as_ref()?.reference.clone();
        let mut both = self.told.iter().zip(&other.told);
        both.any(|(own, other)| id(own).is_some() && id(own) == id(other))
    }

    /// Whether the event is one that its source still has to tell of this call, which the other one ended. `begins` is the direction
    /// of a call that begins.
    pub(super) fn awaits(
        &self,
        event: &Report,
        at: Timestamp,
        begins: Option<Direction>,
        ends: bool,
    ) -> bool {
        let own = index(event.source);
        let told = self.told[own].as_ref();
        if !self.by_source || self.ended[own] {
            return false;
        }
        // A source that told of it tells no second beginning, and ends it by the id it gave.
        let may_be = match told {
            Some(told) => {
                begins.is_none() && (told.reference.is_none() || event.reference.is_none())
            }
            None => ends || begins.is_some_and(|begins| self.may_begin_so(event, at, begins)),
        };
        may_be && self.may_have_peer_of(event, told.into_iter())
    }

    /// Whether nothing says that the event, which tells of an end, is about another call. What only another source told of may well have
    /// another number there.
    pub(super) fn may_be(&self, event: &Report) -> bool {
        let own = self.told[index(event.source)].as_ref();
        let Some(own) = own else {
            return self
                .began
                .is_none_or(|(_, direction)| direction != Direction::Outgoing);
        };
        let is_other = own.reference.is_some()
            && event.reference.is_some()
            && own.reference != event.reference;
        !is_other && self.may_have_peer_of(event, [own].into_iter())
    }

    /// Whether the event names the other side as one of these or the call did, or one of both names none.
    fn may_have_peer_of<'a>(
        &'a self,
        event: &Report,
        told: impl Iterator<Item = &'a Told>,
    ) -> bool {
        let told = told.filter_map(|told| told.peer.as_ref());
        let mut peers = told.chain(&self.peer).peekable();
        event
            .peer
            .as_ref()
            .is_none_or(|peer| peers.peek().is_none() || peers.any(|other| other.is(peer)))
    }

    /// Whether a source that told nothing of it yet may begin with this: a phone's request may take its time. A PBX tells at once, so
    /// that it is late only where the call was as short as two sources differ; after a longer one it is another call.
    fn may_begin_so(&self, event: &Report, at: Timestamp, direction: Direction) -> bool {
        event.source == Source::Phone
            || self.began.is_some_and(|(began, own)| {
                at <= began.after(SAME_CALL) && [own, Direction::Unknown].contains(&direction)
            })
    }

    /// Notes what a source told too late.
    pub(super) fn heard(&mut self, event: &Report, ends: bool) {
        let told = self.told[index(event.source)].get_or_insert_default();
        if told.reference.is_none() {
            told.reference.clone_from(&event.reference);
        }
        self.ended[index(event.source)] |= ends;
    }
}
