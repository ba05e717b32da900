//! Calls that began of late, found by who takes part.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::leg::{Leg, SAME_CALL};
use crate::board::{Name, Timestamp};
use crate::sinks::posts::CardId;

/// How many of a number's last digits are compared: they are the same in all its forms.
const LAST_DIGITS: usize = 6;

/// Cards to which a line joined within [`SAME_CALL`].
#[derive(Debug, Default)]
pub(super) struct Recent {
    by_party: HashMap<Party, Vec<CardId>>,
    /// The same by when they did.
    by_time: VecDeque<(Timestamp, Party, CardId)>,
}

/// Who takes part in a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Party {
    Line(Name),
    /// Somebody outside, by the last digits of the number.
    Outside(String),
}

impl Recent {
    /// A line joined a card.
    pub(super) fn add(&mut self, leg: &Leg, card: CardId, at: Timestamp) {
        for party in parties(leg) {
            self.by_party.entry(party.clone()).or_default().push(card);
            self.by_time.push_back((at, party, card));
        }
    }

    /// The cards in which the line or its other side takes part.
    pub(super) fn of(&self, leg: &Leg) -> impl Iterator<Item = CardId> {
        let cards = parties(leg).filter_map(|party| self.by_party.get(&party));
        cards.flatten().copied()
    }

    /// Forgets what is too old by now.
    pub(super) fn tidy(&mut self, now: Timestamp) {
        let old = |at: Timestamp| at.after(SAME_CALL) < now;
        while self.by_time.front().is_some_and(|(at, ..)| old(*at)) {
            let Some((_, party, card)) = self.by_time.pop_front() else {
                return;
            };
            if let Some(cards) = self.by_party.get_mut(&party) {
                if let Some(at) = cards.iter().position(|other| *other == card) {
                    cards.swap_remove(at);
                }
                if cards.is_empty() {
                    self.by_party.remove(&party);
                }
            }
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.by_party.is_empty() && self.by_time.is_empty()
    }
}

fn parties(leg: &Leg) -> impl Iterator<Item = Party> + use<> {
    let own = Party::Line(Arc::clone(&leg.line));
    let peer = leg.call.peer.as_ref();
    let other = peer.map(|peer| match &peer.name {
        Some(name) => Party::Line(Arc::clone(name)),
        None => Party::Outside(last_digits(&peer.number)),
    });
    other.into_iter().chain([own])
}

/// The last digits of a number, or all of what is none.
fn last_digits(number: &str) -> String {
    let digits = || number.bytes().filter(u8::is_ascii_digit);
    let before = digits().count().saturating_sub(LAST_DIGITS);
    let last: String = digits().skip(before).map(char::from).collect();
    if last.is_empty() {
        return number.to_owned();
    }
    last
}
