//! Calls that we ordered: what became of them.

use super::*;
use crate::calls::Failure::{self, *};
use crate::calls::Leg::{Other, Own};
use Progress::{Answered, Ended, Failed, Ringing};

/// The id that the recorded orders gave their channel, and the one of their action.
pub(super) const CHANNEL: &str = "sb-1";
pub(super) const ACTION: &str = "originate-11";

/// Plays an order of `from` to call `to`, and answers what is told of it, without how long they talked.
fn order(play: &str, from: &str, to: &str) -> (Vec<Progress>, Play) {
    order_as(&recording(play), play, from, to)
}

/// The same with these messages.
fn order_as(messages: &[RawAmiMessage], play: &str, from: &str, to: &str) -> (Vec<Progress>, Play) {
    let mut it = Play::new("");
    let mut receiver = it.state.watch(CHANNEL, ACTION, &dial(from), &dial(to));
    it.seed(messages);
    it.now = it.now.after(5_000);
    it.act(State::expire);
    let mut told = progress(&mut receiver);
    assert!(receiver.is_closed(), "{play}: {told:?}");
    for progress in &mut told {
        if let Ended { talked } = progress {
            *talked = std::time::Duration::ZERO;
        }
    }
    (told, it)
}

/// A play, from whom, to whom, what is told of it, and what the own line shows.
type Order = (
    &'static str,
    [&'static str; 2],
    &'static [Progress],
    &'static str,
);

const TALKED: Progress = Ended {
    talked: std::time::Duration::ZERO,
};
const CONNECTED: &[Progress] = &[
    Ringing(Own),
    Answered(Own),
    Ringing(Other),
    Answered(Other),
    TALKED,
];

macro_rules! other {
    ($why:expr) => {
        &[
            Ringing(Own),
            Answered(Own),
            Ringing(Other),
            Failed(Other, $why),
        ]
    };
}

const ORDERS: &[Order] = &[
    (
        "click-answered",
        ["6001", "6002"],
        CONNECTED,
        ">6002 ringing, >6002 talking, >6002 ends",
    ),
    (
        "click-own-hangs-up",
        ["6001", "6002"],
        CONNECTED,
        ">6002 ringing, >6002 talking, >6002 ends",
    ),
    (
        "click-other-busy",
        ["6001", "6002"],
        other!(Busy),
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-other-refused",
        ["6001", "6002"],
        other!(Refused),
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-other-no-answer",
        ["6001", "6008"],
        other!(NoAnswer),
        ">6008 ringing, >6008 ends",
    ),
    (
        "click-hung-up-while-ringing",
        ["6001", "6002"],
        other!(HungUp),
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-external-busy",
        ["6001", "0240404040"],
        other!(Busy),
        ">0240404040 ringing, >0240404040 ends",
    ),
    (
        "click-other-unregistered",
        ["6001", "6002"],
        &[Ringing(Own), Answered(Own), Failed(Other, Unreachable)],
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-other-dnd",
        ["6001", "6002"],
        &[Ringing(Own), Answered(Own), Failed(Other, Busy)],
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-own-busy",
        ["6001", "6002"],
        &[Ringing(Own), Failed(Own, Busy)],
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-own-declines",
        ["6001", "6002"],
        &[Ringing(Own), Failed(Own, Refused)],
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-own-no-answer",
        ["6001", "6002"],
        &[Ringing(Own), Failed(Own, NoAnswer)],
        ">6002 ringing, >6002 ends",
    ),
    (
        "click-own-unregistered",
        ["6001", "6002"],
        &[Failed(Own, Unreachable)],
        "",
    ),
    (
        "click-own-unknown",
        ["6999", "6002"],
        &[Failed(Own, NoSuchNumber)],
        "",
    ),
    (
        "click-own-dnd",
        ["6001", "6002"],
        &[Failed(Own, Busy)],
        ">*76 ringing, >*76 talking, >*76 ends",
    ),
    // 6200 is forwarded to 6003.
    (
        "click-forwarded",
        ["6001", "6200"],
        CONNECTED,
        ">6200 ringing, >6003 talking, >6003 ends",
    ),
    // 6100 is 6002 and 6003.
    (
        "click-group",
        ["6001", "6100"],
        CONNECTED,
        ">6100 ringing, >6003 talking, >6003 ends",
    ),
    (
        "click-queue",
        ["6001", "7000"],
        CONNECTED,
        ">7000 ringing, >7000 talking, >6004 talking, >6004 ends",
    ),
    (
        "click-external",
        ["6001", "0240404040"],
        CONNECTED,
        ">0240404040 ringing, >0240404040 talking, >0240404040 ends",
    ),
    (
        "click-then-transfer",
        ["6001", "6002"],
        CONNECTED,
        ">6002 ringing, >6002 talking, >6003 talking, >6003 ends",
    ),
    // An outside phone is called first, then 6001.
    (
        "click-from-external",
        ["0240404040", "6001"],
        CONNECTED,
        "<0240404040 ringing, <0240404040 talking, <0240404040 ends",
    ),
];

#[test]
fn every_order_is_told_to_its_end() {
    for (play, [from, to], expected, own) in ORDERS {
        let (told, seen) = order(play, from, to);
        assert_eq!(told, *expected, "{play}");
        let shown = seen.shown().into_iter().find(|(line, _)| *line == "6001");
        assert_eq!(
            shown.map_or(String::new(), |(_, says)| says),
            *own,
            "{play}"
        );
        seen.nothing_is_left(play);
    }
}

/// Asterisk sends it from another thread than what it tells of channels, which is behind on a busy machine. An announcement that 6001
/// had ordered then counted as not answered for ever, and a phone that was busy as not reachable.
#[test]
fn an_answer_to_an_order_that_overtakes_its_events_changes_nothing() {
    for (play, [from, to], expected, own) in ORDERS {
        let messages = recording(play);
        let place = |fits: &dyn Fn(&RawAmiMessage) -> bool| messages.iter().position(fits);
        let answer = place(&|m| m.get("Event") == Some("OriginateResponse")).expect("an answer");
        let begin = place(&|m| m.get("Linkedid") == Some(CHANNEL)).expect("a channel");
        assert!(begin < answer, "{play}");
        for earlier in begin..answer {
            let mut messages = messages.clone();
            messages[earlier..=answer].rotate_right(1);
            let (told, seen) = order_as(&messages, play, from, to);
            assert_eq!(told, *expected, "{play}, {earlier}");
            let shown = seen.shown().into_iter().find(|(line, _)| *line == "6001");
            let says = shown.map_or(String::new(), |(_, says)| says);
            assert_eq!(says, *own, "{play}, {earlier}");
        }
    }
}

/// The same with an announcement, which counts as answered by time alone.
#[test]
fn an_announcement_whose_order_was_answered_too_early_is_heard() {
    let mut messages = recording("click-announcement");
    let place = |fits: &dyn Fn(&RawAmiMessage) -> bool| messages.iter().position(fits);
    let answer = place(&|m| m.get("Event") == Some("OriginateResponse")).expect("an answer");
    let begin = place(&|m| m.get("Linkedid") == Some(CHANNEL)).expect("a channel");
    let ends = place(&|m| m.get("Event") == Some("HangupRequest")).expect("a hang-up");
    messages[begin..=answer].rotate_right(1);
    let mut it = Play::new("");
    let mut receiver = it.state.watch(CHANNEL, ACTION, &dial("6001"), &dial("291"));
    it.seed(&messages[..ends]);
    it.now = it.now.after(super::super::progress::DIAL_LIMIT);
    it.act(State::expire);
    assert_eq!(
        progress(&mut receiver),
        [Ringing(Own), Answered(Own), Answered(Other)]
    );
    assert_eq!(it.calls(), ["6001>291 talking"]);
}

#[test]
fn the_other_side_sees_who_ordered_the_call() {
    for (play, line, says) in [
        (
            "click-answered",
            "6002",
            "<6001 ringing, <6001 talking, <6001 ends",
        ),
        (
            "click-hung-up-while-ringing",
            "6002",
            "<6001 ringing, <6001 is missed",
        ),
        (
            "click-other-refused",
            "6002",
            "<6001 ringing, <6001 is refused",
        ),
        (
            "click-group",
            "6002",
            "<6001 ringing, <6001 is answered elsewhere",
        ),
        (
            "click-queue",
            "6005",
            "<6001 ringing, <6001 is answered elsewhere",
        ),
    ] {
        let to = if play == "click-queue" {
            "7000"
        } else {
            "6002"
        };
        let (_, seen) = order(play, "6001", to);
        let shown = seen.shown();
        assert!(
            shown.contains(&(line, says.to_owned())),
            "{play}: {shown:?}"
        );
    }
}

/// Nothing tells that an announcement answers: after a while without anything being dialled, it did.
#[test]
fn an_announcement_counts_as_answered_once_nothing_is_dialled() {
    let messages = recording("click-announcement");
    let ends = messages
        .iter()
        .position(|m| m.get("Event") == Some("HangupRequest"))
        .expect("a hang-up");
    let mut it = Play::new("");
    let mut receiver = it.state.watch(CHANNEL, ACTION, &dial("6001"), &dial("291"));
    it.seed(&messages[..ends]);
    it.act(State::expire);
    assert_eq!(progress(&mut receiver), [Ringing(Own), Answered(Own)]);
    assert_eq!(it.calls(), ["6001>291 ringing"]);
    let answered = it.now;
    it.now = it.now.after(super::super::progress::DIAL_LIMIT);
    it.act(State::expire);
    assert_eq!(progress(&mut receiver), [Answered(Other)]);
    assert_eq!(it.calls(), ["6001>291 talking"]);
    it.all(&messages[ends..]);
    let told = progress(&mut receiver);
    let [Ended { talked }] = told[..] else {
        panic!("{told:?}")
    };
    let whole = it.now.0 - answered.0;
    assert!(
        (whole - 1_000..whole + 1_000).contains(&(talked.as_millis() as u64)),
        "{talked:?} of {whole} ms"
    );
    it.nothing_is_left("click-announcement");
}

/// It was heard, however short it is; what is over at once was not.
#[test]
fn a_short_announcement_was_heard() {
    let messages = recording("click-short-announcement");
    let ends = messages
        .iter()
        .position(|m| m.get("Event") == Some("SoftHangupRequest"))
        .expect("a hang-up");
    for (lasted, expected) in [
        (
            1_000,
            vec![Ringing(Own), Answered(Own), Answered(Other), TALKED],
        ),
        (
            0,
            vec![Ringing(Own), Answered(Own), Failed(Other, Failure::Unknown)],
        ),
    ] {
        let mut it = Play::new("");
        let mut receiver = it.state.watch(CHANNEL, ACTION, &dial("6001"), &dial("292"));
        it.seed(&messages[..ends]);
        it.now = it.now.after(lasted);
        it.all(&messages[ends..]);
        let mut told = progress(&mut receiver);
        if let Some(last @ Ended { .. }) = told.last_mut() {
            *last = TALKED;
        }
        assert_eq!(told, expected);
    }
}

#[test]
fn a_lost_link_is_told() {
    let messages = recording("click-answered");
    let mut it = Play::new("");
    let mut receiver = it
        .state
        .watch(CHANNEL, ACTION, &dial("6001"), &dial("6002"));
    let half = messages
        .iter()
        .position(|m| m.get("Event") == Some("OriginateResponse"))
        .expect("one");
    it.seed(&messages[..=half]);
    it.act(State::lost);
    assert_eq!(
        progress(&mut receiver),
        [Ringing(Own), Answered(Own), Progress::Lost]
    );
    assert!(receiver.is_closed());
    assert_eq!(it.calls(), ["6001>6002 talking"], "it may go on");
}

#[test]
fn no_more_orders_are_followed_than_the_limit_allows() {
    let mut state = State::new(view(""));
    let mut kept = Vec::new();
    for number in 0..super::super::progress::MAX_WATCHES {
        kept.push(state.watch(
            &format!("c{number}"),
            &format!("a{number}"),
            &dial("1"),
            &dial("2"),
        ));
    }
    let mut one_more = state.watch("one-more", "one-more", &dial("1"), &dial("2"));
    assert_eq!(progress(&mut one_more), [Progress::Lost]);
    kept.clear();
    let mut room = state.watch("room", "room", &dial("1"), &dial("2"));
    assert_eq!(progress(&mut room), []);
}

/// What an account without the right to see calls hears of its orders: nothing.
#[test]
fn an_order_that_nothing_is_heard_of_is_given_up() {
    let mut it = Play::new("");
    let mut receiver = it
        .state
        .watch(CHANNEL, ACTION, &dial("6001"), &dial("6002"));
    it.act(State::expire);
    assert_eq!(progress(&mut receiver), []);
    it.now = it.now.after(10 * 60 * 1000);
    it.act(State::expire);
    assert_eq!(progress(&mut receiver), [Progress::Lost]);
}

/// Before Asterisk 12, the order cannot give its channel an id: the answer to it tells which it is.
#[test]
fn an_order_is_known_by_its_action_too() {
    let (mut it, mut receiver) = answered("Response: Success\nReason: 4\nUniqueid: 1.1");
    assert_eq!(progress(&mut receiver), [Answered(Own)]);
    it.all(&[event(
        "Event: Hangup\nChannel: SIP/6001-1\nUniqueid: 1.1\nCause: 17",
    )]);
    assert_eq!(progress(&mut receiver), [Failed(Other, Busy)]);
}

/// There is no channel, or the account may not see it: the answer to the order is all that comes.
#[test]
fn an_answer_to_an_order_holds_where_nothing_else_comes() {
    for (answer, expected) in [
        (
            format!("Response: Success\nReason: 4\nUniqueid: {CHANNEL}"),
            Answered(Own),
        ),
        (
            "Response: Failure\nReason: 5\nUniqueid: <null>".to_owned(),
            Failed(Own, Busy),
        ),
        (
            "Response: Failure\nReason: 0\nUniqueid: <unknown>".to_owned(),
            Failed(Own, Unreachable),
        ),
    ] {
        let (mut it, mut receiver) = answered(&answer);
        assert_eq!(progress(&mut receiver), [], "what it answers may follow");
        it.now = it.now.after(super::super::progress::AFTER_RESPONSE);
        it.act(State::expire);
        assert_eq!(progress(&mut receiver), [expected]);
    }
}

/// An order, and the answer to it.
fn answered(answer: &str) -> (Play, mpsc::Receiver<Progress>) {
    let mut it = Play::new("");
    let receiver = it
        .state
        .watch(CHANNEL, ACTION, &dial("6001"), &dial("6002"));
    it.all(&[event(&format!(
        "Event: OriginateResponse\nActionID: {ACTION}\n{answer}"
    ))]);
    (it, receiver)
}
