//! What a source told of that is on the board: for one that begins anew, and knows nothing of it.

use std::sync::Arc;

use super::seen::view;
use super::{
    Board, Call, Change, ChangeKind, Details, LineState, Name, QueueChange, QueueView, Source,
    Timestamp,
};

/// What a source told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Its lines, sorted by user.
    pub lines: Vec<LineBefore>,
    /// Its queues, sorted by name.
    pub queues: Vec<QueueView>,
}

/// A line of which a source told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineBefore {
    /// Whose it is.
    pub user: Name,
    /// What it is in, whoever told so.
    pub state: LineState,
    /// What that source told of the line itself.
    pub details: Option<Details>,
    /// Those of its calls that the source told of, with the source's own ids.
    pub calls: Vec<(Option<Arc<str>>, Call)>,
}

impl Board {
    /// When something happened on the board last.
    #[must_use]
    pub fn last_at(&self) -> Timestamp {
        self.now
    }

    /// The changes that make the lines and queues of an empty board what they are, with the number 0: for those who follow the board and
    /// begin now. What was counted is not among them.
    #[must_use]
    pub fn retold(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut push = |subject: &Name, kind| {
            changes.push(Change {
                sequence: 0,
                at: self.now,
                subject: Arc::clone(subject),
                kind,
            });
        };
        for line in self.lines.iter().map(view) {
            push(&line.user, ChangeKind::Line(line.state));
            push(&line.user, ChangeKind::Details(line.details));
            for call in line.calls {
                push(&line.user, ChangeKind::CallBegan(call));
            }
        }
        for (_, queue) in self.queues.views(0) {
            let mut push = |change| push(&queue.name, ChangeKind::Queue(change));
            push(QueueChange::Seen(queue.source));
            push(QueueChange::Details(queue.details));
            queue
                .agents
                .into_iter()
                .map(QueueChange::Agent)
                .for_each(&mut push);
            queue
                .waiting
                .into_iter()
                .map(QueueChange::Waits)
                .for_each(&mut push);
            queue
                .talking
                .into_iter()
                .map(QueueChange::Talks)
                .for_each(&mut push);
        }
        changes
    }

    /// What that source told of.
    #[must_use]
    pub fn told_by(&self, source: Source) -> Before {
        let lines = self.lines.iter().filter_map(|(user, line)| {
            let details = line.details.as_ref().filter(|(by, _)| *by == source);
            let calls: Vec<_> = line.calls_of(source).collect();
            // Only Asterisk tells of devices.
            let device = source == Source::Asterisk && line.state.device.is_some();
            let is_told = device || details.is_some() || !calls.is_empty();
            is_told.then(|| LineBefore {
                user: Arc::clone(user),
                state: line.state,
                details: details.map(|(_, details)| details.clone()),
                calls,
            })
        });
        let queues = self.queues.views(0).map(|(_, queue)| queue);
        Before {
            lines: lines.collect(),
            queues: queues.filter(|queue| queue.source == source).collect(),
        }
    }
}
