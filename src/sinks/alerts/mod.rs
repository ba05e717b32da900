//! Alerts: a post when a queue passes its limits, which says so when the queue is well again.
//!
//! Each queue is followed by the board's changes, and a timer looks at those for which time alone makes a difference: somebody who waits
//! waits longer although nothing happens. Posts go through the [outbox](crate::sinks::posts::Outbox) of their channel.

mod reading;
#[cfg(test)]
mod tests;
mod unknown;
mod watch;
mod words;

pub use reading::MIN_CALLS;
pub use unknown::UNKNOWN_AFTER;
pub use watch::{ONE_POST_IN, PASSES_AFTER, UPDATE_EVERY, WELL_AFTER};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::Sink;
use super::callbacks::Leads;
use super::channels::Channels;
use crate::app::Clock;
use crate::board::{Board, Change, ChangeKind, Name, QueueChange, QueueView, Timestamp};
use crate::config::{AlertLimits, Config, Limits, Problem};
use crate::host::{Directory, Posts};
use crate::language::Language;
use crate::tasks;
use crate::time_zone::TimeZones;
use reading::Followed;
use watch::{Telling, Watch};
use words::Reader;

/// The longest pause between two looks at the clock while something is due: it may have been set.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Posts about queues in trouble. Every method may be called from several tasks at once.
pub struct Alerts<H> {
    shared: Arc<Shared<H>>,
    timer: AbortHandle,
}

struct Shared<H> {
    channels: Arc<Channels<H>>,
    zones: Arc<TimeZones>,
    leads: Leads,
    clock: Clock,
    state: Mutex<State>,
    /// Something is due sooner than before.
    sooner: Notify,
}

#[derive(Default)]
struct State {
    limits: AlertLimits,
    channel: Arc<str>,
    zone: Arc<str>,
    language: Language,
    queues: HashMap<Name, Queue>,
    last_post: u64,
    /// When to look next.
    due: Option<Timestamp>,
    /// When to log which queues nobody knows, where that is still to be done.
    log_unknown: Option<Timestamp>,
}

#[derive(Default)]
struct Queue {
    followed: Followed,
    limits: Option<Limits>,
    /// Those that it passed last, also where it has none any more.
    passed: Limits,
    watch: Watch,
}

impl Queue {
    /// One that was there before a restart, and was followed until then.
    fn restored(queue: &QueueView, until: Timestamp) -> Self {
        Self {
            followed: Followed::restored(queue),
            watch: Watch::restored(until),
            ..Self::default()
        }
    }
}

impl<H: Directory + Posts + Send + Sync + 'static> Alerts<H> {
    /// Nothing is posted before [`Alerts::configure`]. Must be called inside a tokio runtime.
    pub(crate) fn new(
        channels: Arc<Channels<H>>,
        zones: Arc<TimeZones>,
        leads: Leads,
        clock: Clock,
    ) -> Self {
        let shared = Arc::new(Shared {
            channels,
            zones,
            leads,
            clock,
            state: Mutex::default(),
            sooner: Notify::new(),
        });
        let timer = tasks::spawn(run(Arc::clone(&shared))).abort_handle();
        Self { shared, timer }
    }

    /// What follows the board for it.
    #[must_use]
    pub fn sink(&self) -> AlertSink<H> {
        AlertSink(Arc::clone(&self.shared))
    }

    /// Takes the settings. Queues that are in trouble by them are told of from now on.
    pub fn configure(&self, config: &Config) {
        let channel = config.notices.alert_channel.clone().unwrap_or_default();
        let mut state = self.shared.state();
        state.zone.clone_from(&config.board.time_zone);
        let moved = state.channel != channel;
        if !moved && state.limits == config.notices.limits {
            return;
        }
        state.channel = channel;
        state.limits.clone_from(&config.notices.limits);
        let now = (self.shared.clock)();
        let log = now.after(UNKNOWN_AFTER);
        state.log_unknown = Some(log);
        if state.due.is_none_or(|due| log < due) {
            state.due = Some(log);
            self.shared.sooner.notify_one();
        }
        let names: Vec<Name> = state.queues.keys().cloned().collect();
        for name in names {
            if let Some(queue) = state.queues.get_mut(&name).filter(|_| moved) {
                queue.watch.begin_anew();
            }
            state.find_limits(&name);
            self.shared.look(&mut state, &name, now);
        }
    }

    /// The lines of the setting for queues that are not on the board, if there are any and others are there: no mistake for sure, since
    /// queues come and go, but a name may be misspelt.
    #[must_use]
    pub fn unknown(&self, setting: &str) -> Option<Problem> {
        let (what, remedy) = self.shared.state().unknown()?;
        Some(Problem::new(setting, what, remedy))
    }

    /// What posts are in from now on.
    pub fn set_language(&self, language: Language) {
        self.shared.state().language = language;
    }
}

impl<H> Drop for Alerts<H> {
    fn drop(&mut self) {
        self.timer.abort();
    }
}

impl State {
    fn find_limits(&mut self, name: &Name) {
        if let Some(queue) = self.queues.get_mut(name) {
            let description = queue.followed.description.as_deref();
            queue.limits = self.limits.of(name, description);
        }
    }
}

impl<H: Directory + Posts + Send + Sync + 'static> Shared<H> {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that happens under the lock can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, name: &Name, change: &QueueChange, at: Timestamp, config: &Config) {
        let mut state = self.state();
        if matches!(change, QueueChange::Seen(_)) {
            state.queues.entry(Arc::clone(name)).or_default();
        }
        let Some(queue) = state.queues.get_mut(name) else {
            return;
        };
        if let Some((reading, limits)) = queue.followed.reading().zip(queue.limits) {
            queue.watch.note(&reading, &limits, at);
        }
        queue.followed.take(change, at, config.board.service_level);
        if matches!(change, QueueChange::Seen(_) | QueueChange::Details(_)) {
            state.find_limits(name);
        }
        self.look(&mut state, name, at);
    }

    /// Looks at a queue, says what is to be said of it, and notes when to look again.
    fn look(&self, state: &mut State, name: &Name, now: Timestamp) {
        let State {
            queues,
            last_post,
            due,
            ..
        } = state;
        let Some(queue) = queues.get_mut(name) else {
            return;
        };
        let (reading, limits) = (queue.followed.reading(), queue.limits);
        if let Some(limits) = limits {
            queue.passed = limits;
        }
        let (reading, limits) = (reading.as_ref(), limits.as_ref());
        let telling = queue.watch.look(reading, limits, now, last_post);
        let finished = queue.watch.finished(now);
        if let Some(next) = queue.watch.due(reading, limits)
            && due.is_none_or(|due| next < due)
        {
            *due = Some(next);
            self.sooner.notify_one();
        }
        let is_over = queue.watch.is_idle() && !queue.followed.is_here;
        if telling.is_some() || finished.is_some() {
            self.tell(state, name, telling, finished);
        }
        if is_over {
            state.queues.remove(name);
        }
    }

    fn tell(&self, state: &State, name: &Name, telling: Option<Telling>, finished: Option<u64>) {
        let Some(outbox) = self.channels.outbox(&state.channel) else {
            return;
        };
        let queue = state.queues.get(name);
        // Each node of a cluster follows the queues; one tells.
        if let Some((telling, queue)) = telling.zip(queue).filter(|_| (self.leads)()) {
            let now = (self.clock)();
            let reader = Reader {
                language: state.language,
                offset: self.zones.offset(&state.zone, now).unwrap_or(0),
            };
            let shown = queue.followed.description.as_ref().unwrap_or(name);
            let (text, last_word) = reader.post(shown, &queue.passed, &telling.said);
            if telling.is_new {
                tracing::info!(queue = %name, "a queue passes its limits");
            }
            outbox.show(telling.post, name, text, last_word);
        }
        if let Some(post) = finished {
            outbox.release(post);
        }
    }

    /// Looks at all queues for which it is time.
    fn look_at_due(&self, now: Timestamp) {
        let mut state = self.state();
        state.due = None;
        state.log_unknown(now);
        let names: Vec<Name> = state.queues.keys().cloned().collect();
        for name in names {
            self.look(&mut state, &name, now);
        }
    }
}

/// Looks whenever something is due, until it is ended.
async fn run<H: Directory + Posts + Send + Sync + 'static>(own: Arc<Shared<H>>) {
    loop {
        let due = own.state().due;
        let now = (own.clock)();
        match due {
            Some(due) if due <= now => own.look_at_due(now),
            Some(due) => {
                let pause = Duration::from_millis(due.since(now)).min(LONGEST_PAUSE);
                tokio::select! {
                    () = sleep(pause) => {}
                    () = own.sooner.notified() => {}
                }
            }
            None => own.sooner.notified().await,
        }
    }
}

/// Follows the board.
pub struct AlertSink<H>(Arc<Shared<H>>);

impl<H: Directory + Posts + Send + Sync + 'static> Sink for AlertSink<H> {
    fn take(&mut self, change: &Change, config: &Config) {
        if let ChangeKind::Queue(what) = &change.kind {
            self.0.take(&change.subject, what, change.at, config);
        }
    }

    fn restored(&mut self, board: &Board, _: &Config) {
        let now = (self.0.clock)();
        let mut state = self.0.state();
        for queue in board.snapshot().queues {
            let restored = Queue::restored(&queue, board.last_at());
            state.queues.insert(Arc::clone(&queue.name), restored);
            state.find_limits(&queue.name);
            self.0.look(&mut state, &queue.name, now);
        }
    }
}
