//! What is counted from one report to the next. It is kept over restarts, and nobody who resets the board's counters resets it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::board::{
    CallRecord, Change, ChangeKind, Departure, Direction, Ending, Erased, MAX_QUEUES, Name,
    QueueChange,
};

/// The most agents who are counted singly.
pub const MAX_REPORTED_AGENTS: usize = 2_000;

/// The calls of a queue, or those of lines that came from no queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Sum {
    /// What a queue is called where it was set up.
    pub(super) description: Option<String>,
    pub(super) answered: u64,
    pub(super) lost: u64,
    /// How long those waited together who were answered, and how long one waited at most, in milliseconds.
    pub(super) waited: u64,
    pub(super) longest: u64,
    /// How many were answered in time.
    pub(super) in_time: u64,
    /// How many talks are known with their length, and their length together in milliseconds.
    pub(super) talks: u64,
    pub(super) talked: u64,
}

impl Sum {
    fn count(&mut self, answered: bool, waited: u64, within: u64) {
        if answered {
            self.answered += 1;
            self.waited = self.waited.saturating_add(waited);
            self.in_time += u64::from(waited <= within);
        } else {
            self.lost += 1;
        }
        self.longest = self.longest.max(waited);
    }

    pub(super) fn total(&self) -> u64 {
        self.answered.saturating_add(self.lost)
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.answered = self.answered.saturating_add(other.answered);
        self.lost = self.lost.saturating_add(other.lost);
        self.waited = self.waited.saturating_add(other.waited);
        self.longest = self.longest.max(other.longest);
        self.in_time = self.in_time.saturating_add(other.in_time);
        self.talks = self.talks.saturating_add(other.talks);
        self.talked = self.talked.saturating_add(other.talked);
        if self.description.is_none() {
            self.description.clone_from(&other.description);
        }
    }
}

/// What an agent did in all queues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Agent {
    pub(super) answered: u64,
    pub(super) talks: u64,
    pub(super) talked: u64,
}

/// What happened in an hour of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Hour {
    pub(super) answered: u64,
    pub(super) lost: u64,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Period {
    /// From when on it counts, and up to when, in milliseconds.
    pub(super) began: u64,
    pub(super) ends: u64,
    /// By their names.
    pub(super) queues: BTreeMap<String, Sum>,
    pub(super) lines: Sum,
    pub(super) agents: BTreeMap<String, Agent>,
    /// By the hours that clocks show.
    pub(super) hours: [Hour; 24],
}

impl Period {
    pub(super) fn is_empty(&self) -> bool {
        let hours = self.hours.iter();
        hours
            .clone()
            .all(|hour| hour.answered == 0 && hour.lost == 0)
    }

    /// Takes a change over. Answers whether it counts.
    pub(super) fn take(&mut self, change: &Change, within: u64, hour: usize) -> bool {
        match &change.kind {
            ChangeKind::Queue(QueueChange::Left(waiting, how)) => {
                let waited = change.at.since(waiting.since);
                self.left(&change.subject, waited, how, within, hour)
            }
            ChangeKind::Recorded(record) => self.recorded(record, within, hour),
            _ => false,
        }
    }

    /// What a queue is called, if it has calls.
    pub(super) fn describe(&mut self, queue: &Name, description: Option<&Name>) {
        if let Some(sum) = self.queues.get_mut(&**queue) {
            let known = sum.description.as_deref();
            if known != description.map(|description| &**description) {
                sum.description = description.map(ToString::to_string);
            }
        }
    }

    fn left(
        &mut self,
        queue: &Name,
        waited: u64,
        how: &Departure,
        within: u64,
        hour: usize,
    ) -> bool {
        let agent = match how {
            Departure::Answered { agent } => Some(agent),
            Departure::Abandoned | Departure::TimedOut => None,
            Departure::Elsewhere => return false,
        };
        let Some(sum) = self.queue(queue) else {
            return false;
        };
        sum.count(agent.is_some(), waited, within);
        self.hour(hour, agent.is_some());
        if let Some(agent) = agent.and_then(|agent| self.agent(agent.as_ref()?)) {
            agent.answered += 1;
        }
        true
    }

    fn recorded(&mut self, record: &CallRecord, within: u64, hour: usize) -> bool {
        if let Some(queue) = &record.queue {
            let Some(talk) = record.talk else {
                return false;
            };
            let agent = record.agent.as_ref().and_then(|agent| self.agent(agent));
            if let Some(agent) = agent {
                agent.talks += 1;
                agent.talked = agent.talked.saturating_add(talk);
            }
            let Some(sum) = self.queue(queue) else {
                return true;
            };
            sum.talks += 1;
            sum.talked = sum.talked.saturating_add(talk);
            return true;
        }
        let answered = match record.ending {
            Ending::Answered => true,
            Ending::Missed => false,
            _ => return false,
        };
        if record.direction == Direction::Outgoing {
            return false;
        }
        self.lines.count(answered, record.wait, within);
        if let Some(talk) = record.talk {
            self.lines.talks += 1;
            self.lines.talked = self.lines.talked.saturating_add(talk);
        }
        self.hour(hour, answered);
        true
    }

    fn queue(&mut self, name: &Name) -> Option<&mut Sum> {
        if self.queues.len() >= MAX_QUEUES && !self.queues.contains_key(&**name) {
            return None;
        }
        Some(self.queues.entry(name.to_string()).or_default())
    }

    fn agent(&mut self, name: &Name) -> Option<&mut Agent> {
        if self.agents.len() >= MAX_REPORTED_AGENTS && !self.agents.contains_key(&**name) {
            return None;
        }
        Some(self.agents.entry(name.to_string()).or_default())
    }

    fn hour(&mut self, hour: usize, answered: bool) {
        if let Some(hour) = self.hours.get_mut(hour) {
            let count = if answered {
                &mut hour.answered
            } else {
                &mut hour.lost
            };
            *count = count.saturating_add(1);
        }
    }

    /// Forgets what somebody did as an agent. Answers whether they did anything.
    pub(super) fn erase(&mut self, whom: &Erased) -> bool {
        let before = self.agents.len();
        self.agents.retain(|agent, _| !whom.is(agent));
        self.agents.len() < before
    }

    /// Takes over what was counted before the start.
    pub(super) fn add(&mut self, before: &Self) {
        self.began = self.began.min(before.began);
        for (name, sum) in &before.queues {
            if self.queues.len() < MAX_QUEUES || self.queues.contains_key(name) {
                self.queues.entry(name.clone()).or_default().add(sum);
            }
        }
        self.lines.add(&before.lines);
        for (name, agent) in &before.agents {
            if self.agents.len() < MAX_REPORTED_AGENTS || self.agents.contains_key(name) {
                let own = self.agents.entry(name.clone()).or_default();
                own.answered = own.answered.saturating_add(agent.answered);
                own.talks = own.talks.saturating_add(agent.talks);
                own.talked = own.talked.saturating_add(agent.talked);
            }
        }
        for (own, hour) in self.hours.iter_mut().zip(&before.hours) {
            own.answered = own.answered.saturating_add(hour.answered);
            own.lost = own.lost.saturating_add(hour.lost);
        }
    }
}
