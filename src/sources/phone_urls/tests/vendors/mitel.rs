//! Mitel and Aastra: action URIs of at most 128 characters.

use super::*;

const NAMES: Names = Names {
    user: "$$SIPUSERNAME$$",
    mac: None,
    id: None,
    number: "$$REMOTENUMBER$$",
    local: None,
};

const EVENTS: &[(&str, &str, bool)] = &[
    ("action uri incoming", "incoming-call", true),
    ("action uri outgoing", "outgoing-call", true),
    ("action uri connected", "call-established", true),
    ("action uri disconnected", "call-terminated", true),
    ("action uri offhook", "offhook", false),
    ("action uri onhook", "onhook", false),
];

#[test]
fn mitels_urls_are_understood() {
    for whose in WHOSE {
        // Always the short form, whatever the secret.
        for secret in [Form::Plain, Form::Short] {
            let printed = printed("mitel", *whose, secret);
            let [block] = &printed[..] else {
                panic!("{printed:?}");
            };
            play(&lines(block, ": "), &NAMES, EVENTS, *whose, Form::Short);
        }
    }
    by_hand(&[
        ("i/101?n=$$REMOTENUMBER$$", "incoming-call alice - -"),
        ("i/101?n=0301112222", "incoming-call alice 0301112222 -"),
        (
            "incoming-call/101/$$REMOTENUMBER$$",
            "incoming-call alice - -",
        ),
        (
            "incoming-call?user=101&number=0301112222",
            "incoming-call alice 0301112222 -",
        ),
        (
            "incoming-call?SIPUSERNAME=100&REMOTENUMBER=5&INCOMINGNAME=Eve&LINESTATE=INCOMING",
            "incoming-call bob 5 -",
        ),
        (
            "incoming-call?SIPUSERNAME=100&REMOTENUMBER=$$REMOTENUMBER$$&INCOMINGNAME=Eve",
            "incoming-call bob Eve -",
        ),
    ]);
}
