//! Who is dialled for a call and is no line's: what missed calls hear of them.

use super::*;
use crate::sinks::missed::Reach;

fn reaches(play: &Play) -> Vec<Reach> {
    play.outside.iter().map(|told| told.reach).collect()
}

#[test]
fn a_number_outside_is_told_of_as_it_is_dialled_and_answers() {
    use Reach::{Answered, Dialled, Over};
    for (play, expected) in [
        ("internal-to-external", &[Dialled, Answered][..]),
        ("click-external", &[Dialled, Answered]),
        ("click-external-busy", &[Dialled, Over]),
        // The trunk calls.
        ("trunk-inbound", &[]),
        // Lines, which the board tells of, and what has no phone.
        ("plain-call", &[]),
        ("ring-group", &[]),
        ("queue-answered", &[]),
        ("voicemail", &[]),
        ("originate-local", &[]),
    ] {
        let it = Play::recording(play);
        assert_eq!(reaches(&it), expected, "{play}");
        let same = |told: &Outside| told.linked == it.outside[0].linked;
        assert!(it.outside.iter().all(same), "{play}");
    }
}

/// As with FreePBX's Follow Me: the desk rings for a while, and then the mobile is dialled, which answers.
#[test]
fn a_call_forwarded_outside_was_told_by_nobody() {
    let mut it = Play::new("");
    it.lists(&[event(
        "Event: ExtensionStatus\nExten: 6001\nContext: from-internal\nHint: PJSIP/6001\nStatus: 0",
    )]);
    let channel = |prefix: &str, name: &str, id: &str, state: u8| {
        format!(
            "{prefix}Channel: {name}\n{prefix}ChannelState: {state}\n{prefix}Uniqueid: {id}\n{prefix}Linkedid: 1.0\n{prefix}ConnectedLineNum: 0151777\n"
        )
    };
    let caller = || channel("", "PJSIP/trunk-00000000", "1.0", 4);
    let desk = |prefix: &str, state| channel(prefix, "PJSIP/6001-00000001", "1.1", state);
    let mobile = |prefix: &str, state| channel(prefix, "PJSIP/trunk-00000002", "1.2", state);
    it.all(&[
        event(&format!("Event: Newchannel\n{}", caller())),
        event(&format!(
            "Event: DialBegin\n{}{}",
            caller(),
            desk("Dest", 0)
        )),
        event(&format!("Event: Newstate\n{}", desk("", 5))),
        event(&format!("Event: Hangup\nCause: 16\n{}", desk("", 5))),
    ]);
    let told = it.shown.get("6001").expect("a line");
    assert!(told.iter().any(|told| told.contains("missed")), "{told:?}");
    assert_eq!(it.outside, []);
    it.all(&[
        event(&format!("Event: Newchannel\n{}", mobile("", 0))),
        event(&format!(
            "Event: DialBegin\n{}{}",
            caller(),
            mobile("Dest", 0)
        )),
    ]);
    let told = |reach| Outside {
        linked: "1.0".into(),
        channel: "1.2".into(),
        reach,
    };
    assert_eq!(it.outside, [told(Reach::Dialled)]);
    it.all(&[
        event(&format!("Event: Newstate\n{}", mobile("", 5))),
        event(&format!("Event: Newstate\n{}", mobile("", 6))),
        event(&format!("Event: Hangup\nCause: 16\n{}", mobile("", 6))),
    ]);
    assert_eq!(it.outside, [told(Reach::Dialled), told(Reach::Answered)]);
}

/// What a transfer makes part of another call is that one's from then on, and no answer of its.
#[test]
fn what_becomes_part_of_another_call_is_over_for_the_first() {
    let mut it = Play::new("");
    let mobile = |linked: &str, state: u8| {
        format!(
            "Channel: PJSIP/trunk-00000002\nChannelState: {state}\nUniqueid: 1.2\nLinkedid: {linked}\n"
        )
    };
    it.all(&[
        event(&format!("Event: Newstate\n{}", mobile("1.0", 5))),
        event(&format!("Event: Newstate\n{}", mobile("2.0", 5))),
        event(&format!("Event: Newstate\n{}", mobile("2.0", 6))),
        event(&format!("Event: Newstate\n{}", mobile("3.0", 6))),
    ]);
    let told: Vec<_> = it
        .outside
        .iter()
        .map(|told| (&*told.linked, told.reach))
        .collect();
    let expected = [
        ("1.0", Reach::Dialled),
        ("1.0", Reach::Over),
        ("2.0", Reach::Dialled),
        ("2.0", Reach::Answered),
    ];
    assert_eq!(told, expected);
}
