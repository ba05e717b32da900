//! A key-value store that is slow, and one that never answers.

use std::time::{Duration, Instant};

use devhost::DevHost;
use serde_json::Value;

use super::load::{Load, account, counts, desks};
use super::{STORE, has_no_more_than, measured, resident};
use crate::harness::{host, phone, status, stop};
use crate::state::{board, history, stored};

/// How long the store takes to each answer where it is slow: reading the board takes more answers than a start waits for.
const SLOW: Duration = Duration::from_millis(1_200);

/// Longer than anybody waits.
const FOR_EVER: Duration = Duration::from_secs(600);

const REPORTS: u64 = 200;

fn delay(host: &DevHost, by: Duration) {
    for method in STORE {
        host.world().faults().delay(method, by);
    }
}

fn mend(host: &DevHost) {
    for method in STORE {
        host.world().faults().mend(method);
    }
}

/// Lines and calls that ended, without what numbers a start changes.
async fn shown(host: &DevHost) -> (Value, Value) {
    (board(host).await["lines"].take(), history(host).await)
}

#[tokio::test]
async fn a_slow_store_costs_no_phone_its_answer_and_everything_is_kept() {
    let host = host().await;
    delay(&host, SLOW);
    let memory = resident(&host);
    let load = Load::start(&host, desks(8));
    load.passes(REPORTS).await;
    let calls = load.end().await;
    phone(&host, "dnd-on/marked").await;
    let before = shown(&host).await;
    assert_eq!(account(&calls, &before.1, |_| false), 0);
    counts(&board(&host).await, &before.1);
    let began = Instant::now();
    stored(&host, "marked").await;
    measured(
        "slow store: all is stored after",
        format!("{:?}", began.elapsed()),
    );
    has_no_more_than(&host, memory, "slow store");
    host.kill().await;
    let began = Instant::now();
    host.check_health().await;
    // The start does not wait for all that there is to be read.
    let told = status(&host, 503).await;
    assert!(told.contains("board: begins empty"), "{told}");
    status(&host, 200).await;
    measured(
        "slow store: the board is whole after a kill and",
        format!("{:?}", began.elapsed()),
    );
    assert_eq!(shown(&host).await, before);
    mend(&host);
    stop(host).await;
}

#[tokio::test]
async fn a_store_that_never_answers_is_told_of_and_caught_up_with() {
    let host = host().await;
    phone(&host, "dnd-on/before").await;
    stored(&host, "before").await;
    delay(&host, FOR_EVER);
    let memory = resident(&host);
    let load = Load::start(&host, desks(8));
    load.passes(REPORTS).await;
    let told = status(&host, 503).await;
    assert!(
        told.contains("board: is not kept since") && told.contains("the store gave no answer"),
        "{told}"
    );
    let calls = load.end().await;
    has_no_more_than(&host, memory, "store that never answers");
    mend(&host);
    let began = Instant::now();
    status(&host, 200).await;
    measured(
        "store that never answered: well again after",
        format!("{:?}", began.elapsed()),
    );
    let before = shown(&host).await;
    assert_eq!(account(&calls, &before.1, |_| false), 0);
    host.kill().await;
    host.check_health().await;
    assert_eq!(shown(&host).await, before);
    stop(host).await;
}
