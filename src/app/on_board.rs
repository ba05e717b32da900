//! What the rest does with the board: events in, the whole of it out, and what is to be forgotten.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::{App, EndedCalls, History, Stopped};
use crate::board::{Erased, Event, Snapshot};
use crate::config::BoardNumbers;
use crate::host::{Host, HostError};

/// How much answers with calls that ended may hold at once, in KB: three of the longest, which have about 2.5 MB. A client that takes nothing
/// keeps its answer until the server hangs up.
pub const HISTORY_UNDER_WAY_KB: usize = 8 * 1024;

impl<H: Host> App<H> {
    /// Hands an event to the board. `Err` gives it back where the queue is full at this moment, or the board has
    /// stopped: then [`App::submit`] waits or tells.
    ///
    /// # Errors
    ///
    /// The event itself.
    pub fn try_submit(&self, event: Event) -> Result<(), Box<Event>> {
        self.board.try_submit(event, (self.clock)())
    }

    /// Hands an event to the board, waiting for a place in its queue. The board waits for nobody, so that is
    /// short.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn submit(&self, event: Event) -> Result<(), Stopped> {
        self.board.submit(event, (self.clock)()).await
    }

    /// Makes somebody nobody in all that is remembered of calls, here and in the store: lines, agents and other sides of that name, and of
    /// the numbers that the settings give that name; in the report that is to be made, and in what others missed. Of what goes on now only
    /// their line is touched, once it has no call. Answers whether anything was remembered of them.
    ///
    /// # Errors
    ///
    /// [`HostError`] where the store could not be brought to that yet: it is tried again until it is.
    pub(crate) async fn erase(&self, name: &str) -> Result<bool, HostError> {
        let whom = self.whom(name);
        let stopping = |_| HostError::transient(Stopped.to_string());
        let board = self.board.replica().await.map_err(stopping)?;
        let remembered = board.board().remembers(&whom);
        drop(board);
        self.forget(whom.clone()).await.map_err(stopping)?;
        let (reported, missed) = tokio::join!(
            self.effects.reports().erase(whom.clone()),
            self.missed.erase(whom)
        );
        if let Some(keeping) = &self.keeping {
            keeping.purge().await?;
        }
        Ok(remembered | reported? | missed?)
    }

    /// The same for somebody who was deactivated; the store follows within a second, for all who were in it.
    pub(crate) async fn deactivated(&self, name: &str) {
        let whom = self.whom(name);
        // A board that has stopped remembers nothing more.
        if self.forget(whom.clone()).await.is_ok() {
            self.store_whole().await;
            self.effects.reports().erase_soon(whom.clone());
            self.missed.erase_soon(whom);
        }
    }

    /// Has the whole board stored soon, and everything older deleted.
    pub(crate) async fn store_whole(&self) {
        if let Some(keeping) = &self.keeping {
            keeping.purge_soon().await;
        }
    }

    fn whom(&self, name: &str) -> Erased {
        let config = self.config();
        let numbers = config.numbers_users.numbers_of(name);
        Erased {
            names: vec![name.into()],
            // What is no number is as a number nobody's.
            numbers: numbers.chain([name]).map(Arc::from).collect(),
        }
    }

    /// Has the board forget somebody, and returns once it has.
    async fn forget(&self, whom: Erased) -> Result<(), Stopped> {
        self.submit(Event::Erased(whom)).await?;
        self.board.snapshot().await.map(drop)
    }

    /// The whole board, with every event in it that was submitted before.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn snapshot(&self) -> Result<Arc<Snapshot>, Stopped> {
        self.board.snapshot().await
    }

    /// The whole board as viewers may see it: numbers are masked as the settings say. Whatever shows the board outside of the plugin
    /// takes this.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn snapshot_for_viewers(&self) -> Result<Arc<Snapshot>, Stopped> {
        let board = self.board.snapshot().await?;
        Ok(self.shown.of(&board, self.config().board.numbers))
    }

    /// The calls that ended, as viewers may see them.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the plugin is stopping.
    pub async fn history_for_viewers(&self, wanted: History) -> Result<EndedCalls, Stopped> {
        let mut ended = self.board.history(wanted).await?;
        let numbers = self.config().board.numbers;
        if numbers != BoardNumbers::Full {
            for call in &mut ended.calls {
                numbers.record(Arc::make_mut(call));
            }
        }
        Ok(ended)
    }

    /// Room for so many KB of an answer with calls that ended, for as long as it is under way; nothing where there is none at the moment.
    /// One that needs more than all of it has it alone.
    pub(crate) fn history_room(&self, kilobytes: u32) -> Option<OwnedSemaphorePermit> {
        let kilobytes = kilobytes.min(HISTORY_UNDER_WAY_KB as u32);
        let under_way = Arc::clone(&self.history_under_way);
        under_way.try_acquire_many_owned(kilobytes).ok()
    }
}
