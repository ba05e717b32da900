//! Posts in the configured channel: one for each event a phone reports, in the original's words.

mod outbox;
#[cfg(test)]
mod tests;
mod wording;

pub use outbox::{
    ATTEMPT_LIMIT, Counts, GIVE_UP_AFTER, MAX_PARALLEL, MAX_WAITING, MAX_WAITING_PER_PERSON,
    Outbox, Target,
};
pub use wording::message;

use crate::board::{Change, ChangeKind};

/// What the post for a change says, if the change makes one.
#[must_use]
pub fn post_for(change: &Change, hide_connections: bool) -> Option<String> {
    match &change.kind {
        ChangeKind::Reported {
            report,
            repeats: false,
        } => message(report, hide_connections),
        _ => None,
    }
}
