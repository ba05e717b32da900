//! The task that hands on what Asterisk tells: lines, calls and queues to the board, mailboxes to whom they belong, and who
//! else was reached to missed calls.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::BoardHandle;
use crate::calls::Calls;
use crate::host::Host;
use crate::sinks::missed::MissedSink;
use crate::sources::asterisk::{Asterisk, Output};

/// The most things that wait to be handed on. The board waits for nobody, so they hardly ever do.
pub(super) const MAX_QUEUED_OUTPUTS: usize = 4096;

/// Runs until Asterisk's side is gone, or the board has stopped.
pub(super) async fn run<H: Host>(
    mut outputs: mpsc::Receiver<Output>,
    board: BoardHandle,
    calls: Arc<Calls<H, Asterisk>>,
    missed: MissedSink<H>,
) {
    while let Some(output) = outputs.recv().await {
        match output {
            Output::Board(event, at) => {
                if board.submit(event, at).await.is_err() {
                    return;
                }
            }
            // The board may be behind: it is not waited for, as nothing is decided before the seconds that this takes.
            Output::Outside(outside, at) => missed.outside(&outside, at),
            Output::Mailbox(mailbox) => calls.mailbox(mailbox),
        }
    }
}
