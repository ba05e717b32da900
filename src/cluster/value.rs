//! What stands under the lease's key: one line of text, which an admin may read in the database.
//!
//! `1 <holder> <term> <count>`: the form's version, the holder as 32 hexadecimal digits (`-` when the lease is
//! free), and two decimal numbers.

use std::cmp::Ordering;

/// The longest value that can be a lease, in bytes. Anything longer was put there by something else.
pub const MAX_VALUE: usize = 80;

/// The highest term and count that are believed, so that one more can always be counted.
const MAX_NUMBER: u64 = u64::MAX / 2;

const VERSION: &str = "1";
const NOBODY: &str = "-";

/// Who holds a lease: random for each [`Lease`](super::lease::Lease), so that a process that was started again is
/// not taken for the one that died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holder(pub u128);

/// A lease as it stands in the store. No two that were ever stored are the same, because a holder never uses a count
/// again: a compare-and-set that arrives late finds nothing that it could hit by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// `None`: given back, anybody may take it.
    pub(super) holder: Option<Holder>,
    /// One more with each take-over.
    pub(super) term: u64,
    /// One more with each value that its holder makes.
    pub(super) count: u64,
}

impl Value {
    pub(super) fn encode(&self) -> Vec<u8> {
        let Self {
            holder,
            term,
            count,
        } = self;
        match holder {
            Some(Holder(id)) => format!("{VERSION} {id:032x} {term} {count}"),
            None => format!("{VERSION} {NOBODY} {term} {count}"),
        }
        .into_bytes()
    }

    /// `None`: not a lease, or one of a version to come. It can still be watched, and taken once it rests.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_VALUE {
            return None;
        }
        let mut words = std::str::from_utf8(bytes).ok()?.split(' ');
        let mut word = || words.next();
        if word()? != VERSION {
            return None;
        }
        let holder = match word()? {
            NOBODY => None,
            id if id.len() == 32 => Some(Holder(u128::from_str_radix(id, 16).ok()?)),
            _ => return None,
        };
        let mut number = || word()?.parse().ok().filter(|number| *number <= MAX_NUMBER);
        let value = Self {
            holder,
            term: number()?,
            count: number()?,
        };
        word().is_none().then_some(value)
    }

    /// Whether this one was stored before that one, as far as their numbers tell. A term has one holder, unless the
    /// key was deleted meanwhile; then they tell nothing.
    pub(super) fn is_older_than(&self, other: &Self) -> bool {
        let two_holders =
            self.holder.is_some() && other.holder.is_some() && self.holder != other.holder;
        match self.term.cmp(&other.term) {
            Ordering::Equal => !two_holders && self.count < other.count,
            terms => terms == Ordering::Less,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_form_is_kept() {
        let mut value = Value {
            holder: Some(Holder(0xab)),
            term: 3,
            count: 70,
        };
        let text = b"1 000000000000000000000000000000ab 3 70";
        assert_eq!(value.encode(), text);
        assert_eq!(Value::parse(text), Some(value));
        value.holder = None;
        assert_eq!(value.encode(), b"1 - 3 70");
        assert_eq!(Value::parse(b"1 - 3 70"), Some(value));
    }

    #[test]
    fn numbers_tell_which_is_older_within_one_holders_term() {
        let older = |one: &[u8], other: &[u8]| {
            let [one, other] = [one, other].map(|text| Value::parse(text).unwrap());
            one.is_older_than(&other)
        };
        let a = |term, count| format!("1 {:032x} {term} {count}", 1).into_bytes();
        let b = |term, count| format!("1 {:032x} {term} {count}", 2).into_bytes();
        assert!(older(&a(3, 4), &a(3, 5)) && !older(&a(3, 5), &a(3, 4)));
        assert!(older(&a(3, 9), &b(4, 1)) && !older(&b(4, 1), &a(3, 9)));
        assert!(older(&a(3, 4), b"1 - 3 5"));
        assert!(!older(&a(3, 4), &a(3, 4)));
        assert!(!older(&a(3, 4), &b(3, 5)) && !older(&b(3, 5), &a(3, 4)));
    }

    #[test]
    fn what_is_no_lease_is_none() {
        for text in [
            "",
            "1",
            "2 - 3 70",
            "1 - 3",
            "1 - 3 70 ",
            "1 - 3 70 5",
            "1 - -3 70",
            "1 - 3 18446744073709551615",
            "1 ab 3 70",
            "1 \u{e4}000000000000000000000000000000 3 70",
            "{\"holder\":1}",
        ] {
            assert_eq!(Value::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Value::parse(&[b'1'; MAX_VALUE + 1]), None);
    }

    proptest! {
        #[test]
        fn every_value_survives(id in any::<Option<u128>>(), term in 0..=MAX_NUMBER, count in 0..=MAX_NUMBER) {
            let value = Value { holder: id.map(Holder), term, count };
            let text = value.encode();
            prop_assert!(text.len() <= MAX_VALUE);
            prop_assert_eq!(Value::parse(&text), Some(value));
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Some(value) = Value::parse(&bytes) {
                prop_assert!(value.encode().len() <= MAX_VALUE);
            }
        }
    }
}
