//! Keeping the table small: closing holes in its pages, and forgetting who is long gone.
//!
//! No clock: times are given, as the time since any moment that stays.

use std::collections::VecDeque;
use std::time::Duration;

use super::Table;

/// How long after the last request for a page its reader counts as one who is turning pages. The Windows program asks
/// for the next page as soon as it has the one before.
pub const TURNING: Duration = Duration::from_secs(30);

/// The most holes there may be beside as many as there are people: then they are closed even while someone turns
/// pages, who may then miss people. It bounds what holes cost where pages are turned all day.
pub const MAX_HOLES: usize = 10_000;

/// How long the record of somebody who is gone is kept, and of an address that changed: a desk that was away for longer
/// starts its program again, and so reads the pages.
pub const GHOSTS_LAST: Duration = Duration::from_secs(24 * 60 * 60);

/// The pause between two closings of holes, unless there are too many: a node that copies the table while they are closed
/// may have to begin anew.
pub const CLOSE_GAP: Duration = Duration::from_secs(60);

/// How exactly [`GHOSTS_LAST`] is kept.
const GHOST_MARKS: Duration = Duration::from_secs(10 * 60);

/// When what may be done.
#[derive(Debug, Default)]
pub struct House {
    /// When a page was asked for last.
    asked: Option<Duration>,
    /// When holes were closed last.
    closed: Option<Duration>,
    /// The table's head at some times, oldest first.
    marks: VecDeque<(Duration, u64)>,
}

impl House {
    /// A page was asked for.
    pub fn asked(&mut self, now: Duration) {
        self.asked = Some(now);
    }

    /// Does what may be done. To be called every few minutes at least.
    pub fn keep(&mut self, now: Duration, table: &mut Table) {
        if self.may_close(table, now) {
            table.close_holes();
            self.closed = Some(now);
        }
        self.forget(now, table);
    }

    /// Does what may be done in a table whose pages are laid out as another's. To be called every few minutes at least.
    pub fn forget(&mut self, now: Duration, table: &mut Table) {
        let last = self.marks.back().map(|(at, _)| *at);
        if last.is_none_or(|last| now.saturating_sub(last) >= GHOST_MARKS) {
            self.marks.push_back((now, table.head()));
        }
        while let Some((at, head)) = self.marks.front()
            && now.saturating_sub(*at) >= GHOSTS_LAST
        {
            table.drop_ghosts(*head);
            self.marks.pop_front();
        }
    }

    /// Whether holes may be closed now: nobody is turning pages, or there are too many.
    fn may_close(&self, table: &Table, now: Duration) -> bool {
        let since =
            |then: Option<Duration>, long| then.is_none_or(|then| now.saturating_sub(then) >= long);
        let quiet = since(self.asked, TURNING) && since(self.closed, CLOSE_GAP);
        let holes = table.holes();
        holes > 0 && (quiet || holes > table.people().listed + MAX_HOLES)
    }
}
