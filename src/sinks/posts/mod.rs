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

use std::sync::Arc;

use super::Sink;
use crate::board::{Change, ChangeKind, Source};
use crate::config::Config;
use crate::host::Posts;

/// Makes the posts of what the board tells.
#[derive(Debug)]
pub struct PostSink<P> {
    outbox: Arc<Outbox<P>>,
}

impl<P> PostSink<P> {
    /// Into this outbox.
    #[must_use]
    pub fn new(outbox: Arc<Outbox<P>>) -> Self {
        Self { outbox }
    }
}

impl<P: Posts + Send + Sync + 'static> Sink for PostSink<P> {
    fn take(&mut self, change: &Change, config: &Config) {
        if let Some(message) = post_for(change, config) {
            self.outbox.push(&change.subject, message);
        }
    }
}

/// What the post for a change says, if the change makes one. Phones' reports do. Asterisk tells of every line it has: its calls
/// are posted where the admin wants that, and only those of lines with a name.
#[must_use]
pub fn post_for(change: &Change, config: &Config) -> Option<String> {
    let ChangeKind::Reported {
        report,
        repeats: false,
    } = &change.kind
    else {
        return None;
    };
    let wanted = match report.source {
        Source::Phone => true,
        Source::Asterisk => config.asterisk_posts && config.numbers_users.has_user(&report.user),
    };
    if !wanted {
        return None;
    }
    message(report, config.hide_connection_messages)
}
