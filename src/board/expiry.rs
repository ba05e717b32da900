//! When the time of a call, or of a queue's caller, is up, and that of remembering one that ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::calls::LATE;
use super::{Call, CallState, Change, ChangeKind, Name, QueueChange, Timestamp, WAITING_LIMIT};

/// How long a call may ring without a word, in milliseconds (5 minutes): phones that report no end of a
/// call would otherwise leave it there for ever.
pub const RINGING_LIMIT: u64 = 5 * 60 * 1000;

/// How long a call may last without a word, in milliseconds (12 hours).
pub const TALKING_LIMIT: u64 = 12 * 60 * 60 * 1000;

/// Where a call is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Line(Name),
    Queue(Name),
}

/// When each call's time is up, and where it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Expiries(pub(super) BTreeMap<(Timestamp, u64), Place>);

impl Expiries {
    /// When the next one's time is up.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.0.first_key_value().map(|((at, _), _)| *at)
    }

    /// The first one whose time is up at `now`, by its id. It is asked for once, whatever becomes of it.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<(u64, Place)> {
        let entry = self.0.first_entry().filter(|entry| entry.key().0 <= now)?;
        let ((_, id), place) = entry.remove_entry();
        Some((id, place))
    }

    /// Keeps in step with the calls.
    pub(super) fn follow(&mut self, change: &Change) {
        // A call has one entry: that of the state it was in before.
        let (id, entries, next) = match &change.kind {
            ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call) => {
                let (ringing, talking) = times(call);
                let next = match call.state {
                    CallState::Ringing => ringing,
                    CallState::Talking | CallState::Held => talking,
                };
                (call.id, [ringing, talking], Some(next))
            }
            ChangeKind::CallEnded(call, _) => {
                let (ringing, talking) = times(call);
                (call.id, [ringing, talking], None)
            }
            ChangeKind::Queue(QueueChange::Waits(waiting)) => {
                let at = waiting.since.after(WAITING_LIMIT);
                (waiting.id, [at, at], Some(at))
            }
            ChangeKind::Queue(QueueChange::Left(waiting, _)) => {
                let at = waiting.since.after(WAITING_LIMIT);
                (waiting.id, [at, at], None)
            }
            ChangeKind::Queue(QueueChange::Talks(talk)) => {
                let at = talk.since.after(TALKING_LIMIT);
                (talk.id, [at, at], Some(at))
            }
            ChangeKind::Queue(QueueChange::Ended(talk)) => {
                let at = talk.since.after(TALKING_LIMIT);
                (talk.id, [at, at], None)
            }
            _ => return,
        };
        for at in entries {
            self.0.remove(&(at, id));
        }
        if let Some(at) = next {
            let subject = Arc::clone(&change.subject);
            let place = match change.kind {
                ChangeKind::Queue(_) => Place::Queue(subject),
                _ => Place::Line(subject),
            };
            self.0.insert((at, id), place);
        }
    }
}

impl Expiries {
    /// When the time of a line's call is up.
    pub(super) fn keep_call(&mut self, user: &Name, call: &Call) {
        let (ringing, talking) = times(call);
        let at = match call.state {
            CallState::Ringing => ringing,
            CallState::Talking | CallState::Held => talking,
        };
        let place = Place::Line(Arc::clone(user));
        self.0.insert((at, call.id), place);
    }

    /// When the time of a queue's caller or talk is up.
    pub(super) fn keep_caller(&mut self, queue: &Name, id: u64, at: Timestamp) {
        let place = Place::Queue(Arc::clone(queue));
        self.0.insert((at, id), place);
    }
}

/// When the last call ended of each line that remembers one. It is nothing that anybody sees, so no step is taken when a time is up: the next
/// one forgets, whatever it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends(pub(super) BTreeSet<(Timestamp, Name)>);

impl Ends {
    /// Keeps in step with a line, whose last end was `before` and is `after`.
    pub(super) fn follow(
        &mut self,
        user: &Name,
        before: Option<Timestamp>,
        after: Option<Timestamp>,
    ) {
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.0.remove(&(before, Arc::clone(user)));
        }
        if let Some(after) = after {
            self.0.insert((after, Arc::clone(user)));
        }
    }

    /// A line that has nothing to remember any more at `now`. It is told once.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<Name> {
        self.0.first().filter(|(at, _)| at.after(LATE) < now)?;
        self.0.pop_first().map(|(_, user)| user)
    }
}

/// When a line's call has rung or been talked for too long.
fn times(call: &Call) -> (Timestamp, Timestamp) {
    (
        call.began.after(RINGING_LIMIT),
        call.began.after(TALKING_LIMIT),
    )
}
