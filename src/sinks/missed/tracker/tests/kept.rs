//! Queues' calls, and what is kept of calls that nobody decided yet.

use super::*;

#[test]
fn a_queues_call_is_the_queues() {
    use Told::Queue;
    let answered = || Departure::Answered { agent: None };
    let rings = |then: Departure| {
        vec![
            (0, Queue("support", waits("123"))),
            (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
            (100, Asterisk("eve", "incoming-call", "123", "L1/support")),
            (15_000, Asterisk("bob", "missed-call", "123", "L1/support")),
            (15_000, Asterisk("eve", "missed-call", "123", "L1/support")),
            (
                20_000,
                Asterisk("bob", "incoming-call", "123", "L1'/support"),
            ),
            (35_000, Asterisk("bob", "missed-call", "123", "L1'/support")),
            (70_000, Queue("support", leaves(then))),
        ]
    };
    let agents = &["bob<123/support", "eve<123/support"][..];
    for (setting, then, expected) in [
        ("", Departure::Abandoned, &[][..]),
        ("support: none\n*: agents", Departure::Abandoned, &[]),
        ("support: ~helpdesk", Departure::Abandoned, &["support!123"]),
        ("*: @alice", Departure::Abandoned, &["support!123"]),
        ("Support: agents", Departure::Abandoned, agents),
        ("support: agents", answered(), &[]),
        ("support: ~helpdesk", answered(), &[]),
        ("support: @alice", Departure::Elsewhere, &[]),
        ("support: agents", Departure::Elsewhere, agents),
    ] {
        let mut missed = missed(setting, &rings(then.clone()));
        missed.sort();
        assert_eq!(missed, expected, "{setting} {then:?}");
    }
    // Not before the caller left.
    let still_waits = &rings(Departure::Abandoned)[..7];
    let (mut board, mut tracker) = (Board::new(), Tracker::default());
    let queues = QueueMissedCalls::parse("*: agents").0;
    for told in still_waits {
        tell(&mut board, &mut tracker, told, &queues);
    }
    assert_eq!(tracker.decide(Timestamp(START + 69_999)), []);
}

#[test]
fn an_orderly_stop_told_of_calls_that_still_rang_or_waited() {
    use Told::Queue;
    let rang = (15_000, Asterisk("bob", "missed-call", "123", "L1/support"));
    for (what, told, expected) in [
        (
            "the caller waits",
            vec![
                (0, Queue("support", waits("123"))),
                (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
                rang.clone(),
            ],
            &[][..],
        ),
        (
            "it rings elsewhere",
            vec![
                (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
                rang.clone(),
                (15_100, Asterisk("eve", "incoming-call", "123", "L1")),
            ],
            &[],
        ),
        (
            "the caller is gone",
            vec![
                (0, Queue("support", waits("123"))),
                (100, Asterisk("bob", "incoming-call", "123", "L1/support")),
                rang,
                (15_100, Queue("support", leaves(Departure::Abandoned))),
            ],
            &["bob<123/support"],
        ),
    ] {
        let (mut board, mut tracker) = (Board::new(), Tracker::default());
        let queues = QueueMissedCalls::parse("*: agents").0;
        for told in &told {
            tell(&mut board, &mut tracker, told, &queues);
        }
        let now = Timestamp(START + 15_200);
        assert_eq!(shown(&tracker.decide_all(now)), expected, "{what}");
        assert!(tracker.is_idle(), "{what}");
    }
}

/// Nothing is ever to be decided of them.
#[test]
fn calls_that_only_went_out_were_remembered_for_ever() {
    let mut tracker = Tracker::default();
    for minute in 0..100 {
        for reach in [Reach::Dialled, Reach::Answered] {
            let outside = Outside {
                linked: format!("L{minute}").into(),
                channel: "trunk".into(),
                reach,
            };
            tracker.outside(&outside, Timestamp(START + minute * 60_000));
        }
    }
    // Those of the last ten minutes.
    assert_eq!(tracker.wholes.len(), 11);
}

#[test]
fn memory_is_bounded() {
    let (mut board, mut tracker) = (Board::new(), Tracker::default());
    let queues = QueueMissedCalls::default();
    let beyond = 100;
    for n in 0..MAX_UNDECIDED + beyond {
        let told = event(&Phone("bob", "missed-call", ""));
        let Event::Line(mut report) = told else {
            unreachable!("phones tell of lines");
        };
        report.peer = peer(&format!("{n}"));
        for change in board.apply(report, Timestamp(START)) {
            tracker.apply(&change, &queues);
        }
    }
    assert_eq!(tracker.undecided.len(), MAX_UNDECIDED);
    assert_eq!(tracker.dropped, beyond as u64);
    // They are decided bit by bit.
    let now = Timestamp(START + DECISION_WAIT);
    let mut decided = 0;
    while tracker.next().is_some_and(|next| next <= now) {
        let news = tracker.decide(now).len();
        assert!((1..=DECIDED_AT_ONCE).contains(&news));
        decided += news;
    }
    assert_eq!(decided, MAX_UNDECIDED);

    for n in 0..MAX_ANSWERS as u64 + 9 {
        for action in ["incoming-call", "call-established", "call-terminated"] {
            let line = event(&Asterisk("eve", action, "1", "x"));
            let Event::Line(mut report) = line else {
                unreachable!("phones tell of lines");
            };
            (report.linked, report.reference) =
                (Some(format!("w{n}").into()), Some(format!("r{n}").into()));
            for change in board.apply(report, Timestamp(START + 10_000 + n)) {
                tracker.apply(&change, &queues);
            }
        }
    }
    assert_eq!(tracker.answers.len(), MAX_ANSWERS);
    tracker.decide(Timestamp(START + 2 * 3_600_000));
    assert_eq!(tracker.answers.len(), 0);
    assert_eq!(tracker.wholes.len(), 0);
}
