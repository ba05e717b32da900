//! Pages of people in an order that does not change while someone turns them.
//!
//! A person keeps their place. New ones come to the end; who is gone leaves a hole, which pages pass by, so that nobody
//! behind it moves to a page that a reader has already had. Holes are closed while nobody turns pages.

use super::slots::Kind;
use super::table::Table;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// A JSON array of records; `[]` beyond the last person.
    pub json: Vec<u8>,
    /// A strong entity tag, quotes and all: the same as long as the page is. No other process makes the same.
    pub etag: String,
}

/// The order of pages.
#[derive(Debug)]
pub(super) struct Layout {
    places: Vec<u32>,
    holes: usize,
    /// How often holes were closed.
    generation: u64,
    /// What tells this table's tags from those of others.
    key: u64,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            holes: 0,
            generation: 0,
            key: fastrand::u64(..),
        }
    }
}

impl Layout {
    pub(super) fn push(&mut self, at: u32) {
        self.places.push(at);
    }

    pub(super) fn hole(&mut self) {
        self.holes += 1;
    }

    pub(super) fn fill_hole(&mut self) {
        self.holes -= 1;
    }

    pub(super) fn memory(&self) -> usize {
        self.places.capacity() * size_of::<u32>()
    }
}

impl Table {
    /// A page, counted from 0, of at most `per_page` people (at least 1). Bots and whoever has no status are offline. A
    /// page whose people are all gone shows one of them, offline, unless it is the last: to a reader an empty page
    /// means the end.
    #[must_use]
    pub fn page(&self, page: u64, per_page: usize) -> Page {
        let per_page = per_page.max(1);
        let places = &self.layout.places;
        let first = usize::try_from(page)
            .ok()
            .and_then(|page| page.checked_mul(per_page))
            .map_or(places.len(), |first| first.min(places.len()));
        let (here, behind) = places[first..].split_at(per_page.min(places.len() - first));
        let listed = |at: &&u32| self.slots.get(**at).kind == Kind::Listed;

        let mut json = Vec::with_capacity(2 + here.len() * 112);
        json.push(b'[');
        let mut shown = 0_usize;
        for at in here.iter().filter(listed) {
            if shown > 0 {
                json.push(b',');
            }
            self.record(*at).write_json(&mut json);
            shown += 1;
        }
        if shown == 0
            && let Some(gone) = here.first()
            && behind.iter().any(|at| listed(&at))
        {
            self.record(*gone).write_json(&mut json);
            shown = 1;
        }
        json.push(b']');

        // Whatever changes a page gives somebody on it the highest number of all, closes holes, or makes the last
        // people behind it go.
        let newest = here.iter().map(|at| self.slots.get(*at).number).max();
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
        self.layout.holes
    }

    /// Closes the holes, the order kept.
    pub fn close_holes(&mut self) {
        if self.layout.holes == 0 {
            return;
        }
        let mut places = std::mem::take(&mut self.layout.places);
        places.retain(|at| {
            let listed = self.slots.get(*at).kind == Kind::Listed;
            if !listed {
                self.slots.get_mut(*at).placed = false;
                self.free(*at);
            }
            listed
        });
        self.layout.places = places;
        self.layout.holes = 0;
        self.layout.generation += 1;
    }
}
