//! Things found by a number, in whichever form it comes.

use std::collections::HashMap;
use std::fmt;

use super::PhoneNumber;
use super::digits::Digits;

/// Things by their number. All numbers that are put in and asked for have been read by the same [`Plan`](super::Plan).
///
/// For one number those are compared that may be a form of it, and these are few: not all that end with the same digits, as the
/// extensions of a large company do, in all of its towns.
#[derive(Clone)]
pub struct NumberMap<V> {
    entries: Vec<Entry<V>>,
    /// Where the entries are that have this.
    found_by: HashMap<Key, Vec<usize>>,
    /// How often something was put in.
    last: u64,
}

#[derive(Clone)]
struct Entry<V> {
    number: PhoneNumber,
    value: V,
    /// The higher, the later it was put in.
    order: u64,
}

/// What forms of one number have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// The international form, which only the same numbers have.
    International(Digits),
    /// The digits as they were written.
    Written(Digits),
    /// The national number, where it is not written with a country code.
    National(Digits),
    /// What stands behind the country code, if there is one.
    BehindCode(Digits),
}

impl<V> Default for NumberMap<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            found_by: HashMap::new(),
            last: 0,
        }
    }
}

impl<V: Copy> NumberMap<V> {
    /// Puts something there. It takes the place of what is there under any form of the number.
    pub fn insert(&mut self, number: PhoneNumber, value: V) {
        self.last += 1;
        let order = self.last;
        let written = self.found_by.get(&Key::Written(number.digits));
        let mut written = written.into_iter().flatten();
        if let Some(&at) = written.find(|&&at| self.entries[at].number == number) {
            let entry = &mut self.entries[at];
            (entry.value, entry.order) = (value, order);
            return;
        }
        for key in had(&number) {
            let all = self.found_by.entry(key).or_default();
            all.push(self.entries.len());
        }
        self.entries.push(Entry {
            number,
            value,
            order,
        });
    }

    /// What is there under a form of the number: the latest with its international form, or else the latest that may be meant.
    #[must_use]
    pub fn get(&self, number: &PhoneNumber) -> Option<&V> {
        let latest = |key: &mut dyn Iterator<Item = Key>| {
            let same = key.flat_map(|key| self.under(key));
            let same = same.filter(|entry| entry.number.same(number));
            same.max_by_key(|entry| entry.order)
        };
        let told = number.told.map(Key::International);
        let found = latest(&mut told.into_iter()).or_else(|| latest(&mut asked(number)))?;
        Some(&found.value)
    }

    fn under(&self, key: Key) -> impl Iterator<Item = &Entry<V>> {
        let all = self.found_by.get(&key).into_iter().flatten();
        all.map(|&at| &self.entries[at])
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<V> fmt::Debug for NumberMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NumberMap").finish_non_exhaustive()
    }
}

/// Under what a number is found.
fn had(number: &PhoneNumber) -> impl Iterator<Item = Key> {
    let told = number.told.map(Key::International);
    let first = [Some(Key::Written(number.digits)), national(number), told];
    let behind = number.behind_code().map(Key::BehindCode);
    first.into_iter().flatten().chain(behind)
}

/// Under what the forms of a number are, besides its international one: see [`PhoneNumber::same`].
fn asked(number: &PhoneNumber) -> impl Iterator<Item = Key> {
    let national = national(number);
    let longer = match national {
        Some(Key::National(digits)) => Some(Key::BehindCode(digits)),
        _ => None,
    };
    let first = [Some(Key::Written(number.digits)), national, longer];
    let shorter = number.behind_code().map(Key::National);
    first.into_iter().flatten().chain(shorter)
}

fn national(number: &PhoneNumber) -> Option<Key> {
    let trunk = usize::from(number.has_trunk_zero());
    (!number.international).then(|| Key::National(number.digits.behind(trunk)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Plan;
    use super::*;

    fn read(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text).expect(text)
    }

    #[test]
    fn numbers_of_a_large_company_that_end_alike_are_compared_with_few() {
        for form in ["+49{}000000", "0{}000000", "{}000000"] {
            let mut map = NumberMap::default();
            let numbers = (10_000..20_000).map(|n| read(&form.replace("{}", &n.to_string())));
            let numbers: Vec<_> = numbers.collect();
            for (at, number) in numbers.iter().enumerate() {
                map.insert(*number, at);
            }
            let mut compared = 0;
            for (at, number) in numbers.iter().enumerate() {
                assert_eq!(map.get(number), Some(&at));
                compared += asked(number).flat_map(|key| map.under(key)).count();
            }
            assert!(compared <= 4 * numbers.len(), "{form}: {compared}");
        }
    }

    #[test]
    fn the_latest_holds_also_where_it_was_put_in_again() {
        let mut map = NumberMap::default();
        for (number, value) in [("02404040", 1), ("2404040", 2), ("02404040", 3)] {
            map.insert(read(number), value);
        }
        assert_eq!(map.get(&read("+33 2404040")), Some(&3));
        assert_eq!(map.entries.len(), 2);
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_a_look_at_all_of_them_finds(
            country in prop::option::of(prop::sample::select(vec!["FR", "DE", "US", "IT"])),
            // So few digits and lengths that many are forms of each other.
            texts in prop::collection::vec("(\\+|00)?(1|33|49)?0?(2|3)?404040[14]?", 1..40),
            asked in "(\\+|00)?(1|33|49)?0?(2|3)?404040[14]?",
        ) {
            let plan = country.map_or_else(Plan::default, |country| Plan::of(country).expect("a country"));
            let numbers: Vec<_> = texts.iter().filter_map(|text| plan.read(text)).collect();
            let mut map = NumberMap::default();
            for (at, number) in numbers.iter().enumerate() {
                map.insert(*number, at);
            }
            let asked = plan.read(&asked).expect("a number");
            let latest = |same: &dyn Fn(&PhoneNumber) -> bool| numbers.iter().rposition(same);
            let expected = latest(&|number| asked.told.is_some() && number.told == asked.told)
                .or_else(|| latest(&|number| number.same(&asked)));
            prop_assert_eq!(map.get(&asked).copied(), expected);
        }
    }
}
