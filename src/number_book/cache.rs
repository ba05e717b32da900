//! What was told of numbers, for a while.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::board::Name;

/// How many numbers are kept. For one more the oldest goes.
pub const MAX_KEPT: usize = 10_000;

/// How long a name is believed: an hour.
pub const KNOWN_LASTS: Duration = Duration::from_secs(60 * 60);

/// How long it is believed that nobody knows a number: ten minutes. Someone may have been entered after their first call.
pub const UNKNOWN_LASTS: Duration = Duration::from_secs(10 * 60);

/// How long a number is left alone for which the service failed: a minute.
pub const FAILED_LASTS: Duration = Duration::from_secs(60);

/// What is known of numbers, by the form in which they are asked for.
#[derive(Debug, Default)]
pub(super) struct Cache {
    names: HashMap<Box<str>, Kept>,
    /// In the order in which they were put there; some may have been put there anew since.
    order: VecDeque<(Box<str>, Instant)>,
}

#[derive(Debug)]
struct Kept {
    name: Option<Name>,
    since: Instant,
    until: Instant,
}

impl Cache {
    /// What is known of a number; an inner nothing where it is known to have no name.
    #[expect(clippy::option_option, reason = "both are nothing, of different kinds")]
    pub(super) fn get(&self, number: &str, now: Instant) -> Option<Option<&Name>> {
        let kept = self.names.get(number).filter(|kept| now < kept.until)?;
        Some(kept.name.as_ref())
    }

    pub(super) fn put(&mut self, number: &str, name: Option<Name>, now: Instant, lasts: Duration) {
        let kept = Kept {
            name,
            since: now,
            until: now + lasts,
        };
        self.names.insert(number.into(), kept);
        self.order.push_back((number.into(), now));
        while self.order.len() > MAX_KEPT {
            let Some((oldest, since)) = self.order.pop_front() else {
                break;
            };
            if self
                .names
                .get(&oldest)
                .is_some_and(|kept| kept.since == since)
            {
                self.names.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_ends_and_is_bounded() {
        let now = Instant::now();
        let mut cache = Cache::default();
        cache.put("1", Some(Name::from("Bob")), now, KNOWN_LASTS);
        cache.put("2", None, now, UNKNOWN_LASTS);
        let get = |cache: &Cache, number, after: Duration| {
            let got = cache.get(number, now + after);
            got.map(|name| name.map(|name| name.to_string()))
        };
        let bob = Some(Some("Bob".to_owned()));
        assert_eq!(get(&cache, "1", Duration::ZERO), bob);
        assert_eq!(get(&cache, "1", KNOWN_LASTS - Duration::from_secs(1)), bob);
        assert_eq!(get(&cache, "1", KNOWN_LASTS), None);
        assert_eq!(get(&cache, "2", Duration::ZERO), Some(None));
        assert_eq!(get(&cache, "2", UNKNOWN_LASTS), None);
        assert_eq!(get(&cache, "3", Duration::ZERO), None);

        let later = now + Duration::from_secs(1);
        cache.put("1", Some(Name::from("Bob")), later, KNOWN_LASTS);
        for n in 0..MAX_KEPT - 1 {
            cache.put(&format!("n{n}"), None, later, UNKNOWN_LASTS);
        }
        // The first "1" and the "2" went; the newer "1" is there.
        assert_eq!(get(&cache, "1", Duration::from_secs(1)), bob);
        assert_eq!(get(&cache, "2", Duration::ZERO), None);
        for n in 0..3 * MAX_KEPT {
            cache.put(&format!("m{}", n % 7), None, later, UNKNOWN_LASTS);
        }
        assert!(cache.names.len() <= MAX_KEPT && cache.order.len() <= MAX_KEPT);
    }
}
