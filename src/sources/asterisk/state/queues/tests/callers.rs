//! Who waits, who is answered and who leaves.

use super::*;

#[test]
fn who_leaves_without_a_word_went_elsewhere() {
    let mut play = waiting();
    play.event("QueueCallerLeave", &[SUPPORT, ("Uniqueid", "1.1")]);
    play.wait(ANSWER_LIMIT - 1);
    assert_eq!(play.departures(), []);
    play.wait(1);
    assert_eq!(play.departures(), [Departure::Elsewhere]);
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free, 0 answered, 0 abandoned"
    );
}

#[test]
fn a_late_answer_counts_all_the_same_but_once() {
    let mut play = waiting();
    play.event("QueueCallerLeave", &[SUPPORT, ("Uniqueid", "1.1")]);
    play.wait(ANSWER_LIMIT);
    for _ in 0..2 {
        play.event("AgentConnect", &[SUPPORT, DORA, ("Uniqueid", "1.1")]);
    }
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora talking, 1 answered, 0 abandoned"
    );
}

#[test]
fn who_hangs_up_or_waits_in_another_queue_waits_no_more() {
    let mut play = waiting();
    play.event(
        "Hangup",
        &[("Uniqueid", "1.1"), ("Channel", "PJSIP/trunk-1")],
    );
    assert_eq!(play.departures(), [Departure::Elsewhere]);
    join(&mut play, "1.2", "125");
    play.event("QueueCallerLeave", &[SUPPORT, ("Uniqueid", "1.2")]);
    play.event(
        "QueueCallerJoin",
        &[
            ("Queue", "sales"),
            ("Uniqueid", "1.2"),
            ("CallerIDNum", "125"),
        ],
    );
    assert_eq!(
        play.departures(),
        [Departure::Elsewhere, Departure::Elsewhere]
    );
    assert_eq!(play.looks("sales"), "125 waits; 0 answered, 0 abandoned");
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free, 0 answered, 0 abandoned"
    );
}

/// As Asterisk 11 told the same.
#[test]
fn the_older_forms_are_understood() {
    let mut play = Play::new("");
    let dora = |header| (header, "SIP/6004");
    play.event(
        "QueueMemberAdded",
        &[
            SUPPORT,
            dora("Location"),
            ("MemberName", "Dora"),
            ("Status", "1"),
            ("Paused", "0"),
        ],
    );
    play.event(
        "Join",
        &[
            SUPPORT,
            ("Uniqueid", "1.1"),
            ("CallerIDNum", "unknown"),
            ("Position", "1"),
        ],
    );
    play.event(
        "AgentCalled",
        &[
            SUPPORT,
            dora("AgentCalled"),
            ("AgentName", "Dora"),
            ("Uniqueid", "1.1"),
        ],
    );
    assert_eq!(
        play.looks("support"),
        "? waits; Dora ringing, 0 answered, 0 abandoned"
    );
    play.event("Leave", &[SUPPORT, ("Uniqueid", "1.1")]);
    play.event(
        "AgentConnect",
        &[
            SUPPORT,
            dora("Member"),
            ("MemberName", "Dora"),
            ("Uniqueid", "1.1"),
        ],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora talking, 1 answered, 0 abandoned"
    );
    play.event(
        "AgentComplete",
        &[SUPPORT, dora("Member"), ("Uniqueid", "1.1")],
    );
    play.event(
        "QueueMemberPaused",
        &[
            SUPPORT,
            dora("Location"),
            ("Paused", "1"),
            ("Reason", "Lunch"),
        ],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; Dora free paused (Lunch), 1 answered, 0 abandoned"
    );
    play.event(
        "QueueMemberPenalty",
        &[SUPPORT, dora("Location"), ("Penalty", "2")],
    );
    play.event(
        "QueueMemberRemoved",
        &[SUPPORT, dora("Location"), ("MemberName", "Dora")],
    );
    assert_eq!(
        play.looks("support"),
        "nobody waits; 1 answered, 0 abandoned"
    );
}
