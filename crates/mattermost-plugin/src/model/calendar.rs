//! Days and dates, and times as text.

/// Days from the first of March of the year 0 to 1970-01-01.
const EPOCH: i64 = 719_468;
const DAYS_OF_ERA: i64 = 146_097;

/// Year, month (from 1) and day (from 1) of the Gregorian calendar, from days since 1970-01-01.
///
/// Counted in eras of 400 years that begin on the first of March, so that the leap day is the
/// last of its year (Howard Hinnant, "chrono-compatible low-level date algorithms").
#[must_use]
pub fn civil(days: i64) -> (i64, u32, u32) {
    let days = days + EPOCH;
    let era = days.div_euclid(DAYS_OF_ERA);
    let day_of_era = days.rem_euclid(DAYS_OF_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = (if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    }) as u32;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// Days since 1970-01-01, the other way round. Month and day must be in range.
pub(crate) fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_OF_ERA + day_of_era - EPOCH
}

/// Times as text: RFC 3339, which is also Go's `time.Time` in JSON.
///
/// ```
/// use mattermost_plugin::{gob::Time, model::calendar::rfc3339};
///
/// let time = rfc3339::parse("2026-11-21T03:40:00.5+01:00").unwrap();
/// assert_eq!((time.unix(), time.nanos(), time.offset()), (1_795_228_800, 500_000_000, Some(3600)));
/// let utc = Time::from_unix(time.unix(), 0);
/// assert_eq!(rfc3339::format(utc).as_deref(), Some("2026-11-21T02:40:00Z"));
/// ```
pub mod rfc3339 {
    use gob::Time;
    use serde::{Deserialize, Deserializer, Serializer, de, ser};

    use super::{civil, days};

    pub(crate) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        let text =
            format(*time).ok_or_else(|| ser::Error::custom("the year is not within 0 to 9999"))?;
        serializer.serialize_str(&text)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Time, D::Error> {
        // Text may stand escaped in the JSON, so it cannot always be borrowed.
        let text = Option::<String>::deserialize(deserializer)?;
        match text.as_deref() {
            None | Some("") => Ok(Time::ZERO),
            Some(text) => parse(text)
                .ok_or_else(|| de::Error::custom("expected a time as in 2026-11-21T02:40:00Z")),
        }
    }

    /// The time in its own zone; `None` for years that RFC 3339 cannot write.
    #[must_use]
    pub fn format(time: Time) -> Option<String> {
        let offset = i64::from(time.offset().unwrap_or(0));
        let local = time.unix().checked_add(offset)?;
        let (date, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        // Keeps the calendar's own arithmetic far from its limits.
        if date.unsigned_abs() > 4_000_000 {
            return None;
        }
        let (year, month, day) = civil(date);
        if !(0..=9999).contains(&year) {
            return None;
        }
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if time.nanos() != 0 {
            let nanos = format!(".{:09}", time.nanos());
            text.push_str(nanos.trim_end_matches('0'));
        }
        match time.offset() {
            None | Some(0) => text.push('Z'),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.unsigned_abs() / 60;
                text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            }
        }
        Some(text)
    }

    /// Reads what [`format()`] and every other RFC 3339 writer writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Time> {
        let bytes = text.as_bytes();
        let (head, rest) = bytes.split_at_checked(19)?;
        let number = |range: std::ops::Range<usize>| digits(&head[range]);
        let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
        let well_formed = separators
            .iter()
            .all(|&(at, expected)| head[at] == expected)
            && matches!(head[10], b'T' | b't' | b' ');
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let date = days(i64::from(year), month, day);
        // A date that does not exist comes back as another.
        let exists = (1..=12).contains(&month) && civil(date) == (i64::from(year), month, day);
        if !well_formed || !exists || hour > 23 || minute > 59 || second > 59 {
            return None;
        }

        let (nanos, zone) = fraction(rest)?;
        let offset = match zone {
            b"Z" | b"z" => None,
            [sign @ (b'+' | b'-'), zone @ ..] => {
                let [h1, h2, b':', m1, m2] = zone else {
                    return None;
                };
                let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let east = (hours * 3600 + minutes * 60) as i32;
                Some(if *sign == b'-' { -east } else { east })
            }
            _ => return None,
        };
        let seconds = date * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
        let time = Time::from_unix(seconds - i64::from(offset.unwrap_or(0)), nanos);
        Some(offset.map_or(time, |offset| time.with_offset(offset)))
    }

    /// Nanoseconds of a fraction, if there is one, and what follows it. Digits beyond the ninth
    /// are dropped, as Go does.
    fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
        let [b'.', rest @ ..] = bytes else {
            return Some((0, bytes));
        };
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            return None;
        }
        let (fraction, rest) = rest.split_at(length);
        let mut nanos = [b'0'; 9];
        let kept = length.min(9);
        nanos[..kept].copy_from_slice(&fraction[..kept]);
        Some((digits(&nanos)?, rest))
    }

    /// A number of at most nine digits.
    fn digits(bytes: &[u8]) -> Option<u32> {
        bytes.iter().try_fold(0, |value, byte| {
            byte.is_ascii_digit()
                .then(|| value * 10 + u32::from(byte - b'0'))
        })
    }
}

#[cfg(test)]
mod tests {
    use gob::Time;

    use super::{civil, days, rfc3339};

    #[test]
    fn every_day_follows_the_one_before() {
        let (first, last) = (days(0, 1, 1), days(10_000, 1, 1));
        let mut expected = (0, 1, 1);
        for day in first..last {
            assert_eq!(civil(day), expected);
            assert_eq!(days(expected.0, expected.1, expected.2), day);
            let (year, month, day) = expected;
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                _ if day == length => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
        assert_eq!(expected, (10_000, 1, 1));
        assert_eq!(civil(0), (1970, 1, 1));
    }

    #[test]
    fn times_of_go_are_read_and_written() {
        // What Go's time.Time.MarshalJSON makes of these moments.
        for (text, time) in [
            ("0001-01-01T00:00:00Z", Time::ZERO),
            ("1970-01-01T00:00:00Z", Time::from_unix(0, 0)),
            ("2026-11-21T02:40:00Z", Time::from_unix(1_795_228_800, 0)),
            (
                "2026-11-21T02:40:00.5Z",
                Time::from_unix(1_795_228_800, 500_000_000),
            ),
            (
                "2026-11-21T02:40:00.000000001Z",
                Time::from_unix(1_795_228_800, 1),
            ),
            (
                "2026-11-21T04:40:00+02:00",
                Time::from_unix(1_795_228_800, 0).with_offset(7200),
            ),
            (
                "2026-11-20T23:10:00-03:30",
                Time::from_unix(1_795_228_800, 0).with_offset(-12_600),
            ),
            (
                "9999-12-31T23:59:59.999999999Z",
                Time::from_unix(253_402_300_799, 999_999_999),
            ),
        ] {
            assert_eq!(rfc3339::parse(text), Some(time), "{text}");
            assert_eq!(rfc3339::format(time).as_deref(), Some(text));
        }
        let long = rfc3339::parse("2026-11-21T02:40:00.1234567899Z").unwrap();
        assert_eq!(long.nanos(), 123_456_789);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026-11-21",
            "2026-11-21T02:40:00",
            "2026-11-21T02:40:00.Z",
            "2026-11-21T02:40:00+0200",
            "2026-11-21T02:40:00+24:00",
            "2026-13-21T02:40:00Z",
            "2026-00-21T02:40:00Z",
            "2026-02-29T02:40:00Z",
            "2026-11-00T02:40:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T02:60:00Z",
            "2026-11-21T02:40:60Z",
            "2026-11-21T02:40:00Zulu",
            "2026-11-21T02:40:0äZ",
            "+026-11-21T02:40:00Z",
        ] {
            assert_eq!(rfc3339::parse(text), None, "{text}");
        }
    }

    #[test]
    fn years_beyond_four_digits_have_no_text() {
        for seconds in [i64::MIN, i64::MAX, 253_402_300_800, -62_167_219_201] {
            assert_eq!(
                rfc3339::format(Time::from_unix(seconds, 0)),
                None,
                "{seconds}"
            );
        }
        let edge = Time::from_unix(253_402_300_799, 0).with_offset(3600);
        assert_eq!(rfc3339::format(edge), None);
    }
}
