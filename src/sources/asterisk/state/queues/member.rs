//! A queue's member: whoever takes its calls.

use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;

use super::{Lines, MAX_ID_BYTES, id, number};
use crate::board::{Agent, AgentState, Name, Timestamp};
use crate::text;

/// The headers that name a member's interface: since Asterisk 12, in lists, and in two kinds of Asterisk 11's events.
pub(super) const INTERFACE: &[&str] = &["Interface", "Location", "Member", "AgentCalled"];

/// A member as far as events told.
#[derive(Debug)]
pub(super) struct Member {
    /// By which Asterisk reaches them, such as `PJSIP/6003` or `Local/6004@from-queue/n`.
    pub(super) interface: Arc<str>,
    /// The extension that is meant by it.
    pub(super) extension: Option<Arc<str>>,
    /// The caller for whom their phone rings. A `Local` interface without a state of its own shows it in no other way.
    pub(super) rings: Option<Arc<str>>,
    /// Whether they are in a call of this queue.
    pub(super) talks: bool,
    /// The list during which they were told of last.
    pub(super) told: u64,
    state_interface: Option<Arc<str>>,
    own_name: Option<Arc<str>>,
    name: Name,
    status: AgentState,
    paused: bool,
    reason: Option<Arc<str>>,
    calls: u64,
    /// Since when it is what it is.
    since: (Condition, Timestamp),
    /// What it was before the link was lost, and since when.
    before: Option<(Condition, Timestamp)>,
    /// When it began to pause, as a list tells it.
    pause_began: Option<Timestamp>,
    reported: Option<Agent>,
}

/// What `since` is about. A pause goes on whatever the phone does meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Working(AgentState),
    Pausing(Option<Arc<str>>),
}

impl Member {
    pub(super) fn new(interface: &str, now: Timestamp) -> Self {
        Self {
            interface: Arc::from(interface),
            extension: None,
            rings: None,
            talks: false,
            told: 0,
            state_interface: None,
            own_name: None,
            name: Arc::from(&*text::clean(interface)),
            status: AgentState::Unknown,
            paused: false,
            reason: None,
            calls: 0,
            since: (Condition::Working(AgentState::Unknown), now),
            before: None,
            pause_began: None,
            reported: None,
        }
    }

    /// What others read of them.
    pub(super) fn name(&self) -> Name {
        Arc::clone(&self.name)
    }

    /// Takes over what the message tells; what it does not tell stays.
    pub(super) fn take_over(&mut self, message: &RawAmiMessage, lines: &impl Lines) {
        if let Some(name) = message.get("MemberName").or_else(|| message.get("Name")) {
            let own = !name.is_empty() && *name != *self.interface;
            self.own_name = own.then(|| Arc::from(&*text::clean(name)));
        }
        if let Some(state) = id(message, &["StateInterface"]) {
            self.state_interface = Some(Arc::from(state));
        }
        if let Some(status) = message.get("Status") {
            self.status = state(status);
        }
        // A member can be in a call of the queue before Asterisk says that the phone is.
        match (message.get("InCall"), self.status) {
            (Some("1"), _) => self.talks = true,
            (Some(_), AgentState::Free | AgentState::Unreachable) => self.talks = false,
            _ => {}
        }
        self.calls = number(message, "CallsTaken").unwrap_or(self.calls);
        if let Some(paused) = message.get("Paused") {
            self.paused = paused == "1";
            self.reason = ["PausedReason", "Reason"]
                .iter()
                .find_map(|header| message.get(header))
                .filter(|reason| self.paused && !reason.is_empty())
                .map(|reason| Arc::from(&*text::clean(reason)));
            // A list's item; an event is told when it happens.
            self.pause_began = number(message, "LastPause")
                .filter(|began| message.get("Event") == Some("QueueMember") && *began > 0)
                .map(|began| Timestamp(began.saturating_mul(1000)));
        }
        self.find_name(lines);
    }

    /// Looks up who it is: whoever has the extension, or else what Asterisk calls them, or the extension, or the interface.
    pub(super) fn find_name(&mut self, lines: &impl Lines) {
        let interfaces = [self.state_interface.as_deref(), Some(&*self.interface)];
        let interfaces = || interfaces.iter().flatten();
        self.extension = interfaces()
            .find_map(|interface| lines.extension(interface))
            .or_else(|| interfaces().find_map(|interface| extension(interface).map(Arc::from)));
        let user = self
            .extension
            .as_deref()
            .and_then(|extension| lines.view().numbers.user(extension));
        let name = user.or(self.own_name.as_ref()).or(self.extension.as_ref());
        self.name = match name {
            Some(name) => Arc::clone(name),
            None => Arc::from(&*text::clean(&self.interface)),
        };
    }

    /// The link is lost, and with it what the phone is in.
    pub(super) fn lost(&mut self) {
        self.before = Some(self.since.clone());
        (self.status, self.rings, self.talks) = (AgentState::Unknown, None, false);
    }

    /// The agent as the board has to see it from now on, if that is another one than before.
    pub(super) fn changed(&mut self, now: Timestamp) -> Option<Agent> {
        let state = self.state();
        let condition = if self.paused {
            Condition::Pausing(self.reason.clone())
        } else {
            Condition::Working(state)
        };
        if self.since.0 != condition {
            let before = self.before.take_if(|(before, _)| *before == condition);
            let began = match (before, self.pause_began) {
                (Some((_, since)), _) => since,
                // Its clock may be another one than ours.
                (None, Some(began)) if self.paused => began.min(now),
                _ => now,
            };
            self.since = (condition, began);
        }
        let agent = Agent {
            interface: Arc::clone(&self.interface),
            name: self.name(),
            state,
            paused: self.paused,
            reason: self.reason.clone(),
            since: self.since.1,
            calls: self.calls,
        };
        if self.reported.as_ref() == Some(&agent) {
            return None;
        }
        self.reported = Some(agent.clone());
        Some(agent)
    }

    /// The phone's own state, unless the queue knows better.
    fn state(&self) -> AgentState {
        match self.status {
            AgentState::Free | AgentState::Unknown if self.talks => AgentState::Talking,
            AgentState::Free | AgentState::Unknown if self.rings.is_some() => AgentState::Ringing,
            status => status,
        }
    }
}

/// A member's `Status`, which is on the scale of Asterisk's device states, not on that of extensions. (A phone that rings while
/// its owner talks is of one who talks.)
fn state(status: &str) -> AgentState {
    match status {
        "1" => AgentState::Free,
        "2" | "3" | "7" => AgentState::Talking,
        "4" | "5" => AgentState::Unreachable,
        "6" => AgentState::Ringing,
        "8" => AgentState::Held,
        _ => AgentState::Unknown,
    }
}

/// The extension in `PJSIP/6003`, `Local/6004@from-queue/n` or `hint:6005@from-internal`.
fn extension(interface: &str) -> Option<&str> {
    let rest = match interface.split_once('/') {
        Some((_, rest)) => rest,
        None => interface.strip_prefix("hint:")?,
    };
    let end = rest.find(['@', '/']).unwrap_or(rest.len());
    (1..=MAX_ID_BYTES).contains(&end).then(|| &rest[..end])
}
