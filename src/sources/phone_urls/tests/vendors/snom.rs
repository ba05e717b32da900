//! Snom: settings and variables of its action URLs.

use quick_xml::escape::unescape;

use super::*;

const NAMES: Names = Names {
    user: "$active_user",
    mac: Some("$mac"),
    id: Some("$call-id"),
    number: "$remote",
    local: Some("$local"),
};

const EVENTS: &[(&str, &str, bool)] = &[
    ("action_incoming_url", "incoming-call", true),
    ("action_outgoing_url", "outgoing-call", true),
    ("action_connected_url", "call-established", true),
    ("action_missed_url", "missed-call", true),
    ("action_disconnected_url", "call-terminated", true),
    ("action_offhook_url", "offhook", false),
    ("action_onhook_url", "onhook", false),
    ("action_dnd_on_url", "dnd-on", false),
    ("action_dnd_off_url", "dnd-off", false),
];

/// What stands in the settings file: key and URL.
fn settings(block: &Block) -> Vec<(String, String)> {
    let lines = block.text.lines().filter_map(|line| {
        let (key, rest) = line.trim().strip_prefix('<')?.split_once(" perm=\"\">")?;
        let (url, end) = rest.split_once("</")?;
        assert_eq!(end, format!("{key}>"));
        Some((key.to_owned(), unescape(url).expect("XML").into_owned()))
    });
    lines.collect()
}

#[test]
fn snoms_urls_are_understood() {
    for whose in WHOSE {
        for (form, _) in FORMS {
            let printed = printed("snom", *whose, *form);
            let [page, file] = &printed[..] else {
                panic!("{printed:?}");
            };
            let page = lines(page, ": ");
            assert_eq!(settings(file), page);
            play(&page, &NAMES, EVENTS, *whose, *form);
        }
    }
    by_hand(&[
        (
            "incoming-call?user=100&number=%22Eve%22%20%3Csip:eve@pbx;user=phone%3E&call_id=3c26700a@snom",
            "incoming-call bob eve 3c26700a@snom",
        ),
        (
            "incoming-call?user=100&number=100@pbx&number=0240404040@pbx",
            "incoming-call bob 0240404040 -",
        ),
        (
            "call-terminated?user=100&local=sip:100@pbx&remote=sip:101@pbx&call-id=x",
            "call-terminated bob alice x",
        ),
        (
            "dnd-on?user=$active_user&mac=0004F2ABCDEF",
            "dnd-on bob - -",
        ),
        (
            "incoming-call?local=$local&remote=$remote&active_user=100&csta_id=$csta_id&call-id=$call-id&display_remote=$display_remote",
            "incoming-call bob - -",
        ),
    ]);
}

/// Where `$remote` is the caller, it is the phone's own number when the phone calls: then `$local` is the other side.
#[test]
fn snoms_other_side_is_found_whichever_it_calls_remote() {
    for (whose, user) in [(Whose::Everyone, "bob"), (Whose::Person("carol"), "carol")] {
        let printed = printed("snom", whose, Form::Plain);
        for (key, url) in lines(&printed[0], ": ") {
            let action = match &*key {
                "action_outgoing_url" => "outgoing-call",
                "action_connected_url" => "call-established",
                "action_disconnected_url" => "call-terminated",
                _ => continue,
            };
            // Of carol's phone nobody told the number but the phone itself.
            let filled = [
                ("$active_user", "100"),
                ("$remote", "sip:100@pbx"),
                ("$local", "sip:5@pbx"),
                ("$call-id", "x"),
            ];
            let url = fill(&url, &filled);
            let expected = format!("{action} {user} 5 x");
            assert_eq!(get(place(&url).1), Ok(expected), "{url}");
        }
    }
}
