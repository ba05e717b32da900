//! One journal on every node of a cluster: the leader writes entries, the others apply them in the same order, and hand
//! what happens on them to the leader.
//!
//! No input or output, no clock, no tasks: times are given, as the time since any moment that stays, and messages go in
//! and out as bytes. They travel as plugin cluster events, to all other nodes, and may be lost, doubled and reordered.
//! What an entry says, and what is forwarded, is nothing to this part: both are types of whoever uses it.
//!
//! - [`Leader`]: while this node leads. It is told of each entry once that is applied, and its [`next`](Leader::next)
//!   makes what is to be sent: new entries, [`SEND_GAP`] apart, older ones and the whole state for who asks, and a
//!   sign of life every [`HEARTBEAT`]; and what it tells beside the entries, which is no part of the state.
//! - [`Replica`]: while another node leads. It hands out entries in order, each once, asks for those that are missing,
//!   and for the whole state where they cannot be had or this node's history is another.
//! - [`Forwards`]: what happened on this node, numbered. It is sent to the leader until it comes back as an entry, and
//!   kept until the leader has stored that entry: a leader that dies before takes it along, and the next one is sent it
//!   again. [`Origins`], which are a part of the state, know which numbers were applied.
//! - [`Asks`] and [`Answers`]: what only the leader can do, and who asked for it wants to hear of.
//!
//! # Histories
//! A *term* is a leader's time, and rises ([`Role::Leader`](crate::cluster::Role::Leader)). A leader begins with a state
//! of its own or a stored one, up to an index; what other nodes applied beyond that in the term before is no part of the
//! history any more. So each message of a leader says its [`Lineage`]: a node goes on from what it has only if that is a
//! part of it, and copies the whole state otherwise.

mod ask;
mod forward;
mod leader;
mod replica;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::journal::{Origin, Origins};

pub use ask::{Answers, Asked, Asks, Outcome};
pub use forward::{Forwards, Full, MAX_FORWARDS, MAX_RETAINED};
pub use leader::{Leader, MAX_KEPT, MAX_KEPT_BYTES, Step};
pub use replica::{Place, Replica};
pub use wire::{DecodeError, Forwarded, MAX_MESSAGE, Message, PART, decode};

/// The kind of all these events.
pub const CLUSTER_EVENT: &str = "board";

/// How often the leader says that it is there, and how far it is.
pub const HEARTBEAT: Duration = Duration::from_secs(1);

/// The pause between two messages of one node with what is new. Another such pause is between those with what is sent again.
pub const SEND_GAP: Duration = Duration::from_millis(50);

/// How often the leader tells what it tells beside the entries, where that does not change.
pub const BESIDE_EVERY: Duration = Duration::from_secs(2);

/// The pause between two messages of the leader with what it tells beside the entries, where that changes.
pub const BESIDE_GAP: Duration = Duration::from_millis(200);

/// How long a replica that lacks entries waits for those that may be on their way before it asks.
pub const GAP_PATIENCE: Duration = Duration::from_millis(200);

/// The pause between two questions of a replica.
pub const WANT_GAP: Duration = Duration::from_millis(500);

/// The pause before what was forwarded is sent again; it doubles each time, up to [`RESEND_MOST`].
pub const RESEND: Duration = Duration::from_millis(300);

/// The longest pause before what was forwarded is sent again.
pub const RESEND_MOST: Duration = Duration::from_secs(2);

/// The pause between two copies of the whole state.
pub const WHOLE_GAP: Duration = Duration::from_secs(2);

/// How long a replica hears nothing of its leader before it listens to one of a lower term. Terms only rise, unless somebody
/// deleted the lease's key.
pub const SILENCE: Duration = Duration::from_secs(15);

/// A node for as long as its process runs: random.
pub type NodeId = Arc<str>;

/// Whether something that was forwarded is the next one of its node's. `base` is the lowest number that the node still keeps: what is
/// below was applied and stored, even where this state has forgotten it.
#[must_use]
pub fn is_next(origins: &Origins, origin: &Origin, base: u64) -> bool {
    let last = origins.last(&origin.node).max(base.saturating_sub(1));
    last.checked_add(1) == Some(origin.number)
}

/// How far a state is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The term of which it is; 0 where no node ever led others.
    pub term: u64,
    /// The number of the last entry in it; 0: none.
    pub index: u64,
}

/// A leader's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Its own term. Never 0.
    pub term: u64,
    /// What it began with. Whatever a node applied beyond, in that term or in one between the two, is no part of it.
    pub from: Position,
}

impl Lineage {
    /// Whether a state is a part of this history.
    #[must_use]
    pub const fn contains(&self, position: Position) -> bool {
        if position.term == self.term || position.index == 0 {
            return true;
        }
        // Servers that were alone were all in term 0, each with a history of its own.
        position.term > 0 && position.term == self.from.term && position.index <= self.from.index
    }
}
