//! Whether those that tell the board are there. The node that leads follows them and looks; the others are told.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::app::Clock;
use crate::board::{Source, Tellers, Timestamp};
use crate::sources::asterisk::{Asterisk, LinkState};
use crate::sources::ovh::{self, Ovh};

/// One that tells the board, and may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// What it is called.
    pub name: Cow<'static, str>,
    /// Whether it tells at the moment: what is shown of it is old otherwise.
    pub up: bool,
    /// Since when that is so.
    pub since: Timestamp,
}

/// Those of them that tell nothing at the moment.
#[must_use]
pub fn gone(states: &[SourceState]) -> Tellers {
    let is_gone = |source: &&Source| {
        let mut states = states.iter();
        states.any(|state| !state.up && state.name == source.name())
    };
    let gone = Source::ALL.iter().filter(is_gone);
    gone.fold(Tellers::default(), |all, source| all.and(*source))
}

/// By how much two readings of that may differ: one source tells for how long, and clocks are set.
const SAME: u64 = 2_000;

/// How long a node that does not lead believes what it was told last. After that no node leads, by
/// [`STAND_DOWN`](crate::cluster::lease::STAND_DOWN), so nothing is told by any source.
const BELIEVED: Duration = crate::cluster::lease::STAND_DOWN;

/// All of them. Phones are none: they call when something happens, and nobody knows whether they could.
#[derive(Debug)]
pub struct Sources {
    clock: Clock,
    from: Mutex<From>,
    seen: Mutex<Vec<SourceState>>,
}

/// Where it is known from.
#[derive(Debug)]
enum From {
    /// They are this node's own.
    Own(Arc<Asterisk>, Arc<Ovh>),
    /// The node that leads tells.
    Told(Told),
}

#[derive(Debug)]
struct Told {
    states: Vec<SourceState>,
    /// The time by the clock of the node that told.
    at: Timestamp,
    /// Whether another node told that.
    by_another: bool,
    /// When that was, by this node.
    heard: Instant,
}

impl Told {
    fn is_believed(&self) -> bool {
        self.heard.elapsed() < BELIEVED
    }

    fn now(&self) -> Timestamp {
        let since = u64::try_from(self.heard.elapsed().as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.at.0.saturating_add(since))
    }
}

impl Sources {
    /// None, until it is said where they are known from.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let told = Told {
            states: Vec::new(),
            at: clock(),
            by_another: false,
            heard: Instant::now(),
        };
        Self {
            clock,
            from: Mutex::new(From::Told(told)),
            seen: Mutex::default(),
        }
    }

    /// They are this node's own from now on.
    pub(super) fn are_own(&self, asterisk: &Arc<Asterisk>, ovh: &Arc<Ovh>) {
        *self.from() = From::Own(Arc::clone(asterisk), Arc::clone(ovh));
    }

    /// Another node leads, or none does yet: what was known last stays until something is told.
    pub(super) fn are_told(&self) {
        let states = self.states();
        let mut from = self.from();
        if let From::Own(..) = &*from {
            *from = From::Told(Told {
                states,
                at: (self.clock)(),
                by_another: false,
                heard: Instant::now(),
            });
        }
    }

    /// The node that leads tells how they are, and its time. Answers whether that is counted: this node's own are not told by others.
    pub(super) fn hear(&self, at: Timestamp, states: Vec<SourceState>) -> bool {
        let mut from = self.from();
        let From::Told(told) = &mut *from else {
            return false;
        };
        *told = Told {
            states,
            at,
            by_another: true,
            heard: Instant::now(),
        };
        true
    }

    /// What the time is by the clock that the board's times are of: that of the node that leads.
    pub(super) fn now(&self) -> Timestamp {
        match &*self.from() {
            From::Own(..) => (self.clock)(),
            From::Told(told) => told.now(),
        }
    }

    /// The same, where another node told it.
    pub(super) fn told_time(&self) -> Option<Timestamp> {
        match &*self.from() {
            From::Told(told) if told.by_another => Some(told.now()),
            _ => None,
        }
    }

    /// Those that are set, and whether each is up: the one place where another source is added.
    fn look(&self) -> Vec<SourceState> {
        let (asterisk, ovh) = match &*self.from() {
            From::Own(asterisk, ovh) => (Arc::clone(asterisk), Arc::clone(ovh)),
            From::Told(told) if told.is_believed() => return told.states.clone(),
            From::Told(told) => {
                let gone = |state: &SourceState| SourceState {
                    name: state.name.clone(),
                    up: false,
                    since: if state.up { told.at } else { state.since },
                };
                return told.states.iter().map(gone).collect();
            }
        };
        let mut found = Vec::new();
        let report = asterisk.report();
        if report.on {
            let turned = report.turned.as_millis() as u64;
            found.push(SourceState {
                name: Source::Asterisk.name().into(),
                up: report.state == LinkState::Up,
                since: Timestamp((self.clock)().0.saturating_sub(turned)),
            });
        }
        let report = ovh.report();
        if report.on {
            found.push(SourceState {
                name: Source::Ovh.name().into(),
                up: report.state == ovh::LinkState::Up,
                since: report.since,
            });
        }
        found
    }

    /// How they are now.
    #[must_use]
    pub fn states(&self) -> Vec<SourceState> {
        let mut found = self.look();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for state in &mut found {
            let known = seen.iter().find(|known| {
                (&known.name, known.up) == (&state.name, state.up)
                    && known.since.0.abs_diff(state.since.0) < SAME
            });
            if let Some(known) = known {
                state.since = known.since;
            }
        }
        seen.clone_from(&found);
        found
    }

    fn from(&self) -> MutexGuard<'_, From> {
        // Nothing that happens under the lock can leave it half changed.
        self.from.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
