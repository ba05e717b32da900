//! Queues, their callers and agents.

use devhost::ovh::{Morning, Spelling};
use serde_json::json;

use super::*;
use crate::board::{AgentState, Details, Ending, WAITING_LIMIT};

fn agent(play: &Play, name: &str) -> (AgentState, u64) {
    let queue = play.queue("support");
    let agent = queue.agents.iter().find(|agent| &*agent.name == name);
    let agent = agent.unwrap_or_else(|| panic!("no agent {name} in {:?}", queue.agents));
    (agent.state, agent.calls)
}

#[test]
fn a_caller_waits_is_answered_and_talks_in_every_spelling() {
    for spelling in Spelling::ALL {
        let mut play = Play::new();
        let (queue, line) = (support().spelt(spelling), bob().spelt(spelling));
        let (caller, call) = (queue.caller(CALLER, "m-1"), line.call(CALLER, "a-1"));
        play.come([queue.members_count(1), caller.start(1)]);
        let view = play.queue("support");
        assert_eq!(view.waiting.len(), 1, "{spelling:?}");
        assert_eq!(view.waiting[0].since, play.now);
        assert_eq!(
            view.waiting[0].peer.as_ref().map(|p| &*p.number),
            Some(CALLER)
        );
        assert_eq!(
            view.details,
            Details {
                description: Some("Hotline".into()),
                number: Some("+33912312399".into()),
                kind: Some("easyHunting".into()),
                ..Details::default()
            }
        );
        play.pass(5_000)
            .come([caller.offering(&line), call.start_ringing()]);
        assert_eq!(agent(&play, "bob"), (AgentState::Ringing, 0));
        play.pass(3_000).come([
            call.start_calling(),
            caller.bridge_start(&line),
            queue.members_count(0),
        ]);
        let view = play.queue("support");
        assert_eq!((view.waiting.len(), view.talking.len()), (0, 1));
        assert_eq!(view.talking[0].agent.as_deref(), Some("bob"));
        assert_eq!(agent(&play, "bob"), (AgentState::Talking, 1));
        assert_eq!(play.line("bob").calls[0].queue.as_deref(), Some("support"));
        play.pass(20_000).come([
            caller.bridge_end(&line),
            call.end_calling(),
            caller.terminated(),
        ]);
        let view = play.queue("support");
        assert_eq!((view.talking.len(), view.counters.answered), (0, 1));
        assert_eq!(agent(&play, "bob"), (AgentState::Free, 1));
        let records = play.records();
        assert_eq!(
            records.len(),
            1,
            "{spelling:?} counts a call once: {records:?}"
        );
        assert_eq!(records[0].queue.as_deref(), Some("support"));
        assert_eq!(records[0].agent.as_deref(), Some("bob"));
        assert_eq!((records[0].wait, records[0].talk), (8_000, Some(20_000)));
    }
}

#[test]
fn a_caller_who_was_answered_is_not_lost_when_the_queue_ends_without_a_cause() {
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    let ends = caller.event(
        "member-queue-end",
        &[("QueueMemberJoinedTime", json!("1425554670"))],
    );
    play.one_by_one([
        caller.start(1),
        caller.bridge_start(&bob()),
        caller.bridge_end(&bob()),
        ends,
    ]);
    let counters = play.queue("support").counters;
    assert_eq!((counters.answered, counters.abandoned), (1, 0));
    assert_eq!(play.records().len(), 1);
}

#[test]
fn the_line_may_ring_before_the_queue_says_why() {
    for shown in [CALLER, SUPPORT] {
        let mut play = Play::new();
        let (caller, call) = (support().caller(CALLER, "m-1"), bob().call(shown, "a-1"));
        play.one_by_one([caller.start(1), call.start_ringing()]);
        assert_eq!(play.line("bob").calls[0].queue, None);
        play.one_by_one([caller.offering(&bob())]);
        let own = play.line("bob").calls[0].clone();
        assert_eq!(own.queue.as_deref(), Some("support"), "{shown}");
        assert_eq!(own.linked.as_deref(), Some("m-1"));
        play.one_by_one([call.start_calling(), caller.bridge_start(&bob())]);
        play.one_by_one([
            call.end_calling(),
            caller.bridge_end(&bob()),
            caller.terminated(),
        ]);
        assert_eq!(play.records().len(), 1);
        assert_eq!(
            play.news(),
            [
                "bob incoming-call",
                "bob call-established",
                "bob call-terminated"
            ]
        );
    }
    // Somebody else who calls that line meanwhile is none of the queue's.
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    let other = bob().call("0033699999999", "a-2");
    play.one_by_one([
        caller.start(1),
        other.start_ringing(),
        caller.offering(&bob()),
    ]);
    assert_eq!(play.line("bob").calls[0].queue, None);
}

#[test]
fn an_agent_who_does_not_answer_is_free_and_the_caller_waits_on() {
    let mut play = Play::new();
    for cause in [
        "NO_ANSWER",
        "USER_BUSY",
        "LOSE_RACE",
        "DESTINATION_OUT_OF_ORDER",
        "",
    ] {
        let caller = support().caller(CALLER, &format!("m-{cause}"));
        play.one_by_one([
            caller.start(1),
            caller.offering(&bob()),
            caller.bridge_fail(&bob(), cause),
        ]);
        play.pass(5_000);
        assert_eq!(play.queue("support").waiting.len(), 1, "{cause}");
        assert_eq!(agent(&play, "bob").0, AgentState::Free);
        play.one_by_one([caller.offering(&alice()), caller.bridge_start(&alice())]);
        assert_eq!(agent(&play, "alice").0, AgentState::Talking);
        play.one_by_one([caller.bridge_end(&alice()), caller.terminated()]);
    }
    let counters = play.queue("support").counters;
    assert_eq!((counters.answered, counters.abandoned), (5, 0));
}

#[test]
fn a_caller_is_lost_once_however_many_agents_rang() {
    for (cause, reason, expected) in [
        ("ORIGINATOR_CANCEL", "BREAK_OUT", Ending::Abandoned),
        ("ORIGINATOR_CANCEL", "NONE", Ending::Abandoned),
        ("NO_AGENT_TIMEOUT", "", Ending::TimedOut),
        ("NO_ANSWER", "NO_AGENT_TIMEOUT", Ending::TimedOut),
        ("NO_ANSWER", "TIMEOUT", Ending::TimedOut),
        ("NO_ANSWER", "EXIT_WITH_KEY", Ending::Elsewhere),
    ] {
        let mut play = Play::new();
        let caller = support().caller(CALLER, "m-1");
        play.come([caller.start(1)]).pass(4_000);
        let agents = [bob(), alice(), desk()];
        play.one_by_one(agents.iter().map(|agent| caller.offering(agent)));
        play.one_by_one(agents.iter().map(|agent| caller.bridge_fail(agent, cause)));
        play.one_by_one([caller.cancelled(reason), support().members_count(0)]);
        play.pass(10_000);
        let records = play.records();
        assert_eq!(records.len(), 1, "{cause} {reason}");
        assert_eq!(records[0].ending, expected, "{cause} {reason}");
        assert!((4_000..6_000).contains(&records[0].wait));
        for agent in &play.queue("support").agents {
            assert_eq!(agent.state, AgentState::Free);
        }
    }
    // The original's only word of it: no member-queue-end comes.
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    play.one_by_one([
        caller.start(1),
        caller.offering(&bob()),
        caller.bridge_fail(&bob(), "ORIGINATOR_CANCEL"),
    ]);
    play.pass(3_000);
    assert_eq!(play.queue("support").counters.abandoned, 1);
    // In a race, another agent's answer comes behind it.
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    play.one_by_one([
        caller.start(1),
        caller.offering(&bob()),
        caller.offering(&alice()),
    ]);
    play.one_by_one([
        caller.bridge_fail(&bob(), "ORIGINATOR_CANCEL"),
        caller.bridge_start(&alice()),
    ]);
    play.pass(3_000);
    let counters = play.queue("support").counters;
    assert_eq!((counters.answered, counters.abandoned), (1, 0));
}

#[test]
fn lines_that_rang_for_a_caller_whom_another_one_answered_missed_nothing() {
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    let (one, other) = (bob().call(CALLER, "a-1"), alice().call(CALLER, "a-2"));
    play.one_by_one([
        caller.start(1),
        caller.offering(&bob()),
        caller.offering(&alice()),
        one.start_ringing(),
        other.start_ringing(),
        one.start_calling(),
        caller.bridge_start(&bob()),
        other.end_ringing(),
        caller.bridge_fail(&alice(), "LOSE_RACE"),
    ]);
    play.pass(5_000);
    assert!(play.news().contains(&"alice answered-elsewhere".to_owned()));
    assert!(!play.news().contains(&"alice missed-call".to_owned()));
    assert_eq!(agent(&play, "alice").0, AgentState::Free);
}

#[test]
fn what_was_lost_in_between_is_made_up_for() {
    // Of a caller nothing was seen before the answer: how long they waited is told by OVH's own clock.
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    let times = |more: serde_json::Value| {
        let mut data = vec![("QueueMemberJoinedTime", json!("1425554670"))];
        data.push(("QueueAgent", json!("agent_0033912312301_3")));
        if let Some((name, value)) = more.as_object().and_then(|more| more.iter().next()) {
            data.push((Box::leak(name.clone().into_boxed_str()), value.clone()));
        }
        data
    };
    let data = times(json!({"QueueAgentAnsweredTime": 1_425_554_690}));
    play.come([caller.event("bridge-agent-start", &data)]);
    let talk = play.queue("support").talking[0].clone();
    assert_eq!(talk.since.since(talk.waited_since), 20_000);
    assert_eq!(talk.agent.as_deref(), Some("bob"));
    // One that left before anything was seen of them.
    let other = support().caller(CALLER, "m-2");
    let data = times(json!({"QueueMemberLeavingTime": "1425554700"}));
    play.come([other.event("member-queue-end", &data)]);
    assert_eq!(play.records()[0].wait, 30_000);
    assert_eq!(play.queue("support").counters.abandoned, 1);
    // Times that cannot be are not believed.
    for (at, answered) in [(3, "1425554600"), (4, "1525554600"), (5, "x")] {
        let caller = support().caller(CALLER, &format!("m-{at}"));
        let data = times(json!({"QueueAgentAnsweredTime": answered}));
        play.come([caller.event("bridge-agent-start", &data)]);
        let queue = play.queue("support");
        let talk = queue.talking.last().expect("a talk");
        assert_eq!(talk.since, talk.waited_since, "{answered}");
    }
    const { assert!(1_525_554_600_000 - 1_425_554_670_000 > WAITING_LIMIT) };
    // An agent who talks with the next caller does not with the one before; how long that was nobody knows.
    assert_eq!(play.queue("support").talking.len(), 1);
    let talks: Vec<_> = play.records().iter().map(|record| record.talk).collect();
    assert!(talks.iter().all(Option::is_none), "{talks:?}");
    assert_eq!(play.queue("support").counters.answered, 4);
}

#[test]
fn a_queue_in_which_nobody_is_counted_has_nobody_waiting() {
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    play.one_by_one([caller.start(1), support().members_count(0)]);
    play.pass(COUNT_WAIT - 1_000);
    assert_eq!(
        play.queue("support").waiting.len(),
        1,
        "its end may be on its way"
    );
    play.pass(2_000);
    let queue = play.queue("support");
    assert_eq!((queue.waiting.len(), queue.counters.abandoned), (0, 0));
    assert_eq!(play.records()[0].ending, Ending::Elsewhere);
    // Who comes behind the count stays, and so does who is counted.
    let (one, two) = (
        support().caller(CALLER, "m-2"),
        support().caller(CALLER, "m-3"),
    );
    play.one_by_one([support().members_count(0), one.start(1)])
        .pass(10_000);
    assert_eq!(play.queue("support").waiting.len(), 1);
    play.one_by_one([two.start(2), support().members_count(2)])
        .pass(10_000);
    assert_eq!(play.queue("support").waiting.len(), 2);
    for count in [json!("many"), json!(null), json!(-1), json!([])] {
        play.come([support().event("members-count", "queues", &[("Count", count)])]);
    }
    play.pass(10_000);
    assert_eq!(play.queue("support").waiting.len(), 2);
}

#[test]
fn an_agent_is_busy_with_calls_of_every_kind() {
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    play.one_by_one([
        caller.start(1),
        caller.offering(&bob()),
        caller.bridge_fail(&bob(), "NO_ANSWER"),
    ]);
    assert_eq!(agent(&play, "bob").0, AgentState::Free);
    let call = bob().calls(ALICE, "a-1");
    play.one_by_one([call.start_ringing()]);
    assert_eq!(agent(&play, "bob").0, AgentState::Ringing);
    play.one_by_one([call.start_calling()]);
    assert_eq!(agent(&play, "bob").0, AgentState::Talking);
    play.one_by_one([call.end_calling()]);
    assert_eq!(agent(&play, "bob").0, AgentState::Free);
}

#[test]
fn a_queue_that_gets_a_name_keeps_its_callers() {
    let mut play = Play::new();
    let caller = support().caller(CALLER, "m-1");
    play.one_by_one([caller.start(1), caller.offering(&desk())]);
    let since = play.queue("support").waiting[0].since;
    play.number("0033912312399:hotline, 0033912312303:carol");
    let names: Vec<_> = play
        .view()
        .queues
        .iter()
        .map(|queue| queue.name.clone())
        .collect();
    assert_eq!(names, ["hotline".into()]);
    let queue = play.queue("hotline");
    assert_eq!(queue.waiting[0].since, since);
    assert_eq!(&*queue.agents[0].name, "carol");
    play.number("");
    assert_eq!(play.queue("+33912312399").waiting.len(), 1);
}

#[test]
fn queues_of_one_name_are_one_until_they_are_not() {
    let mut play = Play::new();
    let sales = Number::queue("0033912312398", "Sales");
    play.number("0033912312399|0033912312398:hotline");
    play.one_by_one([
        support().caller(CALLER, "m-1").start(1),
        sales.caller(CALLER, "m-2").start(1),
    ]);
    assert_eq!(play.queue("hotline").waiting.len(), 2);
    play.number("0033912312399:hotline");
    assert_eq!(play.queue("hotline").waiting.len(), 1);
    assert_eq!(play.queue("+33912312398").waiting.len(), 1);
    play.come_by(SECOND, [support().members_count(1)]);
    play.number("0033912312399|0033912312398:hotline");
    play.state.forget(FIRST, play.now);
    play.flush();
    assert_eq!(play.queue("hotline").waiting.len(), 1);
    assert_eq!(play.view().queues.len(), 1);
}

#[test]
fn a_morning_is_counted_as_it_was_played() {
    let queues = [support(), Number::queue("0033912312398", "Sales")];
    let lines = [bob(), alice(), desk()];
    let numbers = [(SUPPORT, "support"), ("0033912312398", "+33912312398")];
    for seed in 0..20 {
        let morning = Morning::new(&queues, &lines, 60, seed);
        let mut play = Play::new();
        for (at, step) in morning.steps.into_iter().enumerate() {
            let mut step = step;
            // What comes at once is sorted by the service's clock.
            if at % 3 == 0 {
                step.reverse();
            }
            // Two tokens tell of all of it, some of it late.
            play.come_by(FIRST, step.clone()).pass(2_500);
            play.come_by(SECOND, step);
        }
        play.pass(10_000);
        let expected = morning.expected;
        let of = |counts: &std::collections::BTreeMap<String, u64>, number: &str| {
            counts.get(number).copied().unwrap_or_default()
        };
        for (number, name) in numbers {
            let queue = play.queue(name);
            let counters = &queue.counters;
            assert_eq!(counters.answered, of(&expected.answered, number), "{seed}");
            let (abandoned, timed_out) = (
                of(&expected.abandoned, number),
                of(&expected.timed_out, number),
            );
            assert_eq!(counters.abandoned, abandoned + timed_out, "{seed}");
            let records = play.records();
            let own = records.iter().filter(|r| r.queue.as_deref() == Some(name));
            let given_up = own.filter(|record| record.ending == Ending::TimedOut);
            assert_eq!(given_up.count() as u64, timed_out, "{seed}");
            assert_eq!((queue.waiting.len(), queue.talking.len()), (0, 0));
            assert!(
                queue
                    .agents
                    .iter()
                    .all(|agent| agent.state == AgentState::Free)
            );
        }
        for (number, name) in [(BOB, "bob"), (ALICE, "alice"), (DESK, "+33912312303")] {
            assert_eq!(play.line(name).calls, []);
            let records = play.records();
            let ended = |ending| {
                let own = records.iter().filter(|r| r.line.as_deref() == Some(name));
                own.filter(|record| record.ending == ending).count() as u64
            };
            assert_eq!(
                ended(Ending::Answered),
                of(&expected.line_answered, number),
                "{seed}"
            );
            assert_eq!(
                ended(Ending::Missed),
                of(&expected.line_missed, number),
                "{seed}"
            );
        }
    }
}
