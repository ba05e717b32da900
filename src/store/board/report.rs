//! How it stands with what is stored of the board.

use std::sync::{Mutex, MutexGuard, PoisonError};

use gob::Time;
use mattermost_plugin::model::calendar::rfc3339;

use crate::board::Timestamp;
use crate::config::Problem;
use crate::host::HostError;

/// The most damaged records that are named.
const MAX_NAMED: usize = 8;

/// How it stands, for whoever asks.
#[derive(Debug, Default)]
pub struct Report(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Since when what is stored cannot be read.
    unread: Option<(Timestamp, String)>,
    /// The board began without what is stored, for as long as that is not read.
    empty: bool,
    /// Since when nothing can be stored.
    failing: Option<(Timestamp, String)>,
    damaged: Vec<String>,
}

impl Report {
    /// What the admin should know.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let inner = self.inner();
        let mut problems = Vec::new();
        if let Some((since, why)) = &inner.unread {
            let what = match inner.empty {
                true => "begins empty, and nothing of it is kept,",
                false => "is not kept",
            };
            problems.push(Problem::new(
                "board",
                format!("{what} since {}: what is stored cannot be read: {why}", time(*since)),
                "It is tried again; what is stored is not written over. See whether the server's database works.",
            ));
        }
        if let Some((since, why)) = &inner.failing {
            problems.push(Problem::new(
                "board",
                format!("is not kept since {}: {why}", time(*since)),
                "It is tried again. Until then a restart loses what happened since. See whether the server's database works and has room.",
            ));
        }
        if !inner.damaged.is_empty() {
            let named = inner.damaged[..inner.damaged.len().min(MAX_NAMED)].join("; ");
            problems.push(Problem::new(
                "board",
                format!("was read at the start but for damaged records: {named}"),
                "They were set aside as `board.damaged.…` in the plugin's key-value store. Once they were looked at, restart the plugin.",
            ));
        }
        problems
    }

    pub(super) fn read(&self, damaged: Vec<String>) {
        let mut inner = self.inner();
        inner.unread = None;
        inner.empty = false;
        inner.damaged = damaged;
    }

    /// What is stored could not be read at that time; `empty` where the board begins so, therefore.
    pub(super) fn unread(&self, error: &HostError, now: Timestamp, empty: bool) {
        let mut inner = self.inner();
        inner.empty |= empty;
        let since = inner.unread.as_ref().map_or(now, |(since, _)| *since);
        inner.unread = Some((since, crate::text::clean(&error.message).into_owned()));
    }

    pub(super) fn kept(&self) {
        if self.inner().failing.take().is_some() {
            tracing::info!("the board is kept again");
        }
    }

    pub(super) fn failed(&self, error: &HostError, now: Timestamp) {
        let mut inner = self.inner();
        if inner.failing.is_none() {
            tracing::warn!(%error, "the board cannot be stored; it is tried again");
        }
        let since = inner.failing.as_ref().map_or(now, |(since, _)| *since);
        inner.failing = Some((since, crate::text::clean(&error.message).into_owned()));
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time for the admin, in UTC.
fn time(at: Timestamp) -> String {
    let seconds = i64::try_from(at.0 / 1000).unwrap_or(i64::MAX);
    rfc3339::format(Time::from_unix(seconds, 0)).unwrap_or_else(|| at.0.to_string())
}
