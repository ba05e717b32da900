//! The lines, as far as the statuses of their people go.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::claim::{Claim, Origin, Other, Placed, Reason};
use crate::board::{
    Action, Call, CallAction, Change, ChangeKind, Device, Name, PhoneAction, Timestamp,
};
use crate::host::UserId;

/// The most ids of ended calls that a line keeps until all records are read.
const MAX_SIGNS: usize = 16;

/// The most lines of which ids are kept until then: as many as a board holds.
const MAX_SIGNED: usize = 10_000;

/// What a line is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LineCalls {
    /// The calls that were answered, by the board's number.
    calls: BTreeMap<u64, LineCall>,
    /// Since when its phone does not want to be disturbed.
    dnd: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct LineCall {
    since: Timestamp,
    other: Option<Other>,
    reference: Option<Arc<str>>,
    linked: Option<Arc<str>>,
}

impl LineCalls {
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.dnd.is_none()
    }

    /// Whether a claim of the line is still there.
    pub(super) fn has(&self, line: &Name, key: &str) -> bool {
        (self.dnd.is_some() && *key == *dnd_key(line))
            || self.calls.keys().any(|id| *key == *call_key(line, *id))
    }

    /// What it claims of its person's status, without calls that `others` may well be.
    pub(super) fn placed(&self, line: &Name) -> impl Iterator<Item = Placed> {
        let origin = |reference: Option<Arc<str>>, linked: Option<Arc<str>>| Origin {
            line: Arc::clone(line),
            reference,
            linked,
        };
        let place = |key: Arc<str>, reason, since, origin| Placed {
            claim: Claim { key, reason, since },
            origin: Some(origin),
            resumed: None,
            ended: None,
        };
        let calls = self.calls.iter().map(move |(id, call)| {
            let origin = origin(call.reference.clone(), call.linked.clone());
            let reason = Reason::Call(call.other.clone());
            place(call_key(line, *id), reason, call.since, origin)
        });
        let dnd = self
            .dnd
            .map(|since| place(dnd_key(line), Reason::PhoneDnd, since, origin(None, None)));
        calls.chain(dnd)
    }
}

fn call_key(line: &str, id: u64) -> Arc<str> {
    format!("call:{line}:{id}").into()
}

fn dnd_key(line: &str) -> Arc<str> {
    format!("dnd:{line}").into()
}

/// Something that shows that what was on a line before a restart is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// There is no call on it.
    Free,
    /// The call with this id ended.
    Ended(Arc<str>),
    /// Its phone can be disturbed.
    DndOff,
}

impl Sign {
    /// Whether a claim from before a restart is over by this sign of a line.
    pub(super) fn ends(&self, line: &Name, reason: &Reason, origin: Option<&Origin>) -> bool {
        let Some(origin) = origin.filter(|origin| origin.line == *line) else {
            return false;
        };
        match (self, reason) {
            (Self::Free, Reason::Call(_)) | (Self::DndOff, Reason::PhoneDnd) => true,
            (Self::Ended(id), Reason::Call(_)) => {
                origin.reference.as_ref().is_none_or(|own| own == id)
            }
            _ => false,
        }
    }
}

/// Whose line it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Owner {
    /// Nobody asked yet.
    #[default]
    Unknown,
    /// It is being asked.
    Asked,
    /// Nobody's.
    Nobody,
    /// This person's.
    Person(UserId),
}

#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) owner: Owner,
    pub(super) calls: LineCalls,
    /// What was seen before all records were read.
    signs: Vec<Sign>,
}

/// What a change was, to a line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Whether it claims something else now.
    pub(super) changed: bool,
    pub(super) signs: Vec<Sign>,
}

/// All lines that claim something.
#[derive(Debug)]
pub(super) struct Lines {
    lines: HashMap<Name, Line>,
    /// Whether there may be records that were not read yet.
    remembers: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            lines: HashMap::new(),
            remembers: true,
        }
    }
}

impl Lines {
    /// Takes over a change of the board.
    pub(super) fn take(&mut self, change: &Change) -> Seen {
        let mut seen = Seen::default();
        signs(change, &mut seen.signs);
        let name = &change.subject;
        let mut calls = self
            .lines
            .get(name)
            .map(|line| line.calls.clone())
            .unwrap_or_default();
        if seen.signs.is_empty() && !concerns(change, &calls) {
            return seen;
        }
        let before = calls.clone();
        follow(change, &mut calls);
        seen.changed = calls != before;
        let remembers = self.remembers && !seen.signs.is_empty() && self.lines.len() < MAX_SIGNED;
        if seen.changed || remembers {
            let line = self.lines.entry(Arc::clone(name)).or_default();
            line.calls = calls;
            if remembers {
                for sign in &seen.signs {
                    if !line.signs.contains(sign) && line.signs.len() < MAX_SIGNS {
                        line.signs.push(sign.clone());
                    }
                }
            }
        }
        seen
    }

    pub(super) fn get_mut(&mut self, name: &Name) -> Option<&mut Line> {
        self.lines.get_mut(name)
    }

    pub(super) fn names(&self) -> Vec<Name> {
        self.lines.keys().cloned().collect()
    }

    /// What was seen on a line since the start.
    pub(super) fn signs(&self, name: &Name) -> &[Sign] {
        self.lines.get(name).map_or(&[], |line| &line.signs)
    }

    /// Every record was read.
    pub(super) fn forget_signs(&mut self) {
        self.remembers = false;
        for line in self.lines.values_mut() {
            line.signs = Vec::new();
        }
        self.lines
            .retain(|_, line| !line.calls.is_empty() || line.owner == Owner::Asked);
    }

    /// Forgets a line that claims nothing: by the time that it claims something again it may have gone to somebody else.
    pub(super) fn tidy(&mut self, name: &Name) {
        let Some(line) = self.lines.get_mut(name) else {
            return;
        };
        if line.calls.is_empty() && line.owner != Owner::Asked {
            line.owner = Owner::Unknown;
            if line.signs.is_empty() {
                self.lines.remove(name);
            }
        }
    }
}

/// Whether a change can be one to what a line claims: most are none.
fn concerns(change: &Change, calls: &LineCalls) -> bool {
    match &change.kind {
        ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call) => call.answered.is_some(),
        ChangeKind::CallEnded(..) | ChangeKind::LineDropped => !calls.is_empty(),
        ChangeKind::Line(state) => state.dnd != calls.dnd.is_some(),
        _ => false,
    }
}

fn follow(change: &Change, line: &mut LineCalls) {
    match &change.kind {
        ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call) => {
            if let Some(since) = call.answered {
                line.calls.insert(call.id, answered(call, since));
            }
        }
        ChangeKind::CallEnded(call, _) => {
            line.calls.remove(&call.id);
        }
        ChangeKind::Line(state) if state.dnd => {
            line.dnd.get_or_insert(change.at);
        }
        ChangeKind::Line(_) => line.dnd = None,
        ChangeKind::LineDropped => *line = LineCalls::default(),
        _ => {}
    }
}

fn answered(call: &Call, since: Timestamp) -> LineCall {
    let other = call.peer.as_ref().map(|peer| Other {
        name: peer.name.clone(),
        shown: peer.shown().into(),
    });
    LineCall {
        since,
        other: other.filter(|other| !other.shown.is_empty()),
        reference: call.reference.clone(),
        linked: call.linked.clone(),
    }
}

/// What a change says of calls that nobody here knows of. A line that is only free of *known* calls says nothing.
fn signs(change: &Change, signs: &mut Vec<Sign>) {
    match &change.kind {
        ChangeKind::Reported { report, .. } => match (report.action, &report.reference) {
            (Action::Call(CallAction::CallTerminated), Some(id)) => {
                signs.push(Sign::Ended(Arc::clone(id)));
            }
            (Action::Call(CallAction::CallTerminated), None)
            | (Action::Phone(PhoneAction::Onhook), _) => signs.push(Sign::Free),
            (Action::Phone(PhoneAction::DndOff), _) => signs.push(Sign::DndOff),
            _ => {}
        },
        // One that was talked since the restart began and ended: so did those before it.
        ChangeKind::CallEnded(call, _) if call.answered.is_some() => signs.push(Sign::Free),
        ChangeKind::Line(state) if state.device == Some(Device::Free) => signs.push(Sign::Free),
        ChangeKind::LineDropped => signs.extend([Sign::Free, Sign::DndOff]),
        _ => {}
    }
}
