//! Whatever Asterisk tells.

use super::*;

#[test]
fn memory_is_bounded_whatever_comes() {
    let mut play = Queues::default();
    let (lines, now) = (view(""), Timestamp(1));
    let mut out = Vec::new();
    let long = "x".repeat(MAX_ID_BYTES + 1);
    for n in 0..MAX_AGENTS + 100 {
        let (queue, id) = (format!("queue {}", n % (MAX_QUEUES + 1)), n.to_string());
        let headers = [("Queue", &*queue), ("Uniqueid", &*id), ("Interface", &*id)];
        play.message(&made("QueueCallerJoin", &headers), &lines, now, &mut out);
        play.message(&made("QueueMemberAdded", &headers), &lines, now, &mut out);
        out.clear();
    }
    for headers in [
        [("Queue", &*long), ("Uniqueid", "1"), ("Interface", "1")],
        [
            ("Queue", "queue 1"),
            ("Uniqueid", &*long),
            ("Interface", &*long),
        ],
    ] {
        play.message(&made("QueueCallerJoin", &headers), &lines, now, &mut out);
        play.message(&made("QueueMemberAdded", &headers), &lines, now, &mut out);
    }
    assert_eq!(out, []);
    let callers = play
        .queues
        .values()
        .map(|queue| queue.callers.len())
        .sum::<usize>();
    let members = play
        .queues
        .values()
        .map(|queue| queue.members.len())
        .sum::<usize>();
    assert_eq!(
        (play.len(), callers, members),
        (MAX_QUEUES, MAX_WAITING, MAX_AGENTS)
    );
    assert_eq!((play.callers, play.members), (callers, members));
    assert!(play.beyond_limits() > 0);
    play.begin_seed();
    let most = u64::MAX.to_string();
    let headers = [("Queue", "queue 1"), ("Completed", &most), ("Wait", &most)];
    play.message(&made("QueueParams", &headers), &lines, now, &mut out);
    let headers = [("Queue", "queue 1"), ("Location", "1"), ("InCall", "1")];
    play.message(&made("QueueMember", &headers), &lines, now, &mut out);
    let headers = [("Queue", "queue 1"), ("Uniqueid", "1"), ("Wait", &most)];
    play.message(&made("QueueEntry", &headers), &lines, now, &mut out);
    play.end_seed(true, now, &mut out);
    let headers = [("Queue", "queue 1"), ("Uniqueid", "1"), ("Interface", "1")];
    play.message(&made("AgentConnect", &headers), &lines, now, &mut out);
    assert_eq!((play.len(), play.callers, play.members), (1, 0, 1));
    assert_eq!(play.queues["queue 1"].answered, u64::MAX);
}

fn any_message() -> impl Strategy<Value = RawAmiMessage> {
    let events = vec![
        "QueueCallerJoin",
        "QueueEntry",
        "QueueCallerLeave",
        "QueueCallerAbandon",
        "AgentCalled",
        "AgentConnect",
        "AgentRingNoAnswer",
        "AgentComplete",
        "QueueMember",
        "QueueMemberAdded",
        "QueueMemberStatus",
        "QueueMemberPause",
        "QueueMemberRemoved",
        "QueueParams",
        "QueueStatusComplete",
        "Hangup",
    ];
    let headers = ("[a-b]", "[1-3]", "PJSIP/[1-3]", "[0-9]{0,2}", "(0|1|x)");
    (proptest::sample::select(events), headers).prop_map(
        |(event, (queue, caller, interface, status, flag))| {
            made(
                event,
                &[
                    ("Queue", &queue),
                    ("Uniqueid", &caller),
                    ("Interface", &interface),
                    ("Status", &status),
                    ("Paused", &flag),
                    ("InCall", &flag),
                    ("Completed", &status),
                    ("Abandoned", &flag),
                    ("Wait", &status),
                    ("CallerIDNum", &status),
                ],
            )
        },
    )
}

proptest! {
    /// Whatever comes, in whatever order: the board and the follower agree, and after a list that tells of nothing all is empty.
    #[test]
    fn the_board_is_never_left_behind(steps in proptest::collection::vec((any_message(), 0..900u64), 0..60)) {
        let mut play = Play::new("");
        for (message, later) in steps {
            play.message(&message);
            play.wait(later);
            let queues = play.board.snapshot().queues;
            prop_assert_eq!(queues.len(), play.queues.len());
            for queue in queues {
                let own = &play.queues.queues[&queue.name];
                prop_assert_eq!(queue.waiting.len(), own.callers.len());
                prop_assert_eq!(queue.agents.len(), own.members.len());
                prop_assert_eq!((queue.counters.answered, queue.counters.abandoned), (own.answered, own.abandoned));
            }
        }
        play.begin_seed();
        play.end_seed(true);
        prop_assert_eq!(play.board.snapshot().queues, []);
        prop_assert_eq!((play.queues.callers, play.queues.members), (0, 0));
    }
}
