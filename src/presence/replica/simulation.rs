//! Tables on a few nodes, and a link between them that loses, doubles and reorders.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;

use super::*;
use crate::cluster::network::{Network, ms};
use crate::host::UserId;
use crate::presence::{Status, Table};

pub(super) fn id(person: u64) -> UserId {
    UserId::from(format!("{person:026}"))
}

#[derive(Debug)]
pub(super) enum Side {
    Leads(Leader),
    Follows(Follower),
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) table: Table,
    pub(super) side: Side,
    inbox: Inbox,
}

impl Node {
    pub(super) fn follower(&self) -> &Follower {
        match &self.side {
            Side::Follows(follower) => follower,
            Side::Leads(_) => panic!("it leads"),
        }
    }
}

pub(super) struct World {
    pub(super) now: Duration,
    pub(super) rng: Rng,
    pub(super) network: Network<Outgoing>,
    pub(super) nodes: Vec<Node>,
    pub(super) epoch: u64,
    pub(super) state: State,
    pub(super) sent: BTreeMap<&'static str, usize>,
}

impl World {
    pub(super) fn new(seed: u64, nodes: usize) -> Self {
        let node = |side| Node {
            table: Table::new(),
            side,
            inbox: Inbox::default(),
        };
        let follower = || Side::Follows(Follower::new(Duration::ZERO, false));
        let leader = Side::Leads(Leader::new(1, &mut Table::new()));
        Self {
            now: Duration::ZERO,
            rng: Rng::with_seed(seed),
            network: Network::new(),
            nodes: std::iter::once(leader)
                .chain((1..nodes).map(|_| follower()))
                .map(node)
                .collect(),
            epoch: 1,
            state: State::Ready,
            sent: BTreeMap::new(),
        }
    }

    pub(super) fn leader(&mut self) -> &mut Table {
        let leads = |node: &&mut Node| matches!(node.side, Side::Leads(_));
        &mut self.nodes.iter_mut().find(leads).expect("one leads").table
    }

    /// That node leads from now on. The one before follows, or was killed and comes back with nothing.
    pub(super) fn lead(&mut self, next: usize, epoch: u64, killed: bool) {
        self.epoch = epoch;
        let now = self.now;
        for (at, node) in self.nodes.iter_mut().enumerate() {
            let led = matches!(node.side, Side::Leads(_));
            if at == next {
                node.side = Side::Leads(Leader::new(epoch, &mut node.table));
            } else if led {
                if killed {
                    node.table = Table::new();
                }
                node.side = Side::Follows(Follower::new(now, !killed));
            }
        }
    }

    fn send(&mut self) {
        for from in 0..self.nodes.len() {
            loop {
                let Node { table, side, .. } = &mut self.nodes[from];
                let event = match side {
                    Side::Leads(leader) => leader.next(self.now, table, self.state),
                    Side::Follows(follower) => follower.next(self.now),
                };
                let Some(event) = event else { break };
                assert!(event.data.len() <= MAX_MESSAGE);
                *self.sent.entry(event.kind).or_default() += 1;
                for to in (0..self.nodes.len()).filter(|to| *to != from) {
                    self.network.send(&mut self.rng, self.now, to, &event);
                }
            }
        }
    }

    fn receive(&mut self) {
        let now = self.now;
        for (to, event) in self.network.arrived(now, |_| true) {
            let Node { table, side, inbox } = &mut self.nodes[to];
            let message = inbox.read(event.kind, &event.data).expect("well formed");
            match (side, message) {
                (Side::Leads(leader), Message::Request(request)) => leader.requested(request),
                (Side::Follows(follower), Message::Changes(changes)) => {
                    let before = table.head();
                    let changed = follower.changes(now, &changes, table);
                    assert_eq!(changed, table.head() != before);
                }
                (Side::Follows(follower), Message::Heartbeat(heartbeat)) => {
                    follower.heartbeat(now, &heartbeat, table);
                }
                _ => {}
            }
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

    /// Something happens to somebody.
    pub(super) fn change(&mut self, people: u64) {
        let (person, other) = (self.rng.u64(0..people), self.rng.u64(0..people));
        let status = Status::ALL[self.rng.usize(0..4)];
        let what = self.rng.u32(0..20);
        let table = self.leader();
        match what {
            0..=3 => {
                if table.upsert(&id(person), &format!("{person}@x")) {
                    table.observe(&id(person), status);
                }
            }
            4 => drop(table.remove(&id(person))),
            // Somebody takes another's address, who may have another one, be gone, or go later.
            5 => {
                table.upsert(&id(person), &format!("{other}@x"));
                if table.status(&id(person)) == Some(None) {
                    table.observe(&id(person), status);
                }
            }
            7 => table.close_holes(),
            6 => table.drop_ghosts(table.head().saturating_sub(20)),
            _ => drop(table.observe(&id(person), status)),
        }
    }

    pub(super) fn fill(&mut self, people: u64) {
        for person in 0..people {
            let status = Status::ALL[self.rng.usize(0..4)];
            let table = self.leader();
            table.upsert(&id(person), &format!("somebody.{person}@example.com"));
            table.observe(&id(person), status);
        }
    }

    /// The same people on all nodes, and the same pages.
    pub(super) fn equal(&mut self) -> bool {
        let expected = (people(self.leader()), places(self.leader()));
        let same = |node: &Node| (people(&node.table), places(&node.table)) == expected;
        self.nodes.iter().all(same)
    }
}

/// Where people are in the pages: in their order.
fn places(table: &Table) -> Vec<(String, u32)> {
    let everybody: Vec<serde_json::Value> =
        serde_json::from_slice(&table.page(0, usize::MAX).json).expect("a page");
    let listed = table.records_after(0).filter(|record| record.listed);
    let places: BTreeMap<_, _> = listed.map(|record| (record.id, record.place)).collect();
    let ids = everybody
        .iter()
        .filter_map(|entry| entry["user_id"].as_str());
    ids.map(|id| (id.to_owned(), places[id])).collect()
}

/// Who is listed and told of.
pub(super) fn people(table: &Table) -> Vec<(String, String, Status)> {
    let listed = table.records_after(0).filter(|record| record.listed);
    let mut people: Vec<_> = listed
        .map(|record| (record.id.to_owned(), record.email.to_owned(), record.status))
        .collect();
    people.sort_by(|one, other| one.0.cmp(&other.0));
    people
}
