//! Tells the board when days begin.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use super::{App, BoardHandle, Clock};
use crate::board::{Event, SET_BACK, Timestamp};
use crate::config::{Config, Problem, Setting, TIME_ZONE_REMEDY};
use crate::day::{day_began, next_day};
use crate::time_zone::TimeZones;

/// How often the clock is looked at, at least: it may be set, and machines sleep.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// How often calls are forgotten that ended too long ago, in milliseconds (an hour).
const FORGET_EVERY: u64 = 60 * 60 * 1000;

/// A day, in milliseconds.
const DAY: u64 = 24 * FORGET_EVERY;

/// What the task needs.
pub(super) struct Days {
    pub(super) board: BoardHandle,
    pub(super) zones: Arc<TimeZones>,
    pub(super) config: Arc<RwLock<Arc<Config>>>,
    /// The settings changed.
    pub(super) changed: Arc<Notify>,
    pub(super) clock: Clock,
}

impl Days {
    /// Tells the board of each day, from the first settings on, and every [`FORGET_EVERY`] which calls to forget. Ends with the board.
    pub(super) async fn run(self) {
        let mut forgot = None;
        let mut told: Option<(Arc<str>, Timestamp)> = None;
        self.changed.notified().await;
        loop {
            let zone = self.zone();
            let now = (self.clock)();
            let began = day_began(&self.zones, &zone, now);
            // A clock that is set back brings no day again that was over, unless it was far ahead.
            let is_new = told.as_ref().is_none_or(|(known, last)| {
                *known != zone || began > *last || now.after(SET_BACK) < *last
            });
            if is_new {
                told = Some((Arc::clone(&zone), began));
                if self.board.submit(Event::Day(began), now).await.is_err() {
                    return;
                }
            }
            let days = self.history_days();
            let hour = (days, now.0 / FORGET_EVERY);
            if days > 0 && forgot != Some(hour) {
                forgot = Some(hour);
                let before = Timestamp(now.0.saturating_sub(u64::from(days) * DAY));
                if self.board.submit(Event::Forget(before), now).await.is_err() {
                    return;
                }
            }
            let next = next_day(&self.zones, &zone, now);
            let wait = Duration::from_millis(next.since(now)).min(LOOK_EVERY);
            tokio::select! {
                () = self.changed.notified() => {}
                () = sleep(wait) => {}
            }
        }
    }

    fn history_days(&self) -> u32 {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        config.board.history_days
    }

    fn zone(&self) -> Arc<str> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config.board.time_zone)
    }
}

impl<H> App<H> {
    /// That the system does not know the zone that is set.
    pub(super) fn day_problem(&self) -> Option<Problem> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        let zone = &config.board.time_zone;
        if zone.is_empty() || self.zones.offset(zone, (self.clock)()).is_some() {
            return None;
        }
        let what = format!("is `{zone}`, which this system does not know; UTC is used");
        let remedy = format!(
            "{TIME_ZONE_REMEDY} If there is such a zone, install the package `tzdata` on the server."
        );
        let key = self.bundle.key(Setting::TimeZone).unwrap_or("TimeZone");
        Some(Problem::new(key, what, remedy))
    }
}
