use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::time::{Instant, sleep};

use super::super::lock;
use super::server::{Call, Server};
use super::*;
use crate::presence::{
    CALL_LIMIT, FIRST_ROUND_PATIENCE, NotReady, PROBLEM_AFTER, Presence, SETTING_PERIOD, Settings,
    Unknown,
};

pub(super) const SECOND: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(300);
const BUDGET: u32 = 10;
pub(super) const SETTINGS: Settings = Settings {
    calls_per_second: BUDGET,
};

#[derive(Deserialize)]
struct Entry {
    email: String,
    status: String,
}

pub(super) fn start(server: Server) -> (Arc<Server>, Arc<Presence<Server>>) {
    let server = Arc::new(server);
    let presence = Presence::new(Arc::clone(&server));
    presence.configure(Some(SETTINGS));
    (server, presence)
}

/// Everybody on the first page, of any size, by address.
pub(super) async fn everybody(
    presence: &Presence<Server>,
) -> Result<HashMap<String, String>, NotReady> {
    let page = presence.page(0, usize::MAX).await?;
    let entries: Vec<Entry> = serde_json::from_slice(&page.json).unwrap();
    let people = entries.len();
    let by_mail: HashMap<String, String> =
        entries.into_iter().map(|e| (e.email, e.status)).collect();
    assert_eq!(by_mail.len(), people);
    Ok(by_mail)
}

async fn status(presence: &Presence<Server>, n: usize) -> Option<String> {
    everybody(presence).await.unwrap().remove(&mail(n))
}

/// How long it takes until someone is seen with this status, looked at every 10 ms.
async fn until(presence: &Presence<Server>, n: usize, wanted: &str) -> Duration {
    let began = Instant::now();
    while status(presence, n).await.as_deref() != Some(wanted) {
        assert!(began.elapsed() < SECOND * 100, "never {wanted}");
        sleep(Duration::from_millis(10)).await;
    }
    began.elapsed()
}

pub(super) fn set(flag: &AtomicBool, on: bool) {
    flag.store(on, Ordering::Relaxed);
}

#[tokio::test(start_paused = true)]
async fn pages_wait_for_the_first_round_and_are_whole() {
    let server = Server::with(2_450);
    for (n, status) in ["online", "away", "dnd", "offline", "ooo", "strange"]
        .into_iter()
        .enumerate()
    {
        server.set(n, status);
    }
    *lock(&server.takes) = SECOND;
    let (server, presence) = start(server);
    sleep(SECOND * 5).await;
    assert_eq!(presence.report().not_ready, Some(NotReady::FirstRound));
    let everybody = everybody(&presence).await.unwrap();
    let calls = server.calls();
    let calls = calls.iter().map(|(_, call)| *call);
    let statuses = |call: &Call| matches!(call, Call::Statuses(_));
    let read: Vec<Call> = calls.clone().filter(statuses).take(3).collect();
    assert_eq!(
        read,
        [
            Call::Statuses(1_000),
            Call::Statuses(1_000),
            Call::Statuses(450)
        ]
    );
    let pages: Vec<Call> = calls.filter(|call| matches!(call, Call::Page(_))).collect();
    assert_eq!(pages, (0..13).map(Call::Page).collect::<Vec<_>>());
    assert_eq!(everybody.len(), 2_450);
    let status = |n| &*everybody[&mail(n)];
    assert_eq!(
        [0, 1, 2, 3].map(status),
        ["online", "away", "dnd", "offline"]
    );
    assert_eq!(status(4), "away", "out of office");
    assert_eq!(status(5), "offline", "a word that is not known");
    assert_eq!(status(6), "offline", "no record");

    let report = presence.report();
    assert_eq!(
        (report.on, report.reading, report.not_ready),
        (true, true, None)
    );
    assert_eq!(report.people.by_status, [1, 2, 1, 2_446]);
    assert_eq!(report.account_calls, 13);
    assert_eq!(report.statuses.unwrap().calls, 3);
    let accounts = report.accounts.unwrap();
    assert_eq!(accounts.calls, 13);
    assert!(accounts.took >= SECOND * 13, "{accounts:?}");
    assert_eq!(report.changes, 0, "a first reading is no change");
}

#[tokio::test(start_paused = true)]
async fn patience_ends() {
    let server = Server::with(1_000);
    *lock(&server.takes) = SECOND * 20;
    let (_, presence) = start(server);
    let began = Instant::now();
    assert_eq!(everybody(&presence).await, Err(NotReady::FirstRound));
    assert_eq!(began.elapsed(), FIRST_ROUND_PATIENCE);

    let (server, presence) = start(Server::with(3));
    set(&server.statuses_fail, true);
    assert_eq!(everybody(&presence).await, Err(NotReady::Failing));
    set(&server.statuses_fail, false);
    assert_eq!(everybody(&presence).await.unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_a_list_too() {
    let (server, presence) = start(Server::with(0));
    assert_eq!(everybody(&presence).await.unwrap().len(), 0);
    sleep(SECOND * 200).await;
    let statuses = |(_, call): &(Instant, Call)| matches!(call, Call::Statuses(_));
    assert_eq!(
        server.calls().iter().filter(|call| statuses(call)).count(),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn an_error_keeps_what_is_known_and_backs_off() {
    let server = Server::with(3);
    server.set(1, "dnd");
    let (server, presence) = start(server);
    assert_eq!(until(&presence, 1, "dnd").await.as_secs(), 0);
    for (fails, told) in [
        (&server.statuses_fail, "statuses cannot be read"),
        // One call at a time: whichever hangs first holds up the others.
        (&server.hangs, "cannot be read"),
    ] {
        set(fails, true);
        server.set(1, "away");
        let (before, failures) = (server.calls().len(), presence.report().failures);
        sleep(PROBLEM_AFTER / 2).await;
        assert_eq!(presence.problems(), []);
        sleep(SECOND * 90).await;
        // Without backing off it would be 60 of each.
        let calls = server.calls().len() - before;
        assert!((3..=16).contains(&calls), "{calls}");
        assert!(presence.report().failures > failures);
        assert_eq!(status(&presence, 1).await.as_deref(), Some("dnd"));
        let problems = presence.problems();
        assert!(
            problems.iter().any(|problem| problem.what.contains(told)),
            "{problems:?}"
        );

        set(fails, false);
        let seen = until(&presence, 1, "away").await;
        // The longest pause, and a call that hangs.
        assert!(seen <= SECOND * 31 + CALL_LIMIT, "{seen:?}");
        sleep(SECOND * 40).await;
        assert_eq!(presence.problems(), []);
        server.set(1, "dnd");
        until(&presence, 1, "dnd").await;
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_that_cannot_be_read_stop_no_statuses() {
    let (server, presence) = start(Server::with(3));
    everybody(&presence).await.unwrap();
    set(&server.accounts_fail, true);
    sleep(SECOND * 200).await;
    let problems = presence.problems();
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].what.contains("accounts cannot be read"),
        "{problems:?}"
    );
    assert!(
        problems[0].what.contains("the database is away"),
        "{problems:?}"
    );
    server.set(1, "online");
    assert!(until(&presence, 1, "online").await <= SECOND * 2 + SOON);
    assert_eq!(everybody(&presence).await.unwrap().len(), 3);
}

/// Nobody was there at first, so the server was asked whether it keeps statuses, and for a while its word held also
/// when someone had come meanwhile.
#[tokio::test(start_paused = true)]
async fn statuses_turned_off_soon_after_the_server_was_asked_make_nobody_offline() {
    let server = Server::with(3);
    // Nobody has a record yet, so the first answers are empty.
    let (server, presence) = start(server);
    assert_eq!(until(&presence, 1, "offline").await.as_secs(), 0);
    server.set(1, "online");
    until(&presence, 1, "online").await;
    set(&server.enabled, false);
    sleep(SECOND * 3).await;
    assert_eq!(everybody(&presence).await, Err(NotReady::StatusesOff));
    assert_eq!(presence.report().people.by_status, [1, 0, 0, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_statuses_is_told_of_and_nobody_is_offline() {
    let server = Server::with(3);
    server.set(1, "online");
    let (server, presence) = start(server);
    until(&presence, 1, "online").await;
    // What the server said a while ago holds no longer.
    sleep(SETTING_PERIOD).await;
    set(&server.enabled, false);
    sleep(SECOND * 3).await;
    let began = Instant::now();
    assert_eq!(everybody(&presence).await, Err(NotReady::StatusesOff));
    assert_eq!(began.elapsed(), Duration::ZERO, "waiting is of no use");
    assert_eq!(presence.report().people.by_status, [1, 0, 0, 2]);
    assert!(presence.problems()[0].remedy.contains("EnableUserStatuses"));

    // It is asked for the setting only, and seldom.
    let before = server.calls().len();
    sleep(SETTING_PERIOD * 4).await;
    let calls = server.calls();
    let calls: Vec<Call> = calls[before..].iter().map(|(_, call)| *call).collect();
    assert_eq!(calls, [Call::Setting; 4]);

    server.set(1, "away");
    set(&server.enabled, true);
    sleep(SETTING_PERIOD).await;
    assert_eq!(status(&presence, 1).await.as_deref(), Some("away"));
    assert_eq!(presence.problems(), []);

    let off = Server::with(3);
    set(&off.enabled, false);
    let (_, presence) = start(off);
    assert_eq!(everybody(&presence).await, Err(NotReady::StatusesOff));
    assert_eq!(presence.report().people.unknown(), 3);
}

#[tokio::test(start_paused = true)]
async fn people_without_any_record_are_offline() {
    let (server, presence) = start(Server::with(3));
    sleep(SECOND * 100).await;
    let everybody = everybody(&presence).await.unwrap();
    assert!(everybody.values().all(|status| status == "offline"));
    // Whether statuses are turned off is asked now and then, not with every empty answer.
    let asked = |(_, call): &(Instant, Call)| *call == Call::Setting;
    assert!(server.calls().iter().filter(|call| asked(call)).count() <= 5);
}

#[tokio::test(start_paused = true)]
async fn a_hint_is_read_at_once() {
    let (server, presence) = start(Server::with(5_000));
    everybody(&presence).await.unwrap();
    for n in (0..5_000).step_by(331) {
        sleep(Duration::from_millis(1_777)).await;
        server.set(n, "online");
        presence.hint(&id(n));
        let seen = until(&presence, n, "online").await;
        assert!(seen <= SOON, "{seen:?} {n}");
    }
    // The server notices some time after the hint.
    sleep(SECOND).await;
    presence.hint(&id(1));
    sleep(SECOND * 9).await;
    server.set(1, "online");
    let seen = until(&presence, 1, "online").await;
    assert!(seen <= SECOND * 2 + SOON, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn accounts_come_and_go_and_change() {
    let (server, presence) = start(Server::with(1_500));
    everybody(&presence).await.unwrap();
    sleep(SECOND).await;

    let created = server.join(2_000);
    server.set(2_000, "online");
    presence.created(created);
    assert!(until(&presence, 2_000, "online").await <= SOON);
    assert!(presence.knows(&id(2_000)));

    server.change(7, |account| account.active = false);
    presence.deactivated(&id(7));
    assert_eq!(status(&presence, 7).await, None);
    assert!(!presence.knows(&id(7)));

    // Without a hook: the next round notices.
    server.join(2_001);
    server.set(2_001, "away");
    server.change(8, |account| account.active = false);
    server.change(9, |account| account.email = "new@example.com".to_owned());
    server.set(9, "dnd");
    sleep(SECOND * 130).await;
    let mut everybody = everybody(&presence).await.unwrap();
    assert_eq!(everybody.remove(&mail(2_001)).as_deref(), Some("away"));
    assert_eq!(everybody.remove(&mail(8)), None);
    assert_eq!(everybody.remove(&mail(9)), None);
    assert_eq!(everybody.remove("new@example.com").as_deref(), Some("dnd"));

    // Activated again, of which no hook tells: but they open Mattermost.
    server.change(7, |account| account.active = true);
    server.set(7, "online");
    presence.hint(&id(7));
    presence.hint(&UserId::from(""));
    assert!(until(&presence, 7, "online").await <= SECOND);
    assert_eq!(server.most_under_way(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_published_is_believed_until_it_is_read() {
    let server = Server::with(3);
    server.set(1, "online");
    *lock(&server.takes) = Duration::from_millis(50);
    let (server, presence) = start(server);
    everybody(&presence).await.unwrap();
    assert_eq!(presence.publish(&id(9), Status::Away), Err(Unknown));
    for wait in 0..40 {
        // At any time, also while an answer with the old status is on its way.
        sleep(Duration::from_millis(101 * wait)).await;
        server.set(1, "dnd");
        presence.publish(&id(1), Status::DoNotDisturb).unwrap();
        for _ in 0..60 {
            assert_eq!(status(&presence, 1).await.as_deref(), Some("dnd"));
            sleep(Duration::from_millis(10)).await;
        }
        server.set(1, "online");
        until(&presence, 1, "online").await;
    }
    // The server knows better.
    presence.publish(&id(1), Status::Offline).unwrap();
    assert_eq!(status(&presence, 1).await.as_deref(), Some("offline"));
    assert!(until(&presence, 1, "online").await <= SOON);
}

/// The next frame's text. All are unmasked, and shorter than 126 bytes.
async fn frame(client: &mut DuplexStream) -> String {
    assert_eq!(client.read_u8().await.unwrap(), 0x81, "a text, whole");
    let mut text = vec![0; client.read_u8().await.unwrap().into()];
    client.read_exact(&mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn clients_are_told() {
    let server = Server::with(2);
    server.set(1, "away");
    let (server, presence) = start(server);
    everybody(&presence).await.unwrap();
    let (ours, mut client) = tokio::io::duplex(4096);
    presence.accept(ours, "192.0.2.1".to_owned()).unwrap();
    let record = |n: usize, status: &str| {
        let (id, mail) = (id(n), mail(n));
        let id = id.as_str();
        format!(r#"{{"user_id":"{id}","email":"{mail}","status":"{status}"}}"#)
    };
    let first = [frame(&mut client).await, frame(&mut client).await];
    assert_eq!(first, [record(1, "away"), record(0, "offline")]);
    assert_eq!(presence.report().clients, 1);

    let began = Instant::now();
    server.set(0, "dnd");
    presence.publish(&id(0), Status::DoNotDisturb).unwrap();
    assert_eq!(frame(&mut client).await, record(0, "dnd"));
    assert!(began.elapsed() < SOON);
    server.set(1, "online");
    assert_eq!(frame(&mut client).await, record(1, "online"));
    presence.deactivated(&id(1));
    assert_eq!(frame(&mut client).await, record(1, "offline"));
    assert!(began.elapsed() < SECOND * 3);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_people_within_the_budget() {
    let people = 100_000;
    let server = Server::with(people);
    for n in (0..people).filter(|n| n % 25 < 4) {
        server.set(n, "online");
    }
    *lock(&server.takes) = Duration::from_millis(20);
    let (server, presence) = start(server);
    let began = Instant::now();
    let last = presence.page(999, 100).await.unwrap();
    let last: Vec<Entry> = serde_json::from_slice(&last.json).unwrap();
    assert_eq!(last.len(), 100);
    assert_eq!(last[99].email, mail(people - 1));
    assert!(began.elapsed() <= SECOND * 20, "{:?}", began.elapsed());
    assert_eq!(presence.report().people.hot(), 16_000);

    // Changes at any time and place; hints of others come all the while.
    let somewhere = |n: usize| n * 17 % 40 * 2_500;
    let hot: Vec<usize> = (0..40).map(|n| somewhere(n) + 3).collect();
    let cold: Vec<usize> = (0..40).map(|n| somewhere(n) + 2_204).collect();
    let mut waiting = HashMap::new();
    let mut longest = [Duration::ZERO; 2];
    for tick in 0..1_250 {
        if let Some(n) = (tick % 10 == 0).then(|| hot.get(tick / 10)).flatten() {
            server.set(*n, "dnd");
            waiting.insert(*n, (Status::DoNotDisturb, 0, Instant::now()));
        }
        if let Some(n) = (tick % 10 == 5).then(|| cold.get(tick / 10)).flatten() {
            server.set(*n, "away");
            waiting.insert(*n, (Status::Away, 1, Instant::now()));
        }
        presence.hint(&id(tick * 7 % people));
        sleep(Duration::from_millis(73)).await;
        waiting.retain(|n, (status, kind, since)| {
            let seen = presence.status(&id(*n)) == Some(*status);
            if seen {
                longest[*kind] = longest[*kind].max(since.elapsed());
            }
            !seen
        });
    }
    assert_eq!(waiting.len(), 0);
    assert!(longest[0] <= SECOND * 5, "{longest:?}");
    assert!(longest[1] <= SECOND * 60, "{longest:?}");

    let calls = server.calls();
    let calls: Vec<Instant> = calls
        .iter()
        .filter(|(_, call)| matches!(call, Call::Statuses(_) | Call::Account))
        .map(|(at, _)| *at)
        .collect();
    for (n, at) in calls.iter().enumerate() {
        let within = calls[n..].iter().take_while(|later| **later < *at + SECOND);
        assert!(within.count() <= BUDGET as usize);
    }
    assert_eq!(server.most_under_way(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_budget_holds_at_once() {
    let (server, presence) = start(Server::with(30_000));
    everybody(&presence).await.unwrap();
    presence.configure(Some(Settings {
        calls_per_second: 1,
    }));
    sleep(SECOND * 10).await;
    let before = server.calls().len();
    sleep(SECOND * 20).await;
    let calls = server.calls();
    let statuses = calls[before..]
        .iter()
        .filter(|(_, call)| matches!(call, Call::Statuses(_)));
    assert!((9..=20).contains(&statuses.count()));
}
