//! Tests in a cluster: they go on at the node that leads, and phones call any node. What comes to another one is handed on while anybody
//! tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::scope::Whose;
use super::seen::{Outcome, Seen};
use super::{Shared, Traces};
use crate::config::Config;
use crate::people::CodesShown;

/// The most requests that wait to be handed on. What comes beyond is not shown.
pub const MAX_HANDED_ON: usize = 64;

/// What came to another node, without secrets. Codes that phones show may be in it: only the node that leads knows who is shown one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    whose: Whose,
    seen: Seen,
}

/// This node among the others.
#[derive(Debug, Default)]
pub struct Between {
    /// How many tests go on in the cluster, so that a request is compared with none where there are none.
    pub count: Arc<AtomicUsize>,
    /// Where another node leads: the way to it.
    pub leader: Option<mpsc::Sender<Elsewhere>>,
}

impl Between {
    pub(super) fn is_on(&self) -> bool {
        self.count.load(Ordering::Relaxed) > 0
    }

    /// So many tests go on here. On a node that does not lead none ever does.
    pub(super) fn set(&self, count: usize) {
        if self.leader.is_none() {
            self.count.store(count, Ordering::Relaxed);
        }
    }
}

impl<H> Traces<H> {
    /// Shows what came to another node. It has the time at which it came here: clocks differ.
    pub fn saw_elsewhere(&self, Elsewhere { whose, seen }: Elsewhere, config: &Config) {
        let at = (self.0.clock)();
        self.0.saw(&whose, || Seen { at, ..seen }, config);
    }
}

impl<H> Shared<H> {
    /// Shows what came, or hands it on.
    pub(super) fn saw(&self, whose: &Whose, seen: impl FnOnce() -> Seen, config: &Config) {
        if let Some(leader) = &self.between.leader {
            let (whose, seen) = (whose.clone(), seen());
            if leader.try_send(Elsewhere { whose, seen }).is_err() {
                tracing::debug!(
                    "a phone's request is not shown, because too many wait for the node that leads"
                );
            }
            return;
        }
        let seen = || keep_codes(seen(), whose, &self.codes, config);
        self.show(|scope| scope.has(whose), seen);
    }
}

/// Without the codes that phones show.
fn keep_codes(mut seen: Seen, whose: &Whose, codes: &CodesShown, config: &Config) -> Seen {
    let plan = &config.plan;
    let mut lines = whose.lines().iter();
    let shows_code = lines.any(|line| codes.awaits(line, plan));
    if let Outcome::Understood(reports) = &mut seen.outcome {
        let reports = reports.iter_mut();
        reports.for_each(|report| codes.keep_report(report, plan));
    }
    seen.without_codes(shows_code)
}
