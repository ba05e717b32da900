//! A node that does not lead, and what the leader tells it beside the board.

use super::*;
use crate::board::Timestamp;
use crate::cluster::lease::STAND_DOWN;

/// What a node tells whose clock is so many milliseconds ahead of ours.
fn told(app: &App<FakeHost>, ahead: u64, up: bool) -> (Timestamp, Vec<u8>) {
    let now = app.now().after(ahead);
    let body = json!({ "now": now, "sources": [{ "name": "Asterisk", "up": up, "since": now }], "rings": [], "tests": 0 });
    (now, body.to_string().into_bytes())
}

fn sources(note: &Value) -> &Value {
    &note["board"]["sources"]
}

#[tokio::test(start_paused = true)]
async fn the_leaders_sources_and_time_are_shown_on_every_node() {
    let (app, _) = app_of("switchboard").await;
    app.live().follow();
    let mut screen = Screen::open(&app).await;
    assert_eq!(sources(&screen.message().await), &json!([]));
    // Whatever else there is, and the pause after it.
    sleep(2 * PACE).await;
    screen.all().await;
    let five_minutes = 300_000;
    let (at, body) = told(&app, five_minutes, true);
    app.live().hear(&body);
    let note = screen.message().await;
    let up = json!([{ "name": "Asterisk", "up": true, "since": at }]);
    assert_eq!((sources(&note), &note["board"]["now"]), (&up, &json!(at)));
    // It goes down, and nothing else is known.
    sleep(Duration::from_secs(1)).await;
    let (at, body) = told(&app, five_minutes, false);
    app.live().hear(&body);
    let down = json!([{ "name": "Asterisk", "up": false, "since": at }]);
    assert_eq!(sources(&screen.message().await), &down);
    sleep(2 * STAND_DOWN).await;
    assert_eq!(json!(app.live().sources()), down, "since then");
}

#[tokio::test(start_paused = true)]
async fn while_no_node_leads_no_source_is_up() {
    let (app, _) = app_of("switchboard").await;
    app.live().follow();
    let (at, body) = told(&app, 0, true);
    app.live().hear(&body);
    sleep(STAND_DOWN - Duration::from_millis(10)).await;
    assert!(app.live().sources()[0].up);
    sleep(Duration::from_millis(10)).await;
    let down = json!([{ "name": "Asterisk", "up": false, "since": at }]);
    assert_eq!(json!(app.live().sources()), down);
}

#[tokio::test(start_paused = true)]
async fn a_callers_page_opens_on_every_node_and_once() {
    let (leader, _) = app_of("switchboard").await;
    let (follower, _) = app_of("switchboard").await;
    follower.live().follow();
    let mut screen = Screen::open(&follower).await;
    screen.all().await;
    leader.live().ring(Ring {
        event: "start_ringing".into(),
        line: Some("bob".into()),
        queue: None,
        peer: None,
        url: "https://crm.example.com/?n=1".into(),
        at: leader.live().now(),
    });
    let body = leader.live().beside();
    follower.live().hear(&body);
    assert_eq!(about(&screen.message().await), "ring");
    follower.live().hear(&body);
    sleep(PACE).await;
    let again = screen.all().await;
    assert!(!abouts(&again).iter().any(|about| about == "ring"));
}

#[tokio::test(start_paused = true)]
async fn a_leaders_own_sources_are_not_told_by_another() {
    let (app, _) = app_of("switchboard").await;
    let (_, body) = told(&app, 300_000, true);
    app.live().hear(&body);
    assert_eq!(app.live().sources(), []);
    assert_eq!(app.live().now(), app.now());
}
