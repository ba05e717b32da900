use http::HeaderValue;

use super::script::asterisk;
use super::*;

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

fn user(id: &str) -> (&'static str, &str) {
    ("mattermost-user-id", id)
}

#[tokio::test(start_paused = true)]
async fn calls_are_for_those_who_are_signed_in() {
    let mut client = asterisk().await;
    for path in ["/api/v1/calls", "/api/v1/messages"] {
        let body = r#"{"to":"6002","text":"hi"}"#;
        let (status, answer, _) = client.call("POST", path, &[JSON], body).await;
        assert_eq!(status, 401);
        assert!(answer.contains("X-CSRF-Token"), "{answer}");
        let (status, answer, _) = client
            .call("POST", path, &[JSON, user("guest")], body)
            .await;
        assert_eq!(status, 403, "{answer}");
        let (status, ..) = client
            .call("POST", path, &[JSON, user("nobody")], body)
            .await;
        assert_eq!(status, 503);
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let (status, _, headers) = client.call(method, path, &[JSON, user("bob")], body).await;
            assert_eq!(
                (status, &headers[ALLOW]),
                (405, &HeaderValue::from_static("POST"))
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_must_be_what_it_should() {
    let mut client = asterisk().await;
    let mut send = async |path: &str, kind: &str, body: &str| {
        let headers = [("content-type", kind), user("bob")];
        let (status, answer, _) = client.call("POST", path, &headers, body).await;
        (status, answer)
    };
    for kind in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let (status, answer) = send("/api/v1/calls", kind, r#"{"to":"6002"}"#).await;
        assert_eq!(status, 415, "{answer}");
    }
    for (path, body, says) in [
        (
            "/api/v1/calls",
            "",
            r#"the body is no JSON object; for example {\"to\":\"6002\"}"#,
        ),
        (
            "/api/v1/calls",
            "[]",
            r#"the body is no JSON object; for example {\"to\":\"6002\"}"#,
        ),
        (
            "/api/v1/calls",
            "{}",
            r#"to is missing; for example {\"to\":\"6002\"}"#,
        ),
        (
            "/api/v1/calls",
            r#"{"to":6002}"#,
            "to must be a text in quotes; ",
        ),
        (
            "/api/v1/messages",
            r#"{"to":null}"#,
            "to is missing, text is missing; ",
        ),
        (
            "/api/v1/messages",
            r#"{"to":"6002","text":["hi"]}"#,
            "text must be a text in quotes; ",
        ),
    ] {
        let (status, answer) = send(path, "application/json", body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(
            answer.starts_with(&format!(r#"{{"error":"{says}"#)),
            "{answer}"
        );
    }
    let long = format!(r#"{{"to":"{}"}}"#, "1".repeat(64 * 1024));
    let (status, _) = send("/api/v1/calls", "application/json", &long).await;
    assert_eq!(status, 413);
}

#[tokio::test(start_paused = true)]
async fn without_an_asterisk_calls_are_off() {
    let (app, _host) = crate::app::tests::app_of("switchboard").await;
    let mut client = Client(Service::new(app));
    let (status, answer, _) = client
        .call(
            "POST",
            "/api/v1/calls",
            &[JSON, user("bob")],
            r#"{"to":"6002"}"#,
        )
        .await;
    assert_eq!(status, 503);
    assert!(answer.contains("“Asterisk: host”"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn what_is_typed_reaches_the_pbx_or_says_why_not() {
    let app = asterisk().await.0.app;
    let ask = async |line: &str, user: &str| {
        let invocation = crate::commands::Invocation {
            line,
            user: &user.into(),
            channel: "",
            site_url: "https://chat.example.com",
            trigger_id: "",
        };
        app.execute(invocation).await.text
    };
    for (line, user, says) in [
        ("/phone call 6002", "bob", "so nobody was called"),
        ("/phone message 6002 hi", "bob", "so nothing was sent"),
        ("/phone call 0240404040", "bob", "AsteriskOutsideNumbers"),
        ("/phone call 6002", "eve", "NumbersUsers"),
        ("/phone call 6002", "guest", "Guests cannot"),
        ("/phone call", "bob", "Missing: "),
    ] {
        let said = ask(line, user).await;
        assert!(said.contains(says), "{line}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn suggestions_are_lists_for_those_who_may() {
    let mut client = asterisk().await;
    let mut get = async |path: &str, headers: &[(&str, &str)]| {
        let (status, answer, _) = client.call("GET", path, headers, "").await;
        (status, answer)
    };
    let line = "user_input=phone%20call%20@&parsed=phone%20call%20";
    let path = format!("/api/v1/suggest/call?{line}");
    assert_eq!(get(&path, &[]).await.0, 401);
    let none = "[]".to_owned();
    assert_eq!(get(&path, &[user("guest")]).await, (403, none.clone()));
    let (status, answer) = get(&path, &[user("bob")]).await;
    assert_eq!(status, 200);
    let items: Vec<serde_json::Value> = serde_json::from_str(&answer).expect("a list");
    let offered: Vec<_> = items
        .iter()
        .map(|item| (&item["Item"], &item["Hint"]))
        .collect();
    assert_eq!(offered, [(&"@bob".into(), &"123".into())]);
    assert_eq!(
        get("/api/v1/suggest/queue", &[user("bob")]).await,
        (200, none)
    );
    assert_eq!(get("/api/v1/suggest/other", &[user("bob")]).await.0, 404);
}
