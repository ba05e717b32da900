//! Orders, and calls, that take an unusual turn. What follows a recording's beginning is as Asterisk's manual and its source have it.

use super::orders::{ACTION, CHANNEL};
use super::*;
use crate::calls::Failure::{HungUp, NoAnswer};
use crate::calls::Leg::{Other, Own};
use Progress::{Answered, Ended, Failed, Ringing};

/// The half of the Local channel by which 6001 waits in the queue in `click-queue`.
const WAITS: &str = "Channel: Local/6001@from-internal-00000000;1\nUniqueid: sb-1\nLinkedid: sb-1";

/// 6001 calls the queue 7000, and waits in it: nobody is there who could answer.
fn in_an_empty_queue() -> (Play, mpsc::Receiver<Progress>) {
    let messages = recording("click-queue");
    let mut it = Play::new("");
    let receiver = it
        .state
        .watch(CHANNEL, ACTION, &dial("6001"), &dial("7000"));
    let waits = messages
        .iter()
        .position(|m| m.get("Event") == Some("QueueCallerJoin"))
        .expect("it waits");
    let own = |m: &&RawAmiMessage| {
        m.get("Channel")
            .is_some_and(|c| c.starts_with("PJSIP/6001"))
            || m.get("Event") == Some("OriginateResponse")
    };
    let talks = messages[waits..]
        .iter()
        .position(|m| m.get("Event") == Some("AgentCalled"))
        .expect("an agent rings");
    it.seed(&messages[..=waits]);
    let own: Vec<_> = messages[waits + 1..waits + talks]
        .iter()
        .filter(own)
        .cloned()
        .collect();
    it.all(&own);
    (it, receiver)
}

fn leaves_the_queue(it: &mut Play) {
    for event_name in ["QueueCallerAbandon", "QueueCallerLeave"] {
        it.all(&[event(&format!(
            "Event: {event_name}\n{WAITS}\nQueue: support\nPosition: 1"
        ))]);
    }
}

fn first_half_ends(it: &mut Play) {
    it.all(&[event(&format!("Event: Hangup\n{WAITS}\nCause: 16"))]);
}

/// The queue's own time was up.
#[test]
fn a_queue_that_nobody_answered_is_not_told_as_answered() {
    let (mut it, mut receiver) = in_an_empty_queue();
    it.now = it.now.after(30_000);
    it.act(State::expire);
    leaves_the_queue(&mut it);
    it.act(State::expire);
    first_half_ends(&mut it);
    assert_eq!(
        progress(&mut receiver),
        [Ringing(Own), Answered(Own), Failed(Other, NoAnswer)]
    );
}

#[test]
fn who_hangs_up_in_a_queue_is_not_told_as_answered() {
    let (mut it, mut receiver) = in_an_empty_queue();
    it.now = it.now.after(30_000);
    let own = "Channel: PJSIP/6001-00000000\nLinkedid: sb-1";
    let messages = recording("click-queue");
    let id = messages
        .iter()
        .find(|m| {
            m.get("Channel")
                .is_some_and(|c| c.starts_with("PJSIP/6001"))
        })
        .and_then(|m| m.get("Uniqueid"))
        .expect("an id");
    it.all(&[event(&format!(
        "Event: HangupRequest\n{own}\nUniqueid: {id}"
    ))]);
    leaves_the_queue(&mut it);
    first_half_ends(&mut it);
    assert_eq!(
        progress(&mut receiver),
        [Ringing(Own), Answered(Own), Failed(Other, HungUp)]
    );
}

/// As any other call in a queue, which the queue answered, is.
#[test]
fn an_ordered_call_stays_on_the_board_however_long_it_waits_in_a_queue() {
    let (mut it, _receiver) = in_an_empty_queue();
    assert_eq!(it.calls(), ["6001>7000 talking"]);
    it.now = it.now.after(crate::board::RINGING_LIMIT + 1);
    it.board.expire(it.now);
    assert_eq!(it.calls(), ["6001>7000 talking"]);
}

/// Whoever joins a conference, or takes a parked call, has the `Linkedid` of the oldest channel there from then on.
#[test]
fn an_order_that_joined_an_older_call_ends_with_its_phone() {
    let messages = recording("click-answered");
    let ends = messages
        .iter()
        .position(|m| m.get("Event") == Some("HangupRequest"))
        .expect("a hang-up");
    let joined = messages[ends..].iter().cloned().map(|mut message| {
        for (name, value) in &mut message.headers {
            if name == "Linkedid" {
                "1795250000.1".clone_into(value);
            }
        }
        message
    });
    let joined: Vec<_> = joined.collect();
    let mut it = Play::new("");
    let mut receiver = it
        .state
        .watch(CHANNEL, ACTION, &dial("6001"), &dial("6002"));
    it.seed(&messages[..ends]);
    assert_eq!(progress(&mut receiver).last(), Some(&Answered(Other)));
    it.all(&joined);
    let told = progress(&mut receiver);
    assert!(matches!(told[..], [Ended { .. }]), "{told:?}");
}

/// Who asked may be gone, such as a script that waited long enough.
#[test]
fn an_order_that_nobody_follows_any_longer_leaves_no_phone_ringing() {
    let messages = recording("click-answered");
    let half = messages
        .iter()
        .position(|m| m.get("Event") == Some("OriginateResponse"))
        .expect("one");
    let mut it = Play::new("");
    let receiver = it
        .state
        .watch(CHANNEL, ACTION, &dial("6001"), &dial("6002"));
    it.seed(&messages[..half]);
    drop(receiver);
    let _other = it.state.watch("sb-2", "2", &dial("6003"), &dial("6004"));
    it.all(&messages[half..=half]);
    it.act(State::expire);
    assert_eq!(it.calls(), ["6001>6002 talking"]);
}

/// Not every account may ask for the lists.
#[test]
fn a_call_whose_end_was_among_lost_events_is_no_ghost_without_lists() {
    let messages = recording("plain-call");
    let ends = messages
        .iter()
        .position(|m| m.get("Event") == Some("Hangup"))
        .expect("an end");
    let mut it = Play::new("");
    it.seed(&messages[..ends]);
    assert_eq!(it.calls().len(), 2);
    it.act(State::gap);
    it.act(State::begin_seed);
    it.act(|state, now| state.end_seed(Seeded::default(), now));
    assert_eq!(it.calls().len(), 2, "they may go on");
    it.now = it.now.after(UNVERIFIED_LIMIT);
    it.act(State::expire);
    it.nothing_is_left("plain-call");
}

/// A conference's announcer and recorder are named after it, and so may be like an extension.
#[test]
fn a_conference_is_no_line() {
    let mut it = Play::new("");
    for (at, technology) in ["CBAnn", "CBRec", "Snoop", "Announcer", "Recorder"]
        .into_iter()
        .enumerate()
    {
        it.all(&[event(&format!(
            "Event: Newchannel\nChannel: {technology}/8000-0000000{at};1\nChannelState: 6\nUniqueid: 1.{at}\nLinkedid: 1.{at}"
        ))]);
    }
    assert_eq!(it.calls(), [""; 0]);
}

/// Its cards' channels are counted from 1, and are trunks as often as phones.
#[test]
fn a_channel_of_dahdi_is_no_line_by_its_number() {
    let mut it = Play::new("");
    it.all(&[event(
        "Event: Newchannel\nChannel: DAHDI/6001-1\nChannelState: 6\nUniqueid: 1.1\nLinkedid: 1.1",
    )]);
    assert_eq!(it.calls(), [""; 0]);
}

/// There, a device is on hold when its own phone holds: the other way round than with chan_pjsip.
#[test]
fn the_lists_do_not_turn_a_hold_of_chan_sip_around() {
    let mut it = Play::new("");
    let phone = |number: &str, id: &str, other: &str| {
        format!(
            "Channel: SIP/{number}-{id}\nChannelState: 6\nUniqueid: 1.{id}\nLinkedid: 1.1\nConnectedLineNum: {other}"
        )
    };
    let (one, two) = (phone("6001", "1", "6002"), phone("6002", "2", "6001"));
    it.all(&[
        event(&format!("Event: Newchannel\n{one}")),
        event(&format!("Event: Newchannel\n{two}")),
        event(&format!("Event: Newstate\n{one}")),
        event(&format!("Event: Newstate\n{two}")),
        event(&format!("Event: Hold\n{two}")),
    ]);
    let calls = it.calls();
    assert!(
        calls
            .iter()
            .any(|c| c.starts_with("6002") && c.ends_with("held")),
        "{calls:?}"
    );
    it.lists(&[
        event(&format!("Event: Status\n{one}\nApplication: Dial")),
        event(&format!("Event: Status\n{two}\nApplication: AppDial")),
        event("Event: DeviceStateChange\nDevice: SIP/6001\nState: INUSE"),
        event("Event: DeviceStateChange\nDevice: SIP/6002\nState: ONHOLD"),
    ]);
    let held: Vec<_> = it
        .calls()
        .into_iter()
        .filter(|c| c.ends_with("held"))
        .collect();
    assert_eq!(held.len(), 1, "{held:?}");
    assert!(held[0].starts_with("6002"), "{held:?}");
}
