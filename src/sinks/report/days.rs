//! When the day's report is due, by the clocks of a time zone.

use std::sync::Arc;

use crate::board::Timestamp;
use crate::time_zone::TimeZones;

/// Seconds of a day, unless clocks change.
const DAY: i64 = 86_400;

/// The clocks of a zone; those of UTC where the system does not know it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clocks<'a> {
    pub(super) zones: &'a TimeZones,
    pub(super) zone: &'a Arc<str>,
}

impl Clocks<'_> {
    /// By how many seconds they are ahead of UTC.
    pub(super) fn offset(&self, at: Timestamp) -> i32 {
        self.zones.offset(self.zone, at).unwrap_or(0)
    }

    /// What they show, in seconds since 1970-01-01.
    fn local(&self, at: Timestamp) -> i64 {
        // Milliseconds in 64 bits are no more than 2^55 seconds.
        (at.0 / 1000) as i64 + i64::from(self.offset(at))
    }

    /// The day, counted from 1970-01-01.
    pub(super) fn day(&self, at: Timestamp) -> i64 {
        self.local(at).div_euclid(DAY)
    }

    /// The hour of the day.
    pub(super) fn hour(&self, at: Timestamp) -> usize {
        (self.local(at).rem_euclid(DAY) / 3600) as usize
    }

    /// When they show so many minutes after midnight on a day. A time that they skip is as long after the change as it would be after
    /// the last moment before it; of one that they show twice it is one of both, always the same.
    pub(super) fn at(&self, day: i64, minutes: u16) -> Timestamp {
        let local = day * DAY + i64::from(minutes) * 60;
        let stamp = |seconds: i64| Timestamp(u64::try_from(seconds).unwrap_or(0) * 1000);
        let guess = stamp(local - i64::from(self.offset(stamp(local))));
        stamp(local - i64::from(self.offset(guess)))
    }

    /// When they show that next after a moment.
    pub(super) fn next(&self, after: Timestamp, minutes: u16) -> Timestamp {
        let today = self.day(after);
        let days = (today..=today + 2).map(|day| self.at(day, minutes));
        let mut later = days.filter(|at| *at > after);
        later
            .next()
            .unwrap_or_else(|| after.after(DAY as u64 * 1000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours since 2026-03-28 00:00 UTC, the day before clocks change in Europe.
    fn hours(hours: i64) -> Timestamp {
        Timestamp((1_774_656_000_000 + hours * 3_600_000) as u64)
    }

    #[test]
    fn a_day_has_one_such_time_also_where_clocks_change() {
        let zones = TimeZones::default();
        let zone: Arc<str> = "Europe/Berlin".into();
        let clocks = Clocks {
            zones: &zones,
            zone: &zone,
        };
        if zones.offset(&zone, hours(0)).is_none() {
            // A system without rules has UTC.
            assert_eq!(clocks.next(hours(0), 18 * 60), hours(18));
            return;
        }
        // On the 28th it is 17:00 UTC, on the 29th and later 16:00 UTC.
        assert_eq!(clocks.next(hours(0), 18 * 60), hours(17));
        assert_eq!(clocks.next(hours(17), 18 * 60), hours(24 + 16));
        assert_eq!(clocks.next(hours(24 + 16), 18 * 60), hours(48 + 16));
        // 02:30 on the 29th is skipped, and is there once all the same.
        let mut at = hours(0);
        for day in 0..4 {
            at = clocks.next(at, 150);
            assert_eq!(clocks.day(at) - clocks.day(hours(0)), day);
        }
        // Clocks are put back on 2026-10-25: 02:30 is there twice, and counts once.
        let mut at = hours(210 * 24);
        for day in 0..4 {
            at = clocks.next(at, 150);
            assert_eq!(clocks.day(at) - clocks.day(hours(210 * 24)), day);
        }
        assert_eq!(clocks.hour(hours(0)), 1);
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        let zones = TimeZones::default();
        let zone: Arc<str> = "No/Where".into();
        let clocks = Clocks {
            zones: &zones,
            zone: &zone,
        };
        assert_eq!(clocks.next(hours(18), 18 * 60), hours(42));
        assert_eq!(clocks.next(hours(17), 18 * 60), hours(18));
        assert_eq!(clocks.next(hours(0), 0), hours(24));
    }
}
