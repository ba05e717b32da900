//! Things found by a number, in whichever form it comes.

use std::collections::HashMap;
use std::fmt;

use super::PhoneNumber;
use super::digits::Digits;

/// Things by their number. All numbers that are put in and asked for have been read by the same [`Plan`](super::Plan).
#[derive(Clone)]
pub struct NumberMap<V> {
    /// By the last digits, see [`PhoneNumber::tail`], and by the international form; the latest last.
    found_by: HashMap<Box<str>, Vec<(PhoneNumber, V)>>,
}

impl<V> Default for NumberMap<V> {
    fn default() -> Self {
        Self {
            found_by: HashMap::new(),
        }
    }
}

impl<V: Copy> NumberMap<V> {
    /// Puts something there. It takes the place of what is there under any form of the number.
    pub fn insert(&mut self, number: PhoneNumber, value: V) {
        for key in keys(&number) {
            let all = self.found_by.entry(key.into()).or_default();
            all.retain(|(own, _)| *own != number);
            all.push((number, value));
        }
    }

    /// What is there under a form of the number.
    #[must_use]
    pub fn get(&self, number: &PhoneNumber) -> Option<&V> {
        keys(number).find_map(|key| {
            let all = self.found_by.get(key)?;
            let latest = all.iter().rev().find(|(own, _)| own.same(number));
            latest.map(|(_, value)| value)
        })
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found_by.is_empty()
    }
}

impl<V> fmt::Debug for NumberMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberMap").finish_non_exhaustive()
    }
}

/// Under what a number is found: its international form first, which only the same numbers have.
fn keys(number: &PhoneNumber) -> impl Iterator<Item = &str> {
    let told = number.told.as_ref().map(Digits::as_str);
    told.into_iter().chain([number.tail()])
}
