//! Somebody who called: who that is, and what is dialled to call them back.

use serde::{Deserialize, Serialize};

use crate::board::{Name, Peer, Timestamp};
use crate::number;

/// Something that somebody missed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sinks::missed) struct Entry {
    /// Who called, if known.
    pub(in crate::sinks::missed) peer: Option<Peer>,
    /// The same, where it is a colleague: their user name, and what people call them.
    pub(in crate::sinks::missed) colleague: Option<(String, String)>,
    /// The queue that it came from, if it came from one.
    pub(in crate::sinks::missed) queue: Option<Name>,
    /// When.
    pub(in crate::sinks::missed) at: Timestamp,
}

/// Somebody who called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sinks::missed) struct Caller {
    /// Its number in this record, which buttons name.
    pub(in crate::sinks::missed) id: u32,
    /// The number as it came.
    pub(in crate::sinks::missed) number: Option<String>,
    /// The number in international form, where that is known.
    pub(in crate::sinks::missed) international: Option<String>,
    /// The name of a line, or what an outside number is called.
    pub(in crate::sinks::missed) name: Option<String>,
    /// A colleague's user name.
    pub(in crate::sinks::missed) username: Option<String>,
    /// The queue that the calls came from.
    pub(in crate::sinks::missed) queue: Option<String>,
    /// How many calls.
    pub(in crate::sinks::missed) count: u32,
    /// How many of them a message tells.
    pub(in crate::sinks::missed) told: u32,
    /// Whether that is, or was first, a message before the one that is changed now.
    pub(in crate::sinks::missed) carried: bool,
    /// When the last of them was, in milliseconds since 1970.
    pub(in crate::sinks::missed) last: u64,
}

impl Caller {
    pub(super) fn new(id: u32, entry: &Entry) -> Self {
        let mut caller = Self {
            id,
            queue: entry.queue.as_deref().map(str::to_owned),
            ..Self::default()
        };
        if let Some(peer) = &entry.peer {
            let text = |text: &Name| (**text).to_owned();
            caller.number = Some(text(&peer.number)).filter(|number| !number.is_empty());
            caller.international = peer.international.as_ref().map(text);
            caller.name = peer.name.as_ref().or(peer.label.as_ref()).map(text);
        }
        if let Some((username, name)) = entry.colleague.clone() {
            (caller.username, caller.name) = (Some(username), Some(name));
        }
        caller
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        if self.queue != other.queue {
            return false;
        }
        // Where one has none, Mattermost may not have answered who that is: then the number tells.
        if let (Some(a), Some(b)) = (&self.username, &other.username) {
            return a == b;
        }
        // As of any two sides of calls, see [`Peer::is`]: the digits alone do not tell `030 1234567` of one country from that of another.
        if let (Some(a), Some(b)) = (&self.international, &other.international) {
            return a == b;
        }
        match (&self.number, &other.number) {
            (Some(a), Some(b)) => number::same(a, b),
            (None, None) => self.name == other.name,
            _ => false,
        }
    }

    /// Whether calling that one back is calling this one back, or one of both cannot be called back.
    pub(super) fn dials_as(&self, other: &Self) -> bool {
        match (self.dial(), other.dial()) {
            (Some(a), Some(b)) => number::same(a, b),
            _ => true,
        }
    }

    /// The same calls, of nobody.
    pub(in crate::sinks::missed) fn unknown(self) -> Self {
        Self {
            number: None,
            international: None,
            name: None,
            username: None,
            ..self
        }
    }

    /// Whether both are of nobody, and so of one caller.
    pub(in crate::sinks::missed) fn is_unknown_as(&self, other: &Self) -> bool {
        let is_unknown = |caller: &Self| {
            caller.number.is_none() && caller.name.is_none() && caller.username.is_none()
        };
        is_unknown(self) && is_unknown(other) && self.queue == other.queue
    }

    /// Takes over the calls of that one, which came before.
    pub(in crate::sinks::missed) fn join(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.told = self.told.saturating_add(other.told);
        self.carried |= other.carried;
    }

    /// What is dialled to call back, if that is known.
    pub(in crate::sinks::missed) fn dial(&self) -> Option<&str> {
        self.international.as_deref().or(self.number.as_deref())
    }
}
