//! The connections that are taken over.

use std::{
    collections::HashMap,
    future::poll_fn,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::hijack::{ConnectionLanes, begin_close, poll_closed};

/// Connections that are taken over and not yet closed.
///
/// The host leaves them open when it disables the plugin, silent for ever: whoever ends closes
/// them.
#[derive(Default)]
pub(crate) struct Connections {
    next: AtomicU64,
    open: Mutex<HashMap<u64, ConnectionLanes>>,
}

impl Connections {
    fn with<R>(&self, f: impl FnOnce(&mut HashMap<u64, ConnectionLanes>) -> R) -> R {
        f(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn add(&self, lanes: ConnectionLanes) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.with(|open| open.insert(id, lanes));
        id
    }

    /// Hands out the right to close the connection, to the first who asks.
    pub(super) fn remove(&self, id: u64) -> Option<ConnectionLanes> {
        self.with(|open| open.remove(&id))
    }

    /// Closes what is open, all at once.
    pub(crate) async fn close_all(&self) {
        let open = self.with(std::mem::take);
        for lanes in open.values() {
            // One whose stream is gone cannot be closed any more.
            let _ = begin_close(lanes);
        }
        for lanes in open.values() {
            let _ = poll_fn(|cx| poll_closed(lanes, cx)).await;
        }
    }
}
