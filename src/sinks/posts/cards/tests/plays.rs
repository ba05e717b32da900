//! Calls as they go, and what their cards say at each step.

use super::*;
use crate::board::TALKING_LIMIT;

/// Plays the steps and compares what cards said.
fn plays(cases: &[(&str, &[&str], &[&str])]) {
    for (what, steps, expected) in cases {
        let mut desk = Desk::new();
        assert_eq!(desk.play(steps), *expected, "{what}");
        assert!(desk.open().is_empty(), "{what}: {:?}", desk.open());
    }
}

#[test]
fn one_line() {
    plays(&[
        (
            "answered",
            &[
                "p bob incoming-call 0240404040 x",
                "wait 5000",
                "p bob call-established 0240404040 x",
                "wait 155000",
                "p bob call-terminated 0240404040 x",
            ],
            &[
                "1 🔔 0240404040 calls bob",
                "1 📞 0240404040 is talking to bob",
                "1 ✔ 0240404040 talked to bob for 2 min 35 s",
            ],
        ),
        (
            "on hold, twice",
            &[
                "p bob outgoing-call 5 x",
                "p bob call-established 5 x",
                "p bob call-held 5 x",
                "p bob call-resumed 5 x",
                "p bob call-held 5 x",
                "wait 1000",
                "p bob call-terminated 5 x",
            ],
            &[
                "1 🔔 bob calls 5",
                "1 📞 bob is talking to 5",
                "1 ⏸ bob is talking to 5 (on hold)",
                "1 📞 bob is talking to 5",
                "1 ⏸ bob is talking to 5 (on hold)",
                "1 ✔ bob talked to 5 for 1 s",
            ],
        ),
        (
            "missed",
            &["p bob incoming-call 5", "p bob missed-call 5"],
            &["1 🔔 5 calls bob", "1 ❌ 5 called bob: missed"],
        ),
        (
            "refused",
            &["p bob incoming-call 5", "p bob refused-call 5"],
            &["1 🔔 5 calls bob", "1 ❌ 5 called bob: refused"],
        ),
        (
            "answered elsewhere",
            &["p bob incoming-call 5", "p bob answered-elsewhere 5"],
            &["1 🔔 5 calls bob", "1 ✔ 5 called bob: answered elsewhere"],
        ),
        (
            "missed, by a phone that says only that it is over",
            &["p bob incoming-call 5", "p bob call-terminated 5"],
            &["1 🔔 5 calls bob", "1 ❌ 5 called bob: missed"],
        ),
        (
            "the same after the handset was lifted: it may have been answered",
            &[
                "p bob incoming-call 5",
                "p bob offhook",
                "p bob call-terminated 5",
            ],
            &["1 🔔 5 calls bob", "1 ✔ 5 called bob: the call has ended"],
        ),
        (
            "the handset was lifted for another call before",
            &[
                "p bob offhook",
                "p bob onhook",
                "wait 1000",
                "p bob incoming-call 5",
                "p bob call-terminated 5",
            ],
            &["1 🔔 5 calls bob", "1 ❌ 5 called bob: missed"],
        ),
        (
            "a phone that tells of no answers",
            &[
                "p bob incoming-call 5",
                "p bob offhook",
                "wait 8000",
                "p bob onhook",
            ],
            &[
                "1 🔔 5 calls bob",
                "1 📞 5 is talking to bob",
                "1 ✔ 5 talked to bob for 8 s",
            ],
        ),
        (
            "a PBX tells of answers",
            &["a bob outgoing-call 5 x L", "a bob call-terminated 5 x L"],
            &["1 🔔 bob calls 5", "1 ❌ bob called 5: no answer"],
        ),
        (
            "nobody knows who",
            &[
                "p bob incoming-call",
                "p bob call-established",
                "p bob call-terminated",
                "p bob outgoing-call",
                "p bob call-terminated",
            ],
            &[
                "1 🔔 an unknown number calls bob",
                "1 📞 an unknown number is talking to bob",
                "1 ✔ an unknown number talked to bob for less than a second",
                "2 🔔 bob calls an unknown number",
                "2 ✔ bob called an unknown number: the call has ended",
            ],
        ),
        (
            "only that they talk",
            &[
                "p bob call-established 5",
                "wait 3000",
                "p bob call-terminated 5",
            ],
            &["1 📞 bob is talking to 5", "1 ✔ bob talked to 5 for 3 s"],
        ),
        (
            "two calls on one line",
            &[
                "p bob call-established 5 x",
                "p bob incoming-call 6 y",
                "p bob missed-call 6 y",
                "wait 2000",
                "p bob call-terminated 5 x",
            ],
            &[
                "1 📞 bob is talking to 5",
                "2 🔔 6 calls bob",
                "2 ❌ 6 called bob: missed",
                "1 ✔ bob talked to 5 for 2 s",
            ],
        ),
        (
            "names do nothing but show",
            &["p @all incoming-call *5*", "p @all missed-call *5*"],
            &[
                "1 🔔 \\*5\\* calls @\u{200b}all",
                "1 ❌ \\*5\\* called @\u{200b}all: missed",
            ],
        ),
    ]);
}

#[test]
fn ends_that_nobody_tells() {
    let ringing = format!("wait {RINGING_LIMIT}");
    let talking = format!("wait {TALKING_LIMIT}");
    plays(&[
        (
            "it rings for ever",
            &["p bob incoming-call 5", &ringing],
            &[
                "1 🔔 5 calls bob",
                "1 ✔ 5 called bob; the end of the call was not reported",
            ],
        ),
        (
            "they talk for ever",
            &["p bob call-established 5", &talking],
            &[
                "1 📞 bob is talking to 5",
                "1 ✔ bob talked to 5; the end of the call was not reported",
            ],
        ),
        (
            "Asterisk is lost, comes back, and the call goes on",
            &[
                "a bob incoming-call 5 x L",
                "a bob call-established 5 x L",
                "wait 60000",
                "lost",
                "wait 30000",
                "f bob call-established 5 x L",
                "wait 10000",
                "a bob call-terminated 5 x L",
            ],
            &[
                "1 🔔 5 calls bob",
                "1 📞 5 is talking to bob",
                "1 ✔ 5 talked to bob; the end of the call was not reported",
                "1 📞 5 is talking to bob",
                "1 ✔ 5 talked to bob for 1 min 40 s",
            ],
        ),
        (
            "a call that was found is no news",
            &[
                "f bob call-established 5 x L",
                "a bob call-terminated 5 x L",
            ],
            &[],
        ),
    ]);
}

#[test]
fn colleagues_who_call_each_other_have_one_card() {
    let expected: &[&str] = &[
        "1 🔔 alice calls bob",
        "1 📞 alice is talking to bob",
        "1 ✔ alice talked to bob for 10 s",
    ];
    plays(&[
        (
            "the caller's phone is first",
            &[
                "p alice outgoing-call 2",
                "wait 800",
                "p bob incoming-call 1",
                "p bob call-established 1",
                "p alice call-established 2",
                "wait 10000",
                "p alice call-terminated 2",
                "p bob call-terminated 1",
            ],
            expected,
        ),
        (
            "the other one's is first",
            &[
                "p bob incoming-call 1",
                "wait 4000",
                "p alice outgoing-call 2",
                "p alice call-established 2",
                "p bob call-established 1",
                "wait 10000",
                "p bob call-terminated 1",
                "p alice call-terminated 2",
            ],
            expected,
        ),
        (
            "Asterisk says that it is one",
            &[
                "a alice outgoing-call 2 x L",
                "wait 60000",
                "a bob incoming-call - y L",
                "a bob call-established - y L",
                "a alice call-established 2 x L",
                "wait 10000",
                "a bob call-terminated - y L",
                "a alice call-terminated 2 x L",
            ],
            expected,
        ),
        (
            "phones and Asterisk tell of it",
            &[
                "a alice outgoing-call 2 x L",
                "a bob incoming-call 1 y L",
                "p alice outgoing-call 2 z",
                "p bob incoming-call 1 w",
                "p bob call-established 1 w",
                "a bob call-established 1 y L",
                "a alice call-established 2 x L",
                "p alice call-established 2 z",
                "wait 10000",
                "a bob call-terminated 1 y L",
                "p bob call-terminated 1 w",
                "p alice call-terminated 2 z",
                "a alice call-terminated 2 x L",
            ],
            expected,
        ),
        (
            "neither phone says who calls",
            &[
                "p alice call-established 2",
                "p bob call-established 1",
                "wait 10000",
                "p alice call-terminated 2",
                "p bob call-terminated 1",
            ],
            &expected[1..],
        ),
        (
            "one phone tells of nothing but its handset",
            &[
                "p alice outgoing-call 2",
                "p bob incoming-call 1",
                "p bob call-established 1",
                "wait 10000",
                "p bob call-terminated 1",
                "p alice onhook",
            ],
            expected,
        ),
        (
            "the caller gives up, and the other phone tells of it later",
            &[
                "p alice outgoing-call 2",
                "p bob incoming-call 1",
                "wait 20000",
                "p alice call-terminated 2",
                "wait 20000",
                "p bob missed-call 1",
            ],
            &[
                "1 🔔 alice calls bob",
                "1 ✔ alice called bob: the call has ended",
                "1 ❌ alice called bob: missed",
            ],
        ),
    ]);
}

#[test]
fn calls_that_only_look_alike_have_a_card_each() {
    plays(&[
        (
            "too far apart",
            &[
                "p alice outgoing-call 2",
                "wait 5001",
                "p bob incoming-call 1",
                "p alice call-terminated 2",
                "p bob missed-call 1",
            ],
            &[
                "1 🔔 alice calls bob",
                "2 🔔 alice calls bob",
                "1 ✔ alice called bob: the call has ended",
                "2 ❌ alice called bob: missed",
            ],
        ),
        (
            "others",
            &[
                "p alice outgoing-call 2",
                "p bob incoming-call 3",
                "p bob missed-call 3",
                "p alice call-terminated 2",
            ],
            &[
                "1 🔔 alice calls bob",
                "2 🔔 carol calls bob",
                "2 ❌ carol called bob: missed",
                "1 ✔ alice called bob: the call has ended",
            ],
        ),
        (
            "Asterisk says that they are two",
            &[
                "a bob incoming-call 0240404040 x L",
                "a carol incoming-call 0240404040 y M",
                "a bob missed-call 0240404040 x L",
                "a carol missed-call 0240404040 y M",
            ],
            &[
                "1 🔔 0240404040 calls bob",
                "2 🔔 0240404040 calls carol",
                "1 ❌ 0240404040 called bob: missed",
                "2 ❌ 0240404040 called carol: missed",
            ],
        ),
        (
            "both call out",
            &[
                "p alice outgoing-call 2",
                "p bob outgoing-call 1",
                "p alice call-terminated 2",
                "p bob call-terminated 1",
            ],
            &[
                "1 🔔 alice calls bob",
                "2 🔔 bob calls alice",
                "1 ✔ alice called bob: the call has ended",
                "2 ✔ bob called alice: the call has ended",
            ],
        ),
        (
            "one after the other",
            &[
                "p bob incoming-call 5",
                "p bob missed-call 5",
                "p carol incoming-call 5",
                "p carol missed-call 5",
            ],
            &[
                "1 🔔 5 calls bob",
                "1 ❌ 5 called bob: missed",
                "2 🔔 5 calls carol",
                "2 ❌ 5 called carol: missed",
            ],
        ),
        (
            "callers who hide",
            &[
                "p bob incoming-call",
                "p carol incoming-call",
                "p bob missed-call",
                "p carol missed-call",
            ],
            &[
                "1 🔔 an unknown number calls bob",
                "2 🔔 an unknown number calls carol",
                "1 ❌ an unknown number called bob: missed",
                "2 ❌ an unknown number called carol: missed",
            ],
        ),
    ]);
}

#[test]
fn a_group_that_rings_has_one_card_that_names_who_answered() {
    plays(&[
        (
            "phones tell of it, in other forms of the number",
            &[
                "p bob incoming-call 0240404040",
                "p carol incoming-call +49240404040",
                "p dave incoming-call 0240404040",
                "p carol call-established +49240404040",
                "p bob answered-elsewhere 0240404040",
                "wait 60000",
                "p carol call-terminated +49240404040",
                "p dave missed-call 0240404040",
            ],
            &[
                "1 🔔 0240404040 calls bob",
                "1 🔔 0240404040 calls bob and carol",
                "1 🔔 0240404040 calls bob, carol and dave",
                "1 📞 +49240404040 is talking to carol",
                "1 ✔ +49240404040 talked to carol for 1 min 0 s",
            ],
        ),
        (
            "nobody answers, and one phone goes on ringing",
            &[
                "p bob incoming-call 0240404040",
                "p carol incoming-call 0240404040",
                "p bob missed-call 0240404040",
                "wait 300000",
            ],
            &[
                "1 🔔 0240404040 calls bob",
                "1 🔔 0240404040 calls bob and carol",
                "1 🔔 0240404040 calls carol",
                "1 ❌ 0240404040 called bob and carol: missed",
            ],
        ),
        (
            "a colleague rings a group's number",
            &[
                "p alice outgoing-call 600",
                "p bob incoming-call 1",
                "p carol incoming-call 1",
                "p bob call-established 1",
                "p alice call-established 600",
                "p carol answered-elsewhere 1",
                "wait 2000",
                "p alice call-terminated 600",
                "p bob call-terminated 1",
            ],
            &[
                "1 🔔 alice calls 600",
                "1 🔔 alice calls bob",
                "1 🔔 alice calls bob and carol",
                "1 📞 alice is talking to bob",
                "1 ✔ alice talked to bob for 2 s",
            ],
        ),
        (
            "a queue rings one after the other",
            &[
                "a bob incoming-call 5 x L",
                "wait 20000",
                "a bob missed-call 5 x L",
                "wait 5000",
                "a carol incoming-call 5 y L",
                "a carol call-established 5 y L",
                "wait 9000",
                "a carol call-terminated 5 y L",
            ],
            &[
                "1 🔔 5 calls bob",
                "1 ❌ 5 called bob: missed",
                "1 🔔 5 calls carol",
                "1 📞 5 is talking to carol",
                "1 ✔ 5 talked to carol for 9 s",
            ],
        ),
        (
            "a transfer",
            &[
                "a bob incoming-call 5 x L",
                "a bob call-established 5 x L",
                "wait 30000",
                "a bob call-terminated 5 x L",
                "a carol incoming-call 5 y L",
                "a carol call-established 5 y L",
                "wait 30000",
                "a carol call-terminated 5 y L",
            ],
            &[
                "1 🔔 5 calls bob",
                "1 📞 5 is talking to bob",
                "1 ✔ 5 talked to bob for 30 s",
                "1 🔔 5 calls carol",
                "1 📞 5 is talking to carol",
                "1 ✔ 5 talked to bob and carol for 1 min 0 s",
            ],
        ),
    ]);
}

#[test]
fn a_large_group_is_named_in_part() {
    let mut desk = Desk::new();
    for n in 0..MAX_LEGS + 10 {
        desk.step(&format!("p p{n} incoming-call 0240404040"));
    }
    assert_eq!(desk.says.len(), 1);
    let (text, _) = &desk.says[&1];
    let more = MAX_LEGS - MAX_NAMED;
    let expected = format!("🔔 0240404040 calls p0, p1, p2, p3, p4 and {more} more");
    assert_eq!(*text, expected);
    desk.step("p p7 call-established 0240404040");
    desk.step("wait 60000");
    desk.step("p p7 call-terminated 0240404040");
    assert!(desk.open().is_empty());
    desk.step("wait 300000");
    assert_eq!(desk.released, [1]);
}

#[test]
fn a_call_that_is_ordered_is_that_of_whose_phone_rings_first() {
    plays(&[
        (
            "that phone shows whom it is to call",
            &[
                "a alice incoming-call 2 x L",
                "a alice call-established 2 x L",
                "wait 1000",
                "a bob incoming-call 1 y L",
                "wait 5000",
                "a bob call-established 1 y L",
                "wait 9000",
                "a bob call-terminated 1 y L",
                "a alice call-terminated 2 x L",
            ],
            &[
                "1 🔔 bob calls alice",
                "1 📞 bob is talking to alice",
                "1 🔔 alice calls bob",
                "1 📞 alice is talking to bob",
                "1 ✔ alice talked to bob for 9 s",
            ],
        ),
        (
            "that phone shows its own number, and nobody answers",
            &[
                "a alice incoming-call 1 x L",
                "a alice call-established 1 x L",
                "a alice call-established 2 x L",
                "a bob incoming-call 1 y L",
                "wait 20000",
                "a bob missed-call 1 y L",
                "a alice call-terminated 2 x L",
            ],
            &[
                "1 🔔 alice calls an unknown number",
                "1 📞 alice is talking to an unknown number",
                "1 📞 alice is talking to bob",
                "1 🔔 alice calls bob",
                "1 ❌ alice called bob: missed",
            ],
        ),
        (
            "to a number outside",
            &[
                "a alice incoming-call 1 x L",
                "a alice call-established 1 x L",
                "a alice call-established 0240404040 x L",
                "wait 4000",
                "a alice call-terminated 0240404040 x L",
            ],
            &[
                "1 🔔 alice calls an unknown number",
                "1 📞 alice is talking to an unknown number",
                "1 📞 alice is talking to 0240404040",
                "1 ✔ alice talked to 0240404040 for 4 s",
            ],
        ),
    ]);
}

#[test]
fn who_waits_and_who_rings_is_told_as_it_changes() {
    plays(&[
        (
            "a queue answers before an agent does, who lets it ring",
            &[
                "a alice outgoing-call 700 x L",
                "a alice call-established 700 x L",
                "wait 1000",
                "a bob incoming-call 1 y L",
                "wait 1000",
                "a bob missed-call 1 y L",
                "a carol incoming-call 1 z L",
                "a carol call-established 1 z L",
                "wait 8000",
                "a carol call-terminated 1 z L",
                "a alice call-terminated 3 x L",
            ],
            &[
                "1 🔔 alice calls 700",
                "1 📞 alice is talking to 700",
                "1 🔔 alice calls bob",
                "1 📞 alice is talking to 700",
                "1 🔔 alice calls carol",
                "1 📞 alice is talking to carol",
                "1 📞 alice is talking to 700",
                "1 ✔ alice talked to carol for 10 s",
            ],
        ),
        (
            "the caller hands over to somebody whom they called",
            &[
                "a alice outgoing-call 2 x L",
                "a bob incoming-call 1 y L",
                "a bob call-established 1 y L",
                "a alice call-established 2 x L",
                "wait 1000",
                "a alice call-terminated 2 x L",
                "a carol incoming-call 2 z L",
                "a carol call-established 2 z L",
                "a bob call-established 3 y L",
                "wait 1000",
                "a carol call-terminated 2 z L",
                "a bob call-terminated 3 y L",
            ],
            &[
                "1 🔔 alice calls bob",
                "1 📞 alice is talking to bob",
                "1 📞 bob is talking to carol",
                // Carol's end is told first.
                "1 📞 carol is talking to bob",
                "1 ✔ alice talked to bob and carol for 2 s",
            ],
        ),
    ]);
}
