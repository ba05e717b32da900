//! Whose number it is changes while people talk.

use tower_service::Service as _;

use super::*;

const NUMBERS: &str = r#"{"TeamName":"sales","ChannelName":"phones","UserMail":"p@example.com","Secret":"hush","CallStatus":true,
    "PhoneLinks":"admin","NumbersUsers":"6001:bob"}"#;

/// The product with these numbers, and bob and the administrator online.
async fn house() -> (Arc<App<FakeHost>>, FakeHost) {
    let host = FakeHost::default();
    let app = App::with_clock("switchboard", host.clone(), test_clock);
    assert!(app.configure(NUMBERS.as_bytes()));
    for user in ["bob", "alice", "admin"] {
        host.personal().is(&user.into(), "online", false);
    }
    settle().await;
    (app, host)
}

/// A phone calls its URL, and a while passes.
async fn phone(app: &Arc<App<FakeHost>>, path: &str) {
    let uri = format!("/sip/{path}?secret=hush");
    let request = http::Request::get(uri).body(axum::body::Body::empty());
    let mut service = crate::http::Service::new(Arc::clone(app));
    let Ok(response) = service.call(request.expect("a request")).await;
    assert_eq!(response.status(), 200, "{path}");
    sleep(Duration::from_secs(5)).await;
}

fn says(host: &FakeHost, user: &str) -> String {
    let custom = lock(&host.personal().0.custom);
    let status = custom.get(user).map(|status| status.text.clone());
    status.unwrap_or_default()
}

async fn calls(app: &App<FakeHost>) -> Vec<(String, usize)> {
    let board = app.snapshot().await.expect("running");
    let lines = board.lines.iter();
    lines
        .map(|line| (line.user.to_string(), line.calls.len()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_line_that_goes_to_somebody_else_in_mid_call_leaves_nobody_on_the_phone() {
    for numbers in ["6001:alice", "7001:bob", ""] {
        let (app, host) = house().await;
        phone(&app, "incoming-call/6001/111").await;
        phone(&app, "call-established/6001/111").await;
        assert_eq!(says(&host, "bob"), "On a call");
        assert!(app.configure(NUMBERS.replace("6001:bob", numbers).as_bytes()));
        phone(&app, "call-terminated/6001/111").await;
        assert_eq!(says(&host, "bob"), "", "{numbers}");
        let whose = if numbers == "6001:alice" {
            "alice"
        } else {
            "6001"
        };
        assert_eq!(calls(&app).await, [(whose.to_owned(), 0)], "{numbers}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_number_was_taken_away_and_the_call_on_the_line_with_it() {
    let (app, _host) = house().await;
    let two = NUMBERS.replace("6001:bob", "6001:bob,0301234567:bob");
    assert!(app.configure(two.as_bytes()));
    phone(&app, "dnd-on/bob").await;
    phone(&app, "incoming-call/6001/111").await;
    phone(&app, "call-established/6001/111").await;
    assert!(app.configure(NUMBERS.as_bytes()));
    settle().await;
    assert_eq!(calls(&app).await, [("bob".to_owned(), 1)]);
    let board = app.snapshot().await.expect("running");
    assert!(board.lines[0].state.dnd);
}

/// The line had its number for a name; nobody was on the phone, but the board said so for twelve hours.
#[tokio::test(start_paused = true)]
async fn a_line_that_gets_a_name_in_mid_call_leaves_no_call_behind() {
    let (app, _host) = house().await;
    phone(&app, "incoming-call/+49306002/111").await;
    phone(&app, "call-established/+49306002/111").await;
    phone(&app, "call-established/6001/222").await;
    let named = NUMBERS
        .replace("6001:bob", "6001:bob,030 6002:alice")
        .replace(r#""CallStatus""#, r#""Country":"DE","CallStatus""#);
    assert!(app.configure(named.as_bytes()));
    phone(&app, "call-terminated/+49306002/111").await;
    let expected = [("alice".to_owned(), 0), ("bob".to_owned(), 1)];
    assert_eq!(calls(&app).await, expected, "bob's is none of this");
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_unlinked_in_mid_call_leaves_nobody_on_the_phone() {
    let (app, host) = house().await;
    let admin = app
        .person(&"admin".into())
        .await
        .expect("the administrator");
    app.link(&admin, "6002").await.expect("linked");
    settle().await;
    phone(&app, "incoming-call/6002/111").await;
    phone(&app, "call-established/6002/111").await;
    assert_eq!(says(&host, "admin"), "On a call");
    assert!(app.unlink(&admin, "6002").await.expect("stored"));
    settle().await;
    phone(&app, "call-terminated/6002/111").await;
    assert_eq!(says(&host, "admin"), "");
    assert_eq!(calls(&app).await, [("6002".to_owned(), 0)]);
}
