//! What the store keeps of a conference, so that it and its post go on after a restart.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::conferences::{Conference, Who};
use crate::board::Timestamp;
use crate::host::{ChannelId, PostId};

/// What the keys of all records begin with, before the channel's id.
pub(super) const PREFIX: &str = "video:";

/// How often it is noted that a conference still goes on.
pub const NOTED_EVERY: Duration = Duration::from_secs(2 * 60);

/// How old a note may be for the conference to be taken up again after a start: a restart takes seconds, and whoever was away for longer
/// came to a conference that nobody followed.
pub const RESUMES_WITHIN: Duration = Duration::from_secs(5 * 60);

/// A conference's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// In milliseconds since 1970, as all times here.
    since: u64,
    alias: Arc<str>,
    ever: Vec<Who>,
    /// Who was in.
    pub(super) people: Vec<Who>,
    ended: Option<u64>,
    post: Option<String>,
    /// When that was so.
    noted: u64,
}

/// What becomes of a record at a start.
pub(super) enum Found {
    /// The conference may still go on.
    GoesOn(Conference),
    /// It is over, or nobody knows.
    Over(Conference),
}

pub(super) fn key(channel: &ChannelId) -> String {
    format!("{PREFIX}{}", channel.as_str())
}

impl Record {
    pub(super) fn new(
        conference: &Conference,
        people: Vec<Who>,
        post: Option<PostId>,
        now: Timestamp,
    ) -> Self {
        Self {
            since: conference.since.0,
            alias: Arc::clone(&conference.alias),
            ever: conference.ever.clone(),
            people,
            ended: conference.ended.map(|at| at.0),
            post: post.map(|post| post.as_str().to_owned()),
            noted: now.0,
        }
    }

    pub(super) fn post(&self) -> Option<PostId> {
        self.post.as_deref().map(PostId::from)
    }

    /// What becomes of it.
    pub(super) fn found(&self, now: Timestamp) -> Found {
        let mut conference = Conference {
            since: Timestamp(self.since),
            alias: Arc::clone(&self.alias),
            ever: self.ever.clone(),
            ended: self.ended.map(Timestamp),
        };
        let noted = Timestamp(self.noted);
        let fresh = noted.after(RESUMES_WITHIN.as_millis() as u64) > now;
        if conference.ended.is_none() && fresh && !self.people.is_empty() {
            return Found::GoesOn(conference);
        }
        conference.ended.get_or_insert(noted);
        Found::Over(conference)
    }
}
