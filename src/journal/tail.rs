//! The last entries, for whoever stores them or hands them on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{Entry, Gap};

/// The most entries that are kept, about 3 MB of them: half a minute of the busiest office. Who wants older ones needs a whole state.
pub const MAX_TAIL: usize = 8_192;

/// The journal's last entries. The board's task puts them in and never waits.
#[derive(Debug, Default)]
pub struct Tail {
    entries: Mutex<VecDeque<Arc<Entry>>>,
    changed: Notify,
}

impl Tail {
    /// The next entry. One that does not follow the last one begins another journal: those before it are dropped.
    pub fn push(&self, entry: Entry) {
        let mut entries = self.entries();
        if entries
            .back()
            .is_some_and(|last| last.index + 1 != entry.index)
        {
            entries.clear();
        }
        if entries.len() >= MAX_TAIL {
            entries.pop_front();
        }
        entries.push_back(Arc::new(entry));
        drop(entries);
        self.changed.notify_waiters();
    }

    /// The entries after that index, `most` of them at most, the oldest first.
    ///
    /// # Errors
    ///
    /// A [`Gap`] where the next one is not kept any more.
    pub fn after(&self, index: u64, most: usize) -> Result<Vec<Arc<Entry>>, Gap> {
        let entries = self.entries();
        let Some(first) = entries.front().map(|first| first.index) else {
            return Ok(Vec::new());
        };
        let wanted = index + 1;
        if wanted < first {
            let came = first;
            return Err(Gap { wanted, came });
        }
        let from = usize::try_from(wanted - first).unwrap_or(usize::MAX);
        let entries = entries.iter().skip(from).take(most);
        Ok(entries.map(Arc::clone).collect())
    }

    /// The index of the last entry; 0 if there was none.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.entries().back().map_or(0, |last| last.index)
    }

    /// Waits until there is an entry after that index.
    pub async fn wait(&self, index: u64) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.last() > index {
                return;
            }
            changed.await;
        }
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
