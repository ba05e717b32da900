//! The time in hclog's form, `2026-11-21T02:40:00.123456Z`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::calendar::civil;

/// The last moment that four digits can name the year of: 9999-12-31T23:59:59.999999Z.
const LAST: Duration = Duration::from_micros(253_402_300_799_999_999);

/// Appends `time` in UTC with microseconds. A clock outside 1970 to 9999 gives the nearest time
/// within, because the host drops a line whose time it cannot read to the debug level.
///
/// Source: go-hclog, `TimeFormatJSON`; go-plugin, `log_entry.go`, parses exactly this form.
pub(super) fn push(out: &mut Vec<u8>, time: SystemTime) {
    let since = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .min(LAST);
    let seconds = since.as_secs();
    let (year, month, day) = civil((seconds / 86_400) as i64);
    let within = (seconds % 86_400) as u32;
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    digits(&mut text[0..4], year as u32);
    digits(&mut text[5..7], month);
    digits(&mut text[8..10], day);
    digits(&mut text[11..13], within / 3600);
    digits(&mut text[14..16], within / 60 % 60);
    digits(&mut text[17..19], within % 60);
    digits(&mut text[20..26], since.subsec_micros());
    out.extend_from_slice(&text);
}

fn digits(place: &mut [u8], mut value: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(time: SystemTime) -> String {
        let mut out = Vec::new();
        push(&mut out, time);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn known_moments() {
        // Expectations from `date -u -d @<seconds>`.
        for (seconds, micros, expected) in [
            (0, 0, "1970-01-01T00:00:00.000000Z"),
            (68_169_599, 999_999, "1972-02-28T23:59:59.999999Z"),
            (68_169_600, 1, "1972-02-29T00:00:00.000001Z"),
            (951_868_799, 0, "2000-02-29T23:59:59.000000Z"),
            (1_709_251_200, 500_000, "2024-03-01T00:00:00.500000Z"),
            (1_795_228_800, 123_456, "2026-11-21T02:40:00.123456Z"),
            (4_107_542_399, 0, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::new(seconds, micros * 1000);
            assert_eq!(text(time), expected);
        }
    }

    #[test]
    fn a_clock_out_of_range_gives_the_nearest_time() {
        assert_eq!(
            text(UNIX_EPOCH - Duration::from_secs(1)),
            "1970-01-01T00:00:00.000000Z"
        );
        let far = UNIX_EPOCH + Duration::from_secs(1 << 50);
        assert_eq!(text(far), "9999-12-31T23:59:59.999999Z");
    }
}
