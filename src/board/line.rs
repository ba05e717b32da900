//! One person's line: what their phone is in, and their calls.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::{Day, PhoneAction, QueueView, Source};
use crate::number;

/// A person, as phones and settings name them.
pub type Name = Arc<str>;

/// A point in time: milliseconds since the Unix epoch, as Mattermost counts them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// That much later, in milliseconds.
    #[must_use]
    pub const fn after(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// How many milliseconds it is after the other one; 0 where it is before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// What a phone is in, as far as it told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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

/// What a source tells of a line or a queue beside what happens on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// What it is called where it was set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Name>,
    /// Its number, where that is not its name here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Arc<str>>,
    /// What kind of line or queue it is, in the source's own word, such as OVH's `sipCirpack`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Arc<str>>,
    /// How many calls it takes at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simultaneous: Option<u16>,
    /// When its phone registered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<Timestamp>,
}

/// What a PBX says a line's device is in, whether or not it tells of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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

    /// The number as the board shows it, in one form wherever it came from: the international one where that is known, or where the number
    /// came in it with `00` instead of `+` (ITU-T E.123); else as it came.
    #[must_use]
    pub fn one_form(&self) -> Cow<'_, str> {
        let number = self.international.as_deref().unwrap_or(&self.number);
        match number.strip_prefix("00") {
            // What is shorter is an extension, and no calling code begins with 0.
            Some(rest)
                if rest.chars().count() >= 6 && rest.starts_with(|c| ('1'..='9').contains(&c)) =>
            {
                Cow::Owned(format!("+{rest}"))
            }
            _ => Cow::Borrowed(number),
        }
    }

    /// What people read on the board: as [`Peer::shown`], with the number in its [one form](Peer::one_form).
    #[must_use]
    pub fn on_board(&self) -> Cow<'_, str> {
        match self.name.as_deref().or(self.label.as_deref()) {
            Some(name) => Cow::Borrowed(name),
            None => self.one_form(),
        }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The board's own number of the call; never used again.
    pub id: u64,
    /// The phone's id of the call, if it gave one.
    pub reference: Option<Arc<str>>,
    /// The source's id of the whole call, which its legs on other lines have, too; see [`Report::linked`](super::Report::linked).
    pub linked: Option<Arc<str>>,
    /// The queue that the call comes from, if a source told.
    pub queue: Option<Name>,
    /// The number that was dialled, where a source tells one that is not the line's own.
    pub dialed: Option<Arc<str>>,
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
    /// Whoever told of it tells no more of it: nobody knows how it ends, nor when.
    Untold,
    /// It goes on: whoever told of it tells of it anew, as another call.
    Retold,
    /// A newer call took its place, or its line's place went to a newer line.
    Displaced,
}

/// A line as others see it. As JSON each call has its own `sources`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineView {
    /// Whose line it is.
    pub user: Name,
    /// What the phone is in.
    pub state: LineState,
    /// What else is known of the line.
    pub details: Details,
    /// Its calls, the oldest first.
    pub calls: Vec<Call>,
    /// Who tells of the line, or of any of its calls.
    pub sources: Tellers,
    /// Who tells of each call, in their order.
    pub call_sources: Vec<Tellers>,
}

impl LineView {
    /// Who tells of the call in that place.
    #[must_use]
    pub fn tellers(&self, at: usize) -> Tellers {
        self.call_sources.get(at).copied().unwrap_or_default()
    }

    /// Who tells of the call with that number.
    #[must_use]
    pub fn tellers_of(&self, call: u64) -> Tellers {
        let at = self.calls.iter().position(|own| own.id == call);
        at.map_or_else(Tellers::default, |at| self.tellers(at))
    }

    /// Whether nobody knows what the line is in while those are gone: one of them tells of it, and no other one of a call on it.
    #[must_use]
    pub fn is_unknown(&self, gone: Tellers) -> bool {
        let is_told = |tellers: &Tellers| tellers.is_more_than(gone);
        self.sources.has_any(gone) && !self.call_sources.iter().any(is_told)
    }
}

impl Serialize for LineView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            call: &'a Call,
            sources: Tellers,
        }
        #[derive(Serialize)]
        struct Shown<'a> {
            user: &'a Name,
            #[serde(flatten)]
            state: &'a LineState,
            #[serde(flatten)]
            details: &'a Details,
            sources: Tellers,
            calls: Vec<Told<'a>>,
        }
        let calls = self.calls.iter().enumerate();
        let calls = calls.map(|(at, call)| Told {
            call,
            sources: self.tellers(at),
        });
        let shown = Shown {
            user: &self.user,
            state: &self.state,
            details: &self.details,
            sources: self.sources,
            calls: calls.collect(),
        };
        shown.serialize(serializer)
    }
}

/// Who tells of something: some of the sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tellers(u8);

impl Tellers {
    const fn bit(source: Source) -> u8 {
        1 << source as u8
    }

    /// These and that one.
    #[must_use]
    pub const fn and(self, source: Source) -> Self {
        Self(self.0 | Self::bit(source))
    }

    /// These and those.
    #[must_use]
    pub const fn or(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether that one is among them.
    #[must_use]
    pub const fn has(self, source: Source) -> bool {
        self.0 & Self::bit(source) != 0
    }

    /// Whether one of those is among them.
    #[must_use]
    pub const fn has_any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether one is among them that is none of those.
    #[must_use]
    pub const fn is_more_than(self, others: Self) -> bool {
        self.0 & !others.0 != 0
    }

    /// Them as a number, other for others; it takes [`Tellers::BITS`].
    pub(super) const fn number(self) -> u64 {
        self.0 as u64
    }

    /// How many bits [`Tellers::number`] takes.
    pub(super) const BITS: u32 = Source::ALL.len() as u32;
}

impl Serialize for Tellers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = Source::ALL.iter().filter(|source| self.has(**source));
        serializer.collect_seq(own)
    }
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
    /// The day whose calls are counted.
    pub day: Day,
    /// Within how long a queue's call should be answered, in milliseconds.
    pub service_level_within: u64,
}

impl Snapshot {
    /// The queue of that name; or else of that name or description in whatever case.
    #[must_use]
    pub fn queue(&self, name: &str) -> Option<&QueueView> {
        let exact = self
            .queues
            .binary_search_by(|queue| (*queue.name).cmp(name));
        if let Ok(at) = exact {
            return self.queues.get(at);
        }
        let name = name.to_lowercase();
        let is = |other: &str| other.to_lowercase() == name;
        let mut queues = self.queues.iter();
        let named = queues.clone().find(|queue| is(&queue.name));
        named.or_else(|| queues.find(|queue| is(queue.shown())))
    }
}
