//! What a node of a cluster that follows hands on to the one that leads.

use std::sync::Mutex;

use super::*;
use crate::app::tests::app_of;

/// What was handed on: the path, and the body.
type HandedOn = Arc<Mutex<Vec<(String, Bytes)>>>;

const WITH_ASTERISK: &str = r#"{"teamname":"sales","channelname":"phones","usermail":"p@example.com","secret":"hush",
    "asteriskhost":"127.0.0.1","asteriskport":"1","asteriskuser":"switchboard","asterisksecret":"0123456789abcdef"}"#;

async fn following(settings: &str) -> (Client, HandedOn) {
    let (app, _) = app_of("switchboard").await;
    app.configure(settings.as_bytes());
    settle().await;
    let handed_on = HandedOn::default();
    let own = Arc::clone(&handed_on);
    let elsewhere: Elsewhere = Arc::new(move |request| {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        own.lock().expect("sound").push((path, body));
        Box::pin(async { errors::answer(StatusCode::OK, "done there", true) })
    });
    (Client(Service::following(app, elsewhere)), handed_on)
}

fn paths(handed_on: &HandedOn) -> Vec<String> {
    let mut handed_on = handed_on.lock().expect("sound");
    handed_on.drain(..).map(|(path, _)| path).collect()
}

#[tokio::test(start_paused = true)]
async fn only_what_the_leader_alone_can_do_is_handed_on() {
    let (mut client, handed_on) = following(SETTINGS).await;
    for path in [
        "/sip/dnd-on/bob?secret=hush",
        "/s/x/dnd-on/bob",
        "/dashboard",
        "/dashboard/chart.svg",
        "/dashboard.css",
        "/api/v1/board",
        "/api/v1/history",
        "/api/v1/webapp",
        "/api/v1/status",
        "/status",
    ] {
        client.call("GET", path, &[(USER_ID, "bob")], "").await;
        assert_eq!(paths(&handed_on), [""; 0], "{path}");
    }
    for path in [
        "/api/v1/calls",
        "/api/v1/phone/dnd",
        "/api/v1/video/join",
        "/api/notify_join_conference",
        "/api/v1/suggest/call",
        "/api/v1/admin/check",
    ] {
        let (status, ..) = client.call("POST", path, &[(USER_ID, "bob")], "{}").await;
        assert_eq!((status, &*paths(&handed_on)), (200, &[path.to_owned()][..]));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_had_no_secret_gave_all_nodes_work() {
    let (mut client, handed_on) = following(WITH_ASTERISK).await;
    let script = |secret: &str| {
        format!(
            "/script/?exec=eeCall.php&ip=127.0.0.1&port=&user=switchboard&secret={secret}&from=100&to=291&msg=&drv="
        )
    };
    for (path, status) in [
        ("/no/such/path", 401),
        ("/api/v1/no-such-path", 401),
        ("/api/v1/calls", 401),
        ("/api/v1/suggest/call", 401),
        ("/api/v1/video/rooms", 401),
        ("/api/v1/board/reset", 401),
        ("/api/v1/board/reset?secret=wrong", 401),
        (&*script("wrong"), 401),
    ] {
        let (answered, ..) = client.call("POST", path, &[], "x").await;
        assert_eq!(
            (answered, paths(&handed_on)),
            (status, Vec::new()),
            "{path}"
        );
    }
    for path in [
        "/api/v1/board/reset?secret=hush",
        &*script("0123456789abcdef"),
    ] {
        let (answered, ..) = client.call("POST", path, &[], "").await;
        let bare = path.split('?').next().expect("a path");
        assert_eq!((answered, paths(&handed_on)), (200, vec![bare.to_owned()]));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_handed_on_is_no_longer_than_a_node_that_leads_takes() {
    let (mut client, handed_on) = following(SETTINGS).await;
    let signed_in = (USER_ID, "bob");
    let (most, long) = ("x".repeat(64 * 1024), "x".repeat(64 * 1024 + 1));
    let (status, ..) = client
        .call("POST", "/api/v1/calls", &[signed_in], &most)
        .await;
    assert_eq!(status, 200);
    let handed = handed_on.lock().expect("sound").pop().expect("handed on");
    assert_eq!(handed.1, most);
    let (status, ..) = client
        .call("POST", "/api/v1/calls", &[signed_in], &long)
        .await;
    assert_eq!(status, 413);
    // What needs no session is short, and one of few.
    let leave = "/api/v1/video/leave";
    let (status, ..) = client.call("POST", leave, &[], "{}").await;
    assert_eq!((status, paths(&handed_on)), (200, vec![leave.to_owned()]));
    let (status, ..) = client.call("POST", leave, &[], &most[..4097]).await;
    assert_eq!(status, 413);
    let header = ("x-long", &most[..16 * 1024]);
    let (status, ..) = client.call("POST", leave, &[header], "{}").await;
    assert_eq!(status, 431);
    assert_eq!(paths(&handed_on), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_needs_no_session_waits_in_few_places() {
    let (app, _) = app_of("switchboard").await;
    let elsewhere: Elsewhere = Arc::new(|_| Box::pin(std::future::pending()));
    let service = Service::following(app, elsewhere);
    let leave = |mut client: Client| async move {
        let (status, ..) = client.call("POST", "/api/v1/video/leave", &[], "{}").await;
        status
    };
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..17 {
        waiting.spawn(leave(Client(service.clone())));
    }
    // None of the others is ever answered.
    let refused = tokio::time::timeout(Duration::from_secs(60), waiting.join_next()).await;
    let refused = refused.expect("one too many").expect("one of them");
    assert_eq!(refused.expect("no panic"), 503);
    settle().await;
    assert!(waiting.try_join_next().is_none());
}
