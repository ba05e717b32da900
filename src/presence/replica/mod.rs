//! The table on every node of a cluster: the leader reads the server, the followers copy what it found.
//!
//! No input or output, no clock, no tasks: times are given, as the time since any moment that stays, and messages go
//! in and out as bytes. They travel as plugin cluster events, to all other nodes, and may be lost, doubled and reordered.
//!
//! - [`Leader`]: while this node leads. Its [`next`](Leader::next) makes what is to be sent: [`Changes`] as they
//!   happen and the rest of the table to who asked for it, each at most [`MAX_MESSAGE`] and [`SEND_GAP`] apart, and
//!   a [`Heartbeat`] every [`HEARTBEAT`].
//! - [`Follower`]: while another node leads. It applies what joins up with what it has, drops the rest and asks for
//!   it, at most once in [`ASK_GAP`]. When it has the whole table of an epoch, it removes who was not in it. While a
//!   node follows, nothing else may change who is listed in its table, their addresses or statuses: what [`Forward`]s
//!   carry goes to the leader only, and comes back as changes. (Each node drops old records of people who are gone by
//!   itself.)
//! - [`Forwards`]: what happens on a follower and the leader should know: someone published their status, a
//!   websocket came or went, an account was made or deactivated, a reader turns pages. Best effort: what gets lost, as while nobody leads,
//!   is mended by the leader's next reading.
//!
//! The *epoch* is the leader's term ([`Role::Leader`](crate::cluster::Role::Leader)), so a newer leader's is higher.
//! Numbers are those of the leader's table; a follower's own table numbers its changes for its own clients. Places in the
//! pages are the leader's on all nodes: a reader may be given each page by another one. Only the leader closes holes, and
//! numbers that as a change; a follower that has everything else closes its own in the same way, any other copies anew.
//!
//! # How a node uses it
//! On each change of role the side of before is dropped and one of the new side made; [`Forwards`] goes with
//! [`Follower`]. An event that arrives is [read](Inbox::read); a leader takes [`Message::Request`] and
//! [`Message::Forward`], a follower [`Message::Changes`] and [`Message::Heartbeat`], and each ignores the others. After
//! that, after every change of the table, and when [`Leader::wake`], [`Follower::wake`] or [`Forwards::wake`] says,
//! `next` is asked until it answers `None`, and what it answers is sent with
//! [`Nodes::tell`](crate::host::Nodes::tell); a failure to send is a loss like any other.

mod follower;
mod forward;
mod leader;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod wire;
#[cfg(test)]
mod wire_tests;

use std::time::Duration;

pub use follower::Follower;
pub use forward::{Forward, Forwards, MAX_FORWARDS, TURNING_GAP};
pub use leader::Leader;
pub use wire::{
    Changes, Copied, DecodeError, Heartbeat, Inbox, MAX_EMAIL, MAX_MESSAGE, Message, Request,
    State, VERSION, decode, kind,
};

/// How often the leader says that it is there, and how far its table is.
pub const HEARTBEAT: Duration = Duration::from_secs(2);

/// The pause between two messages of one node, so that a table of 100,000 people (90 messages) takes two seconds and no
/// link is flooded.
pub const SEND_GAP: Duration = Duration::from_millis(20);

/// The pause between two questions of a follower, and how long it waits for the rest of a copy that stopped coming.
pub const ASK_GAP: Duration = Duration::from_secs(1);

/// How long a follower that had everything waits for a change that it heard of, before it asks.
pub const GAP_PATIENCE: Duration = Duration::from_millis(200);

/// How long a follower hears nothing from its leader before it listens to one of a lower epoch. Epochs only rise, unless
/// somebody deleted the lease's key.
pub const SILENCE: Duration = Duration::from_secs(15);

/// The pause between two copies of the whole table because the numbers of people differ though no change is missing.
pub const RECOPY_GAP: Duration = Duration::from_secs(60);

/// A message to all other nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The event's id, one of [`kind`].
    pub kind: &'static str,
    /// At most [`MAX_MESSAGE`] bytes.
    pub data: Vec<u8>,
}
