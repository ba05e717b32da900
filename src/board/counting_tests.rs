//! What is counted and remembered, and what viewers are sent of it.

mod counted;
mod deltas;
mod erased;
mod remembered;

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
        own_number: None,
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
        own_number: None,
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
