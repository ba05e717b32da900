//! What an event does to the board's lines: which one it is about, and when a line comes and goes. What it does to a line's calls
//! is [`super::calls`]'s.

use std::sync::Arc;

use super::calls::Line;
use super::{
    Action, Board, ChangeKind, Changes, Details, Device, LineState, Name, Outcome, Peer,
    QueueEvent, QueueReport, Report, Source,
};

impl Board {
    pub(super) fn details(
        &mut self,
        source: Source,
        user: &Name,
        details: Details,
        changes: &mut Changes,
    ) {
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

    pub(super) fn named(&mut self, peer: &Peer, changes: &mut Changes) {
        for (user, line) in &mut self.lines {
            for effect in line.named(peer) {
                changes.push(user, effect);
            }
        }
        for (queue, change) in self.queues.named(peer) {
            changes.push(&queue, ChangeKind::Queue(change));
        }
    }

    pub(super) fn device(&mut self, user: &Name, device: Device, changes: &mut Changes) {
        let (line, known) = self.line(user, changes);
        if !known || line.state.device != Some(device) {
            line.state.device = Some(device);
            changes.push(user, ChangeKind::Line(line.state));
        }
    }

    pub(super) fn lost(&mut self, report: &Report, changes: &mut Changes) {
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

    pub(super) fn gone(
        &mut self,
        source: Source,
        user: &Name,
        outcome: Outcome,
        changes: &mut Changes,
    ) {
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

    pub(super) fn clear(&mut self, source: Source, changes: &mut Changes) {
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

    pub(super) fn report(&mut self, report: &Report, found: bool, changes: &mut Changes) {
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
    pub(super) fn remove(&mut self, user: &Name) -> Option<Line> {
        let line = self.lines.remove(user)?;
        self.ends.follow(user, line.last_end(), None);
        Some(line)
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
