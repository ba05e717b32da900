//! One queue: who waits, who talks, who answers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::counted::Counted;
use super::{Held, Moment};
use crate::board::counters::{Counters, Hours, Tallies};
use crate::board::{
    Agent, ChangeKind, Departure, Details, MAX_AGENTS, MAX_TALKS, MAX_WAITING, Name, QueueChange,
    QueueEvent, QueueView, Source, Talk, Timestamp, Waiting, stored,
};

/// A queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Queue {
    #[serde(flatten)]
    pub(super) counted: Counted,
    #[serde(default)]
    pub(super) details: Details,
    /// The longest first; of those who came at the same time, the one who was told of first.
    #[serde(default, with = "stored::waiting")]
    pub(super) waiting: Vec<Waiting>,
    /// Those who were answered first, first.
    #[serde(default, with = "stored::talking")]
    pub(super) talking: Vec<Talk>,
    /// Sorted by name, then by interface.
    #[serde(default)]
    pub(super) agents: Vec<Agent>,
}

impl Queue {
    pub(super) fn new(source: Source, now: Timestamp) -> Self {
        Self {
            counted: Counted {
                source,
                counters: Counters::new(now),
                before: (0, 0),
                tallies: Tallies::default(),
                hours: Hours::default(),
                changed: 0,
            },
            details: Details::default(),
            waiting: Vec::new(),
            talking: Vec::new(),
            agents: Vec::new(),
        }
    }

    pub(super) fn held(&self) -> Held {
        Held {
            waiting: self.waiting.len(),
            talking: self.talking.len(),
            agents: self.agents.len(),
        }
    }

    pub(super) fn view(&self, name: &Name) -> QueueView {
        QueueView {
            name: Arc::clone(name),
            source: self.counted.source,
            details: self.details.clone(),
            waiting: self.waiting.clone(),
            talking: self.talking.clone(),
            agents: self.agents.clone(),
            counters: self.counted.counters.clone(),
            tallies: self.counted.tallies.0.clone(),
            hours: self.counted.hours.view(),
        }
    }

    /// It was there before, and goes on with what was counted then.
    pub(super) fn goes_on(&mut self, counted: Counted) {
        self.counted = Counted {
            changed: self.counted.changed,
            ..counted
        };
    }

    pub(super) fn apply(
        &mut self,
        name: &Name,
        event: QueueEvent,
        held: Held,
        moment: &mut Moment<'_>,
        changes: &mut Vec<ChangeKind>,
    ) {
        let change = match event {
            QueueEvent::Seen | QueueEvent::Gone => None,
            QueueEvent::Details(details) if details == self.details => None,
            QueueEvent::Details(details) => {
                self.details = details.clone();
                Some(QueueChange::Details(details))
            }
            QueueEvent::Waits {
                caller,
                peer,
                dialed,
                own_number,
                since,
            } => {
                let id = 0; // It gets one if it is new.
                let new = Waiting {
                    id,
                    caller,
                    peer,
                    dialed,
                    own_number,
                    since,
                };
                self.waits(new, held.waiting < MAX_WAITING, moment.last_call)
            }
            QueueEvent::Left { caller, how } => {
                if let Some(at) = self.waiting.iter().position(|w| w.caller == caller) {
                    self.leaves(name, at, how, held.talking < MAX_TALKS, moment, changes);
                }
                None
            }
            QueueEvent::Ended { caller } => {
                if let Some(at) = self.talking.iter().position(|t| t.caller == caller) {
                    self.ends(name, at, true, moment, changes);
                }
                None
            }
            QueueEvent::Lost { caller } => {
                if let Some(at) = self.talking.iter().position(|t| t.caller == caller) {
                    self.ends(name, at, false, moment, changes);
                }
                None
            }
            QueueEvent::Agent(agent) => self.agent(agent, held.agents < MAX_AGENTS),
            QueueEvent::AgentGone { interface } => {
                let at = self.agents.iter().position(|a| a.interface == interface);
                at.map(|at| QueueChange::AgentGone(self.agents.remove(at)))
            }
            QueueEvent::Totals {
                answered,
                abandoned,
            } => self.totals(answered, abandoned),
        };
        changes.extend(change.map(ChangeKind::Queue));
    }

    /// The source's own counts, which hold. One that is lower than before means that the source began anew, unless it only counts later
    /// than we do: those who talk are answered here, and to Asterisk once they hung up.
    pub(super) fn totals(&mut self, answered: u64, abandoned: u64) -> Option<QueueChange> {
        let talking = self.talking.len() as u64;
        let Counted {
            before, counters, ..
        } = &mut self.counted;
        if answered.saturating_add(talking) < before.0 || abandoned < before.1 {
            *before = (0, 0);
        }
        let answered = answered.saturating_sub(before.0);
        let abandoned = abandoned - before.1;
        if (counters.answered, counters.abandoned) == (answered, abandoned) {
            return None;
        }
        (counters.answered, counters.abandoned) = (answered, abandoned);
        Some(QueueChange::Totals {
            answered,
            abandoned,
        })
    }

    pub(super) fn waits(
        &mut self,
        new: Waiting,
        room: bool,
        last_call: &mut u64,
    ) -> Option<QueueChange> {
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
        if !room {
            return None;
        }
        *last_call += 1;
        let new = Waiting {
            id: *last_call,
            ..new
        };
        let at = self.waiting.partition_point(|w| w.since <= new.since);
        self.waiting.insert(at, new.clone());
        Some(QueueChange::Waits(new))
    }

    /// The caller at that place waits no longer. `follow` says whether the talk of one who was answered is followed.
    pub(super) fn leaves(
        &mut self,
        name: &Name,
        at: usize,
        how: Departure,
        follow: bool,
        moment: &mut Moment<'_>,
        changes: &mut Vec<ChangeKind>,
    ) {
        let waiting = self.waiting.remove(at);
        let waited = moment.now.since(waiting.since);
        self.counted.counters.left(&how, waited, moment.within);
        let answered = match &how {
            Departure::Answered { agent } => Some(agent.clone()),
            Departure::Abandoned | Departure::TimedOut | Departure::Elsewhere => None,
        };
        if how != Departure::Elsewhere {
            let is_answered = answered.is_some();
            self.counted
                .hours
                .count(moment.day, moment.now, is_answered, waited);
        }
        let record = waiting.record(name, &how, moment.now);
        let left = QueueChange::Left(waiting.clone(), how);
        changes.push(ChangeKind::Queue(left));
        let Some(agent) = answered else {
            changes.push(ChangeKind::Recorded(record));
            return;
        };
        if let Some(tally) = agent
            .as_ref()
            .and_then(|agent| self.counted.tallies.of(agent))
        {
            tally.answered += 1;
        }
        let talk = Talk {
            id: waiting.id,
            caller: waiting.caller,
            peer: waiting.peer,
            agent,
            waited_since: waiting.since,
            since: moment.now,
        };
        if follow {
            self.talking.push(talk.clone());
            changes.push(ChangeKind::Queue(QueueChange::Talks(talk)));
        } else {
            let record = talk.record(name, moment.now, false);
            changes.push(ChangeKind::Recorded(record));
        }
    }

    /// The talk at that place ended; `told` says whether a source told so, and so how long it was.
    pub(super) fn ends(
        &mut self,
        name: &Name,
        at: usize,
        told: bool,
        moment: &mut Moment<'_>,
        changes: &mut Vec<ChangeKind>,
    ) {
        let talk = self.talking.remove(at);
        let record = talk.record(name, moment.now, told);
        if let Some(talked) = record.talk {
            self.counted.counters.talked(talked);
            if let Some(tally) = talk
                .agent
                .as_ref()
                .and_then(|agent| self.counted.tallies.of(agent))
            {
                tally.talks += 1;
                tally.talked = tally.talked.saturating_add(talked);
            }
        }
        changes.push(ChangeKind::Queue(QueueChange::Ended(talk)));
        changes.push(ChangeKind::Recorded(record));
    }

    pub(super) fn agent(&mut self, new: Agent, room: bool) -> Option<QueueChange> {
        match self
            .agents
            .iter()
            .position(|a| a.interface == new.interface)
        {
            Some(at) if self.agents[at] == new => return None,
            // It may have another name now, and so another place.
            Some(at) => drop(self.agents.remove(at)),
            None if room => {}
            None => return None,
        }
        let at = self
            .agents
            .partition_point(|a| (&a.name, &a.interface) < (&new.name, &new.interface));
        self.agents.insert(at, new.clone());
        Some(QueueChange::Agent(new))
    }
}
