//! Wrong secrets, wherever one is asked for: told so until there were too many from one address, and then to wait. And the status, for
//! programs.

use mattermost_plugin::http::RequestInfo;

use super::*;
use crate::app::tests::app_of;

/// With an Asterisk that nothing listens at, and a secret of its own that nobody guesses.
const ACCOUNT: &str = r#","asteriskhost":"127.0.0.1","asteriskport":"1","asteriskuser":"eedomus","asterisksecret":"correct-horse-battery"}"#;

const CALL: &str = "exec=eeCall.php&ip=127.0.0.1&port=&user=eedomus&secret=correct-horse-battery&from=100&to=291&msg=&drv=";

async fn office() -> (Client, Arc<App<FakeHost>>) {
    let (app, _host) = app_of("switchboard").await;
    assert!(app.configure(SETTINGS.replace('}', ACCOUNT).as_bytes()));
    (Client(Service::new(Arc::clone(&app))), app)
}

impl Client {
    /// The status of a request from there.
    async fn from(&mut self, address: &str, method: &str, uri: &str, form: &str) -> u16 {
        let mut request = Request::builder().method(method).uri(uri);
        if !form.is_empty() {
            request = request.header(FORM.0, FORM.1);
        }
        let mut request = request
            .body(Body::from(form.to_owned()))
            .expect("a request");
        let info = RequestInfo {
            raw_target: format!("/plugins/switchboard{uri}"),
            remote_addr: format!("{address}:40000"),
            ..RequestInfo::default()
        };
        request.extensions_mut().insert(info);
        self.send(request).await.0
    }
}

/// What is asked with a secret: with a wrong one, with the right one, and what the right one gives.
const DOORS: [(&str, &str, &str, &str, u16); 9] = [
    (
        "GET",
        "/sip/dnd-on/bob?secret=guess",
        "/sip/dnd-on/bob?secret=hush",
        "",
        200,
    ),
    (
        "GET",
        "/s/guess/d1/bob",
        "/s/mxuRiZyi6cd5oAIH/d1/bob",
        "",
        200,
    ),
    (
        "POST",
        "/sip/dnd-on/bob?secret=guess",
        "/sip/dnd-on/bob?secret=hush",
        "",
        200,
    ),
    (
        "POST",
        "/sip/dnd-on/bob",
        "/sip/dnd-on/bob?secret=hush",
        "secret=guess",
        200,
    ),
    (
        "GET",
        "/status?secret=guess",
        "/status?secret=hush",
        "",
        503,
    ),
    (
        "GET",
        "/dashboard?secret=guess",
        "/dashboard?secret=hush",
        "",
        200,
    ),
    (
        "GET",
        "/api/v1/board?secret=guess",
        "/api/v1/board?secret=hush",
        "",
        200,
    ),
    (
        "GET",
        "/nothing?secret=guess",
        "/nothing?secret=hush",
        "",
        404,
    ),
    ("GET", "/script/?CALL", "/script/?CALL", "", 503),
];

#[tokio::test(start_paused = true)]
async fn wrong_secrets_are_limited_at_every_door_and_right_ones_are_not() {
    for (method, wrong, right, form, expected) in DOORS {
        let (mut client, _app) = office().await;
        let wrong = wrong.replace("CALL", &CALL.replace("horse", "guess"));
        let right = right.replace("CALL", CALL);
        for n in 0..25 {
            let status = client.from("192.0.2.1", method, &wrong, form).await;
            assert_eq!(status, if n < 20 { 401 } else { 429 }, "{n} {wrong}");
        }
        let status = client.from("192.0.2.1", method, &right, "").await;
        assert_eq!(status, expected, "{right}: a right one is let in");
        let status = client.from("192.0.2.2", method, &wrong, form).await;
        assert_eq!(status, 401, "{wrong} from another address");
        tokio::time::advance(Duration::from_secs(60)).await;
        let status = client.from("192.0.2.1", method, &wrong, form).await;
        assert_eq!(status, 401, "{wrong} a minute later");
    }
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_is_told_to_wait_is_told_how_long() {
    let (mut client, _app) = office().await;
    for _ in 0..20 {
        client.get("/s/guess/d1/bob").await;
    }
    let (status, body, headers) = client.call("GET", "/s/guess/d1/bob", &[], "").await;
    assert_eq!(status, 429);
    assert_eq!(headers["retry-after"], "61");
    assert!(
        body.contains("too many wrong secrets") && !body.contains("guess"),
        "{body}"
    );
}

#[tokio::test(start_paused = true)]
async fn wrong_links_of_walls_are_limited_and_nobody_else_is() {
    let (mut client, app) = office().await;
    let admin = crate::host::UserId::from("id-admin");
    let link = app.walls().create("Hall", &admin).await.expect("a link");
    for n in 0..25 {
        let status = client
            .from("192.0.2.1", "GET", "/api/v1/board?wall=guess", "")
            .await;
        assert_eq!(status, if n < 20 { 401 } else { 429 }, "{n}");
    }
    for right in [format!("wall={link}"), "secret=hush".to_owned()] {
        let uri = format!("/api/v1/board?{right}");
        assert_eq!(client.from("192.0.2.1", "GET", &uri, "").await, 200);
    }
    let status = client
        .from("192.0.2.1", "GET", "/sip/dnd-on/bob?secret=x", "")
        .await;
    assert_eq!(status, 401, "another door");
}

#[tokio::test(start_paused = true)]
async fn who_is_signed_in_tries_no_secret() {
    let (mut client, app) = office().await;
    for _ in 0..100 {
        let (status, ..) = client
            .call("GET", "/api/v1/board", &[(USER_ID, "id-nobody")], "")
            .await;
        assert_ne!(status, 429);
    }
    assert_eq!(app.attempts().wrong(Door::Phones).all, 0);
}

#[tokio::test(start_paused = true)]
async fn metrics_count_wrong_secrets_by_door() {
    let (mut client, app) = office().await;
    for _ in 0..22 {
        client.get("/sip/dnd-on/bob?secret=guess").await;
    }
    client.get("/api/v1/board?wall=guess").await;
    let text = crate::sinks::metrics::text(&app, None);
    for line in [
        "switchboard_wrong_secrets_total{door=\"phones\"} 22",
        "switchboard_wrong_secrets_limited_total{door=\"phones\"} 2",
        "switchboard_wrong_secrets_total{door=\"walls\"} 1",
        "switchboard_wrong_secrets_limited_total{door=\"walls\"} 0",
        "switchboard_wrong_secrets_total{door=\"presence\"} 0",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_status_is_json_for_programs_and_as_it_was_for_others() {
    let (mut client, _host) = client().await;
    let accept = [("accept", "application/json")];
    for (uri, headers) in [
        ("/status?secret=hush&format=json", &[][..]),
        ("/status?secret=hush", &accept[..]),
    ] {
        let (status, body, answer) = client.call("GET", uri, headers, "").await;
        assert_eq!(
            (status, &answer["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        let told: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(told["healthy"], true, "{body}");
        assert_eq!(told["problems"], serde_json::json!([]));
        assert_eq!(told["plugin"]["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(told["sources"]["asterisk"], serde_json::Value::Null);
        assert_eq!(told["waiting"]["posts"], 0);
        assert!(!body.contains("hush"), "{body}");
    }
    let (status, body, _) = client
        .call("GET", "/status?secret=guess", &accept, "")
        .await;
    assert_eq!(status, 401);
    assert!(body.starts_with("{\"error\":"), "{body}");
    assert_eq!(
        client.get("/status?secret=hush").await,
        (200, "OK".to_owned())
    );
    client
        .0
        .app
        .configure(SETTINGS.replace("sales", "").as_bytes());
    let (status, body, _) = client.call("GET", "/status?secret=hush", &accept, "").await;
    let told: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &told["healthy"]), (503, &serde_json::json!(false)));
    assert_eq!(told["problems"][0]["about"], "TeamName", "{body}");
    assert!(told["problems"][0]["remedy"].is_string(), "{body}");
}
