//! Calls as a real Asterisk told of them.

use super::*;

macro_rules! recording {
    ($name:literal) => {
        include_bytes!(concat!(
            "../../../../../../tests/asterisk/recordings/least/",
            $name,
            ".ami"
        ))
    };
}

#[test]
fn a_call_is_answered_by_one_of_two_who_ring() {
    let play = Play::new("").recording(recording!("queue-answered"));
    assert_came(
        &play.seen["support"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "nobody waits; Dora free, Emil free, 0 answered, 0 abandoned",
            "6001 waits; Dora free, Emil free, 0 answered, 0 abandoned",
            "6001 waits; Dora ringing, Emil ringing, 0 answered, 0 abandoned",
            "nobody waits; Dora talking, Emil free, 1 answered, 0 abandoned",
            "nobody waits; Dora free, Emil free, 1 answered, 0 abandoned",
        ],
    );
    assert_eq!(play.departures(), [answered("Dora")]);
    let call = play.board.history().next().expect("a call");
    assert_eq!(call.agent.as_deref(), Some("Dora"));
    assert!(call.talk.is_some(), "{call:?}");
    assert_eq!(play.board.snapshot().queues[1].talking, []);
    assert_eq!(play.agent("Local/6004@from-queue/n").calls, 1);
    assert_eq!(
        play.looks("sales"),
        "nobody waits; Carol unreachable, 0 answered, 0 abandoned"
    );
}

#[test]
fn a_caller_gives_up() {
    let play = Play::new("6001:alice,0240404040:jean").recording(recording!("queue-abandoned"));
    let call = play.board.history().next().expect("a call");
    assert_eq!((call.ending, call.talk), (Ending::Abandoned, None));
    assert_came(
        &play.seen["support"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "jean waits; Dora free, Emil free, 0 answered, 0 abandoned",
            "jean waits; Dora ringing, Emil ringing, 0 answered, 0 abandoned",
            "nobody waits; Dora free, Emil free, 0 answered, 1 abandoned",
        ],
    );
    assert_eq!(play.departures(), [Departure::Abandoned]);
}

#[test]
fn an_agent_declines_and_answers_the_second_time() {
    let play = Play::new("6003:carol,6001:alice").recording(recording!("queue-agent-declines"));
    assert_came(
        &play.seen["sales"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "alice waits; carol free, 0 answered, 0 abandoned",
            "alice waits; carol ringing, 0 answered, 0 abandoned",
            "alice waits; carol free, 0 answered, 0 abandoned",
            "alice waits; carol ringing, 0 answered, 0 abandoned",
            "nobody waits; carol talking, 1 answered, 0 abandoned",
            "nobody waits; carol free, 1 answered, 0 abandoned",
        ],
    );
    assert_eq!(play.departures(), [answered("carol")]);
}

#[test]
fn an_agent_whose_phone_is_the_member_answers() {
    let play = Play::new("").recording(recording!("queue-direct-member"));
    assert_came(
        &play.seen["sales"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "6001 waits; Carol ringing, 0 answered, 0 abandoned",
            "nobody waits; Carol talking, 1 answered, 0 abandoned",
        ],
    );
}

#[test]
fn members_pause_come_and_go() {
    let play = Play::new("6004:dora").recording(recording!("queue-members"));
    assert_came(
        &play.seen["support"],
        &[
            "nobody waits; 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free paused (Lunch, back soon), 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Alice free, Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Alice free paused (-), Emil unreachable, dora free, 0 answered, 0 abandoned",
            "nobody waits; Emil unreachable, dora free, 0 answered, 0 abandoned",
        ],
    );
    let found = play.queues.interfaces("6004");
    assert_eq!(
        found,
        [(Arc::from("support"), Arc::from("Local/6004@from-queue/n"))]
    );
    assert_eq!(play.queues.interfaces("6001"), []);
}

/// Who sees everything gets many more events; none of them means anything else.
#[test]
fn the_rights_of_the_account_change_nothing() {
    for (least, all) in [
        (
            &recording!("queue-answered")[..],
            &include_bytes!("../../../../../../tests/asterisk/recordings/queue-answered.ami")[..],
        ),
        (
            recording!("queue-agent-declines"),
            include_bytes!("../../../../../../tests/asterisk/recordings/queue-agent-declines.ami"),
        ),
    ] {
        let (least, all) = (Play::new("").recording(least), Play::new("").recording(all));
        let counts = |play: &Play| {
            let queues = play.board.snapshot().queues.into_iter();
            queues
                .map(|queue| (queue.name, queue.counters.answered))
                .collect::<Vec<_>>()
        };
        assert_eq!(counts(&least), counts(&all));
        assert_eq!(least.departures(), all.departures());
    }
}
