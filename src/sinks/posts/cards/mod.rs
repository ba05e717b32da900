//! Cards: one post a call, which changes as the call goes on.
//!
//! The board knows calls on lines. A card is one call with all its lines: the caller's and that of whom they call, or all the lines of a
//! group that ring for one caller. This makes no post and knows no time: each change of the board gives what cards are to say.

mod card;
mod leg;
mod recent;
#[cfg(test)]
mod tests;
mod words;

pub use leg::SAME_CALL;
pub use words::MAX_NAMED;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::flap::{Flaps, Subject};
use super::{CardId, posts_pbx};
use crate::board::{
    Action, Call, CallState, Change, ChangeKind, Name, Outcome, PhoneAction, RINGING_LIMIT, Report,
    Source, Timestamp,
};
use crate::config::{Config, PostStyle};
use crate::language::Language;
use crate::number;
use crate::sinks::cause::{Cause, Causes};
use card::Card;
use leg::Leg;
use recent::Recent;

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
    recent: Recent,
    /// When each line's phone told last that its handset was lifted.
    lifted: HashMap<Name, Timestamp>,
    /// Cards of calls that are over, by since when.
    over: VecDeque<(Timestamp, CardId)>,
    last: CardId,
}

/// What a change meets.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    pub(super) config: &'a Config,
    pub(super) language: Language,
    pub(super) flaps: &'a mut Flaps,
}

/// A change on its way.
struct Step<'a> {
    line: &'a Name,
    at: Timestamp,
    cause: Option<Cause>,
    setting: Setting<'a>,
    effects: Vec<Effect>,
}

impl Step<'_> {
    /// Whether such a call is posted at all.
    fn wants(&self, leg: &Leg) -> bool {
        let posts = |source: &Source| posts_pbx(self.setting.config, *source, &leg.line);
        leg.by_phone || leg.by_pbx.iter().any(posts)
    }

    /// Whether it gets a card of its own.
    fn grants(&mut self, leg: &Leg) -> bool {
        let config = self.setting.config;
        // What begins with its answer is told by what is to be hidden.
        let hidden = config.hide_connection_messages && leg.call.state != CallState::Ringing;
        let Some(cause) = &self.cause else {
            return false;
        };
        if config.post_style != PostStyle::Card || hidden || leg.found {
            return false;
        }
        let peer = leg.call.peer.as_ref();
        let subject = Subject {
            line: Arc::clone(&leg.line),
            action: cause.action,
            other: peer.map(|peer| Arc::clone(&peer.number)),
        };
        self.setting.flaps.admit(&subject, self.at)
    }
}

impl Cards {
    /// Takes a change of the board.
    pub(super) fn take(&mut self, change: &Change, setting: Setting<'_>) -> Vec<Effect> {
        let mut step = Step {
            line: &change.subject,
            at: change.at,
            cause: self.causes.of(change).cloned(),
            setting,
            effects: Vec::new(),
        };
        self.tidy(&mut step);
        if let ChangeKind::Reported { report, .. } = &change.kind
            && report.action == Action::Phone(PhoneAction::Offhook)
        {
            self.lifted.insert(Arc::clone(step.line), step.at);
        }
        match &change.kind {
            ChangeKind::Reported {
                report,
                repeats: true,
            } => self.repeated(report, &mut step),
            ChangeKind::CallBegan(call) => {
                let leg = Leg::new(step.line, call, step.cause.as_ref());
                self.place(leg, &mut step);
            }
            ChangeKind::CallChanged(call) => self.changed(call, &mut step),
            ChangeKind::CallEnded(call, outcome) => {
                if *outcome == Outcome::Displaced {
                    // What was told was another call, for which this one made way.
                    step.cause = None;
                }
                // Its end may be the phone's first word of it.
                self.changed(call, &mut step);
                self.ended(call, *outcome, &mut step);
            }
            ChangeKind::LineDropped => {
                self.aside.remove(step.line);
                self.lifted.remove(step.line);
            }
            _ => {}
        }
        step.effects
    }

    /// A phone told what Asterisk told before: the call is one of the phone's, too.
    fn repeated(&mut self, report: &Report, step: &mut Step<'_>) {
        if report.source != Source::Phone || !matches!(report.action, Action::Call(_)) {
            return;
        }
        let fits = |leg: &&Leg| match (&report.peer, &leg.call.peer) {
            (Some(a), Some(b)) => {
                (a.name.is_some() && a.name == b.name) || number::same(&a.number, &b.number)
            }
            _ => true,
        };
        let aside = self.aside.get(step.line).into_iter().flatten();
        let leg = aside.rev().filter(|leg| !leg.by_phone).find(fits);
        if let Some(call) = leg.map(|leg| leg.call.clone()) {
            self.changed(&call, step);
        }
    }

    /// Finds a place for a call: on the card of what it belongs to, on one of its own, or aside.
    fn place(&mut self, leg: Leg, step: &mut Step<'_>) {
        let wanted = step.wants(&leg);
        let found = if wanted { self.find(&leg) } else { None };
        let has_room = |id: &CardId| self.cards.get_mut(id).is_some_and(Card::has_room);
        let card = match found {
            Some(card) => Some(card).filter(has_room),
            None if wanted && step.grants(&leg) => Some(self.begin(&leg)),
            None => None,
        };
        match card {
            Some(card) => {
                self.join(card, leg, step.at);
                self.show(card, step);
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
        let may_be = |id: &CardId| self.cards.get(id).is_some_and(|card| card.may_have(leg));
        // The latest is most likely: nobody makes two calls at once.
        self.recent.of(leg).filter(may_be).max()
    }

    fn begin(&mut self, leg: &Leg) -> CardId {
        self.last += 1;
        self.cards.insert(self.last, Card::new(&leg.line));
        self.last
    }

    fn join(&mut self, id: CardId, mut leg: Leg, at: Timestamp) {
        let Some(card) = self.cards.get_mut(&id) else {
            return;
        };
        let call = leg.call.clone();
        leg.follow(&call, card.free_role(&leg.line));
        self.recent.add(&leg, id, at);
        self.calls.insert(call.id, id);
        card.over = None;
        card.legs.push(leg);
        self.link(id, &call);
    }

    /// Notes the source's id of a card's call.
    fn link(&mut self, id: CardId, call: &Call) {
        if let (Some(card), Some(linked)) = (self.cards.get_mut(&id), &call.linked)
            && card.linked.is_none()
            && !self.linked.contains_key(linked)
        {
            card.linked = Some(Arc::clone(linked));
            self.linked.insert(Arc::clone(linked), id);
        }
    }

    fn changed(&mut self, call: &Call, step: &mut Step<'_>) {
        let Some(&id) = self.calls.get(&call.id) else {
            return self.changed_aside(call, step);
        };
        if let Some(leg) = self.cards.get_mut(&id).and_then(|card| card.leg(call.id)) {
            leg.note(step.cause.as_ref());
            leg.follow(call, leg.role);
        }
        self.link(id, call);
        self.show(id, step);
    }

    /// A call without a card gets one once the phone tells of it, if it was news.
    fn changed_aside(&mut self, call: &Call, step: &mut Step<'_>) {
        let Some(aside) = self.aside.get_mut(step.line) else {
            return;
        };
        let Some(index) = aside.iter().position(|leg| leg.call.id == call.id) else {
            return;
        };
        let leg = &mut aside[index];
        let was_by_phone = leg.by_phone;
        leg.note(step.cause.as_ref());
        leg.follow(call, leg.role);
        if leg.by_phone && !was_by_phone {
            let leg = aside.swap_remove(index);
            if aside.is_empty() {
                self.aside.remove(step.line);
            }
            self.place(leg, step);
        }
    }

    fn ended(&mut self, call: &Call, outcome: Outcome, step: &mut Step<'_>) {
        let Some(id) = self.calls.remove(&call.id) else {
            if let Some(aside) = self.aside.get_mut(step.line) {
                aside.retain(|leg| leg.call.id != call.id);
                if aside.is_empty() {
                    self.aside.remove(step.line);
                }
            }
            return;
        };
        if let Some(leg) = self.cards.get_mut(&id).and_then(|card| card.leg(call.id)) {
            let lifted = self.lifted.get(step.line).copied();
            leg.end(outcome, step.cause.as_ref(), lifted, step.at);
        }
        self.show(id, step);
        let card = self.cards.get_mut(&id).filter(|card| card.is_over());
        let Some(card) = card else { return };
        if card.linked.is_some() {
            card.over = Some(step.at);
            self.over.push_back((step.at, id));
        } else {
            self.forget(id, step);
        }
    }

    /// Brings what a card says up to date.
    fn show(&mut self, id: CardId, step: &mut Step<'_>) {
        if let Some(card) = self.cards.get_mut(&id)
            && card.update(step.setting.language)
        {
            step.effects.push(Effect::Show {
                card: id,
                line: Arc::clone(&card.line),
                text: card.text.clone(),
                open: card.open,
            });
        }
    }

    /// Forgets what is too old by now.
    fn tidy(&mut self, step: &mut Step<'_>) {
        self.recent.tidy(step.at);
        while let Some(&(at, id)) = self.over.front() {
            if at.after(LINGER) > step.at && self.over.len() <= MAX_LINGERING {
                return;
            }
            self.over.pop_front();
            // It may have gone on since, and be over once more, or not at all.
            if self
                .cards
                .get(&id)
                .is_some_and(|card| card.over == Some(at))
            {
                self.forget(id, step);
            }
        }
    }

    fn forget(&mut self, id: CardId, step: &mut Step<'_>) {
        if let Some(linked) = self.cards.remove(&id).and_then(|card| card.linked) {
            self.linked.remove(&linked);
        }
        step.effects.push(Effect::Release(id));
    }
}
