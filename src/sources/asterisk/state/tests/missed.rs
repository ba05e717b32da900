//! Which of the played calls were missed, and by whom.

use super::*;
use crate::sinks::missed::missed_of;

/// What was missed of a play, as `line<number`, with its queue behind `/`; a queue's own as `queue!number`.
fn missed(play: &str, queues: &str) -> Vec<String> {
    let mut missed = missed_of(&Play::recording(play).changes, queues);
    missed.sort();
    missed
}

#[test]
fn only_what_nobody_took_and_nobody_refused_is_missed() {
    for (play, expected) in [
        // Given up while it rang.
        ("plain-call-given-up", &["6002<6001"][..]),
        ("blind-transfer-given-up", &["6003<6001"]),
        ("hung-up-while-ringing", &["6002<6001"]),
        ("other-no-answer", &["6008<6001"]),
        // It rang for somebody who was talking.
        ("call-waiting", &["6002<291"]),
        // Answered.
        ("plain-call", &[]),
        ("hold", &[]),
        ("blind-transfer", &[]),
        ("attended-transfer", &[]),
        ("call-forward", &[]),
        ("trunk-inbound", &[]),
        // By a colleague.
        ("pickup-group", &[]),
        ("pickup-directed", &[]),
        ("ring-group", &[]),
        // Refused.
        ("plain-call-busy", &[]),
        ("other-busy", &[]),
        ("other-refused", &[]),
        // Nothing rang.
        ("dnd", &[]),
        ("voicemail", &[]),
        ("other-unregistered", &[]),
        ("restart-mid-call", &[]),
    ] {
        assert_eq!(missed(play, ""), expected, "{play}");
    }
}

#[test]
fn a_queues_missed_call_goes_where_its_setting_says() {
    for (play, setting, expected) in [
        ("queue-abandoned", "", &[][..]),
        ("queue-abandoned", "*: ~helpdesk", &["support!0240404040"]),
        ("queue-abandoned", "*: @alice", &["support!0240404040"]),
        (
            "queue-abandoned",
            "*: agents",
            &["6004<0240404040/support", "6005<0240404040/support"],
        ),
        ("queue-answered", "*: ~helpdesk", &[]),
        ("queue-answered", "*: agents", &[]),
        ("queue-agent-declines", "*: ~helpdesk", &[]),
        ("queue-agent-declines", "*: agents", &[]),
    ] {
        assert_eq!(missed(play, setting), expected, "{play} {setting}");
    }
}

/// Asterisk tells that a phone rings when the phone says so; a caller may have hung up meanwhile, and left the queue.
#[test]
fn an_agents_phone_that_rings_when_the_caller_has_left_misses_no_call_of_its_own() {
    let mut messages = recording("queue-abandoned");
    let is_phone = |message: &RawAmiMessage, header: &str| {
        let name = message.get(header).unwrap_or_default();
        name.starts_with("PJSIP/6004-") || name.starts_with("PJSIP/6005-")
    };
    // What others say of a phone while it rings.
    messages.retain(|message| {
        let says = matches!(message.get("Event"), Some("DialState" | "DialEnd"));
        !(says && is_phone(message, "DestChannel"))
    });
    let late = messages.extract_if(.., |message| {
        let says = matches!(
            message.get("Event"),
            Some("Newstate" | "NewConnectedLine" | "Hangup")
        );
        says && is_phone(message, "Channel")
    });
    let late: Vec<_> = late.collect();
    let rings = |m: &RawAmiMessage| m.get("ChannelStateDesc") == Some("Ringing");
    assert!(late.iter().any(rings), "nobody rings: {late:?}");
    messages.extend(late);
    let mut it = Play::new("");
    it.seed(&messages);
    it.nothing_is_left("queue-abandoned");
    assert_eq!(missed_of(&it.changes, ""), [""; 0]);
    let ended: Vec<_> = it.board.history().collect();
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!(ended[0].queue.as_deref(), Some("support"));
}
