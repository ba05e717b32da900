//! Queues: who waits, who takes their calls, and what became of those who waited.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::counters::{Counters, Hour, Tally};
use super::stored;
use super::{CallRecord, Details, Direction, Ending, Name, Peer, Source, Timestamp};

/// The most queues on the board. Nothing is taken over of another one.
pub const MAX_QUEUES: usize = 500;

/// The most callers who wait, in all queues together. One more is not shown, and does not count when they leave, until the
/// source tells its own counts.
pub const MAX_WAITING: usize = 2_000;

/// The most agents, in all queues together; someone counts once for each queue that they are in. One more is not shown.
pub const MAX_AGENTS: usize = 5_000;

/// The most answered callers who talk, in all queues together. Of one more it is not known how long they talk.
pub const MAX_TALKS: usize = 2_000;

/// How long someone may wait without a word of them, in milliseconds (4 hours): a source that lost an event would otherwise leave
/// them there for ever.
pub const WAITING_LIMIT: u64 = 4 * 60 * 60 * 1000;

/// What a source says of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueReport {
    /// Who says it. A queue belongs to the source that told of it first; what others say of one of that name is not taken over.
    pub source: Source,
    /// Which queue.
    pub queue: Name,
    /// What happened to it.
    pub event: QueueEvent,
}

/// What can happen to a queue. What ends something that is not there changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueEvent {
    /// It is there, also when nobody waits in it.
    Seen,
    /// What else is known of it; its `simultaneous` and `registered` are a line's.
    Details(Details),
    /// A caller waits. Told again of one who waits already, it changes nothing but the caller's name or number.
    Waits {
        /// The source's id of the caller, which stays the same until they leave.
        caller: Arc<str>,
        /// Who it is, if known.
        #[serde(
            default,
            with = "stored::peer",
            skip_serializing_if = "Option::is_none"
        )]
        peer: Option<Peer>,
        /// The number that they dialled, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dialed: Option<Arc<str>>,
        /// The queue's number as the source wrote it, where it tells that with the caller.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own_number: Option<Arc<str>>,
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
    /// The talk of a caller who was answered ended.
    Ended {
        /// The id under which they waited.
        caller: Arc<str>,
    },
    /// The same, where nobody knows when it did: how long it was is not counted.
    Lost {
        /// The id under which they waited.
        caller: Arc<str>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "how")]
pub enum Departure {
    /// An agent answered.
    Answered {
        /// Who, as [`Agent::name`].
        agent: Option<Name>,
    },
    /// In vain: the caller hung up. Asterisk counts here as well where the queue gave up.
    Abandoned,
    /// In vain: the queue gave up after a time or for want of agents.
    TimedOut,
    /// They went elsewhere (they pressed a key, or somebody took them), or left while nobody looked.
    Elsewhere,
}

/// Someone who takes a queue's calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The board's own number of the call; never used again.
    pub id: u64,
    /// The source's id of the caller.
    #[serde(skip)]
    pub caller: Arc<str>,
    /// Who it is, if known.
    pub peer: Option<Peer>,
    /// The number that they dialled, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialed: Option<Arc<str>>,
    /// The queue's number as the source wrote it, where it told that with the caller.
    #[serde(skip)]
    pub own_number: Option<Arc<str>>,
    /// Since when.
    pub since: Timestamp,
}

/// A caller who was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Talk {
    /// The [`Waiting::id`] that they had.
    pub id: u64,
    /// The source's id of the caller.
    #[serde(skip)]
    pub caller: Arc<str>,
    /// Who it is, if known.
    pub peer: Option<Peer>,
    /// Who answered, as [`Agent::name`], if known.
    pub agent: Option<Name>,
    /// When they began to wait.
    pub waited_since: Timestamp,
    /// When they were answered.
    pub since: Timestamp,
}

impl Waiting {
    pub(super) fn record(&self, queue: &Name, how: &Departure, ended: Timestamp) -> CallRecord {
        CallRecord {
            id: self.id,
            began: self.since,
            ended,
            queue: Some(Arc::clone(queue)),
            line: None,
            peer: self.peer.clone(),
            agent: None,
            direction: Direction::Incoming,
            wait: ended.since(self.since),
            talk: None,
            ending: Ending::from(how),
        }
    }
}

impl Talk {
    pub(super) fn record(&self, queue: &Name, ended: Timestamp, told: bool) -> CallRecord {
        CallRecord {
            id: self.id,
            began: self.waited_since,
            ended,
            queue: Some(Arc::clone(queue)),
            line: None,
            peer: self.peer.clone(),
            agent: self.agent.clone(),
            direction: Direction::Incoming,
            wait: self.since.since(self.waited_since),
            talk: told.then(|| ended.since(self.since)),
            ending: Ending::Answered,
        }
    }
}

/// A change in a queue. All of a queue's changes rebuild its [view](QueueView).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueChange {
    /// The queue is on the board from now on, empty; this source tells of it.
    Seen(Source),
    /// Someone began to wait, behind all who came before or at the same time; or their name or number became known.
    Waits(Waiting),
    /// Someone waits no longer. The counter of such departures is one higher with this.
    Left(Waiting, Departure),
    /// Someone who was answered talks now.
    Talks(Talk),
    /// They do no longer.
    Ended(Talk),
    /// What else is known of the queue.
    Details(Details),
    /// An agent is this now, or is new. They are the same by their interface.
    Agent(Agent),
    /// An agent is no longer one of this queue's.
    AgentGone(Agent),
    /// The counters of answered and abandoned callers were set.
    Totals {
        /// Answered.
        answered: u64,
        /// Abandoned.
        abandoned: u64,
    },
    /// All counters began anew; with a new day, those of the hours as well.
    Reset,
    /// The queue is no longer on the board. All who waited, and its agents, went before.
    Gone,
}

/// A queue as others see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct QueueView {
    /// Its name.
    pub name: Name,
    /// Who tells of it.
    pub source: Source,
    /// What else is known of it.
    #[serde(flatten)]
    pub details: Details,
    /// Who waits, the longest first.
    pub waiting: Vec<Waiting>,
    /// Who talks, those who were answered first before the others.
    pub talking: Vec<Talk>,
    /// Its agents, sorted by name (byte by byte), and by interface where names are the same.
    pub agents: Vec<Agent>,
    /// What became of its callers.
    #[serde(flatten)]
    pub counters: Counters,
    /// What its agents did, sorted by name (byte by byte).
    pub tallies: Vec<Tally>,
    /// The hours of the day in which someone was answered or lost.
    pub hours: Vec<Hour>,
}

impl QueueView {
    /// What people call it.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.details.description.as_deref().unwrap_or(&self.name)
    }
}
