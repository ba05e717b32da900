//! Settings that change while the plugin runs.

use devhost::DevHost;
use devhost::world::fixed_id;
use serde_json::{Map, Value};

use crate::harness::{SECRET, call, get, host, phone, posts, status, stop};

async fn save(host: &DevHost, key: &str, value: impl Into<Value>) {
    host.save_settings(Map::from_iter([(key.to_owned(), value.into())]))
        .await;
}

#[tokio::test]
async fn another_channel_and_other_names_hold_from_the_next_event_on() {
    let host = host().await;
    phone(&host, "dnd-on/bob").await;
    posts(&host, 1).await;
    save(&host, "ChannelName", "town-square").await;
    save(&host, "NumbersUsers", "123:carol").await;
    phone(&host, "dnd-on/123").await;
    let square = fixed_id("channeltownsquare");
    let found = host
        .world()
        .wait_for("a post in the other channel", |world| {
            world.messages_in(&square).pop()
        });
    assert_eq!(found.await.expect("it comes"), "carol DND on");
    assert_eq!(posts(&host, 1).await, ["bob DND on"]);
    stop(host).await;
}

#[tokio::test]
async fn another_secret_holds_at_once() {
    let host = host().await;
    save(&host, "Secret", "other").await;
    assert_eq!(call(&host, "dnd-on/bob").await.status, 401);
    assert_eq!(get(&host, "/sip/dnd-on/bob?secret=other").await.status, 200);
    stop(host).await;
}

#[tokio::test]
async fn the_board_survives_a_change_of_settings() {
    let host = host().await;
    phone(&host, "dnd-on/bob").await;
    save(&host, "HideConnectionMessages", true).await;
    let board = crate::pages::board(&host).await;
    assert_eq!(board["lines"][0]["dnd"], true, "{board}");
    stop(host).await;
}

#[tokio::test]
async fn a_bad_setting_is_named_by_status_and_mended_at_run_time() {
    let host = host().await;
    assert_eq!(status(&host, 200).await, "OK");
    for (key, bad, good) in [
        ("UserMail", "nobody@example.com", "admin@example.com"),
        ("ChannelName", "no-such-channel", "phones"),
        ("TeamName", "no-such-team", "acme"),
    ] {
        save(&host, key, bad).await;
        let said = status(&host, 503).await;
        assert!(said.contains(key), "{key}: {said}");
        assert!(!said.contains(SECRET), "{said}");
        // Phones are taken all the same.
        phone(&host, "dnd-on/bob").await;
        save(&host, key, good).await;
        assert_eq!(status(&host, 200).await, "OK");
    }
    stop(host).await;
}
