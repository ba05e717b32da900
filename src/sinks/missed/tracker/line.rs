//! What is known of one line.

use std::collections::VecDeque;
use std::sync::Arc;

use super::DECISION_WAIT;
use super::side::{Side, same_or_unknown};
use crate::board::{Call, Peer, Report, Timestamp};

/// How many calls that ended, and how many that were told of, are remembered of a line.
const REMEMBERED: usize = 8;

/// A line, as far as missed calls go.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) dnd: bool,
    pub(super) off_hook: bool,
    /// Whether its phone ever told that the handset was lifted.
    pub(super) tells_handset: bool,
    rings: Vec<Ring>,
    ended: VecDeque<Ended>,
    told: VecDeque<Told>,
}

/// A call that rings there.
#[derive(Debug)]
pub(super) struct Ring {
    id: u64,
    pub(super) linked: Option<Arc<str>>,
    /// The handset was lifted while it rang.
    pub(super) lifted: bool,
    /// The handset was lifted before.
    pub(super) began_off_hook: bool,
    /// Its end was told of before its beginning, and counts already.
    pub(super) counted: bool,
}

/// A call that ended without having been talked.
#[derive(Debug)]
pub(super) struct Ended {
    peer: Option<Peer>,
    /// The same, as the source that ended it had it: two may write one number in two ways.
    by_source: Option<Peer>,
    at: Timestamp,
    /// The board never had it.
    report_only: bool,
}

/// A call that was missed.
#[derive(Debug)]
struct Told {
    side: Side,
    began: Timestamp,
    ended: Timestamp,
}

impl Ended {
    pub(super) fn new(call: &Call, by_source: Option<Peer>, at: Timestamp) -> Self {
        Self {
            peer: call.peer.clone(),
            by_source,
            at,
            report_only: false,
        }
    }

    pub(super) fn of(report: &Report, at: Timestamp) -> Self {
        Self {
            peer: report.peer.clone(),
            by_source: None,
            at,
            report_only: true,
        }
    }
}

impl Line {
    pub(super) fn lifted(&mut self) {
        self.tells_handset = true;
        for ring in &mut self.rings {
            ring.lifted = true;
        }
    }

    pub(super) fn ring(&mut self, id: u64) -> Option<&mut Ring> {
        self.rings.iter_mut().find(|ring| ring.id == id)
    }

    pub(super) fn take_ring(&mut self, id: u64) -> Option<Ring> {
        let at = self.rings.iter().position(|ring| ring.id == id)?;
        Some(self.rings.swap_remove(at))
    }

    pub(super) fn begins(&mut self, call: &Call, at: Timestamp) {
        // Requests of one phone can change places.
        let counted = self.ended.iter().any(|ended| {
            ended.report_only
                && at <= ended.at.after(DECISION_WAIT)
                && Side::new(ended.peer.clone()).is(&Side::new(call.peer.clone()), true)
        });
        self.rings.reserve_exact(1);
        self.rings.push(Ring {
            id: call.id,
            linked: call.linked.clone(),
            lifted: false,
            began_off_hook: self.off_hook,
            counted,
        });
    }

    pub(super) fn remember(&mut self, ended: Ended) {
        if self.ended.len() >= REMEMBERED {
            self.ended.pop_front();
        }
        self.ended.reserve_exact(1);
        self.ended.push_back(ended);
    }

    /// What was remembered last of a report is a call of the board's.
    pub(super) fn forget_report(&mut self) {
        if self.ended.back().is_some_and(|ended| ended.report_only) {
            self.ended.pop_back();
        }
    }

    /// Whether a call ended there a moment ago that what comes now may be told of, too.
    pub(super) fn ended_just_now(&self, peer: Option<&Peer>, at: Timestamp) -> bool {
        self.ended.iter().any(|ended| {
            let by_source = ended.by_source.as_ref();
            at <= ended.at.after(DECISION_WAIT)
                && (same_or_unknown(ended.peer.as_ref(), peer)
                    || by_source.is_some_and(|own| same_or_unknown(Some(own), peer)))
        })
    }

    /// Notes a missed call, unless it rang at the same time as one from the same side: two phones of one person are one line.
    pub(super) fn tell(&mut self, side: Side, began: Timestamp, ended: Timestamp) -> bool {
        let overlaps =
            |told: &Told| told.began < ended && began < told.ended && told.side.is(&side, true);
        if self.told.iter().any(overlaps) {
            return false;
        }
        if self.told.len() >= REMEMBERED {
            self.told.pop_front();
        }
        self.told.reserve_exact(1);
        self.told.push_back(Told { side, began, ended });
        true
    }
}
