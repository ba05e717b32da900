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

    pub(super) fn is_peer(&self, peer: &Peer) -> bool {
        let shown = peer.name.as_ref().or(peer.label.as_ref());
        let mut numbers = self.numbers.iter();
        shown.is_some_and(|name| self.is_name(name))
            || self.is_name(&peer.number)
            || numbers.any(|own| {
                number::same(own, &peer.number)
                    || peer
                        .international
                        .as_ref()
                        .is_some_and(|own_form| own_form == own)
            })
    }

    /// Makes them nobody in a record: a line without a name, no agent, an unknown other side.
    fn erase(&self, record: &mut CallRecord) {
        if let Some(line) = &mut record.line
            && self.is_name(line)
        {
            *line = Name::default();
        }
        record.agent.take_if(|agent| self.is_name(agent));
        record.peer.take_if(|peer| self.is_peer(peer));
    }
}

impl Board {
    /// What goes on on lines and in queues is not touched: it is over soon.
    pub(super) fn erase(&mut self, whom: &Erased, changes: &mut Changes) {
        self.history.change(|record| whom.erase(record));
        for line in self.lines.values_mut() {
            line.erase(whom);
        }
        self.queues.erase(|agent| whom.is_name(agent));
        changes.push(&Name::default(), ChangeKind::Erased);
    }
}
