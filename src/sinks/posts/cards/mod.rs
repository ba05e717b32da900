//! Cards: one post a call, which changes as the call goes on.
//!
//! The board knows calls on lines. A card is one call with all its lines: the caller's and that of whom they call, or all the lines of a
//! group that ring for one caller. What knows of no time and makes no post: each change of the board gives texts that cards are to say.

mod leg;
#[cfg(test)]
mod tests;
mod words;

pub use leg::SAME_CALL;
pub use words::MAX_NAMED;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::CardId;
use super::flap::{Flaps, Subject};
use crate::board::{
    Action, Call, CallState, Change, ChangeKind, Name, Outcome, RINGING_LIMIT, Report, Source,
    Timestamp,
};
use crate::config::{Config, PostStyle};
use crate::language::Language;
use crate::number;
use crate::sinks::cause::{Cause, Causes};
use leg::{Leg, Party, Role};
use words::words;

/// The most lines of one call on a card; more are not followed.
pub const MAX_LEGS: usize = 256;

/// For how long a call that is over may go on under the id that its source gave it, in milliseconds: a queue rings the next agent.
pub const LINGER: u64 = RINGING_LIMIT;

/// The most calls that are over and may go on.
pub const MAX_LINGERING: usize = 2_000;

/// After how many changes a card no longer tells of holding, so that a phone that flaps does not change it for ever.
pub const MAX_CHANGES: usize = 30;

/// What is to become of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It says this.
    Show {
        card: CardId,
        /// In whose lane it stands.
        line: Name,
        text: String,
        /// Whether the call goes on.
        open: bool,
    },
    /// It stays as it is.
    Release(CardId),
}

/// All the calls that have a card, or may get one.
#[derive(Debug, Default)]
pub(super) struct Cards {
    causes: Causes,
    cards: HashMap<CardId, Card>,
    /// The card of a call, by the board's number of the call.
    calls: HashMap<u64, CardId>,
    /// Calls without a card, by line: Asterisk told of them, and its calls are not wanted, or they were no news.
    aside: HashMap<Name, Vec<Leg>>,
    /// The card of a call, by its source's id of the whole call.
    linked: HashMap<Arc<str>, CardId>,
    /// Cards that began of late, by who takes part.
    recent: HashMap<Party, Vec<CardId>>,
    /// The same by when they did.
    fresh: VecDeque<(Timestamp, Party, CardId)>,
    /// Cards of calls that are over, by since when.
    over: VecDeque<(Timestamp, CardId)>,
    last: CardId,
}

#[derive(Debug)]
struct Card {
    line: Name,
    legs: Vec<Leg>,
    linked: Option<Arc<str>>,
    /// What it says, and how often that was something else.
    text: String,
    changes: usize,
    /// Whether it says that the call goes on.
    open: bool,
    /// Since when every line's call is over.
    over: Option<Timestamp>,
}

impl Card {
    /// Makes room for one more line, if that can be.
    fn has_room(&mut self) -> bool {
        let ended = |leg: &Leg| leg.ended.is_some();
        if self.legs.len() >= MAX_LEGS {
            let in_vain = |leg: &Leg| ended(leg) && leg.call.answered.is_none();
            let at = self.legs.iter().position(in_vain);
            match at.or_else(|| self.legs.iter().position(ended)) {
                Some(at) => drop(self.legs.remove(at)),
                None => return false,
            }
        }
        true
    }

    /// Which end of the call a line is that does not tell: the one that it was before, or else the one that no other line is.
    fn free_role(&self, line: &Name) -> Role {
        if let Some(leg) = self.legs.iter().find(|leg| leg.line == *line) {
            return leg.role;
        }
        match self.legs.iter().any(|leg| leg.role == Role::Caller) {
            true => Role::Called,
            false => Role::Caller,
        }
    }

    /// Whether every line's call ended.
    fn is_over(&self) -> bool {
        self.legs.iter().all(|leg| leg.ended.is_some())
    }
}

/// What a change meets.
pub(super) struct Setting<'a> {
    pub(super) config: &'a Config,
    pub(super) language: Language,
    pub(super) flaps: &'a mut Flaps,
}

impl Setting<'_> {
    /// Whether such a call is posted at all.
    fn wants(&self, leg: &Leg) -> bool {
        let config = self.config;
        leg.by_phone || (config.asterisk_posts && config.numbers_users.has_user(&leg.line))
    }

    /// Whether it gets a card of its own.
    fn grants(&mut self, leg: &Leg, cause: Option<&Cause>, at: Timestamp) -> bool {
        // What begins with its answer is told by what is to be hidden.
        let hidden = self.config.hide_connection_messages && leg.call.state != CallState::Ringing;
        let card = self.config.post_style == PostStyle::Card;
        let Some(cause) = cause.filter(|_| card && !hidden && !leg.found) else {
            return false;
        };
        let peer = leg.call.peer.as_ref();
        let subject = Subject {
            line: Arc::clone(&leg.line),
            action: cause.action,
            other: peer.map(|peer| Arc::clone(&peer.number)),
        };
        self.flaps.admit(&subject, at)
    }
}

impl Cards {
    /// Takes a change of the board.
    pub(super) fn take(&mut self, change: &Change, mut setting: Setting<'_>) -> Vec<Effect> {
        let cause = self.causes.of(change).cloned();
        let cause = cause.as_ref();
        let (line, at) = (&change.subject, change.at);
        let mut effects = Vec::new();
        self.tidy(at, &mut effects);
        match &change.kind {
            ChangeKind::Reported { report, repeats } => {
                if *repeats {
                    self.repeated(report, cause, at, &mut setting, &mut effects);
                }
            }
            ChangeKind::CallBegan(call) => {
                let leg = Leg::new(line, call, cause);
                self.place(leg, cause, at, &mut setting, &mut effects);
            }
            ChangeKind::CallChanged(call) => {
                self.changed(line, call, cause, at, &mut setting, &mut effects);
            }
            ChangeKind::CallEnded(call, outcome) => {
                // A call that made way for another one was not told of.
                let cause = cause.filter(|_| *outcome != Outcome::Displaced);
                // Its end may be the phone's first word of it.
                self.changed(line, call, cause, at, &mut setting, &mut effects);
                self.ended(line, call, *outcome, cause, at, &setting, &mut effects);
            }
            ChangeKind::LineDropped => drop(self.aside.remove(line)),
            ChangeKind::Line(_) | ChangeKind::Queue(_) => {}
        }
        effects
    }

    /// A phone told what Asterisk told before: the call is one of the phone's, too.
    fn repeated(
        &mut self,
        report: &Report,
        cause: Option<&Cause>,
        at: Timestamp,
        setting: &mut Setting<'_>,
        effects: &mut Vec<Effect>,
    ) {
        if report.source != Source::Phone || !matches!(report.action, Action::Call(_)) {
            return;
        }
        let fits = |leg: &Leg| match (&report.peer, &leg.call.peer) {
            (Some(a), Some(b)) => {
                a.name.is_some() && a.name == b.name || number::same(&a.number, &b.number)
            }
            _ => true,
        };
        let Some(aside) = self.aside.get(&report.user) else {
            return;
        };
        if let Some(leg) = aside.iter().rev().find(|leg| !leg.by_phone && fits(leg)) {
            let call = leg.call.clone();
            self.changed(&report.user, &call, cause, at, setting, effects);
        }
    }

    /// Finds a place for a call: on the card of what it belongs to, on one of its own, or aside.
    fn place(
        &mut self,
        leg: Leg,
        cause: Option<&Cause>,
        at: Timestamp,
        setting: &mut Setting<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let wanted = setting.wants(&leg);
        let found = if wanted { self.find(&leg) } else { None };
        let has_room = |id: &CardId| self.cards.get_mut(id).is_some_and(Card::has_room);
        let card = match found {
            Some(card) => Some(card).filter(has_room),
            None if wanted && setting.grants(&leg, cause, at) => Some(self.begin(&leg)),
            None => None,
        };
        match card {
            Some(card) => {
                self.join(card, leg, at);
                self.show(card, setting, effects);
            }
            None => {
                let line = Arc::clone(&leg.line);
                self.aside.entry(line).or_default().push(leg);
            }
        }
    }

    /// The card of the call that this one belongs to.
    fn find(&self, leg: &Leg) -> Option<CardId> {
        let linked = leg.call.linked.as_ref();
        if let Some(card) = linked.and_then(|linked| self.linked.get(linked)) {
            return Some(*card);
        }
        let belongs = |id: &CardId| {
            let Some(card) = self.cards.get(id) else {
                return false;
            };
            let other_call = linked.is_some() && card.linked.is_some();
            let fits = |other: &Leg| other.ended.is_none() && leg.belongs_to(other);
            let elsewhere = card.legs.iter().any(|other| other.reaches_another(leg));
            let same_line = card.legs.iter().any(|other| other.line == leg.line);
            card.open && !other_call && !same_line && !elsewhere && card.legs.iter().any(fits)
        };
        let parties = [Party::other(leg), Some(Party::line(leg))];
        let candidates = parties
            .iter()
            .flatten()
            .filter_map(|party| self.recent.get(party));
        // The latest is most likely: nobody makes two calls at once.
        candidates.flatten().copied().filter(belongs).max()
    }

    fn begin(&mut self, leg: &Leg) -> CardId {
        self.last += 1;
        let card = Card {
            line: Arc::clone(&leg.line),
            legs: Vec::new(),
            linked: None,
            text: String::new(),
            changes: 0,
            open: true,
            over: None,
        };
        self.cards.insert(self.last, card);
        self.last
    }

    fn join(&mut self, id: CardId, mut leg: Leg, at: Timestamp) {
        let Some(card) = self.cards.get_mut(&id) else {
            return;
        };
        let call = leg.call.clone();
        leg.follow(&call, card.free_role(&leg.line));
        for party in [Some(Party::line(&leg)), Party::other(&leg)]
            .into_iter()
            .flatten()
        {
            self.recent.entry(party.clone()).or_default().push(id);
            self.fresh.push_back((at, party, id));
        }
        self.calls.insert(call.id, id);
        card.over = None;
        card.legs.push(leg);
        self.link(id, &call);
    }

    fn link(&mut self, id: CardId, call: &Call) {
        if let (Some(card), Some(linked)) = (self.cards.get_mut(&id), &call.linked)
            && card.linked.is_none()
            && !self.linked.contains_key(linked)
        {
            card.linked = Some(Arc::clone(linked));
            self.linked.insert(Arc::clone(linked), id);
        }
    }

    fn changed(
        &mut self,
        line: &Name,
        call: &Call,
        cause: Option<&Cause>,
        at: Timestamp,
        setting: &mut Setting<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(&id) = self.calls.get(&call.id) else {
            return self.changed_aside(line, call, cause, at, setting, effects);
        };
        if let Some(card) = self.cards.get_mut(&id)
            && let Some(leg) = card.legs.iter_mut().find(|leg| leg.call.id == call.id)
        {
            leg.note(cause);
            leg.follow(call, leg.role);
        }
        self.link(id, call);
        self.show(id, setting, effects);
    }

    /// A call without a card gets one once it is one that is wanted, if it was news.
    fn changed_aside(
        &mut self,
        line: &Name,
        call: &Call,
        cause: Option<&Cause>,
        at: Timestamp,
        setting: &mut Setting<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(aside) = self.aside.get_mut(line) else {
            return;
        };
        let Some(index) = aside.iter().position(|leg| leg.call.id == call.id) else {
            return;
        };
        let leg = &mut aside[index];
        let was_by_phone = leg.by_phone;
        leg.note(cause);
        leg.follow(call, leg.role);
        if leg.by_phone && !was_by_phone {
            let leg = aside.swap_remove(index);
            if aside.is_empty() {
                self.aside.remove(line);
            }
            self.place(leg, cause, at, setting, effects);
        }
    }

    fn ended(
        &mut self,
        line: &Name,
        call: &Call,
        outcome: Outcome,
        cause: Option<&Cause>,
        at: Timestamp,
        setting: &Setting<'_>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(id) = self.calls.remove(&call.id) else {
            if let Some(aside) = self.aside.get_mut(line) {
                aside.retain(|leg| leg.call.id != call.id);
                if aside.is_empty() {
                    self.aside.remove(line);
                }
            }
            return;
        };
        let Some(card) = self.cards.get_mut(&id) else {
            return;
        };
        if let Some(leg) = card.legs.iter_mut().find(|leg| leg.call.id == call.id) {
            leg.end(outcome, cause, at);
        }
        self.show(id, setting, effects);
        let card = self.cards.get_mut(&id).filter(|card| card.is_over());
        let Some(card) = card else { return };
        if card.linked.is_some() {
            card.over = Some(at);
            self.over.push_back((at, id));
        } else {
            self.forget(id, effects);
        }
    }

    /// Brings what a card says up to date.
    fn show(&mut self, id: CardId, setting: &Setting<'_>, effects: &mut Vec<Effect>) {
        let Some(card) = self.cards.get_mut(&id) else {
            return;
        };
        let words = words(&card.legs, card.changes >= MAX_CHANGES, setting.language);
        card.open = words.open;
        if words.text == card.text {
            return;
        }
        card.changes += 1;
        card.text.clone_from(&words.text);
        effects.push(Effect::Show {
            card: id,
            line: Arc::clone(&card.line),
            text: words.text,
            open: words.open,
        });
    }

    /// Forgets what is too old by now.
    fn tidy(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let old = |(at, ..): &(Timestamp, Party, CardId)| at.after(SAME_CALL) < now;
        while self.fresh.front().is_some_and(old) {
            let Some((_, party, id)) = self.fresh.pop_front() else {
                break;
            };
            if let Some(cards) = self.recent.get_mut(&party) {
                if let Some(at) = cards.iter().position(|card| *card == id) {
                    cards.swap_remove(at);
                }
                if cards.is_empty() {
                    self.recent.remove(&party);
                }
            }
        }
        while let Some(&(at, id)) = self.over.front() {
            if at.after(LINGER) > now && self.over.len() <= MAX_LINGERING {
                break;
            }
            self.over.pop_front();
            // It may have gone on since, and be over once more, or not at all.
            if self
                .cards
                .get(&id)
                .is_some_and(|card| card.over == Some(at))
            {
                self.forget(id, effects);
            }
        }
    }

    fn forget(&mut self, id: CardId, effects: &mut Vec<Effect>) {
        if let Some(linked) = self.cards.remove(&id).and_then(|card| card.linked) {
            self.linked.remove(&linked);
        }
        effects.push(Effect::Release(id));
    }
}
