//! The lease among simulated nodes: clocks of their own, a store whose calls are slow, fail, hang or are done late,
//! replicas that lag, nodes that freeze, die and come back.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use super::lease::{CALL_LIMIT, Lease, Step};
use super::value::Holder;
use fastrand::Rng;

/// Real time, in microseconds since the simulation began.
pub(super) type Real = u64;

pub(super) const SECOND: Real = 1_000_000;

/// How the store and the nodes behave for a while.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    /// The longest way of a call to the store, and back.
    pub(super) way: Real,
    /// The longest lag of a replica.
    pub(super) lag: Real,
    /// In a hundred: calls that fail, half of them after they were done.
    pub(super) failing: u32,
    /// In a hundred: calls never answered. Half of them are done, at some time within a minute.
    pub(super) hanging: u32,
    /// In a hundred, each second and node: it freezes for up to 30 s.
    pub(super) freezing: u32,
    /// In a hundred, each second and node: it is killed, and started again within 30 s.
    pub(super) dying: u32,
}

pub(super) const FAIR: Weather = Weather {
    way: SECOND / 20,
    lag: SECOND / 2,
    failing: 0,
    hanging: 0,
    freezing: 0,
    dying: 0,
};

#[derive(Clone, Debug)]
enum What {
    /// A node has something to do.
    Wake { node: usize, life: u32 },
    /// A call reaches the store.
    Do {
        node: usize,
        ask: u64,
        step: Step,
        answered: Option<Real>,
    },
    /// Its outcome reaches the node.
    Answer {
        node: usize,
        ask: u64,
        outcome: Outcome,
    },
    /// The weather acts.
    Second,
}

#[derive(Clone, Debug)]
enum Outcome {
    Read(Option<Vec<u8>>),
    Swapped(bool),
    Failed,
}

pub(super) struct Node {
    pub(super) lease: Option<Lease>,
    /// Local microseconds in a million real ones.
    rate: u64,
    offset: Duration,
    pub(super) frozen_until: Real,
    life: u32,
    /// The call under way, and when it is given up.
    call: Option<(u64, Real)>,
    pub(super) stopping: bool,
}

impl Node {
    fn clock(&self, now: Real) -> Duration {
        self.offset + Duration::from_micros(now * self.rate / SECOND)
    }

    /// The first real time at which the local clock shows at least that.
    fn real(&self, at: Duration) -> Real {
        let local = at.saturating_sub(self.offset).as_micros() as u64;
        (local * SECOND).div_ceil(self.rate)
    }

    fn leads(&self, now: Real) -> Option<u64> {
        self.lease.as_ref()?.leads(self.clock(now))
    }
}

pub(super) struct World {
    pub(super) now: Real,
    pub(super) rng: Rng,
    pub(super) weather: Weather,
    pub(super) nodes: Vec<Node>,
    /// What was stored, and since when.
    pub(super) history: Vec<(Real, Option<Vec<u8>>)>,
    queue: BinaryHeap<Reverse<(Real, u64)>>,
    events: HashMap<u64, What>,
    next: u64,
    /// Terms in the order in which they began.
    pub(super) terms: Vec<(u64, usize)>,
    pub(super) calls: u64,
}

impl World {
    /// Nodes whose clocks run up to `drift` percent too fast or too slow, five minutes apart.
    pub(super) fn new(seed: u64, nodes: usize, drift: u64, weather: Weather) -> Self {
        let mut world = Self {
            now: 0,
            rng: Rng::with_seed(seed),
            weather,
            nodes: Vec::new(),
            history: vec![(0, None)],
            queue: BinaryHeap::new(),
            events: HashMap::new(),
            next: 0,
            terms: Vec::new(),
            calls: 0,
        };
        for node in 0..nodes {
            let drift = drift * SECOND / 100;
            world.nodes.push(Node {
                lease: None,
                rate: world.rng.u64(SECOND - drift..=SECOND + drift),
                offset: Duration::from_secs(300 * node as u64),
                frozen_until: 0,
                life: 0,
                call: None,
                stopping: false,
            });
        }
        world.at(SECOND, What::Second);
        world
    }

    fn at(&mut self, time: Real, what: What) {
        let id = self.next;
        self.next += 1;
        self.queue.push(Reverse((time.max(self.now), id)));
        self.events.insert(id, what);
    }

    pub(super) fn start(&mut self, node: usize) {
        let holder = Holder(u128::from(self.rng.u64(..)));
        let it = &mut self.nodes[node];
        it.life += 1;
        it.lease = Some(Lease::new(holder));
        it.call = None;
        it.stopping = false;
        it.frozen_until = 0;
        let life = it.life;
        self.at(self.now, What::Wake { node, life });
    }

    pub(super) fn kill(&mut self, node: usize) {
        self.nodes[node].lease = None;
        self.nodes[node].call = None;
    }

    pub(super) fn stop(&mut self, node: usize) {
        let now = self.nodes[node].clock(self.now);
        let it = &mut self.nodes[node];
        it.call = None;
        it.stopping = true;
        it.lease.as_mut().expect("running").release(now);
        let life = it.life;
        self.at(self.now, What::Wake { node, life });
    }

    pub(super) fn leader(&self) -> Option<usize> {
        (0..self.nodes.len()).find(|&node| self.nodes[node].leads(self.now).is_some())
    }

    pub(super) fn run(&mut self, duration: Real) {
        let end = self.now + duration;
        while self.queue.peek().is_some_and(|next| next.0.0 <= end) {
            let Reverse((time, id)) = self.queue.pop().expect("peeked");
            self.now = time;
            let what = self.events.remove(&id).expect("queued once");
            self.happen(what);
            self.check();
        }
        self.now = end;
        self.check();
    }

    /// Never two leaders, and never an older term after a newer one.
    fn check(&mut self) {
        let leading: Vec<_> = (0..self.nodes.len())
            .filter_map(|node| Some((self.nodes[node].leads(self.now)?, node)))
            .collect();
        assert!(leading.len() <= 1, "{leading:?} at {}", self.now);
        if let Some(&(term, node)) = leading.first() {
            match self.terms.last() {
                Some(&(last, by)) if last == term => assert_eq!(by, node, "one term, two leaders"),
                last => {
                    assert!(
                        last.is_none_or(|last| last.0 < term),
                        "{last:?} before {term}"
                    );
                    self.terms.push((term, node));
                }
            }
        }
    }

    fn happen(&mut self, what: What) {
        match what {
            What::Wake { node, life } => {
                if self.nodes[node].life == life {
                    self.step(node);
                }
            }
            What::Do {
                node,
                ask,
                step,
                answered,
            } => {
                let outcome = self.perform(&step);
                if let Some(time) = answered {
                    self.at(time, What::Answer { node, ask, outcome });
                }
            }
            What::Answer { node, ask, outcome } => {
                let it = &mut self.nodes[node];
                let thawed = it.frozen_until;
                if thawed > self.now {
                    self.at(thawed, What::Answer { node, ask, outcome });
                    return;
                }
                let now = it.clock(self.now);
                let Some(lease) = &mut it.lease else { return };
                // An answer to a call that was given up reaches nobody.
                if it.call.is_none_or(|(call, _)| call != ask) {
                    return;
                }
                it.call = None;
                match outcome {
                    Outcome::Read(value) => lease.read(now, value),
                    Outcome::Swapped(done) => lease.swapped(now, done),
                    Outcome::Failed => lease.failed(now),
                }
                self.step(node);
            }
            What::Second => self.second(),
        }
    }

    /// What a node's task does whenever it wakes.
    fn step(&mut self, node: usize) {
        let it = &mut self.nodes[node];
        let life = it.life;
        if it.frozen_until > self.now {
            let thawed = it.frozen_until;
            self.at(thawed, What::Wake { node, life });
            return;
        }
        let now = it.clock(self.now);
        let Some(lease) = &mut it.lease else { return };
        if let Some((_, given_up)) = it.call {
            if self.now < given_up {
                return;
            }
            it.call = None;
            lease.failed(now);
        }
        let step = lease.next(now);
        match step {
            Step::Done => {}
            Step::Wait(until) => {
                let until = it.real(until);
                assert!(until > self.now, "it waits for what is past");
                self.at(until, What::Wake { node, life });
            }
            step => {
                self.calls += 1;
                let ask = self.next;
                let given_up = it.real(now + CALL_LIMIT);
                it.call = Some((ask, given_up));
                self.at(given_up, What::Wake { node, life });
                self.send(node, ask, step);
            }
        }
    }

    fn send(&mut self, node: usize, ask: u64, step: Step) {
        let there = self.now + self.rng.u64(0..=self.weather.way);
        let back = there + self.rng.u64(0..=self.weather.way);
        let luck = self.rng.u32(0..100);
        if luck < self.weather.hanging {
            if self.rng.bool() {
                let late = self.now + self.rng.u64(0..60 * SECOND);
                self.at(
                    late,
                    What::Do {
                        node,
                        ask,
                        step,
                        answered: None,
                    },
                );
            }
        } else if luck < self.weather.hanging + self.weather.failing {
            if self.rng.bool() {
                self.at(
                    there,
                    What::Do {
                        node,
                        ask,
                        step,
                        answered: None,
                    },
                );
            }
            let outcome = Outcome::Failed;
            self.at(back, What::Answer { node, ask, outcome });
        } else {
            self.at(
                there,
                What::Do {
                    node,
                    ask,
                    step,
                    answered: Some(back),
                },
            );
        }
    }

    fn perform(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Read => {
                let from = self.now - self.rng.u64(0..=self.weather.lag.min(self.now));
                let seen = self.history.iter().rev().find(|(since, _)| *since <= from);
                Outcome::Read(seen.and_then(|(_, value)| value.clone()))
            }
            Step::Swap { old, new } => {
                let (_, present) = self.history.last().expect("begins with nothing");
                let done = present == old;
                if done {
                    self.history.push((self.now, Some(new.clone())));
                }
                Outcome::Swapped(done)
            }
            Step::Wait(_) | Step::Done => unreachable!("no calls"),
        }
    }

    fn second(&mut self) {
        self.at(self.now + SECOND, What::Second);
        for node in 0..self.nodes.len() {
            if self.nodes[node].lease.is_none() {
                if self.rng.u32(0..15) == 0 {
                    self.start(node);
                }
            } else if self.rng.u32(0..100) < self.weather.freezing {
                self.nodes[node].frozen_until = self.now + self.rng.u64(0..30 * SECOND);
            } else if self.rng.u32(0..100) < self.weather.dying {
                if self.rng.bool() {
                    self.kill(node);
                } else if !self.nodes[node].stopping {
                    self.stop(node);
                }
            } else if self.nodes[node].stopping && self.rng.u32(0..5) == 0 {
                self.kill(node);
            }
        }
    }
}
