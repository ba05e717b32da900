//! What one phone tells, and what a PBX tells of it besides.

use super::*;

#[test]
fn each_way_in_which_a_phone_tells_it() {
    for (what, told, expected) in [
        (
            "it rings, and the phone says that it was missed",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "missed-call", "123")),
            ][..],
            &["bob<123"][..],
        ),
        (
            "it rings and ends",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "call-terminated", "123")),
            ],
            &["bob<123"],
        ),
        (
            "the same without a number",
            &[
                (0, Phone("bob", "incoming-call", "")),
                (20_000, Phone("bob", "call-terminated", "")),
            ],
            &["bob<?"],
        ),
        (
            "missed, and nothing told of the ringing",
            &[(0, Phone("bob", "missed-call", "123"))],
            &["bob<123"],
        ),
        (
            "the same of a phone that gives ids",
            &[(0, Phone("bob", "missed-call", "123 a1"))],
            &["bob<123"],
        ),
        (
            "the same twice, as phones repeat requests",
            &[
                (0, Phone("bob", "missed-call", "123")),
                (300, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "ended and missed, both told",
            &[
                (0, Phone("bob", "incoming-call", "123 a1")),
                (20_000, Phone("bob", "call-terminated", "123 a1")),
                (20_050, Phone("bob", "missed-call", "123 a1")),
            ],
            &["bob<123"],
        ),
        (
            "the same without ids",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "call-terminated", "123")),
                (20_050, Phone("bob", "missed-call", "")),
            ],
            &["bob<123"],
        ),
        (
            "missed before it rang, as requests change places",
            &[
                (0, Phone("bob", "missed-call", "123")),
                (80, Phone("bob", "incoming-call", "123")),
                (100, Phone("bob", "call-terminated", "123")),
            ],
            &["bob<123"],
        ),
        (
            "a call is answered and ends",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "call-established", "123")),
                (60_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "one is answered while another is missed",
            &[
                (0, Phone("bob", "incoming-call", "123 a")),
                (5_000, Phone("bob", "call-established", "123 a")),
                (20_000, Phone("bob", "incoming-call", "456 b")),
                (40_000, Phone("bob", "missed-call", "456 b")),
                (60_000, Phone("bob", "call-terminated", "123 a")),
            ],
            &["bob<456"],
        ),
        (
            "the person calls, and nobody answers",
            &[
                (0, Phone("bob", "outgoing-call", "123")),
                (20_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "answered by a phone that says so of itself",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "answering-call", "")),
                (60_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "somebody answered it elsewhere",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "answered-elsewhere", "123")),
            ],
            &[],
        ),
        (
            "refused",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "refused-call", "123")),
            ],
            &[],
        ),
        (
            "two calls, one after the other, are two",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (20_000, Phone("bob", "missed-call", "123")),
                (21_000, Phone("bob", "incoming-call", "123")),
                (40_000, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123", "bob<123"],
        ),
        (
            "conferences and unknown extensions are calls",
            &[
                (0, Phone("bob", "incoming-conf", "123")),
                (20_000, Phone("bob", "missed-call", "123")),
                (40_000, Phone("bob", "unknown-exten", "456")),
                (60_000, Phone("bob", "missed-call", "456")),
            ],
            &["bob<123", "bob<456"],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn a_handset_tells_what_calls_do_not() {
    for (what, told, expected) in [
        (
            "lifted while it rings, and put down",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "offhook", "")),
                (60_000, Phone("bob", "onhook", "")),
            ][..],
            &[][..],
        ),
        (
            "lifted while it rings, of a phone that tells ends",
            &[
                (0, Phone("bob", "incoming-call", "123")),
                (5_000, Phone("bob", "offhook", "")),
                (60_000, Phone("bob", "call-terminated", "123")),
            ],
            &[],
        ),
        (
            "never heard of again, of a phone that tells of its handset",
            &[
                (0, Phone("bob", "offhook", "")),
                (9_000, Phone("bob", "onhook", "")),
                (20_000, Phone("bob", "incoming-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "never heard of again, and it was lifted",
            &[
                (20_000, Phone("bob", "incoming-call", "123")),
                (25_000, Phone("bob", "offhook", "")),
            ],
            &[],
        ),
        (
            "never heard of again, and it was lifted before",
            &[
                (0, Phone("bob", "offhook", "")),
                (20_000, Phone("bob", "incoming-call", "123")),
            ],
            &[],
        ),
        (
            "never heard of again, of a phone that tells of nothing else",
            &[(0, Phone("bob", "incoming-call", "123"))],
            &[],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn do_not_disturb_refuses_in_nobodys_name() {
    for (what, told, expected) in [
        (
            "the phone rejects at once",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (1_000, Phone("bob", "incoming-call", "123")),
                (1_010, Phone("bob", "call-terminated", "123")),
            ][..],
            &["bob<123"][..],
        ),
        (
            "the same, and says that it was missed alone",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (1_000, Phone("bob", "missed-call", "123")),
            ],
            &["bob<123"],
        ),
        (
            "Asterisk saw that it refused",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (1_000, Asterisk("bob", "incoming-call", "123", "L1")),
                (1_010, Asterisk("bob", "refused-call", "123", "L1")),
            ],
            &["bob<123"],
        ),
        (
            "do-not-disturb is off again: the person refused",
            &[
                (0, Phone("bob", "dnd-on", "")),
                (500, Phone("bob", "dnd-off", "")),
                (1_000, Asterisk("bob", "incoming-call", "123", "L1")),
                (5_000, Asterisk("bob", "refused-call", "123", "L1")),
            ],
            &[],
        ),
    ] {
        assert_missed(what, told, expected);
    }
}

#[test]
fn another_source_may_know_better() {
    let begun = [
        (0, Asterisk("bob", "incoming-call", "123", "L1")),
        (50, Phone("bob", "incoming-call", "123")),
        (20_000, Phone("bob", "call-terminated", "123")),
    ];
    for (what, last, expected) in [
        ("somebody answered elsewhere", "answered-elsewhere", &[][..]),
        ("the person refused", "refused-call", &[]),
        ("it was missed", "missed-call", &["bob<123"]),
    ] {
        let mut told = begun.to_vec();
        told.push((20_100, Asterisk("bob", last, "123", "L1")));
        assert_missed(what, &told, expected);
        // The other way round.
        told.swap(2, 3);
        (told[2].0, told[3].0) = (20_000, 20_100);
        assert_missed(what, &told, expected);
    }
}

#[test]
fn a_source_that_is_gone_says_nothing() {
    for (what, told) in [
        (
            "Asterisk is gone while it rings",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (5_000, Cleared),
            ][..],
        ),
        (
            "it tells no more than that the call ended",
            &[
                (0, Asterisk("bob", "incoming-call", "123", "L1")),
                (5_000, Asterisk("bob", "call-terminated", "123", "L1")),
            ],
        ),
    ] {
        assert_missed(what, told, &[]);
    }
    // Nine calls at once are one more than a line has.
    let many: Vec<_> = (0..9)
        .map(|n| {
            (
                n,
                Phone(
                    "bob",
                    "incoming-call",
                    [
                        "1 a", "2 b", "3 c", "4 d", "5 e", "6 f", "7 g", "8 h", "9 i",
                    ][n as usize],
                ),
            )
        })
        .collect();
    assert_missed("one takes another's place", &many, &[]);
}
