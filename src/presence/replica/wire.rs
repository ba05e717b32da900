//! The messages as bytes.
//!
//! The event's id says which message it is. The first byte is the version of the form, [`VERSION`]; a node ignores
//! others. Numbers are big-endian; a text is its length in two bytes and its UTF-8. Nothing may follow the end.
//!
//! | kind | after the version |
//! |---|---|
//! | `presence.changes` | epoch 8, from 8, to 8, head 8, holes closed at 8, people left then 4, who 8, state 1, then for each record: flags 1 (status in bits 0–1, listed in bit 2), place 4, id 26, address |
//! | `presence.heartbeat` | epoch 8, head 8, state 1, people by status 4 × 4 |
//! | `presence.request` | epoch 8, have 8 |
//! | `presence.forward` | for each: 1 status id (publish), 2 id (hint), 3 id active 1 address (created), 4 id (deactivated), 5 (pages are turned) |
//!
//! The state is 0 in the first round, 1 when ready, 2 when the server keeps no statuses.

use std::fmt;

use super::Forward;
use crate::host::{Account, UserId};
use crate::presence::pages::{Closing, MAX_PLACE};
use crate::presence::{ID_BYTES, NotReady, Record, Status};

/// The version of the messages' form.
pub const VERSION: u8 = 1;

/// The longest message, in bytes, version and all. A longer one is ignored.
pub const MAX_MESSAGE: usize = 64 * 1024;

/// The longest address that is copied, in bytes. Mattermost's own limit is 128 characters; someone with a longer one is
/// known to the leader alone.
pub const MAX_EMAIL: usize = 1024;

/// The events' ids.
pub mod kind {
    /// [`Changes`](super::Changes).
    pub const CHANGES: &str = "presence.changes";
    /// [`Heartbeat`](super::Heartbeat).
    pub const HEARTBEAT: &str = "presence.heartbeat";
    /// [`Request`](super::Request).
    pub const REQUEST: &str = "presence.request";
    /// [`Forward`](super::Forward)s.
    pub const FORWARD: &str = "presence.forward";
}

/// A person as the leader has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied<'a> {
    /// Whose record it is.
    pub id: &'a str,
    /// The address.
    pub email: &'a str,
    /// The status.
    pub status: Status,
    /// As in [`Record::listed`].
    pub listed: bool,
    /// As in [`Record::place`]; at most [`MAX_PLACE`].
    pub place: u32,
}

/// How far the leader is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It has yet to read the list and everybody's status, for the first time or after a time without statuses.
    #[default]
    FirstRound,
    /// It has.
    Ready,
    /// The server keeps no statuses.
    StatusesOff,
}

impl State {
    /// In the order of what they are in messages.
    pub const ALL: [Self; 3] = [Self::FirstRound, Self::Ready, Self::StatusesOff];

    /// That of a leader that has such a reason, or none, to show no pages.
    #[must_use]
    pub fn of(not_ready: Option<NotReady>) -> Self {
        match not_ready {
            None => Self::Ready,
            Some(NotReady::StatusesOff) => Self::StatusesOff,
            Some(NotReady::Off | NotReady::FirstRound | NotReady::Failing) => Self::FirstRound,
        }
    }
}

/// Everybody whose last change has a number above `from` and at most `to`, as they were when this was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes<'a> {
    /// The leader's term.
    pub epoch: u64,
    /// Who has everything up to here can use this.
    pub from: u64,
    /// And has everything up to here then.
    pub to: u64,
    /// The highest number there was.
    pub head: u64,
    /// How holes were closed last, of which all places are.
    pub closing: Closing,
    /// How far the leader is.
    pub state: State,
    /// In the order of their changes.
    pub records: Vec<Copied<'a>>,
}

/// The leader is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The leader's term.
    pub epoch: u64,
    /// The highest number there was.
    pub head: u64,
    /// How far the leader is.
    pub state: State,
    /// How many people are listed, by [`Status::ALL`], when `head` was the highest number.
    pub by_status: [u32; 4],
}

/// A follower lacks something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The epoch that it follows; 0 when it knows of none.
    pub epoch: u64,
    /// Of that epoch it has everything up to here.
    pub have: u64,
}

/// Any message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// For followers.
    Changes(Changes<'a>),
    /// For followers.
    Heartbeat(Heartbeat),
    /// For the leader.
    Request(Request),
    /// For the leader.
    Forward(Vec<Forward>),
}

/// Why an event is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Its id is none of [`kind`].
    Kind,
    /// Longer than [`MAX_MESSAGE`]: so many bytes.
    Long(usize),
    /// Of another version of the plugin's: that one.
    Version(u8),
    /// It ends too early, or has what does not belong there.
    Malformed,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind => f.write_str("it is of an unknown kind"),
            Self::Long(bytes) => write!(f, "it has {bytes} bytes, and {MAX_MESSAGE} are the limit"),
            Self::Version(version) => write!(
                f,
                "it is of version {version} and this node knows {VERSION}: the nodes run different versions of the plugin"
            ),
            Self::Malformed => f.write_str("it is not well formed"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads events, and says once of each sort what cannot be read.
#[derive(Debug, Default)]
pub struct Inbox {
    version_told: bool,
    other_told: bool,
}

impl Inbox {
    /// The message, or nothing: the first of an unknown version is logged, and the first that is wrong otherwise.
    pub fn read<'a>(&mut self, kind: &str, data: &'a [u8]) -> Option<Message<'a>> {
        let error = match decode(kind, data) {
            Ok(message) => return Some(message),
            Err(error) => error,
        };
        let told = match error {
            DecodeError::Version(_) => &mut self.version_told,
            _ => &mut self.other_told,
        };
        if !std::mem::replace(told, true) {
            tracing::warn!("a message from another node is ignored, and all like it: {error}");
        }
        None
    }
}

/// Reads an event. Takes memory for at most what [`MAX_MESSAGE`] bytes can hold.
///
/// # Errors
///
/// [`DecodeError`].
pub fn decode<'a>(kind: &str, data: &'a [u8]) -> Result<Message<'a>, DecodeError> {
    let known = [kind::CHANGES, kind::HEARTBEAT, kind::REQUEST, kind::FORWARD];
    if !known.contains(&kind) {
        return Err(DecodeError::Kind);
    }
    if data.len() > MAX_MESSAGE {
        return Err(DecodeError::Long(data.len()));
    }
    match data.first() {
        Some(&VERSION) => {}
        Some(version) => return Err(DecodeError::Version(*version)),
        None => return Err(DecodeError::Malformed),
    }
    let mut input = Input(&data[1..]);
    let message = match kind {
        kind::CHANGES => input.changes().map(Message::Changes),
        kind::HEARTBEAT => input.heartbeat().map(Message::Heartbeat),
        kind::REQUEST => input.request().map(Message::Request),
        _ => input.forwards().map(Message::Forward),
    };
    message
        .filter(|_| input.0.is_empty())
        .ok_or(DecodeError::Malformed)
}

/// What was not read yet. `None`: it is not what was to come.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1)?.first().copied()
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.bytes(8)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.bytes(4)?.try_into().ok()?))
    }

    fn bool(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn status(&mut self) -> Option<Status> {
        Status::ALL.get(usize::from(self.byte()?)).copied()
    }

    fn state(&mut self) -> Option<State> {
        State::ALL.get(usize::from(self.byte()?)).copied()
    }

    fn id(&mut self) -> Option<&'a str> {
        let id = self.bytes(ID_BYTES)?;
        is_id(id).then_some(std::str::from_utf8(id).ok()?)
    }

    fn user(&mut self) -> Option<UserId> {
        self.id().map(UserId::from)
    }

    fn email(&mut self) -> Option<&'a str> {
        let length = u16::from_be_bytes(self.bytes(2)?.try_into().ok()?);
        let email = self.bytes(usize::from(length).min(MAX_EMAIL + 1))?;
        std::str::from_utf8(email)
            .ok()
            .filter(|email| email.len() <= MAX_EMAIL)
    }

    fn changes(&mut self) -> Option<Changes<'a>> {
        let mut changes = Changes {
            epoch: self.u64()?,
            from: self.u64()?,
            to: self.u64()?,
            head: self.u64()?,
            closing: Closing {
                number: self.u64()?,
                left: self.u32()?,
                who: self.u64()?,
            },
            state: self.state()?,
            records: Vec::new(),
        };
        while !self.0.is_empty() {
            let flags = self.byte()?;
            changes.records.push(Copied {
                status: *Status::ALL.get(usize::from(flags & !LISTED))?,
                listed: flags & LISTED != 0,
                place: self.u32().filter(|place| *place <= MAX_PLACE)?,
                id: self.id()?,
                email: self.email()?,
            });
        }
        let numbers = [changes.from, changes.to, changes.head];
        let closed = changes.closing.number <= changes.head;
        (numbers.is_sorted() && closed).then_some(changes)
    }

    fn heartbeat(&mut self) -> Option<Heartbeat> {
        Some(Heartbeat {
            epoch: self.u64()?,
            head: self.u64()?,
            state: self.state()?,
            by_status: [self.u32()?, self.u32()?, self.u32()?, self.u32()?],
        })
    }

    fn request(&mut self) -> Option<Request> {
        Some(Request {
            epoch: self.u64()?,
            have: self.u64()?,
        })
    }

    fn forwards(&mut self) -> Option<Vec<Forward>> {
        let mut forwards = Vec::new();
        while !self.0.is_empty() {
            forwards.push(match self.byte()? {
                PUBLISH => Forward::Publish {
                    status: self.status()?,
                    user: self.user()?,
                },
                HINT => Forward::Hint { user: self.user()? },
                CREATED => Forward::Created(Account {
                    id: self.user()?,
                    active: self.bool()?,
                    email: self.email()?.to_owned(),
                }),
                DEACTIVATED => Forward::Deactivated { user: self.user()? },
                TURNING => Forward::Turning,
                _ => return None,
            });
        }
        Some(forwards)
    }
}

const LISTED: u8 = 1 << 2;

const PUBLISH: u8 = 1;
const HINT: u8 = 2;
const CREATED: u8 = 3;
const DEACTIVATED: u8 = 4;
const TURNING: u8 = 5;

fn is_id(id: &[u8]) -> bool {
    id.len() == ID_BYTES && id.iter().all(u8::is_ascii_alphanumeric)
}

/// A message being made.
#[derive(Debug)]
pub(super) struct Output(Vec<u8>);

impl Output {
    fn new(numbers: &[u64]) -> Self {
        let mut bytes = vec![VERSION];
        for number in numbers {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        Self(bytes)
    }

    /// Changes without any record. `to` and `head` are set [at the end](Self::end_changes).
    pub(super) fn changes(epoch: u64, from: u64, closing: Closing, state: State) -> Self {
        let mut output = Self::new(&[epoch, from, 0, 0, closing.number]);
        output.0.extend_from_slice(&closing.left.to_be_bytes());
        output.0.extend_from_slice(&closing.who.to_be_bytes());
        output.0.push(state as u8);
        output
    }

    /// Adds a record, unless the message is too full for it: false then.
    pub(super) fn record(&mut self, record: &Record<'_>) -> bool {
        if record.email.len() > MAX_EMAIL || !is_id(record.id.as_bytes()) {
            return true;
        }
        if self.0.len() + 1 + 4 + ID_BYTES + 2 + record.email.len() > MAX_MESSAGE {
            return false;
        }
        let listed = if record.listed { LISTED } else { 0 };
        self.0.push(record.status as u8 | listed);
        self.0.extend_from_slice(&record.place.to_be_bytes());
        self.0.extend_from_slice(record.id.as_bytes());
        self.text(record.email);
        true
    }

    pub(super) fn end_changes(mut self, to: u64, head: u64) -> Vec<u8> {
        let [_, _, to_at, head_at] = [0, 1, 2, 3].map(|field| 1 + field * 8);
        self.0[to_at..head_at].copy_from_slice(&to.to_be_bytes());
        self.0[head_at..head_at + 8].copy_from_slice(&head.to_be_bytes());
        self.0
    }

    pub(super) fn heartbeat(heartbeat: &Heartbeat) -> Vec<u8> {
        let mut output = Self::new(&[heartbeat.epoch, heartbeat.head]);
        output.0.push(heartbeat.state as u8);
        for count in heartbeat.by_status {
            output.0.extend_from_slice(&count.to_be_bytes());
        }
        output.0
    }

    pub(super) fn request(request: Request) -> Vec<u8> {
        Self::new(&[request.epoch, request.have]).0
    }

    pub(super) fn forwards() -> Self {
        Self::new(&[])
    }

    /// Adds one, unless the message is too full for it: false then. What [cannot be carried](Forward::fits) is left out.
    pub(super) fn forward(&mut self, forward: &Forward) -> bool {
        if !forward.fits() {
            return true;
        }
        let before = self.0.len();
        let (tag, user) = match forward {
            Forward::Publish { user, .. } => (PUBLISH, user.as_str()),
            Forward::Hint { user } => (HINT, user.as_str()),
            Forward::Created(account) => (CREATED, account.id.as_str()),
            Forward::Deactivated { user } => (DEACTIVATED, user.as_str()),
            Forward::Turning => (TURNING, ""),
        };
        self.0.push(tag);
        if let Forward::Publish { status, .. } = forward {
            self.0.push(*status as u8);
        }
        self.0.extend_from_slice(user.as_bytes());
        if let Forward::Created(account) = forward {
            self.0.push(u8::from(account.active));
            self.text(&account.email);
        }
        if self.0.len() > MAX_MESSAGE {
            self.0.truncate(before);
            return false;
        }
        true
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.0
    }

    /// At most [`MAX_EMAIL`] bytes, so the length has room.
    fn text(&mut self, text: &str) {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }
}

impl Forward {
    /// Whether it can be carried: its id is one, and an address is not longer than [`MAX_EMAIL`].
    pub(super) fn fits(&self) -> bool {
        let (user, email) = match self {
            Self::Created(account) => (&account.id, account.email.as_str()),
            Self::Publish { user, .. } | Self::Hint { user } | Self::Deactivated { user } => {
                (user, "")
            }
            Self::Turning => return true,
        };
        is_id(user.as_str().as_bytes()) && email.len() <= MAX_EMAIL
    }
}
