//! Nodes whose clocks are five minutes apart.

use std::process::Command;
use std::time::Instant;

use devhost::world::PATIENCE;
use devhost::{DevHost, Options, World};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{TAKE_OVER, all_are_posted, another_leads, board, desks, node, ring, show, stop_all};
use crate::harness::{options, phone};
use crate::state::history;

/// By how much they are apart, in seconds.
const APART: i64 = 300;

/// By how much what the board counted may differ from what this test did, in seconds: what a call waits for on a busy machine. It is
/// what tells a clock that is five minutes ahead from the right one.
const BUSY: f64 = 60.0;

/// What makes a node's clock wrong. It is compiled here; the executable for tests uses the system's C library, as the shipped one does not.
struct WrongClock(TempDir);

impl WrongClock {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let source = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/integration/cluster/clock.c"
        );
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(folder.path().join("clock.so"))
            .arg(source)
            .status();
        assert!(compiled.expect("a C compiler").success());
        Self(folder)
    }

    /// The settings of a node whose clock is that many seconds ahead.
    fn ahead(&self, seconds: i64) -> Options {
        let library = self.0.path().join("clock.so");
        let environment = [
            ("LD_PRELOAD", library.to_str().expect("UTF-8").to_owned()),
            ("CLOCK_AHEAD", seconds.to_string()),
        ];
        Options {
            environment: environment
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            ..options()
        }
    }
}

/// How long ago a line's call began, in seconds, as a node's board shows it.
async fn age(node: &DevHost, user: &str) -> Option<f64> {
    let board = board(node).await;
    let line = board["lines"]
        .as_array()?
        .iter()
        .find(|line| line["user"] == user)?;
    let (now, began) = (board["now"].as_i64()?, line["calls"][0]["began"].as_i64()?);
    Some((now - began) as f64 / 1000.0)
}

/// Two nodes with clocks like these, the first of which leads until it is killed.
async fn a_leader_is_replaced(leads: i64, follows: i64) {
    let clock = WrongClock::new();
    let world = World::new();
    world.configure(|config| config.cluster = true);
    let first = node(&world, "one", clock.ahead(leads)).await;
    let second = node(&world, "two", clock.ahead(follows)).await;
    ring(&[&first, &second], 0..4).await;
    show(&world, &[&first, &second], &desks(4), PATIENCE).await;
    let began = Instant::now();
    phone(&second, "incoming-call/bob/0301?call_id=a").await;
    phone(&second, "call-established/bob/0301?call_id=a").await;
    // The node that leads tells its time within two seconds.
    for node in [&first, &second] {
        let mut changes = world.changes();
        let shown = async {
            while age(node, "bob")
                .await
                .is_none_or(|age| !(0.0..BUSY).contains(&age))
            {
                changes.changed().await.expect("the world is there");
            }
        };
        let shown = timeout(PATIENCE, shown).await;
        assert!(shown.is_ok(), "the time of the node that leads is shown");
    }

    first.kill().await;
    let gone = Instant::now();
    ring(&[&second], 4..6).await;
    another_leads(&world, &[&second], "clocks five minutes apart", gone).await;
    show(&world, &[&second], &desks(6), TAKE_OVER + TAKE_OVER).await;
    all_are_posted(&world, &desks(6)).await;
    let (age, real) = (
        age(&second, "bob").await.expect("it goes on"),
        began.elapsed().as_secs_f64(),
    );
    assert!(
        (age - real).abs() < BUSY,
        "{age} s, and it began {real} s ago"
    );

    // What begins and ends now is as long as it is, too.
    phone(&second, "incoming-call/carol/0302?call_id=b").await;
    phone(&second, "call-terminated/bob/0301?call_id=a").await;
    let talked = began.elapsed().as_secs_f64();
    let mut changes = world.changes();
    let talk = loop {
        changes.borrow_and_update();
        let calls = history(&second).await;
        match calls[0]["talk"].as_f64() {
            Some(talk) => break talk / 1000.0,
            None => changes.changed().await.expect("the world is there"),
        }
    };
    // The node that took over was asked for nothing for nine seconds at least: a clock that stands still shows less.
    assert!(
        talk <= talked && talked - talk < TAKE_OVER.as_secs_f64() / 2.0,
        "{talk} s, and they talked for {talked} s"
    );
    stop_all(&world, vec![second], &desks(6)).await;
}

#[tokio::test]
async fn a_leader_whose_clock_is_five_minutes_ahead_is_replaced() {
    a_leader_is_replaced(APART, 0).await;
}

#[tokio::test]
async fn a_leader_whose_clock_is_five_minutes_behind_is_replaced() {
    a_leader_is_replaced(-APART, 0).await;
}
