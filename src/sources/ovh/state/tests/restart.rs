//! A restart of the plugin: the board goes on, and the source begins with nothing.

use super::*;
use crate::board::{AgentState, CallState, Ending, Source, kept};

/// The plugin starts anew, with the board as it was stored.
fn restart(play: &mut Play) {
    let numbers = "0033912312301:bob, 0912312302:alice, +33 9 12 31 23 99:support";
    play.board = kept(&play.board);
    play.state = State::default();
    play.number(numbers);
    let before = play.board.told_by(Source::Ovh);
    play.state.resume(before, play.now);
    play.flush();
}

fn ids(play: &Play) -> Vec<u64> {
    let lines = play.view().lines;
    let calls = lines.iter().flat_map(|line| &line.calls);
    calls.map(|call| call.id).collect()
}

#[test]
fn calls_that_go_on_over_a_restart_are_the_same_calls() {
    let mut play = Play::new();
    let (rings, talks) = (
        bob().call(CALLER, "a-1"),
        alice().call("0033611111111", "a-2"),
    );
    // Four callers, each with a number of their own.
    let (waits, talked) = (
        support().caller("0033655555555", "m-1"),
        support().caller("0033687654321", "m-2"),
    );
    play.one_by_one([
        rings.start_ringing(),
        talks.start_ringing(),
        talks.start_calling(),
        talked.start(1),
        talked.offering(&alice()),
        talked.bridge_start(&alice()),
        waits.start(1),
    ]);
    let before = (ids(&play), play.queue("support"));
    restart(&mut play);
    assert_eq!((ids(&play), play.queue("support")), before);
    play.changes.clear();
    play.pass(5_000);
    assert_eq!(play.changes, [], "nothing happened");

    play.one_by_one([
        rings.start_calling(),
        waits.offering(&desk()),
        waits.bridge_start(&desk()),
    ]);
    assert_eq!(play.line("bob").calls[0].state, CallState::Talking);
    assert_eq!(ids(&play), before.0);
    let queue = play.queue("support");
    assert_eq!((queue.waiting.len(), queue.talking.len()), (0, 2));
    assert_eq!(queue.counters.answered, 2);
    play.one_by_one([
        rings.end_calling(),
        talks.end_calling(),
        waits.bridge_end(&desk()),
        talked.bridge_end(&alice()),
        waits.terminated(),
        talked.terminated(),
    ]);
    play.pass(10_000);
    assert_eq!(ids(&play), [0; 0]);
    let queue = play.queue("support");
    assert_eq!((queue.waiting.len(), queue.talking.len()), (0, 0));
    assert_eq!((queue.counters.answered, queue.counters.abandoned), (2, 0));
    assert!(
        queue
            .agents
            .iter()
            .all(|agent| agent.state == AgentState::Free)
    );
    let records = play.records();
    assert_eq!(records.len(), 4, "each of them once");
    assert!(
        records
            .iter()
            .all(|record| record.ending == Ending::Answered && record.talk.is_some())
    );
}

#[test]
fn what_nobody_tells_of_after_a_restart_leaves_the_board_in_time() {
    let mut play = Play::new();
    let (rings, talks) = (bob().call(CALLER, "a-1"), alice().call(CALLER, "a-2"));
    let (waits, talked) = (
        support().caller(CALLER, "m-1"),
        support().caller(CALLER, "m-2"),
    );
    play.one_by_one([
        rings.start_ringing(),
        talks.start_ringing(),
        talks.start_calling(),
        talked.start(1),
        talked.bridge_start(&alice()),
        waits.start(1),
    ]);
    restart(&mut play);
    play.pass(DOUBT_RINGING + 1_000);
    let queue = play.queue("support");
    assert_eq!((queue.waiting.len(), queue.talking.len()), (0, 1));
    assert_eq!(play.line("bob").calls, []);
    assert_eq!(play.line("alice").calls.len(), 1);
    play.pass(DOUBT_TALKING);
    assert_eq!(
        (ids(&play), play.queue("support").talking),
        (vec![], vec![])
    );
    // Nobody saw how they ended, so no length is made up, and nobody was lost.
    let queue = play.queue("support");
    assert_eq!((queue.counters.answered, queue.counters.abandoned), (1, 0));
    assert!(play.records().iter().all(|record| record.talk.is_none()));
}

#[test]
fn what_was_told_since_is_known_better_than_what_was_before() {
    let mut play = Play::new();
    let call = bob().call(CALLER, "a-1");
    play.one_by_one([call.start_ringing()]);
    let before = play.board.told_by(Source::Ovh);
    play.one_by_one([call.start_calling()]);
    play.state.resume(before, play.now);
    play.one_by_one([call.end_calling()]);
    let records = play.records();
    assert_eq!((records.len(), records[0].ending), (1, Ending::Answered));
    assert!(records[0].talk.is_some());
}
