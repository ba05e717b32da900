//! What admins enter for video conferences.

use super::*;
use crate::config::{Bundle, Config};

const OWN: [&str; 11] = [
    "Node",
    "Prefix",
    "Pin",
    "Embedded",
    "DisplayNameType",
    "FilterChannels",
    "VideoRooms",
    "VideoHosts",
    "VideoChannels",
    "VideoPosts",
    "VideoPinInUrl",
];

fn of(bundle: &str, json: &str) -> (Option<VideoSettings>, Vec<String>) {
    let config = Config::parse(Bundle::of(bundle), json.as_bytes());
    let problems = config.problems.iter();
    let problems = problems.filter(|problem| OWN.contains(&&*problem.setting));
    let problems = problems.map(ToString::to_string).collect();
    (config.video.map(|video| (*video).clone()), problems)
}

/// Settings that need no remark, beside a node.
fn with(more: &str) -> VideoSettings {
    let (video, problems) = of("switchboard", &format!(r#"{{"node":"pexip"{more}}}"#));
    assert_eq!(problems, [""; 0], "{more}");
    video.expect("video")
}

/// What is wrong with settings that hold all the same.
fn complaint(more: &str) -> (VideoSettings, String) {
    let (video, problems) = of("switchboard", &format!(r#"{{"node":"pexip"{more}}}"#));
    assert_eq!(problems.len(), 1, "{more}: {problems:?}");
    (video.expect("video"), problems[0].clone())
}

#[test]
fn a_node_is_understood_as_people_write_it() {
    for (text, origin, domain) in [
        (
            "pexip.example.com",
            "https://pexip.example.com",
            "pexip.example.com",
        ),
        (
            " https://Pexip.example.com/ ",
            "https://pexip.example.com",
            "pexip.example.com",
        ),
        (
            "//pexip.example.com/webapp3/",
            "https://pexip.example.com",
            "pexip.example.com",
        ),
        (
            "pexip.example.com:443",
            "https://pexip.example.com",
            "pexip.example.com",
        ),
        (
            "https://pexip.example.com:8443/webapp3?x=1#y",
            "https://pexip.example.com:8443",
            "pexip.example.com",
        ),
        ("192.168.1.101", "https://192.168.1.101", "192.168.1.101"),
        (
            "[2001:db8::1]:8443",
            "https://[2001:db8::1]:8443",
            "[2001:db8::1]",
        ),
        (
            "http://127.0.0.1:4000",
            "http://127.0.0.1:4000",
            "127.0.0.1",
        ),
        (
            "http://localhost:4000/",
            "http://localhost:4000",
            "localhost",
        ),
    ] {
        let json = serde_json::json!({ "node": text }).to_string();
        let (video, problems) = of("switchboard", &json);
        assert_eq!(problems, [""; 0], "{text}");
        let node = video.expect("video").node;
        assert_eq!(
            (&*node.origin(), &*node.domain()),
            (origin, domain),
            "{text}"
        );
        assert!(origin.ends_with(&node.authority()));
    }
}

#[test]
fn a_node_that_may_not_be_shown_is_complained_of_in_a_whole_sentence() {
    let begins = |text: &str| {
        let json = serde_json::json!({ "node": text }).to_string();
        of("switchboard", &json).1.concat()
    };
    let hidden = begins("exa mple");
    let expected = "Node: cannot be used, so video is off: ";
    assert!(hidden.starts_with(expected), "{hidden}");
    let shown = begins("ftp://pexip.example.com");
    let expected = "Node: is `pexip.example.com` and cannot be used, so video is off: ";
    assert!(shown.starts_with(expected), "{shown}");
}

#[test]
fn a_node_that_is_none_turns_video_off_and_is_named() {
    for text in [
        "pexip example.com",
        "http://pexip.example.com",
        "ftp://pexip.example.com",
        "user:pa55word@pexip.example.com",
        "pexip.example.com:0",
        "pexip.example.com:pexip",
        "1.2.3",
        "jörg.example.com",
        "https://",
        "matt-\u{0}",
    ] {
        let json = serde_json::json!({ "node": text }).to_string();
        let (video, problems) = of("switchboard", &json);
        assert_eq!(video, None, "{text}");
        assert_eq!(problems.len(), 1, "{text}");
        let shown = problems[0].starts_with("Node: is `");
        let hidden = problems[0].starts_with("Node: cannot be used, ");
        assert!(shown || hidden, "{}", problems[0]);
        assert!(problems[0].ends_with(NODE_REMEDY), "{}", problems[0]);
        assert!(!problems[0].contains("pa55word"), "{}", problems[0]);
    }
}

#[test]
fn without_a_node_there_is_no_video() {
    for json in ["{}", r#"{"node":" ","pin":"1234"}"#, r#"{"node":null}"#] {
        assert_eq!(of("switchboard", json), (None, vec![]), "{json}");
        let (video, problems) = of("com.pexip.pexip-app", json);
        assert_eq!(video, None);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("Node: is empty"), "{problems:?}");
    }
    for other in ["net.bytemine.sip", "com.mattermost.outlook-presence"] {
        assert_eq!(of(other, r#"{"node":"pexip"}"#), (None, vec![]));
    }
}

#[test]
fn what_is_not_set_has_its_bundles_default() {
    let new = with("");
    assert_eq!((&*new.prefix, new.rooms), ("matt-", VideoRooms::Secret));
    assert_eq!((new.posts, new.pin_in_url), (VideoPosts::One, false));
    assert!(new.embedded && new.pin.is_empty() && new.filter.is_none());
    let (old, problems) = of("com.pexip.pexip-app", r#"{"node":"pexip"}"#);
    assert_eq!(problems, [""; 0]);
    let old = old.expect("video");
    assert_eq!((&*old.prefix, old.rooms), ("matt-", VideoRooms::Id));
    assert_eq!((old.posts, old.pin_in_url), (VideoPosts::Classic, true));
    assert!(!old.embedded);
    let kinds = VideoKinds {
        channels: true,
        direct: true,
        group: true,
    };
    assert_eq!((old.kinds, new.kinds), (kinds, kinds));
    assert_eq!(old.hosts, VideoHosts::Members);
}

#[test]
fn what_pexip_video_connect_saved_carries_over() {
    let json = r#"{"node":"192.168.1.101","prefix":"meet-","pin":1234,"displaynametype":"firstAndLastName","embedded":true,
        "filterchannels":{"enabled":true,"allowedChannels":["abcdefghijklmnopqrstuvwxy1"]}}"#;
    let (video, problems) = of("com.pexip.pexip-app", json);
    assert_eq!(problems, [""; 0]);
    let video = video.expect("video");
    assert_eq!((&*video.prefix, video.pin.reveal()), ("meet-", "1234"));
    assert_eq!(video.display_name, DisplayName::FullName);
    assert_eq!(video.display_name.word(), "firstAndLastName");
    assert!(video.embedded);
    let allowed = BTreeSet::from(["abcdefghijklmnopqrstuvwxy1".into()]);
    assert_eq!(video.filter, Some(allowed));
}

#[test]
fn a_pin_is_a_number_or_a_text_and_never_shown() {
    for (pin, expected) in [
        ("\"0123\"", "0123"),
        ("1234", "1234"),
        ("1234.0", "1234"),
        ("\" 123456# \"", "123456#"),
        ("0", ""),
        ("\"\"", ""),
        ("null", ""),
    ] {
        let video = with(&format!(r#","pin":{pin}"#));
        assert_eq!(video.pin.reveal(), expected, "{pin}");
        assert!(expected.is_empty() || !format!("{video:?}").contains(expected));
    }
    for pin in ["123", "12345678901234567890123", "-4567", "5678a", "6789 0"] {
        let (video, problem) = complaint(&format!(r#","pin":"{pin}""#));
        assert!(video.pin.is_empty());
        assert!(problem.starts_with("Pin: is no PIN"), "{problem}");
        assert!(!problem.contains(pin), "{problem}");
    }
}

#[test]
fn a_prefix_has_what_a_room_can_have() {
    for (prefix, expected) in [("", ""), (" Meet_1.- ", "Meet_1.-")] {
        assert_eq!(&*with(&format!(r#","prefix":"{prefix}""#)).prefix, expected);
    }
    let long = "x".repeat(MAX_PREFIX + 1);
    for (prefix, expected) in [
        ("a/b?c", "abc"),
        ("ä b", "b"),
        (&*long, &long[..MAX_PREFIX]),
    ] {
        let (video, problem) = complaint(&format!(r#","prefix":"{prefix}""#));
        assert_eq!(&*video.prefix, expected);
        assert!(problem.starts_with("Prefix: "), "{problem}");
    }
}

#[test]
fn a_filter_that_is_on_keeps_out_all_others() {
    for off in [
        r#"{"enabled":false,"allowedChannels":["abcdefghijklmnopqrstuvwxy1"]}"#,
        "{}",
        "null",
        "\"\"",
    ] {
        assert_eq!(with(&format!(r#","filterchannels":{off}"#)).filter, None);
    }
    for (on, allowed) in [
        (r#"{"enabled":true}"#, 0),
        (
            r#"{"Enabled":"true","allowedchannels":["abcdefghijklmnopqrstuvwxy1"]}"#,
            1,
        ),
        (r#""{\"enabled\":true,\"allowedChannels\":[]}""#, 0),
    ] {
        let filter = with(&format!(r#","filterchannels":{on}"#)).filter;
        assert_eq!(filter.map(|filter| filter.len()), Some(allowed), "{on}");
    }
    for (bad, allowed) in [
        (r#"["abcdefghijklmnopqrstuvwxy1"]"#, 0),
        ("\"oops\"", 0),
        ("7", 0),
        (
            r#"{"enabled":true,"allowedChannels":["oops",7,"abcdefghijklmnopqrstuvwxy1"]}"#,
            1,
        ),
    ] {
        let (video, problem) = complaint(&format!(r#","filterchannels":{bad}"#));
        assert_eq!(
            video.filter.map(|filter| filter.len()),
            Some(allowed),
            "{bad}"
        );
        assert!(problem.starts_with("FilterChannels: "), "{problem}");
    }
}

#[test]
fn choices_and_kinds_are_read() {
    let video = with(
        r#","videorooms":"NAME","videohosts":"admins","videoposts":"none","videochannels":"Channels; group","videopininurl":"true","embedded":false"#,
    );
    assert_eq!(
        (video.rooms, video.hosts, video.posts),
        (VideoRooms::Name, VideoHosts::Admins, VideoPosts::None)
    );
    assert!(video.kinds.channels && video.kinds.group && !video.kinds.direct);
    assert!(video.pin_in_url && !video.embedded);
    let (video, problem) = complaint(r#","videochannels":"direct, teams""#);
    assert!(video.kinds.direct && !video.kinds.channels);
    assert!(problem.starts_with("VideoChannels: "), "{problem}");
}
