//! One call with all its lines.

use std::sync::Arc;

use super::leg::{Leg, Role};
use super::{MAX_CHANGES, MAX_LEGS};
use crate::board::{Name, Timestamp};
use crate::language::Language;

use super::words::words;

/// One call with all its lines, and what its card says.
#[derive(Debug)]
pub(super) struct Card {
    /// In whose lane it stands: that of the line that told of it first.
    pub(super) line: Name,
    pub(super) legs: Vec<Leg>,
    /// The source's id of the whole call.
    pub(super) linked: Option<Arc<str>>,
    pub(super) text: String,
    /// How often it said something else.
    changes: usize,
    /// Whether it says that the call goes on.
    pub(super) open: bool,
    /// Since when every line's call is over.
    pub(super) over: Option<Timestamp>,
}

impl Card {
    pub(super) fn new(line: &Name) -> Self {
        Self {
            line: Arc::clone(line),
            legs: Vec::new(),
            linked: None,
            text: String::new(),
            changes: 0,
            open: true,
            over: None,
        }
    }

    /// Makes room for one more line, if that can be.
    pub(super) fn has_room(&mut self) -> bool {
        if self.legs.len() < MAX_LEGS {
            return true;
        }
        let ended = |leg: &Leg| leg.ended.is_some();
        let in_vain = |leg: &Leg| ended(leg) && leg.call.answered.is_none();
        let at = self.legs.iter().position(in_vain);
        let at = at.or_else(|| self.legs.iter().position(ended));
        at.map(|at| self.legs.remove(at)).is_some()
    }

    /// Which end of the call a line is that does not tell: the one that it was before, or else the one that no other line is.
    pub(super) fn free_role(&self, line: &Name) -> Role {
        if let Some(leg) = self.legs.iter().find(|leg| leg.line == *line) {
            return leg.role;
        }
        if self.legs.iter().any(|leg| leg.role == Role::Caller) {
            Role::Called
        } else {
            Role::Caller
        }
    }

    pub(super) fn leg(&mut self, call: u64) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.call.id == call)
    }

    /// Whether a call that began just now is this one, although no source says so.
    pub(super) fn may_have(&self, leg: &Leg) -> bool {
        let other_call = leg.call.linked.is_some() && self.linked.is_some();
        let fits = |other: &Leg| other.ended.is_none() && leg.belongs_to(other);
        let excludes = |other: &Leg| other.line == leg.line || other.reaches_another(leg);
        self.open && !other_call && !self.legs.iter().any(excludes) && self.legs.iter().any(fits)
    }

    /// Whether every line's call ended.
    pub(super) fn is_over(&self) -> bool {
        self.legs.iter().all(|leg| leg.ended.is_some())
    }

    /// Two lines that were called by each other were rung by a PBX: the first one for whoever is on it.
    fn find_callback(&mut self) {
        if self.legs.iter().any(|leg| leg.role == Role::Caller) {
            return;
        }
        let both = |at: &usize| {
            let mut later = self.legs[at + 1..].iter();
            later.any(|leg| leg.is_called_by(&self.legs[*at]))
        };
        if let Some(at) = (0..self.legs.len()).find(both) {
            self.legs[at].is_callback = true;
            self.legs[at].role = Role::Caller;
        }
    }

    /// Brings what it says up to date, and answers whether that is something else now.
    pub(super) fn update(&mut self, language: Language) -> bool {
        self.find_callback();
        let words = words(&self.legs, self.changes >= MAX_CHANGES, language);
        self.open = words.open;
        if words.text == self.text {
            return false;
        }
        self.changes += 1;
        self.text = words.text;
        true
    }
}
