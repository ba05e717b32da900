//! When a call comes in: told once for each call on a line, and once for each caller of a queue. Of OVH's calls those that go out are told
//! of, too, as OVH's own events are.

use std::collections::HashMap;
use std::sync::Arc;

use crate::board::{
    Call, CallState, Change, ChangeKind, Details, Direction, Name, Peer, QueueChange, Source,
    Timestamp, Waiting,
};
use crate::config::{BoardNumbers, CallValues, Config};

/// How long a caller may have waited in a queue before they are told of, in milliseconds, and still count as one who came just now (5 s).
/// Those who waited longer were found when Asterisk was connected, or are told of again because their queue has another name.
pub const NEW_CALLER: u64 = 5_000;

/// What happened, under the name that OVH has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// A call rings on a line.
    StartRinging,
    /// A caller begins to wait in a queue.
    QueueStart,
}

impl Occasion {
    /// What stands for `*EVENT*`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StartRinging => "start_ringing",
            Self::QueueStart => "member-queue-start",
        }
    }
}

/// A call that comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) occasion: Occasion,
    /// Who told of it.
    pub(super) source: Source,
    /// The line or the queue.
    pub(super) subject: Name,
    /// The other side, as far as that is known: who calls, or who is called by a call that goes out.
    pub(super) peer: Option<Peer>,
    /// Whether it goes out.
    pub(super) outgoing: bool,
    /// The number on this side.
    own: Arc<str>,
    dialed: Option<Arc<str>>,
    pub(super) at: Timestamp,
}

impl Moment {
    /// The same with as much of its numbers as viewers of the board may see.
    pub(super) fn shown(&self, numbers: BoardNumbers) -> Self {
        Self {
            peer: self.peer.clone().map(|mut peer| {
                numbers.peer(&mut peer);
                peer
            }),
            own: numbers.number(&self.own),
            dialed: self.dialed.as_ref().map(|dialed| numbers.number(dialed)),
            ..self.clone()
        }
    }

    pub(super) fn values(&self) -> CallValues<'_> {
        let peer = self.peer.as_ref().map_or("", |peer| &*peer.number);
        let (calling, called) = match self.outgoing {
            true => (&*self.own, peer),
            false => (peer, &*self.own),
        };
        CallValues {
            calling,
            called,
            dialed: self.dialed.as_deref().unwrap_or(called),
            event: self.occasion.name(),
        }
    }
}

/// What a source tells of a line.
#[derive(Debug)]
struct Reported {
    source: Source,
    /// Whether it is no news.
    repeats: bool,
    own_number: Option<Arc<str>>,
}

/// Finds them in the board's changes.
#[derive(Debug, Default)]
pub(super) struct Moments {
    /// What is told of a line now.
    report: Option<Reported>,
    /// The number of the newest caller of a queue.
    newest: u64,
    /// The numbers that sources tell of lines.
    lines: HashMap<Name, Arc<str>>,
    /// The queues, and the numbers that sources tell of them.
    queues: HashMap<Name, (Source, Option<Arc<str>>)>,
}

impl Moments {
    pub(super) fn take(&mut self, change: &Change, config: &Config) -> Option<Moment> {
        let subject = &change.subject;
        match &change.kind {
            ChangeKind::Reported { report, repeats } => {
                self.report = Some(Reported {
                    source: report.source,
                    repeats: *repeats,
                    own_number: report.own_number.clone(),
                });
            }
            ChangeKind::CallBegan(call) => return self.rings(call, change, config),
            ChangeKind::Details(details) => match &details.number {
                Some(number) => {
                    self.lines.insert(Arc::clone(subject), Arc::clone(number));
                }
                None => drop(self.lines.remove(subject)),
            },
            ChangeKind::LineDropped => drop(self.lines.remove(subject)),
            ChangeKind::Queue(QueueChange::Seen(source)) => {
                self.queues.insert(Arc::clone(subject), (*source, None));
            }
            ChangeKind::Queue(QueueChange::Details(Details { number, .. })) => {
                if let Some((_, own)) = self.queues.get_mut(subject) {
                    own.clone_from(number);
                }
            }
            ChangeKind::Queue(QueueChange::Gone) => drop(self.queues.remove(subject)),
            ChangeKind::Queue(QueueChange::Waits(waiting)) => return self.waits(waiting, change),
            _ => {}
        }
        None
    }

    fn rings(&self, call: &Call, change: &Change, config: &Config) -> Option<Moment> {
        let report = self.report.as_ref()?;
        let source = report.source;
        let outgoing = call.direction == Direction::Outgoing;
        let is_told = match call.direction {
            Direction::Incoming => true,
            Direction::Outgoing => source == Source::Ovh,
            Direction::Unknown => false,
        };
        if report.repeats || call.state != CallState::Ringing || !is_told {
            return None;
        }
        let line = &change.subject;
        let mapped = || config.numbers_users.number_of(line).map(Arc::from);
        let own = report.own_number.clone().or_else(mapped);
        let own = own.or_else(|| self.lines.get(line).cloned());
        Some(Moment {
            occasion: Occasion::StartRinging,
            source,
            subject: Arc::clone(line),
            peer: call.peer.clone(),
            outgoing,
            own: own.unwrap_or_else(|| Arc::clone(line)),
            dialed: call.dialed.clone(),
            at: change.at,
        })
    }

    fn waits(&mut self, waiting: &Waiting, change: &Change) -> Option<Moment> {
        // Told again of somebody, it is that their name or number became known.
        if waiting.id <= self.newest {
            return None;
        }
        self.newest = waiting.id;
        let queue = &change.subject;
        let (source, told) = self.queues.get(queue)?;
        if change.at.since(waiting.since) > NEW_CALLER {
            return None;
        }
        let own = waiting.own_number.clone().or_else(|| told.clone());
        Some(Moment {
            occasion: Occasion::QueueStart,
            source: *source,
            subject: Arc::clone(queue),
            peer: waiting.peer.clone(),
            outgoing: false,
            own: own.unwrap_or_else(|| Arc::clone(queue)),
            dialed: waiting.dialed.clone(),
            at: change.at,
        })
    }
}
