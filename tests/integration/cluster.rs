//! The board on the nodes of a cluster: phones call any node, one node leads, and every node shows the same.

mod clocks;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use devhost::world::{AppError, PATIENCE, fixed_id};
use devhost::{DevHost, Options, World};
use http::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::time::timeout;

use crate::harness::{SECRET, get, options, phone, phones, send, stop};
use crate::screen::{Events, Screen};

/// Within this another node leads when the one that did is gone, and within as much again it has told everybody.
const TAKE_OVER: Duration = Duration::from_secs(15);

/// What a node asks the store for.
const STORE: [&str; 5] = [
    "KVGet",
    "KVCompareAndSet",
    "KVSet",
    "KVSetWithOptions",
    "KVList",
];

async fn node(world: &World, name: &str, options: Options) -> DevHost {
    let options = Options {
        node: name.into(),
        ..options
    };
    DevHost::start(world.clone(), options)
        .await
        .expect("the plugin starts")
}

/// That many nodes, the first of which leads.
async fn cluster(count: usize) -> (World, Vec<DevHost>) {
    cluster_with(count, options).await
}

/// The same with other settings.
async fn cluster_with(count: usize, options: impl Fn() -> Options) -> (World, Vec<DevHost>) {
    let world = World::new();
    world.configure(|config| config.cluster = true);
    let mut nodes = Vec::new();
    for name in ["one", "two", "three"].into_iter().take(count) {
        nodes.push(node(&world, name, options()).await);
    }
    (world, nodes)
}

/// A node's board as JSON.
async fn board(node: &DevHost) -> Value {
    let answer = get(node, &format!("/api/v1/board?secret={SECRET}")).await;
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// Waits until one of these others leads, and prints how long that took since it had to.
async fn another_leads(world: &World, others: &[&DevHost], how: &str, since: Instant) {
    let led = world.wait_for("another leader", |world| {
        let logs = world.logs();
        let led = logs
            .iter()
            .filter(|line| line.message.contains("this node leads the cluster"));
        (led.count() >= 2).then_some(())
    });
    led.await.expect("within its time");
    let took = since.elapsed().as_secs_f64();
    let mut changes = world.changes();
    let asking = async {
        loop {
            changes.borrow_and_update();
            for node in others {
                if leads(node).await {
                    return;
                }
            }
            changes.changed().await.expect("the world is there");
        }
    };
    // The one that led before may have begun anew.
    timeout(TAKE_OVER, asking).await.expect("one of them leads");
    println!("take-over, {how}: another node led after {took:.1} s");
}

/// Whether that node says that it leads.
async fn leads(node: &DevHost) -> bool {
    let answer = get(node, &format!("/status?secret={SECRET}&format=json")).await;
    let status: Value = serde_json::from_slice(&answer.body).expect("JSON");
    status["cluster"]["leads"] == true
}

/// Who is on a node's board in do-not-disturb.
async fn shown(node: &DevHost) -> Vec<String> {
    let board = board(node).await;
    let lines = board["lines"].as_array().expect("lines");
    let dnd = lines.iter().filter(|line| line["dnd"] == true);
    dnd.map(|line| line["user"].as_str().expect("a name").to_owned())
        .collect()
}

/// Waits until all of these nodes show these people in do-not-disturb, asking again after whatever happens between nodes.
async fn show(world: &World, nodes: &[&DevHost], wanted: &[String], within: Duration) {
    let mut changes = world.changes();
    let mut last = Vec::new();
    let asking = async {
        for node in nodes {
            loop {
                changes.borrow_and_update();
                last = shown(node).await;
                if last == wanted {
                    break;
                }
                changes.changed().await.expect("the world is there");
            }
        }
    };
    if timeout(within, asking).await.is_err() {
        panic!("{last:?} is shown, and not {wanted:?}");
    }
}

/// The people of posts that say that they are in do-not-disturb, sorted, each as often as it was posted.
fn posted(world: &World) -> Vec<String> {
    let posts = world.messages_in(&phones());
    let name = |post: &String| {
        let words = post.split(|c: char| !c.is_alphanumeric());
        words
            .into_iter()
            .find(|word| word.starts_with("desk"))
            .map(str::to_owned)
    };
    let mut names: Vec<_> = posts.iter().filter_map(name).collect();
    names.sort();
    names
}

/// Waits until there are posts of all of these people.
async fn all_are_posted(world: &World, wanted: &[String]) {
    let what = format!("posts of {wanted:?}");
    let found = world.wait_for(&what, |world| {
        (posted(world).len() >= wanted.len()).then_some(())
    });
    found
        .await
        .unwrap_or_else(|e| panic!("{e}: {:?}", posted(world)));
    assert_eq!(posted(world), wanted, "each once");
}

/// Stops all nodes, each of which makes the posts that wait in it. So what is there then is all that is ever posted.
async fn stop_all(world: &World, nodes: Vec<DevHost>, wanted: &[String]) {
    for node in nodes {
        stop(node).await;
    }
    assert_eq!(posted(world), wanted, "each once, also in the end");
}

/// Do-not-disturb on desks with these numbers, one node after the other.
async fn ring(nodes: &[&DevHost], desks: std::ops::Range<usize>) {
    for desk in desks {
        phone(nodes[desk % nodes.len()], &format!("dnd-on/desk{desk:02}")).await;
    }
}

fn desks(count: usize) -> Vec<String> {
    (0..count).map(|desk| format!("desk{desk:02}")).collect()
}

fn signal(node: &DevHost, signal: Signal) {
    let process = node.process_id().and_then(|id| i32::try_from(id).ok());
    let process = process.and_then(Pid::from_raw).expect("it runs");
    kill_process(process, signal).expect("our own process");
}

#[tokio::test]
async fn phones_call_any_node_and_all_show_the_same() {
    let (world, nodes) = cluster(3).await;
    let all: Vec<_> = nodes.iter().collect();
    ring(&all, 0..12).await;
    show(&world, &all, &desks(12), PATIENCE).await;
    all_are_posted(&world, &desks(12)).await;
    // A node that comes later, or again, shows the same.
    nodes[2].kill().await;
    nodes[2].check_health().await;
    show(&world, &all, &desks(12), PATIENCE).await;
    stop_all(&world, nodes, &desks(12)).await;
}

#[tokio::test]
async fn what_only_the_leader_can_do_is_done_on_any_node() {
    let (world, nodes) = cluster(2).await;
    let all: Vec<_> = nodes.iter().collect();
    ring(&all, 0..2).await;
    show(&world, &all, &desks(2), PATIENCE).await;
    let secret = format!("/api/v1/board/reset?secret={SECRET}");
    let unknown = format!("{secret}&queue=500");
    for path in [
        &*secret,
        &*unknown,
        "/api/v1/board/reset",
        "/api/v1/nothing",
    ] {
        let mut answers = Vec::new();
        for node in &nodes {
            let answer = send(node, Method::POST, path, &[], "").await;
            answers.push((answer.status.as_u16(), answer.text()));
        }
        let [leader, other] = &answers[..] else {
            panic!("two nodes");
        };
        assert_eq!(leader, other, "{path}");
        assert_ne!(leader.0, 503, "{path}");
    }
    for node in &nodes {
        let said = node
            .command(&fixed_id("admin"), &phones(), "/sip-status")
            .await;
        let said = said.expect("an answer").text;
        assert!(said.contains("desk01"), "{said}");
    }
    for node in nodes {
        stop(node).await;
    }
}

#[tokio::test]
async fn a_leader_that_is_killed_is_replaced_and_nothing_of_other_nodes_is_lost() {
    let (world, nodes) = cluster(3).await;
    let all: Vec<_> = nodes.iter().collect();
    ring(&all, 0..6).await;
    show(&world, &all, &desks(6), PATIENCE).await;
    all_are_posted(&world, &desks(6)).await;
    nodes[0].kill().await;
    let gone = Instant::now();
    let left = [&nodes[1], &nodes[2]];
    ring(&left, 6..12).await;
    another_leads(&world, &left, "killed", gone).await;
    show(&world, &left, &desks(12), TAKE_OVER + TAKE_OVER).await;
    all_are_posted(&world, &desks(12)).await;
    // The one that was killed comes back and follows.
    nodes[0].check_health().await;
    ring(&[&nodes[0]], 12..13).await;
    show(&world, &all, &desks(13), PATIENCE).await;
    all_are_posted(&world, &desks(13)).await;
    stop_all(&world, nodes, &desks(13)).await;
}

#[tokio::test]
async fn a_leader_that_is_frozen_follows_when_it_wakes_up() {
    let (world, nodes) = cluster(2).await;
    let all: Vec<_> = nodes.iter().collect();
    ring(&all, 0..4).await;
    show(&world, &all, &desks(4), PATIENCE).await;
    signal(&nodes[0], Signal::STOP);
    let gone = Instant::now();
    ring(&[&nodes[1]], 4..8).await;
    another_leads(&world, &[&nodes[1]], "frozen", gone).await;
    show(&world, &[&nodes[1]], &desks(8), TAKE_OVER + TAKE_OVER).await;
    signal(&nodes[0], Signal::CONT);
    ring(&[&nodes[0]], 8..10).await;
    show(&world, &all, &desks(10), PATIENCE).await;
    all_are_posted(&world, &desks(10)).await;
    stop_all(&world, nodes, &desks(10)).await;
}

#[tokio::test]
async fn a_leader_without_the_store_stops_and_another_goes_on() {
    let (world, nodes) = cluster(2).await;
    let all: Vec<_> = nodes.iter().collect();
    ring(&all, 0..4).await;
    show(&world, &all, &desks(4), PATIENCE).await;
    for method in STORE {
        let error = AppError::new(method, "store", "no connection", 500);
        world.faults().fail_on("one", method, error);
    }
    let gone = Instant::now();
    ring(&all, 4..8).await;
    show(&world, &[&nodes[1]], &desks(8), PATIENCE).await;
    // It leads no more, and hands on what comes to it.
    another_leads(&world, &[&nodes[1]], "cut off from the store", gone).await;
    ring(&all, 8..12).await;
    show(&world, &all, &desks(12), PATIENCE).await;
    all_are_posted(&world, &desks(12)).await;
    for method in STORE {
        world.faults().mend(method);
    }
    stop_all(&world, nodes, &desks(12)).await;
}

#[tokio::test]
async fn messages_that_are_lost_doubled_and_late_change_nothing() {
    let (world, nodes) = cluster(3).await;
    let all: Vec<_> = nodes.iter().collect();
    show(&world, &all, &[], PATIENCE).await;
    let count = AtomicU64::new(0);
    world.disturb_between_nodes(move |_, _| {
        let late = Duration::from_millis(120);
        match count.fetch_add(1, Ordering::Relaxed) % 5 {
            0 => vec![],
            1 => vec![Duration::ZERO, late],
            2 => vec![late],
            _ => vec![Duration::ZERO],
        }
    });
    ring(&all, 0..30).await;
    show(&world, &all, &desks(30), PATIENCE).await;
    world.lose_nothing_between_nodes();
    ring(&all, 30..33).await;
    show(&world, &all, &desks(33), PATIENCE).await;
    all_are_posted(&world, &desks(33)).await;
    stop_all(&world, nodes, &desks(33)).await;
}

#[tokio::test]
async fn who_looks_at_a_node_that_follows_goes_on_without_a_gap_when_it_leads() {
    // Nobody answers there.
    let asterisk = || {
        options()
            .with("AsteriskHost", "127.0.0.1")
            .with("AsteriskPort", "1")
            .with("AsteriskUser", "switchboard")
            .with("AsteriskSecret", "an-asterisk-secret")
    };
    let (world, nodes) = cluster_with(2, asterisk).await;
    let all: Vec<_> = nodes.iter().collect();
    ring(&[&nodes[0]], 0..1).await;
    show(&world, &all, &desks(1), PATIENCE).await;
    let mut screen = Screen::by_secret(&nodes[1]).await;
    let mut events = Events::open(&nodes[1], "").await;
    screen
        .until("the board", |screen| screen.dnd("desk00"))
        .await;
    events.until("\"user\":\"desk00\"").await;
    let (epoch, sources) = (screen.epoch.clone(), "\"name\":\"Asterisk\",\"up\":false");
    screen
        .until("the leader's sources", |screen| {
            screen.said.contains(sources)
        })
        .await;
    ring(&[&nodes[0]], 1..2).await;
    screen
        .until("a change", |screen| screen.dnd("desk01"))
        .await;

    nodes[0].kill().await;
    ring(&[&nodes[1]], 2..3).await;
    screen
        .until_within(TAKE_OVER + TAKE_OVER, "what came meanwhile", |screen| {
            screen.dnd("desk02")
        })
        .await;
    ring(&[&nodes[1]], 3..4).await;
    screen
        .until("the next change", |screen| screen.dnd("desk03"))
        .await;
    assert_eq!((screen.wholes, &screen.epoch), (1, &epoch));
    let told = events.until("\"user\":\"desk03\"").await;
    assert!(!told.contains("event: close"), "{told}");
    for desk in desks(4) {
        assert!(told.contains(&format!("\"user\":\"{desk}\"")), "{desk}");
    }

    // The other ways show the same, and somebody who was away goes on where they were.
    let board = board(&nodes[1]).await;
    let lines: Vec<_> = screen.lines.values().cloned().collect();
    assert_eq!(board["lines"], Value::Array(lines));
    assert_eq!(board["epoch"], *epoch);
    assert_eq!(board["sources"][0]["name"], "Asterisk");
    let resume = screen.resume();
    drop(screen);
    ring(&[&nodes[1]], 4..5).await;
    let mut screen = Screen::open(&nodes[1], &resume, &[])
        .await
        .expect("a stream");
    screen
        .until("what was missed", |screen| screen.dnd("desk04"))
        .await;
    assert_eq!(screen.wholes, 0);
    // The other one was killed.
    let left = nodes.into_iter().nth(1).expect("it runs");
    stop(left).await;
}
