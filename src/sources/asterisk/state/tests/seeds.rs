//! Lists: what is found, and what was missed.

use super::*;

/// The messages of `status-in-calls`: 6001 talks with 6002, who holds; 6001 calls 6003 as well, which rings; then the lists are
/// asked for again, and both calls end. Split behind the first lists, before the second, and behind them.
pub(super) fn status() -> [Vec<RawAmiMessage>; 4] {
    let all = recording("status-in-calls");
    let first = all
        .iter()
        .position(|m| m.get("Event") == Some("QueueSummaryComplete"))
        .expect("the first lists")
        + 1;
    let listed = |m: &RawAmiMessage| m.get("Message") == Some("Channel status will follow");
    let second = all
        .iter()
        .rposition(listed)
        .expect("the second list of channels");
    let behind = all
        .iter()
        .rposition(|m| m.get("Event") == Some("BridgeListComplete"))
        .expect("its end")
        + 1;
    [
        all[..first].to_vec(),
        all[first..second].to_vec(),
        all[second..behind].to_vec(),
        all[behind..].to_vec(),
    ]
}

pub(super) const RUNNING: [&str; 4] = [
    "6001>6002 talking",
    "6001>6003 ringing",
    "6002<6001 held",
    "6003<6001 ringing",
];

#[test]
fn calls_that_run_already_are_found() {
    let [_, _, lists, rest] = status();
    let mut it = Play::new("");
    it.lists(&lists);
    // That 6002 holds is not in the lists.
    let mut calls = it.calls();
    calls.sort();
    assert_eq!(
        calls,
        [
            "6001>6002 talking",
            "6001>6003 ringing",
            "6002<6001 talking",
            "6003<6001 ringing"
        ]
    );
    assert_eq!(it.news, [""; 0], "what is found is no news");
    it.all(&rest);
    it.nothing_is_left("found calls");
    assert_eq!(
        it.shown.get("6003").map(|says| says.join(", ")),
        Some("<6001 ringing, <6001 is missed".to_owned())
    );
}

#[test]
fn a_running_call_goes_on_as_the_same() {
    let [first, events, lists, rest] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&events);
    let sorted = |it: &Play| {
        let mut calls = it.calls();
        calls.sort();
        calls
    };
    assert_eq!(sorted(&it), RUNNING);
    let shown = it.shown.clone();
    it.lists(&lists);
    assert_eq!(sorted(&it), RUNNING);
    it.act(State::lost);
    assert_eq!(sorted(&it), RUNNING);
    assert!(
        it.devices()
            .iter()
            .all(|device| device.ends_with("unknown")),
        "{:?}",
        it.devices()
    );
    it.lists(&lists);
    assert_eq!(sorted(&it), RUNNING);
    assert_eq!(it.shown, shown, "not a word of any call");
    it.all(&rest);
    it.nothing_is_left("the same call");
}

#[test]
fn what_ended_while_nobody_listened_ends() {
    let [first, events, _, _] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&events);
    it.act(State::lost);
    it.news.clear();
    it.lists(&first);
    it.nothing_is_left("ended while away");
    assert_eq!(it.news, [""; 0], "nobody knows when it ended");
    let of_6003 = it.shown.get("6003").map(|says| says.join(", "));
    assert_eq!(
        of_6003,
        Some("<6001 ringing, <6001 ends".to_owned()),
        "nor whether somebody answered"
    );
}

/// After a restart, names of channels are used again, ids are not.
#[test]
fn after_a_restart_nothing_goes_on() {
    let [first, events, lists, _] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&events);
    it.act(State::lost);
    let renumbered: Vec<_> = lists
        .into_iter()
        .map(|mut message| {
            for (name, value) in &mut message.headers {
                if matches!(&**name, "Uniqueid" | "Linkedid") {
                    *value = value.replace("pbx-", "restarted-");
                }
            }
            message
        })
        .collect();
    it.lists(&renumbered);
    assert_eq!(it.calls().len(), 4);
    let of_6001 = it.shown.get("6001").map_or(0, |says| {
        says.iter().filter(|says| says.ends_with("ends")).count()
    });
    assert_eq!(of_6001, 2, "both old ones ended");
}

#[test]
fn without_lists_calls_are_kept_for_a_while() {
    let [first, events, _, _] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&events);
    it.act(State::lost);
    // The account may not list channels.
    it.act(State::begin_seed);
    it.act(|state, now| state.end_seed(Seeded::default(), now));
    it.now = it.now.after(UNVERIFIED_LIMIT - 1000);
    it.act(State::expire);
    assert_eq!(it.calls().len(), 4);
    it.now = it.now.after(1000);
    it.act(State::expire);
    it.nothing_is_left("nobody vouches for them");
}

#[test]
fn a_call_that_ends_during_the_lists_stays_ended() {
    let [first, events, lists, rest] = status();
    let mut it = Play::new("");
    it.lists(&first);
    it.all(&events);
    it.act(State::begin_seed);
    it.all(&rest);
    it.all(&lists);
    let complete = Seeded {
        channels: true,
        ..Seeded::default()
    };
    it.act(|state, now| state.end_seed(complete, now));
    it.nothing_is_left("ended during the lists");
}

#[test]
fn a_hold_that_ended_while_nobody_listened_is_seen_by_the_other_phone() {
    let messages = recording("hold");
    let held = messages
        .iter()
        .position(|m| m.get("Event") == Some("Hold"))
        .expect("a hold");
    let status = |n: u8, connected: u8| {
        let base = messages[..held].iter().rfind(|m| {
            m.get("Channel")
                .is_some_and(|c| c.starts_with(&format!("PJSIP/600{n}")))
        });
        let base = base.expect("a channel");
        let of = |name: &str| base.get(name).unwrap_or_default().to_owned();
        event(&format!(
            "Event: Status\nChannel: {}\nChannelState: 6\nUniqueid: {}\nLinkedid: {}\nConnectedLineNum: 600{connected}\nApplication: Dial",
            of("Channel"),
            of("Uniqueid"),
            of("Linkedid")
        ))
    };
    let hint = |n: u8| {
        event(&format!(
            "Event: ExtensionStatus\nExten: 600{n}\nHint: PJSIP/600{n}\nStatus: 1"
        ))
    };
    let device = |n: u8, state: &str| {
        event(&format!(
            "Event: DeviceStateChange\nDevice: PJSIP/600{n}\nState: {state}"
        ))
    };
    let mut it = Play::new("");
    it.seed(&messages[..=held]);
    assert_eq!(it.calls(), ["6001>6002 held", "6002<6001 talking"]);
    it.act(State::lost);
    let common = [
        hint(1),
        hint(2),
        status(1, 2),
        status(2, 1),
        device(1, "INUSE"),
    ];
    it.lists(&[&common[..], &[device(2, "ONHOLD")]].concat());
    assert_eq!(
        it.calls(),
        ["6001>6002 held", "6002<6001 talking"],
        "6002 hears music: 6001 holds"
    );
    it.act(State::lost);
    it.lists(&[&common[..], &[device(2, "INUSE")]].concat());
    assert_eq!(it.calls(), ["6001>6002 talking", "6002<6001 talking"]);
}
