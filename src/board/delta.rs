//! What changed on the board since one of its numbers, each thing as it is now: what viewers are sent.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{CallRecord, Day, LineView, Name, QueueView};

/// The most things that are remembered to have left the board. Who misses more is sent everything.
pub const MAX_GONE: usize = 1_000;

/// Something that left the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gone {
    /// A line.
    Line(Name),
    /// A queue.
    Queue(Name),
}

/// What changed since some number, each thing once, as it is now, with the number of its last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// The number of the board's last change.
    pub sequence: u64,
    /// Whether this is all there is, and what is not in it is not on the board.
    pub whole: bool,
    /// Lines, sorted by user.
    pub lines: Vec<(u64, LineView)>,
    /// Queues, sorted by name.
    pub queues: Vec<(u64, QueueView)>,
    /// What left, in the order in which it did. It may be back.
    pub gone: Vec<(u64, Gone)>,
    /// Calls that ended, the oldest first.
    pub records: Vec<(u64, CallRecord)>,
    /// The day, if it or its hours changed.
    pub day: Option<(u64, Day)>,
}

/// What left the board, as much as is remembered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Departed {
    gone: VecDeque<(u64, Gone)>,
    /// The number of the last one that was forgotten.
    forgotten: u64,
}

impl Departed {
    /// Whoever knows only what was before that number is sent everything.
    pub(super) fn forget(&mut self, sequence: u64) {
        self.gone.clear();
        self.forgotten = sequence;
    }

    pub(super) fn push(&mut self, sequence: u64, what: Gone) {
        if self.gone.len() == MAX_GONE
            && let Some((sequence, _)) = self.gone.pop_front()
        {
            self.forgotten = sequence;
        }
        self.gone.push_back((sequence, what));
    }

    /// What left after that number; nothing if not all of it is remembered.
    pub(super) fn after(&self, sequence: u64) -> Option<Vec<(u64, Gone)>> {
        if sequence < self.forgotten {
            return None;
        }
        let later = self.gone.iter().filter(|(own, _)| *own > sequence);
        Some(later.cloned().collect())
    }
}
