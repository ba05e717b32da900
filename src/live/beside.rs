//! What viewers are shown beside the board, which is no part of its journal: how sources are, and pages of calls that ring. The node that
//! leads tells the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::rings::Rung;
use super::stream::Live;
use super::{SourceState, stream};
use crate::board::Timestamp;
use crate::sources::asterisk::Asterisk;
use crate::sources::ovh::Ovh;

/// For how long a ring is told to other nodes. What gets lost on the way is told again within it, as this is told every
/// [`BESIDE_EVERY`](crate::cluster::relay::BESIDE_EVERY).
const RING_REPEATED: Duration = Duration::from_secs(5);

/// As it is sent.
#[derive(Debug, Serialize, Deserialize)]
struct Beside {
    /// What the time is on the node that leads.
    now: Timestamp,
    sources: Vec<SourceState>,
    rings: Vec<Rung>,
    /// How many tests of phones go on.
    tests: usize,
}

impl Live {
    /// Sources are this node's own from now on.
    pub(crate) fn lead(&self, asterisk: &Arc<Asterisk>, ovh: &Arc<Ovh>) {
        self.sources.are_own(asterisk, ovh);
        // Those of the node that led before are over.
        self.tests.store(0, Ordering::Relaxed);
        self.signal.wake();
    }

    /// What the time is by the node that leads or did, where it told this one.
    pub(crate) fn told_time(&self) -> Option<Timestamp> {
        self.sources.told_time()
    }

    /// Another node tells how sources are from now on.
    pub(crate) fn follow(&self) {
        self.sources.are_told();
        self.signal.wake();
    }

    /// How many tests of phones go on in the cluster, for whoever counts them.
    pub(crate) fn tests(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.tests)
    }

    /// What other nodes are told.
    pub(crate) fn beside(&self) -> Vec<u8> {
        let now = self.now();
        let beside = Beside {
            now,
            sources: self.sources(),
            rings: stream::lock(&self.rings).newest(now, RING_REPEATED),
            tests: self.tests.load(Ordering::Relaxed),
        };
        // It has no map whose keys are no text, which is all that could fail.
        serde_json::to_vec(&beside).unwrap_or_default()
    }

    /// What the node that leads tells.
    pub(crate) fn hear(&self, body: &[u8]) {
        let beside: Beside = match serde_json::from_slice(body) {
            Ok(beside) => beside,
            Err(error) => {
                tracing::debug!(%error, "what is told beside the board cannot be read");
                return;
            }
        };
        let before = self.sources.states();
        if !self.sources.hear(beside.now, beside.sources) {
            return;
        }
        self.tests.store(beside.tests, Ordering::Relaxed);
        let new = stream::lock(&self.rings).hear(beside.rings);
        if new || self.sources.states() != before {
            self.signal.wake();
        }
    }
}
