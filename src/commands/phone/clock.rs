//! Points in time as whoever asks reads and types them.

use std::time::Duration;

use crate::app::App;
use crate::board::Timestamp;
use crate::host::{Host, Person};
use crate::language::Language;
use crate::language::texts::units;

/// What clocks show where somebody is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    language: Language,
    /// By how many seconds they are ahead of UTC; nothing where that is not known.
    offset: Option<i32>,
    now: Timestamp,
}

const DAY: i64 = 24 * 3600;

impl Clock {
    pub(super) fn of<H: Host>(app: &App<H>, person: &Person) -> Self {
        let now = app.now();
        Self {
            language: person.language,
            offset: app.zones().offset(&person.time_zone, now),
            now,
        }
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    /// "until 14:05", with the date where that is another day.
    pub(super) fn shown(&self, at: Timestamp) -> String {
        let until = |offset| self.language.until(at, self.now, offset);
        match self.offset {
            Some(offset) => until(offset),
            None => units::in_utc(self.language, until(0)),
        }
    }

    /// How long it is until clocks show that time of day the next time; nothing where it is not known what they show. `offset` tells by
    /// how much they are ahead of UTC at a moment, which may be another one by then.
    pub(super) fn until(
        &self,
        hour: u8,
        minute: u8,
        offset: impl Fn(Timestamp) -> Option<i32>,
    ) -> Option<Duration> {
        let now = self.offset?;
        let at = i64::from(hour) * 3600 + i64::from(minute) * 60;
        // A whole day at the very minute, and never nothing.
        let wait = (at - local(self.now, now) - 1).rem_euclid(DAY) + 1;
        let then = offset(self.now.after(wait.unsigned_abs() * 1000)).unwrap_or(now);
        let wait = wait + i64::from(now) - i64::from(then);
        let wait = if wait > 0 { wait } else { wait + DAY };
        Some(Duration::from_secs(wait.unsigned_abs()))
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

    fn clock(offset: Option<i32>) -> Clock {
        Clock {
            language: Language::English,
            offset,
            now: NOW,
        }
    }

    #[test]
    fn another_day_is_told() {
        let at = |hours: u64| NOW.after(hours * 3_600_000);
        assert_eq!(clock(Some(7200)).shown(at(1)), "until 15:05");
        let tomorrow = clock(Some(7200)).shown(at(10));
        assert_eq!(tomorrow, "until tomorrow at 00:05");
        assert_eq!(clock(None).shown(at(9)), "until 21:05 (UTC)");
    }

    #[test]
    fn a_time_of_day_comes_within_a_day() {
        let minutes = |hour, minute| {
            let until = clock(Some(7200)).until(hour, minute, |_| Some(7200));
            until.map(|until| until.as_secs())
        };
        assert_eq!(minutes(14, 6), Some(51));
        assert_eq!(minutes(15, 5), Some(3591));
        assert_eq!(minutes(14, 5), Some(86_400 - 9));
        assert_eq!(minutes(0, 0), Some(9 * 3600 + 54 * 60 + 51));
        assert_eq!(clock(None).until(14, 0, |_| None), None);
        let exact = Clock {
            now: Timestamp(1_782_216_300_000),
            ..clock(Some(0))
        };
        let day = Some(Duration::from_secs(86_400));
        assert_eq!(exact.until(12, 5, |_| Some(0)), day);
        // Clocks are put back meanwhile, or forward.
        let hours = |later| {
            let until = exact.until(15, 5, |_| Some(later));
            until.map(|until| until.as_secs() / 3600)
        };
        assert_eq!((hours(-3600), hours(3600)), (Some(4), Some(2)));
    }
}
