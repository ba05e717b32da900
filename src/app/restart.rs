//! Sources after a restart: the board is as it was, and they begin with nothing.

use std::sync::Arc;

use super::{BoardHandle, Clock};
use crate::board::{Board, Change, Event, Source};
use crate::config::Config;
use crate::sinks::Sink;
use crate::sources::asterisk::Asterisk;
use crate::sources::ovh::Ovh;
use crate::tasks;

/// Tells the sources what they told before.
pub(super) struct Resuming {
    asterisk: Arc<Asterisk>,
    ovh: Arc<Ovh>,
}

impl Resuming {
    pub(super) fn new(asterisk: &Arc<Asterisk>, ovh: &Arc<Ovh>) -> Self {
        Self {
            asterisk: Arc::clone(asterisk),
            ovh: Arc::clone(ovh),
        }
    }
}

impl Sink for Resuming {
    fn take(&mut self, _: &Change, _: &Config) {}

    fn restored(&mut self, board: &Board, _: &Config) {
        self.asterisk.resume(board.told_by(Source::Asterisk));
        self.ovh.resume(board.told_by(Source::Ovh));
    }
}

/// What sources told that are set up no longer leaves the board.
pub(super) fn leave_sources(config: &Config, board: &BoardHandle, clock: Clock) {
    let gone = [
        (Source::Asterisk, config.asterisk.is_none()),
        (Source::Ovh, config.ovh.is_none()),
    ];
    let board = board.clone();
    tasks::spawn(async move {
        for (source, is_gone) in gone {
            // A board that has stopped needs nothing more.
            if is_gone && board.submit(Event::Cleared(source), clock()).await.is_err() {
                return;
            }
        }
    });
}
