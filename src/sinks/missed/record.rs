//! What one person missed, as it is kept: in a record of the store, so that a restart loses nothing.

mod caller;
#[cfg(test)]
mod tests;

pub(super) use caller::{Caller, Entry};

use serde::{Deserialize, Serialize};

use crate::board::Timestamp;
use crate::host::{PostId, UserId};
use crate::sinks::status::PHONE_DND_LIMIT;

/// The most callers that are kept of one person; of more, those who called longest ago are counted only.
pub const MAX_CALLERS: usize = 50;

/// For how long one message is changed, in milliseconds (12 hours): what is missed later has a message of its own, because nobody is
/// notified of a change.
pub const MESSAGE_AGE: u64 = 12 * 60 * 60 * 1000;

/// For how long callers who are not in a message join it, in milliseconds (5 minutes), so that many who call at once are one message. Who
/// calls later has one of their own: of a change nobody would be notified.
pub const NEW_CALLERS_JOIN: u64 = 5 * 60 * 1000;

/// For how long the buttons of a message work, in milliseconds (a week).
pub const BUTTONS_AGE: u64 = 7 * 24 * 60 * 60 * 1000;

/// How the keys of all records begin.
pub(super) const PREFIX: &str = "missed:";

/// The key of somebody's record.
pub(super) fn key(user: &UserId) -> String {
    format!("{PREFIX}{}", user.as_str())
}

/// The message that tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// Its post, once it is made.
    pub(super) post: Option<String>,
    /// What its buttons carry: whoever made one up does not know it.
    pub(super) token: String,
    /// When it was sent, in milliseconds since 1970; until then, when it was begun.
    pub(super) since: u64,
}

/// One person's missed calls that are not done with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// Who called, the latest first.
    pub(super) callers: Vec<Caller>,
    /// How many callers more there were.
    pub(super) more: u32,
    /// How many of those the message tells.
    more_told: u32,
    /// How many callers there ever were.
    ids: u32,
    /// The message, if one is begun.
    pub(super) message: Option<Told>,
    /// Whether something is to be told that the message does not tell.
    pub(super) waiting: bool,
    /// Since when that waits for the end of the phone's do-not-disturb, in milliseconds since 1970.
    quiet_since: Option<u64>,
}

impl Record {
    /// Whether nothing is to be kept.
    pub(super) fn is_empty(&self) -> bool {
        self.callers.is_empty()
    }

    /// Something was missed.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.ids += 1;
        let mut caller = Caller::new(self.ids, entry);
        let known = self.callers.iter().position(|other| other.is(&caller));
        if let Some(known) = known.map(|at| self.callers.remove(at)) {
            // What is known by now of who it is, is known of the calls before, too.
            if caller.number.is_none() {
                (caller.number, caller.international) =
                    (known.number.clone(), known.international.clone());
            }
            if caller.username.is_none() && known.username.is_some() {
                (caller.username, caller.name) = (known.username.clone(), known.name.clone());
            }
            // A button goes on to mean whom it meant, and never dials another number than the one that it was made for.
            if caller.dials_as(&known) {
                caller.id = known.id;
            }
            caller = Caller {
                count: known.count,
                told: known.told,
                carried: known.carried,
                last: known.last,
                ..caller
            };
        }
        caller.count = caller.count.saturating_add(1);
        caller.last = caller.last.max(entry.at.0);
        let at = self
            .callers
            .partition_point(|other| other.last > caller.last);
        self.callers.insert(at, caller);
        if self.callers.len() > MAX_CALLERS {
            self.callers.truncate(MAX_CALLERS);
            self.more = self.more.saturating_add(1);
        }
        self.waiting = true;
    }

    /// Whether what waits is to have a message of its own: the one that is there is old, or somebody calls who is not in it.
    pub(super) fn outgrows_message(&self, now: Timestamp) -> bool {
        let sent = self.message.as_ref().filter(|told| told.post.is_some());
        let Some(message) = sent else {
            return false;
        };
        let is_new = |caller: &Caller| caller.told == 0;
        let new_callers = self.more > self.more_told || self.callers.iter().any(is_new);
        // The clock may have been set back.
        let age = now.0.abs_diff(message.since);
        age >= MESSAGE_AGE || (new_callers && age >= NEW_CALLERS_JOIN)
    }

    /// The message is changed no more, and another one is to tell what waits, and what this one told: all of it is to be done still. Only
    /// whom it told of and who called last so long ago that no button would work any more, stays with it.
    pub(super) fn outgrow_message(&mut self, now: Timestamp) {
        self.message = None;
        self.forget_more();
        let is_over = |caller: &Caller| {
            caller.told >= caller.count && now.0 >= caller.last.saturating_add(BUTTONS_AGE)
        };
        self.callers.retain(|caller| !is_over(caller));
        for caller in &mut self.callers {
            caller.carried = caller.told > 0;
        }
    }

    /// What waits, waits for the end of the phone's do-not-disturb since then, or does not. Answers whether that is news.
    pub(super) fn is_quiet(&mut self, since: Option<Timestamp>) -> bool {
        let since = since.map(|since| since.0);
        std::mem::replace(&mut self.quiet_since, since) != since
    }

    /// For how long from now on a phone's do-not-disturb counts that was known when the record was stored, in milliseconds.
    pub(super) fn quiet_for(&self, now: Timestamp) -> u64 {
        let left = |since: u64| PHONE_DND_LIMIT.saturating_sub(now.0.saturating_sub(since));
        self.quiet_since.map_or(0, left).min(PHONE_DND_LIMIT)
    }

    /// Those beyond the list whom the message told stay with it.
    fn forget_more(&mut self) {
        self.more = self.more.saturating_sub(self.more_told);
        self.more_told = 0;
    }

    /// Sees to a message that can be told, and answers whether anything changed by it.
    pub(super) fn begin(&mut self, now: Timestamp, token: impl FnOnce() -> String) -> bool {
        if self.message.is_some() {
            return false;
        }
        self.message = Some(Told {
            post: None,
            token: token(),
            since: now.0,
        });
        true
    }

    /// The message is as it is, and nothing of it is to be told again.
    pub(super) fn leave_message(&mut self) {
        self.message = None;
        self.forget_more();
        for caller in &mut self.callers {
            caller.count -= caller.told.min(caller.count);
            (caller.told, caller.carried) = (0, false);
        }
        self.callers.retain(|caller| caller.count > 0);
        self.waiting = !self.callers.is_empty();
    }

    /// What the message tells.
    pub(super) fn told(&self) -> Self {
        let mut told = self.clone();
        for caller in &mut told.callers {
            caller.count = caller.told;
        }
        told.callers.retain(|caller| caller.count > 0);
        told.more = told.more_told;
        told.waiting = false;
        told
    }

    /// What the message does not tell is not to be told.
    pub(super) fn forget_waiting(&mut self) {
        *self = self.told();
        if self.callers.is_empty() {
            *self = Self::default();
        }
    }

    /// The message tells everything, in that post.
    pub(super) fn is_told(&mut self, post: &PostId, now: Timestamp) {
        if let Some(message) = &mut self.message {
            let known = message.post.replace(post.as_str().to_owned());
            if known.is_none() {
                message.since = now.0;
            }
        }
        self.more_told = self.more;
        for caller in &mut self.callers {
            caller.told = caller.count;
        }
        self.waiting = false;
    }

    /// Whether nothing of it is any more to be told or pressed.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        let old = |told: &Told| now.0 >= told.since.saturating_add(BUTTONS_AGE);
        !self.waiting && self.message.as_ref().is_none_or(old)
    }
}
