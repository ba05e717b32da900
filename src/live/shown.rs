//! The whole board as viewers see it, made once for all who ask before it changes.

use std::sync::{Arc, Mutex, PoisonError};

use crate::board::Snapshot;
use crate::config::BoardNumbers;

/// The snapshot that was shown last.
#[derive(Debug, Default)]
pub struct Shown {
    last: Mutex<Option<Made>>,
}

#[derive(Debug)]
struct Made {
    of: Arc<Snapshot>,
    numbers: BoardNumbers,
    shown: Arc<Snapshot>,
}

impl Shown {
    /// That board as it is shown.
    #[must_use]
    pub fn of(&self, board: &Arc<Snapshot>, numbers: BoardNumbers) -> Arc<Snapshot> {
        if numbers == BoardNumbers::Full {
            return Arc::clone(board);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*last
            && made.numbers == numbers
            && Arc::ptr_eq(&made.of, board)
        {
            return Arc::clone(&made.shown);
        }
        let shown = numbers.snapshot(board);
        *last = Some(Made {
            of: Arc::clone(board),
            numbers,
            shown: Arc::clone(&shown),
        });
        shown
    }
}
