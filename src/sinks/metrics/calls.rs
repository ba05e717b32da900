//! Calls, counted as the board tells of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::board::{Change, ChangeKind, Ending};
use crate::config::Config;
use crate::sinks::Sink;

/// How calls end, and what metrics call that.
const ENDINGS: [(Ending, &str); 8] = [
    (Ending::Answered, "answered"),
    (Ending::Abandoned, "abandoned"),
    (Ending::TimedOut, "timed_out"),
    (Ending::Missed, "missed"),
    (Ending::Unanswered, "unanswered"),
    (Ending::Refused, "refused"),
    (Ending::Elsewhere, "elsewhere"),
    (Ending::Unknown, "unknown"),
];

/// Calls and changes of the board since the start.
#[derive(Debug, Default)]
pub struct CallCounts {
    began: AtomicU64,
    ended: [AtomicU64; ENDINGS.len()],
    changes: AtomicU64,
}

impl CallCounts {
    /// The sink that counts them.
    #[must_use]
    pub fn sink(self: &Arc<Self>) -> impl Sink + use<> {
        CallSink(Arc::clone(self))
    }

    /// Calls that began on lines; one between two lines is two.
    #[must_use]
    pub fn began(&self) -> u64 {
        self.began.load(Ordering::Relaxed)
    }

    /// Calls that ended for good, by how.
    pub fn ended(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.ended.iter().map(|count| count.load(Ordering::Relaxed));
        ENDINGS.iter().map(|(_, name)| *name).zip(counts)
    }

    /// Changes of the board.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }
}

struct CallSink(Arc<CallCounts>);

impl Sink for CallSink {
    fn take(&mut self, change: &Change, _: &Config) {
        let counts = &self.0;
        counts.changes.fetch_add(1, Ordering::Relaxed);
        match &change.kind {
            ChangeKind::CallBegan(_) => {
                counts.began.fetch_add(1, Ordering::Relaxed);
            }
            ChangeKind::Recorded(record) => {
                let at = ENDINGS
                    .iter()
                    .position(|(ending, _)| *ending == record.ending);
                if let Some(at) = at {
                    counts.ended[at].fetch_add(1, Ordering::Relaxed);
                }
            }
            _ => {}
        }
    }
}
