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
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashMap<u64, ConnectionLanes>,
    /// How often all were closed.
    closings: u64,
}

impl Connections {
    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often all were closed. A request remembers it, for it may take its connection over only as
    /// long as nothing is closed that belongs to its activation.
    pub(crate) fn closings(&self) -> u64 {
        self.with(|state| state.closings)
    }

    /// Takes the connection of a request that came when all had been closed `closings` times; the
    /// connection comes back when they were closed since, and is to be closed too.
    pub(super) fn add(
        &self,
        lanes: ConnectionLanes,
        closings: u64,
    ) -> Result<u64, ConnectionLanes> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.with(|state| {
            if state.closings != closings {
                return Err(lanes);
            }
            state.open.insert(id, lanes);
            Ok(id)
        })
    }

    /// Hands out the right to close the connection, to the first who asks.
    pub(super) fn remove(&self, id: u64) -> Option<ConnectionLanes> {
        self.with(|state| state.open.remove(&id))
    }

    /// Closes what is open, all at once, and what those who came before are still taking over.
    pub(crate) async fn close_all(&self) {
        let open = self.with(|state| {
            state.closings += 1;
            std::mem::take(&mut state.open)
        });
        for lanes in open.values() {
            // One whose stream is gone cannot be closed any more.
            let _ = begin_close(lanes);
        }
        for lanes in open.values() {
            let _ = poll_fn(|cx| poll_closed(lanes, cx)).await;
        }
    }
}
