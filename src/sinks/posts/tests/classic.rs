//! An event a post, in the original's words.

use std::collections::HashSet;

use super::*;
use crate::board::{Board, Timestamp};
use crate::config::NumbersUsers;

fn said(event: &Report) -> Option<String> {
    message(event, false)
}

#[test]
fn the_originals_words_to_the_byte() {
    for (action, number, expected) in [
        ("dnd-on", None, "bob DND on"),
        ("dnd-off", None, "bob DND off"),
        ("offhook", None, "bob connected"),
        ("onhook", None, "bob disconnected"),
        ("paused-on", None, "bob paused"),
        ("paused-off", None, "bob unpaused"),
        ("login", None, "bob logged in"),
        ("logout", None, "bob logged out"),
        ("agent-login", None, "bob logged in as agent"),
        ("agent-logout", None, "bob logged out as agent"),
        ("answering-call", None, "bob answers call"),
        (
            "incoming-call",
            Some("1234567"),
            "incoming call for bob from 1234567",
        ),
        (
            "incoming-conf",
            Some("1234567"),
            "incoming call for bob from 1234567",
        ),
        (
            "unknown-exten",
            Some("1234567"),
            "incoming call for bob from unknown extension 1234567",
        ),
        ("incoming-call", None, "incoming call for bob"),
        ("incoming-conf", None, "incoming call for bob"),
        ("unknown-exten", None, "incoming call for bob"),
        (
            "incoming-call",
            Some("+49 1234"),
            "incoming call for bob from +49 1234",
        ),
    ] {
        assert_eq!(
            said(&event("bob", action, number)).as_deref(),
            Some(expected)
        );
    }
}

#[test]
fn a_mapped_number_goes_by_its_name() {
    let mut event = event("bob", "incoming-call", Some("124"));
    event.peer.as_mut().expect("a peer").name = Some(Arc::from("alice"));
    assert_eq!(
        said(&event).as_deref(),
        Some("incoming call for bob from alice")
    );
}

#[test]
fn other_call_actions_say_what_happened() {
    for (action, with, without) in [
        (
            "outgoing-call",
            "outgoing call from bob to 5",
            "outgoing call from bob",
        ),
        ("call-established", "bob in call with 5", "bob in call"),
        ("call-terminated", "bob ended call with 5", "bob ended call"),
        (
            "missed-call",
            "missed call for bob from 5",
            "missed call for bob",
        ),
    ] {
        assert_eq!(
            said(&event("bob", action, Some("5"))).as_deref(),
            Some(with)
        );
        assert_eq!(said(&event("bob", action, None)).as_deref(), Some(without));
    }
    assert_eq!(said(&event("bob", "call-held", Some("5"))), None);
    assert_eq!(said(&event("bob", "call-resumed", Some("5"))), None);
    assert_eq!(said(&event("bob", "answered-elsewhere", Some("5"))), None);
}

#[test]
fn hidden_connections_make_no_posts() {
    let hidden: HashSet<&str> = Action::names()
        .filter(|action| message(&event("bob", action, None), true).is_none())
        .collect();
    let expected = [
        "offhook",
        "onhook",
        "call-established",
        "call-terminated",
        "call-held",
        "call-resumed",
        "answered-elsewhere",
    ];
    assert_eq!(hidden, HashSet::from(expected));
}

#[test]
fn names_and_numbers_do_nothing_but_show() {
    assert_eq!(
        said(&event("@all", "incoming-call", Some("https://x.example/"))).as_deref(),
        Some(
            "incoming call for @\u{200b}all from https:\u{200b}\u{200b}/\u{200b}/x.example\u{200b}/"
        )
    );
}

#[test]
fn a_change_makes_a_post_once() {
    let mut board = Board::new();
    let changes = board.apply(event("bob", "dnd-on", None), Timestamp(1));
    let posts: Vec<_> = changes
        .iter()
        .filter_map(|change| post_for(change, &Config::default()))
        .collect();
    assert_eq!(posts, ["bob DND on"]);
    let mut call = event("bob", "incoming-call", Some("5"));
    call.reference = Some(Arc::from("x"));
    let post = |changes: Vec<Change>| post_for(&changes[0], &Config::default());
    assert!(post(board.apply(call.clone(), Timestamp(1))).is_some());
    assert!(
        post(board.apply(call, Timestamp(2))).is_none(),
        "the same call, told twice"
    );
}

#[test]
fn asterisks_calls_make_posts_where_they_are_wanted_and_the_line_has_a_name() {
    let report = |user: &str| Report {
        source: crate::board::Source::Asterisk,
        ..event(user, "incoming-call", Some("5"))
    };
    let posts = |user: &str, config: &Config| {
        let mut board = Board::new();
        let changes = board.apply(report(user), Timestamp(1));
        changes
            .iter()
            .filter_map(|change| post_for(change, config))
            .count()
    };
    let mut config = Config {
        numbers_users: NumbersUsers::parse("6001:bob").0,
        ..Config::default()
    };
    assert_eq!(posts("bob", &config), 0);
    config.asterisk_posts = true;
    assert_eq!((posts("bob", &config), posts("6002", &config)), (1, 0));
}
