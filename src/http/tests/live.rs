//! Who may see the board, its stream, its history, and who may begin counting anew.

use serde_json::{Value, json};

use super::*;
use crate::app::tests::app_of;
use crate::app::{App, HISTORY_UNDER_WAY_KB};
use crate::host::UserId;

async fn clients() -> (Client, FakeHost, Arc<App<FakeHost>>) {
    let (app, host) = app_of("switchboard").await;
    (Client(Service::new(Arc::clone(&app))), host, app)
}

fn json_of(body: &str) -> Value {
    serde_json::from_str(body).expect("JSON")
}

/// Answers that a handshake gets where nobody hands over the connection: whoever gets this far was let in.
const LET_IN: u16 = 501;

const HANDSHAKE: [(&str, &str); 5] = [
    ("host", "chat.example.com"),
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

async fn handshake(client: &mut Client, query: &str, more: &[(&str, &str)]) -> (u16, String) {
    let headers = [&HANDSHAKE, more].concat();
    let path = format!("/api/v1/board/ws{query}");
    let (status, body, _) = client.call("GET", &path, &headers, "").await;
    (status, body)
}

#[tokio::test(start_paused = true)]
async fn the_stream_is_for_who_may_see_the_board() {
    let (mut client, host, app) = clients().await;
    host.set_member("bob", true);
    host.set_member("guest", true);
    let wall = app.walls().create("Hall", &UserId::from("admin")).await;
    let wall = format!("?wall={}", wall.expect("a link"));
    for (query, user, expected) in [
        ("", "", 401),
        ("?secret=wrong", "", 401),
        ("?wall=wrong", "", 401),
        ("?wall=wrong", "bob", 401),
        ("", "eve", 403),
        ("", "guest", 403),
        ("", "nobody", 403),
        ("", "bob", LET_IN),
        ("?secret=hush", "", LET_IN),
        (&*wall, "", LET_IN),
        (&*wall, "eve", LET_IN),
    ] {
        let user = [(USER_ID, user)];
        let user = if user[0].1.is_empty() { &[][..] } else { &user };
        let (status, body) = handshake(&mut client, query, user).await;
        assert_eq!(status, expected, "{query} {user:?}: {body}");
        for path in ["/api/v1/board", "/api/v1/history", "/dashboard"] {
            let (status, ..) = client
                .call("GET", &format!("{path}{query}"), user, "")
                .await;
            let expected = if expected == LET_IN { 200 } else { expected };
            assert_eq!(status, expected, "{path}{query} {user:?}");
        }
    }
    app.walls().withdraw("hall").await.expect("withdrawn");
    assert_eq!(handshake(&mut client, &wall, &[]).await.0, 401);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_another_server_opens_no_stream() {
    let (mut client, host, _) = clients().await;
    host.set_member("bob", true);
    for (origin, expected) in [
        ("https://chat.example.com", LET_IN),
        ("http://chat.example.com", LET_IN),
        ("https://evil.example.com", 403),
        ("https://chat.example.com.evil.example.com", 403),
        ("null", 403),
        ("", 403),
    ] {
        for (query, user) in [("", "bob"), ("?secret=hush", "")] {
            let more = [("origin", origin), (USER_ID, user)];
            let (status, body) = handshake(&mut client, query, &more).await;
            assert_eq!(status, expected, "{origin}: {body}");
        }
    }
    // Behind a proxy that puts another host in the place of the site's.
    let behind = [("origin", "https://chat.example.com"), (USER_ID, "bob")];
    let mut headers = [&HANDSHAKE[1..], &behind].concat();
    headers.push(("host", "10.0.0.5:8065"));
    let path = "/api/v1/board/ws";
    assert_eq!(client.call("GET", path, &headers, "").await.0, LET_IN);
    headers[4].1 = "http://chat.example.com";
    assert_eq!(client.call("GET", path, &headers, "").await.0, 403);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_websocket_or_goes_on_nowhere_is_told_so() {
    let (mut client, ..) = clients().await;
    let path = "/api/v1/board/ws?secret=hush";
    assert_eq!(client.get(path).await.0, 426);
    assert_eq!(client.call("POST", path, &[], "").await.0, 405);
    let (status, body) = handshake(&mut client, "?secret=hush&after=x", &[]).await;
    assert_eq!(status, 400);
    assert!(
        json_of(&body)["error"].to_string().contains("after is `x`"),
        "{body}"
    );
}

/// Each answer was kept whole for as long as its client took nothing of it.
#[tokio::test(start_paused = true)]
async fn slow_downloads_of_ended_calls_held_any_amount_of_memory() {
    let (mut client, ..) = clients().await;
    for call in 0..1_000 {
        for action in ["incoming-call", "missed-call"] {
            let path = format!("/sip/{action}/123/0555{call:07}?secret=hush");
            assert_eq!(client.get(&path).await.0, 200);
        }
    }
    let ask = |format: &str| {
        let uri = format!("/api/v1/history?secret=hush&format={format}");
        Request::get(uri).body(Body::empty()).expect("a request")
    };
    let mut held = Vec::new();
    let mut refused = 0;
    for n in 0..400 {
        let format = if n % 2 == 0 { "json" } else { "csv" };
        let Ok(response) = client.0.call(ask(format)).await;
        if response.status() == 200 {
            held.push(response.into_body());
            continue;
        }
        assert_eq!(response.status(), 503);
        assert!(response.headers().contains_key("retry-after"));
        refused += 1;
    }
    assert!(refused > 0, "{} answers are held", held.len());
    // The room of one that is taken, or whose client is gone, is free again.
    let first = held.swap_remove(0);
    let body = to_bytes(first, 1 << 20).await.expect("a body");
    let first: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(first["calls"].as_array().map(Vec::len), Some(1_000));
    let Ok(again) = client.0.call(ask("json")).await;
    assert_eq!(again.status(), 200);
    held.push(again.into_body());
    held.pop();
    let mut sum = 0;
    for body in held {
        sum += to_bytes(body, 1 << 20).await.expect("a body").len();
    }
    assert!(sum <= HISTORY_UNDER_WAY_KB * 1024, "{sum} bytes");
    assert!(sum > HISTORY_UNDER_WAY_KB * 1024 / 2, "{sum} bytes");
}

#[tokio::test(start_paused = true)]
async fn ended_calls_are_told_as_json_and_as_csv() {
    let (mut client, _, app) = clients().await;
    // Longer than what a time in milliseconds may hold by chance.
    for number in ["0555987654321", "=1+1"] {
        let number = number.replace('=', "%3D").replace('+', "%2B");
        for action in ["incoming-call", "missed-call"] {
            client
                .get(&format!("/sip/{action}/123/{number}?secret=hush"))
                .await;
        }
    }
    let (status, body) = client.get("/api/v1/history?secret=hush").await;
    assert_eq!(status, 200);
    let history = json_of(&body);
    assert_eq!(history["more"], false);
    assert_eq!(history["calls"][1]["peer"]["number"], "0555987654321");
    assert_eq!(history["calls"][0]["ending"], "missed");
    let (_, body) = client.get("/api/v1/history?secret=hush&limit=1").await;
    let history = json_of(&body);
    assert_eq!(history["more"], true);
    assert_eq!(history["calls"].as_array().map(Vec::len), Some(1));
    let (status, body) = client
        .get("/api/v1/history?secret=hush&queue=support")
        .await;
    assert_eq!(status, 404, "an empty list told nobody of the mistake");
    assert!(body.contains("`support`"), "{body}");
    let (_, body) = client.get("/api/v1/history?secret=hush&to=1000").await;
    assert_eq!(json_of(&body)["calls"], json!([]));

    let csv = "/api/v1/history?secret=hush&format=csv";
    let (_, body, headers) = client.call("GET", csv, &[], "").await;
    assert_eq!(
        headers[CONTENT_TYPE],
        "text/csv; charset=utf-8; header=present"
    );
    let rows: Vec<&str> = body.split("\r\n").collect();
    assert_eq!(rows.len(), 4, "{body}");
    assert!(
        rows[2].contains(",bob,incoming,0555987654321,"),
        "{}",
        rows[2]
    );
    assert!(!body.contains(",=1"), "{body}");
    let path = "/api/v1/history?secret=hush";
    let (_, by_accept, _) = client
        .call("GET", path, &[("accept", "text/csv")], "")
        .await;
    assert_eq!(by_accept, body);

    let (status, body) = client.get("/api/v1/history?secret=hush&from=x").await;
    assert_eq!(status, 400);
    assert!(
        json_of(&body)["error"].to_string().contains("from is `x`"),
        "{body}"
    );

    let masked = SETTINGS.replace('}', ",\"boardnumbers\":\"hidden\"}");
    assert!(app.configure(masked.as_bytes()));
    for path in [csv, path, "/api/v1/board?secret=hush"] {
        assert!(
            !client.get(path).await.1.contains("0555987654321"),
            "{path}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn counting_begins_anew_for_who_may() {
    let (mut client, host, app) = clients().await;
    host.set_member("bob", true);
    host.set_channel_admin("carol");
    let wall = app.walls().create("Hall", &UserId::from("admin")).await;
    let wall = wall.expect("a link");
    // The page's button follows the same rule.
    let shown = [("bob", "member"), ("carol", "trusted"), ("", "trusted")];
    for (user, expected) in shown {
        let secret = if user.is_empty() { "?secret=hush" } else { "" };
        let path = format!("/dashboard{secret}");
        let (status, page, _) = client.call("GET", &path, &[(USER_ID, user)], "").await;
        assert_eq!(status, 200);
        assert!(
            page.contains(&format!("data-viewer=\"{expected}\"")),
            "{user}"
        );
    }
    let seen = crate::board::QueueReport {
        source: crate::board::Source::Ovh,
        queue: "support".into(),
        event: crate::board::QueueEvent::Seen,
    };
    app.submit(crate::board::Event::Queue(seen))
        .await
        .expect("it runs");
    let since = async || {
        let board = app.snapshot().await.expect("it runs");
        board.queues[0].counters.since
    };
    let reset = "/api/v1/board/reset";
    for (path, headers, body, expected) in [
        (reset.to_owned(), &[][..], "", 401),
        (reset.to_owned(), &[(USER_ID, "eve")], "", 403),
        (reset.to_owned(), &[(USER_ID, "bob")], "", 403),
        (
            format!("{reset}?wall={wall}"),
            &[(USER_ID, "carol")],
            "",
            403,
        ),
        (
            reset.to_owned(),
            &[
                (USER_ID, "carol"),
                ("origin", "https://evil.example.com"),
                ("host", "chat.example.com"),
            ],
            "",
            403,
        ),
        (
            reset.to_owned(),
            &[(USER_ID, "carol"), FORM],
            "queue=sales",
            404,
        ),
        (
            reset.to_owned(),
            &[(USER_ID, "carol"), ("content-type", "application/json")],
            "[]",
            400,
        ),
    ] {
        let before = since().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (status, body, _) = client.call("POST", &path, headers, body).await;
        assert_eq!(status, expected, "{path}: {body}");
        assert_eq!(since().await, before);
    }
    assert_eq!(
        client.call("GET", reset, &[(USER_ID, "carol")], "").await.0,
        405
    );
    for (path, headers, body, answer) in [
        (
            reset,
            &[(USER_ID, "carol"), FORM][..],
            "queue=support",
            json!({ "reset": "support" }),
        ),
        (
            "/api/v1/board/reset?secret=hush",
            &[],
            "",
            json!({ "reset": null }),
        ),
    ] {
        let before = since().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (status, body, _) = client.call("POST", path, headers, body).await;
        assert_eq!((status, json_of(&body)), (200, answer));
        assert!(since().await > before);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_events_is_not_kept_by_anybody() {
    let (app, _) = app().await;
    let request = Request::get("/api/v1/board/events?secret=hush").body(Body::empty());
    let mut service = Service::new(app);
    let Ok(response) = service.call(request.expect("a request")).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(headers[CONTENT_TYPE], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-accel-buffering"], "no");
    let instead = response
        .extensions()
        .get::<mattermost_plugin::http::Unflushed>();
    let instead = &instead.expect("an answer for hosts that do not flush").0;
    assert_eq!(instead.status(), 501);
    assert!(String::from_utf8_lossy(instead.body()).contains("/api/v1/board/ws"));
}
