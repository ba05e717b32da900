//! What changes on the board, each change with its number.

use std::sync::Arc;

use super::{Call, CallRecord, Details, LineState, Name, Outcome, QueueChange, Report, Timestamp};

/// A numbered change of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// One more than that of the change before; the first one is 1.
    pub sequence: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Whose line it is about, or which queue.
    pub subject: Name,
    /// What changed.
    pub kind: ChangeKind,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A line's phone or PBX reported something. It comes first of its event's changes, and also when nothing changes by
    /// it: this is what posts are made of.
    Reported {
        /// What it reported.
        report: Report,
        /// Whether it is no news: the same was reported before, by the call's id or by another source, or it was found by looking
        /// ([`Event::Found`](super::Event::Found)).
        repeats: bool,
    },
    /// The line's phone is now in this. A line that was not there before begins with this.
    Line(LineState),
    /// A call began.
    CallBegan(Call),
    /// A call is now this.
    CallChanged(Call),
    /// A call ended, and this was it at last.
    CallEnded(Call, Outcome),
    /// The line is no longer on the board; its calls ended before.
    LineDropped,
    /// What a PBX tells of the line itself is this now.
    Details(Details),
    /// Something changed in a queue.
    Queue(QueueChange),
    /// A call ended for good, and this is remembered of it. The subject is the line or the queue.
    Recorded(CallRecord),
    /// The counted day is one that began then. There is no subject.
    Day(Timestamp),
    /// Somebody became nobody in what is remembered: who shows any of that has to ask for it anew. There is no subject.
    Erased,
}

impl ChangeKind {
    /// Whether whoever sees the line is told of it anew by this.
    pub(super) fn shows_line(&self) -> bool {
        matches!(
            self,
            Self::Line(_)
                | Self::CallBegan(_)
                | Self::CallChanged(_)
                | Self::CallEnded(..)
                | Self::Details(_)
        )
    }
}

/// The changes of one step, numbered as they come.
pub(super) struct Changes {
    pub(super) sequence: u64,
    pub(super) at: Timestamp,
    /// When what is told of happened; before `at` where it was decided only then.
    pub(super) happened: Timestamp,
    pub(super) list: Vec<Change>,
}

impl Changes {
    pub(super) fn push(&mut self, subject: &Name, kind: ChangeKind) {
        self.sequence += 1;
        self.list.push(Change {
            sequence: self.sequence,
            at: self.at,
            subject: Arc::clone(subject),
            kind,
        });
    }
}
