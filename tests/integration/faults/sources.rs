//! Asterisk and OVH over restarts of the plugin: what their queues came to is counted on, and once.

use std::collections::BTreeMap;
use std::time::Duration;

use devhost::DevHost;
use devhost::asterisk::{
    Ami, Message, Options as AmiOptions, SECRET as AMI_SECRET, USER as AMI_USER,
};
use devhost::ovh::{Morning, Number, Options as Service, Ovh, TOKEN};
use devhost::world::PATIENCE;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::harness::{options, phone, start, status, stop};
use crate::pages::board;
use crate::state::{history, stored};

/// How often the board is looked at, which tells nobody that it changed.
const LOOKING: Duration = Duration::from_millis(20);

/// Looks at the board until its one queue is like that.
async fn queue(host: &DevHost, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let looking = async {
        loop {
            let board = board(host).await;
            if let Some(queue) = board["queues"].get(0).filter(|queue| is(queue)) {
                return queue.clone();
            }
            sleep(LOOKING).await;
        }
    };
    match timeout(PATIENCE, looking).await {
        Ok(queue) => queue,
        Err(_) => panic!("{what} is not on the board: {:#}", board(host).await),
    }
}

/// What is counted of a queue.
fn counters(queue: &Value) -> Value {
    let names = [
        "answered",
        "abandoned",
        "total",
        "counted_since",
        "hours",
        "tallies",
        "longest_wait",
    ];
    names.iter().map(|name| queue[*name].clone()).collect()
}

/// In good order, or by a kill.
async fn restart(host: &DevHost, orderly: bool) {
    if orderly {
        host.disable().await.expect("it was running");
        host.enable().await.expect("it starts again");
    } else {
        host.kill().await;
        host.check_health().await;
    }
}

#[tokio::test]
async fn ovhs_counters_go_on_over_restarts() {
    let service = Ovh::start(Service::default()).await.expect("a port");
    let options = options()
        .with("NumbersUsers", "0033912312301:bob,0033912312399:support")
        .with("OvhTokens", TOKEN)
        .with("OvhUrl", service.url());
    let host = start(options).await;
    let support = Number::queue("0033912312399", "Hotline");
    let lines = [
        Number::line("0033912312301", "Bob"),
        Number::line("0033912312302", "Alice"),
    ];
    let [mut answered, mut lost] = [0, 0];
    for (part, orderly) in [true, true, false].into_iter().enumerate() {
        service.followed(TOKEN).await;
        let morning = Morning::new(std::slice::from_ref(&support), &lines, 20, part as u64);
        for step in morning.steps {
            service.send_all(step);
        }
        let sum = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>();
        answered += sum(&morning.expected.answered);
        lost += sum(&morning.expected.abandoned) + sum(&morning.expected.timed_out);
        let before = queue(&host, "the morning", |queue| {
            let is_empty = |list: &str| queue[list].as_array().is_some_and(Vec::is_empty);
            let calm = is_empty("waiting") && is_empty("talking");
            calm && queue["answered"] == answered && queue["abandoned"] == lost
        })
        .await;
        let ended = history(&host).await;
        if !orderly {
            phone(&host, "dnd-on/marked").await;
            stored(&host, "marked").await;
        }
        restart(&host, orderly).await;
        let after = queue(&host, "the queue", |_| true).await;
        assert_eq!(counters(&after), counters(&before));
        assert_eq!(history(&host).await, ended);
    }
    stop(host).await;
}

/// What Asterisk counted since its own start, as its list has it.
fn totals(completed: u64, abandoned: u64) -> Vec<Message> {
    let (completed, abandoned) = (completed.to_string(), abandoned.to_string());
    vec![Message::new(&[
        ("Event", "QueueParams"),
        ("Queue", "support"),
        ("Calls", "0"),
        ("Completed", &completed),
        ("Abandoned", &abandoned),
    ])]
}

#[tokio::test]
async fn asterisks_counters_go_on_over_restarts() {
    let ami = Ami::start(AmiOptions::default()).await.expect("a stand-in");
    ami.set_list("QueueStatus", totals(0, 0));
    let options = options()
        .with("AsteriskHost", "127.0.0.1")
        .with("AsteriskPort", &*ami.address().port().to_string())
        .with("AsteriskUser", AMI_USER)
        .with("AsteriskSecret", AMI_SECRET);
    let host = start(options).await;
    let mut lost = 0;
    for (part, orderly) in [true, false].into_iter().enumerate() {
        queue(&host, "the queue", |_| true).await;
        let id = format!("1795250991.{part}");
        let who = [("Queue", "support"), ("Uniqueid", &*id)];
        for event in ["QueueCallerJoin", "QueueCallerAbandon", "QueueCallerLeave"] {
            let all = [&[("Event", event)], &who[..]].concat();
            ami.event(&all).await;
        }
        lost += 1;
        ami.set_list("QueueStatus", totals(0, lost));
        let before = queue(&host, "who gave up", |queue| queue["abandoned"] == lost).await;
        let ended = history(&host).await;
        assert_eq!(ended.as_array().map(Vec::len), usize::try_from(lost).ok());
        if !orderly {
            stored(&host, &id).await;
        }
        let logins = |actions: &[Message]| {
            let logins = actions.iter();
            logins
                .filter(|own| own.get("Action") == Some("Login"))
                .count()
        };
        let known = ami.wait_until(|actions| Some(logins(actions))).await;
        restart(&host, orderly).await;
        // The lists came again.
        let asked = ami.wait_until(|actions| (logins(actions) > known).then_some(()));
        timeout(PATIENCE, asked).await.expect("a login");
        status(&host, 200).await;
        let after = queue(&host, "the queue", |_| true).await;
        assert_eq!(counters(&after), counters(&before));
        assert_eq!(history(&host).await, ended);
    }
    stop(host).await;
}
