//! Whatever else can call a URL, and phones on OVH's lines, which are told the same.

use super::*;

const NAMES: Names = Names {
    user: "<user>",
    mac: None,
    id: Some("<call-id>"),
    number: "<number>",
    local: None,
};

const EVENTS: &[(&str, &str, bool)] = &[
    ("incoming-call", "incoming-call", true),
    ("outgoing-call", "outgoing-call", true),
    ("call-established", "call-established", true),
    ("call-held", "call-held", true),
    ("call-resumed", "call-resumed", true),
    ("missed-call", "missed-call", true),
    ("refused-call", "refused-call", true),
    ("call-terminated", "call-terminated", true),
    ("offhook", "offhook", false),
    ("onhook", "onhook", false),
    ("dnd-on", "dnd-on", false),
    ("dnd-off", "dnd-off", false),
];

#[test]
fn other_phones_urls_are_understood() {
    for word in ["other", "ovh"] {
        for whose in WHOSE {
            for (form, _) in FORMS {
                let printed = printed(word, *whose, *form);
                let [block] = &printed[..] else {
                    panic!("{printed:?}");
                };
                play(&lines(block, ": "), &NAMES, EVENTS, *whose, *form);
            }
        }
    }
}
