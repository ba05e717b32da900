//! What is counted and remembered, and what viewers are sent of it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const MINUTE: u64 = 60_000;

fn queue(name: &str, event: QueueEvent) -> Event {
    queue_of(Source::Asterisk, name, event)
}

fn queue_of(source: Source, name: &str, event: QueueEvent) -> Event {
    Event::Queue(QueueReport {
        source,
        queue: Arc::from(name),
        event,
    })
}

fn waits(caller: &str, since: u64) -> QueueEvent {
    QueueEvent::Waits {
        caller: Arc::from(caller),
        peer: Some(Peer::new(format!("0{caller}"))),
        dialed: None,
        since: Timestamp(since),
    }
}

fn left(caller: &str, how: Departure) -> QueueEvent {
    let caller = Arc::from(caller);
    QueueEvent::Left { caller, how }
}

fn answered(agent: &str) -> Departure {
    let agent = Some(Arc::from(agent));
    Departure::Answered { agent }
}

fn ended(caller: &str) -> QueueEvent {
    let caller = Arc::from(caller);
    QueueEvent::Ended { caller }
}

/// What Asterisk counted itself.
fn totals(answered: u64, abandoned: u64) -> Event {
    let totals = QueueEvent::Totals {
        answered,
        abandoned,
    };
    queue("support", totals)
}

/// A board of which three callers hung up while they waited.
fn of_three_callers(limits: Limits) -> Board {
    let mut board = Board::with_limits(limits);
    for caller in ["1", "2", "3"] {
        let events = [waits(caller, 0), left(caller, Departure::Abandoned)];
        play(&mut board, events.map(|event| (0, queue("support", event))));
    }
    board
}

fn call(user: &str, action: CallAction, id: &str) -> Event {
    let report = Report {
        source: Source::Phone,
        user: Arc::from(user),
        action: Action::Call(action),
        peer: Some(Peer::new("0301")),
        reference: Some(Arc::from(id)),
        linked: None,
        queue: None,
        dialed: None,
    };
    report.into()
}

/// The same of bob's phone, where it gives no ids, and maybe no numbers.
fn without_id(action: CallAction, peer: Option<&str>) -> Event {
    let Event::Line(report) = call("bob", action, "") else {
        unreachable!("a call's event is a line's");
    };
    let report = Report {
        peer: peer.map(Peer::new),
        reference: None,
        ..report
    };
    report.into()
}

fn play(board: &mut Board, events: impl IntoIterator<Item = (u64, Event)>) {
    for (at, event) in events {
        board.apply(event, Timestamp(at));
    }
}

fn only_queue(board: &Board) -> QueueView {
    let mut queues = board.snapshot().queues;
    assert_eq!(queues.len(), 1);
    queues.remove(0)
}

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
fn the_service_level_is_the_admins() {
    let mut board = Board::new();
    board.set_service_level(10_000);
    play(
        &mut board,
        [
            (0, queue("support", waits("1", 0))),
            (10_001, queue("support", left("1", answered("amy")))),
        ],
    );
    assert_eq!(only_queue(&board).counters.service_level(), Some(0));
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
fn counters_begin_anew_by_hand_and_at_the_days_beginning() {
    let mut board = Board::new();
    play(
        &mut board,
        [
            (MINUTE, Event::Day(Timestamp(1))),
            (MINUTE, queue("support", waits("1", MINUTE))),
            (MINUTE, queue("sales", waits("2", MINUTE))),
            (2 * MINUTE, queue("support", left("1", Departure::TimedOut))),
            (2 * MINUTE, queue("sales", left("2", answered("amy")))),
        ],
    );
    let counts = |board: &Board| -> Vec<_> {
        let queues = board.snapshot().queues.into_iter();
        queues
            .map(|queue| {
                let counters = queue.counters;
                (counters.answered, counters.abandoned, queue.hours.len())
            })
            .collect()
    };
    assert_eq!(counts(&board), [(1, 0, 1), (0, 1, 1)]);
    board.apply(
        Event::Reset(Some(Arc::from("sales"))),
        Timestamp(3 * MINUTE),
    );
    assert_eq!(counts(&board), [(0, 0, 1), (0, 1, 1)]);
    assert_eq!(
        board.snapshot().queues[0].counters.since,
        Timestamp(3 * MINUTE)
    );
    assert_eq!(board.snapshot().queues[0].tallies, []);
    // The talk goes on, and the call is remembered.
    board.apply(queue("sales", ended("2")), Timestamp(4 * MINUTE));
    assert_eq!(board.history().count(), 2);
    board.apply(Event::Day(Timestamp(1)), Timestamp(5 * MINUTE));
    assert_eq!(counts(&board)[1], (0, 1, 1));
    board.apply(Event::Day(Timestamp(6 * MINUTE)), Timestamp(6 * MINUTE));
    assert_eq!(counts(&board), [(0, 0, 0), (0, 0, 0)]);
    assert_eq!(board.snapshot().day.began, Timestamp(6 * MINUTE));
}

#[test]
fn a_sources_own_counts_are_counted_on_from_the_reset() {
    let mut board = Board::new();
    let counts = |board: &Board| {
        let counters = only_queue(board).counters;
        (counters.answered, counters.abandoned)
    };
    play(&mut board, [(0, totals(40, 2)), (1, Event::Reset(None))]);
    assert_eq!(counts(&board), (0, 0));
    board.apply(totals(43, 2), Timestamp(2));
    assert_eq!(counts(&board), (3, 0));
    // Asterisk was restarted, and counts from nought.
    board.apply(totals(1, 0), Timestamp(3));
    assert_eq!(counts(&board), (1, 0));
}

#[test]
fn a_clock_that_was_far_ahead_stops_nothing() {
    let mut board = Board::new();
    let day = 24 * 60 * MINUTE;
    play(
        &mut board,
        [
            (100 * day, Event::Day(Timestamp(100 * day))),
            (100 * day, call("bob", CallAction::IncomingCall, "1")),
            (day, Event::Day(Timestamp(day))),
            (day + MINUTE, call("amy", CallAction::IncomingCall, "2")),
        ],
    );
    let rings = |board: &Board, user: usize| board.snapshot().lines[user].calls[0].began;
    assert_eq!(rings(&board, 0), Timestamp(day + MINUTE));
    // One that is set back by a little stands still.
    play(
        &mut board,
        [(day, call("amy", CallAction::CallTerminated, "2"))],
    );
    let record = board.history().next().expect("a call");
    assert_eq!((record.ended, record.wait), (Timestamp(day + MINUTE), 0));
    play(&mut board, [(2 * day, Event::Day(Timestamp(2 * day)))]);
    assert_eq!(board.snapshot().day.began, Timestamp(2 * day));
}

#[test]
fn a_call_over_midnight_is_no_restart_of_the_source() {
    let mut board = Board::new();
    let totals = |answered| totals(answered, 0);
    // Asterisk counts a call once it is over.
    play(
        &mut board,
        [
            (0, totals(500)),
            (1, queue("support", waits("1", 1))),
            (2, queue("support", left("1", answered("amy")))),
            (3, Event::Reset(None)),
        ],
    );
    let count = |board: &Board| only_queue(board).counters.answered;
    assert_eq!(count(&board), 0);
    for (at, told, expected) in [(4, 500, 0), (6, 501, 0), (7, 502, 1)] {
        board.apply(totals(told), Timestamp(at));
        assert_eq!(count(&board), expected, "{told}");
        board.apply(queue("support", ended("1")), Timestamp(at));
    }
}

#[test]
fn a_source_says_nothing_of_anothers_queue() {
    let mut board = Board::new();
    let ovh = |event| queue_of(Source::Ovh, "support", event);
    play(
        &mut board,
        [
            (0, queue("support", waits("1", 0))),
            (0, ovh(waits("2", 0))),
            (0, ovh(QueueEvent::Gone)),
            (0, Event::Cleared(Source::Ovh)),
        ],
    );
    assert_eq!(only_queue(&board).waiting.len(), 1);
    board.apply(Event::Cleared(Source::Asterisk), Timestamp(0));
    assert_eq!(board.snapshot().queues, []);
}

#[test]
fn who_is_never_told_to_leave_leaves_in_the_end() {
    let mut board = Board::new();
    play(
        &mut board,
        [
            (0, queue("support", waits("1", 0))),
            (0, queue("support", waits("2", 0))),
            (0, queue("support", left("2", answered("amy")))),
        ],
    );
    board.expire(Timestamp(WAITING_LIMIT - 1));
    assert_eq!(only_queue(&board).waiting.len(), 1);
    board.expire(Timestamp(WAITING_LIMIT));
    assert_eq!(only_queue(&board).waiting, []);
    assert_eq!(only_queue(&board).talking.len(), 1);
    assert_eq!(board.next_expiry(), Some(Timestamp(TALKING_LIMIT)));
    board.expire(Timestamp(TALKING_LIMIT));
    assert_eq!(only_queue(&board).talking, []);
    let talk = board.history().next().expect("a call");
    // Nobody knows how long they talked.
    assert_eq!((talk.ending, talk.talk), (Ending::Answered, None));
    assert_eq!(only_queue(&board).counters.average_talk(), None);
    assert_eq!(board.next_expiry(), None);
}

#[test]
fn what_a_pbx_knows_of_a_line_goes_with_it() {
    let mut board = Board::new();
    let details = Details {
        description: Some(Arc::from("Gaelle Becquet")),
        simultaneous: Some(2),
        ..Details::default()
    };
    let told = Event::Details {
        source: Source::Ovh,
        user: Arc::from("gaelle"),
        details: details.clone(),
    };
    assert_eq!(board.apply(told.clone(), Timestamp(0)).len(), 2);
    assert_eq!(board.apply(told, Timestamp(1)), []);
    assert_eq!(board.snapshot().lines[0].details, details);
    let json = serde_json::to_value(&board.snapshot().lines[0]).expect("JSON");
    assert_eq!(json["description"], "Gaelle Becquet");
    assert_eq!(json.get("registered"), None);
    board.apply(Event::Cleared(Source::Asterisk), Timestamp(2));
    assert_eq!(board.snapshot().lines.len(), 1);
    board.apply(Event::Cleared(Source::Ovh), Timestamp(3));
    assert_eq!(board.snapshot().lines, []);
}

/// A viewer who has what deltas told.
#[derive(Debug, Default)]
struct Viewer {
    number: u64,
    lines: BTreeMap<Name, LineView>,
    queues: BTreeMap<Name, QueueView>,
    records: Vec<CallRecord>,
    day: Day,
}

impl Viewer {
    fn take(&mut self, delta: Delta) {
        if delta.whole {
            *self = Self::default();
        }
        // In the order of their numbers, as a stream has them.
        let mut gone = delta.gone.into_iter().peekable();
        let mut there: Vec<(u64, Result<LineView, QueueView>)> = Vec::new();
        there.extend(
            delta
                .lines
                .into_iter()
                .map(|(number, line)| (number, Ok(line))),
        );
        there.extend(
            delta
                .queues
                .into_iter()
                .map(|(number, queue)| (number, Err(queue))),
        );
        there.sort_by_key(|(number, _)| *number);
        for (number, thing) in there {
            while let Some((_, gone)) = gone.next_if(|(own, _)| *own < number) {
                self.drop(&gone);
            }
            match thing {
                Ok(line) => drop(self.lines.insert(Arc::clone(&line.user), line)),
                Err(queue) => drop(self.queues.insert(Arc::clone(&queue.name), queue)),
            }
        }
        for (_, gone) in gone {
            self.drop(&gone);
        }
        self.records
            .extend(delta.records.into_iter().map(|(_, record)| record));
        if let Some((_, day)) = delta.day {
            self.day = day;
        }
        self.number = delta.sequence;
    }

    fn drop(&mut self, gone: &Gone) {
        match gone {
            Gone::Line(user) => drop(self.lines.remove(user)),
            Gone::Queue(queue) => drop(self.queues.remove(queue)),
        }
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let action = proptest::sample::select(CallAction::ALL);
    let source = proptest::sample::select(vec![Source::Asterisk, Source::Ovh]);
    let in_queue = prop_oneof![
        ("[a-d]", 0..9u64).prop_map(|(caller, since)| waits(&caller, since)),
        "[a-d]".prop_map(|caller| left(&caller, answered("amy"))),
        "[a-d]".prop_map(|caller| left(&caller, Departure::Abandoned)),
        "[a-d]".prop_map(|caller| ended(&caller)),
        Just(QueueEvent::Gone),
    ];
    prop_oneof![
        6 => ("[a-c]", action, "[1-3]").prop_map(|(user, action, id)| call(&user, action, &id)),
        6 => (source.clone(), "[x-z]", in_queue).prop_map(|(source, name, event)| queue_of(source, &name, event)),
        1 => source.clone().prop_map(Event::Cleared),
        1 => ("[a-d]", source.clone()).prop_map(|(user, source)| Event::Gone { source, user: user.into() }),
        1 => ("[a-d]", source, 0..3u16).prop_map(|(user, source, simultaneous)| Event::Details {
            source,
            user: user.into(),
            details: Details { simultaneous: Some(simultaneous), ..Details::default() },
        }),
        1 => (1..4u64).prop_map(|day| Event::Day(Timestamp(day))),
        1 => Just(Event::Reset(None)),
    ]
}

proptest! {
    /// Viewers who ask at different times all have what the board has.
    #[test]
    fn deltas_bring_every_viewer_up_to_date(steps in proptest::collection::vec((any_event(), 0..3usize), 0..120)) {
        let mut board = Board::with_limits(Limits { lines: 3, ..Limits::default() });
        let mut viewers = [Viewer::default(), Viewer::default()];
        for (at, (event, who)) in steps.into_iter().enumerate() {
            board.apply(event, Timestamp(at as u64 * 1000));
            let Some(viewer) = viewers.get_mut(who) else { continue };
            viewer.take(board.since(viewer.number, MAX_HISTORY));
            let snapshot = board.snapshot();
            prop_assert_eq!(&snapshot.lines, &viewer.lines.values().cloned().collect::<Vec<_>>());
            prop_assert_eq!(&snapshot.queues, &viewer.queues.values().cloned().collect::<Vec<_>>());
            prop_assert_eq!(&snapshot.day, &viewer.day);
            prop_assert!(board.history().map(|record| &**record).eq(viewer.records.iter().rev()));
        }
    }
}

#[test]
fn who_misses_too_much_or_comes_from_another_board_is_sent_everything() {
    let mut board = Board::new();
    board.apply(queue("there", QueueEvent::Seen), Timestamp(0));
    let first = board.sequence();
    assert!(!board.since(first, 0).whole);
    assert!(board.since(0, 0).whole);
    assert!(
        board.since(first + 1, 0).whole,
        "a number of another board's"
    );
    for _ in 0..=MAX_GONE {
        for event in [QueueEvent::Seen, QueueEvent::Gone] {
            board.apply(queue("support", event), Timestamp(0));
        }
    }
    let delta = board.since(first, 0);
    assert!(delta.whole);
    assert_eq!((delta.queues.len(), delta.gone.len()), (1, 0));
    assert!(!board.since(board.sequence() - 1, 0).whole);
}

#[test]
fn a_delta_has_the_newest_records_only() {
    let board = of_three_callers(Limits::default());
    let ids = |after, most| -> Vec<_> {
        let delta = board.since(after, most);
        delta.records.iter().map(|(_, record)| record.id).collect()
    };
    assert_eq!(ids(0, 2), [2, 3]);
    let last = board.since(0, 9).records[1].0;
    assert_eq!(ids(last, 2), [3]);
}

#[test]
fn asterisks_counts_since_its_own_start_were_shown_as_todays_after_a_restart() {
    let mut board = Board::new();
    let counts = |board: &Board| {
        let counters = only_queue(board).counters;
        (counters.since.0, counters.answered, counters.abandoned)
    };
    play(
        &mut board,
        [
            (1, Event::Day(Timestamp(1))),
            (5, totals(400, 20)),
            (9, Event::Day(Timestamp(9))),
            (10, queue("support", waits("1", 10))),
            (11, queue("support", left("1", answered("amy")))),
            (12, queue("support", ended("1"))),
        ],
    );
    assert_eq!(counts(&board), (9, 1, 0));
    // The plugin is restarted, and Asterisk tells its counts anew.
    let mut board = kept(&board);
    board.apply(totals(401, 20), Timestamp(20));
    assert_eq!(counts(&board), (9, 1, 0));
    // Asterisk is set up no longer, and then again.
    board.apply(Event::Cleared(Source::Asterisk), Timestamp(30));
    assert_eq!(board.snapshot().queues, []);
    let mut board = kept(&board);
    play(
        &mut board,
        [
            (40, queue("support", QueueEvent::Seen)),
            (41, totals(403, 21)),
        ],
    );
    assert_eq!(counts(&board), (9, 3, 1));
    assert_eq!(only_queue(&board).tallies[0].talks, 1);
    // The day ends while it is gone.
    board.apply(Event::Cleared(Source::Asterisk), Timestamp(50));
    board.apply(Event::Day(Timestamp(60)), Timestamp(60));
    play(&mut board, [(70, totals(405, 21))]);
    assert_eq!(counts(&board), (60, 2, 0));
    assert_eq!(only_queue(&board).tallies, []);
}

#[test]
fn what_was_counted_of_a_queue_is_no_other_sources() {
    let mut board = Board::new();
    play(
        &mut board,
        [
            (1, queue("support", waits("1", 1))),
            (2, queue("support", left("1", answered("amy")))),
            (3, Event::Cleared(Source::Asterisk)),
            (4, queue_of(Source::Ovh, "support", QueueEvent::Seen)),
        ],
    );
    let counters = only_queue(&board).counters;
    assert_eq!((counters.since.0, counters.answered), (4, 0));
}

#[test]
fn somebody_who_is_erased_is_nobody_in_all_that_is_remembered() {
    use CallAction::{CallTerminated, IncomingCall};
    let mut board = Board::new();
    let named = |user: &str, action, id: &str, name: &str| match call(user, action, id) {
        Event::Line(report) => Event::Line(Report {
            peer: Some(Peer {
                name: Some(Arc::from(name)),
                ..Peer::new("124")
            }),
            ..report
        }),
        other => other,
    };
    play(
        &mut board,
        [
            (1, call("Bob", IncomingCall, "a")),
            (2, call("Bob", CallTerminated, "a")),
            (3, named("amy", IncomingCall, "b", "bob")),
            (4, named("amy", CallTerminated, "b", "bob")),
            (5, queue("support", waits("1", 5))),
            (6, queue("support", left("1", answered("bob")))),
            (7, queue("support", ended("1"))),
        ],
    );
    let number = board.sequence();
    let whom = Erased {
        names: vec![Arc::from("bob")],
        numbers: vec![Arc::from("0301")],
    };
    board.apply(Event::Erased(whom), Timestamp(9));
    let words = |board: &Board| {
        let state = serde_json::to_string(&board.state()).expect("words");
        let records = serde_json::to_string(&board.records(board.record_places()));
        (state + &records.expect("words")).to_lowercase()
    };
    let told = words(&board);
    assert!(!told.contains("bob") && !told.contains("0301"), "{told}");
    assert_eq!(board.history().count(), 3);
    assert!(board.history().all(|record| record.agent.is_none()));
    assert!(board.since(number, 9).whole, "viewers are sent all of it");
}

/// The line of somebody who was erased stood on the board until another one needed its place.
#[test]
fn the_line_of_somebody_who_is_erased_leaves_once_it_has_no_call() {
    use CallAction::{CallTerminated, IncomingCall};
    let mut board = Board::new();
    let dnd = |user: &str, action| match call(user, IncomingCall, "x") {
        Event::Line(report) => Event::Line(Report {
            action: Action::Phone(action),
            peer: None,
            reference: None,
            ..report
        }),
        other => other,
    };
    for (at, user) in [(1, "Bob"), (2, "0555"), (3, "bobby"), (4, "amy")] {
        board.apply(dnd(user, PhoneAction::DndOn), Timestamp(at));
    }
    board.apply(call("0555", IncomingCall, "a"), Timestamp(5));
    let whom = || Erased {
        names: vec![Arc::from("bob")],
        numbers: vec![Arc::from("0555")],
    };
    assert!(board.remembers(&whom()));
    let number = board.sequence();
    board.apply(Event::Erased(whom()), Timestamp(6));
    let lines = |board: &Board| {
        let lines = board.snapshot().lines.into_iter();
        lines.map(|line| line.user.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(lines(&board), ["0555", "amy", "bobby"], "one is in a call");
    let delta = board.since(number, 9);
    assert!(delta.whole && delta.gone.is_empty(), "{delta:?}");
    let mut board = kept(&board);
    let number = board.sequence();
    let ended = board.apply(call("0555", CallTerminated, "a"), Timestamp(9));
    assert_eq!(lines(&board), ["amy", "bobby"]);
    let dropped = ended
        .iter()
        .filter(|change| change.kind == ChangeKind::LineDropped);
    assert_eq!(dropped.count(), 1);
    let record = board.history().next().expect("a call");
    assert_eq!(record.line.as_deref(), Some(""));
    let delta = board.since(number, 9);
    assert!(delta.whole && delta.gone.is_empty(), "{delta:?}");
    let words = serde_json::to_string(&board.state()).expect("words");
    assert!(!words.contains("0555"), "{words}");
    assert!(!board.remembers(&whom()));
    // Whoever has that name next is somebody else.
    board.apply(dnd("0555", PhoneAction::DndOn), Timestamp(10));
    board.apply(dnd("amy", PhoneAction::DndOff), Timestamp(11));
    assert_eq!(lines(&board), ["0555", "amy", "bobby"]);
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
