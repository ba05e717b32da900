//! What the process remembers of its peers' types.
//!
//! A Go process numbers its types once and so sends byte-identical definitions on every stream. What was
//! parsed and compiled from them is therefore kept, under those bytes: a new stream with the same definitions
//! costs one comparison. What is kept is bounded by [`MAX_CACHED_SETS`], [`MAX_CACHED_BYTES`] and
//! [`MAX_CACHED_STEPS`].

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::DecodeError;
use crate::limits::{MAX_CACHED_BYTES, MAX_CACHED_SETS, MAX_CACHED_STEPS};
use crate::plan::Plan;
use crate::types::Types;

/// Everything a stream has defined up to some point, and the plans made from it.
#[derive(Debug)]
pub(crate) struct Set {
    /// Which set this is; unique in the process.
    serial: u64,
    /// The set that this one adds to; 0 for none.
    parent: u64,
    /// What it adds: whole definition messages.
    bytes: Box<[u8]>,
    /// All definitions, the parent's too.
    pub(crate) types: Types,
    /// Bytes of all definitions, the parent's too.
    pub(crate) total_bytes: usize,
    /// How many sets stand one upon the other here.
    pub(crate) batches: usize,
    plans: RwLock<Vec<Planned>>,
}

/// A plan, or why there is none, and what it is for.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// The peer's type id and the key of our description.
    pub(crate) key: (i64, usize),
    pub(crate) plan: Result<Arc<Plan>, DecodeError>,
}

struct Cache {
    /// A fingerprint beside each set, so that looking for one touches little memory.
    sets: Vec<(u64, Arc<Set>)>,
    bytes: usize,
}

impl Cache {
    /// Drops everything. Rare, and simpler than choosing: what is in use comes back with the next stream.
    fn clear(&mut self) {
        self.sets.clear();
        self.bytes = 0;
        STEPS.store(0, Ordering::Relaxed);
    }
}

static CACHE: RwLock<Cache> = RwLock::new(Cache {
    sets: Vec::new(),
    bytes: 0,
});
static STEPS: AtomicUsize = AtomicUsize::new(0);
static SERIAL: AtomicU64 = AtomicU64::new(1);

/// Something to tell sets apart by quickly; only [`lookup`]'s comparison makes sure.
fn fingerprint(parent: u64, bytes: &[u8]) -> u64 {
    let sample = |at: usize| {
        bytes
            .get(at..at + 8)
            .and_then(|b| b.try_into().ok())
            .map_or(0, u64::from_le_bytes)
    };
    let len = bytes.len();
    [
        parent,
        len as u64,
        sample(0),
        sample(len / 2),
        sample(len.saturating_sub(8)),
    ]
    .into_iter()
    .fold(0, |hash: u64, word| {
        (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// The set that these definitions make of that one, when it is remembered.
pub(crate) fn lookup(parent: Option<&Set>, bytes: &[u8]) -> Option<Arc<Set>> {
    let parent = parent.map_or(0, |set| set.serial);
    let print = fingerprint(parent, bytes);
    let cache = CACHE.read().unwrap_or_else(PoisonError::into_inner);
    cache
        .sets
        .iter()
        .find(|(known, set)| *known == print && set.parent == parent && *set.bytes == *bytes)
        .map(|(_, set)| Arc::clone(set))
}

/// Remembers a set.
pub(crate) fn insert(parent: Option<&Set>, bytes: &[u8], types: Types) -> Arc<Set> {
    let set = Arc::new(Set {
        serial: SERIAL.fetch_add(1, Ordering::Relaxed),
        parent: parent.map_or(0, |set| set.serial),
        bytes: bytes.into(),
        types,
        total_bytes: parent.map_or(0, |set| set.total_bytes) + bytes.len(),
        batches: parent.map_or(0, |set| set.batches) + 1,
        plans: RwLock::default(),
    });
    // A set's parsed form takes a few times its bytes, and it holds its parents' too.
    let weight = set.total_bytes;
    if weight <= MAX_CACHED_BYTES {
        let mut cache = CACHE.write().unwrap_or_else(PoisonError::into_inner);
        if cache.sets.len() >= MAX_CACHED_SETS || cache.bytes + weight > MAX_CACHED_BYTES {
            cache.clear();
        }
        cache.bytes += weight;
        cache
            .sets
            .push((fingerprint(set.parent, bytes), Arc::clone(&set)));
    }
    set
}

impl Set {
    pub(crate) fn plan(&self, key: (i64, usize)) -> Option<Planned> {
        let plans = self.plans.read().unwrap_or_else(PoisonError::into_inner);
        plans.iter().find(|planned| planned.key == key).cloned()
    }

    /// Remembers a plan beside its definitions.
    pub(crate) fn keep(&self, planned: &Planned) {
        let cost = planned.plan.as_ref().map_or(64, |plan| plan.cost());
        {
            let mut plans = self.plans.write().unwrap_or_else(PoisonError::into_inner);
            // Another stream may have been faster. A set read as so many types has none worth remembering.
            if plans.len() >= MAX_CACHED_SETS || plans.iter().any(|known| known.key == planned.key)
            {
                return;
            }
            plans.push(planned.clone());
        }
        if STEPS.fetch_add(cost, Ordering::Relaxed) + cost > MAX_CACHED_STEPS {
            CACHE
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
        }
    }
}
