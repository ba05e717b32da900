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
