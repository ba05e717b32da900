use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::*;
use crate::app::{Beginning, BoardHandle, begin_again, board_that_begins};
use crate::board::{
    Action, Departure, Erased, Event, Name, Peer, QueueEvent, QueueReport, Report as Told, Source,
};
use crate::cluster::Role;
use crate::host::HostErrorKind;
use crate::host::fake::{FakeServer, Fault, lock};

thread_local!(static START: Instant = Instant::now());

fn clock() -> Timestamp {
    let since = START.with(Instant::elapsed);
    Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
}

/// A process of the plugin's, as far as the board goes.
struct Process {
    board: BoardHandle,
    keeping: Keeping,
}

impl Process {
    fn start(server: &FakeServer) -> Self {
        let (begin, begins) = oneshot::channel();
        let board = board_that_begins(Vec::new(), begins, clock);
        let host = Arc::new(server.clone());
        let keeping = Keeping::start(host, board.clone(), begin, clock);
        Self { board, keeping }
    }

    async fn tell(&self, user: &str, action: &str, reference: &str) {
        let report = Told {
            source: Source::Phone,
            user: Arc::from(user),
            action: Action::from_name(action).expect("an action"),
            peer: Some(Peer::new("0240404040")),
            reference: Some(Arc::from(reference)),
            linked: None,
            queue: None,
            dialed: None,
            own_number: None,
        };
        let told = self.board.submit(Event::Line(report), clock()).await;
        told.expect("running");
    }

    /// Calls that come, are answered and end, a second each.
    async fn calls(&self, count: usize) {
        for n in 0..count {
            let reference = format!("{n}-{}", clock().0);
            for action in ["incoming-call", "call-established", "call-terminated"] {
                self.tell(&format!("user{}", n % 50), action, &reference)
                    .await;
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// All that the board is, in words.
    async fn words(&self) -> String {
        let replica = self.board.replica().await.expect("running");
        format!("{replica:?}")
    }

    fn problems(&self) -> Vec<String> {
        let problems = self.keeping.report().problems();
        problems.into_iter().map(|problem| problem.what).collect()
    }

    async fn stop(self) -> bool {
        let last = self.board.stop(Duration::from_secs(8)).await;
        self.keeping.stop(last, Duration::from_secs(8)).await
    }
}

/// A process in which so many calls end, and which is killed once they are stored; what its board was, in words.
async fn killed_after(server: &FakeServer, calls: usize) -> String {
    let process = Process::start(server);
    process.calls(calls).await;
    sleep(Duration::from_secs(2)).await;
    process.words().await
}

fn writes(server: &FakeServer) -> usize {
    let calls = lock(&server.0.calls);
    let is_write = |call: &&&str| matches!(**call, "put" | "compare_and_set");
    calls.iter().filter(is_write).count()
}

#[tokio::test(start_paused = true)]
async fn an_orderly_stop_loses_nothing() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    first.calls(700).await;
    first.tell("bob", "incoming-call", "rings").await;
    first.tell("amy", "dnd-on", "").await;
    let before = first.board.since(0, 10_000).await.expect("running");
    assert_eq!(before.records.len(), 700);
    assert!(first.stop().await);
    let second = Process::start(&server);
    let after = second.board.since(0, 10_000).await.expect("running");
    assert_eq!(after, before);
    assert_eq!(second.problems(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_is_erased_is_nowhere_in_the_store() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    first.calls(600).await;
    first.tell("bob", "incoming-call", "x").await;
    first.tell("bob", "call-terminated", "x").await;
    first.calls(400).await;
    let walls = (crate::walls::KEY.to_owned(), b"walls".to_vec());
    lock(&server.0.store).extend([walls]);
    let held = |what: &str| {
        let store = lock(&server.0.store);
        let is = |record: &&Vec<u8>| String::from_utf8_lossy(record).contains(what);
        store.values().filter(is).count()
    };
    assert!(held("user7\"") > 0);
    let whom = Erased {
        names: vec![Arc::from("user7")],
        numbers: Vec::new(),
    };
    let event = Event::Erased(whom);
    first.board.submit(event, clock()).await.expect("running");
    first.keeping.purge().await.expect("stored");
    assert_eq!(held("walls"), 1, "other records are none of its business");
    assert_eq!(held("user7\""), 0);
    let before = first.words().await;
    drop(first);
    assert_eq!(Process::start(&server).words().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_kill_loses_a_second_at_most() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    // Over several whole states, and more records of the log than there are places.
    first.calls(1_200).await;
    first.tell("bob", "incoming-call", "rings").await;
    sleep(Duration::from_millis(1_100)).await;
    let before = first.words().await;
    first.tell("bob", "call-established", "rings").await;
    drop(first);
    let second = Process::start(&server);
    assert_eq!(second.words().await, before);
    assert_eq!(second.problems(), [""; 0]);
    // And what comes then is kept, too.
    second.calls(3).await;
    sleep(Duration::from_millis(1_100)).await;
    let before = second.words().await;
    drop(second);
    assert_eq!(Process::start(&server).words().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_second_costs_a_write_and_a_still_board_none() {
    let server = FakeServer::default();
    let process = Process::start(&server);
    process.calls(3_000).await;
    // A whole state of this size is the manifest, a piece and two segments of the history.
    let states = 3_000 / STATE_EVERY.as_secs() as usize + 1;
    let most = 3_000 + states * 4;
    assert!(writes(&server) <= most, "{} writes", writes(&server));
    sleep(Duration::from_secs(3_600)).await;
    let before = writes(&server);
    sleep(Duration::from_secs(3_600)).await;
    assert_eq!(writes(&server), before);
    // No more than the log of two whole states stays.
    let store = lock(&server.0.store);
    let logs = store.keys().filter(|key| key.starts_with("board.log."));
    assert!(logs.count() as u64 <= 2 * LOG_MOST);
    assert!(store.keys().all(|key| key.len() <= crate::store::MAX_KEY));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_now_is_stored_later() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    first.calls(3).await;
    server.fail("put", HostErrorKind::Permanent);
    // More steps than are held for the log.
    for _ in 0..4 {
        for n in 0..1_000 {
            for action in ["incoming-call", "call-established", "call-terminated"] {
                first.tell(&format!("user{n}"), action, "x").await;
            }
        }
        sleep(Duration::from_secs(1)).await;
    }
    let problems = first.problems();
    assert!(
        problems[0].starts_with("is not kept since 2023-11-14T22:13:2"),
        "{problems:?}"
    );
    server.mend();
    sleep(Duration::from_secs(20)).await;
    assert_eq!(first.problems(), [""; 0]);
    let before = first.words().await;
    drop(first);
    assert_eq!(Process::start(&server).words().await, before);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_not_written_over_and_read_later() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    first.calls(5).await;
    first.tell("amy", "dnd-on", "").await;
    assert!(first.stop().await);
    let stored = lock(&server.0.store).clone();
    server.fail("get", HostErrorKind::Transient);
    let began = Instant::now();
    let second = Process::start(&server);
    second.tell("bob", "incoming-call", "new").await;
    let number = second.board.since(0, 10).await.expect("running").sequence;
    assert!(began.elapsed() <= LOAD_LIMIT + Duration::from_secs(1));
    assert!(
        second.problems()[0].starts_with("begins empty"),
        "{:?}",
        second.problems()
    );
    sleep(Duration::from_secs(60)).await;
    assert_eq!(*lock(&server.0.store), stored);
    server.mend();
    sleep(Duration::from_secs(30)).await;
    assert_eq!(second.problems(), [""; 0]);
    let all = second.board.since(number, 10).await.expect("running");
    assert!(all.whole, "viewers are sent everything");
    let lines: Vec<(Name, usize, bool)> = all
        .lines
        .iter()
        .map(|(_, line)| (Arc::clone(&line.user), line.calls.len(), line.state.dnd))
        .collect();
    assert!(lines.contains(&(Arc::from("amy"), 0, true)), "{lines:?}");
    assert!(lines.contains(&(Arc::from("bob"), 1, false)), "{lines:?}");
    assert_eq!(all.records.len(), 5);
    let before = second.words().await;
    drop(second);
    assert_eq!(Process::start(&server).words().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_led_while_the_store_was_slow_counted_everything_twice() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    first.calls(5).await;
    for (caller, how) in [
        ("1", Departure::Abandoned),
        ("2", Departure::Answered { agent: None }),
    ] {
        let waits = QueueEvent::Waits {
            caller: Arc::from(caller),
            peer: None,
            dialed: None,
            own_number: None,
            since: clock(),
        };
        let left = QueueEvent::Left {
            caller: Arc::from(caller),
            how,
        };
        for event in [waits, left] {
            let report = QueueReport {
                source: Source::Ovh,
                queue: Arc::from("sales"),
                event,
            };
            let told = first.board.submit(Event::Queue(report), clock()).await;
            told.expect("running");
        }
    }
    sleep(Duration::from_secs(2)).await;
    let board = async |process: &Process| {
        let replica = process.board.replica().await.expect("running");
        format!("{:?}", replica.board())
    };
    let before = board(&first).await;
    // Cluster is switched on, then the lease is lost and regained: each time the node has the whole board.
    let mut process = first;
    for term in [1, 2] {
        *lock(&server.0.delay) = LOAD_LIMIT / 2;
        let (begin, begins) = oneshot::channel();
        let role = Role::Leader { term };
        let begun = begin_again(&process.board, role, begins).await;
        let host = Arc::new(server.clone());
        process.keeping = Keeping::start(host, process.board.clone(), begin, clock);
        process.keeping.purge_soon().await;
        begun.expect("running").await.expect("running");
        assert_eq!(board(&process).await, before);
        assert!(
            process.problems()[0].starts_with("is not kept since"),
            "{:?}",
            process.problems()
        );
        sleep(Duration::from_secs(60)).await;
        assert_eq!(board(&process).await, before);
        *lock(&server.0.delay) = Duration::ZERO;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(process.problems(), [""; 0]);
    }
    let words = process.words().await;
    drop(process);
    assert_eq!(Process::start(&server).words().await, words);
}

/// What is stored had higher numbers than its own, and what came was taken for stored until those were reached.
#[tokio::test(start_paused = true)]
async fn a_node_that_led_with_an_older_copy_while_the_store_was_slow_kept_nothing_of_what_came() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    first.calls(1).await;
    let copy = first.board.replica().await.expect("running");
    first.calls(4).await;
    sleep(Duration::from_secs(2)).await;
    drop(first);
    let (begin, begins) = oneshot::channel();
    let board = board_that_begins(Vec::new(), begins, clock);
    let index = copy.index();
    let beginning = Beginning::Stored(Box::new(copy));
    assert!(begin.send(beginning).is_ok());
    *lock(&server.0.delay) = LOAD_LIMIT / 2;
    let (begin, begins) = oneshot::channel();
    let begun = begin_again(&board, Role::Leader { term: 2 }, begins).await;
    let keeping = Keeping::start(Arc::new(server.clone()), board.clone(), begin, clock);
    keeping.purge_soon().await;
    begun.expect("running").await.expect("running");
    let second = Process { board, keeping };
    sleep(Duration::from_secs(60)).await;
    *lock(&server.0.delay) = Duration::ZERO;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(second.problems(), [""; 0]);
    second.calls(1).await;
    sleep(Duration::from_secs(2)).await;
    let replica = second.board.replica().await.expect("running");
    assert_eq!(replica.index(), index + 4, "that it leads, and the call");
    let before = second.words().await;
    drop(second);
    let third = Process::start(&server);
    assert_eq!((third.words().await, third.problems()), (before, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_damaged_record_is_set_aside_and_named() {
    let server = FakeServer::default();
    let before = killed_after(&server, 700).await;
    let damage = |key: &str| {
        let mut store = lock(&server.0.store);
        let record = store.get_mut(key).expect("a record");
        let last = record.len() - 2;
        record[last] ^= 1;
        record.clone()
    };
    // The last whole state: the one before it is taken, and the log over it.
    let manifest: Manifest = super::super::load(&server, MANIFEST)
        .await
        .expect("read")
        .expect("stored");
    let key = part_key(manifest.last.generation, 0);
    let damaged = damage(&key);
    let second = Process::start(&server);
    assert_eq!(second.words().await, before);
    assert!(
        second.problems()[0].contains(&format!("`{key}`: its checksum is wrong")),
        "{:?}",
        second.problems()
    );
    assert_eq!(lock(&server.0.store).get("board.damaged.0"), Some(&damaged));
    assert!(second.stop().await);
    // A part of the history: the rest is there.
    damage("board.history.0");
    let third = Process::start(&server);
    let calls = third.board.since(0, 10_000).await.expect("running").records;
    assert_eq!(calls.len(), 200);
    assert!(
        third.problems()[0].contains("`board.history`: 500 calls are missing"),
        "{:?}",
        third.problems()
    );
    assert!(third.stop().await);
    // All of it: the board begins anew, and goes on.
    damage(MANIFEST);
    let fourth = Process::start(&server);
    assert_eq!(
        fourth
            .board
            .since(0, 10)
            .await
            .expect("running")
            .lines
            .len(),
        0
    );
    fourth.calls(2).await;
    assert!(fourth.stop().await);
    let fifth = Process::start(&server);
    assert_eq!(
        (fifth.words().await.len() > 100, fifth.problems()),
        (true, Vec::new())
    );
}

/// Each of them is a sound record, and so is the manifest.
#[tokio::test(start_paused = true)]
async fn pieces_of_another_board_are_not_taken_for_the_last_one() {
    let server = FakeServer::default();
    let before = killed_after(&server, 700).await;
    {
        let mut store = lock(&server.0.store);
        let manifest: Manifest =
            super::super::read(store.get(MANIFEST).expect("a manifest")).expect("sound");
        let last = part_key(manifest.last.generation, 0);
        let one_before = part_key(manifest.last.generation - 1, 0);
        let older = store.get(&one_before).expect("a board").clone();
        let newer = store.insert(last, older.clone());
        assert_ne!(newer, Some(older));
    }
    let second = Process::start(&server);
    assert_eq!(second.words().await, before);
    let problems = second.problems().concat();
    assert!(problems.contains("are not all of that board"), "{problems}");
}

/// The server may do a write long after we stopped to wait for it, and would cut what was stored under that number meanwhile.
#[tokio::test(start_paused = true)]
async fn a_record_of_the_log_is_tried_again_as_it_was() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    first.calls(3).await;
    sleep(Duration::from_millis(1_100)).await;
    let logs = || -> Vec<(String, Vec<u8>)> {
        let store = lock(&server.0.store);
        let logs = store
            .iter()
            .filter(|(key, _)| key.starts_with("board.log."));
        logs.map(|(key, bytes)| (key.clone(), bytes.clone()))
            .collect()
    };
    let known = logs();
    let next = lock(&server.0.calls).len();
    lock(&server.0.faults).insert(next, Fault::AnswerLost);
    first.tell("bob", "incoming-call", "rings").await;
    sleep(Duration::from_millis(1_100)).await;
    let unsure: Vec<_> = logs()
        .into_iter()
        .filter(|log| !known.contains(log))
        .collect();
    assert_eq!(unsure.len(), 1, "it was stored, and we were not told");
    first.tell("bob", "call-established", "rings").await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(first.problems(), [""; 0]);
    assert!(logs().contains(&unsure[0]), "{unsure:?}");
    let before = first.words().await;
    drop(first);
    assert_eq!(Process::start(&server).words().await, before);
}

/// Changes a byte of each of these records, which makes them damaged.
fn damage<'a>(server: &FakeServer, keys: impl IntoIterator<Item = &'a str>) {
    let mut store = lock(&server.0.store);
    for key in keys {
        let record = store.get_mut(key).expect("a record");
        let last = record.len() - 2;
        record[last] ^= 1;
    }
}

#[tokio::test(start_paused = true)]
async fn the_ended_calls_were_lost_with_both_whole_boards() {
    let server = FakeServer::default();
    let first = Process::start(&server);
    // Three segments of the history, and two whole boards.
    first.calls(1_100).await;
    first.tell("amy", "dnd-on", "").await;
    assert!(first.stop().await);
    let second = Process::start(&server);
    second.calls(10).await;
    let ended = second
        .board
        .since(0, 10_000)
        .await
        .expect("running")
        .records;
    assert_eq!(ended.len(), 1_110);
    assert!(second.stop().await);
    damage(
        &server,
        ["board.state.a.0", "board.state.b.0", "board.history.1"],
    );
    let ids = |records: &[(u64, crate::board::CallRecord)]| -> Vec<u64> {
        records.iter().map(|(_, record)| record.id).collect()
    };
    let expected: Vec<u64> = [&ids(&ended)[..500], &ids(&ended)[1_000..]].concat();
    let third = Process::start(&server);
    let now = third.board.since(0, 10_000).await.expect("running");
    assert_eq!(ids(&now.records), expected);
    assert_eq!(now.lines.len(), 0);
    let problem = third.problems().concat();
    for named in [
        "`board.state.a.0`: its checksum is wrong",
        "`board.state.b.0`: its checksum is wrong",
        "`board.history.1`: its checksum is wrong",
        "and 610 calls that ended were read",
    ] {
        assert!(problem.contains(named), "{named}: {problem}");
    }
    // It goes on from there: nothing is counted twice, no number is given again, and a kill loses no more than ever.
    third.calls(3).await;
    sleep(Duration::from_millis(1_100)).await;
    let before = third.words().await;
    drop(third);
    let fourth = Process::start(&server);
    assert_eq!((fourth.words().await, fourth.problems()), (before, vec![]));
    let all = ids(&fourth
        .board
        .since(0, 10_000)
        .await
        .expect("running")
        .records);
    assert_eq!((all.len(), &all[..610]), (613, &expected[..]));
    assert!(all[610..].iter().all(|id| !expected.contains(id)));
    assert!(fourth.stop().await);
    // And without a manifest.
    damage(&server, [MANIFEST]);
    let fifth = Process::start(&server);
    let left = fifth.board.since(0, 10_000).await.expect("running");
    assert_eq!((ids(&left.records), left.lines.len()), (all, 0));
    // No slot holds calls that nobody would find there, to be erased or forgotten in time.
    let store = lock(&server.0.store);
    let keys = store.keys().map(String::as_str);
    let segments: Vec<&str> = keys
        .filter(|key| key.starts_with("board.history."))
        .collect();
    assert_eq!(segments, ["board.history.1", "board.history.2"]);
}
