//! People's statuses follow their phones, and come back as they were.
//!
//! Telephone calls, video conferences, do-not-disturb of a phone and the person's own command each lay a *claim* on a person's status. From
//! the claims that count now, and what the person chose, follows what is *wanted*; what is *held* is what the server was made to show
//! for it. [`Statuses`] is the only one that reads, sets and gives back, one person after the other's order, and keeps nothing but the
//! latest wanted state: what changed again before its turn came is never set.
//!
//! What stood there before is written down before it is taken, so that a process that is killed gives it back when it is started
//! again. Only somebody who is `online` is set to something else, because nothing but `online` can be given back as it was (Mattermost 9.11).

mod bridge;
mod claim;
mod claims;
mod counts;
mod course;
mod dnd;
mod driver;
mod effects;
mod goal;
mod held;
mod lines;
mod owners;
mod recent;
mod record;
mod resume;
mod statuses;
#[cfg(test)]
mod tests;
mod wanted;
mod words;

pub use bridge::{POLL, PhoneDnd, PhoneDndError};
pub use claim::{
    CALL_DELAY, CLAIM_LIMIT, Claim, LINGER, MAX_CLAIMS, Other, PHONE_DND_LIMIT, RESUMED_LIMIT,
    Reason,
};
pub use counts::Counts;
pub use course::{FRESH, MAX_REFUSALS};
pub use dnd::{ANSWER_LIMIT, Dnd, DndOutcome, PHONE_LIMIT};
pub use driver::MAX_PARALLEL;
pub use effects::CALL_LIMIT;
pub use record::STOP_GRACE;
pub use statuses::Statuses;

use std::sync::Arc;

use super::Sink;
use crate::board::{Board, Change};
use crate::config::Config;
use crate::host::{self, Directory, Members, PersonalStatuses, Records, Server};

/// What the server is asked for.
pub trait StatusHost:
    PersonalStatuses + host::Statuses + Server + Records + Directory + Members + Send + Sync + 'static
{
}

impl<T> StatusHost for T where
    T: PersonalStatuses
        + host::Statuses
        + Server
        + Records
        + Directory
        + Members
        + Send
        + Sync
        + 'static
{
}

/// Hands what happens on lines to [`Statuses`].
#[derive(Debug)]
pub struct StatusSink<H>(Arc<Statuses<H>>);

impl<H: StatusHost> StatusSink<H> {
    /// To these.
    #[must_use]
    pub fn new(statuses: Arc<Statuses<H>>) -> Self {
        Self(statuses)
    }
}

impl<H: StatusHost> Sink for StatusSink<H> {
    fn take(&mut self, change: &Change, _: &Config) {
        self.0.take(change);
    }

    fn restored(&mut self, board: &Board, _: &Config) {
        self.0.restored(board);
    }
}
