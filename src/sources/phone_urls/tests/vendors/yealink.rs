//! Yealink: keys and variables of the T4 and T5 series' provisioning files.

use super::*;

const NAMES: Names = Names {
    user: "$active_user",
    mac: Some("$mac"),
    id: Some("$call_id"),
    number: "$remote",
    local: None,
};

const EVENTS: &[(&str, &str, bool)] = &[
    ("action_url.incoming_call", "incoming-call", true),
    ("action_url.outgoing_call", "outgoing-call", true),
    ("action_url.call_established", "call-established", true),
    ("action_url.hold", "call-held", true),
    ("action_url.unhold", "call-resumed", true),
    ("action_url.missed_call", "missed-call", true),
    ("action_url.reject_incoming_call", "refused-call", true),
    ("action_url.call_terminated", "call-terminated", true),
    ("action_url.off_hook", "offhook", false),
    ("action_url.on_hook", "onhook", false),
    ("action_url.dnd_on", "dnd-on", false),
    ("action_url.dnd_off", "dnd-off", false),
];

#[test]
fn yealinks_urls_are_understood() {
    for whose in WHOSE {
        for (form, _) in FORMS {
            let printed = printed("yealink", *whose, *form);
            let [block] = &printed[..] else {
                panic!("{printed:?}");
            };
            play(&lines(block, " = "), &NAMES, EVENTS, *whose, *form);
        }
    }
    by_hand(&[
        (
            "incoming-call?user=100&number=sip:0240404040@10.0.0.5&call_id=17&mac=001565aabbcc",
            "incoming-call bob 0240404040 17",
        ),
        ("offhook?user=&mac=001565aabbcc", "offhook alice - -"),
        (
            "missed-call?user=$active_user&mac=00:15:65:aa:bb:cc&number=$remote&call_id=$call_id",
            "missed-call alice - -",
        ),
        (
            "call-established/100/%3Csip%3A0240404040%4010.0.0.5%3E",
            "call-established bob 0240404040 -",
        ),
        (
            "outgoing-call?mac=$mac&ip=10.0.0.9&model=SIP-T46S&active_user=100&active_host=pbx&local=sip:100@pbx&remote=sip:101@pbx&display_local=Bob&display_remote=Alice&call_id=5",
            "outgoing-call bob alice 5",
        ),
    ]);
}
