//! A board, and how far it is.

use super::{Entry, Origin, Origins, Step};
use crate::board::{Board, Change, Timestamp};

/// An entry that is not the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The index of the entry that is next.
    pub wanted: u64,
    /// That of the one that came.
    pub came: u64,
}

/// A board that takes the steps of a journal. Two of them that took the same steps are the same.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    board: Board,
    index: u64,
    term: u64,
    origins: Origins,
    /// What was before is stored, and not in it.
    lacks: bool,
}

impl Replica {
    /// A board that took the step with that index last, in that term.
    #[must_use]
    pub fn new(board: Board, index: u64, term: u64, origins: Origins) -> Self {
        Self {
            board,
            index,
            term,
            origins,
            lacks: false,
        }
    }

    /// An empty board, where it is not known what was before: its numbers are higher than all that were given until now.
    #[must_use]
    pub fn beginning_at(now: Timestamp) -> Self {
        Self {
            board: Board::beginning_at(now),
            index: now.0,
            term: 0,
            origins: Origins::default(),
            lacks: true,
        }
    }

    /// Takes over what was before, once it is known. The journal has a gap there: who follows it needs the whole state.
    pub(crate) fn absorb(&mut self, earlier: Self) {
        self.index = self.index.max(earlier.index) + 1;
        self.term = self.term.max(earlier.term);
        self.board.absorb(earlier.board);
        self.lacks = false;
    }

    /// Whether it began empty, and what was before is not known yet.
    #[must_use]
    pub const fn lacks(&self) -> bool {
        self.lacks
    }

    /// The same board, which lacks what was before or does not.
    #[must_use]
    pub(crate) fn lacking(self, lacks: bool) -> Self {
        Self { lacks, ..self }
    }

    /// The board.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The index of the last step; 0 before the first one.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The term of the last node that led others; 0 where none ever did.
    #[must_use]
    pub fn term(&self) -> u64 {
        self.term
    }

    /// How far each other node was listened to.
    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// The next entry, for whoever leads.
    #[must_use]
    pub fn next(&self, step: Step, at: Timestamp, within: u64, origin: Option<Origin>) -> Entry {
        Entry {
            index: self.index + 1,
            at,
            within,
            origin,
            step,
        }
    }

    /// Takes a step, and tells what changed by it. This is the one place where a board does.
    ///
    /// # Errors
    ///
    /// A [`Gap`] where it is not the next step; then nothing is done.
    pub fn apply(&mut self, entry: &Entry) -> Result<Vec<Change>, Gap> {
        let wanted = self.index + 1;
        if entry.index != wanted {
            let came = entry.index;
            return Err(Gap { wanted, came });
        }
        self.index = wanted;
        if let Some(origin) = &entry.origin {
            self.origins.note(origin, entry.index);
        }
        self.board.set_service_level(entry.within);
        Ok(match &entry.step {
            Step::Event(event) => self.board.apply(event.clone(), entry.at),
            Step::Expire => self.board.expire(entry.at),
            Step::Led(term) => {
                self.term = *term;
                Vec::new()
            }
        })
    }

    /// Shows the service level that is set, also before the next step counts by it.
    pub(crate) fn set_service_level(&mut self, within: u64) {
        self.board.set_service_level(within);
    }
}
