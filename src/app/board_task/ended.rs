//! The calls that ended, as they are asked for.

use std::sync::Arc;

use serde::Serialize;

use crate::board::{Board, CallRecord, Name, Timestamp};

/// Which of the calls that ended are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Those that began at that time or later.
    pub from: Option<Timestamp>,
    /// Those that began before that time.
    pub to: Option<Timestamp>,
    /// Those of that queue.
    pub queue: Option<Name>,
    /// So many of them, the newest.
    pub most: usize,
}

impl History {
    fn wants(&self, call: &CallRecord) -> bool {
        self.from.is_none_or(|from| call.began >= from)
            && self.to.is_none_or(|to| call.began < to)
            && (self.queue.is_none() || self.queue == call.queue)
    }

    pub(super) fn of(&self, board: &Board) -> Calls {
        let mut wanted = board.history().filter(|call| self.wants(call));
        let calls: Vec<_> = wanted.by_ref().take(self.most).cloned().collect();
        let more = wanted.next().is_some();
        Calls { calls, more }
    }
}

/// Calls that ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// The newest first.
    pub calls: Vec<Arc<CallRecord>>,
    /// Whether there are more of those that were wanted.
    pub more: bool,
}
