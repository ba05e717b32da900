//! Buttons of messages, as the server sends a press on, and as others might make one up.

use serde_json::{Value, json};

use super::*;
use crate::app::tests::app_of;
use crate::host::Message;

const PATH: &str = "/api/v1/buttons/missed";

/// A server on which bob missed a call from 6001, and read so.
async fn missed() -> (Client, FakeHost, String, Message) {
    let (app, host) = app_of("switchboard").await;
    let mut client = Client(Service::new(app));
    let phone = "/sip/missed-call?user=bob&number=6001&secret=hush";
    assert_eq!(client.get(phone).await.0, 200);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let direct = host.direct();
    let [(post, to, message)] = &*direct else {
        panic!("{direct:?}");
    };
    assert_eq!(to, "bob");
    assert_eq!(message.buttons.len(), 2);
    let (post, message) = (post.clone(), message.clone());
    (client, host, post, message)
}

/// What the server sends when that button is pressed.
fn press(post: &str, message: &Message, button: usize) -> Value {
    json!({
        "user_id": "bob", "user_name": "bob", "post_id": post, "channel_id": "c", "team_id": "",
        "trigger_id": "t", "type": "button", "context": message.buttons[button].context,
    })
}

async fn send(client: &mut Client, user: &str, body: &Value) -> (u16, Value) {
    let headers = [(USER_ID, user)];
    let (status, answer, _) = client.call("POST", PATH, &headers, &body.to_string()).await;
    (status, serde_json::from_str(&answer).expect("JSON"))
}

#[tokio::test(start_paused = true)]
async fn done_and_call_back_are_answered_in_one_piece() {
    let (mut client, host, post, message) = missed().await;
    assert_eq!(message.buttons[0].path, &PATH[1..]);
    // There is no Asterisk.
    let (status, answer) = send(&mut client, "bob", &press(&post, &message, 0)).await;
    let expected = "Switchboard has no Asterisk to call with. The number to call: [6001](tel:6001)";
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        json!({ "ephemeral_text": expected, "skip_slack_parsing": true })
    );
    // Without a call there is none under way.
    let (_, again) = send(&mut client, "bob", &press(&post, &message, 0)).await;
    assert_eq!(again, answer);

    let (status, answer) = send(&mut client, "bob", &press(&post, &message, 1)).await;
    assert_eq!((status, answer), (200, json!({})));
    let (_, _, done) = &host.direct()[0];
    assert!(done.text.starts_with("**Missed calls (done)**"), "{done:?}");
    assert_eq!(done.buttons, []);
    let (status, answer) = send(&mut client, "bob", &press(&post, &message, 1)).await;
    assert_eq!(status, 200);
    let said = answer["ephemeral_text"].as_str().expect("a text");
    assert!(said.starts_with("Nothing was done: "), "{said}");
}

#[tokio::test(start_paused = true)]
async fn the_header_says_who_presses_and_not_the_body() {
    let (mut client, host, post, message) = missed().await;
    let before = host.direct();
    // Eve says that she is bob.
    let (status, answer) = send(&mut client, "eve", &press(&post, &message, 1)).await;
    assert_eq!(status, 200);
    assert!(answer["ephemeral_text"].is_string());
    assert_eq!(host.direct(), before);
    // And the other way round bob's own press is his, whoever the body names.
    let mut own = press(&post, &message, 1);
    own["user_id"] = "eve".into();
    assert_eq!(send(&mut client, "bob", &own).await, (200, json!({})));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_press_does_nothing_and_says_so() {
    let (mut client, host, post, message) = missed().await;
    let before = host.direct();
    let right = press(&post, &message, 1).to_string();
    // Nobody's.
    for headers in [&[][..], &[(USER_ID, "")]] {
        let (status, answer, _) = client.call("POST", PATH, headers, &right).await;
        assert_eq!(status, 401, "{answer}");
    }
    let bob = [(USER_ID, "bob")];
    for method in ["GET", "PUT", "DELETE"] {
        let (status, _, headers) = client.call(method, PATH, &bob, &right).await;
        assert_eq!(
            (status, &headers[ALLOW]),
            (405, &"POST".parse().expect("a value"))
        );
    }
    for body in ["", "x", "[]", "null", "\"text\"", "{\"post_id\":"] {
        let (status, answer, _) = client.call("POST", PATH, &bob, body).await;
        assert_eq!(status, 400, "{body}");
        assert!(
            answer.starts_with(r#"{"error":"the body is no JSON object"#),
            "{answer}"
        );
    }
    let giant = format!(r#"{{"post_id":"{}"}}"#, "x".repeat(10_000_000));
    let (status, ..) = client.call("POST", PATH, &bob, &giant).await;
    assert_eq!(status, 413);
    let nested = format!("{{\"context\":{}", "[".repeat(60_000));
    let (status, ..) = client.call("POST", PATH, &bob, &nested).await;
    assert_eq!(status, 400);
    let token = &message.buttons[1].context["token"];
    for body in [
        json!({}),
        json!({ "post_id": 5, "context": [] }),
        json!({ "post_id": post }),
        json!({ "post_id": post, "context": { "token": [token] } }),
        json!({ "post_id": post, "context": { "token": token.to_uppercase() + "x" } }),
        json!({ "post_id": "direct9", "context": { "token": token } }),
        json!({ "context": { "token": token } }),
    ] {
        let (status, answer) = send(&mut client, "bob", &body).await;
        assert_eq!(status, 200, "{body}");
        assert!(answer["ephemeral_text"].is_string(), "{body}: {answer}");
    }
    // Mattermost does not tell who that is.
    let (status, answer) = send(&mut client, "nobody", &press(&post, &message, 1)).await;
    assert_eq!(status, 503, "{answer}");
    assert_eq!(host.direct(), before);
    assert_eq!(
        send(&mut client, "bob", &press(&post, &message, 1)).await,
        (200, json!({}))
    );
}

#[tokio::test(start_paused = true)]
async fn with_an_asterisk_call_back_answers_as_the_command_does() {
    let mut client = super::script::asterisk().await;
    let phone = "/sip/missed-call?user=bob&number=6002&secret=hush";
    assert_eq!(client.get(phone).await.0, 200);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let record = {
        let store = client.0.app.host();
        crate::host::Store::get(store, "missed:bob").await
    };
    let record = String::from_utf8(record.expect("an answer").expect("a record")).expect("text");
    let (_, json) = record.split_once('\n').expect("two lines");
    let record: Value = serde_json::from_str(json).expect("JSON");
    let body = json!({
        "post_id": record["message"]["post"],
        "context": { "token": record["message"]["token"], "caller": "1" },
    });
    let (status, answer) = send(&mut client, "bob", &body).await;
    assert_eq!(status, 200);
    let said = answer["ephemeral_text"].as_str().expect("a text");
    assert!(said.contains("so nobody was called"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn bundles_without_missed_calls_have_no_such_button() {
    let (mut client, _host) = client().await;
    let (status, ..) = client.call("POST", PATH, &[(USER_ID, "bob")], "{}").await;
    assert_eq!(status, 401, "the phones' secret opens what there is");
}
