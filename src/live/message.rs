//! What viewers are sent: one JSON object a message.

use serde::Serialize;

use super::rings::Rung;
use super::sources::SourceState;
use crate::board::{Gone, Timestamp};

/// `{"n":…,"<kind>":…}`.
///
/// What is written here has texts for keys and no numbers but whole ones, so that it can always be written as JSON.
pub(super) fn message(n: u64, kind: &str, what: &impl Serialize) -> Box<[u8]> {
    let mut out = format!("{{\"n\":{n},\"{kind}\":").into_bytes();
    if let Err(error) = serde_json::to_writer(&mut out, what) {
        tracing::error!(%error, kind, "a message for the board's viewers could not be written");
        return format!("{{\"n\":{n}}}").into_bytes().into();
    }
    out.push(b'}');
    out.into()
}

/// `{"n":…,"gone":{"line":…}}` or `{"n":…,"gone":{"queue":…}}`.
pub(super) fn gone(n: u64, gone: &Gone) -> Box<[u8]> {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Shown<'a> {
        Line(&'a str),
        Queue(&'a str),
    }
    let shown = match gone {
        Gone::Line(name) => Shown::Line(name),
        Gone::Queue(name) => Shown::Queue(name),
    };
    message(n, "gone", &shown)
}

/// How the board itself is: the first message of every connection, and the sign of life.
#[derive(Debug, Serialize)]
pub(super) struct BoardNote<'a> {
    /// Which board it is: its numbers mean nothing to another one.
    pub(super) epoch: &'a str,
    /// What the time is.
    pub(super) now: Timestamp,
    /// Whether what is not told behind this is not there.
    pub(super) whole: bool,
    pub(super) sources: &'a [SourceState],
    /// Within how long a queue's call should be answered, in milliseconds.
    pub(super) service_level_within: u64,
    /// How often such a message comes, in milliseconds.
    pub(super) refresh: u64,
}

impl BoardNote<'_> {
    pub(super) fn message(&self, n: u64) -> Box<[u8]> {
        message(n, "board", self)
    }
}

/// A call that is to be shown in the page.
pub(super) fn ring(n: u64, rung: &Rung) -> Box<[u8]> {
    message(n, "ring", rung)
}
