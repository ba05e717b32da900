//! Batches that many clients are sent, built once.

use std::sync::Arc;

use super::batch::{BATCH_BYTES, Batch};

/// The bytes that writes under way hold together, of all clients, before they become smaller.
pub const IN_FLIGHT_BYTES: usize = 2 * 1024 * 1024;

/// The smallest limit of a write. So many bytes per client is what all clients together can hold at worst, beside
/// [`IN_FLIGHT_BYTES`].
pub const MIN_BATCH_BYTES: usize = 4 * 1024;

/// The most batches that are kept for other clients.
const KEPT: usize = 16;

/// How long the next write may become while others hold so many bytes: a sixteenth of what is left, so that one that
/// takes nothing leaves room for all others. A power of two, so that clients agree.
pub(super) fn batch_limit(in_flight: usize) -> usize {
    let share = IN_FLIGHT_BYTES.saturating_sub(in_flight) / 16;
    let limit = share.clamp(MIN_BATCH_BYTES, BATCH_BYTES);
    1 << limit.ilog2()
}

/// The batches that were built last, while nothing changed since.
#[derive(Debug, Default)]
pub(super) struct Kept {
    head: u64,
    batches: Vec<KeptBatch>,
    oldest: usize,
}

#[derive(Debug)]
struct KeptBatch {
    after: u64,
    limit: usize,
    up_to: u64,
    batch: Arc<Batch>,
}

impl Kept {
    /// A batch of what is behind `after`, where one is kept that is within the limit.
    pub(super) fn find(&self, head: u64, after: u64, limit: usize) -> Option<(Arc<Batch>, u64)> {
        if head != self.head {
            return None;
        }
        let fits = |kept: &&KeptBatch| {
            // One with all there is suits everybody whom it is not too long for.
            let whole = kept.up_to >= head && kept.batch.len() <= limit;
            kept.after == after && (kept.limit == limit || whole)
        };
        let kept = self.batches.iter().find(fits)?;
        Some((Arc::clone(&kept.batch), kept.up_to))
    }

    /// Lets go of all: something changed.
    pub(super) fn clear(&mut self) {
        self.batches.clear();
        self.oldest = 0;
    }

    /// Keeps a batch in the place of the oldest, or of all that were made before the last change.
    pub(super) fn keep(
        &mut self,
        head: u64,
        after: u64,
        limit: usize,
        (batch, up_to): (Arc<Batch>, u64),
    ) {
        if head != self.head {
            self.clear();
            self.head = head;
        }
        let kept = KeptBatch {
            after,
            limit,
            up_to,
            batch,
        };
        if self.batches.len() < KEPT {
            self.batches.push(kept);
        } else {
            self.batches[self.oldest] = kept;
            self.oldest = (self.oldest + 1) % KEPT;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_become_smaller_while_others_hold_much() {
        assert_eq!(batch_limit(0), BATCH_BYTES);
        assert_eq!(batch_limit(IN_FLIGHT_BYTES / 2), BATCH_BYTES);
        assert_eq!(batch_limit(IN_FLIGHT_BYTES / 4 * 3), BATCH_BYTES / 2);
        assert_eq!(batch_limit(IN_FLIGHT_BYTES), MIN_BATCH_BYTES);
        assert_eq!(batch_limit(usize::MAX), MIN_BATCH_BYTES);
    }

    #[test]
    fn three_thousand_writes_hold_a_bounded_number_of_bytes() {
        let held = (0..3_000).fold(0, |held, _| held + batch_limit(held));
        assert!(held <= IN_FLIGHT_BYTES + 3_000 * MIN_BATCH_BYTES, "{held}");
    }

    fn batch(bytes: usize) -> Arc<Batch> {
        let mut batch = Batch::default();
        batch.push(&vec![b'x'; bytes]);
        Arc::new(batch)
    }

    #[test]
    fn a_batch_suits_who_stands_at_the_same_place_until_something_changes() {
        let mut kept = Kept::default();
        let (whole, part) = (batch(5000), batch(100));
        kept.keep(9, 3, 65_536, (Arc::clone(&whole), 9));
        kept.keep(9, 4, 8192, (part, 7));
        let up_to = |kept: &Kept, head, after, limit| kept.find(head, after, limit).map(|f| f.1);
        assert_eq!(up_to(&kept, 9, 3, 65_536), Some(9));
        assert_eq!(up_to(&kept, 9, 3, 8192), Some(9), "all there is, and short");
        assert_eq!(up_to(&kept, 9, 3, 4096), None, "longer than allowed");
        assert_eq!(up_to(&kept, 9, 4, 8192), Some(7));
        assert_eq!(up_to(&kept, 9, 4, 65_536), None, "not all there is");
        assert_eq!(up_to(&kept, 9, 5, 65_536), None, "another place");
        assert_eq!(up_to(&kept, 10, 3, 65_536), None, "something changed");
        kept.keep(10, 9, 65_536, (batch(1), 10));
        assert_eq!(Arc::strong_count(&whole), 1, "let go with the change");
    }

    #[test]
    fn a_bounded_number_of_batches_is_kept() {
        let mut kept = Kept::default();
        for after in 0..100 {
            kept.keep(200, after, 4096, (batch(1), after + 1));
        }
        let found = (0..100).filter(|after| kept.find(200, *after, 4096).is_some());
        assert_eq!(found.collect::<Vec<_>>(), (84..100).collect::<Vec<_>>());
    }
}
