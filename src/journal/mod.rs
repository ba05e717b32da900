//! The journal: every step that the board takes, numbered. The same steps over the same board give the same board, down to the numbers of its
//! changes. So the journal is what is stored between two whole states, and what the leader of a cluster tells its other nodes.

mod origins;
mod replica;
mod tail;
#[cfg(test)]
mod tests;

pub use origins::{MAX_ORIGINS, Origins};
pub use replica::{Gap, Replica};
pub use tail::{MAX_TAIL, Tail};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::board::{Event, Timestamp};

/// What a step is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// A source saw something.
    Event(Event),
    /// The time of calls was up.
    Expire,
    /// In a cluster, a node began to lead, in that term.
    Led(u64),
}

/// Which node of a cluster an event came to, and its number there. The board's own node gives none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The node, as it names itself: a node that began anew has another name.
    pub node: Arc<str>,
    /// The number that it gave the event, counted from 1.
    pub number: u64,
}

/// A step of the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// One more than that of the step before; the first one is 1.
    pub index: u64,
    /// When the event came, by the leader's clock.
    pub at: Timestamp,
    /// Within how long a queue's call should be answered at that time, in milliseconds.
    pub within: u64,
    /// Where it came from, if that was another node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What the board did. Of an event, what numbers are called was looked up, and codes were taken out.
    pub step: Step,
}
