//! Lines: their devices, hints and switches.

use super::*;

const SEED: &str = "plain-call";

/// The lists that a recording begins with.
fn lists(play: &str) -> Vec<RawAmiMessage> {
    let mut messages = recording(play);
    let at = messages
        .iter()
        .position(|m| m.get("Event") == Some("QueueSummaryComplete"));
    messages.truncate(at.expect("the last list") + 1);
    messages
}

#[test]
fn every_extension_with_a_hint_or_a_fitting_device_is_a_line() {
    let mut it = Play::new("6001:alice, 6002:bob");
    it.lists(&lists(SEED));
    let extensions = it.state.extensions();
    let numbers: Vec<_> = extensions.iter().map(|e| e.number.as_str()).collect();
    // 6008 and 6009 have no hint; the trunk has a device but is no extension, nor are queues.
    assert_eq!(
        numbers,
        [
            "6001", "6002", "6003", "6004", "6005", "6006", "6007", "6008", "6009"
        ]
    );
    let users: Vec<_> = extensions.iter().map(|e| &*e.user).take(3).collect();
    assert_eq!(users, ["alice", "bob", "6003"]);
    assert_eq!(it.devices(), ["6001 free", "6002 free"]);
    let snapshot = it.board.snapshot();
    let users: Vec<_> = snapshot.lines.iter().map(|line| &*line.user).collect();
    assert_eq!(
        users,
        [
            "6003", "6004", "6005", "6006", "6007", "6008", "6009", "alice", "bob"
        ]
    );
    assert_eq!(it.news, [""; 0], "what is found is no news");
}

#[test]
fn a_phone_that_registers_can_be_reached() {
    let play = Play::recording("registration");
    let reached = play.devices();
    assert!(reached.contains(&"6003 free".to_owned()), "{reached:?}");
}

#[test]
fn do_not_disturb_is_a_switch_in_the_hint() {
    let messages = recording("dnd");
    let on = messages
        .iter()
        .position(|m| m.get("Device") == Some("Custom:DND6002"))
        .expect("a switch");
    let mut it = Play::new("");
    it.seed(&messages[..on + 1]);
    assert_eq!(it.dnd(), [Name::from("6002")]);
    assert_eq!(
        it.state.extensions()[1].device,
        Device::Busy,
        "it is in the call that switches"
    );
    it.all(&messages[on + 1..]);
    assert_eq!(it.dnd(), []);
    let switched: Vec<_> = it.news.iter().filter(|news| news.contains("dnd")).collect();
    assert_eq!(switched, ["6002 dnd-on", "6002 dnd-off"]);
    assert_eq!(it.devices(), ["6001 free", "6002 free"]);
}

#[test]
fn a_phone_with_do_not_disturb_is_free_and_does_not_want_to_be_called() {
    let mut it = Play::new("");
    let mut all = lists(SEED);
    all.push(event(
        "Event: DeviceStateChange\nDevice: Custom:DND6001\nState: INUSE",
    ));
    all.push(event(
        "Event: ExtensionStatus\nExten: 6001\nHint: PJSIP/6001&Custom:DND6001\nStatus: 1",
    ));
    it.lists(&all);
    assert_eq!(it.dnd(), [Name::from("6001")]);
    assert_eq!(it.devices()[0], "6001 free");
    assert_eq!(it.news, [""; 0]);
    // Switched off while nobody listened: no list names a switch that is off.
    it.act(State::lost);
    assert_eq!(it.dnd(), [Name::from("6001")], "as far as is known");
    it.lists(&lists(SEED));
    assert_eq!(it.dnd(), []);
}

#[test]
fn devices_have_many_states() {
    for (state, device) in [
        ("NOT_INUSE", Device::Free),
        ("INUSE", Device::Busy),
        ("BUSY", Device::Busy),
        ("RINGING", Device::Ringing),
        ("RINGINUSE", Device::Busy),
        ("ONHOLD", Device::Held),
        ("UNAVAILABLE", Device::Unreachable),
        ("INVALID", Device::Unreachable),
        ("UNKNOWN", Device::Unknown),
        ("", Device::Unknown),
    ] {
        let mut it = Play::new("");
        let state = format!("Event: DeviceStateChange\nDevice: pjsip/6002\nState: {state}");
        it.all(&[
            event("Event: DeviceStateChange\nDevice: PJSIP/6002\nState: UNKNOWN"),
            event(&state),
        ]);
        assert_eq!(it.state.extensions()[0].device, device, "{state}");
    }
}

/// An account may see hints, and no devices.
#[test]
fn without_devices_hints_tell() {
    let mut it = Play::new("");
    let hint =
        "Event: ExtensionStatus\nContext: ext-local\nExten: 6002\nHint: PJSIP/6002&Custom:DND6002";
    it.all(&[event(&format!("{hint}\nStatus: 8"))]);
    assert_eq!(it.devices(), ["6002 ringing"]);
    // While it boots, Asterisk leaves the hint out.
    it.all(&[event(
        "Event: ExtensionStatus\nExten: 6002\nHint:\nStatus: 4",
    )]);
    assert_eq!(it.devices(), ["6002 ringing"]);
    it.all(&[event(&format!("{hint}\nStatus: -2"))]);
    assert_eq!(it.state.extensions(), []);
    assert_eq!(it.board.snapshot().lines, []);
}

#[test]
fn a_hint_says_whose_device_it_is() {
    let mut it = Play::new("");
    it.all(&[
        event("Event: DeviceStateChange\nDevice: PJSIP/9901\nState: NOT_INUSE"),
        event("Event: ExtensionStatus\nExten: 6002\nHint: PJSIP/9901&PJSIP/9902,CustomPresence:6002\nStatus: 0"),
        event("Event: ExtensionStatus\nExten: *766002\nHint: Custom:DND6002\nStatus: 0"),
        event("Event: ExtensionStatus\nExten: 71\nHint: park:71@default\nStatus: 0"),
    ]);
    assert_eq!(
        it.devices(),
        ["6002 free"],
        "9901 is no line of its own any more"
    );
    it.all(&[event(
        "Event: DeviceStateChange\nDevice: PJSIP/9902\nState: RINGING",
    )]);
    assert_eq!(
        it.devices(),
        ["6002 ringing"],
        "of two phones, the one that says more"
    );
    it.all(&[event(
        "Event: Newchannel\nChannel: PJSIP/9902-00000001\nChannelState: 5\nUniqueid: 1\nLinkedid: 1\nConnectedLineNum: 6001",
    )]);
    assert_eq!(it.calls(), ["6002<6001 ringing"]);
}

#[test]
fn several_extensions_of_one_person_are_one_line() {
    let mut it = Play::new("6002:bob, 6003:bob, +33240404040:mum");
    for (device, state) in [
        ("6002", "NOT_INUSE"),
        ("6003", "UNAVAILABLE"),
        ("6003", "INUSE"),
        ("6003", "UNAVAILABLE"),
    ] {
        it.all(&[event(&format!(
            "Event: DeviceStateChange\nDevice: PJSIP/{device}\nState: {state}"
        ))]);
    }
    let seen: Vec<_> = it
        .changes
        .iter()
        .filter_map(|change| match &change.kind {
            ChangeKind::Line(state) => Some((&*change.subject, state.device)),
            _ => None,
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("bob", Some(Device::Free)),
            ("bob", Some(Device::Busy)),
            ("bob", Some(Device::Free)),
        ]
    );
    // Both ring for one caller: that is one call.
    let ring = |n: u8| {
        event(&format!(
            "Event: Newstate\nChannel: PJSIP/600{n}-0000000{n}\nChannelState: 5\nUniqueid: {n}\nLinkedid: 1\nConnectedLineNum: 0240404040"
        ))
    };
    it.all(&[ring(2), ring(3), ring(3)]);
    assert_eq!(it.shown(), [("bob", "<mum ringing".to_owned())]);
    let hangup = |n: u8, cause: u8| {
        event(&format!(
            "Event: Hangup\nChannel: PJSIP/600{n}-0000000{n}\nUniqueid: {n}\nLinkedid: 1\nCause: {cause}"
        ))
    };
    it.all(&[hangup(2, 16)]);
    assert_eq!(it.calls(), ["bob<mum ringing"]);
    it.all(&[hangup(3, 16)]);
    assert_eq!(
        it.shown(),
        [("bob", "<mum ringing, <mum is missed".to_owned())]
    );
    it.nothing_is_left("two phones");
}

#[test]
fn other_names_move_lines_and_calls() {
    let messages = recording("plain-call");
    let talks = messages
        .iter()
        .rposition(|m| m.get("Event") == Some("BridgeEnter"))
        .expect("a bridge");
    let mut it = Play::new("");
    it.seed(&messages[..=talks]);
    it.news.clear();
    it.act(|state, now| state.set_view(view("6001:alice"), now));
    assert_eq!(it.calls(), ["6002<6001 talking", "alice>6002 talking"]);
    let users: Vec<_> = it
        .board
        .snapshot()
        .lines
        .into_iter()
        .map(|line| line.user)
        .collect();
    assert!(
        !users.contains(&"6001".into()) && users.contains(&"alice".into()),
        "{users:?}"
    );
    it.act(|state, now| state.set_view(view("6001:alice"), now));
    it.all(&messages[talks + 1..]);
    it.nothing_is_left("other names");
    let mut news = it.news;
    news.sort();
    assert_eq!(news, ["6002 call-terminated", "alice call-terminated"]);
}

#[test]
fn switched_off_nothing_is_left() {
    let messages = recording("queue-answered");
    let talks = messages
        .iter()
        .rposition(|m| m.get("Event") == Some("BridgeEnter"))
        .expect("a bridge");
    let mut it = Play::new("");
    it.seed(&messages[..=talks]);
    assert!(!it.board.snapshot().queues.is_empty() && !it.calls().is_empty());
    it.act(State::clear);
    let snapshot = it.board.snapshot();
    assert_eq!((snapshot.lines, snapshot.queues), (Vec::new(), Vec::new()));
    assert_eq!(it.state.counts(), Counts::default());
    it.seed(&messages);
    it.nothing_is_left("switched on again");
}
