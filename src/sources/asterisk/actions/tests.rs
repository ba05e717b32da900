use std::time::Duration;

use asterisk_rs_ami::AmiCodec;
use proptest::prelude::*;
use tokio_util::codec::Decoder;

use super::texts::{MAX_PART, MAX_PARTS};
use super::*;
use crate::calls::{Code, Dial, Driver, NewCall};
use crate::sources::asterisk::DndSwitch;

/// Reads bytes as Asterisk does: lines that end in CRLF, a message at an empty one. (Its `get_input` and `do_message`.)
fn as_asterisk_reads(bytes: &[u8]) -> Vec<Vec<(String, String)>> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let mut messages = vec![Vec::new()];
    for line in text.split_inclusive('\n') {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            messages.push(Vec::new());
        } else {
            assert!(line.len() <= MAX_LINE, "{}", line.len());
            let (name, value) = line.split_once(':').expect("a header");
            let message = messages.last_mut().expect("one");
            message.push((name.to_owned(), value.trim_start().to_owned()));
        }
    }
    assert_eq!(messages.pop(), Some(Vec::new()), "it ends in an empty line");
    messages
}

/// The one message that an action is, whose headers are these and no others.
fn headers(action: &Action, names: &[&str]) -> Vec<(String, String)> {
    let bytes = action.encode("id-1").expect("fit");
    let mut messages = as_asterisk_reads(&bytes);
    assert_eq!(messages.len(), 1);
    let message = messages.remove(0);
    let found: Vec<_> = message.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(found, names);
    message
}

fn value<'a>(message: &'a [(String, String)], name: &str) -> &'a str {
    let found = message.iter().find(|(own, _)| own == name);
    &found.expect("that header").1
}

fn dial(text: &str) -> Dial {
    Dial::new(text).expect("a number")
}

const ORIGINATE: [&str; 11] = [
    "Action",
    "ActionID",
    "Channel",
    "Context",
    "Exten",
    "Priority",
    "Timeout",
    "CallerID",
    "Async",
    "ChannelId",
    "OtherChannelId",
];

#[test]
fn an_action_in_a_log_would_not_show_its_secret() {
    let action = format!("{:?}", login("switchboard", "hush-hush"));
    assert!(
        action.contains("Login") && !action.contains("hush"),
        "{action}"
    );
}

#[test]
fn a_call_is_what_it_should_be() {
    let call = NewCall {
        from: dial("6001"),
        to: dial("0240404040"),
        caller_name: "Jörg \"Jo\"\r\nVariable: X=1 O'Neil-Maier".to_owned(),
        caller_number: dial("6001"),
        ring_limit: Duration::from_secs(30),
        picks_up: None,
    };
    let message = headers(&originate(&call, "from-internal", "c-1"), &ORIGINATE);
    for (name, expected) in [
        ("Action", "Originate"),
        ("ActionID", "id-1"),
        ("Channel", "Local/6001@from-internal/n"),
        ("Context", "from-internal"),
        ("Exten", "0240404040"),
        ("Priority", "1"),
        ("Timeout", "30000"),
        ("CallerID", "\"Jörg Jo Variable X 1 O'Neil-Maier\" <6001>"),
        ("Async", "true"),
        ("ChannelId", "c-1"),
        ("OtherChannelId", "c-1-2"),
    ] {
        assert_eq!(value(&message, name), expected, "{name}");
    }
}

#[test]
fn what_would_end_a_header_is_refused() {
    for bad in [
        "a\r\nb",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\u{85}b",
        "",
        "  ",
        &"x".repeat(MAX_LINE),
    ] {
        let action = login(bad, "s");
        let unfit = action.encode("1").expect_err("unfit");
        assert_eq!(unfit.header, "Username", "{bad:?}");
    }
    assert!(login("bob", &"s".repeat(MAX_LINE - 8)).encode("1").is_ok());
    assert!(login("bob", "s: t").encode("1").is_ok());
    assert!(ping().encode("1\r\nAction: Logoff").is_err());
}

#[test]
fn short_texts_go_whole_and_plain() {
    let parts = TextParts::cut("Call me back, please: 6002").expect("short");
    assert_eq!(
        parts.iter().collect::<Vec<_>>(),
        ["Call me back, please: 6002"]
    );
    let action = message_send(Driver::Pjsip, &dial("6001"), "", "Call me: 6002");
    let message = headers(&action, &["Action", "ActionID", "To", "Body"]);
    assert_eq!(value(&message, "To"), "pjsip:6001");
    assert_eq!(value(&message, "Body"), "Call me: 6002");
    assert_eq!(TextParts::cut(" \r\n ").map(|parts| parts.len()), Some(0));
}

#[test]
fn other_texts_go_in_base64() {
    let action = message_send(Driver::Sip, &dial("6001"), "Zoë", "Grüße\nBob");
    let message = headers(&action, &["Action", "ActionID", "To", "From", "Base64Body"]);
    assert_eq!(value(&message, "To"), "sip:6001");
    assert_eq!(value(&message, "From"), "\"Zoë\" <sip:switchboard>");
    // RFC 4648; made with coreutils' base64.
    assert_eq!(value(&message, "Base64Body"), "R3LDvMOfZQpCb2I=");
}

#[test]
fn long_texts_are_cut_between_words_and_numbered() {
    let word = "telephone ";
    let parts = TextParts::cut(&word.repeat(150)).expect("not too long");
    let parts: Vec<_> = parts.iter().collect();
    assert_eq!(parts.len(), 3);
    for (at, part) in parts.iter().enumerate() {
        let words = part
            .strip_prefix(&format!("({}/3) ", at + 1))
            .expect("numbered");
        let mut words = words.trim_end().split(' ');
        assert!(words.all(|word| word == "telephone"), "{part}");
    }
    assert!(TextParts::cut(&"ü".repeat(MAX_PARTS * MAX_PART)).is_none());
    let kib_64 = "a ".repeat(32 * 1024);
    assert!(TextParts::cut(&kib_64).is_some());
}

#[test]
fn a_pause_has_a_reason_if_there_is_one() {
    let action = queue_pause("sales", "PJSIP/6003", true, Some("lunch\r\nQueue: other"));
    let names = [
        "Action",
        "ActionID",
        "Queue",
        "Interface",
        "Paused",
        "Reason",
    ];
    let message = headers(&action, &names);
    assert_eq!(value(&message, "Paused"), "true");
    assert_eq!(value(&message, "Reason"), "lunch Queue: other");
    headers(
        &queue_pause("sales", "PJSIP/6003", false, None),
        &names[..5],
    );
}

/// What people type, and what would break a header.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\r\n\0:\" <>a-z,;|/&ü]{0,60}",
        "(\r\n(Application|Data|Variable|Codecs): [a-z]{1,8}\r\n){1,3}",
        ": [a-z]{0,5}",
        "[ -~]{0,3000}",
    ]
}

proptest! {
    #[test]
    fn a_call_has_its_headers_and_no_others(name in typed(), context in typed(), to in "[0-9*#+]{1,40}") {
        let call = NewCall {
            from: dial("6001"),
            to: dial(&to),
            caller_name: name,
            caller_number: dial("6001"),
            ring_limit: Duration::from_secs(1),
            picks_up: None,
        };
        let action = originate(&call, "from-internal", "c");
        let message = headers(&action, &ORIGINATE);
        prop_assert_eq!(value(&message, "Exten"), to);
        let caller = value(&message, "CallerID");
        prop_assert!(caller.ends_with("<6001>") && caller.matches('"').count().is_multiple_of(2));
        prop_assert!(caller.matches(['<', '>']).count() == 2 && caller.len() < 256);
        // A context is an admin's, but holds nothing else either.
        if originate(&call, &context, "c").encode("id-1").is_ok() {
            headers(&originate(&call, &context, "c"), &ORIGINATE);
        }
    }

    #[test]
    fn a_text_has_its_headers_and_arrives_whole(from in typed(), text in typed()) {
        let parts = TextParts::cut(&text).expect("short");
        let mut arrived = String::new();
        let count = parts.len();
        for (at, part) in parts.iter().enumerate() {
            prop_assert!(part.len() <= MAX_PART);
            let action = message_send(Driver::Pjsip, &dial("6001"), &from, part);
            let body = if part.bytes().all(|b| (b' '..=b'~').contains(&b)) { "Body" } else { "Base64Body" };
            let named = !caller_name(&from).is_empty();
            let names: &[&str] = if named { &["Action", "ActionID", "To", "From", body] } else { &["Action", "ActionID", "To", body] };
            headers(&action, names);
            let number = if count > 1 { format!("({}/{count}) ", at + 1) } else { String::new() };
            arrived.push_str(part.strip_prefix(&number).expect("numbered"));
        }
        let sent: String = text.chars().filter(|c| !c.is_control() || "\n\t".contains(*c)).collect();
        prop_assert_eq!(arrived, sent.trim());
    }

    #[test]
    fn an_agent_has_their_headers_and_no_others(queue in typed(), interface in typed(), name in typed(), reason in typed()) {
        let actions = [
            queue_add(&queue, &interface, &name),
            queue_remove(&queue, &interface),
            queue_pause(&queue, &interface, true, Some(&reason)),
        ];
        let known = ["Action", "ActionID", "Queue", "Interface", "MemberName", "Paused", "Reason"];
        for action in actions {
            let Ok(bytes) = action.encode("id-1") else { continue };
            let messages = as_asterisk_reads(&bytes);
            prop_assert_eq!(messages.len(), 1);
            prop_assert_eq!(messages[0].len(), action.headers.len() + 2);
            for (name, _) in &messages[0] {
                prop_assert!(known.contains(&name.as_str()));
            }
        }
    }

    #[test]
    fn login_is_one_message_or_none(user in typed(), secret in typed()) {
        if let Ok(bytes) = login(&user, &secret).encode("id-1") {
            prop_assert_eq!(as_asterisk_reads(&bytes).len(), 1);
            let mut bytes = BytesMut::from(&[b"Asterisk Call Manager/1\r\n", &bytes[..]].concat()[..]);
            let message = AmiCodec::new().decode(&mut bytes).expect("well formed").expect("whole");
            prop_assert_eq!(message.headers.len(), 5);
            prop_assert_eq!(message.get("Username"), Some(user.trim_ascii()));
        }
    }
}

#[test]
fn a_code_is_shown_and_said_and_is_always_digits() {
    let action = announce(
        &dial("6001"),
        Code::new(711_000_042),
        "from-internal",
        Duration::from_secs(20),
        "sb-1",
    );
    let message = headers(
        &action,
        &[
            "Action",
            "ActionID",
            "Channel",
            "Application",
            "Data",
            "Timeout",
            "CallerID",
            "Async",
            "ChannelId",
            "OtherChannelId",
        ],
    );
    assert_eq!(value(&message, "Channel"), "Local/6001@from-internal/n");
    assert_eq!(value(&message, "Application"), "SayDigits");
    assert_eq!(value(&message, "Data"), "000042");
    // The number is the same for all: it is what others read of a call.
    assert_eq!(value(&message, "CallerID"), "\"Code 000042\" <0>");
    assert_eq!(value(&message, "ChannelId"), "switchboard-link-sb-1");
    assert_eq!(value(&message, "OtherChannelId"), "switchboard-link-sb-1-2");
}

#[test]
fn do_not_disturb_is_an_entry_and_a_switch() {
    let family = DndSwitch::Database("DND".to_owned());
    let all = |switch: &DndSwitch, on| {
        let actions = dnd(switch, &dial("6001"), on);
        let line = |action: &Action| {
            let bytes = action.encode("id").expect("fit");
            let text = String::from_utf8(bytes.to_vec()).expect("text");
            text.trim().replace("\r\n", " | ")
        };
        actions.iter().map(line).collect::<Vec<_>>()
    };
    let device = |state| {
        format!(
            "Action: Setvar | ActionID: id | Variable: DEVICE_STATE(Custom:DND6001) | Value: {state}"
        )
    };
    assert_eq!(
        all(&family, true),
        [
            "Action: DBPut | ActionID: id | Family: DND | Key: 6001 | Val: YES".to_owned(),
            device("BUSY")
        ]
    );
    assert_eq!(
        all(&family, false),
        [
            "Action: DBDel | ActionID: id | Family: DND | Key: 6001".to_owned(),
            device("NOT_INUSE")
        ]
    );
    assert_eq!(all(&DndSwitch::Device, true), [device("BUSY")]);
}

#[test]
fn orders_about_calls_are_what_they_should_be() {
    let own = "PJSIP/6001-0000002a";
    let other = "Local/6002@from-internal-00000001;2";
    let sent = |action: &Action, expected: &[(&str, &str)]| {
        let mut names = vec!["Action", "ActionID"];
        names.extend(expected.iter().skip(1).map(|(name, _)| *name));
        let message = headers(action, &names);
        for (name, expected) in expected {
            assert_eq!(value(&message, name), *expected, "{name}");
        }
    };
    let hangup = [("Action", "Hangup"), ("Channel", own), ("Cause", "17")];
    sent(&super::hangup(own, 17), &hangup);
    sent(
        &blind_transfer(own, "from-internal", &dial("6003")),
        &[
            ("Action", "BlindTransfer"),
            ("Channel", own),
            ("Context", "from-internal"),
            ("Exten", "6003"),
        ],
    );
    sent(
        &park(other, own),
        &[
            ("Action", "Park"),
            ("Channel", other),
            ("TimeoutChannel", own),
            ("AnnounceChannel", own),
        ],
    );
    sent(
        &bridge(own, other),
        &[
            ("Action", "Bridge"),
            ("Channel1", own),
            ("Channel2", other),
            ("Tone", "no"),
        ],
    );
    let exists = "DIALPLAN_EXISTS(from-internal,6003,1)";
    sent(
        &dialplan_exists("from-internal", &dial("6003")),
        &[("Action", "Getvar"), ("Variable", exists)],
    );
}

#[test]
fn a_call_that_is_picked_up_names_one_channel_and_nothing_else() {
    let call = |channel: &str| NewCall {
        from: dial("6001"),
        to: dial("6002"),
        caller_name: "bob".to_owned(),
        caller_number: dial("6002"),
        ring_limit: Duration::from_secs(30),
        picks_up: Some(channel.into()),
    };
    let action = originate(&call("PJSIP/6002-0000002b"), "from-internal", "c-1");
    let names: Vec<_> = ORIGINATE
        .iter()
        .flat_map(|name| match *name {
            "Context" => vec!["Application", "Data"],
            "Exten" | "Priority" => Vec::new(),
            name => vec![name],
        })
        .collect();
    let message = headers(&action, &names);
    assert_eq!(value(&message, "Application"), "PickupChan");
    assert_eq!(value(&message, "Data"), "PJSIP/6002-0000002b");
    for strange in [
        "PJSIP/6002-1&PJSIP/6003-1",
        "PJSIP/6002-1,p",
        "${SHELL(x)}",
        "a b",
        "",
    ] {
        let action = originate(&call(strange), "from-internal", "c-1");
        let unfit = action.encode("1").expect_err(strange);
        assert_eq!(unfit.header, "Data", "{strange}");
    }
}
