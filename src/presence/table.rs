//! Everybody, once each, with the number of their last change.
//!
//! No input or output, no clock, no tasks. One counter numbers all changes; each change moves a person to the
//! end of the feed, so that a reader who has everything up to a number gets the latest state of whoever changed
//! since, each once.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use super::slots::{Id, Kind, Slot, Slots};
use super::{Record, Status};
use crate::host::UserId;

/// The most records kept of people who are gone and of addresses that changed; beyond it the oldest go. Desks
/// that knew such a person learn within seconds that they are offline; the record is for those that were away.
pub const MAX_GHOSTS: usize = 10_000;

/// How many people there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Active accounts.
    pub listed: usize,
    /// Those of them whose status was read, by [`Status::ALL`].
    pub by_status: [usize; 4],
}

impl People {
    /// Those whose status was never read.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.listed - self.by_status.iter().sum::<usize>()
    }

    /// Those last seen not offline.
    #[must_use]
    pub fn hot(&self) -> usize {
        let hot = Status::ALL.into_iter().filter(|status| status.is_hot());
        hot.map(|status| self.by_status[status as usize]).sum()
    }
}

/// Whom [`Table::next_ids`] looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Everybody who is listed.
    All,
    /// Those last seen not offline.
    Hot,
    /// Those whose status was never read.
    Unknown,
}

/// The table. People whose status was never read are listed, but nobody is told of them.
#[derive(Debug)]
pub struct Table {
    pub(super) slots: Slots,
    head: u64,
    /// What the feed tells: number to place.
    by_number: BTreeMap<u64, u32>,
    /// Those of `by_number` who are not listed.
    ghosts: BTreeMap<u64, u32>,
    people: People,
    listing: u8,
    pub(super) layout: super::pages::Layout,
}

impl Default for Table {
    fn default() -> Self {
        Self::new()
    }
}

impl Table {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            slots: Slots::default(),
            head: 0,
            by_number: BTreeMap::new(),
            ghosts: BTreeMap::new(),
            people: People::default(),
            listing: 0,
            layout: super::pages::Layout::default(),
        }
    }

    /// Takes a status that was read. True when it is another than before. Nothing happens for someone who is
    /// not listed.
    pub fn observe(&mut self, id: &UserId, status: Status) -> bool {
        self.observe_as_of(u64::MAX, id, status)
    }

    /// The same with a status that was read while the [head](Self::head) was `head`: nothing happens for someone who
    /// changed since, as their status was told by somebody who knows better.
    pub fn observe_as_of(&mut self, head: u64, id: &UserId, status: Status) -> bool {
        let Some(at) = self.listed(id) else {
            return false;
        };
        let slot = self.slots.get(at);
        if slot.status == Some(status) || slot.number > head {
            return false;
        }
        self.set_status(at, Some(status));
        self.announce(at);
        true
    }

    /// Takes an account: a new person, one who is back, or another address. True when it is a change. Nothing
    /// happens for an id that is none. Whoever is new has no status until it was [observed](Self::observe).
    pub fn upsert(&mut self, id: &UserId, email: &str) -> bool {
        let Some(key) = Id::parse(id.as_str()) else {
            return false;
        };
        let listing = self.listing;
        let Some(at) = self.slots.by_id(&key) else {
            let number = self.next_number();
            let at = self.slots.insert(Slot {
                number,
                email: Box::from(email),
                id: key,
                kind: Kind::Listed,
                status: None,
                announced: false,
                placed: false,
                place: 0,
                listing,
            });
            self.people.listed += 1;
            self.place(at);
            return true;
        };
        let slot = self.slots.get_mut(at);
        slot.listing = listing;
        let told = slot.announced;
        let returns = slot.kind == Kind::Removed;
        let moves = *slot.email != *email;
        if returns {
            self.ghosts.remove(&slot.number);
            slot.kind = Kind::Listed;
            self.people.listed += 1;
            self.place(at);
        }
        if moves {
            let old = self.slots.rename(at, email);
            if told {
                self.leave_ghost(key, old);
            }
        }
        if (returns || moves) && told {
            self.announce(at);
        } else if returns || moves {
            self.slots.get_mut(at).number = self.next_number();
        }
        returns || moves
    }

    /// Takes someone out of the list: deactivated, or gone. True when they were in it. Whoever was told of
    /// leaves a record behind that says offline.
    pub fn remove(&mut self, id: &UserId) -> bool {
        let Some(at) = self.listed(id) else {
            return false;
        };
        self.set_status(at, None);
        self.people.listed -= 1;
        let slot = self.slots.get_mut(at);
        slot.kind = Kind::Removed;
        if slot.announced && !self.tell_successor(at) {
            self.announce(at);
            let number = self.slots.get(at).number;
            self.ghosts.insert(number, at);
            self.limit_ghosts();
        } else {
            self.silence(at);
            self.slots.get_mut(at).number = self.next_number();
        }
        true
    }

    /// Takes a record that is not [`Record::listed`] from another table: removes the person if this is still
    /// their address, and keeps the address as one that is offline otherwise, unless somebody has it.
    pub fn retire(&mut self, id: &UserId, email: &str) -> bool {
        let Some(key) = Id::parse(id.as_str()) else {
            return false;
        };
        if let Some(at) = self.listed(id)
            && *self.slots.get(at).email == *email
        {
            return self.remove(id);
        }
        // Somebody who is there, or such a record already.
        if self.slots.by_email(email, |slot| slot.announced).is_some() {
            return false;
        }
        self.leave_ghost(key, Box::from(email))
    }

    /// The highest number given out; 0 while there is none.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The records whose numbers are higher than `after`, lowest first. Not every number has one.
    pub fn records_after(&self, after: u64) -> impl Iterator<Item = Record<'_>> {
        let range = self.by_number.range((Excluded(after), Unbounded));
        range.map(|(_, at)| self.record(*at))
    }

    /// The record with the highest number below `before`, or the highest of all when there is none below.
    #[must_use]
    pub fn record_before(&self, before: u64) -> Option<Record<'_>> {
        let below = self.by_number.range(..before).next_back();
        let (_, at) = below.or_else(|| self.by_number.last_key_value())?;
        Some(self.record(*at))
    }

    /// Whether this can be anybody's id: 26 letters and digits.
    #[must_use]
    pub fn is_id(id: &UserId) -> bool {
        Id::parse(id.as_str()).is_some()
    }

    /// Someone's status: `None` for who is not listed, `Some(None)` before it was read.
    #[must_use]
    pub fn status(&self, id: &UserId) -> Option<Option<Status>> {
        Some(self.slots.get(self.listed(id)?).status)
    }

    /// How many people there are.
    #[must_use]
    pub fn people(&self) -> People {
        self.people
    }

    /// How many records there are of people who are gone and of addresses that changed.
    #[must_use]
    pub fn ghosts(&self) -> usize {
        self.ghosts.len()
    }

    /// Forgets the records of people who are gone, and of addresses that changed, whose numbers are `up_to` at most.
    pub fn drop_ghosts(&mut self, up_to: u64) {
        while let Some((number, at)) = self.ghosts.first_key_value()
            && *number <= up_to
        {
            self.drop_ghost(*at);
        }
    }

    /// The next `limit` people of a kind from the place `cursor` on, which moves to the one behind them; back to 0 when
    /// those were the last, whatever places without anybody of that kind follow. Whoever is listed all the while is met
    /// once a turn.
    pub fn next_ids(&self, cursor: &mut usize, which: Which, limit: usize, ids: &mut Vec<UserId>) {
        let mut at = *cursor;
        let full = ids.len() + limit;
        while at < self.slots.len() {
            let slot = self.slots.get(at as u32);
            let wanted = match which {
                Which::All => true,
                Which::Hot => slot.status.is_some_and(Status::is_hot),
                Which::Unknown => slot.status.is_none(),
            };
            if wanted && slot.kind == Kind::Listed {
                if ids.len() == full {
                    *cursor = at;
                    return;
                }
                ids.push(UserId::from(slot.id.as_str()));
            }
            at += 1;
        }
        *cursor = 0;
    }

    /// Begins a new listing of all accounts: those who are not [upserted](Self::upsert) from now on are
    /// [missing](Self::missing) from it.
    pub fn begin_listing(&mut self) {
        self.listing = self.listing.wrapping_add(1);
    }

    /// Who is listed, but was not upserted since the listing began.
    #[must_use]
    pub fn missing(&self) -> Vec<UserId> {
        let places = 0..self.slots.len() as u32;
        let missing = places
            .map(|at| self.slots.get(at))
            .filter(|slot| slot.kind == Kind::Listed && slot.listing != self.listing);
        missing.map(|slot| UserId::from(slot.id.as_str())).collect()
    }

    /// What it takes, in bytes, without what the allocator adds.
    #[must_use]
    pub fn memory(&self) -> usize {
        // A node of a B-tree holds 11 pairs at most and is at least half full; numbers that only grow leave it so.
        let pairs = self.by_number.len() + self.ghosts.len();
        self.slots.memory() + self.layout.memory() + pairs * 2 * size_of::<(u64, u32)>()
    }

    pub(super) fn listed(&self, id: &UserId) -> Option<u32> {
        let at = self.slots.by_id(&Id::parse(id.as_str())?)?;
        (self.slots.get(at).kind == Kind::Listed).then_some(at)
    }

    pub(super) fn record(&self, at: u32) -> Record<'_> {
        let slot = self.slots.get(at);
        Record {
            number: slot.number,
            id: slot.id.as_str(),
            email: &slot.email,
            status: slot.status.unwrap_or(Status::Offline),
            listed: slot.kind == Kind::Listed,
            place: slot.place,
        }
    }

    pub(super) fn next_number(&mut self) -> u64 {
        self.head += 1;
        self.head
    }

    fn set_status(&mut self, at: u32, status: Option<Status>) {
        let slot = self.slots.get_mut(at);
        if let Some(old) = std::mem::replace(&mut slot.status, status) {
            self.people.by_status[old as usize] -= 1;
        }
        if let Some(new) = status {
            self.people.by_status[new as usize] += 1;
        }
    }

    /// Moves an entry to the end of the feed. It says what its address is now, so that what was left behind there goes.
    fn announce(&mut self, at: u32) {
        self.silence(at);
        if !self.ghosts.is_empty() {
            let email = self.slots.get(at).email.clone();
            self.drop_ghosts_of(&email);
        }
        let number = self.next_number();
        let slot = self.slots.get_mut(at);
        slot.number = number;
        slot.announced = true;
        self.by_number.insert(number, at);
    }

    /// Takes an entry out of the feed.
    fn silence(&mut self, at: u32) {
        let slot = self.slots.get_mut(at);
        if std::mem::take(&mut slot.announced) {
            self.by_number.remove(&slot.number);
        }
    }

    fn place(&mut self, at: u32) {
        let slot = self.slots.get_mut(at);
        if !std::mem::replace(&mut slot.placed, true) {
            slot.place = self.layout.push(at);
        }
    }

    /// Keeps an address as one that is offline, unless somebody is known to have it.
    fn leave_ghost(&mut self, id: Id, email: Box<str>) -> bool {
        let at = self.slots.insert(Slot {
            number: 0,
            email,
            id,
            kind: Kind::Former,
            status: None,
            announced: false,
            placed: false,
            place: 0,
            listing: 0,
        });
        if self.tell_successor(at) {
            self.free(at);
            return false;
        }
        self.announce(at);
        let number = self.slots.get(at).number;
        self.ghosts.insert(number, at);
        self.limit_ghosts();
        true
    }

    /// Whoever has the address of this entry now is told of once more, since the last that desks heard of it was
    /// about somebody else. False when nobody is known to have it: someone who was never told of may not stay.
    fn tell_successor(&mut self, at: u32) -> bool {
        let told = |slot: &Slot| slot.announced && slot.kind == Kind::Listed;
        let successor = self.slots.by_email(&self.slots.get(at).email, told);
        let found = successor.is_some();
        if let Some(successor) = successor {
            self.announce(successor);
        }
        found
    }

    fn drop_ghosts_of(&mut self, email: &str) {
        let gone = |slot: &Slot| slot.announced && slot.kind != Kind::Listed;
        while let Some(at) = self.slots.by_email(email, gone) {
            self.drop_ghost(at);
        }
    }

    fn drop_ghost(&mut self, at: u32) {
        let number = self.slots.get(at).number;
        self.ghosts.remove(&number);
        self.silence(at);
        self.free(at);
    }

    /// Gives up an entry that neither the feed nor the pages show.
    pub(super) fn free(&mut self, at: u32) {
        let slot = self.slots.get(at);
        if slot.kind != Kind::Listed && !slot.placed && !slot.announced {
            self.slots.remove(at);
        }
    }

    fn limit_ghosts(&mut self) {
        while self.ghosts.len() > MAX_GHOSTS
            && let Some((_, at)) = self.ghosts.first_key_value()
        {
            self.drop_ghost(*at);
        }
    }
}
