//! Calls that several phones ring for.

use super::*;

#[test]
fn a_colleague_who_picks_up_leaves_nothing_missed() {
    for (what, told, expected) in [
        (
            "phones of a group, by the caller's number",
            &[
                (0, Phone("bob", "incoming-call", "+49301234567")),
                (20, Phone("eve", "incoming-call", "0301234567")),
                (5_000, Phone("eve", "call-established", "0301234567")),
                (5_030, Phone("bob", "missed-call", "+49301234567")),
                (60_000, Phone("eve", "call-terminated", "0301234567")),
            ][..],
            &[][..],
        ),
        (
            "the news comes after the end",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20, Phone("eve", "incoming-call", "123")),
                (5_000, Phone("bob", "missed-call", "123")),
                (7_000, Phone("eve", "call-established", "123")),
            ],
            &[],
        ),
        (
            "too late to be the same call",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "missed-call", "123")),
                (6_000, Phone("eve", "incoming-call", "123")),
                (9_000, Phone("eve", "call-established", "123")),
            ],
            &["bob<123"],
        ),
        (
            "another caller's call was answered",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20, Phone("eve", "incoming-call", "456")),
                (5_000, Phone("eve", "call-established", "456")),
                (5_030, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "callers who show no number, and came at once",
            &[
                (0, Phone("bob", "incoming-call", "")),
                (20, Phone("eve", "incoming-call", "")),
                (5_000, Phone("eve", "call-established", "")),
                (5_030, Phone("bob", "missed-call", "")),
            ],
            &[],
        ),
        (
            "callers who show no number, and did not",
            &[
                (0, Phone("eve", "incoming-call", "")),
                (4_000, Phone("bob", "incoming-call", "")),
                (5_000, Phone("eve", "call-established", "")),
                (9_000, Phone("bob", "missed-call", "")),
            ],
            &["bob<?"],
        ),
        (
            "the caller's own phone talks, with a voicemail",
            &[
                (0, Phone("alice", "outgoing-call", "6002:bob")),
                (20, Phone("bob", "incoming-call", "6001:alice")),
                (15_000, Phone("alice", "call-established", "6002:bob")),
                (15_030, Phone("bob", "missed-call", "6001:alice")),
            ],
            &["bob<6001"],
        ),
        (
            "two phones of one person, one of which answers",
            &[
                (0, Phone("bob", "incoming-call", "123 a")),
                (20, Phone("bob", "incoming-call", "123 b")),
                (5_000, Phone("bob", "call-established", "123 b")),
                (5_030, Phone("bob", "missed-call", "123 a")),
            ],
            &[],
        ),
        (
            "two phones of one person, neither of which answers",
            &[
                (0, Phone("bob", "incoming-call", "123 a")),
                (20, Phone("bob", "incoming-call", "123 b")),
                (20_000, Phone("bob", "missed-call", "123 a")),
                (20_030, Phone("bob", "missed-call", "123 b")),
            ],
            &["bob<123"],
        ),
        (
            "by what belongs together",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20, Asterisk("eve", "incoming-call", "123", "L1")),
                (5_000, Asterisk("eve", "call-established", "123", "L1")),
                (5_030, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &[],
        ),
        (
            "one number, and two calls that do not belong together",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20, Asterisk("eve", "incoming-call", "123", "L2")),
                (5_000, Asterisk("eve", "call-established", "123", "L2")),
                (5_030, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &["bob<123"],
        ),
        (
            "a phone that Asterisk does not know",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20, Phone("eve", "incoming-call", "123")),
                (5_000, Phone("eve", "call-established", "123")),
                (5_030, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &[],
        ),
        (
            "the next in the row picks up long after",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (20_500, Asterisk("eve", "incoming-call", "123", "L1")),
                (39_000, Asterisk("eve", "call-established", "123", "L1")),
            ],
            &[],
        ),
        (
            "the next in the row does not, either",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (20_500, Asterisk("eve", "incoming-call", "123", "L1")),
                (40_000, Asterisk("eve", "missed-call", "123", "L1")),
            ],
            &["bob<123", "eve<123"],
        ),
        (
            "the caller's own line talks, with a voicemail",
            &[
                (0, Asterisk("alice", "outgoing-call", "6002:bob", "L1")),
                (20, Asterisk("bob", "incoming-call", "6001:alice", "L1")),
                (15_000, Asterisk("bob", "missed-call", "6001:alice", "L1")),
                (15_030, Asterisk("alice", "call-established", "*97", "L1")),
            ],
            &["bob<6001"],
        ),
        (
            "who answered had it before it was handed on",
            &[
                (0, Asterisk("eve", "incoming-call", "123", "L1")),
                (5_000, Asterisk("eve", "call-established", "123", "L1")),
                (30_000, Asterisk("bob", "incoming-call", "123", "L1")),
                (50_000, Asterisk("bob", "missed-call", "123", "L1")),
            ],
            &["bob<123"],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn a_whole_call_is_missed_once() {
    for (what, told, expected) in [
        (
            "a phone rings thrice",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (30_000, Asterisk("bob", "incoming-call", "123", "L1'")),
                (50_000, Asterisk("bob", "missed-call", "123", "L1'")),
                (90_000, Asterisk("bob", "incoming-call", "123", "L1''")),
                (99_000, Asterisk("bob", "missed-call", "123", "L1''")),
            ][..],
            &["bob<123"][..],
        ),
        (
            "and is answered at once the second time",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (20_000, Asterisk("bob", "missed-call", "123", "L1")),
                (21_000, Asterisk("bob", "incoming-call", "123", "L1'")),
                (30_000, Asterisk("bob", "call-established", "123", "L1'")),
            ],
            &[],
        ),
        (
            "the phone and Asterisk tell of one call",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (50, Phone("bob", "incoming-call", "0049123")),
                (20_000, Phone("bob", "call-terminated", "0049123")),
                (20_050, Asterisk("bob", "missed-call", "123", "L1")),
                (20_090, Phone("bob", "missed-call", "0049123")),
            ],
            &["bob<123"],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

/// As with FreePBX's Follow Me: the desk rings, and then the mobile.
#[test]
fn a_call_that_a_phone_outside_took_was_missed() {
    use Reach::{Answered, Dialled, Over};
    use Told::Outside;
    let desk = || {
        vec![
            (1_000, Asterisk("bob", "incoming-call", "123", "L1")),
            (20_000, Asterisk("bob", "missed-call", "123", "L1")),
        ]
    };
    for (what, then, expected) in [
        (
            "the mobile answers",
            vec![
                (20_500, Outside("L1", Dialled)),
                (30_500, Outside("L1", Answered)),
            ],
            &[][..],
        ),
        (
            "nor does the mobile",
            vec![
                (20_500, Outside("L1", Dialled)),
                (40_500, Outside("L1", Over)),
            ],
            &["bob<123"],
        ),
        (
            "another call's mobile answers",
            vec![
                (20_500, Outside("L2", Dialled)),
                (30_500, Outside("L2", Answered)),
            ],
            &["bob<123"],
        ),
        (
            "no more is heard of the mobile",
            vec![(20_500, Outside("L1", Dialled))],
            &["bob<123"],
        ),
        (
            "both rang at once",
            vec![
                (1_100, Outside("L1", Dialled)),
                (19_990, Outside("L1", Answered)),
            ],
            &[],
        ),
        (
            "who handed it on was outside",
            vec![(0, Outside("L1", Dialled)), (500, Outside("L1", Answered))],
            &["bob<123"],
        ),
    ] {
        let mut told = [desk(), then].concat();
        told.sort_by_key(|(when, _)| *when);
        assert_eq!(missed("", &told), expected, "{what}");
    }
}

/// Asterisk says of a queue's time-out what it says of a caller who hung up.
#[test]
fn a_queues_time_out_was_missed_although_a_colleague_took_the_call() {
    use Told::Queue;
    let times_out = || {
        vec![
            (0, Queue("support", waits("123"))),
            (60_000, Queue("support", leaves(Departure::Abandoned))),
        ]
    };
    let next = |end: QueueEvent| {
        vec![
            (60_100, Queue("sales", waits("123"))),
            (90_000, Queue("sales", end)),
        ]
    };
    let desk = |end: &'static str| {
        vec![
            (62_400, Asterisk("eve", "incoming-call", "123", "L1")),
            (80_000, Asterisk("eve", end, "123", "L1")),
        ]
    };
    let answered = Departure::Answered { agent: None };
    for (what, then, expected) in [
        ("an extension answers", desk("call-established"), &[][..]),
        ("the next queue does", next(leaves(answered)), &[]),
        (
            "nor does the extension",
            desk("refused-call"),
            &["support!123"],
        ),
        (
            "nor does the next queue",
            next(leaves(Departure::Abandoned)),
            &["support!123"],
        ),
        ("the caller hung up", Vec::new(), &["support!123"]),
    ] {
        for setting in ["support: @alice", "support: ~helpdesk"] {
            let told = [times_out(), then.clone()].concat();
            assert_eq!(missed(setting, &told), expected, "{what}: {setting}");
        }
    }
}
