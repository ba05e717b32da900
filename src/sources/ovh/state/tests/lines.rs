//! Lines and their calls.

use devhost::ovh::Spelling;
use serde_json::json;

use super::*;
use crate::board::{CallState, Details, Direction, Ending};

#[test]
fn a_call_rings_is_answered_and_ends_in_every_spelling() {
    for spelling in Spelling::ALL {
        let mut play = Play::new();
        let call = bob().spelt(spelling).call(CALLER, "a-1");
        play.come([call.start_ringing()]);
        let line = play.line("bob");
        assert_eq!(line.calls.len(), 1, "{spelling:?}");
        let ringing = &line.calls[0];
        assert_eq!(ringing.state, CallState::Ringing);
        assert_eq!(ringing.direction, Direction::Incoming);
        assert_eq!(ringing.reference.as_deref(), Some("a-1"));
        let peer = ringing.peer.as_ref().expect("a caller");
        assert_eq!(&*peer.number, CALLER);
        assert_eq!(
            line.details,
            Details {
                description: Some("Bob at the desk".into()),
                number: Some("+33912312301".into()),
                kind: Some("sipCirpack".into()),
                simultaneous: Some(2),
                registered: None,
            }
        );
        play.pass(4_000).come([call.start_calling()]);
        assert_eq!(play.line("bob").calls[0].state, CallState::Talking);
        play.pass(10_000).come([call.end_calling()]);
        assert_eq!(play.line("bob").calls, []);
        let records = play.records();
        assert_eq!(records.len(), 1, "{spelling:?}");
        assert_eq!(records[0].ending, Ending::Answered);
        assert_eq!((records[0].wait, records[0].talk), (4_000, Some(10_000)));
        assert_eq!(
            play.news(),
            [
                "bob incoming-call",
                "bob call-established",
                "bob call-terminated"
            ]
        );
    }
}

#[test]
fn numbers_are_told_as_ovh_wrote_them() {
    let mut play = Play::new();
    play.come([bob().call(CALLER, "a-1").start_ringing()]);
    play.come([alice().calls(CALLER, "a-2").start_ringing()]);
    play.come([support().caller(CALLER, "m-1").start(1)]);
    let reports = play.changes.iter().filter_map(|change| match &change.kind {
        ChangeKind::Reported { report, .. } => report.own_number.as_deref(),
        _ => None,
    });
    assert_eq!(reports.collect::<Vec<_>>(), [BOB, ALICE]);
    let waiting = play.queue("support").waiting;
    assert_eq!(waiting[0].own_number.as_deref(), Some(SUPPORT));
}

#[test]
fn the_end_of_the_ring_may_come_before_or_behind_the_answer() {
    let call = bob().call(CALLER, "a-1");
    for events in [
        [
            call.start_ringing(),
            call.end_ringing(),
            call.start_calling(),
        ],
        [
            call.start_ringing(),
            call.start_calling(),
            call.end_ringing(),
        ],
    ] {
        let mut play = Play::new();
        play.one_by_one(events).pass(10_000);
        assert_eq!(play.line("bob").calls[0].state, CallState::Talking);
        assert!(!play.news().contains(&"bob missed-call".to_owned()));
    }
}

#[test]
fn a_call_that_nobody_answers_is_missed_and_one_that_is_declined_refused() {
    let call = bob().call(CALLER, "a-1");
    let declined = call.event("end_ringing", "SIP/2.0 603 Decline", "1 INVITE");
    for (end, expected) in [
        (call.end_ringing(), Ending::Missed),
        (declined, Ending::Refused),
    ] {
        let mut play = Play::new();
        play.come([call.start_ringing()]).pass(5_000).come([end]);
        play.pass(1_000);
        assert_eq!(play.line("bob").calls.len(), 1, "it is not decided yet");
        play.pass(2_000);
        assert_eq!(play.line("bob").calls, []);
        assert_eq!(play.records()[0].ending, expected);
        assert_eq!(play.records()[0].wait, 5_000, "the decision is no ring");
    }
    // An answer that is told by the end of the ring alone.
    let mut play = Play::new();
    let rings = call.start_ringing();
    let answer = call.event("end_ringing", "SIP/2.0 200 OK", "7 INVITE");
    play.come([rings, answer]);
    assert_eq!(play.line("bob").calls[0].state, CallState::Talking);
}

#[test]
fn a_call_that_goes_out_is_talked_once_the_handset_is_lifted_there() {
    let mut play = Play::new();
    let call = bob().calls(CALLER, "a-1");
    play.come([call.start_calling()]);
    let line = play.line("bob");
    assert_eq!(line.calls[0].direction, Direction::Outgoing);
    assert_eq!(line.calls[0].state, CallState::Talking);
    assert_eq!(
        line.calls[0].peer.as_ref().map(|p| &*p.number),
        Some(CALLER)
    );
    play.pass(5_000).come([call.end_calling()]);
    assert_eq!(play.records()[0].talk, Some(5_000));

    let rings = bob().calls(CALLER, "a-2");
    play.come([rings.start_ringing(), rings.end_ringing()])
        .pass(3_000);
    assert_eq!(play.records()[1].ending, Ending::Unanswered);
    assert_eq!(
        play.news()[2..],
        [
            "bob call-terminated",
            "bob outgoing-call",
            "bob call-terminated"
        ]
    );
}

#[test]
fn a_call_of_a_line_that_is_renamed_is_counted_once() {
    let mut play = Play::new();
    let call = bob().call(CALLER, "a-1");
    play.come([call.start_ringing(), call.start_calling()])
        .pass(5_000);
    for name in ["robert", "rob"] {
        play.number(&format!("0033912312301:{name}"));
        assert_eq!(play.line(name).calls.len(), 1);
    }
    play.pass(5_000).come([call.end_calling()]);
    let records = play.records();
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0].line.as_deref(), Some("rob"));
    assert_eq!(records[0].ending, Ending::Answered);
}

#[test]
fn an_inside_call_is_one_on_each_line_and_names_the_other() {
    let mut play = Play::new();
    let out = bob().calls(ALICE, "a-1");
    let comes = alice().call(BOB, "a-1");
    play.one_by_one([
        out.start_ringing(),
        comes.start_ringing(),
        comes.start_calling(),
        out.start_calling(),
    ]);
    let peer = |user: &str| play.line(user).calls[0].peer.clone().expect("a peer");
    assert_eq!(peer("bob").name.as_deref(), Some("alice"));
    assert_eq!(peer("alice").name.as_deref(), Some("bob"));
    play.come([comes.end_calling(), out.end_calling()]);
    assert_eq!(play.records().len(), 2);
}

#[test]
fn what_rings_at_several_lines_and_is_answered_at_one_is_missed_by_nobody() {
    let mut play = Play::new();
    let (one, other) = (bob().call(CALLER, "a-1"), alice().call(CALLER, "a-1"));
    play.one_by_one([
        one.start_ringing(),
        other.start_ringing(),
        one.start_calling(),
        other.end_ringing(),
    ]);
    play.pass(5_000);
    assert!(play.news().contains(&"alice answered-elsewhere".to_owned()));
}

#[test]
fn a_line_nobody_has_is_named_by_its_number_and_registrations_are_told() {
    let mut play = Play::new();
    play.come([desk().registered()]);
    let line = play.line("+33912312303");
    assert_eq!(line.details.number, None);
    assert_eq!(line.details.registered, Some(play.now));
    let (registered, sequence) = (play.now, play.board.sequence());
    // Phones register every few minutes: not each of these is a change.
    play.pass(30_000).come([desk().registered()]);
    assert_eq!(play.board.sequence(), sequence);
    play.pass(60_000).come([desk().registered()]);
    assert!(play.line("+33912312303").details.registered > Some(registered));
    assert!(play.news().is_empty(), "a registration is no call");
}

#[test]
fn somebody_with_two_numbers_has_one_line() {
    let mut play = Play::new();
    play.number("0033912312301|0033912312303:bob");
    play.come([bob().registered(), desk().registered()]);
    play.come([
        bob().call(CALLER, "1").start_ringing(),
        desk().call(ALICE, "2").start_ringing(),
    ]);
    assert_eq!(play.view().lines.len(), 1);
    let line = play.line("bob");
    assert_eq!((line.calls.len(), line.details.simultaneous), (2, Some(4)));
}

#[test]
fn a_number_that_gets_a_name_takes_its_calls_along() {
    let mut play = Play::new();
    let call = desk().call(CALLER, "a-1");
    play.come([call.start_ringing(), call.start_calling()]);
    let news = play.news().len();
    play.number("0033912312303:carol");
    assert_eq!(play.view().lines.len(), 1);
    let line = play.line("carol");
    assert_eq!(line.calls[0].state, CallState::Talking);
    assert_eq!(line.details.number.as_deref(), Some("+33912312303"));
    assert_eq!(play.news().len(), news, "what was found is no news");
    play.come([call.end_calling()]);
    assert_eq!(play.line("carol").calls, []);
}

#[test]
fn fields_that_are_missing_are_done_without() {
    let mut play = Play::new();
    // Nothing but the event and the number.
    play.come([json!({"Event": "start_ringing", "Ressource": BOB})]);
    let call = play.line("bob").calls[0].clone();
    assert_eq!((call.reference, call.peer), (None, None));
    assert_eq!(call.direction, Direction::Incoming);
    play.come([json!({"Event": "end_calling", "Ressource": BOB})]);
    assert_eq!(play.line("bob").calls, []);
    // The number stands in Billing, or is the one that is called.
    play.come([json!({"Event": "start_calling", "Data": {"Billing": ALICE, "Called": CALLER}})]);
    assert_eq!(play.line("alice").calls.len(), 1);
    play.come([json!({"Event": "start_ringing", "Data": {"Called": DESK, "Calling": "anonymous", "CallId": "x"}})]);
    assert_eq!(play.line("+33912312303").calls[0].peer, None);
    for event in [
        json!({}),
        json!({"Event": "start_ringing"}),
        json!({"Event": "x", "Ressource": BOB}),
        json!({"Ressource": BOB}),
    ] {
        let ignored = play.state.counts().ignored;
        play.come([event.clone()]);
        assert_eq!(play.state.counts().ignored, ignored + 1, "{event}");
    }
}

#[test]
fn the_number_that_was_dialled_is_told_where_it_is_another() {
    let mut play = Play::new();
    play.come([bob()
        .call(CALLER, "1")
        .dialed("0033800123123")
        .start_ringing()]);
    assert_eq!(
        play.line("bob").calls[0].dialed.as_deref(),
        Some("0033800123123")
    );
    play.come([alice().call(CALLER, "2").start_ringing()]);
    assert_eq!(play.line("alice").calls[0].dialed, None);
}
