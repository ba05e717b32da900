//! One's own phone, and orders about its calls, queues and do-not-disturb.

use serde_json::{Value, json};

use super::script::asterisk;
use super::*;
use crate::app::tests::app_of;
use crate::board::{Event, PhoneAction};

const JSON: (&str, &str) = ("content-type", "application/json");

fn user(id: &str) -> (&'static str, &str) {
    ("mattermost-user-id", id)
}

fn call_of(user: &str, action: &str, reference: &str) -> Event {
    let action = crate::board::Action::from_name(action).expect("an action");
    crate::board::Report {
        source: crate::board::Source::Phone,
        user: user.into(),
        action,
        peer: Some(crate::board::Peer::new("0240")),
        reference: Some(reference.into()),
        linked: None,
        queue: None,
        dialed: None,
        own_number: None,
    }
    .into()
}

async fn json_of(client: &mut Client, path: &str, id: &str) -> Value {
    let (status, answer, _) = client.call("GET", path, &[user(id)], "").await;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn orders_are_for_those_who_are_signed_in() {
    let mut client = asterisk().await;
    for (path, body) in [
        (
            "/api/v1/calls/control",
            r#"{"line":"bob","call":1,"action":"hangup"}"#,
        ),
        ("/api/v1/queues", r#"{"queue":"q","action":"join"}"#),
        ("/api/v1/phone/dnd", r#"{"on":true}"#),
    ] {
        let (status, answer, _) = client.call("POST", path, &[JSON], body).await;
        assert_eq!(status, 401, "{path}: {answer}");
        let (status, ..) = client.call("GET", path, &[user("bob")], "").await;
        assert_eq!(status, 405, "{path}");
        let (status, ..) = client.call("POST", path, &[user("bob")], body).await;
        assert_eq!(status, 415, "{path}: a form of another site's");
        let (status, answer, _) = client.call("POST", path, &[JSON, user("bob")], "{}").await;
        assert_eq!(status, 400, "{path}: {answer}");
    }
    let (status, ..) = client.call("GET", "/api/v1/phone", &[], "").await;
    assert_eq!(status, 401);
    let (status, ..) = client
        .call("POST", "/api/v1/phone", &[user("bob")], "")
        .await;
    assert_eq!(status, 405);
}

#[tokio::test(start_paused = true)]
async fn nobody_touches_calls_of_others_or_calls_that_are_not_there() {
    let mut client = asterisk().await;
    let app = Arc::clone(&client.0.app);
    for event in [
        call_of("bob", "incoming-call", "1"),
        call_of("eve", "incoming-call", "2"),
    ] {
        app.submit(event).await.expect("running");
    }
    for (id, line, call, action, expected) in [
        ("eve", "bob", 1, "hangup", 403),
        ("guest", "guest", 1, "hangup", 403),
        ("bob", "bob", 2, "hangup", 404),
        ("bob", "bob", 99, "refuse", 404),
        ("bob", "eve", 2, "pickup", 403),
        ("bob", "bob", 1, "park", 409),
    ] {
        let body = json!({ "line": line, "call": call, "action": action, "to": "" }).to_string();
        let headers = [JSON, user(id)];
        let (status, answer, _) = client
            .call("POST", "/api/v1/calls/control", &headers, &body)
            .await;
        assert_eq!(status, expected, "{id} {action} {line} {call}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_sees_ones_own_phone_and_no_other() {
    let mut client = asterisk().await;
    let app = Arc::clone(&client.0.app);
    for (user, reference) in [("bob", "1"), ("eve", "2")] {
        for action in ["incoming-call", "missed-call"] {
            let event = call_of(user, action, reference);
            app.submit(event).await.expect("running");
        }
    }
    app.submit(call_of("bob", "incoming-call", "3"))
        .await
        .expect("running");
    let dnd = crate::board::Report {
        action: crate::board::Action::Phone(PhoneAction::DndOn),
        ..match call_of("bob", "incoming-call", "3") {
            Event::Line(report) => report,
            event => panic!("{event:?}"),
        }
    };
    app.submit(dnd.into()).await.expect("running");
    let bob = json_of(&mut client, "/api/v1/phone", "bob").await;
    assert_eq!(bob["lines"], json!(["bob"]));
    assert_eq!(bob["own"][0]["calls"][0]["peer"]["number"], "0240");
    // The phone's own URL told of it, and no PBX that could be given orders; which is set here, and nowhere.
    assert_eq!(bob["own"][0]["calls"][0]["sources"], json!(["phone"]));
    assert_eq!(bob["own"][0]["sources"], json!(["phone"]));
    let source = &bob["sources"][0];
    assert_eq!(
        (&source["name"], &source["up"]),
        (&"Asterisk".into(), &false.into()),
        "{bob}"
    );
    assert_eq!(bob["recent"].as_array().map(Vec::len), Some(1), "{bob}");
    assert_eq!(bob["recent"][0]["line"], "bob");
    assert_eq!((&bob["mayCall"], &bob["dnd"]), (&true.into(), &true.into()));
    assert_eq!(bob["extensions"], json!(["123"]));
    let joe = json_of(&mut client, "/api/v1/phone", "joe").await;
    assert_eq!((&joe["lines"], &joe["recent"]), (&json!([]), &json!([])));
    assert!(
        joe["whyNot"]
            .as_str()
            .is_some_and(|why| why.contains("No phone") && why.contains("“Numbers and users”")),
        "{joe}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_webapp_is_told_what_there_is() {
    let mut client = asterisk().await;
    let phone = async |client: &mut Client, id: &str| {
        let told = json_of(client, "/api/v1/webapp", id).await;
        told["phone"].clone()
    };
    let bob = phone(&mut client, "bob").await;
    assert_eq!(
        (&bob["calls"], &bob["callbackPages"]),
        (&true.into(), &false.into())
    );
    assert_eq!(phone(&mut client, "guest").await, Value::Null);
    let (app, _host) = app_of("switchboard").await;
    let mut without = Client(Service::new(app));
    let bob = phone(&mut without, "bob").await;
    assert!(bob.is_null() || bob["calls"] == false, "{bob}");
}
