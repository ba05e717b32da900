//! Journals on a few nodes whose clocks differ, a link between them that loses, doubles and reorders, and a store.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::*;
use crate::cluster::network::{GOOD, Network, ms};
use crate::journal::{Origin, Origins};

/// What a node's clock shows at the beginning, by node, in milliseconds: five minutes apart.
const CLOCKS: [u64; 3] = [1_000_000, 1_300_000, 700_000];

/// How often a leader stores.
const STORE_EVERY: Duration = Duration::from_secs(1);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The leader's.
    term: u64,
    /// By the leader's clock.
    at: u64,
    origin: Option<Origin>,
    event: u64,
}

/// A state: what was applied, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) applied: Vec<Entry>,
    origins: Origins,
}

impl State {
    fn apply(&mut self, entry: Entry) {
        let index = self.applied.len() as u64 + 1;
        if let Some(origin) = &entry.origin {
            self.origins.note(origin, index);
        }
        self.applied.push(entry);
    }

    /// How far it is. A node that has begun to listen to a leader knows its term, and may lack most of what that one began with: what
    /// counts is what it has.
    fn position(&self) -> Position {
        Position {
            term: self.applied.last().map_or(0, |entry| entry.term),
            index: self.applied.len() as u64,
        }
    }

    pub(super) fn events(&self) -> Vec<u64> {
        self.applied.iter().map(|entry| entry.event).collect()
    }
}

pub(super) enum Side {
    Leads(Leader, Duration),
    Follows(Replica),
}

pub(super) struct Node {
    pub(super) state: State,
    pub(super) side: Side,
    pub(super) forwards: Forwards<u64>,
    /// It does nothing, and hears everything once it wakes up.
    pub(super) frozen: bool,
    /// Nothing gets to it or from it.
    pub(super) cut: bool,
    /// What happened on it in this life.
    heard: Vec<u64>,
}

impl Node {
    fn new(node: String, now: Duration) -> Self {
        Self {
            state: State::default(),
            side: Side::Follows(Replica::new(now, Position::default())),
            forwards: Forwards::new(node.into()),
            frozen: false,
            cut: false,
            heard: Vec::new(),
        }
    }

    pub(super) fn position(&self) -> Position {
        match &self.side {
            Side::Leads(leader, _) => leader.position(),
            Side::Follows(_) => self.state.position(),
        }
    }
}

pub(super) struct World {
    pub(super) now: Duration,
    pub(super) rng: Rng,
    pub(super) network: Network<Vec<u8>>,
    pub(super) nodes: Vec<Node>,
    term: u64,
    lives: u64,
    /// How far it is, too.
    stored: (Position, State),
    /// When an event happened.
    pub(super) happened: BTreeMap<u64, Duration>,
    /// What may be lost: it happened on a node that was killed, and had not come through.
    pub(super) excused: BTreeSet<u64>,
    pub(super) messages: usize,
}

impl World {
    pub(super) fn new(seed: u64, nodes: usize) -> Self {
        let mut world = Self {
            now: Duration::ZERO,
            rng: Rng::with_seed(seed),
            network: Network::new(),
            nodes: Vec::new(),
            term: 0,
            lives: 0,
            stored: Default::default(),
            happened: BTreeMap::new(),
            excused: BTreeSet::new(),
            messages: 0,
        };
        for _ in 0..nodes {
            let node = world.born();
            world.nodes.push(node);
        }
        world.lead(0);
        world
    }

    fn born(&mut self) -> Node {
        self.lives += 1;
        Node::new(self.lives.to_string(), self.now)
    }

    pub(super) fn leader(&self) -> Option<usize> {
        let leads = |node: &Node| matches!(node.side, Side::Leads(..));
        self.nodes.iter().position(leads)
    }

    fn clock(&self, node: usize) -> u64 {
        CLOCKS[node] + self.now.as_millis() as u64
    }

    /// Nobody leads any more: as a lease ends, by the clock of the one that had it.
    pub(super) fn depose(&mut self) {
        let now = self.now;
        if let Some(at) = self.leader() {
            let position = self.nodes[at].position();
            self.nodes[at].side = Side::Follows(Replica::new(now, position));
        }
    }

    /// That node leads from now on, with the further of what it and the store have.
    pub(super) fn lead(&mut self, next: usize) {
        self.depose();
        self.term += 1;
        let (now, clock) = (self.now, self.clock(next));
        let node = &mut self.nodes[next];
        let mut from = node.position();
        if self.stored.0 > from {
            (from, node.state) = self.stored.clone();
            let last = node.state.origins.last(node.forwards.node());
            node.forwards.rebased(now, last, from.index);
        }
        let mut leader = Leader::new(self.term, from);
        let own: Vec<_> = node.forwards.unheld(now).collect();
        for (origin, age, event) in own {
            let entry = Entry {
                term: self.term,
                at: clock - age.as_millis() as u64,
                origin: Some(origin.clone()),
                event,
            };
            leader.applied(&entry);
            node.state.apply(entry);
            let index = leader.position().index;
            node.forwards.applied(origin.number, index);
        }
        node.side = Side::Leads(leader, now);
    }

    /// That node dies, and begins anew with nothing.
    pub(super) fn kill(&mut self, node: usize) {
        let born = self.born();
        let dead = std::mem::replace(&mut self.nodes[node], born);
        self.excused.extend(dead.heard);
    }

    /// Something happens on that node.
    pub(super) fn happen(&mut self, at: usize, event: u64) {
        let (now, clock) = (self.now, self.clock(at));
        self.happened.insert(event, now);
        let node = &mut self.nodes[at];
        node.heard.push(event);
        let origin = node.forwards.push(now, event).expect("room");
        if let Side::Leads(leader, _) = &mut node.side {
            let entry = Entry {
                term: leader.position().term,
                at: clock,
                origin: Some(origin.clone()),
                event,
            };
            leader.applied(&entry);
            node.state.apply(entry);
            node.forwards
                .applied(origin.number, leader.position().index);
        }
    }

    fn send(&mut self) {
        for from in 0..self.nodes.len() {
            while let Some(data) = self.next_of(from) {
                self.messages += 1;
                assert!(data.len() <= MAX_MESSAGE);
                for to in (0..self.nodes.len()).filter(|to| *to != from) {
                    if self.nodes[from].cut || self.nodes[to].cut {
                        continue;
                    }
                    self.network.send(&mut self.rng, self.now, to, &data);
                }
            }
        }
    }

    fn next_of(&mut self, at: usize) -> Option<Vec<u8>> {
        let now = self.now;
        let node = &mut self.nodes[at];
        if node.frozen {
            return None;
        }
        match &mut node.side {
            Side::Follows(replica) => replica.next(now).or_else(|| node.forwards.next(now)),
            Side::Leads(leader, stored_at) => {
                if now >= *stored_at + STORE_EVERY && !node.cut {
                    *stored_at = now;
                    self.stored = (leader.position(), node.state.clone());
                    leader.stored(leader.position().index);
                    node.forwards.stored(leader.position().index);
                }
                loop {
                    match leader.next(now)? {
                        Step::Send(data) => return Some(data),
                        Step::Whole => {
                            let bytes = serde_json::to_vec(&node.state).expect("JSON");
                            leader.whole(now, bytes);
                        }
                        Step::Beside => return Some(leader.beside(now, b"beside")),
                    }
                }
            }
        }
    }

    fn receive(&mut self) {
        let now = self.now;
        let nodes = &self.nodes;
        for (to, data) in self.network.arrived(now, |to| !nodes[to].frozen) {
            let message = decode::<Entry, u64>(&data).expect("well formed");
            let clock = self.clock(to);
            let node = &mut self.nodes[to];
            take(node, now, clock, message);
        }
    }

    /// In steps of 5 ms, as a node that sleeps until it is woken would see it.
    pub(super) fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.now < end {
            self.send();
            self.now += ms(5);
            self.receive();
        }
    }

    /// Everything is well again; after that, all is as it has to be.
    pub(super) fn settle(&mut self) {
        self.network.link = GOOD;
        for node in &mut self.nodes {
            (node.frozen, node.cut) = (false, false);
        }
        if self.leader().is_none() {
            let next = self.rng.usize(0..self.nodes.len());
            self.lead(next);
        }
        self.run(SILENCE + Duration::from_secs(10));
        let leader = self.leader().expect("one leads");
        let state = &self.nodes[leader].state;
        for node in &self.nodes {
            assert_eq!(node.state, *state);
            assert_eq!(node.forwards.waiting(), 0);
        }
        let events = state.events();
        let once: BTreeSet<_> = events.iter().copied().collect();
        assert_eq!(once.len(), events.len(), "nothing is applied twice");
        for event in self.happened.keys() {
            assert!(
                once.contains(event) || self.excused.contains(event),
                "{event} got lost"
            );
        }
    }

    /// For how long an event was under way, by whichever clock it was given its time.
    pub(super) fn lags(&self) -> impl Iterator<Item = u64> {
        let leader = self.leader().expect("one leads");
        self.nodes[leader].state.applied.iter().map(|entry| {
            let happened = self.happened[&entry.event].as_millis() as u64;
            let clocks = CLOCKS
                .iter()
                .filter_map(|clock| entry.at.checked_sub(clock + happened));
            clocks.min().expect("none is before it happened")
        })
    }
}

/// What a node does with a message.
fn take(node: &mut Node, now: Duration, clock: u64, message: Message<Entry, u64>) {
    // It is a sign of life, too.
    let message = match message {
        Message::Beside {
            lineage,
            first,
            stored,
            ..
        } => Message::Entries {
            lineage,
            first,
            stored,
            entries: Vec::new(),
        },
        other => other,
    };
    match (&mut node.side, message) {
        (Side::Leads(leader, _), Message::Want { have }) => leader.wanted(now, have),
        (
            Side::Leads(leader, _),
            Message::Forward {
                node: sender,
                base,
                items,
            },
        ) => {
            for item in items {
                let origin = Origin {
                    node: Arc::clone(&sender),
                    number: item.number,
                };
                if is_next(&node.state.origins, &origin, base) {
                    let entry = Entry {
                        term: leader.position().term,
                        at: clock - item.age,
                        origin: Some(origin),
                        event: item.event,
                    };
                    leader.applied(&entry);
                    node.state.apply(entry);
                }
            }
        }
        (
            Side::Follows(replica),
            Message::Entries {
                lineage,
                first,
                stored,
                entries,
            },
        ) => {
            let place = Place {
                lineage,
                first,
                stored,
            };
            for entry in replica.entries(now, place, entries) {
                let own = entry.origin.clone();
                let own = own.filter(|own| own.node == *node.forwards.node());
                node.state.apply(entry);
                if let Some(origin) = own {
                    let index = node.state.applied.len() as u64;
                    node.forwards.applied(origin.number, index);
                }
            }
            node.forwards.stored(replica.stored());
        }
        (
            Side::Follows(replica),
            Message::Whole {
                lineage,
                index,
                part,
                parts,
                bytes,
            },
        ) => {
            if let Some((index, bytes)) = replica.whole(now, lineage, (index, part, parts), bytes) {
                node.state = serde_json::from_slice(&bytes).expect("a state");
                replica.loaded(index);
                let last = node.state.origins.last(node.forwards.node());
                node.forwards.rebased(now, last, index);
            }
        }
        _ => {}
    }
    if let Side::Follows(replica) = &node.side {
        node.forwards.led_by(now, replica.leader());
    }
}
