//! How an order ended, and why.

use super::super::super::directory::Directory;
use super::super::super::failure::{failure, worst};
use super::{Stage, Watch};
use crate::board::{Device, Timestamp};
use crate::calls::{Failure, Leg, Progress};

/// How long a dial plan that dialled nothing must have lasted to count as an announcement that was heard, in milliseconds.
const SHORTEST_ANNOUNCEMENT: u64 = 500;

impl Watch {
    /// The call is over: tells why.
    pub(in super::super) fn conclude(&self, directory: &Directory, now: Timestamp) {
        let progress = match self.stage {
            Stage::Own => Progress::Failed(Leg::Own, self.own_failure()),
            Stage::Other(since) => match self.other_failure(directory) {
                Some(why) => Progress::Failed(Leg::Other, why),
                None if now.0.saturating_sub(since.0) < SHORTEST_ANNOUNCEMENT => {
                    Progress::Failed(Leg::Other, Failure::Unknown)
                }
                None => {
                    self.tell(Progress::Answered(Leg::Other));
                    ended(since, now)
                }
            },
            Stage::Talk(since) => ended(since, now),
        };
        self.tell(progress);
    }

    fn own_failure(&self) -> Failure {
        const RANG_OUT: u32 = 3;
        const BUSY: u32 = 5;
        const CONGESTION: u32 = 8;
        let reason = self.refused.map(|(reason, _)| reason);
        match reason {
            Some(RANG_OUT) if self.told_ringing[0] => return Failure::NoAnswer,
            Some(RANG_OUT) => return Failure::Unreachable,
            _ => {}
        }
        let legs = self
            .legs
            .values()
            .filter(|leg| leg.side == Leg::Own && leg.real);
        let by_legs = worst(legs.filter_map(|leg| failure(leg.status.as_deref(), leg.cause)));
        let by_root = || failure(self.root.0.as_deref(), self.root.1);
        let by_reason = || match reason {
            Some(BUSY) => Some(Failure::Busy),
            Some(CONGESTION) => Some(Failure::Congestion),
            Some(_) if self.began.is_none() => Some(Failure::Unreachable),
            _ => None,
        };
        let why = by_legs.or_else(by_root).or_else(by_reason);
        match why {
            // Nobody but the PBX can end it on the phone's behalf before it answers: its time was up.
            Some(Failure::HungUp) => Failure::NoAnswer,
            Some(why) => why,
            // The dial plan knows nothing of that number, so it was never dialled.
            None if !self.dialled => Failure::NoSuchNumber,
            None => Failure::Unknown,
        }
    }

    /// Nothing if the dial plan answered by itself.
    fn other_failure(&self, directory: &Directory) -> Option<Failure> {
        let legs = || {
            self.legs
                .values()
                .filter(|leg| leg.side == Leg::Other && leg.dialled)
        };
        if let Some(why) = self.said.or(self.unanswered) {
            return Some(why);
        }
        if legs().next().is_some() {
            if legs().any(|leg| !leg.ended) {
                return Some(Failure::HungUp);
            }
            let real = worst(
                legs()
                    .filter(|leg| leg.real)
                    .filter_map(|leg| failure(leg.status.as_deref(), leg.cause)),
            );
            let any = || worst(legs().filter_map(|leg| failure(leg.status.as_deref(), leg.cause)));
            return Some(real.or_else(any).unwrap_or(Failure::Unknown));
        }
        if self.queued {
            return Some(Failure::HungUp);
        }
        // A phone that is not registered is not even dialled.
        failure(None, self.root.1).or_else(|| self.why_not_dialled(directory))
    }

    /// What the state of the extension says about why it was not dialled.
    pub(super) fn why_not_dialled(&self, directory: &Directory) -> Option<Failure> {
        if directory.dnd(&self.to) {
            return Some(Failure::Busy);
        }
        (directory.device(&self.to) == Some(Device::Unreachable)).then_some(Failure::Unreachable)
    }
}

fn ended(since: Timestamp, now: Timestamp) -> Progress {
    Progress::Ended {
        talked: std::time::Duration::from_millis(now.0.saturating_sub(since.0)),
    }
}
