//! What a line and an agent are in now, in one word and a few beside it.

use std::borrow::Cow;

use crate::board::{
    Agent, AgentState, CallState, Device, Direction, LineState, LineView, PhoneAction, QueueView,
    Tellers,
};
use crate::language::texts::{board as texts, signs};
use crate::language::{Language, Text};

/// What a line or an agent is in: the sign's class, and the words.
pub(super) type State = (&'static str, Text);

/// What a line is in now: a call that goes on, or else what a PBX says of its device, or else what its phone reported. A line of
/// which nothing else is known has reported calls, and has none: it is free. While a source of it is gone, nobody knows.
pub(super) fn line(line: &LineView, gone: Tellers) -> State {
    let state = line.state;
    if line.is_unknown(gone) {
        return match state.dnd {
            true => ("dnd", signs::do_not_disturb),
            false => ("unknown", texts::no_state),
        };
    }
    let call = |wanted| line.calls.iter().find(|call| call.state == wanted);
    if call(CallState::Talking).is_some() {
        return ("talking", signs::in_a_call);
    }
    if call(CallState::Held).is_some() {
        return ("held", texts::held);
    }
    if let Some(call) = call(CallState::Ringing) {
        return match call.direction {
            Direction::Outgoing => ("ringing", texts::calling),
            Direction::Incoming | Direction::Unknown => ("ringing", signs::rings),
        };
    }
    match state.device {
        Some(Device::Ringing) => return ("ringing", signs::rings),
        Some(Device::Busy) => return ("talking", signs::in_a_call),
        Some(Device::Held) => return ("held", texts::held),
        _ => {}
    }
    if state.dnd {
        return ("dnd", signs::do_not_disturb);
    }
    if state.device == Some(Device::Unreachable) {
        return ("away", signs::not_registered);
    }
    if state.paused {
        return ("paused", signs::paused);
    }
    if state.off_hook {
        return ("talking", signs::off_the_hook);
    }
    match (state.last_action, state.device) {
        (Some(PhoneAction::Logout), _) => ("away", signs::logged_out),
        (None, Some(Device::Unknown)) => ("unknown", texts::no_state),
        _ => ("free", signs::free),
    }
}

/// What else is so while that is.
pub(super) fn beside(
    line: &LineView,
    gone: Tellers,
    shown: &'static str,
) -> impl Iterator<Item = Text> {
    let LineState {
        dnd,
        paused,
        agent_logged_in,
        device,
        ..
    } = line.state;
    let unreachable = device == Some(Device::Unreachable) && !line.sources.has_any(gone);
    let all: [(bool, &str, Text); 4] = [
        (dnd, "dnd", signs::do_not_disturb),
        (unreachable, "away", signs::not_registered),
        (paused, "paused", signs::paused),
        (agent_logged_in, "", signs::logged_in_as_agent),
    ];
    let so = all.into_iter();
    so.filter(move |(so, class, _)| *so && *class != shown)
        .map(|(_, _, words)| words)
}

/// What an agent's phone is in.
pub(super) fn phone(state: AgentState) -> State {
    match state {
        AgentState::Free => ("free", signs::free),
        AgentState::Ringing => ("ringing", signs::rings),
        AgentState::Talking => ("talking", signs::in_a_call),
        AgentState::Held => ("held", texts::held),
        AgentState::Unreachable => ("away", signs::not_registered),
        AgentState::Unknown => ("unknown", texts::no_state),
    }
}

/// What an agent of a queue is in: a call, or else pausing, or else what their phone is in.
pub(super) fn agent(queue: &QueueView, agent: &Agent, gone: Tellers) -> State {
    let state = now(queue, agent, gone);
    let calls = matches!(
        state,
        AgentState::Ringing | AgentState::Talking | AgentState::Held
    );
    if agent.paused && !calls {
        return ("paused", signs::paused);
    }
    phone(state)
}

/// What an agent's phone is in, which nobody knows while who tells of the queue is gone.
pub(super) fn now(queue: &QueueView, agent: &Agent, gone: Tellers) -> AgentState {
    if gone.has(queue.source) {
        return AgentState::Unknown;
    }
    agent.state
}

/// Why an agent pauses, and where, if they do: in some of their queues or in all of them.
pub(super) fn pause(language: Language, seats: &[(&QueueView, &Agent)]) -> Option<String> {
    let paused: Vec<_> = seats.iter().filter(|(_, agent)| agent.paused).collect();
    let (_, first) = paused.first()?;
    let mut words = String::new();
    if paused.len() < seats.len() {
        let names: Vec<String> = paused
            .iter()
            .map(|(queue, _)| escaped(queue.shown()))
            .collect();
        words = texts::paused_in(language, language.list(&names));
        if let Some(reason) = &first.reason {
            words.push_str(" (");
            words.push_str(&escaped(reason));
            words.push(')');
        }
    } else if let Some(reason) = &first.reason {
        words = texts::paused_because(language, escaped(reason));
    }
    if words.is_empty() {
        words = signs::paused(language);
    }
    Some(words)
}

/// Text that is not ours as HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::new();
    super::markup::name(&mut html, text);
    html
}

/// A class that says what is in a cell.
pub(super) fn number(value: impl Into<Option<u64>>, class: &'static str) -> Cow<'static, str> {
    match value.into() {
        Some(1..) => Cow::Owned(format!("n {class}")),
        _ => Cow::Borrowed("n"),
    }
}
