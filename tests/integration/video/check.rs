//! *Check* in the System Console, with a stand-in for a conferencing node.

use devhost::DevHost;
use devhost::pexip::{Guests, Options, Pexip};
use serde_json::Value;

use super::Browser;
use crate::harness::{options, start, stop};

/// How the node is, as *Check* finds it, and what it says of that.
async fn checked(node: &Pexip, settings: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = settings.iter();
    let options = all.fold(
        options().with("Node", node.url()),
        |options, (key, value)| options.with(key, *value),
    );
    let host: DevHost = start(options).await;
    let admin = Browser::of(&host, "admin");
    let (status, body) = admin.post("/api/v1/admin/check", &Value::Null).await;
    assert_eq!(status, 200, "{body}");
    let all = body["checks"].as_array().expect("findings").iter();
    let own = all.filter(|finding| finding["part"] == "pexip");
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let found = own.map(|finding| (text(finding, "state"), text(finding, "what")));
    let found = found.collect();
    assert!(!body.to_string().contains("2468"), "{body}");
    // Nobody is left in a room.
    node.wait_for("nobody in a room", |node| node.conferences().is_empty())
        .await;
    stop(host).await;
    found
}

async fn node(pin: Option<&str>, guests: Guests) -> Pexip {
    let options = Options {
        prefix: "matt-".into(),
        host_pin: pin.map(str::to_owned),
        guests,
        ..Options::default()
    };
    Pexip::start(options).await.expect("ports")
}

fn has(found: &[(String, String)], state: &str, words: &str) {
    let last = found.last().expect("a finding");
    assert!(last.0 == state && last.1.contains(words), "{found:?}");
}

/// The node was in order, and nobody could join.
#[tokio::test]
async fn a_pin_that_the_node_does_not_take_is_found_and_a_right_one_too() {
    let own = node(Some("1357"), Guests::Welcome).await;
    let found = checked(&own, &[("Pin", "2468")]).await;
    assert_eq!(found[0].0, "ok", "{found:?}");
    has(&found, "bad", "does not take the PIN");
    has(
        &checked(&own, &[("Pin", "1357")]).await,
        "ok",
        "takes the PIN",
    );
    for rooms in ["id", "name"] {
        let settings = [("Pin", "1357"), ("VideoRooms", rooms)];
        has(&checked(&own, &settings).await, "ok", "takes the PIN");
    }
    has(&checked(&own, &[]).await, "warning", "none is set here");
    let guests = node(Some("1357"), Guests::WithPin("2468".into())).await;
    has(
        &checked(&guests, &[("Pin", "2468")]).await,
        "bad",
        "the guests'",
    );
    let open = node(None, Guests::Welcome).await;
    has(&checked(&open, &[]).await, "ok", "have no PIN");
    has(
        &checked(&open, &[("Pin", "2468")]).await,
        "warning",
        "without a PIN",
    );
}

#[tokio::test]
async fn what_could_not_be_tried_at_the_node_is_said() {
    let own = node(Some("2468"), Guests::Welcome).await;
    let settings = [("Pin", "2468"), ("Prefix", "meet-")];
    has(&checked(&own, &settings).await, "bad", "makes no rooms");
    let settings = [("Pin", "2468"), ("Prefix", "meet-"), ("VideoRooms", "name")];
    has(&checked(&own, &settings).await, "warning", "was not tried");
    own.refuse(403, "Insufficient licenses");
    has(
        &checked(&own, &[("Pin", "2468")]).await,
        "warning",
        "answered 403",
    );
}
