//! The board: the one place that knows the state of lines, calls, queues and agents.
//!
//! A state machine without I/O, clock or randomness: the same events at the same times give the same
//! changes. Each change has a number, one higher than the one before it, so that whoever follows the board can
//! tell whether they missed one; and the changes alone are enough to rebuild it, but for who tells of what ([`Tellers`]).

mod action;
mod before;
mod calls;
mod counters;
#[cfg(test)]
mod counting_tests;
mod delta;
mod erase;
mod expiry;
mod history;
mod line;
#[cfg(test)]
mod name_tests;
mod queue;
#[cfg(test)]
mod queue_tests;
mod queues;
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
pub use counters::{Counters, Day, HOURS, Hour, MAX_TALLIES, SERVICE_LEVEL_WITHIN, Tally};
pub use delta::{Delta, Gone, MAX_GONE};
pub use erase::Erased;
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

use counters::Hours;
use delta::Departed;
use expiry::{Ends, Expiries, Place};
use history::History;
use queues::{Moment, Queues};

use calls::Line;
use serde::{Deserialize, Serialize};

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

/// Something that a source saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// A phone, or a PBX in its place, told of a line or of a call on it.
    Line(Report),
    /// A PBX told what a line's device is in.
    Device {
        /// Who tells it.
        source: Source,
        /// Whose line it is.
        user: Name,
        /// What the device is in.
        device: Device,
    },
    /// A PBX told of a line itself.
    Details {
        /// Who tells it.
        source: Source,
        /// Whose line it is.
        user: Name,
        /// All that is known of it now.
        details: Details,
    },
    /// A PBX told of a queue.
    Queue(QueueReport),
    /// The same as [`Event::Line`] for something that a source found when it looked: nobody knows when it happened, so it is
    /// no news. The report's [`ChangeKind::Reported`] counts as repeated.
    Found(Report),
    /// The same as [`Event::Line`] for the end of a call that happened then, and was decided only now.
    Decided(Report, Timestamp),
    /// A source lost sight of a call: nobody knows how it ended, nor when. Of the report, only who tells of which call counts.
    Lost(Report),
    /// A source tells no more of a line: what it told leaves the board, and the line too if none else tells of it.
    Gone {
        /// Who told of it.
        source: Source,
        /// Whose line it was.
        user: Name,
    },
    /// A source tells anew of all that it told of a line, under this name or another: as [`Event::Gone`], but that its calls go on.
    Retold {
        /// Who tells of it.
        source: Source,
        /// Whose line it was.
        user: Name,
    },
    /// A source tells no more of anything: as [`Event::Gone`] for every line, and its queues leave the board.
    Cleared(Source),
    /// What an outside number is called became known: this is its [`Peer::label`]. All calls with that number have it from now on, and
    /// all who wait in queues.
    Named(#[serde(with = "stored::one_peer")] Peer),
    /// Somebody reset the counters, of one queue or of all.
    Reset(Option<Name>),
    /// A day began at that time: all counters begin anew, unless it is the first day that the board is told of. A day that began before
    /// the one that is known replaces it, and only what was counted by hours begins anew: the clocks are those of another zone.
    Day(Timestamp),
    /// Somebody is to be nobody in all that is remembered.
    Erased(Erased),
    /// Calls that ended before that time are to be forgotten.
    Forget(Timestamp),
}

impl From<Report> for Event {
    fn from(report: Report) -> Self {
        Self::Line(report)
    }
}

/// Who tells of a line. Two sources may tell of one call; it is one call all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The phone itself, by calling a URL.
    #[default]
    Phone,
    /// Asterisk, over its manager interface.
    Asterisk,
    /// OVH's telephony, by its CTI events.
    Ovh,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Phone, Self::Asterisk, Self::Ovh];

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Asterisk => "Asterisk",
            Self::Ovh => "OVH",
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
    fn is_phone(&self) -> bool {
        *self == Self::Phone
    }
}

/// What happened on a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Who tells it.
    #[serde(default, skip_serializing_if = "Source::is_phone")]
    pub source: Source,
    /// Whose line it was on.
    pub user: Name,
    /// What happened.
    pub action: Action,
    /// The other side, for a call.
    #[serde(
        default,
        with = "stored::peer",
        skip_serializing_if = "Option::is_none"
    )]
    pub peer: Option<Peer>,
    /// The source's own id of the call, for a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
    /// The source's id of the whole call, the same on all lines and for all attempts at ringing them (Asterisk's Linkedid), where the
    /// source has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Arc<str>>,
    /// The queue that the call comes from, if it comes from one and the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Name>,
    /// The number that was dialled, where the source tells one that is not the line's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialed: Option<Arc<str>>,
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
    fn shows_line(&self) -> bool {
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

    fn details(&mut self, source: Source, user: &Name, details: Details, changes: &mut Changes) {
        let from = changes.list.len();
        let (line, known) = self.line(user, changes);
        let told = line.told_so();
        let before = line.details.replace((source, details.clone()));
        if !known {
            changes.push(user, ChangeKind::Line(LineState::default()));
        }
        if before.is_none_or(|(_, before)| before != details) {
            changes.push(user, ChangeKind::Details(details));
        }
        self.retell(user, told, from, changes);
    }

    /// A line of which others tell than did before, by [`Line::told_so`], is told of once more, unless something of it is told since
    /// `from` already: who sees the line sees who tells of it.
    fn retell(&self, user: &Name, before: u64, from: usize, changes: &mut Changes) {
        let Some(line) = self.lines.get(user).filter(|line| line.told_so() != before) else {
            return;
        };
        let own = changes.list[from..].iter();
        let mut own = own.filter(|change| change.subject == *user);
        if !own.any(|change| change.kind.shows_line()) {
            changes.push(user, ChangeKind::Line(line.state));
        }
    }

    /// The line of that name, which is there from now on, and whether it was.
    fn line(&mut self, user: &Name, changes: &mut Changes) -> (&mut Line, bool) {
        let known = self.lines.contains_key(user);
        if !known && self.lines.len() >= self.limits.lines {
            self.make_room(changes);
        }
        (self.lines.entry(Arc::clone(user)).or_default(), known)
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
        let (line, known) = self.line(user, changes);
        if !known || line.state.device != Some(device) {
            line.state.device = Some(device);
            changes.push(user, ChangeKind::Line(line.state));
        }
    }

    fn lost(&mut self, report: &Report, changes: &mut Changes) {
        let Some(line) = self.lines.get_mut(&report.user) else {
            return;
        };
        let (before, told, from) = (line.last_end(), line.told_so(), changes.list.len());
        if let Some(effect) = line.lose(report, changes.at) {
            changes.push(&report.user, effect);
        }
        self.ends.follow(&report.user, before, line.last_end());
        self.retell(&report.user, told, from, changes);
    }

    fn gone(&mut self, source: Source, user: &Name, outcome: Outcome, changes: &mut Changes) {
        let Some(line) = self.lines.get_mut(user) else {
            return;
        };
        let (before, told, from) = (line.last_end(), line.told_so(), changes.list.len());
        for effect in line.forget(source, outcome, changes.at) {
            changes.push(user, effect);
        }
        self.ends.follow(user, before, line.last_end());
        if source == Source::Asterisk && line.state.device.take().is_some() && !line.is_forgotten()
        {
            changes.push(user, ChangeKind::Line(line.state));
        }
        if line.details.take_if(|(by, _)| *by == source).is_some() && !line.is_forgotten() {
            changes.push(user, ChangeKind::Details(Details::default()));
        }
        if line.is_forgotten() {
            self.remove(user);
            changes.push(user, ChangeKind::LineDropped);
        }
        self.retell(user, told, from, changes);
    }

    fn clear(&mut self, source: Source, changes: &mut Changes) {
        let users: Vec<Name> = self.lines.keys().cloned().collect();
        for user in users {
            self.gone(source, &user, Outcome::Untold, changes);
        }
        for queue in self.queues.of(source) {
            let event = QueueEvent::Gone;
            let report = QueueReport {
                source,
                queue,
                event,
            };
            self.queue(report, changes);
        }
    }

    fn report(&mut self, report: &Report, found: bool, changes: &mut Changes) {
        let (user, from) = (Arc::clone(&report.user), changes.list.len());
        let (line, known) = self.line(&user, changes);
        let told = line.told_so();
        let repeats = found || line.repeats(report, changes.at);
        changes.push(
            &user,
            ChangeKind::Reported {
                report: report.clone(),
                repeats,
            },
        );
        let line = self.lines.entry(Arc::clone(&user)).or_default();
        let (before, last_end) = (line.state, line.last_end());
        line.last_event = changes.at;
        if let Action::Phone(action) = report.action {
            line.report(action, changes.at);
        }
        if !known || line.state != before {
            changes.push(&user, ChangeKind::Line(line.state));
        }
        for effect in line.follow(report, changes.at, &mut self.last_call, self.limits) {
            match &effect {
                ChangeKind::Recorded(missed) if self.history.has_missed(missed) => {}
                _ => changes.push(&user, effect),
            }
        }
        self.ends.follow(&user, last_end, line.last_end());
        self.retell(&user, told, from, changes);
    }

    /// Takes a line off the board.
    fn remove(&mut self, user: &Name) -> Option<Line> {
        let line = self.lines.remove(user)?;
        self.ends.follow(user, line.last_end(), None);
        Some(line)
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

    fn make_room(&mut self, changes: &mut Changes) {
        let oldest = self
            .lines
            .iter()
            .min_by_key(|(_, line)| (line.calls().len() > 0, line.last_event))
            .map(|(user, _)| Arc::clone(user));
        let Some(user) = oldest else { return };
        if let Some(line) = self.remove(&user) {
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

fn view((user, line): (&Name, &Line)) -> LineView {
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

/// The changes of one step, numbered as they come.
struct Changes {
    sequence: u64,
    at: Timestamp,
    /// When what is told of happened; before `at` where it was decided only then.
    happened: Timestamp,
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
