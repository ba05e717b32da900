//! The lists that Asterisk tells at the beginning, or after a lost link.

use super::*;

#[test]
fn a_list_tells_since_when() {
    let mut play = Play::new("");
    let pause = play.now.0 / 1000 - 600;
    let pause = pause.to_string();
    seed(
        &mut play,
        &["1.1"],
        &[
            ("Status", "1"),
            ("Paused", "1"),
            ("LastPause", &pause),
            ("InCall", "0"),
        ],
    );
    let queue = &play.board.snapshot().queues[0];
    assert_eq!(queue.waiting[0].since, Timestamp(play.now.0 - 90_000));
    assert_eq!(queue.agents[0].since, Timestamp(play.now.0 - 600_000));
    assert_eq!((queue.counters.answered, queue.counters.abandoned), (7, 3));
}

/// Asterisk counts a call when it is over, the board when it is answered.
#[test]
fn who_talks_while_lists_come_was_answered() {
    let mut play = Play::new("");
    seed(
        &mut play,
        &[],
        &[("Status", "1"), ("Paused", "0"), ("InCall", "1")],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora talking, 8 answered, 3 abandoned"
    );
    play.event("AgentComplete", &[SUPPORT, DORA, ("Uniqueid", "1.1")]);
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free, 8 answered, 3 abandoned"
    );
}

#[test]
fn after_a_lost_link_the_lists_tell_what_is_left() {
    let mut play = waiting();
    let joined = play.now;
    join(&mut play, "1.2", "125");
    play.event(
        "QueueCallerJoin",
        &[("Queue", "sales"), ("Uniqueid", "1.3")],
    );
    play.event(
        "QueueMemberAdded",
        &[SUPPORT, ("Interface", "PJSIP/6005"), ("Status", "1")],
    );
    play.wait(10_000);
    play.act(|queues, _, now, out| queues.lost(now, out));
    assert_eq!(
        play.looks("support"),
        "124 125 waits; 6005 unknown, Dora unknown, 0 answered, 0 abandoned"
    );
    play.wait(10_000);
    seed(
        &mut play,
        &["1.1"],
        &[("Status", "1"), ("Paused", "0"), ("InCall", "0")],
    );
    assert_eq!(
        play.looks("support"),
        "124 waits; Dora free, 7 answered, 3 abandoned"
    );
    let queues = play.board.snapshot().queues;
    assert_eq!(queues.len(), 1, "sales is no longer there");
    assert_eq!(queues[0].waiting[0].since, joined, "no wait begins anew");
    assert_eq!(
        play.agent(DORA.1).since,
        joined,
        "nor does what is as it was"
    );
    assert_eq!(
        play.departures(),
        [Departure::Elsewhere, Departure::Elsewhere]
    );
}

#[test]
fn a_list_that_did_not_come_whole_ends_nothing() {
    let mut play = waiting();
    play.begin_seed();
    play.event(
        "QueueParams",
        &[("Queue", "sales"), ("Completed", "1"), ("Abandoned", "0")],
    );
    play.end_seed(false);
    assert_eq!(
        play.looks("support"),
        "124 waits; Dora free, 0 answered, 0 abandoned"
    );
    assert_eq!(play.looks("sales"), "nobody waits; 1 answered, 0 abandoned");
}

#[test]
fn what_happens_before_a_list_comes_is_kept() {
    let mut play = waiting();
    play.begin_seed();
    play.event("QueueMemberStatus", &[SUPPORT, DORA, ("Status", "2")]);
    join(&mut play, "1.2", "125");
    play.end_seed(true);
    assert_eq!(
        play.looks("support"),
        "125 waits; Dora talking, 0 answered, 0 abandoned"
    );
}

#[test]
fn people_are_named_anew_when_numbers_are() {
    let mut play = waiting();
    play.view = view("6004:dora.d,124:jean");
    play.act(|queues, view, now, out| queues.rename(view, now, out));
    assert_eq!(
        play.looks("support"),
        "jean waits; dora.d free, 0 answered, 0 abandoned"
    );
    play.act(|queues, _, _, out| queues.clear(out));
    assert_eq!(play.board.snapshot().queues, []);
    assert_eq!(play.queues.len(), 0);
}
