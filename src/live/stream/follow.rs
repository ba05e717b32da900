//! How the stream follows the board, while somebody looks.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{BOARD_EVERY, Beginning, Live, PACE, Resume, lock, new_epoch};
use crate::app::Stopped;
use crate::board::Timestamp;
use crate::live::message::BoardNote;
use crate::live::sources::SourceState;
use crate::live::table::{MAX_RECORDS, has_all_before};
use crate::live::viewers::Farewell;

/// How often it is looked while there are viewers whether sources are there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often it is without any.
const LOOK_SELDOM: Duration = Duration::from_secs(60);

impl Live {
    /// Where somebody begins. There is a viewer already, so that no change is missed.
    pub(in crate::live) async fn begin(
        &self,
        resume: Option<Resume>,
    ) -> Result<Beginning, Stopped> {
        let making = self.making.lock().await;
        if lock(&self.settings).stopped {
            return Err(Stopped);
        }
        // What the last viewer left may still be there, and old.
        if self.signal.viewers() == 1 || self.table.told().sequence().is_none() {
            self.take_over().await?;
            // The first message has it already.
            self.board_changed();
        }
        let epoch = self.epoch();
        let after = match resume {
            Some(resume) if *resume.epoch == *epoch => self.known(resume.after).await?,
            _ => None,
        };
        drop(making);
        let first = self
            .note(after.is_none())
            .message(after.unwrap_or(0), &epoch);
        Ok(Beginning {
            epoch,
            has: after.map_or(0, has_all_before),
            after: after.unwrap_or(0),
            first,
        })
    }

    /// The number again, if all that changed since can be told.
    async fn known(&self, after: u64) -> Result<Option<u64>, Stopped> {
        let (sequence, gone_since) = {
            let told = self.table.told();
            (told.sequence().unwrap_or_default(), told.gone_since())
        };
        if !(1..=sequence).contains(&after) {
            return Ok(None);
        }
        if after < gone_since {
            let delta = self.board.since(after, 0).await?;
            if delta.whole {
                return Ok(None);
            }
            self.table.told().take_gone_since(after, &delta.gone);
            self.changed();
        }
        Ok(Some(after))
    }

    /// Follows the board while somebody looks. Ends with the board.
    pub async fn run(self: Arc<Self>) {
        let mut board_due = Instant::now() + BOARD_EVERY;
        loop {
            if self.signal.viewers() == 0 {
                self.forget().await;
                // So that it is known since when a source is gone, to the minute.
                while timeout(LOOK_SELDOM, self.signal.woken()).await.is_err() {
                    drop(self.sources.states());
                }
                board_due = Instant::now() + BOARD_EVERY;
                continue;
            }
            let mut changed = false;
            let changes = self.signal.take();
            let making = self.making.lock().await;
            if changes || self.table.told().sequence().is_none() {
                let Ok(()) = self.take_over().await else {
                    return;
                };
                changed = true;
            }
            drop(making);
            changed |= self.tell_rings();
            if self.board_changed() || Instant::now() >= board_due {
                board_due = Instant::now() + BOARD_EVERY;
                changed |= self.tell_board();
            }
            if changed {
                self.changed();
                sleep(PACE).await;
                continue;
            }
            let look = (Instant::now() + LOOK_EVERY).min(board_due);
            tokio::select! {
                () = self.signal.woken() => {}
                () = sleep_until(look) => {}
            }
        }
    }

    /// Takes over what changed on the board. Only with `making` locked.
    async fn take_over(&self) -> Result<(), Stopped> {
        loop {
            let (before, epoch) = (self.table.told().sequence(), self.epoch());
            let number = before.unwrap_or_default();
            let delta = self.board.since(number, MAX_RECORDS).await?;
            let anew = number > 0 && delta.whole;
            let overfull = {
                let mut told = self.table.told();
                let settings = lock(&self.settings);
                if *settings.epoch != *epoch {
                    // The table was forgotten while the board was asked.
                    continue;
                }
                told.take(delta, settings.numbers);
                told.is_overfull()
            };
            // What left cannot be told singly any more.
            if anew || overfull {
                self.begin_anew();
            }
            return Ok(());
        }
    }

    /// Forgets the table, unless somebody came.
    async fn forget(&self) {
        let _making = self.making.lock().await;
        if self.signal.viewers() == 0 {
            *self.table.told() = Default::default();
            self.changed();
        }
    }

    fn tell_rings(&self) -> bool {
        let mut rings = lock(&self.rings);
        let mut told = self.table.told();
        told.sequence().is_some() && told.tell_rings(rings.told(self.now()))
    }

    /// Whether viewers know less of the board itself than there is.
    fn board_changed(&self) -> bool {
        let sources = self.sources.states();
        let mut settings = lock(&self.settings);
        let within = settings.within;
        if settings.told == (sources.clone(), within) {
            return false;
        }
        settings.told = (sources, within);
        true
    }

    fn tell_board(&self) -> bool {
        let (note, epoch) = (self.note(false), self.epoch());
        let mut told = self.table.told();
        if told.sequence().is_none() {
            return false;
        }
        told.tell_board(|n| note.message(n, &epoch));
        true
    }

    fn note(&self, whole: bool) -> Note {
        Note {
            now: self.now(),
            whole,
            sources: self.sources.states(),
            within: lock(&self.settings).within,
        }
    }

    /// Viewers are woken: there is something new.
    fn changed(&self) {
        self.feed.changed();
        self.walls.changed();
        self.changes
            .send_modify(|changes| *changes = changes.wrapping_add(1));
    }

    /// Everybody is sent away and may come again at once: what they were told is to be forgotten.
    pub(crate) fn begin_anew(&self) {
        {
            let mut told = self.table.told();
            lock(&self.settings).epoch = new_epoch();
            *told = Default::default();
        }
        // What was made of the old table is kept no longer.
        self.changed();
        for way in self.viewers.take_ways(|_| true) {
            self.send_away(way, Farewell::ANEW);
        }
    }
}

struct Note {
    now: Timestamp,
    whole: bool,
    sources: Vec<SourceState>,
    within: u64,
}

impl Note {
    fn message(&self, n: u64, epoch: &str) -> Box<[u8]> {
        let note = BoardNote {
            epoch,
            now: self.now,
            whole: self.whole,
            sources: &self.sources,
            service_level_within: self.within,
            refresh: BOARD_EVERY.as_millis() as u64,
        };
        note.message(n)
    }
}
