//! The board's stream as browsers and screens have it, through the server.

use std::time::Duration;

use devhost::DevHost;
use devhost::world::{Session, User, fixed_id};
use futures_util::StreamExt;
use http::Method;
use serde_json::{Map, Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{SECRET, get, host, phone, phones, send, status, stop};
use crate::screen::{Events, Refused, SOON, Screen};

/// Within this somebody who may no longer look is sent away: a minute, and what a second look takes.
const IN_TIME: Duration = Duration::from_secs(75);

fn cookie(session: &Session) -> (&'static str, String) {
    ("Cookie", format!("MMAUTHTOKEN={}", session.token))
}

async fn member(host: &DevHost, user: &str) -> (Session, Result<Screen, Refused>) {
    let session = host.world().sign_in(&fixed_id(user));
    let origin = ("Origin", host.url().to_owned());
    let screen = Screen::open(host, "", &[cookie(&session), origin]).await;
    (session, screen)
}

async fn say(host: &DevHost, line: &str) -> String {
    let answer = host.command(&fixed_id("admin"), &phones(), line).await;
    answer.expect("an answer").text
}

#[tokio::test]
async fn a_screen_has_the_board_and_what_changes_and_goes_on_after_a_gap() {
    let host = host().await;
    phone(&host, "dnd-on/bob").await;
    let mut screen = Screen::by_secret(&host).await;
    screen.until("the board", |screen| screen.dnd("bob")).await;
    assert_eq!(screen.wholes, 1);
    phone(&host, "incoming-call?user=alice&number=5550123").await;
    let rings = |screen: &Screen| {
        let line = screen.lines.get("alice");
        line.is_some_and(|line| line["calls"][0]["state"] == "ringing")
    };
    screen.until("a call", rings).await;

    // The network is gone for a while.
    let resume = screen.resume();
    drop(screen);
    phone(&host, "missed-call?user=alice&number=5550123").await;
    phone(&host, "dnd-off/bob").await;
    let mut screen = Screen::open(&host, &resume, &[]).await.expect("a stream");
    screen
        .until("what was missed", |screen| {
            let bob = screen.lines.get("bob");
            !screen.calls.is_empty() && bob.is_some_and(|line| line["dnd"] == false)
        })
        .await;
    assert_eq!(screen.wholes, 0);
    assert_eq!(screen.calls[0]["ending"], "missed");

    // Another start is another epoch, whatever its numbers: all of the board is told, as it was before.
    let resume = screen.resume();
    let epoch = screen.epoch.clone();
    let (ended, (code, _)) = tokio::join!(host.disable(), screen.end(SOON));
    assert_eq!(code, 1001);
    assert!(ended.expect("it was running").by_itself);
    host.enable().await.expect("it starts");
    phone(&host, "dnd-on/carol").await;
    let mut screen = Screen::open(&host, &resume, &[]).await.expect("a stream");
    screen
        .until("the new board", |screen| screen.dnd("carol"))
        .await;
    let lines: Vec<_> = screen.lines.keys().map(String::as_str).collect();
    assert_eq!(
        (screen.wholes, &*lines),
        (1, &["alice", "bob", "carol"][..])
    );
    assert_ne!(screen.epoch, epoch);

    // What is told anew by the other ways is the same.
    let board = get(&host, &format!("/api/v1/board?secret={SECRET}")).await;
    let board: Value = serde_json::from_slice(&board.body).expect("JSON");
    assert_eq!(board["lines"][2], screen.lines["carol"]);
    assert_eq!(board["epoch"], *screen.epoch);
    stop(host).await;
}

#[tokio::test]
async fn only_members_who_are_no_guests_look_and_only_from_the_servers_own_pages() {
    let host = host().await;
    status(&host, 200).await;
    host.world().change_user(&fixed_id("alice"), |user| {
        user.roles = "system_guest".into();
    });
    host.world().leave(&phones(), &fixed_id("carol"));
    for (user, expected) in [("alice", 403), ("carol", 403)] {
        let (_, refused) = member(&host, user).await;
        assert_eq!(refused.err().expect("refused").0, expected, "{user}");
    }
    for query in ["", "?secret=wrong", "?wall=wrong"] {
        let refused = Screen::open(&host, query, &[]).await;
        assert_eq!(refused.err().expect("refused").0, 401, "{query}");
    }
    let (session, bob) = member(&host, "bob").await;
    bob.expect("a stream");
    for origin in ["https://evil.example.com", "null", "http://127.0.0.1"] {
        let headers = [cookie(&session), ("Origin", origin.to_owned())];
        let refused = Screen::open(&host, "", &headers).await;
        let (status, why) = refused.err().expect("refused");
        assert_eq!(status, 403, "{origin}");
        assert!(why.contains("Site URL"), "{why}");
    }
    // A program names no origin.
    let bearer = ("Authorization", format!("Bearer {}", session.token));
    Screen::open(&host, "", &[bearer]).await.expect("a stream");
    stop(host).await;
}

#[tokio::test]
async fn who_may_no_longer_look_is_sent_away_within_the_minute() {
    let host = host().await;
    status(&host, 200).await;
    let (_, bob) = member(&host, "bob").await;
    let (session, alice) = member(&host, "alice").await;
    let (_, carol) = member(&host, "carol").await;
    let [mut bob, mut alice, mut carol] = [bob, alice, carol].map(|s| s.expect("a stream"));
    host.world().leave(&phones(), &fixed_id("bob"));
    host.world().sign_out(&session.token);
    let ends = async { tokio::join!(bob.end(IN_TIME), alice.end(IN_TIME)) };
    let stays = async {
        loop {
            match carol.socket.next().await {
                Some(Ok(Message::Text(text))) => carol.take(&text),
                other => break other,
            }
        }
    };
    let (first, second) = tokio::select! {
        ends = ends => ends,
        other = stays => panic!("carol may look: {other:?}"),
    };
    let expected = (1008, "you may no longer see the board".to_owned());
    assert_eq!((first, second), (expected.clone(), expected));
    stop(host).await;
}

#[tokio::test]
async fn a_walls_link_shows_the_board_until_it_is_withdrawn() {
    let host = host().await;
    let made = say(&host, "/phone board wall Hall").await;
    let token = made.split("wall=").nth(1).expect("a link");
    let fits = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
    let token: String = token.chars().take_while(fits).collect();
    assert!(!made.contains(SECRET), "{made}");
    let query = format!("?wall={token}");
    let mut wall = Screen::open(&host, &query, &[]).await.expect("a stream");
    phone(&host, "dnd-on/bob").await;
    wall.until("a change", |wall| wall.dnd("bob")).await;
    for path in ["/dashboard", "/api/v1/board", "/api/v1/history"] {
        let answer = get(&host, &format!("{path}{query}")).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text().contains(SECRET), "{path}");
    }
    // It is for looking only.
    let reset = format!("/api/v1/board/reset{query}");
    assert_eq!(send(&host, Method::POST, &reset, &[], "").await.status, 403);
    let phones = format!("/sip/dnd-off/bob{query}");
    assert_eq!(get(&host, &phones).await.status, 401);

    // Also after a restart.
    let (_, (code, _)) = tokio::join!(host.disable(), wall.end(SOON));
    assert_eq!(code, 1001);
    host.enable().await.expect("it starts");
    let mut wall = Screen::open(&host, &query, &[]).await.expect("a stream");
    wall.until("the board", |wall| wall.wholes == 1).await;
    say(&host, "/phone board withdraw Hall").await;
    let (code, why) = wall.end(SOON).await;
    assert_eq!((code, &*why), (1008, "you may no longer see the board"));
    let (status, _) = Screen::open(&host, &query, &[])
        .await
        .err()
        .expect("refused");
    assert_eq!(status, 401);
    stop(host).await;
}

#[tokio::test]
async fn another_secret_ends_what_the_old_one_opened_and_no_secret_is_ever_told() {
    let host = host().await;
    phone(&host, "incoming-call?user=bob&number=5550123").await;
    let mut screen = Screen::by_secret(&host).await;
    screen
        .until("the board", |screen| screen.lines.contains_key("bob"))
        .await;
    let (session, member) = member(&host, "alice").await;
    let mut member = member.expect("a stream");
    member
        .until("the board", |screen| screen.lines.contains_key("bob"))
        .await;
    host.save_settings(Map::from_iter([("Secret".into(), "another".into())]))
        .await;
    let (code, why) = screen.end(SOON).await;
    assert_eq!((code, &*why), (1008, "you may no longer see the board"));
    for action in ["offhook", "onhook"] {
        let path = format!("/sip/{action}/bob?secret=another");
        assert_eq!(get(&host, &path).await.status, 200);
    }
    member
        .until("a change", |screen| {
            screen.lines["bob"]["off_hook"] == false
                && screen.lines["bob"]["last_action"] == "onhook"
        })
        .await;
    let token = &session.token;
    let logs = host.world().logs();
    let logs: String = logs.iter().map(|entry| format!("{entry:?}\n")).collect();
    for said in [&screen.said, &member.said, &logs] {
        assert!(
            !said.contains(SECRET) && !said.contains("another"),
            "{said}"
        );
        assert!(!said.contains(token), "{said}");
    }
    stop(host).await;
}

#[tokio::test]
async fn numbers_are_masked_on_every_way() {
    let host = host().await;
    phone(
        &host,
        "incoming-call?user=bob&number=0240404040&call_id=0240404040",
    )
    .await;
    phone(
        &host,
        "missed-call?user=bob&number=0240404040&call_id=0240404040",
    )
    .await;
    phone(&host, "incoming-call?user=bob&number=0240404040&call_id=2").await;
    host.save_settings(Map::from_iter([("BoardNumbers".into(), "masked".into())]))
        .await;
    let mut screen = Screen::by_secret(&host).await;
    screen
        .until("the board", |screen| {
            !screen.calls.is_empty() && !screen.lines.is_empty()
        })
        .await;
    let mut said = vec![screen.said.clone()];
    for path in [
        "/dashboard?",
        "/api/v1/board?",
        "/api/v1/history?",
        "/api/v1/history?format=csv&",
    ] {
        let answer = get(&host, &format!("{path}secret={SECRET}")).await;
        assert_eq!(answer.status, 200, "{path}");
        said.push(answer.text());
    }
    for said in said {
        assert!(said.contains("024040••••"), "{said}");
        assert!(!said.contains("0240404040"), "{said}");
    }
    stop(host).await;
}

#[tokio::test]
async fn events_come_as_they_happen_and_go_on_by_the_browsers_last_one() {
    let host = host().await;
    phone(&host, "dnd-on/bob").await;
    let mut events = Events::open(&host, "").await;
    let first = events.until("\"line\"").await;
    assert!(first.starts_with("HTTP/1.0 200 OK\r\n"), "{first}");
    assert!(
        first.contains("content-type: text/event-stream\r\n"),
        "{first}"
    );
    assert!(first.contains("\r\n\r\nretry: 3000\nid: "), "{first}");
    phone(&host, "dnd-off/bob").await;
    let more = events.until("\"dnd\":false").await;
    let mut lines = more.lines().rev();
    let id = lines
        .find_map(|line| line.strip_prefix("id: "))
        .expect("an id");
    let last = format!("Last-Event-ID: {id}\r\n");
    drop(events);
    phone(&host, "dnd-on/alice").await;
    let mut events = Events::open(&host, &last).await;
    let missed = events.until("\"user\":\"alice\"").await;
    assert!(missed.contains("\"whole\":false"), "{missed}");
    drop(events);
    stop(host).await;
}

#[tokio::test]
async fn counting_begins_anew_for_administrators_with_the_pages_own_proof() {
    let host = host().await;
    status(&host, 200).await;
    let session = host.world().sign_in(&fixed_id("bob"));
    let (name, value) = cookie(&session);
    let reset = "/api/v1/board/reset";
    // As a form of another site would send it.
    let forged = send(&host, Method::POST, reset, &[(name, &value)], "").await;
    assert_eq!(forged.status, 401);
    let headers = [(name, &*value), ("X-CSRF-Token", &*session.csrf)];
    let answer = send(&host, Method::POST, reset, &headers, "").await;
    assert_eq!(answer.status, 403, "a member: {}", answer.text());
    let admins = |user: &mut User| user.roles = "system_user system_admin".into();
    host.world().change_user(&fixed_id("bob"), admins);
    let answer = send(&host, Method::POST, reset, &headers, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer: Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(answer, json!({ "reset": null }));
    stop(host).await;
}
