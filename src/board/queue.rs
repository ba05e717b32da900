//! Queues: who waits, who takes their calls, and what became of those who waited.

use std::sync::Arc;

use serde::Serialize;

use super::{Name, Peer, Timestamp};

/// What a source says of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueReport {
    /// Which queue.
    pub queue: Name,
    /// What happened to it.
    pub event: QueueEvent,
}

/// What can happen to a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueEvent {
    /// It is there. Every queue is told of once before anything else of it, also when nobody waits in it.
    Seen,
    /// A caller waits. Told again of one who waits already, it changes nothing but the caller's name or number.
    Waits {
        /// The source's id of the caller, which stays the same until they leave.
        caller: Arc<str>,
        /// Who it is, if known.
        peer: Option<Peer>,
        /// Since when they wait.
        since: Timestamp,
    },
    /// A caller waits no longer.
    Left {
        /// The id under which they waited.
        caller: Arc<str>,
        /// How it ended.
        how: Departure,
    },
    /// An agent is this now, or is new.
    Agent(Agent),
    /// An agent takes no more calls of this queue.
    AgentGone {
        /// The agent's interface.
        interface: Arc<str>,
    },
    /// How many were answered and abandoned by the source's own count, where it keeps one.
    Totals {
        /// Answered.
        answered: u64,
        /// Abandoned.
        abandoned: u64,
    },
    /// It is no longer there.
    Gone,
}

/// How a caller's wait ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "how")]
pub enum Departure {
    /// An agent answered.
    Answered {
        /// Who, as [`Agent::name`].
        agent: Option<Name>,
    },
    /// The caller hung up.
    Abandoned,
    /// They went elsewhere (a time-out, a key, an empty queue), or left while nobody looked.
    Elsewhere,
}

/// Someone who takes a queue's calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agent {
    /// The source's name of their line, such as `PJSIP/6003`.
    pub interface: Arc<str>,
    /// Who it is, or else what the source calls them.
    pub name: Name,
    /// What their line is in.
    pub state: AgentState,
    /// Whether they pause.
    pub paused: bool,
    /// Why they pause, if they said so.
    pub reason: Option<Arc<str>>,
    /// Since when they are in this state, or paused.
    pub since: Timestamp,
    /// How many calls of this queue they took, by the source's count.
    pub calls: u64,
}

/// What an agent's line is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AgentState {
    /// Free to take a call.
    Free,
    /// It rings.
    Ringing,
    /// In a call of any kind.
    Talking,
    /// A call is on hold.
    Held,
    /// Not to be reached.
    Unreachable,
    /// Not known.
    Unknown,
}

/// A caller who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The source's id of the caller.
    #[serde(skip)]
    pub caller: Arc<str>,
    /// Who it is, if known.
    pub peer: Option<Peer>,
    /// Since when.
    pub since: Timestamp,
}

/// A change in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueChange {
    /// The queue is on the board from now on.
    Seen,
    /// Someone began to wait, or their name became known.
    Waits(Waiting),
    /// Someone waits no longer.
    Left(Waiting, Departure),
    /// An agent is this now.
    Agent(Agent),
    /// An agent is no longer one of this queue's.
    AgentGone(Agent),
    /// The counters were set.
    Totals {
        /// Answered.
        answered: u64,
        /// Abandoned.
        abandoned: u64,
    },
    /// The queue is no longer on the board.
    Gone,
}

/// A queue as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueView {
    /// Its name.
    pub name: Name,
    /// Who waits, the longest first.
    pub waiting: Vec<Waiting>,
    /// Its agents, sorted by name.
    pub agents: Vec<Agent>,
    /// How many calls were answered.
    pub answered: u64,
    /// How many callers gave up.
    pub abandoned: u64,
}

/// All queues.
#[derive(Debug, Default)]
pub(super) struct Queues {}

impl Queues {
    pub(super) fn apply(&mut self, _report: QueueReport, _at: Timestamp) -> Vec<QueueChange> {
        Vec::new()
    }

    pub(super) fn views(&self) -> Vec<QueueView> {
        Vec::new()
    }
}
