//! Who is on the phone, as far as the board's changes tell.

use std::collections::HashMap;
use std::sync::Arc;

use crate::board::{
    Action, CallAction, Change, ChangeKind, Device, Name, Outcome, PhoneAction, Timestamp,
};

/// The lines of the board, by their names in lower case: user names are, and settings may write one otherwise. So somebody can have
/// several.
#[derive(Debug, Default)]
pub(super) struct Lines {
    by_person: HashMap<Name, Vec<(Name, Line)>>,
}

/// One line.
#[derive(Debug, Default)]
struct Line {
    calls: Vec<u64>,
    device: Option<Device>,
    /// The handset is lifted, and no call ended since.
    lifted: bool,
    /// Whether a source told anything by which the line can be known to be free. A line that was not told of is not free: after a
    /// start a call may go on that no source tells of again.
    known: bool,
    /// Since when it is free.
    free: Option<Timestamp>,
}

impl Line {
    fn is_free(&self) -> bool {
        let busy = matches!(
            self.device,
            Some(Device::Ringing | Device::Busy | Device::Held)
        );
        self.known && !busy && !self.lifted && self.calls.is_empty()
    }

    fn is_in_use(&self) -> bool {
        self.free.is_none() && (self.known || self.lifted || !self.calls.is_empty())
    }
}

/// A person's name as they are found by it.
pub(super) fn key(name: &str) -> Name {
    Arc::from(crate::people::fold(name))
}

impl Lines {
    /// Takes a change, and answers whose line it was, if it may matter.
    pub(super) fn take(&mut self, change: &Change) -> Option<Name> {
        let key = key(&change.subject);
        match &change.kind {
            ChangeKind::Queue(_) => return None,
            ChangeKind::LineDropped => {
                if let Some(lines) = self.by_person.get_mut(&key) {
                    lines.retain(|(name, _)| *name != change.subject);
                    if lines.is_empty() {
                        self.by_person.remove(&key);
                    }
                }
                return Some(key);
            }
            _ => {}
        }
        let lines = self.by_person.entry(Arc::clone(&key)).or_default();
        let at = lines.iter().position(|(name, _)| *name == change.subject);
        let at = at.unwrap_or_else(|| {
            lines.push((Arc::clone(&change.subject), Line::default()));
            lines.len() - 1
        });
        let line = &mut lines[at].1;
        match &change.kind {
            ChangeKind::Reported { report, .. } => line.reported(report.action),
            ChangeKind::Line(state) => line.device(state.device),
            ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call)
                if !line.calls.contains(&call.id) =>
            {
                line.calls.push(call.id);
            }
            ChangeKind::CallEnded(call, outcome) => {
                line.calls.retain(|id| *id != call.id);
                line.lifted = false;
                line.known = !matches!(outcome, Outcome::Untold | Outcome::Retold);
            }
            _ => {}
        }
        line.free = line.is_free().then(|| line.free.unwrap_or(change.at));
        Some(key)
    }

    /// Since when none of a person's lines is in use; nothing while one is, and while that is not known.
    pub(super) fn free_since(&self, person: &str) -> Option<Timestamp> {
        let lines = self.by_person.get(person)?;
        // A line that nobody told enough of says nothing against the others, unless it is in use.
        if lines.iter().any(|(_, line)| line.is_in_use()) {
            return None;
        }
        lines.iter().filter_map(|(_, line)| line.free).max()
    }

    /// Whether what was told says of any of a person's lines that it is in use, or free.
    pub(super) fn tell_of(&self, person: &str) -> bool {
        let lines = self.by_person.get(person);
        lines.is_some_and(|lines| {
            let told = |line: &Line| line.free.is_some() || line.is_in_use();
            lines.iter().any(|(_, line)| told(line))
        })
    }
}

impl Line {
    fn reported(&mut self, action: Action) {
        match action {
            Action::Phone(PhoneAction::Offhook) => self.lifted = true,
            Action::Phone(PhoneAction::Onhook) => {
                self.lifted = false;
                self.known = true;
            }
            // Also of a call that began before the start.
            Action::Call(CallAction::CallTerminated) => {
                self.lifted = false;
                self.known = true;
            }
            Action::Phone(_) | Action::Call(_) => {}
        }
    }

    fn device(&mut self, device: Option<Device>) {
        if self.device == device {
            return;
        }
        // Whoever told of it tells no more, maybe in the middle of a call.
        self.known = device.is_some_and(|device| device != Device::Unknown);
        self.device = device;
    }
}
