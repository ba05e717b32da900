//! Where people are kept: one small entry each, found by id and by address.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::Status;

/// How long an id is, in bytes.
pub const ID_BYTES: usize = 26;

/// A person's id in the space it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id([u8; ID_BYTES]);

impl Id {
    /// `None` for what is no id: 26 letters and digits. Checked because it goes into JSON as it is.
    pub(super) fn parse(id: &str) -> Option<Self> {
        let bytes: [u8; ID_BYTES] = id.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_alphanumeric)
            .then_some(Self(bytes))
    }

    /// The same on all nodes: FNV-1a.
    pub(super) fn digest(&self) -> u64 {
        self.0.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    pub(super) fn as_str(&self) -> &str {
        // Always text: it was made of letters and digits.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// What an entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An active account.
    Listed,
    /// An account that was deactivated or is gone.
    Removed,
    /// An address that a person had before.
    Former,
}

/// An entry: 64 bytes, and the address.
#[derive(Debug)]
pub(super) struct Slot {
    /// The number of its last change.
    pub(super) number: u64,
    pub(super) email: Box<str>,
    pub(super) id: Id,
    pub(super) kind: Kind,
    /// `None` until it was read since they are listed. Whoever has one was told of.
    pub(super) status: Option<Status>,
    /// Whether its number is one of the feed's.
    pub(super) announced: bool,
    /// Whether it has a place in the pages.
    pub(super) placed: bool,
    /// Its place: where the pages have it, or will once they are settled.
    pub(super) place: u32,
    /// The last listing of accounts that had it.
    pub(super) listing: u8,
}

/// The entries, by their place; by id those of [`Kind::Listed`] and [`Kind::Removed`]; by address all.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
    by_id: HashTable<u32>,
    by_email: HashTable<u32>,
    /// Keyed at random, so that nobody can choose addresses that collide.
    hasher: RandomState,
}

impl Slots {
    pub(super) fn get(&self, at: u32) -> &Slot {
        &self.slots[at as usize]
    }

    /// For all but `id`, `email` and `kind`, by which entries are found.
    pub(super) fn get_mut(&mut self, at: u32) -> &mut Slot {
        &mut self.slots[at as usize]
    }

    /// The places there are, freed ones too.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn by_id(&self, id: &Id) -> Option<u32> {
        let hash = self.hasher.hash_one(id);
        let found = self
            .by_id
            .find(hash, |at| self.slots[*at as usize].id == *id);
        found.copied()
    }

    /// One entry with this address of which `wanted` is true.
    pub(super) fn by_email(&self, email: &str, wanted: impl Fn(&Slot) -> bool) -> Option<u32> {
        let hash = self.hasher.hash_one(email);
        let found = self.by_email.find(hash, |at| {
            let slot = &self.slots[*at as usize];
            *slot.email == *email && wanted(slot)
        });
        found.copied()
    }

    pub(super) fn insert(&mut self, slot: Slot) -> u32 {
        let by_id = slot.kind != Kind::Former;
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at as usize] = slot;
                at
            }
            None => {
                #[allow(
                    clippy::expect_used,
                    reason = "a slot has more than a byte, so there is no room for that many"
                )]
                let at = u32::try_from(self.slots.len())
                    .expect("four thousand million people do not fit into memory");
                self.slots.push(slot);
                at
            }
        };
        if by_id {
            let Self {
                slots,
                by_id,
                hasher,
                ..
            } = self;
            let hash = |at: &u32| hasher.hash_one(slots[*at as usize].id);
            by_id.insert_unique(hash(&at), at, hash);
        }
        self.index_email(at);
        at
    }

    pub(super) fn remove(&mut self, at: u32) {
        let slot = &self.slots[at as usize];
        if slot.kind != Kind::Former {
            let hash = self.hasher.hash_one(slot.id);
            if let Ok(entry) = self.by_id.find_entry(hash, |found| *found == at) {
                entry.remove();
            }
        }
        self.unindex_email(at);
        let slot = &mut self.slots[at as usize];
        // What walks over all places passes by those that are not listed.
        slot.kind = Kind::Former;
        slot.email = Box::default();
        self.free.push(at);
    }

    /// Gives the entry another address, and answers the one it had.
    pub(super) fn rename(&mut self, at: u32, email: &str) -> Box<str> {
        self.unindex_email(at);
        let old = std::mem::replace(&mut self.slots[at as usize].email, Box::from(email));
        self.index_email(at);
        old
    }

    /// What it takes, in bytes, without what the allocator adds.
    pub(super) fn memory(&self) -> usize {
        // A hash table has a place and a byte of control for each bucket, and is at most 7/8 full.
        let buckets = |table: &HashTable<u32>| table.capacity() * 8 / 7 * 5;
        let emails: usize = self.slots.iter().map(|slot| slot.email.len()).sum();
        self.slots.capacity() * size_of::<Slot>()
            + self.free.capacity() * size_of::<u32>()
            + buckets(&self.by_id)
            + buckets(&self.by_email)
            + emails
    }

    fn index_email(&mut self, at: u32) {
        let Self {
            slots,
            by_email,
            hasher,
            ..
        } = self;
        let hash = |at: &u32| hasher.hash_one(&*slots[*at as usize].email);
        by_email.insert_unique(hash(&at), at, hash);
    }

    fn unindex_email(&mut self, at: u32) {
        let hash = self.hasher.hash_one(&*self.slots[at as usize].email);
        if let Ok(entry) = self.by_email.find_entry(hash, |found| *found == at) {
            entry.remove();
        }
    }
}
