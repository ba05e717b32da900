//! Somebody becomes nobody in what the board remembers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Board, CallRecord, ChangeKind, Changes, Name, Peer};
use crate::number;

/// Whom to forget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Erased {
    /// What they are called, in any case of letters: their lines' names.
    pub names: Vec<Name>,
    /// Their numbers.
    pub numbers: Vec<Arc<str>>,
}

impl Erased {
    fn is_name(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.names.iter().any(|own| own.to_lowercase() == name)
    }

    /// Whether a line, an agent or whoever else has one name is called so, or has it for a number.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.is_name(name) || self.numbers.iter().any(|own| number::same(own, name))
    }

    pub(crate) fn is_peer(&self, peer: &Peer) -> bool {
        let shown = peer.name.as_ref().or(peer.label.as_ref());
        let own_form = |form: &Arc<str>| self.numbers.contains(form);
        shown.is_some_and(|name| self.is_name(name))
            || self.is(&peer.number)
            || peer.international.as_ref().is_some_and(own_form)
    }

    /// Makes them nobody in a record: a line without a name, no agent, an unknown other side.
    fn erase(&self, record: &mut CallRecord) {
        if let Some(line) = &mut record.line
            && self.is(line)
        {
            *line = Name::default();
        }
        record.agent.take_if(|agent| self.is(agent));
        record.peer.take_if(|peer| self.is_peer(peer));
    }

    /// Whom either means.
    pub(crate) fn and(&mut self, other: Self) {
        self.names.extend(other.names);
        self.numbers.extend(other.numbers);
    }
}

impl Board {
    /// Whether there is anything of them to erase.
    #[must_use]
    pub fn remembers(&self, whom: &Erased) -> bool {
        self.clone().forget_all_of(whom) || self.lines.keys().any(|user| whom.is(user))
    }

    /// Their lines leave the board, one with a call as soon as it has none. Nothing else that goes on is touched: it is over soon.
    pub(super) fn erase(&mut self, whom: &Erased, changes: &mut Changes) {
        self.forget_all_of(whom);
        let lines = self.lines.keys().filter(|user| whom.is(user)).cloned();
        self.leaving.extend(lines.collect::<Vec<_>>());
        self.drop_idle(changes);
        changes.push(&Name::default(), ChangeKind::Erased);
    }

    fn forget_all_of(&mut self, whom: &Erased) -> bool {
        let mut any = self.history.change(|record| whom.erase(record));
        for line in self.lines.values_mut() {
            any |= line.erase(whom);
        }
        any | self.queues.erase(|agent| whom.is(agent))
    }

    /// Those of the lines that are to leave which have no call any more, do. Answers whether one did.
    fn drop_idle(&mut self, changes: &mut Changes) -> bool {
        let is_idle = |user: &Name| {
            let line = self.lines.get(user);
            line.is_none_or(|line| line.calls().len() == 0)
        };
        let idle: Vec<Name> = self
            .leaving
            .iter()
            .filter(|user| is_idle(user))
            .cloned()
            .collect();
        for user in &idle {
            self.leaving.remove(user);
            if self.remove(user).is_some() {
                changes.push(user, ChangeKind::LineDropped);
            }
        }
        !idle.is_empty()
    }

    /// What is remembered of a call on a line that is to leave has no name, and after its last call the line leaves, without a trace in
    /// the list of what left.
    pub(super) fn let_leave(&mut self, changes: &mut Changes) {
        if self.leaving.is_empty() {
            return;
        }
        for change in &mut changes.list {
            if let ChangeKind::Recorded(record) = &mut change.kind
                && let Some(line) = &mut record.line
                && self.leaving.contains(line)
            {
                *line = Name::default();
            }
        }
        if self.drop_idle(changes) {
            changes.push(&Name::default(), ChangeKind::Erased);
        }
    }
}
