//! The process is killed, and stopped in good order, while phones call as fast as they are answered.

use std::time::Instant;

use devhost::DevHost;
use devhost::world::{World, fixed_id};
use serde_json::Value;

use super::load::{Load, account, counts, desks};
use super::measured;
use crate::harness::{call, host, options, phone, stop};
use crate::state::{board, history, stored};
use crate::status::{begins, ends, given_back, lunch, says};

/// People whose statuses follow their phones.
const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];

/// How many reports come between two faults.
const REPORTS: u64 = 150;

/// The next health check, or where that was the third death within an hour, an administrator.
async fn start_again(host: &DevHost) {
    host.check_health().await;
    host.enable().await.expect("it starts");
}

/// The calls of the load's phones: those of people come from one number.
fn of_phones(history: &Value) -> Value {
    let calls = history.as_array().expect("calls").iter();
    let own = |call: &&Value| call["peer"]["number"] != "0240404040";
    calls.filter(own).cloned().collect()
}

/// Calls a phone's URL until it is taken.
async fn until_taken(host: &DevHost, path: &str) {
    while call(host, path).await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn kills_under_load_lose_nothing_that_is_stored_and_no_status() {
    let host = host().await;
    let world = host.world().clone();
    for user in PEOPLE {
        let before = world.choose_custom_status(&fixed_id(user), &lunch());
        before.expect("set");
    }
    // Bob's call goes on all the time, those of the others begin and end just before a kill.
    begins(&host, "bob").await;
    begins(&host, "alice").await;
    for user in ["bob", "alice"] {
        says(&host, user, "On a call").await;
    }
    let load = Load::start(&host, desks(12));
    // From when to when an acknowledged report may be lost.
    let mut windows = Vec::new();
    for kill in 0..3 {
        load.passes(REPORTS).await;
        // What comes behind this one may not be stored yet when this one is.
        let mark = format!("mark{kill}");
        match kill {
            1 => begins(&host, "carol").await,
            2 => ends(&host, "alice").await,
            _ => {}
        }
        let from = Instant::now();
        phone(&host, &format!("dnd-on/{mark}")).await;
        stored(&host, &mark).await;
        let kept = from.elapsed();
        host.kill().await;
        let dead = Instant::now();
        windows.push(from..=dead);
        start_again(&host).await;
        until_taken(&host, &format!("dnd-off/{mark}")).await;
        measured("a report is stored after", format!("{kept:?}"));
        measured(
            "phones are answered after a kill and",
            format!("{:?}", dead.elapsed()),
        );
    }
    load.passes(REPORTS).await;
    let calls = load.end().await;
    let ended = history(&host).await;
    let of_desks = of_phones(&ended);
    let lost = account(&calls, &of_desks, |at| {
        windows.iter().any(|window| window.contains(&at))
    });
    measured(
        "calls of which a report was lost",
        format!("{lost} of {}", calls.len()),
    );
    counts(&board(&host).await, &ended);
    for user in PEOPLE {
        ends(&host, user).await;
    }
    given_back(&host).await;
    for user in PEOPLE {
        assert_eq!(
            world.custom_status(&fixed_id(user)),
            Some(lunch()),
            "{user}"
        );
    }
    stop(host).await;
}

#[tokio::test]
async fn stops_under_load_lose_nothing_that_was_acknowledged() {
    let world = World::new();
    let host = DevHost::start(world.clone(), options()).await;
    let host = host.expect("the plugin starts");
    let load = Load::start(&host, desks(8));
    for _ in 0..2 {
        load.passes(REPORTS).await;
        let began = Instant::now();
        let ended = host.disable().await.expect("it was running");
        assert!(ended.by_itself && ended.problem.is_none(), "{ended:?}");
        host.enable().await.expect("it starts again");
        until_taken(&host, "dnd-on/mark").await;
        measured("a stop and a start take", format!("{:?}", began.elapsed()));
    }
    load.passes(REPORTS).await;
    let calls = load.end().await;
    let before = (board(&host).await, history(&host).await);
    assert_eq!(account(&calls, &before.1, |_| false), 0);
    counts(&before.0, &before.1);
    // And the server itself: everything but what it stored is new.
    stop(host).await;
    let host = DevHost::start(world, options()).await;
    let host = host.expect("the plugin starts");
    assert_eq!((board(&host).await, history(&host).await), before);
    stop(host).await;
}
