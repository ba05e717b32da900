//! The board: the one place that knows the state of lines, calls, queues and agents.
//!
//! A state machine without I/O, clock or randomness: the same events at the same times give the same
//! changes. Each change has a number, one higher than the one before it, so that whoever follows the board can
//! tell whether they missed one; and the changes alone are enough to rebuild it.

mod action;
mod calls;
mod line;
#[cfg(test)]
mod name_tests;
mod queue;
#[cfg(test)]
mod queue_tests;
#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod tests;

pub use action::{Action, CallAction, PhoneAction};
pub use line::{
    Call, CallState, Device, Direction, LineState, LineView, Name, Outcome, Peer, Snapshot,
    Timestamp,
};
pub use queue::{
    Agent, AgentState, Departure, MAX_AGENTS, MAX_QUEUES, MAX_WAITING, QueueChange, QueueEvent,
    QueueReport, QueueView, Waiting,
};

use std::collections::BTreeMap;
use std::sync::Arc;

use calls::Line;
use queue::Queues;

/// How long a call may ring without a word, in milliseconds (5 minutes): phones that report no end of a
/// call would otherwise leave it there for ever.
pub const RINGING_LIMIT: u64 = 5 * 60 * 1000;

/// How long a call may last without a word, in milliseconds (12 hours).
pub const TALKING_LIMIT: u64 = 12 * 60 * 60 * 1000;

/// How much a board holds. Beyond it, what is oldest and idle goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most lines, 10,000 unless told. A new one beyond it takes the place of the line without a call
    /// that was silent longest, or, when every line has a call, of the line that was.
    pub lines: usize,
    /// The most calls on one line, 8 unless told. A new one beyond it takes the place of the oldest.
    pub calls_per_line: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lines: 10_000,
            calls_per_line: 8,
        }
    }
}

/// Something that a source saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A phone, or a PBX in its place, told of a line or of a call on it.
    Line(Report),
    /// A PBX told what a line's device is in.
    Device {
        /// Whose line it is.
        user: Name,
        /// What the device is in.
        device: Device,
    },
    /// A PBX told of a queue.
    Queue(QueueReport),
    /// The same as [`Event::Line`] for something that a source found when it looked: nobody knows when it happened, so it is
    /// no news. The report's [`ChangeKind::Reported`] counts as repeated.
    Found(Report),
    /// A source tells no more of a line: what it told leaves the board, and the line too if none else tells of it.
    Gone {
        /// Who told of it.
        source: Source,
        /// Whose line it was.
        user: Name,
    },
    /// A source tells no more of anything: as [`Event::Gone`] for every line, and its queues leave the board.
    Cleared(Source),
    /// What an outside number is called became known: this is its [`Peer::label`]. All calls with that number have it from now on, and
    /// all who wait in queues.
    Named(Peer),
}

impl From<Report> for Event {
    fn from(report: Report) -> Self {
        Self::Line(report)
    }
}

/// Who tells of a line. Two sources may tell of one call; it is one call all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The phone itself, by calling a URL.
    #[default]
    Phone,
    /// Asterisk, over its manager interface.
    Asterisk,
}

/// What happened on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who tells it.
    pub source: Source,
    /// Whose line it was on.
    pub user: Name,
    /// What happened.
    pub action: Action,
    /// The other side, for a call.
    pub peer: Option<Peer>,
    /// The source's own id of the call, for a call.
    pub reference: Option<Arc<str>>,
    /// The source's id of the whole call, the same on all lines and for all attempts at ringing them (Asterisk's Linkedid), where the
    /// source has one.
    pub linked: Option<Arc<str>>,
    /// The queue that the call comes from, if it comes from one and the source tells.
    pub queue: Option<Name>,
}

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
        /// ([`Event::Found`]).
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
    /// Something changed in a queue.
    Queue(QueueChange),
}

/// The board.
#[derive(Debug, Default)]
pub struct Board {
    limits: Limits,
    lines: BTreeMap<Name, Line>,
    queues: Queues,
    /// When a call's time is up, and whose it is.
    expiries: BTreeMap<(Timestamp, u64), Name>,
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
            },
            ..Self::default()
        }
    }

    /// Applies what a source saw at `now`, and tells what changed by it. A `now` before the last one counts
    /// as the last one.
    pub fn apply(&mut self, event: impl Into<Event>, now: Timestamp) -> Vec<Change> {
        let mut changes = self.changes(now);
        match event.into() {
            Event::Line(report) => self.report(&report, false, &mut changes),
            Event::Found(report) => self.report(&report, true, &mut changes),
            Event::Gone { source, user } => self.gone(source, &user, &mut changes),
            Event::Cleared(source) => self.clear(source, &mut changes),
            Event::Named(peer) => self.named(&peer, &mut changes),
            Event::Device { user, device } => self.device(&user, device, &mut changes),
            Event::Queue(report) => {
                let queue = Arc::clone(&report.queue);
                for change in self.queues.apply(report) {
                    changes.push(&queue, ChangeKind::Queue(change));
                }
            }
        }
        self.finish(changes)
    }

    fn named(&mut self, peer: &Peer, changes: &mut Changes) {
        for (user, line) in &mut self.lines {
            for effect in line.named(peer) {
                changes.push(user, effect);
            }
        }
        for (queue, change) in self.queues.named(peer) {
            changes.push(&queue, ChangeKind::Queue(change));
        }
    }

    fn device(&mut self, user: &Name, device: Device, changes: &mut Changes) {
        let known = self.lines.contains_key(user);
        if !known && self.lines.len() >= self.limits.lines {
            self.make_room(changes);
        }
        let line = self.lines.entry(Arc::clone(user)).or_default();
        if !known || line.state.device != Some(device) {
            line.state.device = Some(device);
            changes.push(user, ChangeKind::Line(line.state));
        }
    }

    fn gone(&mut self, source: Source, user: &Name, changes: &mut Changes) {
        let Some(line) = self.lines.get_mut(user) else {
            return;
        };
        for effect in line.forget(source, changes.at) {
            changes.push(user, effect);
        }
        if source == Source::Asterisk && line.state.device.take().is_some() && !line.is_forgotten()
        {
            changes.push(user, ChangeKind::Line(line.state));
        }
        if line.is_forgotten() {
            self.lines.remove(user);
            changes.push(user, ChangeKind::LineDropped);
        }
    }

    fn clear(&mut self, source: Source, changes: &mut Changes) {
        let users: Vec<Name> = self.lines.keys().cloned().collect();
        for user in users {
            self.gone(source, &user, changes);
        }
        if source != Source::Asterisk {
            return; // Phones tell of no queues.
        }
        for queue in self.queues.views() {
            let report = QueueReport {
                queue: Arc::clone(&queue.name),
                event: QueueEvent::Gone,
            };
            for change in self.queues.apply(report) {
                changes.push(&queue.name, ChangeKind::Queue(change));
            }
        }
    }

    fn report(&mut self, report: &Report, found: bool, changes: &mut Changes) {
        let user = Arc::clone(&report.user);
        let known = self.lines.contains_key(&user);
        if !known && self.lines.len() >= self.limits.lines {
            self.make_room(changes);
        }
        let line = self.lines.get(&user);
        let repeats = found || line.is_some_and(|line| line.repeats(report, changes.at));
        changes.push(
            &user,
            ChangeKind::Reported {
                report: report.clone(),
                repeats,
            },
        );
        let line = self.lines.entry(Arc::clone(&user)).or_default();
        let before = line.state;
        line.last_event = changes.at;
        if let Action::Phone(action) = report.action {
            line.report(action, changes.at);
        }
        if !known || line.state != before {
            changes.push(&user, ChangeKind::Line(line.state));
        }
        for effect in line.follow(report, changes.at, &mut self.last_call, self.limits) {
            changes.push(&user, effect);
        }
    }

    /// Ends the calls whose time is up at `now`.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Change> {
        let mut changes = self.changes(now);
        // Kept out of the index at once, so that the loop ends whatever the line says.
        while let Some(entry) = self.expiries.first_entry() {
            if entry.key().0 > changes.at {
                break;
            }
            let ((_, id), user) = entry.remove_entry();
            if let Some(call) = self.lines.get_mut(&user).and_then(|line| line.remove(id)) {
                changes.push(&user, ChangeKind::CallEnded(call, Outcome::Expired));
            }
        }
        self.finish(changes)
    }

    /// When [`Board::expire`] has something to do next, if ever.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.expiries.first_key_value().map(|((at, _), _)| *at)
    }

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
            lines: self
                .lines
                .iter()
                .map(|(user, line)| LineView {
                    user: Arc::clone(user),
                    state: line.state,
                    calls: line.calls().cloned().collect(),
                })
                .collect(),
            queues: self.queues.views(),
        }
    }

    fn changes(&mut self, now: Timestamp) -> Changes {
        self.now = self.now.max(now);
        Changes {
            sequence: self.sequence,
            at: self.now,
            list: Vec::with_capacity(3),
        }
    }

    /// Takes over the numbers, and keeps the calls' times in step with the calls.
    fn finish(&mut self, changes: Changes) -> Vec<Change> {
        self.sequence = changes.sequence;
        for change in &changes.list {
            let (call, goes_on) = match &change.kind {
                ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call) => (call, true),
                ChangeKind::CallEnded(call, _) => (call, false),
                _ => continue,
            };
            // A call has one entry: that of the state it was in before.
            let ringing = call.began.after(RINGING_LIMIT);
            let talking = call.began.after(TALKING_LIMIT);
            self.expiries.remove(&(ringing, call.id));
            self.expiries.remove(&(talking, call.id));
            if goes_on {
                let at = match call.state {
                    CallState::Ringing => ringing,
                    CallState::Talking | CallState::Held => talking,
                };
                self.expiries
                    .insert((at, call.id), Arc::clone(&change.subject));
            }
        }
        changes.list
    }

    fn make_room(&mut self, changes: &mut Changes) {
        let oldest = self
            .lines
            .iter()
            .min_by_key(|(_, line)| (line.calls().len() > 0, line.last_event))
            .map(|(user, _)| Arc::clone(user));
        let Some(user) = oldest else { return };
        if let Some(line) = self.lines.remove(&user) {
            for call in line.calls() {
                changes.push(
                    &user,
                    ChangeKind::CallEnded(call.clone(), Outcome::Displaced),
                );
            }
            changes.push(&user, ChangeKind::LineDropped);
        }
    }
}

/// The changes of one step, numbered as they come.
struct Changes {
    sequence: u64,
    at: Timestamp,
    list: Vec<Change>,
}

impl Changes {
    fn push(&mut self, subject: &Name, kind: ChangeKind) {
        self.sequence += 1;
        self.list.push(Change {
            sequence: self.sequence,
            at: self.at,
            subject: Arc::clone(subject),
            kind,
        });
    }
}
