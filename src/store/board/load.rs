//! Reads the board.

use std::ops::Range;

use futures_util::future::join_all;
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use super::super::{WAIT, read, seal, sum, unseal};
use super::{
    LogRecord, LogWritten, MANIFEST, MAX_DAMAGED, MAX_PARTS, Manifest, SEGMENT_SLOTS, Saved,
    damaged_key, get, log_key, part_key, places_of, put, segment_key, segments_of, within,
};
use crate::board::{Board, MAX_HISTORY, Records as Calls, State, Timestamp};
use crate::host::{HostError, Records, Store};
use crate::journal::{Entry, Origins, Replica};

/// How many records are asked for at once.
const AT_ONCE: u64 = 16;

/// How often the manifest is read anew while others change it.
const MAX_ATTEMPTS: u32 = 5;

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// The board, and how far it is; an empty one where nothing was stored.
    pub replica: Replica,
    /// Which records were damaged: they were set aside. In a few words each.
    pub damaged: Vec<String>,
    pub(super) stored: Stored,
}

/// What is in the store, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Stored {
    pub(super) journal: u64,
    pub(super) last: Option<Saved>,
    pub(super) before: Option<Saved>,
    pub(super) trimmed: u64,
    /// The number of the log's next record.
    pub(super) next: u64,
    /// The index of the last step in the log.
    pub(super) logged: u64,
    /// The places of the calls that the stored segments hold; nothing where that is not known, and any slot may hold something old.
    pub(super) history: Option<Range<u64>>,
}

impl Stored {
    /// Of a store without anything.
    pub(super) fn empty(now: Timestamp) -> Self {
        Self {
            journal: now.0,
            history: Some(0..0),
            ..Self::default()
        }
    }
}

/// Reads what is stored.
///
/// # Errors
///
/// [`HostError`] where the store does not answer. A damaged record is none: it is set aside, and what is without it is read.
pub async fn load<H: Store + Records>(host: &H, now: Timestamp) -> Result<Loaded, HostError> {
    let mut reader = Reader {
        host,
        damaged: Vec::new(),
    };
    let Some(manifest) = reader.manifest().await? else {
        if !reader.damaged.is_empty() {
            return reader.rest(now).await;
        }
        return Ok(Loaded {
            replica: Replica::default(),
            damaged: reader.damaged,
            stored: Stored::empty(now),
        });
    };
    let mut found = None;
    for saved in [Some(&manifest.last), manifest.before.as_ref()] {
        let Some(saved) = saved else { continue };
        if let Some(state) = reader.state(saved).await? {
            found = Some((saved.clone(), state));
            break;
        }
    }
    let Some((saved, state)) = found else {
        return reader.rest(now).await;
    };
    let (calls, is_whole) = reader.history(&saved.history).await?;
    let board = Board::from_state(state, calls, saved.history.end);
    let mut replica = Replica::new(board, saved.index, saved.term, saved.origins.clone());
    let next = reader.log(&manifest, &saved, &mut replica).await?;
    let stored = Stored {
        journal: manifest.journal,
        // Whatever was damaged is written anew under the other letter.
        before: manifest.before.filter(|_| saved == manifest.last),
        trimmed: manifest.trimmed,
        next,
        logged: replica.index(),
        history: is_whole.then(|| saved.history.clone()),
        last: Some(saved),
    };
    Ok(Loaded {
        replica,
        damaged: reader.damaged,
        stored,
    })
}

struct Reader<'a, H> {
    host: &'a H,
    damaged: Vec<String>,
}

impl<H: Store + Records> Reader<'_, H> {
    /// The manifest as the database itself has it, not a replica that lags behind.
    async fn manifest(&mut self) -> Result<Option<Manifest>, HostError> {
        let mut bytes = get(self.host, MANIFEST).await?;
        for attempt in 1..MAX_ATTEMPTS {
            let Some(read) = &bytes else { break };
            let same = self.host.compare_and_set(MANIFEST, Some(read), Some(read));
            // One that cannot be written now was read all the same.
            if within(same).await.unwrap_or(true) {
                break;
            }
            sleep(WAIT * attempt).await;
            bytes = get(self.host, MANIFEST).await?;
        }
        let Some(bytes) = bytes else { return Ok(None) };
        Ok(self.read(MANIFEST, &bytes).await)
    }

    /// A record as what it should be; a damaged one is set aside.
    async fn read<T: DeserializeOwned>(&mut self, key: &str, bytes: &[u8]) -> Option<T> {
        match read(bytes) {
            Ok(record) => Some(record),
            Err(why) => {
                self.set_aside(key, Some(bytes), why).await;
                None
            }
        }
    }

    async fn set_aside(&mut self, key: &str, bytes: Option<&[u8]>, why: &str) {
        tracing::warn!(
            key,
            why,
            "a record of the board is damaged, and is set aside"
        );
        self.damaged.push(format!("`{key}`: {why}"));
        let Some(bytes) = bytes else { return };
        let mut place = damaged_key(0);
        for n in 0..MAX_DAMAGED {
            let key = damaged_key(n);
            // A place that cannot be asked for is not written over.
            if matches!(get(self.host, &key).await, Ok(None)) {
                place = key;
                break;
            }
        }
        if let Err(error) = put(self.host, &place, Some(bytes)).await {
            tracing::warn!(%error, key, "a damaged record cannot be set aside");
        }
    }

    async fn state(&mut self, saved: &Saved) -> Result<Option<State<'static>>, HostError> {
        let mut json = Vec::new();
        for part in 0..saved.parts.min(MAX_PARTS) {
            let key = part_key(saved.generation, part);
            let bytes = get(self.host, &key).await?;
            let Some(bytes) = bytes else {
                self.set_aside(&key, None, "it is not there").await;
                return Ok(None);
            };
            match unseal(&bytes) {
                Ok(piece) => json.extend_from_slice(piece),
                Err(why) => {
                    self.set_aside(&key, Some(&bytes), why).await;
                    return Ok(None);
                }
            }
        }
        if saved.sum.as_ref().is_some_and(|own| *own != sum(&json)) {
            let key = part_key(saved.generation, 0);
            let why = "it and those behind it are not all of that board";
            self.set_aside(&key, None, why).await;
            return Ok(None);
        }
        let state = serde_json::from_slice(&json);
        if state.is_err() {
            let key = part_key(saved.generation, 0);
            let why = "it and those behind it are no state of a board";
            self.set_aside(&key, None, why).await;
        }
        Ok(state.ok())
    }

    /// No whole state can be read: the board begins anew, with the calls that ended in whatever segment is still sound. No manifest says
    /// which of them are of one history, so all are read.
    async fn rest(mut self, now: Timestamp) -> Result<Loaded, HostError> {
        let mut calls = Calls::default();
        let mut end = 0;
        let slots: Vec<u64> = (0..SEGMENT_SLOTS).collect();
        for some in slots.chunks(AT_ONCE as usize) {
            let keys: Vec<String> = some.iter().map(|slot| segment_key(*slot)).collect();
            let reads = join_all(keys.iter().map(|key| get(self.host, key))).await;
            for (key, bytes) in keys.iter().zip(reads) {
                let Some(bytes) = bytes? else { continue };
                let found = self.read::<(u64, u64, Calls)>(key, &bytes).await;
                let Some((_, first, own)) = found else {
                    continue;
                };
                end = end.max(first.saturating_add(own.len() as u64));
                calls.append(own);
            }
        }
        calls.newest(MAX_HISTORY);
        tracing::warn!(
            calls = calls.len(),
            "no whole board can be read: it begins anew, with the calls that ended"
        );
        self.damaged.push(format!(
            "lines, queues and counters began empty, and {} calls that ended were read",
            calls.len()
        ));
        let history = Board::from_state(State::default(), calls, end);
        let mut replica = Replica::beginning_at(now);
        // Of no term: a copy of the whole board that this node of a cluster may have is better.
        replica.absorb(Replica::new(history, 0, 0, Origins::default()));
        Ok(Loaded {
            replica,
            damaged: self.damaged,
            stored: Stored {
                history: None,
                ..Stored::empty(now)
            },
        })
    }

    /// The calls that ended, and whether none is missing.
    async fn history(&mut self, places: &Range<u64>) -> Result<(Calls, bool), HostError> {
        let mut calls = Calls::default();
        let mut is_whole = true;
        let segments: Vec<u64> = segments_of(places).collect();
        for some in segments.chunks(AT_ONCE as usize) {
            let keys: Vec<String> = some.iter().map(|segment| segment_key(*segment)).collect();
            let reads = join_all(keys.iter().map(|key| get(self.host, key))).await;
            for ((segment, key), bytes) in some.iter().zip(&keys).zip(reads) {
                let wanted = places_of(*segment, places);
                let found = match bytes? {
                    Some(bytes) => self.read::<(u64, u64, Calls)>(key, &bytes).await,
                    None => None,
                };
                let Some((own, first, mut own_calls)) = found.filter(|(own, ..)| own == segment)
                else {
                    is_whole = false;
                    continue;
                };
                // It may hold older ones, which were forgotten since, and newer ones, which the log tells of.
                debug_assert_eq!(own, *segment);
                let from = wanted.start.saturating_sub(first) as usize;
                let to = wanted.end.saturating_sub(first) as usize;
                own_calls.keep(from..to);
                is_whole &= own_calls.len() as u64 == wanted.end - wanted.start;
                calls.append(own_calls);
            }
        }
        if !is_whole {
            let missing = (places.end - places.start).saturating_sub(calls.len() as u64);
            tracing::warn!(missing, "calls that ended are missing in the store");
            self.damaged
                .push(format!("`board.history`: {missing} calls are missing"));
        }
        Ok((calls, is_whole))
    }

    /// Takes the log's steps, and answers with the number of its next record.
    async fn log(
        &mut self,
        manifest: &Manifest,
        saved: &Saved,
        replica: &mut Replica,
    ) -> Result<u64, HostError> {
        let mut number = saved.log;
        loop {
            let keys: Vec<String> = (number..number + AT_ONCE).map(log_key).collect();
            let reads = join_all(keys.iter().map(|key| get(self.host, key))).await;
            for (key, bytes) in keys.iter().zip(reads) {
                let mut bytes = bytes?;
                if self.ends(manifest, number, bytes.as_deref()) {
                    bytes = self.fence(manifest, number, bytes).await?;
                }
                let Some(bytes) = bytes else {
                    return Ok(number);
                };
                let Some(record) = self.read::<LogRecord>(key, &bytes).await else {
                    return Ok(number);
                };
                if !replay(replica, &record.entries) {
                    self.set_aside(key, Some(&bytes), "steps before it are missing")
                        .await;
                    return Ok(number);
                }
                number += 1;
            }
        }
    }

    /// Whether the log ends before a record: there is none, or it is an old one.
    fn ends(&self, manifest: &Manifest, number: u64, bytes: Option<&[u8]>) -> bool {
        let Some(bytes) = bytes else { return true };
        let record = read::<LogRecord>(bytes);
        record.is_ok_and(|own| (own.journal, own.number) != (manifest.journal, number))
    }

    /// Makes sure that the log ends there, by putting an empty record: what was read may come from a replica of the database. Gives the
    /// record that is there after all, if one is.
    async fn fence(
        &self,
        manifest: &Manifest,
        number: u64,
        mut read: Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, HostError> {
        let written = LogWritten {
            journal: manifest.journal,
            number,
            entries: &[],
        };
        let Ok(fence) = serde_json::to_vec(&written)
            .map_err(|_| "")
            .and_then(|json| seal(&json))
        else {
            return Ok(None);
        };
        let key = log_key(number);
        for attempt in 1..MAX_ATTEMPTS {
            let set = self
                .host
                .compare_and_set(&key, read.as_deref(), Some(&fence));
            // A store that cannot be written to now says nothing more.
            if within(set).await.unwrap_or(true) {
                return Ok(None);
            }
            sleep(WAIT * attempt).await;
            read = get(self.host, &key).await?;
            if !self.ends(manifest, number, read.as_deref()) {
                return Ok(read);
            }
        }
        Ok(None)
    }
}

/// Takes steps, but for those that were taken. Answers whether none was missing.
fn replay(replica: &mut Replica, entries: &[Entry]) -> bool {
    let known = replica.index();
    let mut new = entries.iter().filter(|entry| entry.index > known);
    new.all(|entry| replica.apply(entry).is_ok())
}
