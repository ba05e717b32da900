//! How presence is doing: for the status page and the metrics.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::table::People;
use crate::feed;

/// Why there are no pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// Presence is not turned on.
    Off,
    /// Not everybody's account and status were read yet.
    FirstRound,
    /// The same, and the server does not let us read.
    Failing,
    /// The server keeps no statuses.
    StatusesOff,
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "presence is not turned on",
            Self::FirstRound => {
                "everybody's status is being read for the first time; try again in a few seconds"
            }
            Self::Failing => {
                "everybody's status is to be read for the first time, but the server does not answer; see its log"
            }
            Self::StatusesOff => {
                "the server keeps no statuses: turn on EnableUserStatuses in its configuration"
            }
        })
    }
}

impl std::error::Error for NotReady {}

/// Somebody who is not in the list of active accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("user_id is not the id of an active user")
    }
}

impl std::error::Error for Unknown {}

/// A reading of everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// When it was done.
    pub ended: SystemTime,
    /// How long it took, pauses between its calls included.
    pub took: Duration,
    /// How many calls it was.
    pub calls: u64,
}

/// How presence is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Whether it is turned on. Nothing else here says anything where it is not.
    pub on: bool,
    /// Why there are no pages; `None` when there are.
    pub not_ready: Option<NotReady>,
    /// Whether this node reads statuses; otherwise another node of the cluster does, and tells them.
    pub reading: bool,
    /// How many people there are, and how many of each status.
    pub people: People,
    /// The clients of the feed.
    pub clients: usize,
    /// What happened in the feed.
    pub feed: feed::Counts,
    /// The last time that everybody's status was read.
    pub statuses: Option<Round>,
    /// The last time that all accounts were listed.
    pub accounts: Option<Round>,
    /// Calls for statuses since the start.
    pub status_calls: u64,
    /// Calls for accounts since the start.
    pub account_calls: u64,
    /// Calls of either kind that failed.
    pub failures: u64,
    /// Changes of a status that were seen since the start, those of a first reading not counted.
    pub changes: u64,
}
