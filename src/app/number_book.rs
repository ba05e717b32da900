//! Names of outside numbers, on their way to the board.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::{BoardHandle, Clock};
use crate::board::{Event, Peer};
use crate::number_book::{Asks, Lookup};
use crate::outbound::Client;

/// The most names that wait for the board, which waits for nobody.
const MAX_QUEUED_NAMES: usize = 64;

/// Starts what asks for names, and what tells the board of them.
pub(super) fn start(
    lookup: &Arc<Lookup>,
    asks: Asks,
    client: &Arc<Client>,
    board: &BoardHandle,
    clock: Clock,
) -> [AbortHandle; 2] {
    let (names, receiver) = mpsc::channel(MAX_QUEUED_NAMES);
    let asking = Arc::clone(lookup).run(asks, Arc::clone(client), names);
    let telling = tell(receiver, board.clone(), clock);
    [
        tokio::spawn(asking).abort_handle(),
        tokio::spawn(telling).abort_handle(),
    ]
}

async fn tell(mut names: mpsc::Receiver<Peer>, board: BoardHandle, clock: Clock) {
    while let Some(peer) = names.recv().await {
        if board.submit(Event::Named(peer), clock()).await.is_err() {
            return;
        }
    }
}
