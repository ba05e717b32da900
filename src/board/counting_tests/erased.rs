//! What is left of somebody who was erased: nothing.

use super::*;

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
