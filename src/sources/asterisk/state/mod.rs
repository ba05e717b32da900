//! What AMI's messages mean.

mod output;
mod seed;
mod view;

use std::sync::Arc;

use asterisk_rs_ami::RawAmiMessage;
use tokio::sync::mpsc;

pub use output::Output;
pub(super) use seed::Seeded;
pub(super) use view::View;

use crate::board::{Name, Timestamp};
use crate::calls::{Dial, Extension, Progress};

/// How much there is at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Extensions that are lines of the board.
    pub(super) lines: usize,
    /// Calls of these lines; one between two of them counts twice.
    pub(super) calls: usize,
    /// Channels, of whatever kind.
    pub(super) channels: usize,
    /// Queues.
    pub(super) queues: usize,
    /// How many things were not taken over since the start, because a limit was reached.
    pub(super) beyond_limits: u64,
}

/// Follows an Asterisk by its messages.
#[derive(Debug)]
pub(super) struct State {
    view: View,
    out: Vec<Output>,
}

impl State {
    /// Knows nothing yet.
    pub(super) fn new(view: View) -> Self {
        Self {
            view,
            out: Vec::new(),
        }
    }

    /// From now on numbers mean this.
    pub(super) fn set_view(&mut self, view: View, _now: Timestamp) {
        self.view = view;
    }

    /// The lists that describe the whole state are asked for now.
    pub(super) fn begin_seed(&mut self, _now: Timestamp) {}

    /// An event, whether it happened now or is an item of a list.
    pub(super) fn message(&mut self, _message: &RawAmiMessage, _now: Timestamp) {}

    /// The lists came, and these came completely: what was not in one of those is no longer there.
    pub(super) fn end_seed(&mut self, _complete: Seeded, _now: Timestamp) {}

    /// The link is lost. What runs is taken to run on, until the next lists tell.
    pub(super) fn lost(&mut self, _now: Timestamp) {}

    /// This Asterisk is followed no longer: everything it told leaves the board.
    pub(super) fn clear(&mut self, _now: Timestamp) {}

    /// Does what time alone brings. To be called about once a second.
    pub(super) fn expire(&mut self, _now: Timestamp) {}

    /// What came of all that, in its order.
    pub(super) fn take(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    /// Follows a call that is about to be ordered with these ids (`ChannelId` and `ActionID` of the action Originate, whose
    /// channel is `Local/<from>@<context>/n` and whose extension is `to`). Dropping the receiver ends it.
    pub(super) fn watch(
        &mut self,
        _channel_id: &str,
        _action_id: &str,
        _from: &Dial,
        _to: &Dial,
    ) -> mpsc::Receiver<Progress> {
        mpsc::channel(8).1
    }

    /// The extensions that are lines, sorted by number.
    pub(super) fn extensions(&self) -> Vec<Extension> {
        Vec::new()
    }

    /// How much there is.
    pub(super) fn counts(&self) -> Counts {
        Counts::default()
    }

    /// The queues that an extension is an agent of, and the interface by which it is.
    pub(super) fn agent_interfaces(&self, _extension: &Dial) -> Vec<(Name, Arc<str>)> {
        Vec::new()
    }
}
