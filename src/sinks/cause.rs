//! What a change of the board came of.

use crate::board::{Action, CallAction, Change, ChangeKind, Name, Source};

/// The report that the changes behind it came of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    /// Whose line it was about.
    line: Name,
    /// The number of the last change that came of it.
    sequence: u64,
    /// Who reported.
    pub(super) source: Source,
    /// What was reported.
    pub(super) action: Action,
    /// Whether that was no news.
    pub(super) repeats: bool,
}

impl Cause {
    /// Whether a phone told that a call is over, and nothing else of it.
    pub(super) fn is_phones_end(&self) -> bool {
        self.source == Source::Phone && self.action == Action::Call(CallAction::CallTerminated)
    }
}

/// Follows the changes and knows of each which report it came of, because a report comes first of its changes and the numbers have no
/// gap.
#[derive(Debug, Default)]
pub(super) struct Causes(Option<Cause>);

impl Causes {
    /// What a change came of. To be called with every change, in order.
    pub(super) fn of(&mut self, change: &Change) -> Option<&Cause> {
        match &change.kind {
            ChangeKind::Reported { report, repeats } => {
                self.0 = Some(Cause {
                    line: change.subject.clone(),
                    sequence: change.sequence,
                    source: report.source,
                    action: report.action,
                    repeats: *repeats,
                });
            }
            _ => {
                let next = |cause: &Cause| {
                    cause.line == change.subject && cause.sequence + 1 == change.sequence
                };
                self.0 = self.0.take().filter(next);
                if let Some(cause) = &mut self.0 {
                    cause.sequence = change.sequence;
                }
            }
        }
        self.0.as_ref()
    }
}
