//! A restart of the plugin: the board goes on, and the source begins with nothing.

use super::seeds::{RUNNING, status};
use super::*;
use crate::board::{
    Agent, AgentState, Departure, Ending, Peer, QueueEvent, QueueReport, Source, kept,
};

/// The plugin starts anew, with the board as it was stored.
fn restart(it: &mut Play) {
    it.board = kept(&it.board);
    it.state = State::new(view(""));
    let before = it.board.told_by(Source::Asterisk);
    it.act(|state, now| state.resume(before, now));
}

fn ids(it: &Play) -> Vec<u64> {
    let lines = it.board.snapshot().lines;
    let calls = lines.iter().flat_map(|line| &line.calls);
    calls.map(|call| call.id).collect()
}

#[test]
fn calls_that_go_on_over_a_restart_stay_what_they_were() {
    let [first, start, lists, rest] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&start);
    let before = (it.calls(), ids(&it), it.news.len());
    assert_eq!(before.0.len(), RUNNING.len());
    restart(&mut it);
    it.lists(&lists);
    // That 6002 holds is not in the lists.
    assert_eq!((ids(&it), it.news.len()), (before.1, before.2));
    assert_eq!(it.board.history().count(), 0, "none of them ended");
    it.all(&rest);
    it.nothing_is_left("calls over a restart");
    // One for each line's call, and none twice.
    assert_eq!(it.board.history().count(), RUNNING.len());
}

#[test]
fn calls_that_ended_while_nobody_looked_are_over_without_a_talk() {
    let [first, start, ..] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&start);
    let lines = it.board.snapshot().lines.len();
    restart(&mut it);
    it.lists(&first);
    it.nothing_is_left("calls that ended meanwhile");
    assert_eq!(it.board.snapshot().lines.len(), lines);
    let records: Vec<_> = it.board.history().collect();
    assert_eq!(records.len(), RUNNING.len());
    assert!(records.iter().all(|record| record.talk.is_none()
        && matches!(record.ending, Ending::Answered | Ending::Unknown)));
}

#[test]
fn calls_end_after_a_while_where_asterisk_is_not_there_after_a_restart() {
    let [first, start, ..] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&start);
    restart(&mut it);
    it.now = it.now.after(UNVERIFIED_LIMIT - 1_000);
    it.act(State::expire);
    assert_eq!(it.calls().len(), RUNNING.len());
    it.now = it.now.after(1_000);
    it.act(State::expire);
    it.nothing_is_left("an Asterisk that is gone");
}

#[test]
fn what_a_queue_lost_over_a_restart_leaves_it_once() {
    let mut it = Play::new("");
    let told = |queue: &str, event| {
        Event::Queue(QueueReport {
            source: Source::Asterisk,
            queue: queue.into(),
            event,
        })
    };
    let waits = |caller: &str| QueueEvent::Waits {
        caller: caller.into(),
        peer: Some(Peer::new("0301")),
        dialed: None,
        own_number: None,
        since: Timestamp(1_900_000_000_000),
    };
    let agent = Agent {
        interface: "PJSIP/9".into(),
        name: "zoe".into(),
        state: AgentState::Free,
        paused: false,
        reason: None,
        since: Timestamp(0),
        calls: 0,
    };
    let answered = Departure::Answered {
        agent: Some("zoe".into()),
    };
    for event in [
        told("sales", waits("1")),
        told("sales", waits("2")),
        told("sales", QueueEvent::Agent(agent)),
        told(
            "sales",
            QueueEvent::Left {
                caller: "2".into(),
                how: answered,
            },
        ),
        told("gone", QueueEvent::Seen),
    ] {
        it.board.apply(event, it.now);
    }
    restart(&mut it);
    it.lists(&[
        event("Event: QueueParams\nQueue: sales\nCompleted: 1\nAbandoned: 0"),
        event("Event: QueueStatusComplete"),
    ]);
    let queues = it.board.snapshot().queues;
    assert_eq!(queues.len(), 1, "{queues:?}");
    let sales = &queues[0];
    assert!(sales.waiting.is_empty() && sales.talking.is_empty() && sales.agents.is_empty());
    assert_eq!((sales.counters.answered, sales.counters.elsewhere), (1, 1));
    let mut endings: Vec<_> = it.board.history().map(|record| record.ending).collect();
    endings.sort_by_key(|ending| format!("{ending:?}"));
    assert_eq!(endings, [Ending::Answered, Ending::Elsewhere]);
    it.lists(&[
        event("Event: QueueParams\nQueue: sales\nCompleted: 1\nAbandoned: 0"),
        event("Event: QueueStatusComplete"),
    ]);
    assert_eq!(it.board.history().count(), 2);
}
