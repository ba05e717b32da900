use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::time::sleep;

use super::super::lock;
use super::server::Server;
use super::*;
use crate::host::{Account, Accounts, HostError, Nodes, Statuses, Store};
use crate::presence::{Presence, Settings, Unknown};

pub(super) const SECOND: Duration = Duration::from_secs(1);

/// What the nodes share.
pub(super) struct Cluster {
    pub(super) server: Server,
    store: Mutex<HashMap<String, Vec<u8>>>,
    nodes: Mutex<Vec<Weak<Presence<Node>>>>,
}

/// A node's server.
pub(super) struct Node {
    number: usize,
    cluster: Arc<Cluster>,
    calls: AtomicUsize,
    /// The database is away, for this node.
    pub(super) store_fails: AtomicBool,
    /// The server does not tell the other nodes anything, and does not say so.
    pub(super) tell_hangs: AtomicBool,
}

impl Accounts for Node {
    async fn accounts(&self, page: u32, per_page: u32) -> Result<Vec<Account>, HostError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.cluster.server.accounts(page, per_page).await
    }

    async fn account(&self, user: &UserId) -> Result<Account, HostError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.cluster.server.account(user).await
    }
}

impl Statuses for Node {
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.cluster.server.statuses(users).await
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        self.cluster.server.statuses_enabled().await
    }
}

impl Nodes for Node {
    async fn clustered(&self) -> Result<bool, HostError> {
        Ok(true)
    }

    async fn tell(&self, kind: &str, data: Vec<u8>) -> Result<(), HostError> {
        if self.tell_hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        let nodes = lock(&self.cluster.nodes).clone();
        let others = nodes.iter().enumerate().filter(|(n, _)| *n != self.number);
        for node in others.filter_map(|(_, node)| node.upgrade()) {
            node.cluster_event(kind, &data);
        }
        Ok(())
    }
}

impl Store for Node {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        self.reaches_store()?;
        Ok(lock(&self.cluster.store).get(key).cloned())
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        self.reaches_store()?;
        let mut store = lock(&self.cluster.store);
        if store.get(key).map(Vec::as_slice) != old {
            return Ok(false);
        }
        match value {
            Some(value) => drop(store.insert(key.to_owned(), value.to_owned())),
            None => drop(store.remove(key)),
        }
        Ok(true)
    }
}

impl Node {
    fn reaches_store(&self) -> Result<(), HostError> {
        if self.store_fails.load(Ordering::Relaxed) {
            return Err(HostError::from_status(500, "the database is away"));
        }
        Ok(())
    }
}

pub(super) type Started = (Arc<Node>, Arc<Presence<Node>>);

pub(super) fn start(cluster: &Arc<Cluster>) -> Started {
    let mut nodes = lock(&cluster.nodes);
    let node = Arc::new(Node {
        number: nodes.len(),
        cluster: Arc::clone(cluster),
        calls: AtomicUsize::new(0),
        store_fails: AtomicBool::new(false),
        tell_hangs: AtomicBool::new(false),
    });
    let presence = Presence::new(Arc::clone(&node));
    nodes.push(Arc::downgrade(&presence));
    presence.configure(Some(Settings {
        calls_per_second: 10,
    }));
    (node, presence)
}

/// A cluster of so many people, without nodes.
pub(super) fn a_cluster(people: usize) -> Arc<Cluster> {
    Arc::new(Cluster {
        server: Server::with(people),
        store: Mutex::default(),
        nodes: Mutex::default(),
    })
}

/// A cluster of two nodes and so many people, once the first node leads and has read them; its leader and the other one.
pub(super) async fn two_nodes(people: usize) -> (Arc<Cluster>, Started, Started) {
    let cluster = a_cluster(people);
    cluster.server.set(1, "online");
    let first = start(&cluster);
    assert!(first.1.page(0, 100).await.is_ok());
    let second = start(&cluster);
    assert!(second.1.page(0, 100).await.is_ok());
    assert!(first.1.report().reading && !second.1.report().reading);
    (cluster, first, second)
}

pub(super) fn sees(presence: &Presence<Node>, n: usize) -> Option<Status> {
    presence.status(&id(n))
}

#[tokio::test(start_paused = true)]
async fn one_node_reads_and_the_other_has_it_all() {
    let people = 3_000;
    let (cluster, (_, leader), (follower_host, follower)) = two_nodes(people).await;
    assert_eq!(follower.report().people, leader.report().people);
    assert_eq!(sees(&follower, 1), Some(Status::Online));
    let mut ids = Vec::new();
    for presence in [&leader, &follower] {
        let page = presence.page(0, people).await.unwrap();
        let mut entries: Vec<serde_json::Value> = serde_json::from_slice(&page.json).unwrap();
        assert_eq!(entries.len(), people);
        entries.sort_by_key(|entry| entry["user_id"].to_string());
        ids.push(entries);
    }
    assert_eq!(ids[0], ids[1]);

    cluster.server.set(1, "dnd");
    sleep(SECOND * 5).await;
    assert_eq!(sees(&follower, 1), Some(Status::DoNotDisturb));
    assert_eq!(follower_host.calls.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_follower_is_told_of_the_leader_does() {
    let (cluster, (_, leader), (follower_host, follower)) = two_nodes(3_000).await;
    let both = [&leader, &follower];
    let half = SECOND / 2;

    assert_eq!(follower.publish(&id(9_999), Status::Away), Err(Unknown));
    cluster.server.set(2, "away");
    assert_eq!(follower.publish(&id(2), Status::Away), Ok(()));
    sleep(half).await;
    assert_eq!(both.map(|node| sees(node, 2)), [Some(Status::Away); 2]);

    cluster.server.set(2_500, "online");
    follower.hint(&id(2_500));
    sleep(half).await;
    assert_eq!(
        both.map(|node| sees(node, 2_500)),
        [Some(Status::Online); 2]
    );

    let account = cluster.server.join(5_000);
    cluster.server.set(5_000, "dnd");
    follower.created(account);
    sleep(half).await;
    assert_eq!(
        both.map(|node| sees(node, 5_000)),
        [Some(Status::DoNotDisturb); 2]
    );

    cluster.server.change(3, |account| account.active = false);
    follower.deactivated(&id(3));
    sleep(half).await;
    assert_eq!(both.map(|node| node.knows(&id(3))), [false; 2]);
    assert_eq!(follower_host.calls.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn when_the_leader_goes_the_other_one_reads() {
    let (cluster, (leader_host, leader), (_, follower)) = two_nodes(3_000).await;
    // In good order, it takes over at once.
    leader.stop(SECOND).await;
    sleep(SECOND * 5).await;
    assert!(follower.report().reading);
    // It has everything, so nobody waits for a first round.
    assert_eq!(follower.report().not_ready, None);
    let before = leader_host.calls.load(Ordering::Relaxed);
    cluster.server.set(1, "away");
    cluster.server.change(7, |account| account.active = false);
    // Two rounds over the accounts.
    sleep(SECOND * 300).await;
    assert_eq!(sees(&follower, 1), Some(Status::Away));
    assert!(!follower.knows(&id(7)));
    assert_eq!(leader_host.calls.load(Ordering::Relaxed), before);

    // One that comes later has it from there.
    let (host, third) = start(&cluster);
    assert!(third.page(0, 10).await.is_ok());
    assert_eq!(third.report().people, follower.report().people);
    assert_eq!(host.calls.load(Ordering::Relaxed), 0);
}

/// As when the secret is taken away on one node first: the others do not wait for its lease to run out.
#[tokio::test(start_paused = true)]
async fn when_the_leader_is_turned_off_the_other_one_reads() {
    let (_cluster, (_, leader), (_, follower)) = two_nodes(3).await;
    leader.configure(None);
    sleep(SECOND * 5).await;
    assert!(follower.report().reading);
}
