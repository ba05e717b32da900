//! The board: the one place that knows the state of lines, calls, queues and agents.
//!
//! A state machine without I/O, clock or randomness: the same events at the same times give the same
//! changes. Each change has a number, one higher than the one before it, so that whoever follows the board can
//! tell whether they missed one; and the changes alone are enough to rebuild it, but for who tells of what ([`Tellers`]).

mod action;
mod before;
mod calls;
mod change;
mod counters;
#[cfg(test)]
mod counting_tests;
mod delta;
mod erase;
mod event;
mod expiry;
mod history;
mod line;
mod lines;
#[cfg(test)]
mod name_tests;
mod queue;
#[cfg(test)]
mod queue_tests;
mod queues;
mod seen;
#[cfg(test)]
mod source_tests;
mod state;
#[cfg(test)]
mod state_tests;
mod stored;
#[cfg(test)]
mod tests;

pub use action::{Action, CallAction, PhoneAction};
pub use before::{Before, LineBefore};
pub use change::{Change, ChangeKind};
pub use counters::{Counters, Day, HOURS, Hour, MAX_TALLIES, SERVICE_LEVEL_WITHIN, Tally};
pub use delta::{Delta, Gone, MAX_GONE};
pub use erase::Erased;
pub use event::{Event, Report, Source};
pub use expiry::{RINGING_LIMIT, TALKING_LIMIT};
pub use history::{CallRecord, Ending, MAX_HISTORY};
pub use line::{
    Call, CallState, Details, Device, Direction, LineState, LineView, Name, Outcome, Peer,
    Snapshot, Tellers, Timestamp,
};
pub use queue::{
    Agent, AgentState, Departure, MAX_AGENTS, MAX_QUEUES, MAX_TALKS, MAX_WAITING, QueueChange,
    QueueEvent, QueueReport, QueueView, Talk, WAITING_LIMIT, Waiting,
};
pub use state::{Records, State};
#[cfg(test)]
pub(crate) use state_tests::{any_step, kept};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use calls::Line;
use change::Changes;
use counters::Hours;
use delta::Departed;
use expiry::{Ends, Expiries, Place};
use history::History;
use queues::{Moment, Queues};

/// A clock that is set back by more than this, in milliseconds (6 hours), was wrong before: what was believed of it then is given up. One
/// that is set back by less stands still until it is as late again.
pub const SET_BACK: u64 = 6 * 60 * 60 * 1000;

/// How much a board holds. Beyond it, what is oldest and idle goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most lines, 10,000 unless told. A new one beyond it takes the place of the line without a call
    /// that was silent longest, or, when every line has a call, of the line that was.
    pub lines: usize,
    /// The most calls on one line, 8 unless told. A new one beyond it takes the place of the oldest.
    pub calls_per_line: usize,
    /// The most calls that ended which are remembered, [`MAX_HISTORY`] unless told. A new one beyond it takes the place of the oldest.
    pub history: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lines: 10_000,
            calls_per_line: 8,
            history: MAX_HISTORY,
        }
    }
}

/// The board.
#[derive(Clone, Debug, Default)]
pub struct Board {
    limits: Limits,
    lines: BTreeMap<Name, Line>,
    queues: Queues,
    expiries: Expiries,
    /// When the last call ended of each line that remembers one.
    ends: Ends,
    history: History,
    departed: Departed,
    /// Lines of those who were erased while they were in a call.
    leaving: BTreeSet<Name>,
    day: Timestamp,
    /// Calls to lines that came from no queue, by the day's hours.
    hours: Hours,
    /// The number of the last change of the day or its hours.
    day_changed: u64,
    /// Within how long a queue's call should be answered, in milliseconds; [`SERVICE_LEVEL_WITHIN`] while nobody said.
    within: Option<u64>,
    sequence: u64,
    last_call: u64,
    now: Timestamp,
}

impl Board {
    /// An empty board with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty board with other limits; each is at least 1.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            limits: Limits {
                lines: limits.lines.max(1),
                calls_per_line: limits.calls_per_line.max(1),
                history: limits.history.max(1),
            },
            ..Self::default()
        }
    }

    /// Applies what a source saw at `now`, and tells what changed by it. A `now` before the last one counts
    /// as the last one, unless it is more than [`SET_BACK`] before it.
    pub fn apply(&mut self, event: impl Into<Event>, now: Timestamp) -> Vec<Change> {
        let mut changes = self.changes(now);
        match event.into() {
            Event::Line(report) => self.report(&report, false, &mut changes),
            Event::Found(report) => self.report(&report, true, &mut changes),
            Event::Decided(report, at) => {
                changes.happened = at.min(changes.at);
                self.report(&report, false, &mut changes);
            }
            Event::Lost(report) => self.lost(&report, &mut changes),
            Event::Gone { source, user } => {
                self.gone(source, &user, Outcome::Untold, &mut changes);
            }
            Event::Retold { source, user } => {
                self.gone(source, &user, Outcome::Retold, &mut changes);
            }
            Event::Cleared(source) => self.clear(source, &mut changes),
            Event::Named(peer) => self.named(&peer, &mut changes),
            // Only one source tells of devices.
            Event::Device { user, device, .. } => self.device(&user, device, &mut changes),
            Event::Details {
                source,
                user,
                details,
            } => self.details(source, &user, details, &mut changes),
            Event::Queue(report) => self.queue(report, &mut changes),
            Event::Reset(queue) => {
                for queue in self.queues.reset(queue.as_ref(), changes.at, false) {
                    changes.push(&queue, ChangeKind::Queue(QueueChange::Reset));
                }
            }
            Event::Day(began) => self.begin_day(began, &mut changes),
            Event::Erased(whom) => self.erase(&whom, &mut changes),
            Event::Forget(before) => self.history.forget(before),
        }
        self.finish(changes)
    }

    /// Within how long a queue's call should be answered from now on, in milliseconds.
    pub fn set_service_level(&mut self, within: u64) {
        self.within = Some(within);
    }

    fn queue(&mut self, report: QueueReport, changes: &mut Changes) {
        let queue = Arc::clone(&report.queue);
        let (queues, mut moment) = self.queues(changes.at);
        for change in queues.apply(report, &mut moment) {
            changes.push(&queue, change);
        }
    }

    /// The queues, and what they have to know at that moment.
    fn queues(&mut self, now: Timestamp) -> (&mut Queues, Moment<'_>) {
        let moment = Moment {
            now,
            day: self.day,
            within: self.within.unwrap_or(SERVICE_LEVEL_WITHIN),
            last_call: &mut self.last_call,
        };
        (&mut self.queues, moment)
    }

    fn begin_day(&mut self, began: Timestamp, changes: &mut Changes) {
        if began == self.day {
            return;
        }
        if self.day.0 > 0 && began > self.day {
            for queue in self.queues.reset(None, changes.at, true) {
                changes.push(&queue, ChangeKind::Queue(QueueChange::Reset));
            }
        }
        self.day = began;
        self.hours = Hours::default();
        changes.push(&Name::default(), ChangeKind::Day(began));
    }

    /// Ends the calls whose time is up at `now`.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Change> {
        let mut changes = self.changes(now);
        while let Some((id, place)) = self.expiries.pop(changes.at) {
            match place {
                Place::Line(user) => {
                    let line = self.lines.get_mut(&user);
                    if let Some(call) = line.and_then(|line| line.remove(id)) {
                        changes.push(&user, ChangeKind::CallEnded(call, Outcome::Expired));
                    }
                }
                Place::Queue(queue) => {
                    let (queues, mut moment) = self.queues(changes.at);
                    for change in queues.expire(&queue, id, &mut moment) {
                        changes.push(&queue, change);
                    }
                }
            }
        }
        self.finish(changes)
    }

    /// When [`Board::expire`] has something to do next, if ever.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.expiries.next()
    }

    fn changes(&mut self, now: Timestamp) -> Changes {
        if now >= self.now || now.after(SET_BACK) < self.now {
            self.now = now;
        }
        while let Some(user) = self.ends.pop(self.now) {
            if let Some(line) = self.lines.get_mut(&user) {
                line.forget_ends();
            }
        }
        Changes {
            sequence: self.sequence,
            at: self.now,
            happened: self.now,
            list: Vec::with_capacity(3),
        }
    }

    /// Takes over the numbers, remembers the calls that ended, and keeps the calls' times in step with the calls.
    fn finish(&mut self, mut changes: Changes) -> Vec<Change> {
        for at in 0..changes.list.len() {
            let change = &changes.list[at];
            if let ChangeKind::CallEnded(call, outcome) = &change.kind
                && let Some(record) =
                    CallRecord::of_line(&change.subject, call, *outcome, changes.happened)
            {
                let user = Arc::clone(&change.subject);
                changes.push(&user, ChangeKind::Recorded(record));
            }
        }
        self.let_leave(&mut changes);
        self.sequence = changes.sequence;
        for change in &changes.list {
            self.note(change);
        }
        changes.list
    }

    /// Notes when something changed last, and when its time is up.
    fn note(&mut self, change: &Change) {
        let Change {
            sequence, subject, ..
        } = change;
        match &change.kind {
            ChangeKind::Reported { .. } => return,
            ChangeKind::Queue(QueueChange::Gone) => {
                let gone = Gone::Queue(Arc::clone(subject));
                self.departed.push(*sequence, gone);
            }
            ChangeKind::LineDropped => {
                let gone = Gone::Line(Arc::clone(subject));
                self.departed.push(*sequence, gone);
            }
            ChangeKind::Queue(_) => self.queues.touch(subject, *sequence),
            ChangeKind::Day(_) => self.day_changed = *sequence,
            ChangeKind::Erased => self.departed.forget(*sequence),
            ChangeKind::Recorded(record) => {
                if record.line.is_some() && record.counts() {
                    let answered = record.ending == Ending::Answered;
                    self.hours.count(self.day, change.at, answered, record.wait);
                    self.day_changed = *sequence;
                }
                self.history
                    .push(*sequence, Arc::new(record.clone()), self.limits.history);
                return;
            }
            _ => {
                if let Some(line) = self.lines.get_mut(subject) {
                    line.changed = *sequence;
                }
            }
        }
        self.expiries.follow(change);
    }
}
