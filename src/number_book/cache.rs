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
    numbers: HashMap<Box<str>, Kept>,
    /// How many of them are asked for.
    asked: usize,
    /// Those of which something was told, in that order; of some something was told anew since.
    order: VecDeque<(Box<str>, Instant)>,
}

#[derive(Debug)]
struct Kept {
    /// Nothing while it is asked for; an inner nothing if it has no name.
    told: Option<Option<Name>>,
    since: Instant,
    until: Instant,
}

/// What is known of a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known<'a> {
    /// It is asked for.
    Asked,
    /// It has this name, or none.
    Name(Option<&'a Name>),
    /// Nothing.
    Nothing,
}

impl Cache {
    pub(super) fn get(&self, number: &str, now: Instant) -> Known<'_> {
        match self.numbers.get(number) {
            Some(Kept { told: None, .. }) => Known::Asked,
            Some(Kept {
                told: Some(name),
                until,
                ..
            }) if now < *until => Known::Name(name.as_ref()),
            _ => Known::Nothing,
        }
    }

    /// How many numbers are asked for.
    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    /// A number of which nothing is known is asked for from now on.
    pub(super) fn ask(&mut self, number: &str, now: Instant) {
        let kept = Kept {
            told: None,
            since: now,
            until: now,
        };
        self.put(number, kept);
    }

    /// A number is not asked for after all.
    pub(super) fn give_up(&mut self, number: &str) {
        let before = self.numbers.remove(number);
        self.asked -= usize::from(before.is_some_and(|kept| kept.told.is_none()));
    }

    /// What was told of a number, and for how long it is believed.
    pub(super) fn tell(&mut self, number: &str, name: Option<Name>, now: Instant, lasts: Duration) {
        let kept = Kept {
            told: Some(name),
            since: now,
            until: now + lasts,
        };
        self.put(number, kept);
        self.order.push_back((number.into(), now));
        while self.order.len() > MAX_KEPT {
            let Some((oldest, since)) = self.order.pop_front() else {
                break;
            };
            let kept = self.numbers.get(&oldest);
            if kept.is_some_and(|kept| kept.since == since && kept.told.is_some()) {
                self.numbers.remove(&oldest);
            }
        }
    }

    fn put(&mut self, number: &str, kept: Kept) {
        self.asked += usize::from(kept.told.is_none());
        let before = self.numbers.insert(number.into(), kept);
        self.asked -= usize::from(before.is_some_and(|kept| kept.told.is_none()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_ends_and_is_bounded() {
        let now = Instant::now();
        let bob = Name::from("Bob");
        let mut cache = Cache::default();
        cache.tell("1", Some(bob.clone()), now, KNOWN_LASTS);
        cache.tell("2", None, now, UNKNOWN_LASTS);
        let second = Duration::from_secs(1);
        assert_eq!(cache.get("1", now), Known::Name(Some(&bob)));
        assert_eq!(
            cache.get("1", now + KNOWN_LASTS - second),
            Known::Name(Some(&bob))
        );
        assert_eq!(cache.get("1", now + KNOWN_LASTS), Known::Nothing);
        assert_eq!(cache.get("2", now), Known::Name(None));
        assert_eq!(cache.get("2", now + UNKNOWN_LASTS), Known::Nothing);
        assert_eq!(cache.get("3", now), Known::Nothing);

        let later = now + second;
        cache.tell("1", Some(bob.clone()), later, KNOWN_LASTS);
        for n in 0..MAX_KEPT - 1 {
            cache.tell(&format!("n{n}"), None, later, UNKNOWN_LASTS);
        }
        // The first "1" and the "2" went; the newer "1" is there.
        assert_eq!(cache.get("1", later), Known::Name(Some(&bob)));
        assert_eq!(cache.get("2", later), Known::Nothing);
        for n in 0..3 * MAX_KEPT {
            cache.tell(&format!("m{}", n % 7), None, later, UNKNOWN_LASTS);
        }
        assert!(cache.numbers.len() <= MAX_KEPT && cache.order.len() <= MAX_KEPT);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_for_stays_until_it_is_told_or_given_up() {
        let now = Instant::now();
        let mut cache = Cache::default();
        cache.tell("1", None, now, UNKNOWN_LASTS);
        for number in ["1", "2", "3"] {
            cache.ask(number, now);
        }
        assert_eq!(cache.asked(), 3);
        for n in 0..2 * MAX_KEPT {
            cache.tell(&format!("n{n}"), None, now, UNKNOWN_LASTS);
        }
        assert_eq!(cache.get("1", now + KNOWN_LASTS), Known::Asked);
        cache.tell("2", None, now, UNKNOWN_LASTS);
        cache.give_up("3");
        cache.give_up("3");
        assert_eq!(cache.asked(), 1);
        assert_eq!(cache.get("2", now), Known::Name(None));
        assert_eq!(cache.get("3", now), Known::Nothing);
    }
}
