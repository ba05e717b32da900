//! Durations, times of day and dates in sentences.

use std::time::Duration;

use mattermost_plugin::model::calendar::civil;

use super::Language;
use super::texts::units;
use crate::board::Timestamp;

/// Seconds of a day.
const DAY: i64 = 86_400;

impl Language {
    /// "2 min 3 s", in whole seconds; from an hour on "1 h 5 min". The units' signs are those of all three languages.
    #[must_use]
    pub fn duration(self, duration: Duration) -> String {
        let seconds = duration.as_secs();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match (hours, minutes, seconds) {
            (0, 0, 0) => units::less_than_a_second(self),
            (0, 0, _) => format!("{seconds} s"),
            (0, _, _) => format!("{minutes} min {seconds} s"),
            _ => format!("{hours} h {minutes} min"),
        }
    }

    /// "14:05", of 24 hours, where clocks are `offset` seconds ahead of UTC.
    #[must_use]
    pub fn time_of_day(self, at: Timestamp, offset: i32) -> String {
        let seconds = local(at, offset).rem_euclid(DAY);
        format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
    }

    /// "23 June", and with its year where that is not the year of `now`.
    #[must_use]
    pub fn date(self, at: Timestamp, now: Timestamp, offset: i32) -> String {
        let of = |at| civil(local(at, offset).div_euclid(DAY));
        let ((year, month, day), (this_year, _, _)) = (of(at), of(now));
        let months = units::months(self);
        let month = months.split(' ').nth(month.saturating_sub(1) as usize);
        let month = month.unwrap_or_default();
        let date = match day {
            1 => units::first_of(self, month),
            day => units::day_of(self, day, month),
        };
        if year == this_year {
            date
        } else {
            format!("{date} {year}")
        }
    }

    /// When something was, in words that go behind a verb: "at 14:05", "yesterday at 14:05", "on 23 June at 14:05".
    #[must_use]
    pub fn when(self, at: Timestamp, now: Timestamp, offset: i32) -> String {
        let time = self.time_of_day(at, offset);
        let day = |at| local(at, offset).div_euclid(DAY);
        match day(now) - day(at) {
            0 => units::at(self, time),
            1 => units::yesterday_at(self, time),
            _ => units::on_at(self, self.date(at, now, offset), time),
        }
    }

    /// Up to when something lasts: "until 14:05", "until tomorrow at 14:05", "until 23 June at 14:05".
    #[must_use]
    pub fn until(self, at: Timestamp, now: Timestamp, offset: i32) -> String {
        let time = self.time_of_day(at, offset);
        let day = |at| local(at, offset).div_euclid(DAY);
        match day(at) - day(now) {
            0 => units::until(self, time),
            1 => units::until_tomorrow_at(self, time),
            _ => units::until_on_at(self, self.date(at, now, offset), time),
        }
    }
}

/// Seconds since 1970-01-01 as clocks there show them.
fn local(at: Timestamp, offset: i32) -> i64 {
    // Milliseconds in 64 bits are no more than 2^55 seconds.
    (at.0 / 1000) as i64 + i64::from(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-06-23 12:05:09 UTC.
    const NOW: Timestamp = Timestamp(1_782_216_309_000);

    const HOUR: u64 = 3_600_000;

    #[test]
    fn durations_are_short() {
        for (seconds, expected) in [
            (1, "1 s"),
            (45, "45 s"),
            (123, "2 min 3 s"),
            (3600, "1 h 0 min"),
            (7385, "2 h 3 min"),
            (u64::MAX, "5124095576030431 h 0 min"),
        ] {
            for language in Language::ALL {
                let text = language.duration(Duration::from_secs(seconds));
                assert_eq!(text, expected);
            }
        }
        let nothing = Language::ALL.map(|language| language.duration(Duration::from_millis(999)));
        assert_eq!(
            nothing,
            [
                "less than a second",
                "weniger als eine Sekunde",
                "moins d’une seconde"
            ]
        );
    }

    #[test]
    fn clocks_differ_by_their_offset() {
        let time = |offset| Language::English.time_of_day(NOW, offset);
        assert_eq!(time(0), "12:05");
        assert_eq!(time(7200), "14:05");
        assert_eq!(time(-12 * 3600 - 6 * 60), "23:59");
        assert_eq!(Language::German.time_of_day(Timestamp(0), -60), "23:59");
    }

    #[test]
    fn a_moment_is_told_by_what_differs_from_now() {
        let ago = |hours: u64| Timestamp(NOW.0 - hours * HOUR);
        for (at, expected) in [
            (ago(0), ["at 14:05", "um 14:05 Uhr", "à 14:05"]),
            (ago(14), ["at 00:05", "um 00:05 Uhr", "à 00:05"]),
            (
                ago(15),
                ["yesterday at 23:05", "gestern um 23:05 Uhr", "hier à 23:05"],
            ),
            (
                ago(22 * 24),
                [
                    "on 1 June at 14:05",
                    "am 1. Juni um 14:05 Uhr",
                    "le 1er juin à 14:05",
                ],
            ),
            (
                ago(113 * 24),
                [
                    "on 2 March at 14:05",
                    "am 2. März um 14:05 Uhr",
                    "le 2 mars à 14:05",
                ],
            ),
            (
                ago(174 * 24),
                [
                    "on 31 December 2025 at 14:05",
                    "am 31. Dezember 2025 um 14:05 Uhr",
                    "le 31 décembre 2025 à 14:05",
                ],
            ),
            // Of a moment that is to come.
            (
                Timestamp(NOW.0 + 24 * HOUR),
                [
                    "on 24 June at 14:05",
                    "am 24. Juni um 14:05 Uhr",
                    "le 24 juin à 14:05",
                ],
            ),
        ] {
            let told = Language::ALL.map(|language| language.when(at, NOW, 7200));
            assert_eq!(told, expected);
        }
        for language in Language::ALL {
            let _ = language.when(Timestamp(u64::MAX), Timestamp(0), i32::MIN);
        }
    }

    #[test]
    fn an_end_is_told_by_what_differs_from_now() {
        let told = |hours| {
            let at = NOW.after(hours * HOUR);
            Language::ALL.map(|language| language.until(at, NOW, 7200))
        };
        assert_eq!(told(9), ["until 23:05", "bis 23:05 Uhr", "jusqu’à 23:05"]);
        assert_eq!(
            told(10),
            [
                "until tomorrow at 00:05",
                "bis morgen um 00:05 Uhr",
                "jusqu’à demain à 00:05"
            ]
        );
        assert_eq!(
            told(8 * 24),
            [
                "until 1 July at 14:05",
                "bis zum 1. Juli um 14:05 Uhr",
                "jusqu’au 1er juillet à 14:05"
            ]
        );
    }

    #[test]
    fn a_year_has_twelve_months() {
        for language in Language::ALL {
            assert_eq!(units::months(language).split(' ').count(), 12);
        }
    }
}
