//! What all that happens with missed calls has in common: the server, the settings, the limits.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::gate::Gate;
use super::lane::Work;
use super::tracker::Tracker;
use super::{CALL_BACK_ONCE, GIVE_UP_AFTER, lock};
use crate::app::Clock;
use crate::backoff::{Backoff, FIRST_WAIT};
use crate::board::{Erased, Timestamp};
use crate::config::QueueMissedCalls;
use crate::host::{HostError, UserId};
use crate::language::Language;
use crate::messages::{ATTEMPT_LIMIT, Messenger};
use crate::people::People;
use crate::sinks::channels::Channels;
use crate::tasks;
use crate::time_zone::TimeZones;

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Told,
    GivenUp,
    Retried,
    Unstored,
}

#[derive(Debug)]
pub(super) struct Shared<H> {
    pub(super) host: Arc<H>,
    pub(super) people: Arc<People<H>>,
    pub(super) clock: Clock,
    pub(super) messenger: Messenger<H>,
    pub(super) gate: Gate<H>,
    pub(super) channels: Channels<H>,
    pub(super) zones: Arc<TimeZones>,
    pub(super) tracker: Mutex<Tracker>,
    /// There is something to decide.
    pub(super) decide: Notify,
    pub(super) rules: Mutex<Rules>,
    pub(super) on: watch::Sender<bool>,
    pub(super) lanes: Mutex<HashMap<UserId, mpsc::Sender<Work>>>,
    /// Who is to be erased still.
    pub(super) erased: Mutex<Erased>,
    /// Whose turn it is to erase them.
    pub(super) erasing: tokio::sync::Mutex<()>,
    pub(super) unsettled: AtomicUsize,
    pub(super) permits: Semaphore,
    /// Who calls which number back, and since when.
    pub(super) calling: Mutex<HashMap<(UserId, String), Instant>>,
    pub(super) stopping: watch::Sender<bool>,
    pub(super) counts: [AtomicU64; 4],
    pub(super) tasks: Mutex<JoinSet<()>>,
}

#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) queues: QueueMissedCalls,
    /// What posts in channels are in.
    pub(super) language: Language,
}

impl<H> Shared<H> {
    pub(super) fn rules(&self) -> MutexGuard<'_, Rules> {
        lock(&self.rules)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Returns once it is to end.
    pub(super) async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // An error would be that nobody is left who could say so.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Whether it is to end.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Does something beside everything else, until it is done or everything ends.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        tasks::spawn_in(&mut tasks, task);
        // Those that are done cost nothing any more. One that panicked is logged by the runtime.
        while tasks.try_join_next().is_some() {}
    }

    /// How often that happened.
    pub(super) fn counted(&self, kind: Kind) -> u64 {
        self.counts[kind as usize].load(Ordering::Relaxed)
    }

    /// Whether people are to be told at all.
    pub(super) fn is_on(&self) -> bool {
        *self.on.borrow()
    }

    pub(super) fn count(&self, kind: Kind) -> u64 {
        self.counts[kind as usize].fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Gives something up, and says so: the first ones, and then every hundredth.
    pub(super) fn give_up(&self, why: &str) {
        let given_up = self.count(Kind::GivenUp);
        if given_up <= 10 || given_up.is_multiple_of(100) {
            tracing::warn!(error = %why, given_up, "a missed call is told to nobody");
        }
    }

    /// One call of the server, within the limits.
    pub(super) async fn attempt<T>(
        &self,
        attempt: impl Future<Output = Result<T, HostError>>,
    ) -> Result<T, HostError> {
        // It is never closed.
        let _permit = self.permits.acquire().await;
        timeout(ATTEMPT_LIMIT, attempt).await.unwrap_or_else(|_| {
            let seconds = ATTEMPT_LIMIT.as_secs();
            Err(HostError::transient(format!(
                "the server did not answer within {seconds} s"
            )))
        })
    }

    /// One call of the server, and again while that may help, up to [`GIVE_UP_AFTER`].
    pub(super) async fn again<T, F: Future<Output = Result<T, HostError>>>(
        &self,
        attempt: impl Fn() -> F,
    ) -> Result<T, HostError> {
        let mut backoff = Backoff::default();
        let since = Instant::now();
        loop {
            let error = match self.attempt(attempt()).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let wait = backoff.next_wait();
            if !error.is_transient() || since.elapsed() + wait >= GIVE_UP_AFTER {
                return Err(error);
            }
            self.count(Kind::Retried);
            tokio::select! {
                () = sleep(wait) => {}
                // Then there is time for one more, and not for many.
                () = self.stopped() => sleep(FIRST_WAIT).await,
            }
        }
    }

    /// Whether somebody may call that number back, which they did not do just now. Then they do.
    pub(super) fn calls_back(&self, user: &UserId, number: &str) -> bool {
        let now = Instant::now();
        let mut calling = lock(&self.calling);
        calling.retain(|_, since| now.duration_since(*since) < CALL_BACK_ONCE);
        let own = (user.clone(), number.to_owned());
        let may = !calling.contains_key(&own);
        if may {
            calling.insert(own, now);
        }
        may
    }

    /// Somebody calls that number back no longer.
    pub(super) fn called_back(&self, user: &UserId, number: &str) {
        lock(&self.calling).remove(&(user.clone(), number.to_owned()));
    }
}
