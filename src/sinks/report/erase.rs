//! Somebody is no agent any more in what is counted for reports, here and in the store; queues keep their calls.

use std::sync::Arc;

use tokio::time::sleep;

use super::{CALLS_KEY, ReportHost, Reports, Shared, State, Stored, TRY_EVERY};
use crate::board::Erased;
use crate::host::HostError;
use crate::store::{self, RecordError};
use crate::tasks;

impl State {
    fn erase(&mut self, whom: &Erased) -> bool {
        let due = self.due.as_mut().is_some_and(|due| due.erase(whom));
        self.current.erase(whom) || due
    }
}

impl Stored {
    fn erase(&mut self, whom: &Erased) -> bool {
        let due = self.due.as_mut().is_some_and(|due| due.erase(whom));
        self.current.erase(whom) || due
    }
}

impl<H: ReportHost> Reports<H> {
    /// Forgets what somebody did as an agent, here and in the store; queues keep their calls. Answers whether they did anything.
    ///
    /// # Errors
    ///
    /// [`HostError`] where that is not stored yet. It is tried again until it is.
    pub(crate) async fn erase(&self, whom: Erased) -> Result<bool, HostError> {
        let done = self.shared.erase(&whom).await;
        if done.is_err() {
            self.erase_soon(whom);
        }
        done
    }

    /// The same, and nobody waits for it.
    pub(crate) fn erase_soon(&self, whom: Erased) {
        let shared = Arc::clone(&self.shared);
        tasks::spawn(async move {
            let mut stopping = shared.stopping.subscribe();
            while shared.erase(&whom).await.is_err() {
                tokio::select! {
                    () = sleep(TRY_EVERY) => {}
                    _ = stopping.wait_for(|stopping| *stopping) => break,
                }
            }
        });
    }
}

impl<H: ReportHost> Shared<H> {
    /// See [`Reports::erase`]. What was stored before the start, and is not taken over, is changed where it is.
    async fn erase(&self, whom: &Erased) -> Result<bool, HostError> {
        let _turn = self.turn.lock().await;
        let (mut found, is_read) = {
            let mut state = self.state();
            let found = state.erase(whom);
            state.is_new |= found;
            (found, state.is_read)
        };
        let stored = if is_read {
            self.store_in_turn().await
        } else {
            let mut stored: Stored = store::load_or_default(&*self.host, CALLS_KEY).await?;
            if !stored.erase(whom) {
                return Ok(found);
            }
            found = true;
            store::save(&*self.host, CALLS_KEY, &stored).await
        };
        stored.map_err(RecordError::into_host)?;
        Ok(found)
    }
}
