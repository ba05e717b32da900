//! What a source's report does to the queues, and to one of them ([`one`]).

mod counted;
mod one;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::expiry::{Expiries, TALKING_LIMIT};
use super::queue::{MAX_QUEUES, WAITING_LIMIT};
use super::{
    ChangeKind, Departure, Name, Peer, QueueChange, QueueEvent, QueueReport, QueueView, Source,
    Timestamp,
};
use counted::Counted;
use one::Queue;

/// All queues.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues {
    queues: BTreeMap<Name, Queue>,
    /// What was counted of queues that left the board, so that one that comes back goes on with it.
    gone: BTreeMap<Name, Counted>,
    /// How much all of them hold together.
    held: Held,
}

/// How much queues hold, see [`MAX_WAITING`](super::MAX_WAITING), [`MAX_TALKS`](super::MAX_TALKS) and [`MAX_AGENTS`](super::MAX_AGENTS).
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    waiting: usize,
    talking: usize,
    agents: usize,
}

/// What the board knows when it hands a report to a queue.
#[derive(Debug)]
pub(super) struct Moment<'a> {
    pub(super) now: Timestamp,
    /// When the day began.
    pub(super) day: Timestamp,
    /// Within how many milliseconds a call should be answered.
    pub(super) within: u64,
    /// The number of the last call, which is counted on.
    pub(super) last_call: &'a mut u64,
}

/// How much they hold is counted anew.
impl Serialize for Queues {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.queues, &self.gone).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Queues {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (queues, gone) = <(BTreeMap<Name, Queue>, BTreeMap<_, _>)>::deserialize(deserializer)?;
        let mut held = Held::default();
        for queue in queues.values().map(Queue::held) {
            held.waiting += queue.waiting;
            held.talking += queue.talking;
            held.agents += queue.agents;
        }
        Ok(Self { queues, gone, held })
    }
}

impl Queues {
    /// Takes over what a source said, and tells what changed by it: nothing if that was known. A queue that is told of
    /// for the first time is on the board from then on, whatever it is that was said of it, unless that ends something.
    pub(super) fn apply(
        &mut self,
        report: QueueReport,
        moment: &mut Moment<'_>,
    ) -> Vec<ChangeKind> {
        let QueueReport {
            source,
            queue: name,
            event,
        } = report;
        let mut changes = Vec::new();
        let ends = matches!(
            event,
            QueueEvent::Left { .. }
                | QueueEvent::Ended { .. }
                | QueueEvent::Lost { .. }
                | QueueEvent::AgentGone { .. }
                | QueueEvent::Gone
        );
        match self.queues.get(&name) {
            Some(queue) if queue.counted.source != source => return changes,
            Some(_) => {}
            None if ends || self.queues.len() >= MAX_QUEUES => return changes,
            None => {
                let mut queue = Queue::new(source, moment.now);
                changes.push(ChangeKind::Queue(QueueChange::Seen(source)));
                if let Some(counted) = self.gone.remove(&name)
                    && counted.source == source
                {
                    queue.goes_on(counted);
                    let counters = &queue.counted.counters;
                    let (answered, abandoned) = (counters.answered, counters.abandoned);
                    let totals = QueueChange::Totals {
                        answered,
                        abandoned,
                    };
                    if (answered, abandoned) != (0, 0) {
                        changes.push(ChangeKind::Queue(totals));
                    }
                }
                self.queues.insert(Arc::clone(&name), queue);
            }
        }
        if event == QueueEvent::Gone {
            self.remove(&name, moment, &mut changes);
            return changes;
        }
        self.with(&name, |queue, held| {
            queue.apply(&name, event, held, moment, &mut changes);
        });
        changes
    }

    /// Does something with a queue, and keeps the counts over all of them.
    fn with(&mut self, name: &Name, act: impl FnOnce(&mut Queue, Held)) {
        let Some(queue) = self.queues.get_mut(name) else {
            return;
        };
        let before = queue.held();
        act(queue, self.held);
        let after = queue.held();
        self.held.waiting = self.held.waiting - before.waiting + after.waiting;
        self.held.talking = self.held.talking - before.talking + after.talking;
        self.held.agents = self.held.agents - before.agents + after.agents;
    }

    /// The caller or the talk with that number ends because nobody tells of it any more.
    pub(super) fn expire(
        &mut self,
        name: &Name,
        id: u64,
        moment: &mut Moment<'_>,
    ) -> Vec<ChangeKind> {
        let mut changes = Vec::new();
        self.with(name, |queue, _| {
            if let Some(at) = queue.waiting.iter().position(|waiting| waiting.id == id) {
                queue.leaves(name, at, Departure::Elsewhere, false, moment, &mut changes);
            } else if let Some(at) = queue.talking.iter().position(|talk| talk.id == id) {
                queue.ends(name, at, false, moment, &mut changes);
            }
        });
        changes
    }

    /// What a number is called became known. Tells who waits or talks with it, and where.
    pub(super) fn named(&mut self, peer: &Peer) -> Vec<(Name, QueueChange)> {
        let mut changes = Vec::new();
        for (name, queue) in &mut self.queues {
            for waiting in &mut queue.waiting {
                if waiting.peer.as_mut().is_some_and(|own| own.learn(peer)) {
                    changes.push((Arc::clone(name), QueueChange::Waits(waiting.clone())));
                }
            }
            for talk in &mut queue.talking {
                if talk.peer.as_mut().is_some_and(|own| own.learn(peer)) {
                    changes.push((Arc::clone(name), QueueChange::Talks(talk.clone())));
                }
            }
        }
        changes
    }

    /// Keeps in mind when the time of each caller and talk is up.
    pub(super) fn keep_times(&self, expiries: &mut Expiries) {
        for (name, queue) in &self.queues {
            for waiting in &queue.waiting {
                expiries.keep_caller(name, waiting.id, waiting.since.after(WAITING_LIMIT));
            }
            for talk in &queue.talking {
                expiries.keep_caller(name, talk.id, talk.since.after(TALKING_LIMIT));
            }
        }
    }

    /// All queues of a source.
    pub(super) fn of(&self, source: Source) -> Vec<Name> {
        let of = self
            .queues
            .iter()
            .filter(|(_, queue)| queue.counted.source == source);
        of.map(|(name, _)| Arc::clone(name)).collect()
    }

    /// The counters begin anew: of one queue or of all, and with a new day those of the hours, too. Tells whose did.
    pub(super) fn reset(&mut self, only: Option<&Name>, now: Timestamp, day: bool) -> Vec<Name> {
        let mut reset = Vec::new();
        for (name, queue) in &mut self.queues {
            if only.is_some_and(|only| only != name) {
                continue;
            }
            queue.counted.reset(now, day);
            reset.push(Arc::clone(name));
        }
        for (name, counted) in &mut self.gone {
            if only.is_none_or(|only| only == name) {
                counted.reset(now, day);
            }
        }
        reset
    }

    /// Something changed in a queue, by the change with that number.
    pub(super) fn touch(&mut self, name: &Name, sequence: u64) {
        if let Some(queue) = self.queues.get_mut(name) {
            queue.counted.changed = sequence;
        }
    }

    fn remove(&mut self, name: &Name, moment: &mut Moment<'_>, changes: &mut Vec<ChangeKind>) {
        self.with(name, |queue, _| {
            while !queue.waiting.is_empty() {
                queue.leaves(name, 0, Departure::Elsewhere, false, moment, changes);
            }
            while !queue.talking.is_empty() {
                queue.ends(name, 0, false, moment, changes);
            }
            let agents = std::mem::take(&mut queue.agents).into_iter();
            changes.extend(agents.map(|agent| ChangeKind::Queue(QueueChange::AgentGone(agent))));
        });
        if let Some(queue) = self.queues.remove(name) {
            self.remember(Arc::clone(name), queue.counted);
            changes.push(ChangeKind::Queue(QueueChange::Gone));
        }
    }

    /// Forgets what these agents did. Answers whether they did anything.
    pub(super) fn erase(&mut self, is: impl Fn(&Name) -> bool) -> bool {
        let there = self
            .queues
            .values_mut()
            .map(|queue| &mut queue.counted.tallies);
        let gone = self.gone.values_mut().map(|counted| &mut counted.tallies);
        let mut any = false;
        for tallies in there.chain(gone) {
            let before = tallies.0.len();
            tallies.0.retain(|tally| !is(&tally.agent));
            any |= tallies.0.len() < before;
        }
        any
    }

    /// Remembers what was counted of a queue that left. The one that left first is forgotten for it when there is no room.
    fn remember(&mut self, name: Name, counted: Counted) {
        if self.gone.len() >= MAX_QUEUES && !self.gone.contains_key(&name) {
            let oldest = self.gone.iter().min_by_key(|(_, counted)| counted.changed);
            if let Some(oldest) = oldest.map(|(name, _)| Arc::clone(name)) {
                self.gone.remove(&oldest);
            }
        }
        self.gone.insert(name, counted);
    }

    /// Takes over what was counted earlier, `today` or on a day before, by a board of which these queues know nothing.
    pub(super) fn absorb(&mut self, earlier: Self, today: bool, now: Timestamp) {
        let left = earlier.gone.into_iter();
        let there = earlier.queues.into_iter();
        let counted = left.chain(there.map(|(name, queue)| (name, queue.counted)));
        for (name, mut counted) in counted {
            if !today {
                counted.reset(now, true);
            }
            match self.queues.get_mut(&name) {
                Some(queue) if queue.counted.source == counted.source => {
                    queue.counted.absorb(counted);
                }
                Some(_) => {}
                None => self.remember(name, counted),
            }
        }
    }

    /// All queues that changed after that number, sorted by name, each with the number of its last change.
    pub(super) fn views(&self, after: u64) -> impl Iterator<Item = (u64, QueueView)> {
        let changed = self.queues.iter();
        let changed = changed.filter(move |(_, queue)| queue.counted.changed > after || after == 0);
        changed.map(|(name, queue)| (queue.counted.changed, queue.view(name)))
    }
}
