//! Any events in any order.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn event() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "start_ringing",
        "end_ringing",
        "start_calling",
        "end_calling",
        "registered",
        "member-queue-start",
        "member-queue-end",
        "agent-offering",
        "bridge-agent-start",
        "bridge-agent-end",
        "bridge-agent-fail",
        "bridge-agent-failed",
        "members-count",
        "nonsense",
    ]);
    let numbers = prop::sample::select(vec![BOB, ALICE, SUPPORT, CALLER, "", "x", "anonymous"]);
    let words = prop::sample::select(vec![
        "Terminated",
        "Cancel",
        "ORIGINATOR_CANCEL",
        "NO_AGENT_TIMEOUT",
        "LOSE_RACE",
        "",
    ]);
    let ids = 0..3_u8;
    let clock = prop::option::of(1_425_554_670_000_000_000_u64..1_425_554_671_000_000_000);
    (names, (numbers.clone(), numbers.clone(), numbers), (words.clone(), words), ids, clock, 0..3_u8).prop_map(
        |(name, (own, one, two), (cause, why), id, clock, kind)| {
            let kind = ["sipCirpack", "easyHunting", ""][usize::from(kind)];
            json!({
                "Event": name, "Ressource": own, "Timestamp": clock,
                "Data": {
                    "Calling": one, "Called": two, "CallId": id.to_string(), "Count": id,
                    "QueueMemberUUID": id, "QueueAgent": format!("agent_{two}_{id}"), "QueueCause": cause,
                    "QueueHangupCause": why,
                },
                "Details": {"Type": kind, "SimultaneousLine": id},
            })
        },
    )
}

proptest! {
    #[test]
    fn the_board_is_what_the_state_is(steps in prop::collection::vec((prop::collection::vec(event(), 0..5), 0..4_000_u64, 0..12_u8), 0..40)) {
        let mut play = Play::new();
        for (events, pause, what) in steps {
            play.come_by(if what % 2 == 0 { FIRST } else { SECOND }, events).pass(pause);
            match what {
                8 => play.state.gap(FIRST, play.now),
                9 => play.state.forget(SECOND, play.now),
                10 => play.number("0033912312301:carol, 0033912312399:y"),
                11 => play.number("0033912312301:bob"),
                _ => {}
            }
            play.flush();
            let (view, counts) = (play.view(), play.state.counts());
            let waiting: usize = view.queues.iter().map(|queue| queue.waiting.len()).sum();
            let talking: usize = view.queues.iter().map(|queue| queue.talking.len()).sum();
            let own: usize = play.state.queues.values().map(|queue| queue.talking.len()).sum();
            prop_assert_eq!(waiting, counts.waiting);
            prop_assert!(talking <= own);
            let calls: usize = view.lines.iter().map(|line| line.calls.len()).sum();
            prop_assert!(calls <= counts.calls, "{} {}", calls, counts.calls);
        }
        // Once all is quiet, nothing is left.
        play.pass(super::super::DECISION_WAIT);
        play.state.gap(FIRST | SECOND, play.now);
        play.now = play.now.after(super::super::DOUBT_TALKING);
        play.pass(1_000);
        let view = play.view();
        prop_assert!(view.lines.iter().all(|line| line.calls.is_empty()));
        prop_assert!(view.queues.iter().all(|queue| queue.waiting.is_empty() && queue.talking.is_empty()));
    }
}
