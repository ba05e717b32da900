//! Queues: who waits, who takes their calls, and what became of those who waited.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Name, Peer, Timestamp};

/// The most queues on the board. Nothing is taken over of another one.
pub const MAX_QUEUES: usize = 500;

/// The most callers who wait, in all queues together. One more is not shown, and does not count when they leave, until the
/// source tells its own counts.
pub const MAX_WAITING: usize = 2_000;

/// The most agents, in all queues together; someone counts once for each queue that they are in. One more is not shown.
pub const MAX_AGENTS: usize = 5_000;

/// What a source says of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueReport {
    /// Which queue.
    pub queue: Name,
    /// What happened to it.
    pub event: QueueEvent,
}

/// What can happen to a queue. What ends something that is not there changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueEvent {
    /// It is there, also when nobody waits in it.
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
    /// In vain: the caller hung up, or the queue gave up after a time or for want of agents, as Asterisk counts it.
    Abandoned,
    /// They went elsewhere (they pressed a key, or somebody took them), or left while nobody looked.
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

/// A change in a queue. All of a queue's changes rebuild its [view](QueueView).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueChange {
    /// The queue is on the board from now on, empty.
    Seen,
    /// Someone began to wait, behind all who came before or at the same time; or their name or number became known.
    Waits(Waiting),
    /// Someone waits no longer. The counter of such departures is one higher with this.
    Left(Waiting, Departure),
    /// An agent is this now, or is new. They are the same by their interface.
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
    /// The queue is no longer on the board. All who waited, and its agents, went before.
    Gone,
}

/// A queue as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueView {
    /// Its name.
    pub name: Name,
    /// Who waits, the longest first.
    pub waiting: Vec<Waiting>,
    /// Its agents, sorted by name (byte by byte), and by interface where names are the same.
    pub agents: Vec<Agent>,
    /// How many calls were answered.
    pub answered: u64,
    /// How many callers waited in vain.
    pub abandoned: u64,
}

/// All queues.
#[derive(Debug, Default)]
pub(super) struct Queues {
    queues: BTreeMap<Name, Queue>,
    /// Over all queues, see [`MAX_WAITING`].
    waiting: usize,
    /// Over all queues, see [`MAX_AGENTS`].
    agents: usize,
}

#[derive(Debug, Default)]
struct Queue {
    /// The longest first; of those who came at the same time, the one who was told of first.
    waiting: Vec<Waiting>,
    /// Sorted by name, then by interface.
    agents: Vec<Agent>,
    answered: u64,
    abandoned: u64,
}

impl Queues {
    /// Takes over what a source said, and tells what changed by it: nothing if that was known. A queue that is told of
    /// for the first time is on the board from then on, whatever it is that was said of it, unless that ends something.
    pub(super) fn apply(&mut self, report: QueueReport) -> Vec<QueueChange> {
        let QueueReport { queue: name, event } = report;
        let mut changes = Vec::new();
        let ends = matches!(
            event,
            QueueEvent::Left { .. } | QueueEvent::AgentGone { .. } | QueueEvent::Gone
        );
        if !self.queues.contains_key(&name) {
            if ends || self.queues.len() >= MAX_QUEUES {
                return changes;
            }
            self.queues.insert(Arc::clone(&name), Queue::default());
            changes.push(QueueChange::Seen);
        }
        if event == QueueEvent::Gone {
            self.remove(&name, &mut changes);
            return changes;
        }
        let Some(queue) = self.queues.get_mut(&name) else {
            return changes;
        };
        let (waiting, agents) = (queue.waiting.len(), queue.agents.len());
        let room = Room {
            waiting: self.waiting < MAX_WAITING,
            agents: self.agents < MAX_AGENTS,
        };
        changes.extend(queue.apply(event, room));
        self.waiting = self.waiting - waiting + queue.waiting.len();
        self.agents = self.agents - agents + queue.agents.len();
        changes
    }

    /// What a number is called became known. Tells who waits with it, and where.
    pub(super) fn named(&mut self, peer: &Peer) -> Vec<(Name, QueueChange)> {
        let mut changes = Vec::new();
        for (name, queue) in &mut self.queues {
            for waiting in &mut queue.waiting {
                if waiting.peer.as_mut().is_some_and(|own| own.learn(peer)) {
                    changes.push((Arc::clone(name), QueueChange::Waits(waiting.clone())));
                }
            }
        }
        changes
    }

    fn remove(&mut self, name: &Name, changes: &mut Vec<QueueChange>) {
        let Some(queue) = self.queues.remove(name) else {
            return;
        };
        self.waiting -= queue.waiting.len();
        self.agents -= queue.agents.len();
        let left = |waiting| QueueChange::Left(waiting, Departure::Elsewhere);
        changes.extend(queue.waiting.into_iter().map(left));
        changes.extend(queue.agents.into_iter().map(QueueChange::AgentGone));
        changes.push(QueueChange::Gone);
    }

    /// All queues, sorted by name.
    pub(super) fn views(&self) -> Vec<QueueView> {
        let view = |(name, queue): (&Name, &Queue)| QueueView {
            name: Arc::clone(name),
            waiting: queue.waiting.clone(),
            agents: queue.agents.clone(),
            answered: queue.answered,
            abandoned: queue.abandoned,
        };
        self.queues.iter().map(view).collect()
    }
}

/// Whether one more may come.
#[derive(Clone, Copy)]
struct Room {
    waiting: bool,
    agents: bool,
}

impl Queue {
    /// At most one thing changes by one event.
    fn apply(&mut self, event: QueueEvent, room: Room) -> Option<QueueChange> {
        match event {
            QueueEvent::Seen | QueueEvent::Gone => None,
            QueueEvent::Waits {
                caller,
                peer,
                since,
            } => self.waits(
                Waiting {
                    caller,
                    peer,
                    since,
                },
                room,
            ),
            QueueEvent::Left { caller, how } => {
                let at = self.waiting.iter().position(|w| w.caller == caller)?;
                let waiting = self.waiting.remove(at);
                match how {
                    Departure::Answered { .. } => self.answered = self.answered.saturating_add(1),
                    Departure::Abandoned => self.abandoned = self.abandoned.saturating_add(1),
                    Departure::Elsewhere => {}
                }
                Some(QueueChange::Left(waiting, how))
            }
            QueueEvent::Agent(agent) => self.agent(agent, room),
            QueueEvent::AgentGone { interface } => {
                let at = self.agents.iter().position(|a| a.interface == interface)?;
                Some(QueueChange::AgentGone(self.agents.remove(at)))
            }
            QueueEvent::Totals {
                answered,
                abandoned,
            } => {
                if (self.answered, self.abandoned) == (answered, abandoned) {
                    return None;
                }
                (self.answered, self.abandoned) = (answered, abandoned);
                Some(QueueChange::Totals {
                    answered,
                    abandoned,
                })
            }
        }
    }

    fn waits(&mut self, new: Waiting, room: Room) -> Option<QueueChange> {
        if let Some(known) = self.waiting.iter_mut().find(|w| w.caller == new.caller) {
            // Who was known does not become unknown, and no wait begins anew.
            let mut peer = new.peer?;
            // A source does not know what a look-up told.
            if let Some(known) = &known.peer {
                peer.learn(known);
            }
            if known.peer.as_ref() == Some(&peer) {
                return None;
            }
            known.peer = Some(peer);
            return Some(QueueChange::Waits(known.clone()));
        }
        if !room.waiting {
            return None;
        }
        let at = self.waiting.partition_point(|w| w.since <= new.since);
        self.waiting.insert(at, new.clone());
        Some(QueueChange::Waits(new))
    }

    fn agent(&mut self, new: Agent, room: Room) -> Option<QueueChange> {
        match self
            .agents
            .iter()
            .position(|a| a.interface == new.interface)
        {
            Some(at) if self.agents[at] == new => return None,
            // It may have another name now, and so another place.
            Some(at) => drop(self.agents.remove(at)),
            None if room.agents => {}
            None => return None,
        }
        let at = self
            .agents
            .partition_point(|a| (&a.name, &a.interface) < (&new.name, &new.interface));
        self.agents.insert(at, new.clone());
        Some(QueueChange::Agent(new))
    }
}
