//! Writes the board.

use std::sync::Arc;

use serde::Serialize;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::super::{seal, sum};
use super::load::Stored;
use super::{
    LOG_EVERY, LOG_MOST, LogWritten, MANIFEST, MAX_PARTS, Manifest, PART_BYTES, SEGMENT_SLOTS,
    Saved, log_key, part_key, places_of, put, segment_key, segments_of,
};
use crate::board::Timestamp;
use crate::host::{HostError, HostErrorKind, Records};
use crate::journal::{Entry, Replica, Tail};

/// How many steps are taken from the tail at once.
const STEPS: usize = 1024;

/// Writes to the store, and knows what is there.
pub(super) struct Writer<H> {
    pub(super) host: Arc<H>,
    pub(super) tail: Arc<Tail>,
    pub(super) stored: Stored,
    /// When the log was written last.
    pub(super) logged: Option<Instant>,
    /// A record of the log of which it is not known whether it was stored: its number, its content and the index of its last step. The
    /// server may do it long after we stopped to wait, so it is the same bytes that are tried again: no later step can be lost by it.
    pub(super) unsure: Option<(u64, Vec<u8>, u64)>,
    /// The board did not begin with what is stored, so its steps do not follow that: a whole board is stored before any of them.
    pub(super) other: bool,
}

impl<H: Records> Writer<H> {
    /// Whether only a whole state helps: steps are missing between the log and the tail, or the log is full.
    pub(super) fn needs_state(&self) -> bool {
        let behind = self.stored.last.as_ref().map_or(0, |last| last.log);
        self.other
            || self.stored.next.saturating_sub(behind) >= LOG_MOST
            || self.tail.after(self.stored.logged, 1).is_err()
            // Nobody can take the log's steps over nothing.
            || (self.stored.last.is_none() && self.tail.last() > 0)
    }

    /// Writes what happened since the log was written last. Answers whether anything did.
    pub(super) async fn log(&mut self) -> Result<bool, HostError> {
        let mut wrote = false;
        // One that cannot be logged is in the next whole state.
        while !self.other
            && self.stored.last.is_some()
            && let Ok(steps) = self.tail.after(self.stored.logged, STEPS)
            && !steps.is_empty()
        {
            let number = self.stored.next;
            let unsure = self.unsure.take().filter(|(of, ..)| *of == number);
            let (bytes, last) = match unsure {
                Some((_, bytes, last)) => (bytes, last),
                None => self.record(&steps)?,
            };
            let stored = put(&*self.host, &log_key(number), Some(&bytes)).await;
            if stored.is_err() {
                self.unsure = Some((number, bytes, last));
            }
            stored?;
            self.stored.next += 1;
            self.stored.logged = last;
            self.logged = Some(Instant::now());
            wrote = true;
            if self.needs_state() {
                break;
            }
        }
        Ok(wrote)
    }

    /// As many of these steps as fit into a record, and the index of the last one.
    fn record(&self, steps: &[Arc<Entry>]) -> Result<(Vec<u8>, u64), HostError> {
        let mut count = steps.len();
        loop {
            let entries = &steps[..count];
            let json = json(&LogWritten {
                journal: self.stored.journal,
                number: self.stored.next,
                entries,
            })?;
            if json.len() <= PART_BYTES || count == 1 {
                let last = entries.last().map_or(self.stored.logged, |last| last.index);
                return Ok((sealed(&json)?, last));
            }
            count = count.div_ceil(2);
        }
    }

    /// Stores a whole board. The log goes on meanwhile.
    pub(super) async fn state(
        &mut self,
        replica: Replica,
        now: Timestamp,
        all: bool,
    ) -> Result<(), HostError> {
        // The steps behind this board are in this record of the log or in later ones.
        let log = self.stored.next;
        self.log().await?;
        let history = replica.board().record_places();
        let replica = Arc::new(replica);
        for segment in segments_of(&history) {
            let places = places_of(segment, &history);
            let stored = self.stored.history.as_ref();
            if !all && stored.is_some_and(|stored| places == places_of(segment, stored)) {
                continue;
            }
            let record = (
                segment,
                places.start,
                replica.board().records(places.clone()),
            );
            let bytes = sealed(&json(&record)?)?;
            self.put(&segment_key(segment), Some(&bytes)).await?;
        }
        let held = self.stored.history.as_ref().map(segments_of);
        for gone in held.unwrap_or(0..SEGMENT_SLOTS) {
            // Its place may be taken by a newer one.
            let taken = |own: u64| segment_key(own) == segment_key(gone);
            if !segments_of(&history).any(taken) {
                self.put(&segment_key(gone), None).await?;
            }
        }
        let generation = self.stored.last.as_ref().map_or(0, |last| last.generation) + 1;
        let own = Arc::clone(&replica);
        // 10,000 lines take a while.
        let words = spawn_blocking(move || {
            let words = json(&own.board().state())?;
            let sum = sum(&words);
            Ok::<_, HostError>((words, sum))
        });
        let words = words.await;
        let (words, sum) = words.map_err(|_| failed("the board could not be put into words"))??;
        let parts = words.chunks(PART_BYTES);
        let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        if count > MAX_PARTS {
            return Err(failed("the board is too large to be stored"));
        }
        for (part, piece) in (0..).zip(parts) {
            let bytes = sealed(piece)?;
            self.put(&part_key(generation, part), Some(&bytes)).await?;
        }
        let saved = Saved {
            generation,
            at: now,
            index: replica.index(),
            parts: count,
            sum: Some(sum),
            history: history.clone(),
            log,
            term: replica.term(),
            origins: replica.origins().clone(),
        };
        let before = self.stored.last.clone().filter(|_| !all);
        let manifest = Manifest {
            journal: self.stored.journal,
            last: saved.clone(),
            before: before.clone(),
            trimmed: self.stored.trimmed,
        };
        self.put(MANIFEST, Some(&sealed(&json(&manifest)?)?))
            .await?;
        self.stored.last = Some(saved);
        self.stored.before = before;
        self.stored.history = Some(history);
        self.stored.logged = match std::mem::take(&mut self.other) {
            true => replica.index(),
            false => self.stored.logged.max(replica.index()),
        };
        Ok(())
    }

    /// Writes a record, and the log when it is time for that.
    pub(super) async fn put(&mut self, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
        put(&*self.host, key, value).await?;
        if self.logged.is_none_or(|at| at.elapsed() >= LOG_EVERY) {
            self.log().await?;
        }
        Ok(())
    }
}

fn json(record: &impl Serialize) -> Result<Vec<u8>, HostError> {
    serde_json::to_vec(record).map_err(|error| failed(&error.to_string()))
}

fn sealed(content: &[u8]) -> Result<Vec<u8>, HostError> {
    seal(content).map_err(failed)
}

fn failed(why: &str) -> HostError {
    HostError {
        kind: HostErrorKind::Permanent,
        message: why.to_owned(),
    }
}
