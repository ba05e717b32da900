//! What comes twice, late, wrongly or never.

use serde_json::json;

use super::*;
use crate::board::{CallState, Ending, RINGING_LIMIT, TALKING_LIMIT};
use crate::text::MAX_CHARS;

/// The same event by a clock that is so many seconds off.
fn shifted(event: &Value, seconds: i64) -> Value {
    let mut event = event.clone();
    let shift = |value: &mut Value, unit: i64| {
        if let Some(at) = value.as_i64() {
            *value = json!(at + seconds * unit);
        } else if let Some(at) = value.as_f64() {
            *value = json!(at + (seconds * unit) as f64);
        }
    };
    shift(&mut event["Timestamp"], 1_000_000_000);
    shift(&mut event["Data"]["TsGet"], 1_000_000_000);
    shift(&mut event["Data"]["Ts"], 1);
    event
}

#[test]
fn what_comes_twice_is_taken_once() {
    let mut play = Play::new();
    let (caller, call) = (support().caller(CALLER, "m-1"), bob().call(CALLER, "a-1"));
    let events = [
        caller.start(1),
        caller.offering(&bob()),
        call.start_ringing(),
        call.start_calling(),
        caller.bridge_start(&bob()),
        caller.bridge_end(&bob()),
        call.end_calling(),
        caller.terminated(),
    ];
    for event in &events {
        play.come([event.clone(), event.clone()]);
        let sequence = play.board.sequence();
        play.come_by(SECOND, [event.clone()]).pass(100);
        assert_eq!(play.board.sequence(), sequence, "{event}");
    }
    play.come_by(SECOND, events).pass(10_000);
    assert_eq!(play.records().len(), 1);
    assert_eq!(play.queue("support").counters.answered, 1);
    assert_eq!(play.state.counts().doubled, 24);
}

#[test]
fn what_comes_twice_without_a_time_does_no_harm_either() {
    let plain = |event: Value| {
        let mut event = event;
        for field in ["Timestamp", "Date"] {
            event.as_object_mut().expect("an event").remove(field);
        }
        for field in ["Ts", "TsGet"] {
            event["Data"].as_object_mut().expect("data").remove(field);
        }
        event
    };
    let mut play = Play::new();
    let (caller, call) = (support().caller(CALLER, "m-1"), bob().call(CALLER, "a-1"));
    for event in [
        caller.start(1),
        caller.offering(&bob()),
        call.start_ringing(),
        call.start_calling(),
        caller.bridge_start(&bob()),
        caller.bridge_end(&bob()),
        call.end_calling(),
        caller.terminated(),
    ] {
        let event = plain(event);
        play.come([event.clone()]).pass(100).come([event]).pass(100);
    }
    play.pass(10_000);
    assert_eq!(play.records().len(), 1, "{:?}", play.records());
}

#[test]
fn what_comes_late_brings_nothing_back() {
    let mut play = Play::new();
    let (caller, call) = (support().caller(CALLER, "m-1"), bob().call(CALLER, "a-1"));
    let (rings, talks, ends) = (
        call.start_ringing(),
        call.start_calling(),
        call.end_calling(),
    );
    play.come([ends]).come([talks]).come([rings]).pass(60_000);
    assert_eq!(play.line("bob").calls, []);
    let (starts, offers, leaves) = (
        caller.start(1),
        caller.offering(&bob()),
        caller.cancelled("BREAK_OUT"),
    );
    play.come([starts])
        .pass(3_000)
        .come([leaves])
        .pass(30_000)
        .come([offers]);
    let queue = play.queue("support");
    assert_eq!((queue.waiting.len(), queue.counters.abandoned), (0, 1));
    // What begins anew under the same id does.
    play.come([call.start_ringing()]);
    assert_eq!(play.line("bob").calls.len(), 1);
}

#[test]
fn a_clock_that_is_an_hour_off_changes_nothing() {
    for seconds in [3_600, -3_600, 86_400 * 365] {
        let mut play = Play::new();
        let (caller, call) = (support().caller(CALLER, "m-1"), bob().call(CALLER, "a-1"));
        play.come([shifted(&caller.start(1), seconds)]).pass(5_000);
        play.come([
            shifted(&caller.offering(&bob()), seconds),
            call.start_ringing(),
        ])
        .pass(1_000);
        play.come([
            call.start_calling(),
            shifted(&caller.bridge_start(&bob()), seconds),
        ])
        .pass(7_000);
        play.come([
            shifted(&caller.bridge_end(&bob()), seconds),
            call.end_calling(),
        ]);
        let records = play.records();
        assert_eq!(records.len(), 1, "{seconds}");
        assert_eq!((records[0].wait, records[0].talk), (6_000, Some(7_000)));
    }
}

#[test]
fn a_call_that_never_ends_is_let_go_of() {
    let mut play = Play::new();
    let (rings, talks) = (bob().call(CALLER, "a-1"), alice().call(CALLER, "a-2"));
    let caller = support().caller(CALLER, "m-1");
    play.come([
        rings.start_ringing(),
        talks.start_ringing(),
        talks.start_calling(),
        caller.start(1),
    ]);
    play.pass(RINGING_LIMIT + 1_000);
    assert_eq!(play.line("bob").calls, []);
    assert_eq!(play.line("alice").calls.len(), 1);
    play.pass(TALKING_LIMIT);
    assert_eq!(play.line("alice").calls, []);
    assert_eq!(play.queue("support").waiting, []);
    assert!(!play.state.is_busy(), "nothing is kept of them here");
    let endings: Vec<_> = play.records().iter().map(|record| record.ending).collect();
    assert_eq!(
        endings,
        [Ending::Unknown, Ending::Elsewhere, Ending::Answered]
    );
}

#[test]
fn callers_numbers_are_harmless() {
    let mut play = Play::new();
    let long = "9".repeat(1000);
    for (at, number) in [
        "<script>alert(1)</script>",
        "\u{202e}4321\u{202c} +33",
        &*long,
        "😀☎️",
        "",
        "  ",
        "\0\u{7}",
        "@all",
        "' OR 1=1 --",
    ]
    .into_iter()
    .enumerate()
    {
        let (line, queue) = (
            bob().call(number, &format!("a-{at}")),
            support().caller(number, &format!("m-{at}")),
        );
        play.come([line.start_ringing(), queue.start(1), queue.offering(&bob())]);
        let call = play.line("bob").calls[0].clone();
        let shown = call.peer.map(|peer| peer.number).unwrap_or_default();
        assert!(shown.chars().count() <= MAX_CHARS, "{shown}");
        assert!(
            !shown.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{shown}"
        );
        play.come([
            line.start_calling(),
            queue.bridge_start(&bob()),
            queue.bridge_end(&bob()),
            line.end_calling(),
        ]);
        assert_eq!(play.line("bob").calls, [], "{number:?}");
    }
    let names = play.view().lines.len();
    for number in ["<b>", "\u{202e}", "x".repeat(500).as_str(), "😀"] {
        let line = Number::line(number, &"<img onerror=1>\u{202e}".repeat(50));
        play.come([line.call(number, number).start_ringing()]);
    }
    // That of direction marks alone is no number.
    assert_eq!(play.view().lines.len(), names + 3);
    for line in play.view().lines {
        assert!(line.user.chars().count() <= MAX_CHARS);
        let description = line.details.description.unwrap_or_default();
        assert!(description.chars().count() <= MAX_CHARS && !description.contains('\u{202e}'));
    }
}

#[test]
fn what_is_in_doubt_goes_unless_more_is_heard_of_it() {
    let mut play = Play::new();
    let (rings, talks) = (bob().call(CALLER, "a-1"), alice().call(CALLER, "a-2"));
    let heard = desk().call(CALLER, "a-3");
    let (waits, bridged) = (
        support().caller(CALLER, "m-1"),
        support().caller(CALLER, "m-2"),
    );
    play.come([
        rings.start_ringing(),
        talks.start_ringing(),
        talks.start_calling(),
        heard.start_ringing(),
    ]);
    play.come([
        waits.start(1),
        bridged.start(2),
        bridged.bridge_start(&desk()),
    ]);
    play.state.gap(SECOND, play.now);
    play.pass(DOUBT_RINGING + 1_000);
    assert_eq!(
        play.line("bob").calls.len(),
        1,
        "another token's events were lost"
    );
    play.state.gap(FIRST, play.now);
    play.pass(10_000).come([heard.start_calling()]);
    play.pass(DOUBT_RINGING);
    assert_eq!(play.line("bob").calls, []);
    assert_eq!(play.line("alice").calls.len(), 1);
    assert_eq!(play.line("+33912312303").calls.len(), 1);
    let queue = play.queue("support");
    assert_eq!((queue.waiting.len(), queue.talking.len()), (0, 1));
    play.pass(DOUBT_TALKING);
    assert_eq!(play.line("alice").calls, []);
    assert_eq!(play.line("+33912312303").calls[0].state, CallState::Talking);
    assert_eq!(play.queue("support").talking, []);
    // Nobody missed what nobody saw, and no talk of half an hour is counted.
    assert!(!play.news().iter().any(|news| news.ends_with("missed-call")));
    let queue = play.queue("support");
    let counters = &queue.counters;
    assert_eq!((counters.answered, counters.abandoned), (1, 0));
    assert!(queue.tallies.iter().all(|tally| tally.talks == 0));
}

#[test]
fn of_a_call_whose_end_was_lost_no_length_is_made_up() {
    let mut play = Play::new();
    let (rings, talks) = (bob().call(CALLER, "a-1"), alice().call(CALLER, "a-2"));
    play.come([
        rings.start_ringing(),
        talks.start_ringing(),
        talks.start_calling(),
    ]);
    play.state.gap(FIRST, play.now);
    play.pass(DOUBT_TALKING + 1_000);
    let records = play.records();
    let told: Vec<_> = records.iter().map(|r| (r.ending, r.talk)).collect();
    assert_eq!(told, [(Ending::Unknown, None), (Ending::Answered, None)]);
}

#[test]
fn a_forgotten_token_ends_no_call_of_another_ones() {
    let mut play = Play::new();
    play.number("0033912312301:bob, 0033912312303:bob");
    let (first, second) = (bob().call(CALLER, "a-1"), desk().call(CALLER, "a-2"));
    play.come_by(FIRST, [first.start_ringing(), first.start_calling()]);
    play.come_by(SECOND, [second.start_ringing(), second.start_calling()]);
    play.pass(5_000);
    play.state.forget(FIRST, play.now);
    play.flush();
    assert_eq!(play.line("bob").calls.len(), 1);
    play.pass(5_000).come_by(SECOND, [second.end_calling()]);
    let told: Vec<_> = play.records().iter().map(|r| (r.ending, r.talk)).collect();
    let expected = [None, Some(10_000)].map(|talk| (Ending::Answered, talk));
    assert_eq!(told, expected);
}

#[test]
fn what_only_a_forgotten_token_told_of_leaves_the_board() {
    let mut play = Play::new();
    let call = bob().call(CALLER, "a-1");
    play.come_by(
        FIRST,
        [
            call.start_ringing(),
            support().caller(CALLER, "m-1").start(1),
        ],
    );
    let both = alice().registered();
    play.come_by(FIRST, [both.clone()])
        .come_by(SECOND, [both, desk().registered()]);
    play.state.forget(FIRST, play.now);
    play.flush();
    let users: Vec<_> = play
        .view()
        .lines
        .iter()
        .map(|line| line.user.to_string())
        .collect();
    assert_eq!(users, ["+33912312303", "alice"]);
    assert_eq!(play.view().queues, []);
    play.state.clear(play.now);
    play.flush();
    assert_eq!((play.view().lines.len(), play.state.counts().lines), (0, 0));
}

#[test]
fn there_are_no_more_lines_and_queues_than_fit() {
    let mut play = Play::new();
    let event = |event: &str, number: usize| json!({"Event": event, "Ressource": format!("0033{number:09}"), "Data": {"CallId": "x", "Count": 1}});
    play.come((0..2 * MAX_QUEUES).map(|n| event("members-count", n)));
    assert_eq!(play.state.counts().queues, MAX_QUEUES);
    for batch in 0..11 {
        play.come((0..1_000).map(|n| event("start_ringing", (batch + 1) * 1_000 + n)));
    }
    let counts = play.state.counts();
    assert_eq!(counts.lines, MAX_LINES);
    assert_eq!(counts.beyond_limits as usize, 1_000 + MAX_QUEUES);
    // A line's calls are bounded, too, and so are a queue's callers.
    let mut play = Play::new();
    play.come((0..100).map(|n| bob().call(CALLER, &n.to_string()).start_ringing()));
    assert!(play.state.counts().calls <= 16);
    for batch in 0..3 {
        play.come((0..1_000).map(|n| support().caller(CALLER, &format!("{batch}-{n}")).start(1)));
    }
    assert_eq!(play.state.counts().waiting, crate::board::MAX_WAITING);
}
