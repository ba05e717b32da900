//! Grandstream: action URLs of GXP and GRP, and the outbound notification of GRP261x.

use super::*;

const NAMES: Names = Names {
    user: "$active_user",
    mac: Some("$mac"),
    id: Some("$call-id"),
    number: "$remote",
    local: None,
};

const NOTIFICATION: Names = Names {
    user: "{localNumber}",
    mac: Some("{mac}"),
    id: Some("{call-id}"),
    number: "{remoteNumber}",
    local: None,
};

const FIELDS: &[(&str, &str, bool)] = &[
    ("Incoming Call", "incoming-call", true),
    ("Outgoing Call", "outgoing-call", true),
    ("Established Call", "call-established", true),
    ("Hold Call", "call-held", true),
    ("UnHold Call", "call-resumed", true),
    ("Missed Call", "missed-call", true),
    ("Terminated Call", "call-terminated", true),
    ("Off Hook", "offhook", false),
    ("On Hook", "onhook", false),
    ("Open DND", "dnd-on", false),
    ("Close DND", "dnd-off", false),
];

const CODES: &[(&str, &str, bool)] = &[
    ("P8310", "incoming-call", true),
    ("P8311", "outgoing-call", true),
    ("P8313", "call-established", true),
    ("P8324", "call-held", true),
    ("P8325", "call-resumed", true),
    ("P8312", "missed-call", true),
    ("P8314", "call-terminated", true),
    ("P8308", "offhook", false),
    ("P8309", "onhook", false),
    ("P8316", "dnd-on", false),
    ("P8317", "dnd-off", false),
];

const NOTIFIED: &[(&str, &str, bool)] = &[
    ("Incoming Call", "incoming-call", true),
    ("Outgoing Call", "outgoing-call", true),
    ("Established Call", "call-established", true),
    ("Missed Call", "missed-call", true),
    ("Terminated Call", "call-terminated", true),
];

#[test]
fn grandstreams_urls_are_understood() {
    for whose in WHOSE {
        for (form, _) in FORMS {
            let printed = printed("grandstream", *whose, *form);
            let [page, file, notification] = &printed[..] else {
                panic!("{printed:?}");
            };
            play(&lines(page, ": "), &NAMES, FIELDS, *whose, *form);
            play(&lines(file, " = "), &NAMES, CODES, *whose, *form);
            let notified = lines(notification, ": ");
            play(&notified, &NOTIFICATION, NOTIFIED, *whose, *form);
        }
    }
    by_hand(&[
        (
            "incoming-call?mac=0004f2abcdef&number=+49301112222&user=",
            "incoming-call bob +49301112222 -",
        ),
        (
            "incoming-call?user={account}&mac=0004f2abcdef&number={remoteNumber}&call_id={call-id}",
            "incoming-call bob - -",
        ),
        (
            "incoming-call?user=100&mac=0004f2abcdef&call_id=$call-id&number=555",
            "incoming-call bob 555 -",
        ),
        (
            "outgoing-call?user=101&number=555&call_id=9",
            "outgoing-call alice 555 9",
        ),
        (
            "incoming-call?phone_ip=$phone_ip&mac=00:15:65:AA:BB:CC&product=$product&remote=555&display_remote=Eve",
            "incoming-call alice 555 -",
        ),
        (
            "missed-call?mac={mac}&localNumber=100&remoteNumber=555&remoteName=Eve&call-id=9&user=100",
            "missed-call bob 555 9",
        ),
    ]);
}
