mod buttons;
mod calls;
mod check;
mod elsewhere;
mod limits;
mod links;
mod live;
mod own_phone;
pub(crate) mod pbx;
mod people;
mod presence;
mod script;
mod short;

use std::time::Duration;

use axum::body::to_bytes;
use http::header::{ALLOW, AUTHORIZATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use tower_service::Service as _;

use super::*;
use crate::app::tests::{FakeHost, SETTINGS, app, settle};
use crate::app::{Door, WINDOW};

struct Client(Service<FakeHost>);

/// An answer as a client sees it: status, body, and the headers it came with.
type Seen = (u16, String, http::HeaderMap);

impl Client {
    async fn send(&mut self, request: Request<Body>) -> Seen {
        let Ok(response) = self.0.call(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        (parts.status.as_u16(), text, parts.headers)
    }

    async fn call(
        &mut self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Seen {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Body::from(body.to_owned()))
            .expect("a request");
        self.send(request).await
    }

    async fn get(&mut self, uri: &str) -> (u16, String) {
        let (status, body, _) = self.call("GET", uri, &[], "").await;
        (status, body)
    }
}

async fn client() -> (Client, FakeHost) {
    let (app, host) = app().await;
    (Client(Service::new(app)), host)
}

const FORM: (&str, &str) = (
    "content-type",
    "application/x-www-form-urlencoded; charset=UTF-8",
);

#[tokio::test(start_paused = true)]
async fn a_phones_url_is_answered_by_an_empty_200_without_headers() {
    let (mut client, host) = client().await;
    for (method, uri) in [
        ("GET", "/sip/dnd-on/bob?secret=hush"),
        ("POST", "/sip/dnd-off/123?secret=hush"),
        (
            "GET",
            "/sip/incoming-call?user=123&number=%2B491234&secret=hush",
        ),
    ] {
        let (status, body, headers) = client.call(method, uri, &[], "").await;
        assert_eq!((status, &*body, headers.len()), (200, "", 0), "{uri}");
    }
    settle().await;
    assert_eq!(
        host.messages(),
        [
            "bob DND on",
            "bob DND off",
            "incoming call for bob from +491234"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_get_is_answered_at_once() {
    let (mut client, _host) = client().await;
    let request = Request::get("/sip/dnd-on/bob?secret=hush");
    let answer = client
        .0
        .call(request.body(Body::empty()).expect("a request"));
    assert!(matches!(answer, Answer::Now(_)));
}

#[tokio::test(start_paused = true)]
async fn the_secret_is_checked_before_anything_else() {
    let (mut client, host) = client().await;
    let long = "x".repeat(9000);
    for query in [
        "",
        "?",
        "?secret=",
        "?secret=wrong",
        "?Secret=hush",
        "?secret=hus",
        "?secret=hush2",
        "?xsecret=hush",
    ] {
        for (method, path) in [
            ("GET", "/sip/dnd-on/bob"),
            ("GET", "/sip/no-such-action/bob"),
            ("GET", "/sip/"),
            ("GET", "/sip"),
            ("DELETE", "/sip/dnd-on/bob"),
            ("POST", "/sip/polycom"),
            ("POST", "/sip/dnd-on/bob"),
            ("GET", "/status"),
            ("POST", "/status"),
            ("GET", "/dashboard"),
            ("DELETE", "/dashboard"),
            ("GET", "/no/such/place"),
            ("GET", "/"),
        ] {
            let uri = format!("{path}{query}");
            let (status, body, _) = client.call(method, &uri, &[], "").await;
            assert_eq!((status, &*body), (401, "Unauthorized\n"), "{method} {uri}");
        }
        let (status, body) = client.get(&format!("/api/v1/board{query}")).await;
        assert_eq!(status, 401);
        assert!(
            body.starts_with("{\"error\":\"sign in to Mattermost, or"),
            "{body}"
        );
        tokio::time::advance(WINDOW).await;
    }
    let (status, _) = client
        .get(&format!("/sip/dnd-on/bob?x={long}&secret=wrong"))
        .await;
    assert_eq!(status, 401);
    let body = "x".repeat(100_000);
    let (status, ..) = client.call("POST", "/sip/dnd-on/bob", &[FORM], &body).await;
    assert_eq!(status, 401);
    settle().await;
    assert!(host.messages().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_secret_may_come_in_query_form_and_header() {
    let (mut client, _host) = client().await;
    for (method, uri, headers, body) in [
        ("GET", "/sip/dnd-on/bob?secret=hush", vec![], ""),
        ("GET", "/sip/dnd-on/bob?secret=%68ush&x=1", vec![], ""),
        (
            "GET",
            "/sip/dnd-on/bob?a=1&secret=hush&secret=other",
            vec![],
            "",
        ),
        ("POST", "/sip/dnd-on/bob", vec![FORM], "x=1&secret=hush"),
        ("POST", "/sip/dnd-on/bob", vec![], "secret=hush"),
        (
            "GET",
            "/sip/dnd-on/bob",
            vec![("authorization", "bearer hush")],
            "",
        ),
    ] {
        let (status, ..) = client.call(method, uri, &headers, body).await;
        assert_eq!(status, 200, "{method} {uri}");
    }
    for (headers, body) in [
        (vec![("content-type", "application/json")], "secret=hush"),
        (vec![("authorization", "Basic hush")], ""),
        (vec![("authorization", "Bearer ")], ""),
    ] {
        let (status, ..) = client.call("POST", "/sip/dnd-on/bob", &headers, body).await;
        assert_eq!(status, 401);
    }
}

#[tokio::test(start_paused = true)]
async fn a_secrets_plus_may_be_written_as_it_is() {
    let (app, _host) = app().await;
    app.configure(SETTINGS.replace("hush", "a+b c").as_bytes());
    let mut client = Client(Service::new(app));
    for (secret, expected) in [
        ("a%2Bb%20c", 200),
        ("a+b%20c", 200),
        ("a%2Bb+c", 200),
        ("a%20b%20c", 401),
    ] {
        let (status, _) = client
            .get(&format!("/sip/dnd-on/bob?secret={secret}"))
            .await;
        assert_eq!(status, expected, "{secret}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_secret_refuses_everybody_and_names_the_setting() {
    let (app, host) = app().await;
    app.configure(SETTINGS.replace("hush", "").as_bytes());
    host.set_member("bob", true);
    let mut client = Client(Service::new(app));
    for uri in [
        "/sip/dnd-on/bob",
        "/sip/x?secret=",
        "/status?secret=hush",
        "/dashboard",
        "/nothing",
    ] {
        for method in ["GET", "POST"] {
            let (status, body, _) = client.call(method, uri, &[], "secret=").await;
            assert_eq!(status, 503, "{uri}");
            assert!(body.contains("setting Secret is empty"), "{body}");
            assert_eq!(body.lines().count(), 1);
        }
    }
    let (status, ..) = client
        .call("GET", "/dashboard", &[(USER_ID, "bob")], "")
        .await;
    assert_eq!(status, 200, "who is signed in needs no secret");
}

#[tokio::test(start_paused = true)]
async fn bad_requests_are_told_apart() {
    let (mut client, _host) = client().await;
    let query = format!("/sip/dnd-on/bob?secret=hush&x={}", "x".repeat(9000));
    let path = format!("/sip/dnd-on/{}?secret=hush", "x".repeat(5000));
    for (uri, expected, start) in [
        (
            "/sip/ring/bob?secret=hush",
            404,
            "unknown action `ring`; the known ones are dnd-on ",
        ),
        ("/sip/?secret=hush", 400, "malformed request"),
        ("/sip?secret=hush", 400, "malformed request"),
        ("/sip/dnd-on?secret=hush", 400, "malformed request"),
        ("/sip/dnd-on/bob/1/2?secret=hush", 400, "malformed request"),
        (&*query, 414, "the query is longer"),
        (&*path, 414, "the path is longer"),
        ("/nothing?secret=hush", 404, "not found"),
    ] {
        let (status, body) = client.get(uri).await;
        assert_eq!(status, expected, "{body}");
        assert!(body.starts_with(start), "{body}");
        assert_eq!(
            (body.lines().count(), body.ends_with('\n')),
            (1, true),
            "{body}"
        );
    }
    let body = "x".repeat(70_000);
    for kind in ["application/x-www-form-urlencoded", "text/xml"] {
        let headers = [("content-type", kind)];
        let (status, ..) = client
            .call("POST", "/sip/polycom?secret=hush", &headers, &body)
            .await;
        assert_eq!(status, 413);
    }
    let (status, body) = client.get("/api/v2?secret=hush").await;
    assert_eq!(status, 404);
    assert!(body.starts_with("{\"error\":\"not found"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn wrong_methods_are_told_the_right_ones() {
    let (mut client, _host) = client().await;
    for (method, path, allow) in [
        ("PUT", "/sip/dnd-on/bob", "GET, POST"),
        ("HEAD", "/sip/dnd-on/bob", "GET, POST"),
        ("OPTIONS", "/sip/dnd-on/bob", "GET, POST"),
        ("GET", "/sip/polycom", "POST"),
        ("POST", "/status", "GET, HEAD"),
        ("DELETE", "/dashboard", "GET, HEAD"),
        ("POST", "/dashboard.css", "GET, HEAD"),
        ("POST", "/api/v1/board", "GET, HEAD"),
    ] {
        let (status, _, headers) = client
            .call(method, &format!("{path}?secret=hush"), &[], "")
            .await;
        assert_eq!(status, 405, "{method} {path}");
        assert_eq!(headers[ALLOW], allow, "{method} {path}");
    }
}

#[tokio::test(start_paused = true)]
async fn polycoms_xml_is_taken() {
    let (mut client, host) = client().await;
    let xml = "<OffHookEvent><MACAddress>0004f2abcdef</MACAddress></OffHookEvent>";
    for kind in [
        "text/xml",
        "application/x-www-form-urlencoded",
        "application/x-com-polycom-spipx",
    ] {
        let headers = [("content-type", kind)];
        let (status, body, _) = client
            .call("POST", "/sip/polycom?secret=hush", &headers, xml)
            .await;
        assert_eq!((status, &*body), (200, ""));
    }
    let (status, body, _) = client
        .call("POST", "/sip/polycom?secret=hush", &[], "<oops")
        .await;
    assert_eq!(status, 400);
    assert!(body.contains("Polycom"), "{body}");
    settle().await;
    assert_eq!(host.messages(), ["0004f2abcdef connected"; 3]);
}

#[tokio::test(start_paused = true)]
async fn the_address_as_it_was_sent_counts_where_it_is_known() {
    let (mut client, host) = client().await;
    let id = "net.bytemine.sip";
    for (handed, sent) in [
        // An escaped slash parts nothing.
        (
            "/sip/incoming-call/bob/030/12?secret=hush",
            format!("/chat/plugins/{id}/sip/incoming-call/bob/030%2F12?secret=hush"),
        ),
        // Go drops a pair with a raw semicolon.
        (
            "/sip/incoming-call/bob?secret=hush",
            format!(
                "/plugins/{id}/sip/incoming-call/bob?number=<sip:100@pbx;user=phone>&secret=hush"
            ),
        ),
        // What is not understood changes nothing.
        ("/sip/dnd-on/bob?secret=hush", "/elsewhere".to_owned()),
        (
            "/sip/dnd-on/bob?secret=hush",
            format!("/plugins/{id}/sip%2Fdnd-on/bob?secret=hush"),
        ),
    ] {
        let mut request = Request::get(handed).body(Body::empty()).expect("a request");
        request.extensions_mut().insert(RequestInfo {
            raw_target: sent,
            ..RequestInfo::default()
        });
        assert_eq!(client.send(request).await.0, 200, "{handed}");
    }
    settle().await;
    assert_eq!(
        host.messages(),
        [
            "incoming call for bob from 030\u{200b}/12",
            "incoming call for bob from 100",
            "bob DND on",
            "bob DND on",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn status_is_ok_or_says_what_is_wrong() {
    let (app, _host) = app().await;
    let mut client = Client(Service::new(Arc::clone(&app)));
    let (status, body, headers) = client.call("GET", "/status?secret=hush", &[], "").await;
    assert_eq!((status, &*body), (200, "OK"));
    assert_eq!(headers[CONTENT_TYPE], "text/plain; charset=utf-8");
    app.configure(
        SETTINGS
            .replace("sales", "sails")
            .replace("123:bob", "oops")
            .as_bytes(),
    );
    settle().await;
    let (status, body) = client.get("/status?secret=hush").await;
    assert_eq!(status, 503);
    assert_eq!(
        body,
        "NOT OK: 2 problems\n\
         NumbersUsers: entry 1 `oops` has no colon. Write it as `<number>:<name>`, for example `123:bob,124:alice`.\n\
         TeamName: there is no team `sails`. Enter the team's name as it stands in its URL, not the one that is displayed.\n"
    );
    let (status, body) = client.get("/sip/dnd-on/bob?secret=hush").await;
    assert_eq!(
        (status, &*body),
        (200, ""),
        "phones are served all the same"
    );
}

#[tokio::test(start_paused = true)]
async fn problems_stand_before_facts() {
    let (app, _host) = crate::app::tests::app_of("switchboard").await;
    let mut client = Client(Service::new(Arc::clone(&app)));
    let settings = SETTINGS.replace("sales", "sails").replace(
        '}',
        r#","callbackurl":"http://127.0.0.1:1/?of=*CALLING*","allowedhosts":"127.0.0.1:1"}"#,
    );
    app.configure(settings.as_bytes());
    settle().await;
    let (_, body) = client.get("/status?secret=hush").await;
    let parts: Vec<_> = body
        .lines()
        .map(|line| line.split(':').next().expect("a part"))
        .collect();
    assert_eq!(parts, ["NOT OK", "TeamName", "callbacks"], "{body}");
}

#[tokio::test(start_paused = true)]
async fn who_may_not_see_the_board_reads_why_in_a_page_of_its_look() {
    let (mut client, host) = client().await;
    host.set_member("bob", true);
    const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
    for (path, user, language, expected, words) in [
        ("/dashboard?wall=x", "", "en", 401, "it was withdrawn"),
        (
            "/dashboard?wall=x&lang=en",
            "bob",
            "de",
            401,
            "it was withdrawn",
        ),
        (
            "/dashboard?wall=x",
            "",
            "de-AT,en;q=0.5",
            401,
            "wurde zurückgezogen",
        ),
        ("/dashboard?wall=x&view=wall", "", "fr", 401, "a été retiré"),
        ("/dashboard", "", "de", 401, "Melden Sie sich"),
        ("/dashboard", "eve", "en", 403, "Only members"),
    ] {
        let headers = [BROWSER, ("accept-language", language), (USER_ID, user)];
        let (status, body, headers) = client.call("GET", path, &headers, "").await;
        assert_eq!(status, expected, "{path}");
        assert!(
            body.contains(words) && body.contains("dashboard.css"),
            "{body}"
        );
        assert!(
            !body.contains("<script") && !body.contains("style="),
            "{body}"
        );
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"));
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
    }
    // Programs read one line.
    for accept in ["", "*/*", "application/json"] {
        let headers = [("accept", accept)];
        let (status, body, headers) = client.call("GET", "/dashboard?wall=x", &headers, "").await;
        assert_eq!((status, body.lines().count()), (401, 1), "{body}");
        assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    }
}

#[tokio::test(start_paused = true)]
async fn members_see_the_board_without_a_secret() {
    let (mut client, host) = client().await;
    host.set_member("bob", true);
    host.set_member("guest", true);
    for path in ["/dashboard", "/api/v1/board"] {
        for (user, expected) in [
            ("bob", 200),
            ("eve", 403),
            ("guest", 403),
            ("nobody", 403),
            ("", 401),
        ] {
            let (status, ..) = client.call("GET", path, &[(USER_ID, user)], "").await;
            assert_eq!(status, expected, "{path} {user}");
        }
        let secret = format!("{path}?secret=hush");
        let (status, ..) = client.call("GET", &secret, &[(USER_ID, "eve")], "").await;
        assert_eq!(status, 200);
    }
    let (status, ..) = client.call("GET", "/status", &[(USER_ID, "bob")], "").await;
    assert_eq!(status, 401, "this one is for the secret only");
    host.fail("zoe", crate::host::HostErrorKind::Transient);
    let (status, body, _) = client
        .call("GET", "/api/v1/board", &[(USER_ID, "zoe")], "")
        .await;
    assert_eq!(status, 503);
    assert!(body.starts_with("{\"error\":"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn the_board_is_there_as_json() {
    let (mut client, _host) = client().await;
    client.get("/sip/dnd-on/bob?secret=hush").await;
    client
        .get("/sip/incoming-call/123/555?secret=hush&call_id=x")
        .await;
    let (_, body, headers) = client
        .call("GET", "/api/v1/board?secret=hush", &[], "")
        .await;
    assert_eq!(headers[CONTENT_TYPE], "application/json");
    let mut board: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    for path in [
        "/lines/0/last_action_at",
        "/lines/0/calls/0/began",
        "/lines/0/calls/0/since",
    ] {
        let time = board.pointer_mut(path).expect("a time").take();
        assert!(time.is_u64(), "{path}");
    }
    for path in ["/now", "/day/began"] {
        let time = board.pointer_mut(path).expect("a time").take();
        assert!(
            time.as_u64().is_some_and(|time| time > 1_000_000_000_000),
            "{path}"
        );
    }
    let epoch = board["epoch"].take();
    assert_eq!(epoch.as_str().map(str::len), Some(16));
    assert_eq!(
        board,
        serde_json::json!({
            "now": null, "epoch": null, "sources": [],
            "links": {"websocket": "api/v1/board/ws", "events": "api/v1/board/events", "history": "api/v1/history"},
            "sequence": 5, "service_level_within": 20_000, "day": {"began": null, "hours": []},
            "lines": [{
                "user": "bob", "dnd": true, "off_hook": false, "paused": false,
                "logged_in": false, "agent_logged_in": false,
                "last_action": "dnd-on", "last_action_at": null, "device": null, "sources": ["phone"],
                "calls": [{
                    "id": 1, "reference": "x", "linked": null, "queue": null, "dialed": null, "direction": "incoming", "state": "ringing",
                    "peer": {"number": "555", "international": null, "name": null, "label": null}, "began": null, "since": null, "answered": null,
                    "sources": ["phone"],
                }],
            }],
            "queues": [],
        })
    );
}

#[tokio::test(start_paused = true)]
async fn the_dashboard_is_a_page_that_needs_no_script() {
    let (mut client, _host) = client().await;
    client.get("/sip/offhook/bob?secret=hush").await;
    let (status, body, headers) = client.call("GET", "/dashboard?secret=hush", &[], "").await;
    assert_eq!(status, 200);
    assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
    let policy = headers[CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"));
    assert!(!policy.contains("unsafe") && policy.contains("script-src 'self';"));
    assert!(policy.contains("frame-src 'none'"), "no host is allowed");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["cache-control"], "no-store");
    let refresh = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>";
    assert!(body.contains(refresh));
    assert!(body.contains("<span class=\"state talking\"><span class=\"dot\""));
    assert!(!body.contains("style=") && !body.contains("hush"));
    let (status, css, headers) = client.call("GET", "/dashboard.css", &[], "").await;
    assert_eq!(status, 200);
    assert_eq!(headers[CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(css.contains("prefers-color-scheme: dark"));
    let tag = headers["etag"].clone();
    let known = [("If-None-Match", tag.to_str().expect("text"))];
    let (status, body, _) = client.call("GET", "/dashboard.css", &known, "").await;
    assert_eq!((status, &*body), (304, ""));
    for script in ["/dashboard.js", "/dashboard/model.js"] {
        let (status, _, headers) = client.call("GET", script, &[], "").await;
        assert_eq!(status, 200, "{script}");
        assert_eq!(headers[CONTENT_TYPE], "text/javascript; charset=utf-8");
    }
    let (status, ..) = client.call("GET", "/dashboard/no.js", &[], "").await;
    assert_eq!(status, 404);
    let drawing = "/dashboard/chart.svg?secret=hush";
    let (status, body, headers) = client.call("GET", drawing, &[], "").await;
    assert_eq!(
        (status, headers[CONTENT_TYPE].to_str().expect("text")),
        (200, "image/svg+xml")
    );
    assert!(body.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    let (status, ..) = client.get(&format!("{drawing}&queue=none")).await;
    assert_eq!(status, 404);
    let (status, ..) = client.get("/dashboard/chart.svg").await;
    assert_eq!(status, 401);
    let (status, body, _) = client.call("HEAD", "/dashboard?secret=hush", &[], "").await;
    assert_eq!((status, &*body), (200, ""));
}

#[tokio::test(start_paused = true)]
async fn a_stopping_plugin_says_so() {
    let (app, _host) = app().await;
    let mut client = Client(Service::new(Arc::clone(&app)));
    app.stop(Duration::from_secs(1)).await;
    for uri in [
        "/sip/dnd-on/bob?secret=hush",
        "/dashboard?secret=hush",
        "/api/v1/board?secret=hush",
        "/status?secret=hush",
    ] {
        assert_eq!(client.get(uri).await.0, 503, "{uri}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_no_secret_is_refused() {
    let (mut client, _host) = client().await;
    let (status, ..) = client
        .call(
            "GET",
            "/status",
            &[(AUTHORIZATION.as_str(), "Bearer hush")],
            "",
        )
        .await;
    assert_eq!(status, 200);
    let (status, ..) = client
        .call(
            "GET",
            "/status",
            &[(AUTHORIZATION.as_str(), "Bearer hus")],
            "",
        )
        .await;
    assert_eq!(status, 401);
}
