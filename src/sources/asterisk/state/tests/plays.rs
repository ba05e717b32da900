//! Calls between phones, by the line.

use super::*;

/// A play's name, and what each line shows in its course, as it follows from what was played.
type Expected = (&'static str, &'static [(&'static str, &'static str)]);

const PLAYS: &[Expected] = &[
    // 6001 calls 6002, who answers and hangs up.
    (
        "plain-call",
        &[
            ("6001", ">6002 ringing, >6002 talking, >6002 ends"),
            ("6002", "<6001 ringing, <6001 talking, <6001 ends"),
        ],
    ),
    // 6001 calls 6002, who refuses: that is not missed.
    (
        "plain-call-busy",
        &[
            ("6001", ">6002 ringing, >6002 ends"),
            ("6002", "<6001 ringing, <6001 is refused"),
        ],
    ),
    // 6001 calls 6002 and gives up while it rings.
    (
        "plain-call-given-up",
        &[
            ("6001", ">6002 ringing, >6002 ends"),
            ("6002", "<6001 ringing, <6001 is missed"),
        ],
    ),
    // 6001 calls 6002, holds, takes back; 6002 does the same.
    (
        "hold",
        &[
            (
                "6001",
                ">6002 ringing, >6002 talking, >6002 held, >6002 talking, >6002 ends",
            ),
            (
                "6002",
                "<6001 ringing, <6001 talking, <6001 held, <6001 talking, <6001 ends",
            ),
        ],
    ),
    // 6001 calls 6002, who sends the call on to 6003.
    (
        "blind-transfer",
        &[
            (
                "6001",
                ">6002 ringing, >6002 talking, >6003 talking, >6003 ends",
            ),
            ("6002", "<6001 ringing, <6001 talking, <6001 ends"),
            ("6003", "<6001 ringing, <6001 talking, <6001 ends"),
        ],
    ),
    // 6001 calls 6002, who holds (which Asterisk takes back) and sends the call on to 6003; 6001 hangs up while that rings.
    (
        "blind-transfer-given-up",
        &[
            (
                "6001",
                ">6002 ringing, >6002 talking, >6003 talking, >6003 ends",
            ),
            (
                "6002",
                "<6001 ringing, <6001 talking, <6001 held, <6001 talking, <6001 ends",
            ),
            ("6003", "<6001 ringing, <6001 is missed"),
        ],
    ),
    // 6001 calls 6002, and sends it on to 6003: the one who was called goes on.
    (
        "transfer-by-caller",
        &[
            ("6001", ">6002 ringing, >6002 talking, >6002 ends"),
            (
                "6002",
                "<6001 ringing, <6001 talking, <6003 talking, <6003 ends",
            ),
            ("6003", "<6002 ringing, <6002 talking, <6002 ends"),
        ],
    ),
    // 6001 calls 6002, who asks 6003 first and joins them (Asterisk takes the hold back).
    (
        "attended-transfer",
        &[
            (
                "6001",
                ">6002 ringing, >6002 talking, >6003 talking, >6003 ends",
            ),
            (
                "6002",
                "<6001 ringing, <6001 talking, <6001 held, >6003 ringing, >6003 talking, <6001 talking, <6001 ends, >6003 ends",
            ),
            (
                "6003",
                "<6002 ringing, <6002 talking, <6001 talking, <6001 ends",
            ),
        ],
    ),
    // 6001 calls 6002; 6003 takes it.
    (
        "pickup-group",
        &[
            (
                "6001",
                ">6002 ringing, >6003 ringing, >6003 talking, >6003 ends",
            ),
            ("6002", "<6001 ringing, <6001 is answered elsewhere"),
            (
                "6003",
                ">*8 ringing, >6001 ringing, >6001 talking, >6001 ends",
            ),
        ],
    ),
    (
        "pickup-directed",
        &[
            (
                "6001",
                ">6002 ringing, >6003 ringing, >6003 talking, >6003 ends",
            ),
            ("6002", "<6001 ringing, <6001 is answered elsewhere"),
            (
                "6003",
                ">**6002 ringing, >6001 ringing, >6001 talking, >6001 ends",
            ),
        ],
    ),
    // 6001 calls 6100: 6002 and 6003 ring, 6003 answers.
    (
        "ring-group",
        &[
            (
                "6001",
                ">6100 ringing, >6003 ringing, >6003 talking, >6003 ends",
            ),
            ("6002", "<6001 ringing, <6001 is answered elsewhere"),
            ("6003", "<6001 ringing, <6001 talking, <6001 ends"),
        ],
    ),
    // 6001 calls 6200, which is forwarded to 6003.
    (
        "call-forward",
        &[
            (
                "6001",
                ">6200 ringing, >6003 ringing, >6003 talking, >6003 ends",
            ),
            ("6003", "<6001 ringing, <6001 talking, <6001 ends"),
        ],
    ),
    // 6001 talks with 6002 when 6002 rings a second time, by somebody's order to call 291.
    (
        "call-waiting",
        &[
            ("6001", ">6002 ringing, >6002 talking, >6002 ends"),
            (
                "6002",
                "<6001 ringing, <6001 talking, <291 ringing, <291 is missed, <6001 ends",
            ),
        ],
    ),
    // 0240404040 calls 6001 through the trunk, which is no line.
    (
        "trunk-inbound",
        &[(
            "6001",
            "<0240404040 ringing, <0240404040 talking, <0240404040 ends",
        )],
    ),
    // 6001 calls the queue, which answers at once and plays music; 6004 and 6005 ring through Local channels, 6004 answers.
    (
        "queue-answered",
        &[
            (
                "6001",
                ">7000 ringing, >7000 talking, >6004 talking, >6004 ends",
            ),
            ("6004", "<6001 ringing, <6001 talking, <6001 ends"),
            ("6005", "<6001 ringing, <6001 is answered elsewhere"),
        ],
    ),
    // An outside caller waits while 6004 and 6005 ring, and hangs up.
    (
        "queue-abandoned",
        &[
            ("6004", "<0240404040 ringing, <0240404040 is missed"),
            ("6005", "<0240404040 ringing, <0240404040 is missed"),
        ],
    ),
    // The agent declines once, then answers.
    (
        "queue-agent-declines",
        &[
            (
                "6001",
                ">7001 ringing, >7001 talking, >6003 talking, >6003 ends",
            ),
            (
                "6003",
                "<6001 ringing, <6001 is refused, <6001 ringing, <6001 talking, <6001 ends",
            ),
        ],
    ),
    // 6002 dials *76 to switch do not disturb on; 6001 calls it and is told busy; 6002 switches it off.
    (
        "dnd",
        &[
            ("6001", ">6002 ringing, >6002 ends"),
            (
                "6002",
                ">*76 ringing, >*76 talking, >*76 ends, >*76 ringing, >*76 talking, >*76 ends",
            ),
        ],
    ),
    // Asterisk restarts while 6001 talks with 6002, and hangs up before it goes.
    (
        "restart-mid-call",
        &[
            ("6001", ">6002 ringing, >6002 talking, >6002 ends"),
            ("6002", "<6001 ringing, <6001 talking, <6001 ends"),
        ],
    ),
    // Orders of others: nobody here knows who gave them, so they come in at the phone.
    (
        "originate-channel-id",
        &[
            ("6001", "<6002 ringing, <6002 talking, <6002 ends"),
            ("6002", "<6001 ringing, <6001 talking, <6001 ends"),
        ],
    ),
    (
        "own-declines",
        &[("6001", "<6002 ringing, <6002 is refused")],
    ),
    (
        "own-no-answer",
        &[("6001", "<6002 ringing, <6002 is missed")],
    ),
    ("own-unregistered", &[]),
    ("message-delivered", &[]),
];

#[test]
fn lines_show_what_was_played() {
    for (play, expected) in PLAYS {
        let seen = Play::recording(play);
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, says)| (*line, (*says).to_owned()))
            .collect();
        assert_eq!(seen.shown(), expected, "{play}");
        seen.nothing_is_left(play);
    }
}

#[test]
fn an_account_that_sees_everything_sees_the_same() {
    for (play, _) in PLAYS {
        let path = format!(
            "{}/tests/asterisk/recordings/{play}.ami",
            env!("CARGO_MANIFEST_DIR")
        );
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        let mut seen = Play::new("");
        seen.seed(&crate::sources::asterisk::state::queues::tests::messages(
            &bytes,
        ));
        assert_eq!(seen.shown(), Play::recording(play).shown(), "{play}");
    }
}

#[test]
fn each_step_is_news_once() {
    let play = Play::recording("plain-call");
    let mut news = play.news;
    news.sort();
    assert_eq!(
        news,
        [
            "6001 call-established",
            "6001 call-terminated",
            "6001 outgoing-call",
            "6002 call-established",
            "6002 call-terminated",
            "6002 incoming-call",
        ]
    );
}

/// What a queue rings is known to be the queue's, and one call however many phones ring for it, one after the other or at once.
#[test]
fn an_agents_call_tells_its_queue_and_what_belongs_together() {
    for (play, agents) in [
        ("queue-answered", 1),
        ("queue-agent-declines", 1),
        ("queue-abandoned", 1),
    ] {
        let it = Play::recording(play);
        let mut agents_called = 0;
        let mut linked = std::collections::BTreeSet::new();
        for change in &it.changes {
            let ChangeKind::CallBegan(call) = &change.kind else {
                continue;
            };
            assert!(call.linked.is_some(), "{play}: {call:?}");
            let from_queue = call.direction == Direction::Incoming;
            let queue = call.queue.as_deref();
            assert_eq!(queue.is_some(), from_queue, "{play}: {call:?}");
            if from_queue {
                agents_called += 1;
            }
            linked.extend(call.linked.clone());
        }
        assert!(agents_called >= agents, "{play}: {agents_called}");
        assert_eq!(linked.len(), 1, "{play}: {linked:?}");
    }
    let it = Play::recording("ring-group");
    for change in &it.changes {
        if let ChangeKind::CallBegan(call) = &change.kind {
            assert_eq!(call.queue, None);
        }
    }
}
