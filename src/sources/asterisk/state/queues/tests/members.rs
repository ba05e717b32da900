//! Members: their states, and what they are called.

use super::*;

/// Asterisk tells what a member's phone is in on a scale of its own, by numbers that mean something else for extensions.
#[test]
fn a_members_status_is_a_device_state() {
    for (status, state) in [
        ("0", AgentState::Unknown),
        ("1", AgentState::Free),
        ("2", AgentState::Talking),
        ("3", AgentState::Talking),
        ("4", AgentState::Unreachable),
        ("5", AgentState::Unreachable),
        ("6", AgentState::Ringing),
        ("7", AgentState::Talking),
        ("8", AgentState::Held),
        ("9", AgentState::Unknown),
        ("", AgentState::Unknown),
    ] {
        let mut play = waiting();
        play.event("QueueMemberStatus", &[SUPPORT, DORA, ("Status", status)]);
        assert_eq!(play.agent(DORA.1).state, state, "{status}");
    }
}

#[test]
fn a_pause_lasts_whatever_the_phone_does() {
    let mut play = waiting();
    let began = play.now.after(5000);
    play.wait(5000);
    play.event(
        "QueueMemberPause",
        &[
            SUPPORT,
            DORA,
            ("Paused", "1"),
            ("PausedReason", "Lunch"),
            ("LastPause", "1"),
        ],
    );
    assert_eq!(
        play.agent(DORA.1).since,
        began,
        "an event is told when it happens"
    );
    play.wait(5000);
    play.event(
        "QueueMemberStatus",
        &[
            SUPPORT,
            DORA,
            ("Status", "2"),
            ("Paused", "1"),
            ("PausedReason", "Lunch"),
        ],
    );
    let dora = play.agent(DORA.1);
    assert_eq!((dora.state, dora.since), (AgentState::Talking, began));
    play.wait(5000);
    play.event(
        "QueueMemberPause",
        &[SUPPORT, DORA, ("Paused", "0"), ("PausedReason", "")],
    );
    let dora = play.agent(DORA.1);
    assert_eq!(
        (dora.paused, dora.reason, dora.since),
        (false, None, play.now)
    );
}

struct Hints(View);

impl Lines for Hints {
    fn extension(&self, device: &str) -> Option<Arc<str>> {
        (device == "PJSIP/dora-desk").then(|| Arc::from("6004"))
    }

    fn view(&self) -> &View {
        &self.0
    }
}

#[test]
fn a_member_is_named_by_extension_then_as_asterisk_does() {
    for (interface, state_interface, name, expected) in [
        ("PJSIP/6004", "PJSIP/6004", "Dora", "dora"),
        ("SIP/6004", "", "SIP/6004", "dora"),
        ("PJSIP/dora-desk", "PJSIP/dora-desk", "Dora", "dora"),
        ("Local/6004@from-queue/n", "", "", "dora"),
        (
            "Local/99@agents/n",
            "hint:6004@from-internal",
            "Agent",
            "dora",
        ),
        ("Local/6005@from-queue/n", "Custom:away", "Emil", "Emil"),
        ("PJSIP/6005", "PJSIP/6005", "PJSIP/6005", "6005"),
        ("Emil", "", "Emil", "Emil"),
    ] {
        let mut queues = Queues::default();
        let mut out = Vec::new();
        let headers = [
            SUPPORT,
            ("Interface", interface),
            ("StateInterface", state_interface),
            ("MemberName", name),
        ];
        let lines = Hints(view("6004:dora"));
        queues.message(
            &made("QueueMemberAdded", &headers),
            &lines,
            Timestamp(1),
            &mut out,
        );
        let Some(QueueEvent::Agent(agent)) = out.pop().map(|report| report.event) else {
            panic!("no agent");
        };
        assert_eq!(&*agent.name, expected, "{interface}");
    }
}
