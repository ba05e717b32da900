//! The clock that tells the time of events.
//!
//! A board's times are by the clock of the node that leads. Where a node begins to lead whose own clock is minutes apart from that, calls
//! that go on would be minutes longer or shorter, and what waits for a time would be there at once, or stand still. So that node goes on from
//! the time that it was told, and comes back to its own clock slowly.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::board::{SET_BACK, Timestamp};
use crate::host;

/// Tells the time that events carry.
pub type Clock = fn() -> Timestamp;

/// Clocks that are apart by less, in milliseconds, count as one: it takes some time to tell each other what they show.
const NEAR: u64 = 2_000;

/// How slowly a time that is apart from the node's own clock comes back to it: by one part in so many of what passes, which is 36 seconds
/// an hour. Nobody sees that a call is one hundredth longer.
const COMES_BACK: u64 = 100;

/// How far the time that is told is ahead of the system's clock. A process is one node, and the system's clock is one for all of it.
static KEPT: Mutex<Option<Ahead>> = Mutex::new(None);

/// By how much a time is ahead of a clock, in milliseconds, less and less.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    by: i64,
    since: Instant,
}

impl Ahead {
    fn at(self, now: Instant) -> i64 {
        let passed = now.saturating_duration_since(self.since).as_millis();
        let back = i64::try_from(passed / u128::from(COMES_BACK)).unwrap_or(i64::MAX);
        match self.by {
            ..0 => self.by.saturating_add(back).min(0),
            0.. => self.by.saturating_sub(back).max(0),
        }
    }

    /// What makes a clock go on from `told`; none where both are near enough, or so far apart that one of them was never set.
    fn between(clock: Timestamp, told: Timestamp, since: Instant) -> Option<Self> {
        let apart = told.0.abs_diff(clock.0);
        let by = i64::try_from(apart).ok()?;
        (NEAR..=SET_BACK).contains(&apart).then_some(Self {
            by: if told < clock { -by } else { by },
            since,
        })
    }
}

fn unkept() -> Timestamp {
    Timestamp(host::now())
}

/// The system's clock; on a node that goes on from the time of another one, that time.
#[must_use]
pub fn system_clock() -> Timestamp {
    // Nothing that happens under the lock can leave it half changed.
    let kept = *KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let ahead = kept.map_or(0, |ahead| ahead.at(Instant::now()));
    Timestamp(unkept().0.saturating_add_signed(ahead))
}

/// This node leads from now on, and was told by the one before that it is this time now.
pub(super) fn go_on_from(told: Timestamp) {
    let ahead = Ahead::between(unkept(), told, Instant::now());
    if let Some(ahead) = ahead {
        tracing::warn!(
            "this node's clock is {} s {} that of the node that led before, whose time it goes on from: set the clocks of the cluster's \
             machines by NTP",
            ahead.by.unsigned_abs() / 1000,
            if ahead.by > 0 { "behind" } else { "ahead of" },
        );
    }
    *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = ahead;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOON: u64 = 1_790_000_000_000;

    fn between(told: u64) -> Option<Ahead> {
        Ahead::between(Timestamp(NOON), Timestamp(told), Instant::now())
    }

    #[test]
    fn a_time_that_is_apart_comes_back_by_a_hundredth_and_no_further() {
        for sign in [1, -1] {
            let by = sign * 300_000;
            let ahead = between(NOON.saturating_add_signed(by)).expect("apart");
            let after = |seconds| ahead.at(ahead.since + Duration::from_secs(seconds));
            assert_eq!(after(0), by);
            assert_eq!(after(100), by - sign * 1_000);
            assert_eq!(after(30_000), 0);
            assert_eq!(after(40_000), 0);
        }
    }

    #[test]
    fn clocks_that_are_near_or_were_never_set_are_left_alone() {
        for told in [
            NOON,
            NOON + NEAR - 1,
            NOON - NEAR + 1,
            NOON + SET_BACK + 1,
            NOON - SET_BACK - 1,
            0,
            u64::MAX,
        ] {
            assert!(between(told).is_none(), "{told}");
        }
        assert!(between(NOON + SET_BACK).is_some());
    }
}
