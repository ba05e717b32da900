use http::HeaderValue;

use super::*;
use crate::app::tests::app_of;

/// An Asterisk that nothing listens at: port 1 is nobody's.
const ASTERISK: &str = r#","asteriskhost":"127.0.0.1","asteriskport":"1","asteriskuser":"eedomus","asterisksecret":"pa ss+w&rd"}"#;

const CALL: &str = "exec=eeCall.php&ip=127.0.0.1&port=&user=eedomus&secret=pa+ss%2Bw%26rd&from=100&to=291&msg=&drv=";

pub(super) async fn asterisk() -> Client {
    let (app, _host) = app_of("switchboard").await;
    assert!(app.configure(SETTINGS.replace('}', ASTERISK).as_bytes()));
    Client(Service::new(app))
}

/// What is answered when the account was right, but Asterisk is not there.
const NOT_CONNECTED: u16 = 503;

#[tokio::test(start_paused = true)]
async fn the_right_account_comes_through_in_any_writing() {
    let mut client = asterisk().await;
    for (method, uri, headers, body) in [
        ("GET", format!("/script/?{CALL}"), vec![], String::new()),
        ("GET", format!("/script?{CALL}"), vec![], String::new()),
        ("POST", format!("/script/?{CALL}"), vec![], String::new()),
        ("POST", "/script/".to_owned(), vec![FORM], CALL.to_owned()),
        (
            "GET",
            format!("/script/?{}", CALL.replace("pa+ss%2B", "pa%20ss+")),
            vec![],
            String::new(),
        ),
        (
            "GET",
            format!("/script/?{}", CALL.replace("port=", "port=1")),
            vec![],
            String::new(),
        ),
        (
            "GET",
            format!("/script/?{}", CALL.replace("127.0.0.1", "::ffff:127.0.0.1")),
            vec![],
            String::new(),
        ),
        (
            "GET",
            format!("/script/?{}", CALL.replace("127.0.0.1", "localhost")),
            vec![],
            String::new(),
        ),
    ] {
        let (status, answer, _) = client.call(method, &uri, &headers, &body).await;
        assert_eq!(status, NOT_CONNECTED, "{uri}: {answer}");
        assert!(answer.contains("Asterisk cannot be reached"), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_account_is_refused_and_counted() {
    let mut client = asterisk().await;
    for (from, to) in [
        ("user=eedomus", "user=admin"),
        ("user=eedomus", "user=eedomu"),
        ("secret=pa+ss%2Bw%26rd", "secret=wrong"),
        ("secret=pa+ss%2Bw%26rd", "secret=hush"),
        ("127.0.0.1", "192.0.2.7"),
    ] {
        let wrong = CALL.replace(from, to);
        let wrong = wrong.replace(
            "ip=192.0.2.7&port=&user=eedomus",
            "ip=192.0.2.7&port=&user=x",
        );
        let (status, body, headers) = client
            .call("GET", &format!("/script/?{wrong}"), &[], "")
            .await;
        assert_eq!(status, 401, "{body}");
        assert!(body.starts_with("user or secret is wrong"), "{body}");
        assert!(headers.contains_key("www-authenticate"));
    }
    let wrong = CALL.replace("eedomus", "admin");
    let mut last = (0, String::new(), http::HeaderMap::new());
    for _ in 0..20 {
        last = client
            .call("GET", &format!("/script/?{wrong}"), &[], "")
            .await;
    }
    let (status, body, headers) = last;
    assert_eq!(status, 429, "{body}");
    assert!(headers.contains_key("retry-after"));
}

#[tokio::test(start_paused = true)]
async fn a_right_account_that_could_be_guessed_is_refused_after_too_many_guesses() {
    let mut client = asterisk().await;
    let wrong = format!("/script/?{}", CALL.replace("pa+ss", "guess"));
    let right = format!("/script/?{CALL}");
    for _ in 0..20 {
        let (status, _) = client.get(&wrong).await;
        assert_eq!(status, 401);
    }
    let (status, body, headers) = client.call("GET", &right, &[], "").await;
    assert_eq!(status, 429, "{body}");
    let wait = headers["retry-after"].to_str().expect("text");
    let wait = Duration::from_secs(wait.parse().expect("seconds"));
    tokio::time::advance(wait).await;
    let (status, _) = client.get(&right).await;
    assert_eq!(status, NOT_CONNECTED, "the window is over");
}

#[tokio::test(start_paused = true)]
async fn guesses_of_another_secret_do_not_close_the_script() {
    let (app, _host) = app_of("switchboard").await;
    assert!(app.configure(SETTINGS.replace('}', ASTERISK).as_bytes()));
    for _ in 0..100 {
        app.attempts().failed(Door::Presence, "");
    }
    let mut client = Client(Service::new(app));
    let (status, _) = client.get(&format!("/script/?{CALL}")).await;
    assert_eq!(status, NOT_CONNECTED);
}

#[tokio::test(start_paused = true)]
async fn another_asterisk_is_not_served() {
    let mut client = asterisk().await;
    for (from, to, says) in [
        (
            "127.0.0.1",
            "192.0.2.7",
            "ip is not the Asterisk that is set",
        ),
        (
            "127.0.0.1",
            "%5B::1%5D",
            "ip is not the Asterisk that is set",
        ),
        ("127.0.0.1", "a%0d%0ab", "ip is not written as in"),
        ("port=", "port=5038", "port is not the one that is set"),
    ] {
        let (status, body) = client
            .get(&format!("/script/?{}", CALL.replace(from, to)))
            .await;
        assert_eq!(status, 403, "{body}");
        assert!(body.starts_with(says), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_request_is_told_before_the_account_is_looked_at() {
    let mut client = asterisk().await;
    for (uri, status, says) in [
        (
            "/script/",
            400,
            "missing: exec, ip, user, secret, to, from. ",
        ),
        (
            "/script/?exec=x.php",
            404,
            "there is no script x.php; exec must be eeCallUs.php",
        ),
        (
            &format!("/script/?{}", CALL.replace("msg=&drv=", "msg=hi&drv=iax2")),
            400,
            "there is no driver iax2; drv can be: pjsip, sip",
        ),
    ] {
        let (seen, body) = client.get(uri).await;
        assert_eq!(seen, status, "{body}");
        assert!(body.starts_with(says), "{body}");
    }
    let json = [("accept", "text/html, Application/JSON;q=0.9")];
    let (status, body, _) = client.call("GET", "/script/", &json, "").await;
    assert_eq!(status, 400);
    assert!(body.starts_with(r#"{"error":"missing: "#), "{body}");
    for method in ["HEAD", "PUT", "DELETE"] {
        let (status, _, headers) = client
            .call(method, &format!("/script/?{CALL}"), &[], "")
            .await;
        assert_eq!(
            (status, &headers[ALLOW]),
            (405, &HeaderValue::from_static("GET, POST"))
        );
    }
    let long = format!("msg={}", "x".repeat(form::MAX_FORM_BYTES));
    let (status, ..) = client
        .call("POST", &format!("/script/?{CALL}"), &[FORM], &long)
        .await;
    assert_eq!(status, 413);
}

#[tokio::test(start_paused = true)]
async fn no_answer_holds_the_secret() {
    let mut client = asterisk().await;
    for change in [
        ("to=291", "to="),
        ("127.0.0.1", "192.0.2.7"),
        ("eedomus", "x"),
        ("=100", "=1"),
        ("eeCall", "x"),
    ] {
        let uri = format!("/script/?{}", CALL.replace(change.0, change.1));
        let (_, body) = client.get(&uri).await;
        assert!(
            !body.contains("pa ss") && !body.contains("pa+ss") && !body.contains("w%26rd"),
            "{body}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_asterisk_the_setting_is_named() {
    let (app, _host) = app_of("switchboard").await;
    let mut client = Client(Service::new(app));
    let (status, body) = client.get(&format!("/script/?{CALL}")).await;
    assert_eq!(status, 503);
    assert!(body.contains("AsteriskHost"), "{body}");
    let (_, body) = client.get("/nothing?secret=hush").await;
    assert!(body.contains("/script/"), "{body}");
    // A bundle that has no such part has no such path.
    let (mut client, _host) = super::client().await;
    let (status, body) = client.get("/script/?secret=hush").await;
    assert_eq!(status, 404);
    assert!(!body.contains("/script/"), "{body}");
}
