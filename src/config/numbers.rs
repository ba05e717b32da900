//! `NumbersUsers`: which number, or which phone's MAC address, belongs to whom.

use std::collections::HashMap;
use std::sync::Arc;

use crate::number::PhoneNumber;
use crate::text;

/// The longest text that is read, in bytes. A longer one is read up to the last entry that fits.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The most entries that are kept.
pub const MAX_ENTRIES: usize = 20_000;

/// The most wrong entries that are named one by one.
pub const MAX_COMPLAINTS: usize = 20;

/// Numbers, MAC addresses and whose they are. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct NumbersUsers(Arc<Index>);

#[derive(Debug, Default)]
struct Index {
    entries: Vec<Entry>,
    /// By the number as it was written.
    by_text: HashMap<Box<str>, usize>,
    /// By the number's last digits, see [`PhoneNumber::tail`].
    by_tail: HashMap<Box<str>, Vec<usize>>,
    by_mac: HashMap<[u8; 12], usize>,
    by_user: HashMap<Arc<str>, Vec<usize>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    number: Option<PhoneNumber>,
    text: Box<str>,
    user: Arc<str>,
}

impl PartialEq for NumbersUsers {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.entries == other.0.entries
    }
}

impl Eq for NumbersUsers {}

impl NumbersUsers {
    /// Reads `123:bob,124:alice`. Entries are separated by commas, semicolons or line ends, or, where each
    /// of them has its colon, by blanks; a number may hold blanks (`+49 30 1234:bob`) and a MAC address its
    /// separators (`00:04:f2:ab:cd:ef:bob`). Wrong entries are left out and described, each by its place and
    /// text; the others work. Of two entries for one number the later one holds, as in the original.
    #[must_use]
    pub fn parse(input: &str) -> (Self, Vec<String>) {
        let mut reading = Reading::default();
        let mut input = input;
        if input.len() > MAX_BYTES {
            reading.complain(format!(
                "is longer than {MAX_BYTES} bytes; what stands behind is not read"
            ));
            let end = input
                .char_indices()
                .take_while(|(at, _)| *at <= MAX_BYTES)
                .filter(|(_, c)| matches!(c, ',' | ';' | '\n'))
                .last()
                .map_or(0, |(at, _)| at);
            input = &input[..end];
        }
        for chunk in input.split([',', ';', '\n', '\r']) {
            let words = || chunk.split_whitespace();
            if words().count() > 1 && words().all(is_pair) {
                words().for_each(|word| reading.entry(word));
            } else {
                reading.entry(chunk.trim());
            }
        }
        reading.finish()
    }

    /// Whose number this is: by its text, as a MAC address, or by its digits in whichever form.
    #[must_use]
    pub fn user(&self, number: &str) -> Option<&Arc<str>> {
        let index = &*self.0;
        if let Some(&at) = index.by_text.get(number) {
            return Some(&index.entries[at].user);
        }
        if index.by_tail.is_empty() && index.by_mac.is_empty() {
            return None;
        }
        if let Some(user) = self.user_of_mac(number) {
            return Some(user);
        }
        let number = PhoneNumber::parse(number)?;
        let candidates = index.by_tail.get(number.tail())?;
        candidates
            .iter()
            .map(|&at| &index.entries[at])
            .find(|entry| entry.number.as_ref().is_some_and(|n| n.same(&number)))
            .map(|entry| &entry.user)
    }

    /// Whose phone this is, by its MAC address; case and separators do not matter.
    #[must_use]
    pub fn user_of_mac(&self, address: &str) -> Option<&Arc<str>> {
        let at = *self.0.by_mac.get(&mac(address)?)?;
        Some(&self.0.entries[at].user)
    }

    /// Whether `number` is one of that person's own.
    #[must_use]
    pub fn is_own(&self, user: &str, number: &PhoneNumber) -> bool {
        self.0.by_user.get(user).is_some_and(|own| {
            own.iter()
                .filter_map(|&at| self.0.entries[at].number.as_ref())
                .any(|n| n.same(number))
        })
    }

    /// Whether someone has a number or a phone under this name, as it is written there.
    #[must_use]
    pub fn has_user(&self, user: &str) -> bool {
        self.0.by_user.contains_key(user)
    }

    /// The numbers and whose they are, as both were written, in their order. MAC addresses are left out; twelve digits may be
    /// either, and count as a number here.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        let is_number = |text: &str| {
            mac(text).is_none() || !text.contains(|c: char| c == ':' || c.is_ascii_alphabetic())
        };
        let entries = self.0.entries.iter();
        entries
            .filter(move |entry| is_number(&entry.text))
            .map(|entry| (&*entry.text, &entry.user))
    }

    /// How many numbers and addresses are mapped.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether nothing is mapped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }
}

/// The twelve digits of a MAC address, in lower case, without `:`, `-`, `.` or blanks between them.
fn mac(text: &str) -> Option<[u8; 12]> {
    let mut digits = [0; 12];
    let mut count = 0;
    for b in text.bytes() {
        match b {
            b':' | b'-' | b'.' | b' ' => {}
            b if b.is_ascii_hexdigit() => {
                *digits.get_mut(count)? = b.to_ascii_lowercase();
                count += 1;
            }
            _ => return None,
        }
    }
    (count == digits.len()).then_some(digits)
}

fn is_pair(word: &str) -> bool {
    word.rsplit_once(':')
        .is_some_and(|(number, user)| !number.is_empty() && !user.is_empty())
}

#[derive(Default)]
struct Reading {
    index: Index,
    /// The place of the entry being read, from 1, as an admin counts them.
    place: usize,
    complaints: Vec<String>,
    unnamed: usize,
}

impl Reading {
    fn entry(&mut self, entry: &str) {
        if entry.is_empty() {
            return;
        }
        self.place += 1;
        if let Err(what) = self.take(entry) {
            let place = self.place;
            self.complain(format!("entry {place} `{}` {what}", text::clean(entry)));
        }
    }

    fn take(&mut self, entry: &str) -> Result<(), String> {
        let (key, user) = entry.rsplit_once(':').ok_or("has no colon")?;
        let (key, user) = (key.trim(), user.trim());
        let user = text::clean(user.strip_prefix('@').unwrap_or(user)).into_owned();
        if key.is_empty() {
            return Err("has no number before its colon".to_owned());
        }
        if user.is_empty() {
            return Err("has no name behind its colon".to_owned());
        }
        let mac = mac(key);
        if key.contains(':') && mac.is_none() {
            return Err("has more than one colon".to_owned());
        }
        if key.chars().count() > text::MAX_CHARS {
            return Err(format!(
                "has a number of more than {} characters",
                text::MAX_CHARS
            ));
        }
        if self.index.entries.len() == MAX_ENTRIES {
            return Err(format!("is one more than the {MAX_ENTRIES} that are kept"));
        }
        self.insert(key, mac, &Arc::from(user))
    }

    fn insert(&mut self, key: &str, mac: Option<[u8; 12]>, user: &Arc<str>) -> Result<(), String> {
        let index = &mut self.index;
        let number = PhoneNumber::parse(key);
        if let Some(&at) = index.by_text.get(key) {
            let before = Arc::clone(&index.entries[at].user);
            if before == *user {
                return Ok(());
            }
            if let Some(own) = index.by_user.get_mut(&before) {
                own.retain(|&other| other != at);
            }
            index.entries[at].user = Arc::clone(user);
            index.by_user.entry(Arc::clone(user)).or_default().push(at);
            return Err(format!(
                "gives a number that is `{before}`'s already; this later one holds"
            ));
        }
        let at = index.entries.len();
        index.by_text.insert(key.into(), at);
        if let Some(mac) = mac {
            index.by_mac.insert(mac, at);
        }
        if let Some(number) = &number {
            index
                .by_tail
                .entry(number.tail().into())
                .or_default()
                .push(at);
        }
        index.by_user.entry(Arc::clone(user)).or_default().push(at);
        index.entries.push(Entry {
            number,
            text: key.into(),
            user: Arc::clone(user),
        });
        Ok(())
    }

    fn complain(&mut self, what: String) {
        if self.complaints.len() < MAX_COMPLAINTS {
            self.complaints.push(what);
        } else {
            self.unnamed += 1;
        }
    }

    fn finish(mut self) -> (NumbersUsers, Vec<String>) {
        if self.unnamed > 0 {
            self.complaints
                .push(format!("has {} more entries that are wrong", self.unnamed));
        }
        (NumbersUsers(Arc::new(self.index)), self.complaints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> NumbersUsers {
        let (numbers, complaints) = NumbersUsers::parse(text);
        assert_eq!(complaints, [""; 0], "{text}");
        numbers
    }

    fn user<'a>(numbers: &'a NumbersUsers, number: &str) -> Option<&'a str> {
        numbers.user(number).map(|user| &**user)
    }

    #[test]
    fn the_original_form_and_its_relatives_are_read() {
        for text in [
            "123:bob,124:alice",
            "123:bob, 124:alice,",
            "123:bob\n124:alice\n",
            "123:bob;\r\n124:alice;",
            "123:bob 124:alice",
            " 123 : bob ,\t124 : @alice",
        ] {
            let numbers = parse(text);
            assert_eq!(numbers.len(), 2, "{text}");
            assert_eq!(user(&numbers, "123"), Some("bob"), "{text}");
            assert_eq!(user(&numbers, "124"), Some("alice"), "{text}");
            assert_eq!(user(&numbers, "125"), None);
        }
        assert!(parse("").is_empty());
        assert!(parse(" ,;\n").is_empty());
    }

    #[test]
    fn numbers_match_in_every_form() {
        let numbers = parse("+49 30 1234567:bob, 0240404040:alice, desk-4:carol, 7:dave");
        for (number, expected) in [
            ("030 1234567", Some("bob")),
            ("0049301234567", Some("bob")),
            ("+33240404040", Some("alice")),
            ("desk-4", Some("carol")),
            ("7", Some("dave")),
            ("07", None),
            ("bob", None),
        ] {
            assert_eq!(user(&numbers, number), expected, "{number}");
        }
    }

    #[test]
    fn mac_addresses_match_in_every_form() {
        let numbers = parse("0004f2abcdef:bob, 00:15:65:AA:bb:01:alice, 80-5e-c0-00-00-02:carol");
        for (mac, expected) in [
            ("0004F2ABCDEF", "bob"),
            ("00:04:f2:ab:cd:ef", "bob"),
            ("001565aabb01", "alice"),
            ("805e.c000.0002", "carol"),
        ] {
            assert_eq!(
                numbers.user_of_mac(mac).map(|u| &**u),
                Some(expected),
                "{mac}"
            );
            assert_eq!(user(&numbers, mac), Some(expected), "{mac}");
        }
        assert_eq!(numbers.user_of_mac("0004f2abcde"), None);
        assert_eq!(numbers.user_of_mac("0004f2abcdef0"), None);
    }

    #[test]
    fn wrong_entries_are_named_and_the_others_work() {
        let (numbers, complaints) =
            NumbersUsers::parse("123:bob,foo,:x,124:,1:2:3,125:dave,123:eve");
        assert_eq!(
            complaints,
            [
                "entry 2 `foo` has no colon",
                "entry 3 `:x` has no number before its colon",
                "entry 4 `124:` has no name behind its colon",
                "entry 5 `1:2:3` has more than one colon",
                "entry 7 `123:eve` gives a number that is `bob`'s already; this later one holds",
            ]
        );
        assert_eq!(user(&numbers, "123"), Some("eve"));
        assert_eq!(user(&numbers, "125"), Some("dave"));
        assert_eq!(numbers.len(), 2);
    }

    #[test]
    fn a_persons_own_numbers_are_known() {
        let numbers = parse("123:bob,+49301234567:bob,124:alice");
        let own = |user: &str, number: &str| {
            PhoneNumber::parse(number).is_some_and(|number| numbers.is_own(user, &number))
        };
        assert!(own("bob", "123"));
        assert!(own("bob", "0301234567"));
        assert!(!own("bob", "124"));
        assert!(!own("zoe", "123"));
    }

    #[test]
    fn numbers_come_in_their_order_without_addresses() {
        let (numbers, _) = NumbersUsers::parse(
            "6002:bob, 0004f2abcdef:bob, 00:15:65:11:22:33:bob, desk-4:eve, 493012345678:bob, +49 30 1:Bob Miller, 6002:eve",
        );
        let list: Vec<(&str, &str)> = numbers.numbers().map(|(n, user)| (n, &**user)).collect();
        let expected = [
            ("6002", "eve"),
            ("desk-4", "eve"),
            ("493012345678", "bob"),
            ("+49 30 1", "Bob Miller"),
        ];
        assert_eq!(list, expected);
    }

    #[test]
    fn too_much_is_cut_and_said() {
        let many: String = (0..=MAX_ENTRIES).map(|n| format!("{n}:u,")).collect();
        let (numbers, complaints) = NumbersUsers::parse(&many);
        assert_eq!(numbers.len(), MAX_ENTRIES);
        assert_eq!(
            complaints,
            ["entry 20001 `20000:u` is one more than the 20000 that are kept"]
        );

        let long = format!("1:a,{},2:b", "é".repeat(MAX_BYTES));
        let (numbers, complaints) = NumbersUsers::parse(&long);
        assert_eq!(numbers.len(), 1);
        assert_eq!(complaints.len(), 1);

        let (_, complaints) = NumbersUsers::parse(&"x,".repeat(100));
        assert_eq!(complaints.len(), MAX_COMPLAINTS + 1);
        assert_eq!(
            complaints[MAX_COMPLAINTS],
            "has 80 more entries that are wrong"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "[0-9a-f:;, @\n+é-]{0,80}") {
            let (numbers, _) = NumbersUsers::parse(&text);
            prop_assert!(numbers.len() <= text.len());
            for entry in &numbers.0.entries {
                prop_assert_eq!(numbers.user(&entry.text), Some(&entry.user));
            }
        }
    }
}
