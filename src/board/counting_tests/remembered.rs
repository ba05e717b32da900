//! What is remembered of calls that ended.

use super::*;

#[test]
fn a_queues_call_is_remembered_with_its_wait_and_talk() {
    let mut board = Board::new();
    play(
        &mut board,
        [
            (1_000, queue("support", waits("1", 1_000))),
            (21_000, queue("support", left("1", answered("amy")))),
            (81_000, queue("support", ended("1"))),
        ],
    );
    let record = board.history().next().expect("a call");
    assert_eq!(record.queue.as_deref(), Some("support"));
    assert_eq!(record.agent.as_deref(), Some("amy"));
    assert_eq!(record.peer.as_ref().map(Peer::shown), Some("01"));
    assert_eq!((record.wait, record.talk), (20_000, Some(60_000)));
    assert_eq!(record.ending, Ending::Answered);
    assert_eq!(
        (record.began, record.ended),
        (Timestamp(1_000), Timestamp(81_000))
    );
    let queue = only_queue(&board);
    assert_eq!(queue.counters.average_wait(), Some(20_000));
    assert_eq!(queue.counters.average_talk(), Some(60_000));
    assert_eq!(queue.counters.service_level(), Some(100));
    let tally = &queue.tallies[0];
    assert_eq!(
        (&*tally.agent, tally.answered, tally.talked),
        ("amy", 1, 60_000)
    );
}

#[test]
fn a_call_whose_source_goes_is_neither_lost_nor_measured() {
    use CallAction::{CallEstablished, IncomingCall};
    let gone = |source| Event::Gone {
        source,
        user: Arc::from("bob"),
    };
    for goes in [gone(Source::Phone), Event::Cleared(Source::Phone)] {
        let mut board = Board::new();
        play(
            &mut board,
            [
                (1_000, call("bob", IncomingCall, "rings")),
                (2_000, call("bob", IncomingCall, "talks")),
                (3_000, call("bob", CallEstablished, "talks")),
                (9_000, goes),
            ],
        );
        let records = board.history().map(|record| (record.ending, record.talk));
        let expected = [(Ending::Answered, None), (Ending::Unknown, None)];
        assert_eq!(records.collect::<Vec<_>>(), expected);
        let hours = board.snapshot().day.hours;
        assert!(hours.iter().all(|hour| hour.lost == 0), "{hours:?}");
    }
}

#[test]
fn a_call_that_goes_on_under_another_name_is_not_remembered_yet() {
    let mut board = Board::new();
    let retold = Event::Retold {
        source: Source::Phone,
        user: Arc::from("bob"),
    };
    play(
        &mut board,
        [
            (1_000, call("bob", CallAction::IncomingCall, "talks")),
            (3_000, call("bob", CallAction::CallEstablished, "talks")),
            (9_000, retold),
        ],
    );
    assert_eq!(board.snapshot().lines, []);
    assert_eq!(board.history().count(), 0);
}

#[test]
fn a_call_that_was_lost_sight_of_stays_while_another_source_tells_of_it() {
    use CallAction::{CallEstablished, IncomingCall};
    let of_pbx = |action| match call("bob", action, "pbx-1") {
        Event::Line(report) => Report {
            source: Source::Ovh,
            ..report
        },
        other => panic!("{other:?}"),
    };
    let mut board = Board::new();
    play(
        &mut board,
        [
            (1_000, call("bob", IncomingCall, "a")),
            (1_100, of_pbx(IncomingCall).into()),
            (3_000, call("bob", CallEstablished, "a")),
            (9_000, Event::Lost(of_pbx(CallEstablished))),
        ],
    );
    assert_eq!(board.snapshot().lines[0].calls.len(), 1);
    let ends = call("bob", CallAction::CallTerminated, "a");
    play(&mut board, [(13_000, ends)]);
    let record = board.history().next().expect("a call");
    assert_eq!(record.talk, Some(10_000));
}

#[test]
fn a_call_on_a_line_is_remembered_unless_it_came_from_a_queue() {
    let mut board = Board::new();
    let from_queue = Report {
        source: Source::Asterisk,
        user: Arc::from("amy"),
        action: Action::Call(CallAction::IncomingCall),
        peer: None,
        reference: Some(Arc::from("q")),
        linked: None,
        queue: Some(Arc::from("support")),
        dialed: None,
        own_number: None,
    };
    let ends = Report {
        action: Action::Call(CallAction::CallTerminated),
        ..from_queue.clone()
    };
    play(
        &mut board,
        [
            (0, call("bob", CallAction::IncomingCall, "1")),
            (5_000, call("bob", CallAction::CallEstablished, "1")),
            (9_000, call("bob", CallAction::CallTerminated, "1")),
            (10_000, call("bob", CallAction::IncomingCall, "2")),
            (11_000, call("bob", CallAction::CallTerminated, "2")),
            (12_000, call("bob", CallAction::OutgoingCall, "3")),
            (13_000, call("bob", CallAction::CallTerminated, "3")),
            (14_000, call("bob", CallAction::IncomingCall, "4")),
            (15_000, call("bob", CallAction::RefusedCall, "4")),
            (16_000, from_queue.into()),
            (17_000, ends.into()),
        ],
    );
    let seen: Vec<_> = board
        .history()
        .map(|record| (record.ending, record.wait, record.talk))
        .collect();
    assert_eq!(
        seen,
        [
            (Ending::Refused, 1_000, None),
            (Ending::Unanswered, 1_000, None),
            (Ending::Missed, 1_000, None),
            (Ending::Answered, 5_000, Some(4_000)),
        ]
    );
    let hours = board.snapshot().day.hours;
    assert_eq!(
        (hours[0].answered, hours[0].lost, hours[0].average_wait),
        (1, 1, 3_000)
    );
}

/// Many phones tell of nothing but the missed call: there was a message of it, and no row.
#[test]
fn a_missed_call_that_nothing_was_told_of_before_is_remembered() {
    let anonymous = |peer| without_id(CallAction::MissedCall, peer);
    let mut board = Board::new();
    let changes = board.apply(
        call("bob", CallAction::MissedCall, "1"),
        Timestamp(7 * MINUTE),
    );
    let expected = CallRecord {
        id: 1,
        began: Timestamp(7 * MINUTE),
        ended: Timestamp(7 * MINUTE),
        queue: None,
        line: Some(Arc::from("bob")),
        peer: Some(Peer::new("0301")),
        agent: None,
        direction: Direction::Incoming,
        wait: 0,
        talk: None,
        ending: Ending::Missed,
    };
    // No call begins or ends by it: posts are made of the report.
    let [reported, line, recorded] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert!(matches!(
        reported.kind,
        ChangeKind::Reported { repeats: false, .. }
    ));
    assert!(matches!(line.kind, ChangeKind::Line(_)));
    assert_eq!(recorded.kind, ChangeKind::Recorded(expected));
    // Told twice it is one, and so are late words of it; the next call is another, also from the same number.
    play(
        &mut board,
        [
            (7 * MINUTE + 1, call("bob", CallAction::MissedCall, "1")),
            (7 * MINUTE + 2, anonymous(Some("0301"))),
            (7 * MINUTE + 3, anonymous(None)),
            (7 * MINUTE + 4, call("bob", CallAction::IncomingCall, "1")),
            (7 * MINUTE + 5, call("bob", CallAction::CallTerminated, "1")),
            (7 * MINUTE + 6, call("bob", CallAction::MissedCall, "2")),
            (8 * MINUTE, anonymous(None)),
            (8 * MINUTE + 1, anonymous(None)),
            // Other ends of unknown calls say nothing of how they went.
            (9 * MINUTE, call("bob", CallAction::CallTerminated, "3")),
            (10 * MINUTE, call("bob", CallAction::RefusedCall, "4")),
            (11 * MINUTE, call("bob", CallAction::AnsweredElsewhere, "5")),
        ],
    );
    let seen: Vec<_> = board
        .history()
        .map(|record| (record.id, record.ended, record.ending))
        .collect();
    assert_eq!(
        seen,
        [
            (3, Timestamp(8 * MINUTE), Ending::Missed),
            (2, Timestamp(7 * MINUTE + 6), Ending::Missed),
            (1, Timestamp(7 * MINUTE), Ending::Missed),
        ]
    );
    let hours = board.snapshot().day.hours;
    assert_eq!((hours[0].answered, hours[0].lost), (0, 3));
    assert_eq!(board.snapshot().lines[0].calls, []);
}

/// A phone without ids may say of a call that is over, once more, that it was missed.
#[test]
fn a_call_that_is_over_is_not_remembered_again_as_missed() {
    use CallAction::{CallEstablished, CallTerminated, IncomingCall, MissedCall};
    let told = |action| without_id(action, Some("0301"));
    let pbx = |action| match call("bob", action, "pbx-1") {
        Event::Line(report) => Event::Line(Report {
            source: Source::Asterisk,
            peer: Some(Peer::new("6003")),
            ..report
        }),
        other => panic!("{other:?}"),
    };
    let mut board = Board::new();
    play(
        &mut board,
        [
            (1_000, told(IncomingCall)),
            (5_000, told(CallTerminated)),
            (5_001, told(MissedCall)),
            (60_000, told(IncomingCall)),
            (61_000, told(CallEstablished)),
            (70_000, told(CallTerminated)),
            (70_001, told(MissedCall)),
            // The PBX knows the caller by another number.
            (80_000, pbx(IncomingCall)),
            (85_000, pbx(CallTerminated)),
            (85_500, told(MissedCall)),
            // The phone's word was on its way for long.
            (90_000, told(IncomingCall)),
            (95_000, told(CallTerminated)),
            (120_000, told(MissedCall)),
        ],
    );
    let endings: Vec<_> = board.history().map(|record| record.ending).collect();
    let expected = [
        Ending::Missed,
        Ending::Missed,
        Ending::Answered,
        Ending::Missed,
    ];
    assert_eq!(endings, expected);
    // Not of a call from elsewhere, nor so late.
    let other = without_id(MissedCall, Some("0999"));
    play(&mut board, [(122_500, other), (126_000, told(MissedCall))]);
    assert_eq!(board.history().count(), 6);
}

#[test]
fn the_history_forgets_the_oldest_call_first() {
    let board = of_three_callers(Limits {
        history: 2,
        ..Limits::default()
    });
    let seen: Vec<_> = board.history().map(|record| record.id).collect();
    assert_eq!(seen, [3, 2]);
}

#[test]
fn calls_are_forgotten_by_their_age() {
    use CallAction::{CallTerminated, IncomingCall};
    let mut board = Board::new();
    for at in [10, 20, 30] {
        let id = at.to_string();
        play(
            &mut board,
            [
                (at, call("bob", IncomingCall, &id)),
                (at + 1, call("bob", CallTerminated, &id)),
            ],
        );
    }
    board.apply(Event::Forget(Timestamp(21)), Timestamp(40));
    let ended: Vec<_> = board.history().map(|record| record.ended.0).collect();
    assert_eq!(ended, [31, 21]);
    assert_eq!(board.record_places(), 1..3);
    assert_eq!(kept(&board).record_places(), 1..3);
}
