//! A whole board as it is sent to a node that has none, or missed too much.

use serde::{Deserialize, Serialize};

use crate::board::{Board, Records, State};
use crate::journal::{Origins, Replica};

/// A board as it is sent.
#[derive(Serialize)]
struct Written<'a, R: Serialize> {
    index: u64,
    term: u64,
    origins: &'a Origins,
    lacks: bool,
    state: State<'a>,
    /// The place behind the last of the records.
    end: u64,
    records: R,
}

#[derive(Deserialize)]
pub(super) struct Read {
    pub(super) index: u64,
    term: u64,
    origins: Origins,
    #[serde(default)]
    lacks: bool,
    state: State<'static>,
    end: u64,
    records: Records,
}

impl Read {
    pub(super) fn into_replica(self) -> Replica {
        let board = Board::from_state(self.state, self.records, self.end);
        Replica::new(board, self.index, self.term, self.origins).lacking(self.lacks)
    }
}

pub(super) fn whole(replica: &Replica) -> Vec<u8> {
    let board = replica.board();
    let places = board.record_places();
    let written = Written {
        index: replica.index(),
        term: replica.term(),
        origins: replica.origins(),
        lacks: replica.lacks(),
        state: board.state(),
        end: places.end,
        records: board.records(places),
    };
    // It has no map whose keys are no text, which is all that could fail; a node that cannot read it says so.
    serde_json::to_vec(&written).unwrap_or_default()
}
