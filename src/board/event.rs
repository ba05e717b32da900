//! What sources tell the board.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Action, Details, Device, Erased, Name, Peer, QueueReport, Timestamp, stored};

/// Something that a source saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// A phone, or a PBX in its place, told of a line or of a call on it.
    Line(Report),
    /// A PBX told what a line's device is in.
    Device {
        /// Who tells it.
        source: Source,
        /// Whose line it is.
        user: Name,
        /// What the device is in.
        device: Device,
    },
    /// A PBX told of a line itself.
    Details {
        /// Who tells it.
        source: Source,
        /// Whose line it is.
        user: Name,
        /// All that is known of it now.
        details: Details,
    },
    /// A PBX told of a queue.
    Queue(QueueReport),
    /// The same as [`Event::Line`] for something that a source found when it looked: nobody knows when it happened, so it is
    /// no news. The report's [`ChangeKind::Reported`](super::ChangeKind::Reported) counts as repeated.
    Found(Report),
    /// The same as [`Event::Line`] for the end of a call that happened then, and was decided only now.
    Decided(Report, Timestamp),
    /// A source lost sight of a call: nobody knows how it ended, nor when. Of the report, only who tells of which call counts.
    Lost(Report),
    /// A source tells no more of a line: what it told leaves the board, and the line too if none else tells of it.
    Gone {
        /// Who told of it.
        source: Source,
        /// Whose line it was.
        user: Name,
    },
    /// A source tells anew of all that it told of a line, under this name or another: as [`Event::Gone`], but that its calls go on.
    Retold {
        /// Who tells of it.
        source: Source,
        /// Whose line it was.
        user: Name,
    },
    /// A source tells no more of anything: as [`Event::Gone`] for every line, and its queues leave the board.
    Cleared(Source),
    /// What an outside number is called became known: this is its [`Peer::label`]. All calls with that number have it from now on, and
    /// all who wait in queues.
    Named(#[serde(with = "stored::one_peer")] Peer),
    /// Somebody reset the counters, of one queue or of all.
    Reset(Option<Name>),
    /// A day began at that time: all counters begin anew, unless it is the first day that the board is told of. A day that began before
    /// the one that is known replaces it, and only what was counted by hours begins anew: the clocks are those of another zone.
    Day(Timestamp),
    /// Somebody is to be nobody in all that is remembered.
    Erased(Erased),
    /// Calls that ended before that time are to be forgotten.
    Forget(Timestamp),
}

impl From<Report> for Event {
    fn from(report: Report) -> Self {
        Self::Line(report)
    }
}

/// Who tells of a line. Two sources may tell of one call; it is one call all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The phone itself, by calling a URL.
    #[default]
    Phone,
    /// Asterisk, over its manager interface.
    Asterisk,
    /// OVH's telephony, by its CTI events.
    Ovh,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Asterisk, Self::Ovh];

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Asterisk => "Asterisk",
            Self::Ovh => "OVH",
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
    fn is_phone(&self) -> bool {
        *self == Self::Phone
    }
}

/// What happened on a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Who tells it.
    #[serde(default, skip_serializing_if = "Source::is_phone")]
    pub source: Source,
    /// Whose line it was on.
    pub user: Name,
    /// What happened.
    pub action: Action,
    /// The other side, for a call.
    #[serde(
        default,
        with = "stored::peer",
        skip_serializing_if = "Option::is_none"
    )]
    pub peer: Option<Peer>,
    /// The source's own id of the call, for a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
    /// The source's id of the whole call, the same on all lines and for all attempts at ringing them (Asterisk's Linkedid), where the
    /// source has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Arc<str>>,
    /// The queue that the call comes from, if it comes from one and the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Name>,
    /// The number that was dialled, where the source tells one that is not the line's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialed: Option<Arc<str>>,
    /// The number on this side of the call (the one called, or that of whoever calls out), as the source wrote it, where it tells that
    /// with the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_number: Option<Arc<str>>,
}
