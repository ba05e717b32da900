//! What is ordered of a PBX for a call that is there, in no PBX's own words.

use std::sync::Arc;

use crate::board::{Call, Direction, Name};
use crate::calls::Dial;

/// What can be done to a call, as programs are told and tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// End it.
    Hangup,
    /// Refuse it while it rings: the caller hears "busy", or what the dial plan makes of that.
    Refuse,
    /// Send the other side on to a number (blind transfer).
    Transfer,
    /// Let the other side wait where any phone can take it back.
    Park,
    /// Connect the other sides of two calls of one line (what ends an attended transfer).
    Join,
    /// Take a call that rings at a colleague's phone.
    Pickup,
}

impl Control {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Hangup,
        Self::Refuse,
        Self::Transfer,
        Self::Park,
        Self::Join,
        Self::Pickup,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hangup => "hangup",
            Self::Refuse => "refuse",
            Self::Transfer => "transfer",
            Self::Park => "park",
            Self::Join => "join",
            Self::Pickup => "pickup",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// By what a PBX finds a call that the board shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallKey {
    /// The line that has it.
    pub line: Name,
    /// The id by which it was told of; by the PBX, or by the phone itself where that told of it first.
    pub reference: Option<Arc<str>>,
    /// Who called whom: finds it where the id is the phone's.
    pub direction: Direction,
    /// Whether it rings, for the same.
    pub ringing: bool,
}

impl CallKey {
    /// That of a call on a line.
    #[must_use]
    pub fn of(line: &Name, call: &Call) -> Self {
        Self {
            line: Arc::clone(line),
            reference: call.reference.clone(),
            direction: call.direction,
            ringing: call.state == crate::board::CallState::Ringing,
        }
    }
}

/// What is to be done to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// See [`Control::Hangup`].
    Hangup,
    /// See [`Control::Refuse`].
    Refuse,
    /// See [`Control::Transfer`].
    Transfer(Dial),
    /// See [`Control::Park`].
    Park,
    /// See [`Control::Join`]: with the other side of this call.
    Join(CallKey),
}

impl Order {
    /// What it is.
    #[must_use]
    pub const fn control(&self) -> Control {
        match self {
            Self::Hangup => Control::Hangup,
            Self::Refuse => Control::Refuse,
            Self::Transfer(_) => Control::Transfer,
            Self::Park => Control::Park,
            Self::Join(_) => Control::Join,
        }
    }
}

/// A phone that rings, as a PBX tells it apart from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ringing {
    /// The PBX's name of what rings.
    pub channel: Arc<str>,
    /// Whose phone it is.
    pub extension: Dial,
}
