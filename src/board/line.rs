//! One person's line: what their phone is in, and their calls.

use std::sync::Arc;

use serde::Serialize;

use super::{PhoneAction, QueueView};
use crate::number;

/// A person, as phones and settings name them.
pub type Name = Arc<str>;

/// A point in time: milliseconds since the Unix epoch, as Mattermost counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// That much later, in milliseconds.
    #[must_use]
    pub const fn after(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

/// What a phone is in, as far as it told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LineState {
    /// Do not disturb.
    pub dnd: bool,
    /// The handset is lifted.
    pub off_hook: bool,
    /// Paused in the queues.
    pub paused: bool,
    /// Someone is logged in at the phone.
    pub logged_in: bool,
    /// Logged in as a queue's agent.
    pub agent_logged_in: bool,
    /// What the phone told last about itself; nothing if it told of calls only.
    pub last_action: Option<PhoneAction>,
    /// When it told that.
    pub last_action_at: Option<Timestamp>,
    /// What a PBX says the line's device is in; nothing if none said anything.
    pub device: Option<Device>,
}

/// What a PBX says a line's device is in, whether or not it tells of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// Registered, and free.
    Free,
    /// It rings.
    Ringing,
    /// It is in a call.
    Busy,
    /// Its call is on hold.
    Held,
    /// Not registered, or not to be reached.
    Unreachable,
    /// The PBX itself does not know.
    Unknown,
}

/// The other side of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Peer {
    /// Their number, as it came, without its SIP clothes.
    pub number: Arc<str>,
    /// The number in international form, `+` and digits (E.164), where the country that is set tells it.
    pub international: Option<Arc<str>>,
    /// Whose number that is, if `NumbersUsers` knows: the name of a line.
    pub name: Option<Name>,
    /// What an outside number is called, by the number book or a look-up: the name of no line.
    pub label: Option<Name>,
}

impl Peer {
    /// Someone with a number, of whom nothing else is known.
    #[must_use]
    pub fn new(number: impl Into<Arc<str>>) -> Self {
        Self {
            number: number.into(),
            ..Self::default()
        }
    }

    /// What people read: the line's name, or else what the number is called, or else the number.
    #[must_use]
    pub fn shown(&self) -> &str {
        let name = self.name.as_deref().or(self.label.as_deref());
        name.unwrap_or(&self.number)
    }

    /// Whether both are the same: by their names if both have one, or else by their numbers.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        if let (Some(own), Some(other)) = (&self.name, &other.name) {
            return own == other;
        }
        match (&self.international, &other.international) {
            (Some(own), Some(other)) => own == other,
            _ => number::same(&self.number, &other.number),
        }
    }

    /// Takes over what the other one's number is called, if it is this one's, nobody's line, and called nothing yet. Answers whether
    /// that is so.
    pub(super) fn learn(&mut self, other: &Self) -> bool {
        let learns = self.name.is_none() && self.label.is_none() && self.is(other);
        if learns {
            self.label.clone_from(&other.label);
        }
        learns
    }
}

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The call came to the line.
    Incoming,
    /// The call went out from the line.
    Outgoing,
    /// The phone did not tell.
    Unknown,
}

/// What a call is in. A call that ended is no longer on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CallState {
    /// It rings, at either end.
    Ringing,
    /// Both sides talk.
    Talking,
    /// It is on hold.
    Held,
}

/// A call on a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// The board's own number of the call; never used again.
    pub id: u64,
    /// The phone's id of the call, if it gave one.
    pub reference: Option<Arc<str>>,
    /// The source's id of the whole call, which its legs on other lines have, too; see [`Report::linked`](super::Report::linked).
    pub linked: Option<Arc<str>>,
    /// The queue that the call comes from, if a source told.
    pub queue: Option<Name>,
    /// Who called whom.
    pub direction: Direction,
    /// What it is in.
    pub state: CallState,
    /// The other side, if known.
    pub peer: Option<Peer>,
    /// When it began.
    pub began: Timestamp,
    /// Since when it is in its state.
    pub since: Timestamp,
    /// When both sides began to talk, if they did.
    pub answered: Option<Timestamp>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The phone said that it ended, or was put down.
    Finished,
    /// The phone said that it was missed.
    Missed,
    /// It rang, and somebody answered it elsewhere.
    Elsewhere,
    /// It rang, and the person refused it.
    Refused,
    /// No word of it came for too long.
    Expired,
    /// A newer call took its place, or its line's place went to a newer line.
    Displaced,
}

/// A line as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// Whose line it is.
    pub user: Name,
    /// What the phone is in.
    #[serde(flatten)]
    pub state: LineState,
    /// Its calls, the oldest first.
    pub calls: Vec<Call>,
}

/// The whole board at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// The number of the last change in it; 0 before the first one.
    pub sequence: u64,
    /// All lines, sorted by user (byte by byte).
    pub lines: Vec<LineView>,
    /// All queues, sorted by name (byte by byte).
    pub queues: Vec<QueueView>,
}
