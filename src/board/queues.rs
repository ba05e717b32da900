//! What a source's report does to a queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::counters::{self, Counters, Hours, Tallies};
use super::expiry::{Expiries, TALKING_LIMIT};
use super::queue::{MAX_AGENTS, MAX_QUEUES, MAX_TALKS, MAX_WAITING, Talk, WAITING_LIMIT};
use super::stored;
use super::{
    Agent, ChangeKind, Departure, Details, Name, Peer, QueueChange, QueueEvent, QueueReport,
    QueueView, Source, Timestamp, Waiting,
};

/// All queues.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues {
    queues: BTreeMap<Name, Queue>,
    /// What was counted of queues that left the board, so that one that comes back goes on with it.
    gone: BTreeMap<Name, Counted>,
    /// How much all of them hold together.
    held: Held,
}

/// What is counted of a queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Counted {
    source: Source,
    #[serde(with = "counters::Stored")]
    counters: Counters,
    /// How many were answered and abandoned before the counters began, by the source's own count.
    #[serde(default)]
    before: (u64, u64),
    #[serde(default)]
    tallies: Tallies,
    #[serde(default)]
    hours: Hours,
    /// The number of the last change of the queue.
    #[serde(default)]
    changed: u64,
}

/// How much queues hold, see [`MAX_WAITING`], [`MAX_TALKS`] and [`MAX_AGENTS`].
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

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Queue {
    #[serde(flatten)]
    counted: Counted,
    #[serde(default)]
    details: Details,
    /// The longest first; of those who came at the same time, the one who was told of first.
    #[serde(default, with = "stored::waiting")]
    waiting: Vec<Waiting>,
    /// Those who were answered first, first.
    #[serde(default, with = "stored::talking")]
    talking: Vec<Talk>,
    /// Sorted by name, then by interface.
    #[serde(default)]
    agents: Vec<Agent>,
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

impl Counted {
    fn reset(&mut self, now: Timestamp, day: bool) {
        self.before.0 += self.counters.answered;
        self.before.1 += self.counters.abandoned;
        self.counters = Counters::new(now);
        self.tallies = Tallies::default();
        if day {
            self.hours = Hours::default();
        }
    }

    /// Adds what was counted before. Asterisk counts for itself: what it told since it began is more than what is counted here since then.
    fn absorb(&mut self, earlier: Counted) {
        let own = (self.counters.answered, self.counters.abandoned);
        self.counters.add(&earlier.counters);
        if self.source == Source::Asterisk {
            let all = (own.0 + self.before.0, own.1 + self.before.1);
            let since = |all: u64, before: u64, counted: u64| match all.checked_sub(before) {
                Some(told) => told.max(counted),
                None => counted,
            };
            let counted = &earlier.counters;
            self.counters.answered = since(all.0, earlier.before.0, counted.answered);
            self.counters.abandoned = since(all.1, earlier.before.1, counted.abandoned);
            self.before = (
                all.0.saturating_sub(self.counters.answered),
                all.1.saturating_sub(self.counters.abandoned),
            );
        }
        self.tallies.add(earlier.tallies);
        self.hours.add(&earlier.hours);
    }
}

impl Queue {
    fn new(source: Source, now: Timestamp) -> Self {
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

    fn held(&self) -> Held {
        Held {
            waiting: self.waiting.len(),
            talking: self.talking.len(),
            agents: self.agents.len(),
        }
    }

    fn view(&self, name: &Name) -> QueueView {
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
    fn goes_on(&mut self, counted: Counted) {
        self.counted = Counted {
            changed: self.counted.changed,
            ..counted
        };
    }

    fn apply(
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
                since,
            } => {
                let id = 0; // It gets one if it is new.
                let new = Waiting {
                    id,
                    caller,
                    peer,
                    dialed,
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
    fn totals(&mut self, answered: u64, abandoned: u64) -> Option<QueueChange> {
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

    fn waits(&mut self, new: Waiting, room: bool, last_call: &mut u64) -> Option<QueueChange> {
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
    fn leaves(
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
    fn ends(
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

    fn agent(&mut self, new: Agent, room: bool) -> Option<QueueChange> {
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
