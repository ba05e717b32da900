//! Mitel and Aastra: action URIs of at most 128 characters.

use super::*;

const NAMES: Names = Names {
    user: "$$SIPUSERNAME$$",
    mac: None,
    id: None,
    number: "$$REMOTENUMBER$$",
    local: None,
};

const CALLS: &[(&str, &str, bool)] = &[
    ("action uri incoming", "incoming-call", true),
    ("action uri outgoing", "outgoing-call", true),
    ("action uri connected", "call-established", true),
];

/// Those in which the phone says nothing of the other side.
const NAMELESS: &[(&str, &str, bool)] = &[
    ("action uri disconnected", "call-terminated", false),
    ("action uri offhook", "offhook", false),
    ("action uri onhook", "onhook", false),
];

/// Bob's phone, by its address in the mapping.
const AGENT: &str = "Mitel6867i MAC:00-04-F2-AB-CD-EF V:5.1.0.1024-SIP";

#[test]
fn mitels_urls_are_understood() {
    for whose in WHOSE {
        // Always the short form, whatever the secret.
        for secret in [Form::Plain, Form::Short] {
            let printed = printed("mitel", *whose, secret);
            let events = [CALLS, NAMELESS].concat();
            let all: Vec<_> = printed.iter().flat_map(|b| lines(b, ": ")).collect();
            play(&all, &NAMES, &events, *whose, Form::Short);
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

#[test]
fn mitels_end_of_a_call_that_only_rang_is_a_missed_call() {
    for (state, expected) in [
        ("INCOMING", "missed-call bob - -"),
        ("incoming", "missed-call bob - -"),
        ("OUTGOING", "call-terminated bob - -"),
        ("CALLING", "call-terminated bob - -"),
        ("CONNECTED", "call-terminated bob - -"),
        ("IDLE", "call-terminated bob - -"),
        ("", "call-terminated bob - -"),
        ("$$LINESTATE$$", "call-terminated bob - -"),
    ] {
        for url in [
            format!("t/100?l={state}"),
            format!("call-terminated?user=100&LINESTATE={state}"),
        ] {
            assert_eq!(get(&url).as_deref(), Ok(expected), "{url}");
        }
    }
    let printed = printed("mitel", Whose::Person("bob"), Form::Plain);
    let (_, url) = lines(&printed[0], ": ").swap_remove(3);
    assert!(url.ends_with("/t/bob?l=$$LINESTATE$$"), "{url}");
}

/// At the end of a call, and when the handset is lifted or put back, the phones have nothing to put in for `$$SIPUSERNAME$$`.
#[test]
fn mitels_events_without_a_user_belong_to_the_phones_address() {
    let printed = printed("mitel", Whose::Everyone, Form::Plain);
    let nameless = lines(&printed[1], ": ");
    assert_eq!(nameless.len(), NAMELESS.len());
    for ((_, url), (_, action, _)) in nameless.iter().zip(NAMELESS) {
        for user in ["", "$$SIPUSERNAME$$", "%20"] {
            let url = fill(url, &[("$$SIPUSERNAME$$", user)]);
            let (_, request) = place(&url);
            let expected = format!("{action} bob - -");
            assert_eq!(get_as(AGENT, request), Ok(expected), "{url}");
            assert!(get(request).is_err(), "{url}");
            let other = get_as("Aastra55i MAC:00-08-5D-4A-1B-2C", request);
            assert_eq!(other, Ok(format!("{action} 00085d4a1b2c - -")), "{url}");
        }
        // What the URL says comes first.
        let url = fill(url, &[("$$SIPUSERNAME$$", "101")]);
        let expected = format!("{action} alice - -");
        assert_eq!(get_as(AGENT, place(&url).1), Ok(expected), "{url}");
    }
    assert_eq!(
        get_as(AGENT, "i/?mac=001565aabbcc&n=5").as_deref(),
        Ok("incoming-call alice 5 -")
    );
}
