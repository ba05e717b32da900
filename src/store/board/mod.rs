//! The board in the host's key-value store, so that it is after a start as it was before.
//!
//! | key | holds |
//! |---|---|
//! | `board.state` | the manifest: which records make the last whole state, and the one before it |
//! | `board.state.<a or b>.<part>` | a whole state in pieces, of two generations in turn |
//! | `board.history.<slot>` | calls that ended, [`SEGMENT`] of them at most |
//! | `board.log.<slot>` | the steps of about a second |
//! | `board.damaged.<n>` | a record that could not be read, as it was |
//!
//! A record of the log is written once a second at most, and only where something happened; a whole state every [`STATE_EVERY`] and at an orderly
//! stop. A start reads the last whole state and takes the log's steps over it. The manifest is written when all that it names is stored, and
//! nothing that it names is written over before the next one is: so whenever the process dies, there is a whole state and the log behind it.

mod keeper;
mod load;
mod report;
mod save;
#[cfg(test)]
mod tests;

pub use keeper::{Keeper, Keeping, LOAD_LIMIT};
pub use load::{Loaded, load};
pub use report::Report;

use std::ops::Range;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::board::Timestamp;
use crate::host::{HostError, Records, Store};
use crate::journal::{Entry, Origins};

/// How often a whole state is stored, where something happened since the last one.
pub const STATE_EVERY: Duration = Duration::from_secs(5 * 60);

/// How often the log is written, where something happened. So much a process that is killed loses.
pub const LOG_EVERY: Duration = Duration::from_secs(1);

/// How many records the log has. They are used in turn; those of two whole states must be among them.
pub const LOG_SLOTS: u64 = 1024;

/// A whole state is stored once there are so many records of the log behind the last one.
pub const LOG_MOST: u64 = 450;

/// How many calls a record of the history holds.
pub const SEGMENT: u64 = 500;

/// How many records the history has. They are used in turn: there are more than the calls that the board remembers fill, so that none is
/// written over that the last manifest names.
pub const SEGMENT_SLOTS: u64 = 32;

/// The longest piece of a whole state, and the longest record of the log, in bytes.
pub const PART_BYTES: usize = 512 * 1024;

/// The most pieces of a whole state: 32 MB of it.
pub const MAX_PARTS: u32 = 64;

/// How many damaged records are set aside; one more takes the place of the first.
pub const MAX_DAMAGED: u32 = 4;

/// How long the store may take for one answer.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// The manifest's key.
const MANIFEST: &str = "board.state";

/// What the keys of all other records begin with. (There are others of that kind: links for walls are under `board.walls`.)
const PREFIXES: [&str; 4] = [
    "board.state.",
    "board.log.",
    "board.history.",
    "board.damaged.",
];

/// What all keys begin with.
const PREFIX: &str = "board.";

fn part_key(generation: u64, part: u32) -> String {
    let letter = if generation.is_multiple_of(2) {
        'a'
    } else {
        'b'
    };
    format!("board.state.{letter}.{part}")
}

fn segment_key(segment: u64) -> String {
    format!("board.history.{}", segment % SEGMENT_SLOTS)
}

fn log_key(number: u64) -> String {
    format!("board.log.{}", number % LOG_SLOTS)
}

fn damaged_key(n: u32) -> String {
    format!("board.damaged.{n}")
}

/// Which calls of a history at these places a segment holds.
fn places_of(segment: u64, all: &Range<u64>) -> Range<u64> {
    let from = segment * SEGMENT;
    from.max(all.start)..(from + SEGMENT).min(all.end)
}

/// The segments of a history.
fn segments_of(all: &Range<u64>) -> Range<u64> {
    all.start / SEGMENT..all.end.div_ceil(SEGMENT)
}

/// What is stored, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    /// Which journal the log is of: one that began anew, because nothing could be read, has another number.
    journal: u64,
    /// The last whole state.
    last: Saved,
    /// The one before it, for when a record of the last one is damaged.
    #[serde(default)]
    before: Option<Saved>,
    /// The log's records before that number were deleted.
    #[serde(default)]
    trimmed: u64,
}

/// A whole state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Saved {
    /// Counted up; its parity says under which letter it is.
    generation: u64,
    /// When it was stored.
    at: Timestamp,
    /// The index of the last step in it.
    index: u64,
    /// How many pieces it has.
    parts: u32,
    /// The checksum of all of them together: each for itself is right also where it is another board's, which a replica of the database
    /// still shows or an attempt to store this one left.
    #[serde(default)]
    sum: Option<String>,
    /// The places of the calls that ended.
    history: Range<u64>,
    /// The number of the first record of the log that was written after it.
    log: u64,
    /// The term of the last node of a cluster that led.
    #[serde(default)]
    term: u64,
    /// How far other nodes were listened to.
    #[serde(default)]
    origins: Origins,
}

/// A record of the log.
#[derive(Debug, Deserialize)]
struct LogRecord {
    journal: u64,
    number: u64,
    entries: Vec<Entry>,
}

/// The same, as it is written.
#[derive(Debug, Serialize)]
struct LogWritten<'a> {
    journal: u64,
    number: u64,
    entries: &'a [std::sync::Arc<Entry>],
}

/// The store, and no answer for ever.
async fn get(host: &impl Store, key: &str) -> Result<Option<Vec<u8>>, HostError> {
    within(host.get(key)).await
}

async fn put(host: &impl Records, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
    within(host.put(key, value)).await
}

async fn within<T>(answer: impl Future<Output = Result<T, HostError>>) -> Result<T, HostError> {
    let answer = tokio::time::timeout(ANSWER_LIMIT, answer).await;
    answer.unwrap_or_else(|_| Err(HostError::transient("the store gave no answer")))
}
