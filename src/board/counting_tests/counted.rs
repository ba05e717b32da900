//! What is counted, and when that begins anew.

use super::*;

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
