//! The signs and words that stand for what a phone reported last (the original plugin's), and for what a PBX says of devices,
//! agents and time.

use crate::board::{
    Agent, AgentState, Call, CallState, Device, Direction, LineView, PhoneAction, Timestamp,
};
use crate::language::texts::signs;
use crate::language::{Language, Text};

/// The sign for what was reported last; `⁇` where nothing was.
#[must_use]
pub fn icon(last: Option<PhoneAction>) -> &'static str {
    match last {
        Some(PhoneAction::DndOn) => "🚫",
        Some(PhoneAction::Offhook) => "📞",
        Some(PhoneAction::DndOff | PhoneAction::Onhook | PhoneAction::PausedOff) => "✔",
        Some(PhoneAction::PausedOn) => "⏸",
        Some(PhoneAction::Login) => "☎←",
        Some(PhoneAction::Logout) => "☎→",
        Some(PhoneAction::AgentLogin) => "🆗←",
        Some(PhoneAction::AgentLogout) => "🆗→",
        Some(PhoneAction::AnsweringCall) => "⚡",
        None => "⁇",
    }
}

/// The same in words.
#[must_use]
pub fn words(last: Option<PhoneAction>) -> Text {
    match last {
        Some(PhoneAction::DndOn) => signs::do_not_disturb,
        Some(PhoneAction::DndOff) => signs::do_not_disturb_is_off,
        Some(PhoneAction::Offhook) => signs::off_the_hook,
        Some(PhoneAction::Onhook) => signs::on_the_hook,
        Some(PhoneAction::PausedOn) => signs::paused,
        Some(PhoneAction::PausedOff) => signs::no_longer_paused,
        Some(PhoneAction::Login) => signs::logged_in,
        Some(PhoneAction::Logout) => signs::logged_out,
        Some(PhoneAction::AgentLogin) => signs::logged_in_as_agent,
        Some(PhoneAction::AgentLogout) => signs::logged_out_as_agent,
        Some(PhoneAction::AnsweringCall) => signs::answers_a_call,
        None => signs::not_known,
    }
}

/// What a call is doing, and with whom if `other` is known, who is written as it is to be shown.
#[must_use]
pub fn call_words(call: &Call, language: Language, other: Option<&str>) -> String {
    match (call.state, call.direction, other) {
        (CallState::Ringing, Direction::Outgoing, None) => signs::calls(language),
        (CallState::Ringing, Direction::Outgoing, Some(other)) => signs::calls_to(language, other),
        (CallState::Ringing, _, None) => signs::rings(language),
        (CallState::Ringing, _, Some(other)) => signs::rings_from(language, other),
        (CallState::Talking, _, None) => signs::talks(language),
        (CallState::Talking, _, Some(other)) => signs::talks_with(language, other),
        (CallState::Held, _, None) => signs::on_hold(language),
        (CallState::Held, _, Some(other)) => signs::on_hold_with(language, other),
    }
}

/// The colour in which a page shows the sign, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Not to be reached: do not disturb, or off the hook.
    Red,
    /// To be reached.
    Green,
    /// Not there.
    Grey,
}

/// The sign's colour.
#[must_use]
pub fn colour(last: Option<PhoneAction>) -> Option<Colour> {
    match last? {
        PhoneAction::DndOn | PhoneAction::Offhook => Some(Colour::Red),
        PhoneAction::DndOff | PhoneAction::Onhook => Some(Colour::Green),
        _ => None,
    }
}

/// A sign with its words and colour.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    /// The sign.
    pub icon: &'static str,
    /// The same in words.
    pub words: Text,
    /// The colour in which a page shows both.
    pub colour: Option<Colour>,
}

impl Sign {
    const fn new(icon: &'static str, words: Text, colour: Option<Colour>) -> Self {
        Self {
            icon,
            words,
            colour,
        }
    }
}

/// What a line's phone is in: what it reported last, or else what a PBX says of the device.
#[must_use]
pub fn phone(line: &LineView) -> Sign {
    match (line.state.last_action, line.state.device) {
        (None, Some(told)) => device(told),
        (last, _) => Sign::new(icon(last), words(last), colour(last)),
    }
}

/// What a PBX says of the device, where neither what the phone reported last nor the line's calls say it: that it is not
/// registered, or is in a call that nobody told of.
#[must_use]
pub fn besides(line: &LineView) -> Option<Sign> {
    line.state.last_action?;
    let told = line.state.device?;
    let shown = match told {
        Device::Unreachable => true,
        Device::Ringing | Device::Busy | Device::Held => line.calls.is_empty(),
        Device::Free | Device::Unknown => false,
    };
    shown.then(|| device(told))
}

/// What a PBX says of a device.
#[must_use]
pub fn device(told: Device) -> Sign {
    match told {
        Device::Free => Sign::new("✔", signs::free, Some(Colour::Green)),
        Device::Ringing => Sign::new("🔔", signs::rings, None),
        Device::Busy => Sign::new("📞", signs::in_a_call, Some(Colour::Red)),
        Device::Held => Sign::new("📞", signs::in_a_call_on_hold, Some(Colour::Red)),
        Device::Unreachable => Sign::new("✖", signs::not_registered, Some(Colour::Grey)),
        Device::Unknown => Sign::new("⁇", signs::not_known, None),
    }
}

/// What an agent is doing: pausing, or else what their phone is in.
#[must_use]
pub fn agent(agent: &Agent) -> Sign {
    if agent.paused {
        return Sign::new("⏸", signs::paused, Some(Colour::Red));
    }
    agents_phone(agent.state)
}

/// What the phone of an agent who pauses is in, in words, unless it just lies there.
#[must_use]
pub fn agent_besides(agent: &Agent) -> Option<Text> {
    let idle = matches!(agent.state, AgentState::Free | AgentState::Unknown);
    (agent.paused && !idle).then(|| agents_phone(agent.state).words)
}

fn agents_phone(state: AgentState) -> Sign {
    device(match state {
        AgentState::Free => Device::Free,
        AgentState::Ringing => Device::Ringing,
        AgentState::Talking => Device::Busy,
        AgentState::Held => Device::Held,
        AgentState::Unreachable => Device::Unreachable,
        AgentState::Unknown => Device::Unknown,
    })
}

/// How long an agent has been in what they are in, where that is of interest: it is not while they are free or away.
#[must_use]
pub fn agent_since(agent: &Agent, now: Timestamp) -> Option<Elapsed> {
    let busy = matches!(
        agent.state,
        AgentState::Ringing | AgentState::Talking | AgentState::Held
    );
    (agent.paused || busy).then(|| Elapsed::new(agent.since, now))
}

/// The time since something, as people read it: `0:07`, `12:30`, `1:02:03`, and from a day on `3 days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed(u64);

impl Elapsed {
    /// From then to now; nothing if that is still to come.
    #[must_use]
    pub fn new(since: Timestamp, now: Timestamp) -> Self {
        Self(now.0.saturating_sub(since.0) / 1000)
    }

    /// It in words, or as a clock shows it.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        let (days, hours) = (self.0 / 86_400, self.0 / 3600);
        let (minutes, seconds) = (self.0 / 60 % 60, self.0 % 60);
        match (days, hours) {
            (0, 0) => format!("{minutes}:{seconds:02}"),
            (0, hours) => format!("{hours}:{minutes:02}:{seconds:02}"),
            (1, _) => signs::one_day(language),
            (days, _) => signs::days(language, days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_written_as_people_read_it() {
        for (seconds, expected) in [
            (0, "0:00"),
            (7, "0:07"),
            (90, "1:30"),
            (3599, "59:59"),
            (3723, "1:02:03"),
            (86_399, "23:59:59"),
            (86_400, "1 day"),
            (3 * 86_400 + 1, "3 days"),
        ] {
            let now = Timestamp(5_000 + seconds * 1000 + 999);
            let time = Elapsed::new(Timestamp(5_000), now);
            assert_eq!(time.words(Language::English), expected);
        }
        let ahead = Elapsed::new(Timestamp(9_000), Timestamp(5_000));
        assert_eq!(ahead.words(Language::English), "0:00");
    }
}
