//! The task, with a host of a few lines and a clock that stands still while anything runs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::lease::{CALL_LIMIT, LOOK, RENEW, STAND_DOWN, TAKE_OVER};
use super::{GIVE_BACK_LIMIT, Leadership, MAX_KEY, Role};
use crate::host::{HostError, Nodes, Store};

const KEY: &str = "lead";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Well,
    Fails,
    Hangs,
}

async fn mood(of: &Mutex<Mood>) -> Result<(), HostError> {
    let mood = *of.lock().expect("no panic");
    match mood {
        Mood::Well => Ok(()),
        Mood::Fails => Err(HostError::transient("the database is away")),
        Mood::Hangs => std::future::pending().await,
    }
}

/// What all nodes share.
type Database = Arc<Mutex<Option<Vec<u8>>>>;

#[derive(Debug, Default)]
struct Host {
    database: Database,
    clustered: Mutex<bool>,
    setting: Mutex<Mood>,
    store: Mutex<Mood>,
    /// How long the store takes for each call: it says what was there when it was asked, and does what it is told at the end, also for
    /// somebody who died meanwhile.
    slow: Mutex<Duration>,
    calls: AtomicUsize,
}

impl Host {
    fn new(clustered: bool) -> Arc<Self> {
        Self::beside(&Database::default(), clustered)
    }

    fn beside(database: &Database, clustered: bool) -> Arc<Self> {
        Arc::new(Self {
            database: Arc::clone(database),
            clustered: Mutex::new(clustered),
            ..Self::default()
        })
    }

    fn start(self: &Arc<Self>) -> Leadership {
        Leadership::start(Arc::clone(self), KEY)
    }

    fn stored(&self) -> Option<String> {
        let stored = self.database.lock().expect("no panic").clone();
        stored.map(|value| String::from_utf8(value).expect("text"))
    }

    fn store_is(&self, mood: Mood) {
        *self.store.lock().expect("no panic") = mood;
    }

    fn setting_is(&self, mood: Mood) {
        *self.setting.lock().expect("no panic") = mood;
    }

    fn slow(&self) -> Duration {
        *self.slow.lock().expect("no panic")
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl Nodes for Host {
    async fn clustered(&self) -> Result<bool, HostError> {
        mood(&self.setting).await?;
        Ok(*self.clustered.lock().expect("no panic"))
    }

    async fn tell(&self, _: &str, _: Vec<u8>) -> Result<(), HostError> {
        panic!("leading tells nobody anything")
    }
}

impl Store for Host {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        assert_eq!(key, KEY);
        self.calls.fetch_add(1, Ordering::Relaxed);
        mood(&self.store).await?;
        let stored = self.database.lock().expect("no panic").clone();
        sleep(self.slow()).await;
        Ok(stored)
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        assert_eq!(key, KEY);
        self.calls.fetch_add(1, Ordering::Relaxed);
        mood(&self.store).await?;
        let (old, value) = (old.map(<[u8]>::to_vec), value.map(<[u8]>::to_vec));
        let (database, slow) = (Arc::clone(&self.database), self.slow());
        let doing = tokio::spawn(async move {
            sleep(slow).await;
            let mut stored = database.lock().expect("no panic");
            let done = *stored == old;
            if done {
                *stored = value;
            }
            done
        });
        Ok(doing.await.expect("no panic"))
    }
}

/// Waits until the role is that one, for a minute of the paused clock, and says how long it took.
async fn becomes(role: &mut watch::Receiver<Role>, wanted: Role) -> Duration {
    let before = Instant::now();
    let found = role.wait_for(|role| *role == wanted);
    let found = timeout(Duration::from_secs(60), found).await.is_ok();
    assert!(found, "it stays {:?}", *role.borrow());
    before.elapsed()
}

const fn leader(term: u64) -> Role {
    Role::Leader { term }
}

#[tokio::test(start_paused = true)]
async fn without_a_cluster_it_is_alone_at_once_and_leaves_the_store_alone() {
    let host = Host::new(false);
    let leadership = host.start();
    assert_eq!(leadership.role(), Role::Follower, "not known yet");
    let took = becomes(&mut leadership.watch(), Role::Alone).await;
    assert_eq!(took, Duration::ZERO);
    assert!(leadership.role().leads());
    sleep(Duration::from_secs(60)).await;
    leadership.stop(Duration::from_secs(1)).await;
    assert_eq!(host.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lone_node_of_a_cluster_leads_at_once_and_goes_on() {
    assert!(KEY.len() <= MAX_KEY);
    let host = Host::new(true);
    let leadership = host.start();
    let mut role = leadership.watch();
    assert_eq!(becomes(&mut role, leader(1)).await, Duration::ZERO);
    role.borrow_and_update();
    sleep(Duration::from_secs(601)).await;
    assert_eq!(leadership.role(), leader(1));
    assert!(!role.has_changed().expect("running"), "without a break");
    assert_eq!(host.calls() as u64, 2 + 600 / RENEW.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_stop_gives_the_lease_to_the_next_that_looks() {
    let database = Database::default();
    let [first, second] = [0, 1].map(|_| Host::beside(&database, true));
    let one = first.start();
    becomes(&mut one.watch(), leader(1)).await;
    let other = second.start();
    let mut role = other.watch();
    // Between two looks.
    sleep(Duration::from_millis(30_500)).await;
    assert_eq!(other.role(), Role::Follower);
    one.stop(Duration::from_secs(1)).await;
    assert_eq!(one.role(), Role::Follower);
    assert!(first.stored().expect("kept").starts_with("1 - 1 "));
    assert!(becomes(&mut role, leader(2)).await <= LOOK + Duration::from_millis(10));
    one.stop(Duration::from_secs(1)).await;
    // Nobody is left.
    other.stop(Duration::from_secs(1)).await;
    assert!(first.stored().expect("kept").starts_with("1 - 2 "));
}

#[tokio::test(start_paused = true)]
async fn a_dead_leader_is_replaced_and_a_live_one_cut_off_stops_before() {
    for dies in [true, false] {
        let database = Database::default();
        let [first, second] = [0, 1].map(|_| Host::beside(&database, true));
        let one = first.start();
        let mut old = one.watch();
        becomes(&mut old, leader(1)).await;
        let other = second.start();
        let mut new = other.watch();
        sleep(Duration::from_secs(31)).await;
        let before = Instant::now();
        if dies {
            drop(one);
        } else {
            first.store_is(Mood::Hangs);
            let took = becomes(&mut old, Role::Follower).await;
            assert!(took <= STAND_DOWN, "also while a call hangs");
            assert_eq!(one.role(), Role::Follower);
            assert_eq!(other.role(), Role::Follower);
        }
        becomes(&mut new, leader(2)).await;
        let took = before.elapsed();
        assert!(
            took > TAKE_OVER - RENEW && took <= TAKE_OVER + LOOK + Duration::from_millis(10),
            "{took:?}"
        );
    }
}

/// Within this another node leads.
const PROMISED: Duration = Duration::from_secs(15);

/// While each call to the store takes no longer than this: one that the dead leader left, two to see it, and one to take over.
const SLOW: Duration = Duration::from_millis(700);

#[tokio::test(start_paused = true)]
async fn another_node_leads_within_15_s_at_the_worst_moment_with_a_slow_store() {
    let step = Duration::from_millis(100);
    let moments = |period: Duration| {
        (0..)
            .map(move |at| at * step)
            .take_while(move |at| *at < period)
    };
    for dies in [true, false] {
        let mut worst = Duration::ZERO;
        // When the other one looks, and when the one that leads is gone.
        for late in moments(LOOK + SLOW) {
            for gone in moments(RENEW + SLOW) {
                let database = Database::default();
                let [first, second] = [0, 1].map(|_| Host::beside(&database, true));
                for host in [&first, &second] {
                    *host.slow.lock().expect("no panic") = SLOW;
                }
                let one = first.start();
                becomes(&mut one.watch(), leader(1)).await;
                sleep(late).await;
                let other = second.start();
                sleep(Duration::from_secs(10) + gone).await;
                let before = Instant::now();
                if dies {
                    drop(one);
                } else {
                    first.store_is(Mood::Hangs);
                }
                becomes(&mut other.watch(), leader(2)).await;
                worst = worst.max(before.elapsed());
            }
        }
        let how = if dies { "dead" } else { "cut off" };
        println!("take-over from a leader that is {how}, at worst: {worst:?}");
        assert!(worst <= PROMISED, "{how}: {worst:?}");
        assert!(worst > TAKE_OVER + LOOK, "this is not the worst: {worst:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_tells_sooner_than_the_task() {
    let host = Host::new(true);
    let leadership = host.start();
    becomes(&mut leadership.watch(), leader(1)).await;
    let role = leadership.watch();
    // The whole process stands still, so the task notices nothing.
    tokio::time::advance(STAND_DOWN).await;
    assert_eq!(leadership.role(), Role::Follower);
    drop(role);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(leadership.role(), leader(2), "another term");
}

#[tokio::test(start_paused = true)]
async fn failures_that_pass_soon_cost_nothing() {
    let host = Host::new(true);
    let leadership = host.start();
    becomes(&mut leadership.watch(), leader(1)).await;
    for bad in [Mood::Fails, Mood::Hangs] {
        sleep(Duration::from_secs(10)).await;
        host.store_is(bad);
        sleep(Duration::from_secs(3)).await;
        assert_eq!(leadership.role(), leader(1));
        host.store_is(Mood::Well);
        sleep(Duration::from_secs(10)).await;
        assert_eq!(leadership.role(), leader(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_keeps_its_limits_while_the_store_hangs() {
    for limit in [Duration::from_secs(1), Duration::from_secs(30)] {
        let host = Host::new(true);
        let leadership = host.start();
        let mut role = leadership.watch();
        becomes(&mut role, leader(1)).await;
        host.store_is(Mood::Hangs);
        let before = Instant::now();
        let ((), leading_for) =
            tokio::join!(leadership.stop(limit), becomes(&mut role, Role::Follower));
        assert_eq!(leading_for, Duration::ZERO, "at once");
        let most = limit.min(GIVE_BACK_LIMIT) + Duration::from_millis(1);
        assert!(before.elapsed() <= most);
        assert!(role.has_changed().is_ok_and(|changed| !changed));
        assert_eq!(leadership.role(), Role::Follower);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_is_turned_on_and_off() {
    let host = Host::new(false);
    let leadership = host.start();
    let mut role = leadership.watch();
    becomes(&mut role, Role::Alone).await;
    leadership.configuration_changed();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(host.calls(), 0, "something else was changed");
    *host.clustered.lock().expect("no panic") = true;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(leadership.role(), Role::Alone, "nobody said so");
    leadership.configuration_changed();
    assert_eq!(becomes(&mut role, leader(1)).await, Duration::ZERO);
    *host.clustered.lock().expect("no panic") = false;
    leadership.configuration_changed();
    assert_eq!(becomes(&mut role, Role::Alone).await, Duration::ZERO);
    sleep(Duration::from_secs(1)).await;
    assert!(host.stored().expect("kept").starts_with("1 - 1 "));
    let calls = host.calls();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(host.calls(), calls);
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_cannot_be_read_keeps_nobody_waiting() {
    for (bad, wait) in [
        (Mood::Fails, Duration::ZERO),
        (Mood::Hangs, CALL_LIMIT + Duration::from_millis(1)),
    ] {
        let host = Host::new(false);
        host.setting_is(bad);
        let leadership = host.start();
        let mut role = leadership.watch();
        assert!(becomes(&mut role, leader(1)).await <= wait);
        sleep(Duration::from_secs(100)).await;
        assert_eq!(leadership.role(), leader(1));
        host.setting_is(Mood::Well);
        becomes(&mut role, Role::Alone).await;
        // What was read once holds.
        host.setting_is(bad);
        leadership.configuration_changed();
        sleep(Duration::from_secs(100)).await;
        assert_eq!(leadership.role(), Role::Alone);
    }
}

#[tokio::test(start_paused = true)]
async fn two_nodes_that_cannot_read_the_setting_are_not_both_alone() {
    let database = Database::default();
    let hosts = [0, 1].map(|_| Host::beside(&database, true));
    let nodes = hosts.each_ref().map(|host| {
        host.setting_is(Mood::Fails);
        host.start()
    });
    sleep(Duration::from_secs(30)).await;
    let leading = nodes.iter().filter(|node| node.role().leads());
    assert_eq!(leading.count(), 1);
}
