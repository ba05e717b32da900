//! `NumbersUsers`: which number, or which phone's MAC address, belongs to whom.

mod complaints;
mod range;
mod reading;
mod rows;
#[cfg(test)]
mod tests;

pub(super) use complaints::Complaints;
pub use complaints::MAX_COMPLAINTS;
pub use range::MAX_RANGE;
pub(super) use range::{Blocks, range};
pub(super) use reading::cut;
pub(super) use rows::{Line, Rows, Wanted};

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::number::{NumberMap, PhoneNumber, Plan};
use reading::Reading;

/// The longest text that is read, in bytes. A longer one is read up to the last entry that fits.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The most entries that are kept.
pub const MAX_ENTRIES: usize = 20_000;

/// Numbers, MAC addresses and whose they are. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct NumbersUsers(Arc<Index>);

#[derive(Clone, Debug, Default)]
struct Index {
    /// By which numbers are read.
    plan: Plan,
    entries: Vec<Entry>,
    /// By the number as it was written.
    by_text: HashMap<Box<str>, usize>,
    /// By the number in whichever form.
    by_number: NumberMap<usize>,
    by_mac: HashMap<[u8; 12], usize>,
    by_user: HashMap<Arc<str>, BTreeSet<usize>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    number: Option<PhoneNumber>,
    text: Box<str>,
    user: Arc<str>,
}

impl PartialEq for NumbersUsers {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.plan == other.0.plan && self.0.entries == other.0.entries)
    }
}

impl Eq for NumbersUsers {}

impl NumbersUsers {
    /// Reads the setting without a country; see [`NumbersUsers::read`].
    #[must_use]
    pub fn parse(input: &str) -> (Self, Vec<String>) {
        Self::read(input, Plan::default())
    }

    /// Reads `123:bob,124:alice`. Entries are separated by commas, semicolons or line ends, or, where each
    /// of them has its colon, by blanks; a number may hold blanks (`+49 30 1234:bob`) and a MAC address its
    /// separators (`00:04:f2:ab:cd:ef:bob`). Several numbers of one person are parted by `|`, and a block of them
    /// is `6100..6119`. A line may as well be a row of a table, with its cells parted by commas, semicolons or tabs, and
    /// a line that begins with `#` says nothing. Wrong entries are left out and described, each by its place and
    /// text; the others work. Of two entries for one number the later one holds, as in the original.
    #[must_use]
    pub fn read(input: &str, plan: Plan) -> (Self, Vec<String>) {
        Reading::new(plan).read(input)
    }

    /// The same with numbers that others gave, people themselves for instance. They count only where the setting says nothing of the
    /// number, and at most [`MAX_ENTRIES`] are kept in all.
    #[must_use]
    pub fn and<'a>(&self, others: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut others = others.into_iter().peekable();
        if others.peek().is_none() {
            return self.clone();
        }
        let mut index = Index::clone(&self.0);
        for (number, user) in others {
            if index.entries.len() < MAX_ENTRIES && index.find(number).is_none() {
                let user = index.user(user);
                index.insert(number, &user);
            }
        }
        Self(Arc::new(index))
    }

    /// By what numbers are read.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// Whose number this is: by its text, as a MAC address, or by its digits in whichever form.
    #[must_use]
    pub fn user(&self, number: &str) -> Option<&Arc<str>> {
        let at = self.0.find(number)?;
        Some(&self.0.entries[at].user)
    }

    /// Whose phone this is, by its MAC address; case and separators do not matter.
    #[must_use]
    pub fn user_of_mac(&self, address: &str) -> Option<&Arc<str>> {
        let at = *self.0.by_mac.get(&mac(address)?)?;
        Some(&self.0.entries[at].user)
    }

    /// Whether `number`, read by the same [plan](Self::plan), is one of that person's own.
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
        self.0.by_user.get(user).is_some_and(|own| !own.is_empty())
    }

    /// Those who have numbers or addresses here none of which is theirs in `now`.
    #[must_use]
    pub fn who_lost<'a>(&'a self, now: &Self) -> HashSet<&'a Arc<str>> {
        let stays = |entry: &&Entry| now.user(&entry.text) == Some(&entry.user);
        let entries = || self.0.entries.iter();
        let stay: HashSet<_> = entries().filter(stays).map(|entry| &entry.user).collect();
        let users = entries().map(|entry| &entry.user);
        users.filter(|user| !stay.contains(user)).collect()
    }

    /// The first of that person's numbers, as it was written.
    #[must_use]
    pub fn number_of(&self, user: &str) -> Option<&str> {
        let own = self.0.by_user.get(user)?.iter();
        let mut own = own.map(|&at| &*self.0.entries[at].text);
        own.find(|text| is_number(text))
    }

    /// All of that person's numbers, as they were written, whatever the case of the name's letters.
    pub fn numbers_of(&self, user: &str) -> impl Iterator<Item = &str> {
        let user = user.to_lowercase();
        let own = self.numbers();
        own.filter(move |(_, owner)| owner.to_lowercase() == user)
            .map(|(text, _)| text)
    }

    /// The numbers and whose they are, as both were written, in their order. MAC addresses are left out; twelve digits may be
    /// either, and count as a number here.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        let entries = self.0.entries.iter();
        entries
            .filter(|entry| is_number(&entry.text))
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

impl Index {
    fn find(&self, number: &str) -> Option<usize> {
        if let Some(&at) = self.by_text.get(number) {
            return Some(at);
        }
        if let Some(mac) = (!self.by_mac.is_empty()).then(|| mac(number)).flatten()
            && let Some(&at) = self.by_mac.get(&mac)
        {
            return Some(at);
        }
        if self.by_number.is_empty() {
            return None;
        }
        self.by_number.get(&self.plan.read(number)?).copied()
    }

    /// A name that is kept once, however many numbers it has.
    fn user(&self, name: &str) -> Arc<str> {
        let known = self.by_user.get_key_value(name);
        known.map_or_else(|| Arc::from(name), |(known, _)| Arc::clone(known))
    }

    /// Puts an entry there. Answers whose number it was before, if it was somebody else's.
    fn insert(&mut self, key: &str, user: &Arc<str>) -> Option<Arc<str>> {
        if let Some(&at) = self.by_text.get(key) {
            let before = Arc::clone(&self.entries[at].user);
            if before == *user {
                return None;
            }
            if let Some(own) = self.by_user.get_mut(&before) {
                own.remove(&at);
            }
            self.entries[at].user = Arc::clone(user);
            self.by_user.entry(Arc::clone(user)).or_default().insert(at);
            return Some(before);
        }
        let number = self.plan.read(key);
        // Only a plan is sure enough that two forms are one number for it to be worth a complaint.
        let before = number
            .filter(PhoneNumber::is_told)
            .and_then(|number| self.by_number.get(&number))
            .map(|&at| Arc::clone(&self.entries[at].user))
            .filter(|before| before != user);
        let at = self.entries.len();
        self.by_text.insert(key.into(), at);
        if let Some(mac) = mac(key) {
            self.by_mac.insert(mac, at);
        }
        if let Some(number) = number {
            self.by_number.insert(number, at);
        }
        self.by_user.entry(Arc::clone(user)).or_default().insert(at);
        self.entries.push(Entry {
            number,
            text: key.into(),
            user: Arc::clone(user),
        });
        before
    }
}

/// Whether it is a number rather than a MAC address.
fn is_number(text: &str) -> bool {
    mac(text).is_none() || !text.contains(|c: char| c == ':' || c.is_ascii_alphabetic())
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
