use super::*;
use crate::app::tests::app_of;

const ALICE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const BOB: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbb";

/// The bundle for Outlook, with two people on pages of one.
async fn outlook() -> (Client, FakeHost) {
    let host = FakeHost::default();
    host.set_account(ALICE, "alice@example.com", "online");
    host.set_account(BOB, "bob@example.com", "ooo");
    let app = App::new("com.mattermost.outlook-presence", host.clone());
    assert!(app.configure(br#"{"secret":"hush","perpagestatuses":1}"#));
    let mut client = Client(Service::new(app));
    let (status, ..) = client
        .call("GET", "/api/v1/status?secret=hush", &[], "")
        .await;
    assert_eq!(status, 200);
    (client, host)
}

fn record(id: &str, name: &str, status: &str) -> String {
    format!(r#"[{{"user_id":"{id}","email":"{name}@example.com","status":"{status}"}}]"#)
}

#[tokio::test(start_paused = true)]
async fn pages_end_with_an_empty_one() {
    let (mut client, _host) = outlook().await;
    for (page, body) in [
        ("", record(ALICE, "alice", "online")),
        ("&page=0", record(ALICE, "alice", "online")),
        ("&page=1", record(BOB, "bob", "away")),
        ("&page=2", "[]".to_owned()),
        ("&page=184467440737095516159", "[]".to_owned()),
    ] {
        let uri = format!("/api/v1/status?secret=hush{page}");
        assert_eq!(client.get(&uri).await, (200, body), "{page}");
    }
    for page in ["-1", "x", "1.0", "%20"] {
        let (status, body) = client
            .get(&format!("/api/v1/status?secret=hush&page={page}"))
            .await;
        assert_eq!(status, 400, "{page}");
        assert!(body.contains("page must be a whole number"), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_secret_comes_in_a_query_a_form_or_a_header() {
    let (mut client, _host) = outlook().await;
    let bearer = [("authorization", "bearer hush")];
    for (method, uri, headers, body) in [
        ("GET", "/api/v1/status?page=1&secret=hush", &[][..], ""),
        ("GET", "/api/v1/status?page=1&secret=%2568%75sh", &[], ""),
        ("GET", "/api/v1/status?page=1", &bearer, ""),
        ("POST", "/api/v1/status", &[FORM], "secret=hush&page=1"),
        (
            "POST",
            "/api/v1/status?page=1",
            &[FORM],
            "secret=hush&page=0",
        ),
        ("POST", "/api/v1/status?secret=hush", &[FORM], "page=1"),
    ] {
        let (status, page, _) = client.call(method, uri, headers, body).await;
        assert_eq!((status, page), (200, record(BOB, "bob", "away")), "{uri}");
    }
    for (method, uri, headers, body) in [
        ("GET", "/api/v1/status", &[][..], ""),
        ("GET", "/api/v1/status?secret=", &[], ""),
        (
            "GET",
            "/api/v1/status",
            &[("authorization", "Basic hush")],
            "",
        ),
        (
            "POST",
            "/api/v1/status",
            &[("content-type", "text/plain")],
            "secret=hush",
        ),
        ("GET", "/api/v1/ws?secret=wrong", &[], ""),
        ("GET", "/status?secret=wrong", &[], ""),
    ] {
        let (status, _, headers) = client.call(method, uri, headers, body).await;
        assert_eq!(status, 401, "{uri}");
        assert!(headers.contains_key("www-authenticate"));
    }
    let (status, _, headers) = client
        .call("PUT", "/api/v1/status?secret=hush", &[], "")
        .await;
    assert_eq!(
        (status, &headers[ALLOW]),
        (405, &"GET, HEAD, POST".parse().unwrap())
    );
    let long = format!("page={}", "1".repeat(70_000));
    let (status, ..) = client
        .call("POST", "/api/v1/status?secret=hush", &[FORM], &long)
        .await;
    assert_eq!(status, 413);
}

#[tokio::test(start_paused = true)]
async fn wrong_secrets_are_limited_and_a_right_one_is_not() {
    let (mut client, _host) = outlook().await;
    let mut seen = Vec::new();
    for _ in 0..25 {
        seen.push(client.get("/api/v1/status?secret=wrong").await.0);
    }
    assert_eq!(seen[..20], [401; 20]);
    assert_eq!(seen[20..], [429; 5]);
    let (status, _, headers) = client.call("GET", "/api/v1/ws", &[], "").await;
    assert_eq!(status, 429);
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait));
    assert_eq!(client.get("/api/v1/status?secret=hush").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let (mut client, _host) = outlook().await;
    let uri = "/api/v1/status?secret=hush&page=1";
    let (_, _, headers) = client.call("GET", uri, &[], "").await;
    let etag = headers["etag"].to_str().unwrap().to_owned();
    let known = [("if-none-match", &*etag)];
    let (status, body, headers) = client.call("GET", uri, &known, "").await;
    assert_eq!(
        (status, &*body, &headers["etag"]),
        (304, "", &etag.parse().unwrap())
    );
    let first = "/api/v1/status?secret=hush&page=0";
    assert_eq!(client.call("GET", first, &known, "").await.0, 200);

    let say = r#"{"user_id":"bbbbbbbbbbbbbbbbbbbbbbbbbb","status":"dnd"}"#;
    let bob = [(USER_ID, BOB)];
    assert_eq!(
        client
            .call("POST", "/api/v1/status/publish", &bob, say)
            .await
            .0,
        200
    );
    let (status, body, _) = client.call("GET", uri, &known, "").await;
    assert_eq!((status, body), (200, record(BOB, "bob", "dnd")));
}

#[tokio::test(start_paused = true)]
async fn only_oneself_is_published() {
    let (mut client, _host) = outlook().await;
    let uri = "/api/v1/status/publish";
    let alice = [(USER_ID, ALICE)];
    let say = |id: &str, status: &str| format!(r#"{{"user_id":"{id}","status":"{status}"}}"#);
    for (headers, body, expected) in [
        (&alice[..], say(ALICE, "dnd"), 200),
        (&[], say(ALICE, "dnd"), 401),
        (&[(USER_ID, "")], say(ALICE, "dnd"), 401),
        (&alice, say(BOB, "dnd"), 403),
        (&alice, say(ALICE, "ooo"), 400),
        (&alice, say(ALICE, ""), 400),
        (&alice, say("cccccccccccccccccccccccccc", "dnd"), 400),
        (&alice, say("", "dnd"), 400),
        (&alice, say("../etc", "dnd"), 400),
        (&alice, "{}".to_owned(), 400),
        (&alice, "null".to_owned(), 400),
        (&alice, r#"{"user_id":1,"status":"dnd"}"#.to_owned(), 400),
        (&alice, String::new(), 400),
        (&alice, " ".repeat(70_000), 413),
    ] {
        let (status, answer, _) = client.call("POST", uri, headers, &body).await;
        assert_eq!(status, expected, "{body:.60} {answer}");
        if expected == 200 {
            assert_eq!(answer, r#"{"status":"OK"}"#);
        }
    }
    assert_eq!(client.call("GET", uri, &alice, "").await.0, 405);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_websocket_is_told_so() {
    let (mut client, _host) = outlook().await;
    let (status, body, headers) = client.call("GET", "/api/v1/ws?secret=hush", &[], "").await;
    assert_eq!(status, 426, "{body}");
    assert_eq!(headers["upgrade"], "websocket");
    assert_eq!(headers["sec-websocket-version"], "13");
    assert_eq!(
        client
            .call("POST", "/api/v1/ws?secret=hush", &[], "")
            .await
            .0,
        405
    );
}

#[tokio::test(start_paused = true)]
async fn the_bundle_for_outlook_has_nothing_of_phones() {
    let (mut client, host) = outlook().await;
    for uri in [
        "/",
        "/sip/dnd-on/bob?secret=hush",
        "/sip",
        "/dashboard?secret=hush",
        "/api/v1/board?secret=hush",
        "/api/v1/status/?secret=hush",
    ] {
        assert_eq!(client.get(uri).await.0, 404, "{uri}");
    }
    assert_eq!(host.messages(), [""; 0]);
    let (status, body) = client.get("/status?secret=hush").await;
    assert_eq!(status, 200, "{body}");
    let lines: Vec<&str> = body.lines().collect();
    assert_eq!(lines[0], "OK");
    assert_eq!(
        lines[1],
        "presence: 2 people (1 online, 1 away, 0 dnd, 0 offline)"
    );
    assert_eq!(lines[2], "presence: 0 clients connected");
    assert!(
        lines[3].contains("with 1 call, and ended 0 s ago"),
        "{body}"
    );
}

#[tokio::test(start_paused = true)]
async fn presence_is_off_until_it_has_a_secret() {
    let (app, host) = app_of("switchboard").await;
    host.set_account(ALICE, "alice@example.com", "online");
    let mut client = Client(Service::new(Arc::clone(&app)));
    for uri in ["/api/v1/status?secret=", "/api/v1/ws?secret=hush"] {
        let (status, body) = client.get(uri).await;
        assert_eq!(status, 503, "{uri}");
        assert!(body.contains("PresenceSecret is empty"), "{body}");
    }
    assert_eq!(
        client.get("/status?secret=hush").await,
        (200, "OK".to_owned())
    );
    let alice = [(USER_ID, ALICE)];
    let say = format!(r#"{{"user_id":"{ALICE}","status":"dnd"}}"#);
    let (status, ..) = client
        .call("POST", "/api/v1/status/publish", &alice, &say)
        .await;
    assert_eq!(status, 503);

    let on = SETTINGS.replace('}', r#","presencesecret":"sesame"}"#);
    assert!(app.configure(on.as_bytes()));
    let (status, body) = client.get("/api/v1/status?secret=sesame").await;
    assert_eq!((status, body), (200, record(ALICE, "alice", "online")));
    assert_eq!(client.get("/api/v1/status?secret=hush").await.0, 401);
    assert_eq!(client.get("/status?secret=sesame").await.0, 401);

    assert!(app.configure(SETTINGS.as_bytes()));
    assert_eq!(client.get("/api/v1/status?secret=sesame").await.0, 503);
}

#[tokio::test(start_paused = true)]
async fn metrics_are_prometheus_text() {
    let (client, _host) = outlook().await;
    let response = metrics(Arc::clone(&client.0.app)).await;
    assert_eq!(
        response.headers()[CONTENT_TYPE],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    for line in [
        "# TYPE switchboard_presence_people gauge",
        "switchboard_presence_people{status=\"online\"} 1",
        "switchboard_presence_people{status=\"offline\"} 0",
        "# TYPE switchboard_presence_calls_total counter",
        "switchboard_presence_calls_total{of=\"statuses\"} 1",
        "switchboard_feed_clients 0",
        "switchboard_healthy 1",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    // Each sample belongs to the family above it, and no family comes twice.
    let mut families = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(!families.contains(&name), "{name}");
            assert!(kind == "gauge" || kind == "counter" && name.ends_with("_total"));
            families.push(name);
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let name = name.split('{').next().unwrap();
            assert_eq!(Some(&name), families.last(), "{line}");
        }
    }
}
