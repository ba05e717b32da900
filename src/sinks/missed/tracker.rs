//! Which calls were missed.
//!
//! No clock and no I/O: the same changes at the same times give the same answers.
//!
//! A call is missed where it came in and ended without having been talked, in one of these ways:
//! - its phone or its PBX says that it was missed, also where it told of no ringing before;
//! - its phone says that it ended, and the handset stayed where it was while it rang. (Phones say the same of a call that was refused
//!   by hand; Asterisk tells that apart.)
//! - it was refused while the line was in do-not-disturb: the phone did that, and not the person;
//! - no more was heard of it, from a phone that tells when its handset is lifted, which it was not.
//!
//! It is not missed where somebody else picked it up, or the same person on another phone: what belongs to the same whole call
//! ([`Call::linked`]) was talked by whoever it rang for, or by [somebody outside](Outside); or, of sources that do not tell what
//! belongs together, a call from the same other side was answered while this one rang or just after. Such news may come a little
//! later, so that nothing is decided before [`DECISION_WAIT`], and not while the whole call still rings anywhere or its caller waits
//! in a queue. A caller who left a queue unanswered is decided in the same way.
//!
//! A whole call is missed once on a line, however often it rang there. A call of a queue's is the queue's: see
//! [`QueueMissedCalls`].

mod line;
mod linked;
mod side;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::board::{
    Action, Call, CallAction, CallState, Change, ChangeKind, Departure, Direction, Name, Outcome,
    Peer, PhoneAction, QueueChange, RINGING_LIMIT, Report, Timestamp, Waiting,
};
use crate::config::{QueueMissed, QueueMissedCalls};
use crate::sinks::cause::{Cause, Causes};
use line::{Ended, Line, Ring};
pub use linked::{Outside, Reach};
use side::{Side, same_or_unknown};

/// How long after a call's end it is decided whether it was missed, in milliseconds: a colleague's phone, or another source, tells in a
/// request of its own that it was answered.
pub const DECISION_WAIT: u64 = 2_500;

/// The most calls that wait to be decided. Of more, the oldest is dropped, and counted.
pub const MAX_UNDECIDED: usize = 10_000;

/// The most calls that are decided in one go: the board does not wait for longer than that takes.
const DECIDED_AT_ONCE: usize = 256;

/// The most answered calls that are remembered, to compare those with that rang at the same time.
const MAX_ANSWERS: usize = 4_096;

/// Something missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// A call on a line.
    Call(MissedCall),
    /// A caller left a queue unanswered.
    Queue(MissedWait),
}

/// A call that was missed on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MissedCall {
    /// Whose line it was.
    pub(super) line: Name,
    /// Who called, if known.
    pub(super) peer: Option<Peer>,
    /// The queue that it came from, whose agents are told of it.
    pub(super) queue: Option<Name>,
    /// When it began to ring.
    pub(super) at: Timestamp,
}

/// A caller who waited in a queue in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MissedWait {
    /// Which queue.
    pub(super) queue: Name,
    /// Who called, if known.
    pub(super) peer: Option<Peer>,
    /// Since when they waited.
    pub(super) since: Timestamp,
    /// When they left.
    pub(super) at: Timestamp,
}

/// Something that may have been missed.
#[derive(Debug)]
struct Undecided {
    news: News,
    linked: Option<Arc<str>>,
    /// The board's number of it; nothing where the board has no such call.
    id: Option<u64>,
    ended: Timestamp,
    due: Timestamp,
    /// Whether it was said to be missed, and not only to have ended.
    said: bool,
    /// The change that said so; see [`Tracker::reported`].
    sequence: u64,
}

impl Undecided {
    /// The call, where it is one on a line.
    fn call(&self) -> Option<&MissedCall> {
        match &self.news {
            News::Call(call) => Some(call),
            News::Queue(_) => None,
        }
    }
}

/// A call that was answered.
#[derive(Debug)]
struct Answer {
    id: u64,
    linked: bool,
    side: Side,
    began: Timestamp,
    at: Timestamp,
}

/// What is known of the calls that ring, of those that were answered, and of those to be decided.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    lines: HashMap<Name, Line>,
    wholes: linked::Wholes,
    undecided: VecDeque<Undecided>,
    /// In the order in which they were answered.
    answers: VecDeque<Answer>,
    causes: Causes,
    /// The other side of what was reported last.
    last_peer: Option<Peer>,
    /// How many were dropped undecided.
    pub(super) dropped: u64,
}

impl Tracker {
    /// Takes over a change. What was missed is answered by [`Tracker::decide`].
    pub(super) fn apply(&mut self, change: &Change, queues: &QueueMissedCalls) {
        let cause = self.causes.of(change).cloned();
        let (line, at) = (&change.subject, change.at);
        self.wholes.tidy(at);
        match &change.kind {
            ChangeKind::Reported { report, repeats } => {
                self.reported(change, report, *repeats, queues);
            }
            ChangeKind::Line(state) => {
                let own = self.lines.entry(Arc::clone(line)).or_default();
                (own.dnd, own.off_hook) = (state.dnd, state.off_hook);
            }
            ChangeKind::CallBegan(call) | ChangeKind::CallChanged(call) => {
                self.goes_on(line, call, at);
            }
            ChangeKind::CallEnded(call, outcome) => {
                self.ended(change, call, *outcome, cause.as_ref(), queues);
            }
            ChangeKind::LineDropped => drop(self.lines.remove(line)),
            ChangeKind::Queue(QueueChange::Waits(waiting)) => {
                self.wholes.waits(&waiting.caller);
            }
            ChangeKind::Queue(QueueChange::Left(waiting, how)) => {
                self.left(change, waiting, how, queues);
            }
            _ => {}
        }
    }

    /// Somebody was dialled who is no line's.
    pub(super) fn outside(&mut self, told: &Outside, at: Timestamp) {
        self.wholes.outside(told, at);
        // Calls that only go out are never decided about.
        self.wholes.tidy(at);
    }

    /// When [`Tracker::decide`] has something to do next, if ever. What comes meanwhile is not due before that.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.undecided.iter().map(|call| call.due).min()
    }

    /// Whether there is nothing to decide.
    pub(super) fn is_idle(&self) -> bool {
        self.undecided.is_empty()
    }

    /// What turned out to be missed by `now`, and of many only the first: then [`Tracker::next`] is due at once.
    pub(super) fn decide(&mut self, now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        let mut waiting = std::mem::take(&mut self.undecided);
        let mut decided = 0;
        while decided < DECIDED_AT_ONCE
            && let Some(mut call) = waiting.pop_front()
        {
            if call.due <= now
                && let Some(later) = self.wholes.undecided_until(call.linked.as_ref(), now)
            {
                call.due = later;
            }
            if call.due > now {
                self.undecided.push_back(call);
                continue;
            }
            decided += 1;
            if self.is_missed(&call) {
                news.push(call.news);
            }
        }
        self.undecided.append(&mut waiting);
        let recent = |answer: &Answer| now <= answer.at.after(RINGING_LIMIT + DECISION_WAIT);
        while self.answers.front().is_some_and(|answer| !recent(answer)) {
            self.answers.pop_front();
        }
        self.wholes.tidy(now);
        news
    }

    /// What would be decided later is decided now: there is no later. Of a whole call that still rings somewhere, or whose caller still
    /// waits, nobody knows how it ends: nothing of it is missed.
    pub(super) fn decide_all(&mut self, now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        while let Some(call) = self.undecided.pop_front() {
            if !self.wholes.is_open(call.linked.as_ref(), now) && self.is_missed(&call) {
                news.push(call.news);
            }
        }
        news
    }

    /// A line's phone or PBX told something. That comes before what changes by it.
    fn reported(
        &mut self,
        change: &Change,
        report: &Report,
        repeats: bool,
        queues: &QueueMissedCalls,
    ) {
        let (name, at) = (&change.subject, change.at);
        self.last_peer.clone_from(&report.peer);
        let line = self.lines.entry(Arc::clone(name)).or_default();
        match report.action {
            Action::Phone(PhoneAction::Offhook) => line.lifted(),
            Action::Call(CallAction::MissedCall) if !repeats => {
                // Where the board has the call, its end follows and takes this one's place.
                let told = is_told(report.queue.as_ref(), queues);
                if !told || line.ended_just_now(report.peer.as_ref(), at) {
                    return;
                }
                line.remember(Ended::of(report, at));
                let call = MissedCall {
                    line: Arc::clone(name),
                    peer: report.peer.clone(),
                    queue: report.queue.clone(),
                    at,
                };
                self.hold(Undecided {
                    news: News::Call(call),
                    linked: report.linked.clone(),
                    id: None,
                    ended: at,
                    due: at.after(DECISION_WAIT),
                    said: true,
                    sequence: change.sequence,
                });
            }
            Action::Call(action @ (CallAction::AnsweredElsewhere | CallAction::RefusedCall)) => {
                // Another source may know better than the one that ended it.
                let elsewhere = action == CallAction::AnsweredElsewhere;
                self.undecided.retain(|call| {
                    let own = call.call().filter(|own| own.line == *name);
                    let it = own.is_some_and(|own| {
                        same_or_unknown(own.peer.as_ref(), report.peer.as_ref())
                    }) && at <= call.ended.after(DECISION_WAIT)
                        && (call.linked.is_none()
                            || report.linked.is_none()
                            || call.linked == report.linked);
                    !(it && (elsewhere || !call.said))
                });
            }
            Action::Phone(_) | Action::Call(_) => {}
        }
    }

    /// A call began, or is now this.
    fn goes_on(&mut self, name: &Name, call: &Call, at: Timestamp) {
        let line = self.lines.entry(Arc::clone(name)).or_default();
        let rings = call.state == CallState::Ringing
            && call.answered.is_none()
            && call.direction == Direction::Incoming;
        if rings {
            if let Some(ring) = line.ring(call.id) {
                if ring.linked != call.linked {
                    self.wholes.stops(ring.linked.as_ref(), at);
                    ring.linked.clone_from(&call.linked);
                    self.wholes.rings(ring.linked.as_ref());
                }
                return;
            }
            self.wholes.rings(call.linked.as_ref());
            line.begins(call, at);
            return;
        }
        let rang = line.take_ring(call.id);
        if let Some(ring) = &rang {
            self.wholes.stops(ring.linked.as_ref(), at);
        }
        let Some(answered) = call.answered else {
            return;
        };
        // Whoever calls talks with a voicemail, too: what counts is who was called. And an answer is one once.
        let known = rang.is_none() && answered < at;
        if known || call.direction == Direction::Outgoing {
            return;
        }
        if let Some(linked) = &call.linked {
            self.wholes.answered(linked, answered);
        }
        if self.answers.len() >= MAX_ANSWERS {
            self.answers.pop_front();
        }
        self.answers.push_back(Answer {
            id: call.id,
            linked: call.linked.is_some(),
            side: Side::new(call.peer.clone()),
            began: call.began,
            at: answered,
        });
    }

    fn ended(
        &mut self,
        change: &Change,
        call: &Call,
        outcome: Outcome,
        cause: Option<&Cause>,
        queues: &QueueMissedCalls,
    ) {
        let (name, at) = (&change.subject, change.at);
        // The report that ended it is no missed call of its own.
        let said = self.undecided.back().is_some_and(|last| {
            last.id.is_none()
                && last.call().is_some_and(|own| own.line == *name)
                && last.ended == at
                && change.sequence <= last.sequence + 2
        });
        let line = self.lines.entry(Arc::clone(name)).or_default();
        if said {
            self.undecided.pop_back();
            line.forget_report();
        }
        let ring = line.take_ring(call.id);
        if let Some(ring) = &ring {
            self.wholes.stops(ring.linked.as_ref(), at);
        }
        let Some(ring) = ring.filter(|_| call.answered.is_none()) else {
            return;
        };
        let by_source = cause.and_then(|_| self.last_peer.clone());
        line.remember(Ended::new(call, by_source, at));
        if ring.counted || !counts(&ring, line, outcome, cause) {
            return;
        }
        if !is_told(call.queue.as_ref(), queues) {
            return;
        }
        self.hold(Undecided {
            news: News::Call(MissedCall {
                line: Arc::clone(name),
                peer: call.peer.clone(),
                queue: call.queue.clone(),
                at: call.began,
            }),
            linked: call.linked.clone(),
            id: Some(call.id),
            ended: at,
            due: at.after(DECISION_WAIT),
            said: outcome == Outcome::Missed,
            sequence: change.sequence,
        });
    }

    /// A caller waits in a queue no longer.
    fn left(
        &mut self,
        change: &Change,
        waiting: &Waiting,
        how: &Departure,
        queues: &QueueMissedCalls,
    ) {
        let (queue, at) = (&change.subject, change.at);
        self.wholes.leaves(&waiting.caller, at);
        match how {
            Departure::Answered { .. } => self.wholes.answered(&waiting.caller, at),
            Departure::Abandoned | Departure::TimedOut => match queues.of(queue) {
                // The caller may be there still: Asterisk says the same where a queue gives up after its time, and its dial plan goes on.
                QueueMissed::Channel(_) | QueueMissed::People(_) => self.hold(Undecided {
                    news: News::Queue(MissedWait {
                        queue: Arc::clone(queue),
                        peer: waiting.peer.clone(),
                        since: waiting.since,
                        at,
                    }),
                    linked: Some(Arc::clone(&waiting.caller)),
                    id: None,
                    ended: at,
                    due: at.after(DECISION_WAIT),
                    said: true,
                    sequence: change.sequence,
                }),
                QueueMissed::Nobody | QueueMissed::Agents => {}
            },
            Departure::Elsewhere => {}
        }
    }

    fn hold(&mut self, call: Undecided) {
        if self.undecided.len() >= MAX_UNDECIDED {
            self.undecided.pop_front();
            self.dropped += 1;
        }
        self.undecided.push_back(call);
    }

    /// Whether nobody picked it up, and it was not told of before. Then it counts as told.
    fn is_missed(&mut self, call: &Undecided) -> bool {
        let (began, ended) = match &call.news {
            News::Call(own) => (own.at, call.ended),
            News::Queue(wait) => (wait.since, wait.at),
        };
        let whole = call.linked.as_ref().and_then(|id| self.wholes.get_mut(id));
        if whole
            .as_ref()
            .is_some_and(|whole| whole.answered >= Some(began))
        {
            return false;
        }
        let News::Call(own) = &call.news else {
            return true;
        };
        let side = Side::new(own.peer.clone());
        let picked_up = |answer: &Answer| {
            let at_once = answer.began.0.abs_diff(began.0) <= DECISION_WAIT;
            Some(answer.id) != call.id
                && !(answer.linked && call.linked.is_some())
                && answer.at <= ended.after(DECISION_WAIT)
                && answer.side.is(&side, at_once)
        };
        // Those before it began to ring are none of its.
        let answers = self.answers.iter().rev();
        let mut during = answers.take_while(|answer| answer.at >= began);
        if during.any(picked_up) {
            return false;
        }
        if let Some(whole) = whole {
            return whole.tell(&own.line);
        }
        let line = self.lines.get_mut(&own.line);
        line.is_none_or(|line| line.tell(side, began, ended))
    }
}

/// Whether a call that rang counts as missed by how it ended, unless somebody picked it up.
fn counts(ring: &Ring, line: &Line, outcome: Outcome, cause: Option<&Cause>) -> bool {
    match outcome {
        Outcome::Missed => true,
        Outcome::Refused => line.dnd,
        // Asterisk says of what it saw ending how it ended; and a handset that is put down was lifted.
        Outcome::Finished => !ring.lifted && cause.is_some_and(Cause::is_phones_end),
        Outcome::Expired => line.tells_handset && !ring.lifted && !ring.began_off_hook,
        Outcome::Elsewhere | Outcome::Untold | Outcome::Retold | Outcome::Displaced => false,
    }
}

/// Whether a call is one that whoever has the line is told of: a queue's is where the queue's setting says so.
fn is_told(queue: Option<&Name>, queues: &QueueMissedCalls) -> bool {
    queue.is_none_or(|queue| *queues.of(queue) == QueueMissed::Agents)
}
