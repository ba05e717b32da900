//! The board over stops, crashes and a store that fails.

use devhost::DevHost;
use devhost::world::{AppError, SetOptions};
use serde_json::Value;

use crate::harness::{SECRET, call, get, host, phone, status, stop};

/// The board as everybody sees it, without what is of this process or this moment.
pub(crate) async fn board(host: &DevHost) -> Value {
    let answer = get(host, &format!("/api/v1/board?secret={SECRET}")).await;
    let mut board: Value = serde_json::from_str(&answer.text()).expect("the board");
    for own in ["now", "epoch"] {
        board.as_object_mut().expect("an object").remove(own);
    }
    board
}

/// The calls that ended.
pub(crate) async fn history(host: &DevHost) -> Value {
    let answer = get(host, &format!("/api/v1/history?secret={SECRET}")).await;
    let mut history: Value = serde_json::from_str(&answer.text()).expect("the history");
    history["calls"].take()
}

/// Waits until a record of the board holds that.
pub(crate) async fn stored(host: &DevHost, what: &str) {
    let id = host.bundle().id().to_owned();
    let found = host.world().wait_for(what, |world| {
        let keys = world.kv_list(&id, 0, 1_000);
        let mut records = keys
            .iter()
            .filter(|key| key.starts_with("board."))
            .filter_map(|key| world.kv_get(&id, key));
        records
            .any(|record| String::from_utf8_lossy(&record).contains(what))
            .then_some(())
    });
    found.await.expect("it is stored");
}

/// A call that ended, one that goes on, and a phone that does not want to be disturbed.
async fn plays(host: &DevHost) {
    phone(host, "incoming-call/bob/0240404040?call_id=a").await;
    phone(host, "call-established/bob/0240404040?call_id=a").await;
    phone(host, "call-terminated/bob/0240404040?call_id=a").await;
    phone(host, "outgoing-call/alice/0302?call_id=b").await;
    phone(host, "call-established/alice/0302?call_id=b").await;
    phone(host, "dnd-on/bob").await;
}

#[tokio::test]
async fn an_orderly_stop_loses_nothing_of_the_board() {
    let host = host().await;
    plays(&host).await;
    let before = (board(&host).await, history(&host).await);
    assert_eq!(before.1.as_array().map(Vec::len), Some(1));
    host.disable().await.expect("it was running");
    host.enable().await.expect("it starts again");
    assert_eq!((board(&host).await, history(&host).await), before);
    // The call that goes on ends once, and the same as if nothing had been.
    phone(&host, "call-terminated/alice/0302?call_id=b").await;
    let calls = history(&host).await;
    assert_eq!(calls.as_array().map(Vec::len), Some(2));
    assert_eq!(calls[0]["line"], "alice");
    assert_eq!(calls[0]["ending"], "answered");
    assert!(calls[0]["talk"].is_u64(), "{calls}");
    stop(host).await;
}

#[tokio::test]
async fn a_kill_loses_nothing_of_the_board_that_is_a_second_old() {
    let host = host().await;
    plays(&host).await;
    stored(&host, "dnd-on").await;
    let before = (board(&host).await, history(&host).await);
    host.kill().await;
    host.check_health().await;
    assert_eq!((board(&host).await, history(&host).await), before);
    stop(host).await;
}

#[tokio::test]
async fn a_damaged_record_of_the_board_is_named_and_the_plugin_runs() {
    let host = host().await;
    plays(&host).await;
    host.disable().await.expect("it was running");
    let id = host.bundle().id().to_owned();
    for key in host.world().kv_list(&id, 0, 1_000) {
        if key.starts_with("board.state.") {
            let damaged = Some(b"switchboard 1 nonsense\n{}".to_vec());
            let set = host
                .world()
                .kv_set(&id, &key, damaged, &SetOptions::default());
            assert!(set.expect("a key"));
        }
    }
    host.enable().await.expect("it starts again");
    let told = status(&host, 503).await;
    assert!(told.contains("damaged records: `board.state."), "{told}");
    assert!(told.contains("its checksum is wrong"), "{told}");
    let keys = host.world().kv_list(&id, 0, 1_000);
    assert!(keys.iter().any(|key| key == "board.damaged.0"), "{keys:?}");
    plays(&host).await;
    host.disable().await.expect("it was running");
    host.enable().await.expect("it starts again");
    status(&host, 200).await;
    stop(host).await;
}

#[tokio::test]
async fn a_store_that_fails_is_told_of_and_caught_up_with() {
    let host = host().await;
    phone(&host, "dnd-on/alice").await;
    stored(&host, "dnd-on").await;
    let full = AppError::new(
        "KVSet",
        "app.plugin_store.save.app_error",
        "no space left",
        500,
    );
    host.world().faults().fail("KVSetWithOptions", full);
    phone(&host, "incoming-call/bob/0240404040?call_id=a").await;
    let told = status(&host, 503).await;
    assert!(told.contains("is not kept since"), "{told}");
    // Phones and people notice nothing of it.
    let answer = call(&host, "call-established/bob/0240404040?call_id=a").await;
    assert_eq!(answer.status.as_u16(), 200);
    host.world().faults().mend("KVSetWithOptions");
    status(&host, 200).await;
    let before = board(&host).await;
    host.kill().await;
    host.check_health().await;
    assert_eq!(board(&host).await, before);
    stop(host).await;
}
