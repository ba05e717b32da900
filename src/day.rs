//! When days begin: at the midnight of a time zone, whatever its clocks do there.

use std::sync::Arc;

use crate::board::Timestamp;
use crate::time_zone::TimeZones;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// Clocks are changed once within so many seconds at most.
const STEP: i64 = 15 * 60;

/// When the day began that it is in that zone at `now`: the first moment at which clocks there showed its date. Empty, or a zone that the
/// system does not know, is UTC.
///
/// A day may be shorter or longer than 24 hours, may begin at another time than 0:00 where clocks are put forward over midnight, and
/// where they are put back over it, it has begun once clocks showed its date first. So it never begins again.
#[must_use]
pub fn day_began(zones: &TimeZones, zone: &Arc<str>, now: Timestamp) -> Timestamp {
    let clocks = Clocks { zones, zone };
    let now = seconds(now);
    let today = clocks.local(now).div_euclid(DAY);
    // Clocks that were put back over midnight show the day before once more.
    let tomorrow = clocks.reach(today + 1);
    let began = if tomorrow <= now {
        tomorrow
    } else {
        clocks.reach(today)
    };
    Timestamp(
        u64::try_from(began)
            .unwrap_or_default()
            .saturating_mul(1000),
    )
}

/// When the day after the one that it is in that zone at `now` begins.
#[must_use]
pub fn next_day(zones: &TimeZones, zone: &Arc<str>, now: Timestamp) -> Timestamp {
    let clocks = Clocks { zones, zone };
    let now = seconds(now);
    let mut day = clocks.local(now).div_euclid(DAY) + 1;
    // No further than a day that is left out.
    while clocks.reach(day) <= now {
        day += 1;
    }
    let begins = clocks.reach(day);
    Timestamp(
        u64::try_from(begins)
            .unwrap_or_default()
            .saturating_mul(1000),
    )
}

/// Seconds since 1970; a clock beyond what calendars know stands still.
fn seconds(at: Timestamp) -> i64 {
    /// The year 9999, in seconds.
    const END: u64 = 253_402_300_799;
    (at.0 / 1000).min(END) as i64
}

struct Clocks<'a> {
    zones: &'a TimeZones,
    zone: &'a Arc<str>,
}

impl Clocks<'_> {
    fn offset(&self, at: i64) -> i64 {
        let at = Timestamp(u64::try_from(at).unwrap_or_default() * 1000);
        self.zones.offset(self.zone, at).unwrap_or_default().into()
    }

    fn local(&self, at: i64) -> i64 {
        at + self.offset(at)
    }

    /// The first moment at which clocks show that day, counted from 1970-01-01, or a later one.
    fn reach(&self, day: i64) -> i64 {
        let midnight = day * DAY;
        // Clocks are no more than a day from UTC, and were never put by more than a day.
        let mut at = midnight - 2 * DAY;
        let mut offset = self.offset(at);
        while at + offset < midnight {
            let next = (midnight - offset).min(at + STEP);
            let then = self.offset(next);
            if then == offset {
                at = next;
                continue;
            }
            // They change within this step: behind its first moment, and at its last one at the latest.
            let (mut before, mut after) = (at, next);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if self.offset(middle) == offset {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            (at, offset) = (after, self.offset(after));
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use mattermost_plugin::model::calendar::rfc3339;
    use proptest::prelude::*;

    use super::*;

    static ZONES: LazyLock<TimeZones> = LazyLock::new(TimeZones::default);

    fn at(text: &str) -> Timestamp {
        let time = rfc3339::parse(text).expect("a time");
        Timestamp(u64::try_from(time.unix()).expect("after 1970") * 1000)
    }

    fn began(zone: &str, now: &str) -> Timestamp {
        let known = zone.is_empty() || zone == "No/Where";
        assert!(
            known || ZONES.offset(&zone.into(), Timestamp(0)).is_some(),
            "{zone}: the system's time zones (Debian's tzdata and tzdata-legacy) are needed"
        );
        day_began(&ZONES, &zone.into(), at(now))
    }

    /// Facts from the IANA's time zone database, as `zdump -v` shows them.
    #[test]
    fn days_begin_at_midnight_whatever_clocks_do() {
        for (zone, now, expected) in [
            ("", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"),
            ("", "2026-11-21T23:59:59Z", "2026-11-21T00:00:00Z"),
            ("No/Where", "2026-11-21T23:59:59Z", "2026-11-21T00:00:00Z"),
            // Winter and summer.
            (
                "Europe/Berlin",
                "2026-01-15T12:00:00Z",
                "2026-01-15T00:00:00+01:00",
            ),
            (
                "Europe/Berlin",
                "2026-07-15T22:30:00Z",
                "2026-07-16T00:00:00+02:00",
            ),
            // A day of 23 hours, one of 25, and those behind them.
            (
                "Europe/Berlin",
                "2026-03-29T00:30:00+01:00",
                "2026-03-29T00:00:00+01:00",
            ),
            (
                "Europe/Berlin",
                "2026-03-29T23:59:59+02:00",
                "2026-03-29T00:00:00+01:00",
            ),
            (
                "Europe/Berlin",
                "2026-03-30T00:00:00+02:00",
                "2026-03-30T00:00:00+02:00",
            ),
            (
                "Europe/Berlin",
                "2026-10-25T23:59:59+01:00",
                "2026-10-25T00:00:00+02:00",
            ),
            (
                "Europe/Berlin",
                "2026-10-26T00:00:00+01:00",
                "2026-10-26T00:00:00+01:00",
            ),
            // Half and quarter hours.
            (
                "Asia/Kolkata",
                "2026-05-05T18:29:59Z",
                "2026-05-05T00:00:00+05:30",
            ),
            (
                "Asia/Kolkata",
                "2026-05-05T18:30:00Z",
                "2026-05-06T00:00:00+05:30",
            ),
            (
                "Asia/Kathmandu",
                "2026-05-05T12:00:00Z",
                "2026-05-05T00:00:00+05:45",
            ),
            (
                "Australia/Lord_Howe",
                "2026-04-05T12:00:00+10:30",
                "2026-04-05T00:00:00+11:00",
            ),
            // Far from UTC.
            (
                "Pacific/Kiritimati",
                "2026-05-05T09:59:59Z",
                "2026-05-05T00:00:00+14:00",
            ),
            (
                "Pacific/Pago_Pago",
                "2026-05-05T10:59:59Z",
                "2026-05-04T00:00:00-11:00",
            ),
            // Midnights that were not: clocks went from 0:00 to 1:00.
            (
                "America/Sao_Paulo",
                "2018-11-04T12:00:00-02:00",
                "2018-11-04T01:00:00-02:00",
            ),
            (
                "Asia/Beirut",
                "2022-03-27T12:00:00+03:00",
                "2022-03-27T01:00:00+03:00",
            ),
            // Clocks went from 24:00 back to 23:00: the next day had not begun.
            (
                "America/Sao_Paulo",
                "2018-02-17T23:30:00-03:00",
                "2018-02-17T00:00:00-02:00",
            ),
            (
                "America/Sao_Paulo",
                "2018-02-18T00:00:00-03:00",
                "2018-02-18T00:00:00-03:00",
            ),
            // Clocks went from 0:01 back to 23:01: it had, and does not begin again.
            (
                "America/St_Johns",
                "2010-11-07T00:00:30-02:30",
                "2010-11-07T00:00:00-02:30",
            ),
            (
                "America/St_Johns",
                "2010-11-06T23:30:00-03:30",
                "2010-11-07T00:00:00-02:30",
            ),
            (
                "America/St_Johns",
                "2010-11-07T12:00:00-03:30",
                "2010-11-07T00:00:00-02:30",
            ),
            // A day that was left out.
            (
                "Pacific/Apia",
                "2011-12-31T12:00:00+14:00",
                "2011-12-31T00:00:00+14:00",
            ),
            (
                "Pacific/Apia",
                "2011-12-29T23:59:59-10:00",
                "2011-12-29T00:00:00-10:00",
            ),
        ] {
            assert_eq!(began(zone, now), at(expected), "{zone} at {now}");
        }
    }

    #[test]
    fn the_next_day_is_the_next_one() {
        for (zone, now, expected) in [
            ("", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
            (
                "Europe/Berlin",
                "2026-03-28T23:59:59+01:00",
                "2026-03-29T00:00:00+01:00",
            ),
            (
                "Europe/Berlin",
                "2026-03-29T12:00:00+02:00",
                "2026-03-30T00:00:00+02:00",
            ),
            (
                "Asia/Beirut",
                "2022-03-26T23:00:00+02:00",
                "2022-03-27T01:00:00+03:00",
            ),
            (
                "America/St_Johns",
                "2010-11-06T23:30:00-03:30",
                "2010-11-08T00:00:00-03:30",
            ),
            (
                "Pacific/Apia",
                "2011-12-29T12:00:00-10:00",
                "2011-12-31T00:00:00+14:00",
            ),
        ] {
            let next = next_day(&ZONES, &zone.into(), at(now));
            assert_eq!(next, at(expected), "{zone} at {now}");
        }
    }

    proptest! {
        #[test]
        fn days_follow_one_another(
            zone in prop::sample::select(vec!["", "Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca"]),
            seconds in 0i64..2_500_000_000,
            later in 0u64..200_000_000,
        ) {
            let zone: Arc<str> = zone.into();
            let now = Timestamp(seconds as u64 * 1000);
            let (began, next) = (day_began(&ZONES, &zone, now), next_day(&ZONES, &zone, now));
            // What began before 1970 began with it.
            prop_assert!(began <= now && now < next);
            prop_assert_eq!(day_began(&ZONES, &zone, next), next);
            prop_assert_eq!(day_began(&ZONES, &zone, Timestamp(next.0 - 1)), began);
            let after = Timestamp(now.0 + later);
            prop_assert!(day_began(&ZONES, &zone, after) >= began);
        }

        #[test]
        fn any_time_has_a_day(millis in any::<u64>()) {
            let zone: Arc<str> = "Europe/Berlin".into();
            prop_assert!(day_began(&ZONES, &zone, Timestamp(millis)) <= Timestamp(millis));
        }
    }
}
