//! What whoever looks at the board sees of it: all of it, or what changed since one of its numbers.

use std::sync::Arc;

use super::calls::Line;
use super::{Board, CallRecord, Day, Delta, LineView, Name, SERVICE_LEVEL_WITHIN, Snapshot};

impl Board {
    /// The number of the last change; 0 before the first one.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The whole board now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            sequence: self.sequence,
            lines: self.lines.iter().map(view).collect(),
            queues: self.queues.views(0).map(|(_, queue)| queue).collect(),
            day: self.day(),
            service_level_within: self.within.unwrap_or(SERVICE_LEVEL_WITHIN),
        }
    }

    /// What changed since the change with that number, 0 for everything. Of calls that ended, the newest `records` at most. A
    /// number that is higher than the board's own is one of another board, and is answered with everything as well.
    #[must_use]
    pub fn since(&self, number: u64, records: usize) -> Delta {
        let known = (1..=self.sequence).contains(&number);
        let gone = self.departed.after(number).filter(|_| known);
        let (after, whole, gone) = match gone {
            Some(gone) => (number, false, gone),
            None => (0, true, Vec::new()),
        };
        let lines = self.lines.iter();
        let lines = lines.filter(|(_, line)| line.changed > after || after == 0);
        let day = self.day_changed > after || after == 0;
        Delta {
            sequence: self.sequence,
            whole,
            lines: lines.map(|line| (line.1.changed, view(line))).collect(),
            queues: self.queues.views(after).collect(),
            gone,
            records: self
                .history
                .after(after, records)
                .map(|(sequence, record)| (*sequence, CallRecord::clone(record)))
                .collect(),
            day: day.then(|| (self.day_changed, self.day())),
        }
    }

    /// The calls that ended, the newest first, as many as are remembered.
    pub fn history(&self) -> impl Iterator<Item = &Arc<CallRecord>> {
        self.history.newest()
    }

    fn day(&self) -> Day {
        Day {
            began: self.day,
            hours: self.hours.view(),
        }
    }
}

pub(super) fn view((user, line): (&Name, &Line)) -> LineView {
    let details = line.details.as_ref().map(|(_, details)| details.clone());
    LineView {
        user: Arc::clone(user),
        state: line.state,
        details: details.unwrap_or_default(),
        calls: line.calls().cloned().collect(),
        sources: line.tellers(),
        call_sources: line.call_tellers().collect(),
    }
}
