//! Whether those that tell the board are there.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::app::Clock;
use crate::board::Timestamp;
use crate::sources::asterisk::{Asterisk, LinkState};
use crate::sources::ovh::{self, Ovh};

/// One that tells the board, and may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceState {
    /// What it is called.
    pub name: &'static str,
    /// Whether it tells at the moment: what is shown of it is old otherwise.
    pub up: bool,
    /// Since when that is so.
    pub since: Timestamp,
}

/// By how much two readings of that may differ: one source tells for how long, and clocks are set.
const SAME: u64 = 2_000;

/// All of them. Phones are none: they call when something happens, and nobody knows whether they could.
#[derive(Debug)]
pub struct Sources {
    asterisk: Arc<Asterisk>,
    ovh: Arc<Ovh>,
    clock: Clock,
    seen: Mutex<Vec<SourceState>>,
}

impl Sources {
    /// Of this plugin.
    #[must_use]
    pub fn new(asterisk: &Arc<Asterisk>, ovh: &Arc<Ovh>, clock: Clock) -> Self {
        Self {
            asterisk: Arc::clone(asterisk),
            ovh: Arc::clone(ovh),
            clock,
            seen: Mutex::default(),
        }
    }

    /// Those that are set, and whether each is up: the one place where another source is added.
    fn look(&self) -> Vec<SourceState> {
        let mut found = Vec::new();
        let report = self.asterisk.report();
        if report.on {
            let turned = report.turned.as_millis() as u64;
            found.push(SourceState {
                name: "Asterisk",
                up: report.state == LinkState::Up,
                since: Timestamp((self.clock)().0.saturating_sub(turned)),
            });
        }
        let report = self.ovh.report();
        if report.on {
            found.push(SourceState {
                name: "OVH",
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
                (known.name, known.up) == (state.name, state.up)
                    && known.since.0.abs_diff(state.since.0) < SAME
            });
            if let Some(known) = known {
                state.since = known.since;
            }
        }
        seen.clone_from(&found);
        found
    }
}
