//! Things found by a number, in whichever form it comes.

use std::collections::HashMap;
use std::fmt;

use super::PhoneNumber;
use super::digits::Digits;

/// Things by their number. All numbers that are put in and asked for have been read by the same [`Plan`](super::Plan).
#[derive(Clone)]
pub struct NumberMap<V> {
    /// By the international form.
    told: HashMap<Digits, V>,
    /// By the last digits, see [`PhoneNumber::tail`]; the latest last.
    tails: HashMap<Box<str>, Vec<(PhoneNumber, V)>>,
}

impl<V> Default for NumberMap<V> {
    fn default() -> Self {
        Self {
            told: HashMap::new(),
            tails: HashMap::new(),
        }
    }
}

impl<V: Copy> NumberMap<V> {
    /// Puts something there. It takes the place of what is there under any form of the number.
    pub fn insert(&mut self, number: PhoneNumber, value: V) {
        if let Some(told) = number.told {
            self.told.insert(told, value);
        }
        let tail = self.tails.entry(number.tail().into()).or_default();
        tail.push((number, value));
    }

    /// What is there under a form of the number.
    #[must_use]
    pub fn get(&self, number: &PhoneNumber) -> Option<&V> {
        if let Some(told) = number.told
            && let Some(value) = self.told.get(&told)
        {
            return Some(value);
        }
        let candidates = self.tails.get(number.tail())?;
        let found = candidates.iter().rev().find(|(own, _)| own.same(number));
        found.map(|(_, value)| value)
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tails.is_empty()
    }
}

impl<V> fmt::Debug for NumberMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.tails.values().map(Vec::len).sum();
        write!(f, "NumberMap({count} numbers)")
    }
}
