//! The stand-in over HTTP. Its media are tested with a browser: `tests/integration/webapp_video.rs`.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{Guests, MAX_PARTICIPANTS, Options, Pexip};
use crate::client;

async fn node(guests: Guests) -> Pexip {
    let options = Options {
        prefix: "matt-".into(),
        host_pin: Some("0123".into()),
        guests,
        ..Options::default()
    };
    Pexip::start(options).await.unwrap()
}

/// The status and the JSON of an answer.
async fn post(node: &Pexip, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
    let url = format!("{}/api/client/v2/conferences/{path}", node.url());
    let answer = client::send(Method::POST, &url, headers, body.to_string().into());
    let answer = answer.await.unwrap();
    (
        answer.status.as_u16(),
        serde_json::from_str(&answer.text()).unwrap(),
    )
}

/// Somebody's request for a token.
async fn ask(node: &Pexip, alias: &str, name: &str, pin: Option<&str>) -> (u16, Value) {
    let headers: Vec<_> = pin.map(|pin| ("pin", pin)).into_iter().collect();
    let body = json!({"display_name": name});
    post(node, &format!("{alias}/request_token"), &headers, &body).await
}

/// Their token and UUID.
async fn join(node: &Pexip, name: &str, pin: &str) -> (String, String) {
    let (status, answer) = ask(node, "matt-town", name, Some(pin)).await;
    assert_eq!(status, 200, "{answer}");
    let text = |key: &str| answer["result"][key].as_str().unwrap().to_owned();
    (text("token"), text("participant_uuid"))
}

#[tokio::test]
async fn a_pin_lets_in_who_has_it() {
    let own = node(Guests::Refused).await;
    let (status, answer) = ask(&own, "matt-town", "Bob", None).await;
    assert_eq!(
        (status, &answer["result"]["pin"]),
        (403, &json!("required"))
    );
    let (status, answer) = ask(&own, "matt-town", "Bob", Some("9")).await;
    assert_eq!((status, &answer["result"]), (403, &json!("Invalid PIN")));
    let (status, answer) = ask(&own, "other", "Bob", Some("0123")).await;
    assert_eq!((status, &answer["status"]), (404, &json!("failed")));
    let (status, answer) = ask(&own, "matt-town", "Bob", Some("0123")).await;
    assert_eq!((status, &answer["result"]["role"]), (200, &json!("HOST")));
    let guests = node(Guests::WithPin("77".into())).await;
    let (_, answer) = ask(&guests, "matt-town", "Eve", None).await;
    assert_eq!(answer["result"]["guest_pin"], "required");
    let (_, answer) = ask(&guests, "matt-town", "Eve", Some("77")).await;
    assert_eq!(answer["result"]["role"], "GUEST");
}

#[tokio::test]
async fn guests_wait_for_a_host_and_where_it_is_locked() {
    let node = node(Guests::Welcome).await;
    join(&node, "Eve", "none").await;
    assert!(node.people("matt-town")[0].waits);
    let (host, _) = join(&node, "Bob", "0123").await;
    assert!(!node.people("matt-town")[0].waits, "a host has come");
    node.lock("matt-town", true);
    let (guest, waiting) = join(&node, "Mallory", "none").await;
    assert!(node.people("matt-town")[2].waits);
    let unlock = format!("matt-town/participants/{waiting}/unlock");
    let (status, answer) = post(&node, &unlock, &[("token", &guest)], &json!({})).await;
    assert_eq!(
        (status, &answer["result"]),
        (403, &json!("Invalid role")),
        "guests admit nobody"
    );
    let (_, answer) = post(&node, &unlock, &[("token", &host)], &json!({})).await;
    assert_eq!(answer["result"], true);
    assert!(!node.people("matt-town")[2].waits);
}

#[tokio::test]
async fn hosts_mute_and_remove_and_tokens_end() {
    let node = node(Guests::Welcome).await;
    let (host, _) = join(&node, "Bob", "0123").await;
    let (guest, eve) = join(&node, "Eve", "none").await;
    let own = format!("matt-town/participants/{eve}");
    post(
        &node,
        &format!("{own}/mute"),
        &[("token", &host)],
        &json!({}),
    )
    .await;
    assert!(node.people("matt-town")[1].is_muted);
    let (status, _) = post(&node, "matt-town/lock", &[("token", &guest)], &json!({})).await;
    assert_eq!(status, 403);
    post(
        &node,
        &format!("{own}/disconnect"),
        &[("token", &host)],
        &json!({}),
    )
    .await;
    let (status, answer) = post(
        &node,
        "matt-town/refresh_token",
        &[("token", &guest)],
        &json!({}),
    )
    .await;
    assert_eq!((status, &answer["result"]), (403, &json!("Invalid token")));
    let (status, answer) = post(
        &node,
        "matt-town/release_token",
        &[("token", &host)],
        &json!({}),
    )
    .await;
    assert_eq!((status, &answer["result"]), (200, &json!(true)));
    assert!(node.conferences().is_empty());
}

#[tokio::test]
async fn a_room_has_its_bounds_and_offers_that_are_none_are_refused() {
    let node = node(Guests::Welcome).await;
    let (host, uuid) = join(&node, "Bob", "0123").await;
    let calls = format!("matt-town/participants/{uuid}/calls");
    let offer = json!({"call_type": "WEBRTC", "sdp": "v=0\r\nnonsense"});
    let (status, answer) = post(&node, &calls, &[("token", &host)], &offer).await;
    assert_eq!((status, &answer["result"]), (403, &json!("Call rejected")));
    for _ in 1..MAX_PARTICIPANTS {
        let body =
            json!({"destination": "sip:room@example.com", "role": "GUEST", "protocol": "sip"});
        let (status, _) = post(&node, "matt-town/dial", &[("token", &host)], &body).await;
        assert_eq!(status, 200);
    }
    let (status, answer) = ask(&node, "matt-town", "Eve", Some("none")).await;
    assert_eq!(
        (status, &answer["result"]),
        (403, &json!("Participant limit reached"))
    );
    node.refuse(503, "503 Service Unavailable");
    let (status, _) = ask(&node, "matt-new", "Eve", Some("0123")).await;
    assert_eq!(status, 503);
}

#[tokio::test]
async fn who_does_not_refresh_has_gone() {
    let options = Options {
        token_life: Duration::ZERO,
        ..Options::default()
    };
    let node = Pexip::start(options).await.unwrap();
    let (status, _) = ask(&node, "town", "Bob", None).await;
    assert_eq!(status, 200);
    node.wait_for("nobody there", |node| node.conferences().is_empty())
        .await;
}
