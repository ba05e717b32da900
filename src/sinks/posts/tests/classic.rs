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

/// What is posted of these, each by `p`, the phone, `a`, Asterisk, or `o`, OVH: what it reports, the other side's number, and the call's id.
fn posted(config: &Config, events: &[(&str, &str, &str, &str)]) -> Vec<String> {
    let (mut board, mut classic) = (Board::new(), Classic::default());
    let mut posts = Vec::new();
    for (at, (source, action, number, id)) in events.iter().enumerate() {
        let report = Report {
            source: match *source {
                "a" => crate::board::Source::Asterisk,
                "o" => crate::board::Source::Ovh,
                _ => crate::board::Source::Phone,
            },
            reference: (!id.is_empty()).then(|| Arc::from(*id)),
            ..event("bob", action, (!number.is_empty()).then_some(number))
        };
        let changes = board.apply(report, Timestamp(at as u64));
        let made = changes
            .iter()
            .filter_map(|change| classic.post(change, config));
        posts.extend(made.map(|(_, message)| message));
    }
    posts
}

#[test]
fn a_change_makes_a_post_once() {
    let config = Config::default();
    assert_eq!(posted(&config, &[("p", "dnd-on", "", "")]), ["bob DND on"]);
    let twice = [("p", "incoming-call", "5", "x"); 2];
    assert_eq!(
        posted(&config, &twice).len(),
        1,
        "the same call, told twice"
    );
    let again = [("p", "incoming-call", "5", ""); 2];
    assert_eq!(
        posted(&config, &again).len(),
        2,
        "without an id it may be two"
    );
}

#[test]
fn asterisks_calls_make_posts_where_they_are_wanted_and_the_line_has_a_name() {
    let events = [("a", "incoming-call", "5", "x")];
    let mut config = Config::default();
    assert!(posted(&config, &events).is_empty());
    config.asterisk_posts = true;
    assert!(posted(&config, &events).is_empty());
    config.numbers_users = NumbersUsers::parse("6001:bob").0;
    assert_eq!(posted(&config, &events), ["incoming call for bob from 5"]);
}

#[test]
fn ovhs_calls_make_posts_by_their_own_setting() {
    let events = [("o", "incoming-call", "5", "x")];
    let mut config = Config {
        numbers_users: NumbersUsers::parse("6001:bob").0,
        asterisk_posts: true,
        ..Config::default()
    };
    assert!(posted(&config, &events).is_empty());
    let phone_too = [events[0], ("p", "incoming-call", "5", "w")];
    let expected = ["incoming call for bob from 5"];
    assert_eq!(posted(&config, &phone_too), expected);
    config.ovh_posts = true;
    assert_eq!(posted(&config, &events), expected);
    assert_eq!(posted(&config, &phone_too), expected);
}

#[test]
fn a_call_that_both_tell_of_is_posted_once_whoever_is_first() {
    let expected = [
        "incoming call for bob from 5",
        "bob in call with 5",
        "bob ended call with 5",
    ];
    for id in ["", "w"] {
        let (a, p) = (
            [
                ("incoming-call", "x"),
                ("call-established", "x"),
                ("call-terminated", "x"),
            ],
            [
                ("incoming-call", id),
                ("call-established", id),
                ("call-terminated", id),
            ],
        );
        for phone_first in [true, false] {
            let pairs = a.into_iter().zip(p);
            let events: Vec<_> = pairs
                .flat_map(|((action, x), (_, w))| {
                    let both = [("p", action, "5", w), ("a", action, "5", x)];
                    if phone_first {
                        both
                    } else {
                        [both[1], both[0]]
                    }
                })
                .collect();
            for posting in [true, false] {
                let config = Config {
                    numbers_users: NumbersUsers::parse("6001:bob").0,
                    asterisk_posts: posting,
                    ..Config::default()
                };
                let posts = posted(&config, &events);
                assert_eq!(posts, expected, "{id:?} {phone_first} {posting}");
            }
        }
    }
}

#[test]
fn what_a_phone_repeats_is_posted_once_beside_asterisk_too() {
    let events = [
        ("a", "incoming-call", "5", "x"),
        ("p", "incoming-call", "5", "w"),
        ("p", "incoming-call", "5", "w"),
        ("p", "call-established", "5", "w"),
        ("p", "call-established", "5", "w"),
        ("a", "call-terminated", "5", "x"),
        ("p", "call-terminated", "5", "w"),
        // Late.
        ("p", "call-established", "5", "w"),
    ];
    let expected = [
        "incoming call for bob from 5",
        "bob in call with 5",
        "bob ended call with 5",
    ];
    assert_eq!(posted(&Config::default(), &events), expected);
}
