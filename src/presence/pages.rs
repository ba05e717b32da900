//! Pages of people in an order that does not change while someone turns them.
//!
//! A person keeps their place. New ones come to the end; who is gone leaves a hole, which pages pass by, so that nobody
//! behind it moves to a page that a reader has already had. Holes are closed while nobody turns pages.
//!
//! On the nodes of a cluster everybody has the same place, that of the leader's table, since a reader may be given each page
//! by another node. Only the leader closes holes.

use std::collections::HashSet;

use super::slots::Kind;
use super::table::Table;
use crate::host::UserId;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// A JSON array of records; `[]` beyond the last person.
    pub json: Vec<u8>,
    /// A strong entity tag, quotes and all: the same as long as the page is. No other process makes the same.
    pub etag: String,
}

/// The highest place a table takes from another one.
pub const MAX_PLACE: u32 = 1 << 30;

/// How holes were closed last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Closing {
    /// The number it got, as changes do; 0 while there was none.
    pub number: u64,
    /// How many people there were; they have the places below it, as long as they stay.
    pub left: u32,
    /// Who they were, in any order: the sum of what their ids hash to.
    pub who: u64,
}

/// The order of pages.
#[derive(Debug)]
pub(super) struct Layout {
    /// Places, and the entries that have them, in order. Places that are not there are holes, as are those of entries
    /// that are not listed.
    order: Vec<(u32, u32)>,
    /// The place of the next one who comes.
    next: u32,
    /// How often somebody's place changed.
    generation: u64,
    closing: Closing,
    /// What tells this table's tags from those of others.
    key: u64,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            next: 0,
            generation: 0,
            closing: Closing::default(),
            key: fastrand::u64(..),
        }
    }
}

impl Layout {
    /// Gives the entry the place behind all others.
    pub(super) fn push(&mut self, at: u32) -> u32 {
        let place = self.next;
        self.order.push((place, at));
        self.next += 1;
        place
    }

    pub(super) fn memory(&self) -> usize {
        self.order.capacity() * size_of::<(u32, u32)>()
    }

    /// Moves an entry.
    fn put(&mut self, at: u32, from: u32, to: u32) {
        let first = self.order.partition_point(|(place, _)| *place < from);
        let found = self.order[first..].iter().position(|(_, here)| *here == at);
        if let Some(found) = found {
            self.order.remove(first + found);
        }
        let behind = self.order.partition_point(|(place, _)| *place <= to);
        self.order.insert(behind, (to, at));
        self.next = self.next.max(to + 1);
        self.generation += 1;
    }
}

impl Table {
    /// A page, counted from 0, of at most `per_page` people (at least 1). Bots and whoever has no status are offline. A
    /// page whose people are all gone shows one of them, offline, unless it is the last: to a reader an empty page
    /// means the end. Where none of them was ever known, as on a node that came later, it is the next one behind.
    #[must_use]
    pub fn page(&self, page: u64, per_page: usize) -> Page {
        let per_page = per_page.max(1);
        let order = &self.layout.order;
        let first = usize::try_from(page)
            .ok()
            .and_then(|page| page.checked_mul(per_page))
            .unwrap_or(usize::MAX);
        let from = |first: usize| order.partition_point(|(place, _)| (*place as usize) < first);
        let (here, behind) =
            order[from(first)..].split_at(from(first.saturating_add(per_page)) - from(first));
        let listed = |(_, at): &&(u32, u32)| self.slots.get(*at).kind == Kind::Listed;

        let mut json = Vec::with_capacity(2 + here.len() * 112);
        json.push(b'[');
        let mut shown = 0_usize;
        let mut newest = here.iter().map(|(_, at)| self.slots.get(*at).number).max();
        for (_, at) in here.iter().filter(listed) {
            if shown > 0 {
                json.push(b',');
            }
            self.record(*at).write_json(&mut json);
            shown += 1;
        }
        if shown == 0
            && let Some(next) = behind.iter().find(listed)
        {
            let record = self.record(here.first().unwrap_or(next).1);
            record.write_json(&mut json);
            newest = newest.max(Some(record.number));
            shown = 1;
        }
        json.push(b']');

        // Whatever changes a page gives somebody on it the highest number of all, gives somebody another place, or makes
        // the last people behind it go.
        let Layout {
            key, generation, ..
        } = self.layout;
        let newest = newest.unwrap_or_default();
        let etag =
            format!("\"{key:x}-{generation:x}-{first:x}-{per_page:x}-{newest:x}-{shown:x}\"");
        Page { json, etag }
    }

    /// How many places nobody has any more.
    #[must_use]
    pub fn holes(&self) -> usize {
        (self.layout.next as usize).saturating_sub(self.people().listed)
    }

    /// How holes were closed last.
    #[must_use]
    pub fn closing(&self) -> Closing {
        self.layout.closing
    }

    /// Closes the holes, the order kept. The [head](Self::head) is another after that, though nobody changed.
    pub fn close_holes(&mut self) {
        if self.holes() == 0 {
            return;
        }
        self.drop_unlisted();
        for (next, (place, at)) in (0..).zip(&mut self.layout.order) {
            *place = next;
            self.slots.get_mut(*at).place = next;
        }
        let left = self.people().listed as u32;
        self.layout.next = left;
        self.layout.generation += 1;
        let number = self.next_number();
        let left_at = self.layout.order.iter().map(|(_, at)| *at);
        let who = self.digest(left_at);
        self.layout.closing = Closing { number, left, who };
    }

    /// Gives somebody who is listed the place that they have in another table.
    pub fn put(&mut self, id: &UserId, place: u32) {
        if let Some(at) = self.listed(id) {
            let before = std::mem::replace(&mut self.slots.get_mut(at).place, place);
            if before != place {
                self.layout.put(at, before, place);
            }
        }
    }

    /// Notes the place that somebody who is listed has in another table. Pages stay as they are, until it is
    /// [settled](Self::settle).
    pub fn note_place(&mut self, id: &UserId, place: u32) {
        if let Some(at) = self.listed(id) {
            self.slots.get_mut(at).place = place;
        }
    }

    /// Lays everybody who is listed out by the places that were noted. Where two have the same, those behind move.
    pub fn settle(&mut self) {
        self.drop_unlisted();
        let mut next = 0;
        for (place, at) in &mut self.layout.order {
            *place = self.slots.get(*at).place;
        }
        self.layout.order.sort_unstable();
        for (place, at) in &mut self.layout.order {
            *place = next.max(*place);
            self.slots.get_mut(*at).place = *place;
            next = *place + 1;
        }
        self.layout.next = next;
        self.layout.generation += 1;
    }

    /// Closes holes as another table did, if those who were left there are the same people as here: the places of those in `told` were noted since, all others keep their order and have what places are left. False when the people
    /// are not the same; then nothing is settled.
    pub fn close_like<'a>(
        &mut self,
        closing: Closing,
        told: impl Iterator<Item = &'a str>,
    ) -> bool {
        let left = closing.left;
        let told: HashSet<u32> = told
            .filter_map(|id| self.listed(&UserId::from(id)))
            .collect();
        let places = told.iter().map(|at| self.slots.get(*at).place);
        let taken: HashSet<u32> = places.filter(|place| *place < left).collect();
        let kept =
            |(_, at): &&(u32, u32)| self.slots.get(*at).kind == Kind::Listed && !told.contains(at);
        let kept: Vec<u32> = self
            .layout
            .order
            .iter()
            .filter(kept)
            .map(|(_, at)| *at)
            .collect();
        let early = |at: &u32| self.slots.get(*at).place < left;
        let were = kept.iter().chain(told.iter().filter(|at| early(at)));
        let same = self.digest(were.copied()) == closing.who;
        if !same || kept.len() + taken.len() != left as usize {
            return false;
        }
        let free = (0..left).filter(|place| !taken.contains(place));
        for (at, place) in kept.into_iter().zip(free) {
            self.slots.get_mut(at).place = place;
        }
        self.settle();
        true
    }

    fn digest(&self, people: impl Iterator<Item = u32>) -> u64 {
        let digests = people.map(|at| self.slots.get(at).id.digest());
        digests.fold(0, u64::wrapping_add)
    }

    fn drop_unlisted(&mut self) {
        let mut order = std::mem::take(&mut self.layout.order);
        order.retain(|(_, at)| {
            let listed = self.slots.get(*at).kind == Kind::Listed;
            if !listed {
                self.slots.get_mut(*at).placed = false;
                self.free(*at);
            }
            listed
        });
        self.layout.order = order;
    }
}
