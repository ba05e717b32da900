//! The report of the day: one post with the calls from one report to the next.
//!
//! What is counted is stored every few minutes and at the end, so that a restart loses next to nothing, and a report that was due while
//! the plugin was away is made when it is back. Who makes it notes that in a record of its own by compare-and-set before and after, so
//! that a day has one report, whatever restarts and whichever node leads.

mod days;
mod erase;
mod noted;
mod period;
#[cfg(test)]
mod tests;
mod words;

pub use noted::OTHERS_TIME;
pub use period::MAX_REPORTED_AGENTS;
pub use words::MAX_REPORT_BYTES;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::Sink;
use super::callbacks::Leads;
use super::channels::Channels;
use crate::app::Clock;
use crate::board::{Board, Change, ChangeKind, Name, QueueChange, Timestamp};
use crate::config::Config;
use crate::host::{Directory, Posts, Records};
use crate::language::Language;
use crate::store::{self, RecordError};
use crate::tasks;
use crate::time_zone::TimeZones;
use days::Clocks;
use noted::Claim;
use period::Period;

/// Where what is counted is stored.
const CALLS_KEY: &str = "report.calls";

/// How often what is counted is stored.
pub const STORE_EVERY: Duration = Duration::from_secs(5 * 60);

/// How often it is tried to make a report that is due, and to read what was counted before.
pub const TRY_EVERY: Duration = Duration::from_secs(60);

/// For how long a report is made although its day is over, in milliseconds (2 h).
pub const LATE: u64 = 2 * 60 * 60 * 1000;

/// Longer than any period, in milliseconds (2 days).
const LONGEST: u64 = 2 * 24 * 60 * 60 * 1000;

/// What a report needs of the host.
pub trait ReportHost: Posts + Directory + Records + Send + Sync + 'static {}

impl<T: Posts + Directory + Records + Send + Sync + 'static> ReportHost for T {}

/// Makes reports. Every method may be called from several tasks at once.
pub struct Reports<H> {
    shared: Arc<Shared<H>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

struct Shared<H> {
    host: Arc<H>,
    channels: Arc<Channels<H>>,
    zones: Arc<TimeZones>,
    leads: Leads,
    clock: Clock,
    /// Tells our own notes from those of others.
    me: String,
    state: Mutex<State>,
    /// Whose turn it is with what is stored of calls.
    turn: tokio::sync::Mutex<()>,
    changed: Notify,
    stopping: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    /// When reports are made, in minutes after midnight; nothing for never.
    time: Option<u16>,
    zone: Arc<str>,
    channel: Arc<str>,
    language: Language,
    current: Period,
    /// The one of which a report is due.
    due: Option<Period>,
    /// Whether what was counted before the start is known.
    is_read: bool,
    /// Whether something is counted that is not stored.
    is_new: bool,
}

/// What is stored of calls.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    current: Period,
    due: Option<Period>,
}

impl<H: ReportHost> Reports<H> {
    /// Nothing is counted before [`Reports::configure`]. Must be called inside a tokio runtime.
    pub(crate) fn new(
        host: Arc<H>,
        channels: Arc<Channels<H>>,
        zones: Arc<TimeZones>,
        leads: Leads,
        clock: Clock,
    ) -> Self {
        let shared = Arc::new(Shared {
            host,
            channels,
            zones,
            leads,
            clock,
            me: format!("{:x}", fastrand::u128(..)),
            state: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            changed: Notify::new(),
            stopping: watch::Sender::new(false),
        });
        let task = tasks::spawn(run(Arc::clone(&shared)));
        Self {
            shared,
            task: Mutex::new(Some(task)),
        }
    }

    /// What follows the board for it.
    #[must_use]
    pub fn sink(&self) -> ReportSink<H> {
        ReportSink {
            shared: Arc::clone(&self.shared),
            descriptions: HashMap::new(),
        }
    }

    /// Takes the settings. What is counted stays as it is.
    pub fn configure(&self, config: &Config) {
        let shared = &self.shared;
        let now = (shared.clock)();
        let notices = &config.notices;
        let mut state = shared.state();
        state.channel = notices.report_channel.clone().unwrap_or_default();
        let zone = &config.board.time_zone;
        if state.time == notices.report_time && state.zone == *zone {
            return;
        }
        if state.time.is_none() {
            state.current = Period {
                began: now.0,
                ..Period::default()
            };
        }
        state.zone.clone_from(zone);
        state.time = notices.report_time;
        if let Some(time) = state.time {
            state.current.ends = shared.clocks(zone).next(now, time).0;
        }
        drop(state);
        shared.changed.notify_one();
    }

    /// Has it looked at once whether a report is to be made: who leads may be another node now, and at the start nobody does yet.
    pub fn waker(&self) -> impl Fn() + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.changed.notify_one()
    }

    /// What reports are in from now on.
    pub fn set_language(&self, language: Language) {
        self.shared.state().language = language;
    }

    /// Stores what is counted, until the limit at the latest; a report that is being made is waited for. To be called when the channels
    /// have made their posts.
    pub async fn stop(&self, limit: Duration) {
        self.shared.stopping.send_replace(true);
        let task = lock(&self.task).take();
        let Some(mut task) = task else { return };
        if timeout(limit, &mut task).await.is_err() {
            task.abort();
        }
    }
}

impl<H> Drop for Reports<H> {
    fn drop(&mut self) {
        if let Some(task) = lock(&self.task).take() {
            task.abort();
        }
    }
}

impl<H> Shared<H> {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn clocks<'a>(&'a self, zone: &'a Arc<str>) -> Clocks<'a> {
        Clocks {
            zones: &self.zones,
            zone,
        }
    }

    /// Ends the period if its time is up.
    fn turn(&self, state: &mut State, now: Timestamp) {
        let Some(time) = state.time else { return };
        // No period is as long: it began while the clock was far ahead.
        let is_ahead = state.current.ends > now.after(LONGEST).0;
        if now.0 < state.current.ends && !is_ahead {
            return;
        }
        let ends = self.clocks(&state.zone).next(now, time).0;
        if is_ahead {
            state.current.ends = ends;
            return;
        }
        let next = Period {
            began: state.current.ends,
            ends,
            ..Period::default()
        };
        let ended = std::mem::replace(&mut state.current, next);
        state.is_new = true;
        if ended.is_empty() {
            return;
        }
        if state.due.replace(ended).is_some() {
            tracing::warn!("a report was not made within a day, and is given up");
        }
        self.changed.notify_one();
    }
}

impl<H: ReportHost> Shared<H> {
    /// Takes over what was counted before the start. Answers whether that is done.
    async fn read(&self) -> bool {
        let _turn = self.turn.lock().await;
        let stored: Stored = match store::load_or_default(&*self.host, CALLS_KEY).await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::warn!(%error, "what was counted for the report is not read yet");
                return false;
            }
        };
        let now = (self.clock)();
        let mut state = self.state();
        state.is_read = true;
        let ended = stored.current.ends <= now.0;
        if !ended {
            state.current.add(&stored.current);
            state.is_new = true;
        }
        let before = if ended && !stored.current.is_empty() {
            Some(stored.current)
        } else {
            stored.due
        };
        if state.due.is_none() {
            state.due = before;
        }
        true
    }

    /// Stores what is counted. Only one node of a cluster does; all have counted the same.
    async fn store(&self) {
        let _turn = self.turn.lock().await;
        // It says why, and is tried again.
        drop(self.store_in_turn().await);
    }

    async fn store_in_turn(&self) -> Result<(), RecordError> {
        let stored = {
            let mut state = self.state();
            if !state.is_new || !state.is_read || !(self.leads)() {
                return Ok(());
            }
            state.is_new = false;
            Stored {
                current: state.current.clone(),
                due: state.due.clone(),
            }
        };
        let saved = store::save(&*self.host, CALLS_KEY, &stored).await;
        if let Err(error) = &saved {
            tracing::warn!(%error, "what is counted for the report is not stored, and will be tried again");
            self.state().is_new = true;
        }
        saved
    }

    /// Makes the report that is due, if it is this node's to make.
    async fn make(&self) {
        let now = (self.clock)();
        let (due, zone, channel, language) = {
            let state = self.state();
            let Some(due) = &state.due else { return };
            let language = state.language;
            let (zone, channel) = (Arc::clone(&state.zone), Arc::clone(&state.channel));
            (due.clone(), zone, channel, language)
        };
        let clocks = self.clocks(&zone);
        let day = clocks.day(Timestamp(due.ends));
        if clocks.day(now) > day && now.0 > due.ends.saturating_add(LATE) {
            // Who does not lead never knows that it was made.
            if (self.leads)() {
                tracing::warn!("a report was not made on its day, and is given up");
            }
            self.forget(&due, false);
            return;
        }
        if !(self.leads)() {
            return;
        }
        match self.note(day, due.ends, false).await {
            Ok(Claim::Ours) => {}
            Ok(Claim::Others) => return,
            Ok(Claim::Made) => return self.forget(&due, false),
            Ok(Claim::Another) => return self.forget(&due, true),
            Err(error) => {
                tracing::warn!(%error, "the report waits: it is not known whether there is one");
                return;
            }
        }
        let Some(outbox) = self.channels.outbox(&channel) else {
            return;
        };
        let text = words::report(&due, language, &clocks, now);
        let made = outbox.deliver(&Arc::from("report"), text).await.is_ok();
        if !made {
            return;
        }
        self.forget(&due, false);
        if let Err(error) = self.note(day, due.ends, true).await {
            tracing::warn!(%error, "the report is made, and that is not stored: a restart may make it again");
        }
        self.store().await;
    }

    /// Nothing is due any more. What it counted goes into the next one, where nobody was told of it.
    fn forget(&self, due: &Period, keep: bool) {
        let mut state = self.state();
        state.due.take_if(|own| own.ends == due.ends);
        if keep {
            state.current.add(due);
        }
        state.is_new = true;
    }
}

/// Reads, stores and makes reports, until the plugin stops.
async fn run<H: ReportHost>(shared: Arc<Shared<H>>) {
    let mut stopping = shared.stopping.subscribe();
    let mut store_at = Instant::now() + STORE_EVERY;
    loop {
        let now = (shared.clock)();
        let (is_on, is_read, ends) = {
            let mut state = shared.state();
            shared.turn(&mut state, now);
            (state.time.is_some(), state.is_read, state.current.ends)
        };
        if is_on && !is_read && !shared.read().await {
            // Before that nothing is made: what is due may be there.
        } else if is_on {
            shared.make().await;
        }
        if *stopping.borrow() {
            break;
        }
        let turns = Duration::from_millis(ends.saturating_sub((shared.clock)().0));
        let wake = Instant::now() + turns.min(TRY_EVERY);
        if is_on && Instant::now() >= store_at {
            shared.store().await;
            store_at = Instant::now() + STORE_EVERY;
        }
        tokio::select! {
            () = sleep_until(wake), if is_on => {}
            () = shared.changed.notified() => {}
            _ = stopping.wait_for(|stopping| *stopping) => break,
        }
    }
    shared.store().await;
}

/// Follows the board.
pub struct ReportSink<H> {
    shared: Arc<Shared<H>>,
    /// What queues are called where they were set up.
    descriptions: HashMap<Name, Name>,
}

impl<H: ReportHost> Sink for ReportSink<H> {
    fn take(&mut self, change: &Change, config: &Config) {
        let queue = &change.subject;
        match &change.kind {
            ChangeKind::Queue(QueueChange::Details(details)) => match &details.description {
                Some(description) => {
                    let description = Arc::clone(description);
                    self.descriptions.insert(Arc::clone(queue), description);
                }
                None => drop(self.descriptions.remove(queue)),
            },
            ChangeKind::Queue(QueueChange::Gone) => drop(self.descriptions.remove(queue)),
            ChangeKind::Queue(QueueChange::Left(..)) | ChangeKind::Recorded(_) => {
                let mut state = self.shared.state();
                if state.time.is_none() {
                    return;
                }
                self.shared.turn(&mut state, change.at);
                let State { current, zone, .. } = &mut *state;
                let clocks = self.shared.clocks(zone);
                let within = config.board.service_level;
                if current.take(change, within, clocks.hour(change.at)) {
                    current.describe(queue, self.descriptions.get(queue));
                    state.is_new = true;
                }
            }
            _ => {}
        }
    }

    fn restored(&mut self, board: &Board, config: &Config) {
        for change in board.retold() {
            self.take(&change, config);
        }
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
