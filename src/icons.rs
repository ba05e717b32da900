//! The signs and words that stand for what a phone reported last: the original plugin's.

use crate::board::{Call, CallState, Direction, PhoneAction};

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
pub fn words(last: Option<PhoneAction>) -> &'static str {
    match last {
        Some(PhoneAction::DndOn) => "do not disturb",
        Some(PhoneAction::DndOff) => "do not disturb is off",
        Some(PhoneAction::Offhook) => "off the hook",
        Some(PhoneAction::Onhook) => "on the hook",
        Some(PhoneAction::PausedOn) => "paused",
        Some(PhoneAction::PausedOff) => "no longer paused",
        Some(PhoneAction::Login) => "logged in",
        Some(PhoneAction::Logout) => "logged out",
        Some(PhoneAction::AgentLogin) => "logged in as agent",
        Some(PhoneAction::AgentLogout) => "logged out as agent",
        Some(PhoneAction::AnsweringCall) => "answers a call",
        None => "not known",
    }
}

/// What a call is doing, and what joins the other side's name to it.
#[must_use]
pub fn call_words(call: &Call) -> (&'static str, &'static str) {
    match (call.state, call.direction) {
        (CallState::Ringing, Direction::Outgoing) => ("calls", " "),
        (CallState::Ringing, _) => ("rings", ", from "),
        (CallState::Talking, _) => ("talks", " with "),
        (CallState::Held, _) => ("on hold", ", with "),
    }
}

/// The colour in which a page shows the sign, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Not to be reached: do not disturb, or off the hook.
    Red,
    /// To be reached.
    Green,
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
