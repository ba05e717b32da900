//! The task that hands on to the board what OVH tells.

use tokio::sync::mpsc;

use super::BoardHandle;
use crate::board::{Event, Timestamp};

/// The most things that wait to be handed on. The board waits for nobody, so they hardly ever do.
pub(super) const MAX_QUEUED_EVENTS: usize = 4096;

/// Runs until OVH's side is gone, or the board has stopped.
pub(super) async fn run(mut events: mpsc::Receiver<(Event, Timestamp)>, board: BoardHandle) {
    while let Some((event, at)) = events.recv().await {
        if board.submit(event, at).await.is_err() {
            return;
        }
    }
}
