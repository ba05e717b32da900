//! What settings and limits do to cards.

use super::*;

#[test]
fn ovhs_calls_have_a_card_by_their_own_setting() {
    let mut desk = Desk::new();
    let steps = ["o bob incoming-call 5 x", "o bob missed-call 5 x"];
    assert!(desk.play(&steps).is_empty());
    desk.config.ovh_posts = true;
    desk.step("wait 10000");
    let steps = ["o bob incoming-call 5 y", "o bob missed-call 5 y"];
    assert_eq!(desk.play(&steps).len(), 2);
}

#[test]
fn asterisks_calls_have_a_card_where_they_are_wanted() {
    let mut desk = Desk::new();
    let steps = ["a bob incoming-call 5 x L", "a bob missed-call 5 x L"];
    assert_eq!(desk.play(&steps).len(), 2);
    let unnamed = ["a 6002 incoming-call 5 y M", "a 6002 missed-call 5 y M"];
    assert!(desk.play(&unnamed).is_empty(), "a line that has no name");
    desk.config.asterisk_posts = false;
    desk.step("wait 10000");
    assert!(
        desk.play(&["a bob incoming-call 5 z N", "a bob missed-call 5 z N"])
            .is_empty()
    );

    // What the phone tells, too, has one in any case, from its first word on.
    for (what, steps, expected) in [
        (
            "the phone is second",
            &[
                "a bob incoming-call 5 x L",
                "p bob incoming-call 5 w",
                "a bob missed-call 5 x L",
            ][..],
            &["🔔 5 calls bob", "❌ 5 called bob: missed"][..],
        ),
        (
            "the phone is first",
            &[
                "p bob incoming-call 5 w",
                "a bob incoming-call 5 x L",
                "a bob missed-call 5 x L",
            ],
            &["🔔 5 calls bob", "❌ 5 called bob: missed"],
        ),
        (
            "the phone tells of the answer only",
            &[
                "a bob incoming-call 5 x L",
                "a bob call-established 5 x L",
                "p bob call-established 5",
                "wait 1000",
                "a bob call-terminated 5 x L",
            ],
            &["📞 5 is talking to bob", "✔ 5 talked to bob for 1 s"],
        ),
        (
            "the phone tells of the end only",
            &["a bob incoming-call 5 x L", "p bob missed-call 5"],
            &["🔔 5 calls bob", "❌ 5 called bob: missed"],
        ),
        (
            "the phone tells of another call",
            &[
                "a bob incoming-call 5 x L",
                "wait 4001",
                "p bob incoming-call 6 w",
                "p bob missed-call 6 w",
                "a bob missed-call 5 x L",
            ],
            &["🔔 6 calls bob", "❌ 6 called bob: missed"],
        ),
        (
            "what was found is no news although the phone tells",
            &[
                "f bob call-established 5 x L",
                "p bob call-established 5 w",
                "a bob call-terminated 5 x L",
            ],
            &[],
        ),
    ] {
        let mut desk = Desk::new();
        desk.config.asterisk_posts = false;
        let said = desk.play(steps);
        let texts: Vec<_> = said
            .iter()
            .map(|text| text.strip_prefix("1 ").unwrap_or(text))
            .collect();
        assert_eq!(texts, expected, "{what}");
    }
}

#[test]
fn hidden_connections_make_no_card_and_end_those_there_are() {
    let mut desk = Desk::new();
    desk.config.hide_connection_messages = true;
    assert!(
        desk.play(&["p bob call-established 5 x", "p bob call-terminated 5 x"])
            .is_empty()
    );
    let said = desk.play(&[
        "p bob incoming-call 6 y",
        "p bob call-established 6 y",
        "wait 1000",
        "p bob call-terminated 6 y",
    ]);
    assert_eq!(
        said.last().map(String::as_str),
        Some("1 ✔ 6 talked to bob for 1 s")
    );
}

#[test]
fn another_style_in_mid_call_does_no_harm() {
    let mut desk = Desk::new();
    let said = desk.play(&[
        "p bob incoming-call 5 x",
        "classic",
        "p bob call-established 5 x",
        "p carol incoming-call 6 y",
        "wait 1000",
        "p bob call-terminated 5 x",
        "card",
        "p carol call-established 6 y",
        "p carol call-terminated 6 y",
        "p dave incoming-call 7 z",
        "p dave missed-call 7 z",
    ]);
    assert_eq!(
        said,
        [
            "1 🔔 5 calls bob",
            "1 📞 5 is talking to bob",
            "1 ✔ 5 talked to bob for 1 s",
            "2 🔔 7 calls dave",
            "2 ❌ 7 called dave: missed",
        ]
    );
}

#[test]
fn states_make_no_card() {
    let mut desk = Desk::new();
    for action in Action::names().filter(|name| {
        Action::from_name(name).is_some_and(|action| matches!(action, Action::Phone(_)))
    }) {
        desk.step(&format!("p bob {action}"));
    }
    assert!(desk.said.is_empty());
}

#[test]
fn cards_are_in_the_servers_language() {
    let mut desk = Desk::new();
    desk.language = Language::German;
    let steps = [
        "p bob incoming-call 5 x",
        "p carol incoming-call 5 y",
        "p bob call-established 5 x",
        "wait 61000",
        "p bob call-terminated 5 x",
    ];
    assert_eq!(
        desk.play(&steps),
        [
            "1 🔔 5 ruft bob an",
            "1 🔔 5 ruft bob und carol an",
            "1 📞 5 spricht mit bob",
            "1 ✔ 5 hat 1 min 1 s mit bob gesprochen",
        ]
    );
    desk.language = Language::French;
    desk.step("p dave incoming-call");
    desk.step("p dave missed-call");
    assert_eq!(
        desk.said,
        [
            "2 🔔 un numéro inconnu appelle dave",
            "2 ❌ un numéro inconnu a appelé dave\u{a0}: appel manqué",
        ]
    );
}

#[test]
fn a_phone_that_holds_and_resumes_for_ever_changes_its_card_no_longer() {
    let mut desk = Desk::new();
    desk.step("p bob call-established 5 x");
    for _ in 0..1000 {
        desk.step("p bob call-held 5 x");
        desk.step("p bob call-resumed 5 x");
    }
    assert!(desk.said.len() <= MAX_CHANGES + 1, "{}", desk.said.len());
    desk.step("p bob call-terminated 5 x");
    assert!(desk.open().is_empty());
}

#[test]
fn a_phone_that_flaps_makes_no_more_cards() {
    let mut desk = Desk::new();
    for n in 0..100 {
        desk.step("wait 100");
        desk.step(&format!("p bob incoming-call 5 {n}"));
        desk.step(&format!("p bob missed-call 5 {n}"));
        desk.step(&format!("p carol incoming-call {} {n}", 100 + n));
        desk.step(&format!("p carol missed-call {} {n}", 100 + n));
    }
    assert_eq!(desk.flaps.surplus, 70);
    assert_eq!(desk.says.len(), 130);
    assert!(desk.open().is_empty());
}

#[test]
fn what_is_over_is_forgotten() {
    let mut desk = Desk::new();
    for n in 0..MAX_LINGERING + 50 {
        desk.step(&format!("a bob incoming-call 5{n} {n} L{n}"));
        desk.step(&format!("a bob missed-call 5{n} {n} L{n}"));
        desk.step("wait 10");
    }
    assert!(desk.cards.cards.len() <= MAX_LINGERING + 1);
    desk.step(&format!("wait {LINGER}"));
    desk.step("p bob dnd-on");
    let Cards {
        cards,
        calls,
        aside,
        linked,
        recent,
        over,
        ..
    } = &desk.cards;
    assert!(cards.is_empty() && calls.is_empty() && aside.is_empty() && linked.is_empty());
    assert!(recent.is_empty() && over.is_empty());
    assert_eq!(desk.released.len(), desk.says.len());
}
