//! The tasks that bring everybody's status to what is wanted: a person at a time in order, so many people at once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, Notify, Semaphore, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep};

use super::StatusHost;
use super::bridge::Bridge;
use super::claims::Claims;
use super::counts::{Tally, add};
use super::course::{Awaited, Course};
use super::effects::Surroundings;
use super::lines::Lines;
use super::wanted::Kind;
use crate::app::Clock;
use crate::backoff::{Backoff, FIRST_WAIT};
use crate::board::{Name, Timestamp};
use crate::host::{HostError, Person, UserId};
use crate::people::People;
use crate::tasks;

/// The most people whose status is read or changed at once.
pub const MAX_PARALLEL: usize = 64;

/// The longest sleep until something is due: clocks are put right, and machines sleep.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Shared<H> {
    pub(super) host: Arc<H>,
    pub(super) people: Arc<People<H>>,
    pub(super) clock: Clock,
    pub(super) inner: Mutex<Inner>,
    pub(super) tally: Tally,
    pub(super) permits: Semaphore,
    /// Told when something becomes due sooner than was known.
    timer: Notify,
    /// Set once all is to end: nobody waits any longer than needed.
    pub(super) closing: watch::Sender<bool>,
    /// Set once it is known whether statuses follow phones.
    pub(super) configured: watch::Sender<bool>,
    /// Set once it is known of whom there are records.
    pub(super) listed: watch::Sender<bool>,
    /// Told after each round with somebody.
    pub(super) rounds: watch::Sender<()>,
    /// Whether people can have custom statuses, until when that is believed, and of which of the server's settings.
    pub(super) custom_enabled: AsyncMutex<Option<(bool, Instant, u64)>>,
    /// Counts the server's settings.
    pub(super) server_settings: AtomicU64,
    pub(super) bridge: Bridge,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) people: HashMap<UserId, Entry>,
    pub(super) lines: Lines,
    /// On which lines somebody has claims from before the start.
    pub(super) resumed: HashMap<Name, HashSet<UserId>>,
    /// Who has a record that was not read yet.
    pub(super) recorded: HashSet<UserId>,
    due: BTreeSet<(Timestamp, Arc<str>)>,
    pub(super) enabled: bool,
    pub(super) closed: bool,
    /// Why the last thing that failed did, while something does.
    pub(super) failure: Option<String>,
    /// With how many people it failed last.
    pub(super) failing: usize,
    /// Of how many lines it cannot be found out at the moment whose they are.
    pub(super) unknown: usize,
    /// Whether the records cannot be listed at the moment.
    pub(super) unlisted: bool,
    pub(super) tasks: JoinSet<()>,
}

#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) claims: Claims,
    pub(super) course: Arc<AsyncMutex<Course>>,
    /// Whose it is, where that was looked up.
    pub(super) person: Option<Person>,
    /// Counts what may have changed what is wanted, and how much of it was seen to.
    pub(super) generation: u64,
    pub(super) done: u64,
    worker: Option<AbortHandle>,
    due: Option<Timestamp>,
    pub(super) held: bool,
    /// Whether do-not-disturb is set for them, and why.
    pub(super) dnd: Option<DndHeld>,
    /// What their status waits for, if for something.
    awaited: Option<Awaited>,
    failing: bool,
    /// Why it failed last.
    pub(super) error: LastError,
}

/// Why something failed last with somebody. Who asked for it keeps this, and reads it when it is over.
#[derive(Clone, Debug, Default)]
pub(super) struct LastError(Arc<Mutex<Option<String>>>);

impl LastError {
    fn put(&self, error: &HostError) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.message.clone());
    }

    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Why do-not-disturb is set for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DndHeld {
    /// By their own command, maybe besides other reasons.
    pub(super) own: bool,
    /// Because of their phone's, maybe besides other reasons.
    pub(super) phone: bool,
}

impl<H> Shared<H> {
    pub(super) fn new(host: Arc<H>, people: Arc<People<H>>, clock: Clock) -> Self {
        Self {
            host,
            people,
            clock,
            inner: Mutex::default(),
            tally: Tally::default(),
            permits: Semaphore::new(MAX_PARALLEL),
            timer: Notify::new(),
            closing: watch::Sender::new(false),
            configured: watch::Sender::new(false),
            listed: watch::Sender::new(false),
            rounds: watch::Sender::new(()),
            custom_enabled: AsyncMutex::default(),
            server_settings: AtomicU64::new(0),
            bridge: Bridge::default(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that happens under the lock can leave it half changed.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: StatusHost> Shared<H> {
    /// Something may have changed what is wanted of somebody.
    pub(super) fn poke(self: &Arc<Self>, inner: &mut Inner, user: &UserId) {
        let Some(entry) = inner.people.get_mut(user) else {
            return;
        };
        entry.generation += 1;
        let works = entry.worker.as_ref().is_some_and(|w| !w.is_finished());
        if !works {
            let worker = tasks::spawn_in(&mut inner.tasks, Arc::clone(self).work(user.clone()));
            entry.worker = Some(worker);
            inner.reap();
        }
    }

    pub(super) fn poke_all(self: &Arc<Self>, inner: &mut Inner) {
        let users: Vec<UserId> = inner.people.keys().cloned().collect();
        for user in users {
            self.poke(inner, &user);
        }
    }

    /// Sees to one person until nothing is left to do at the moment.
    async fn work(self: Arc<Self>, user: UserId) {
        let mut listed = self.listed.subscribe();
        // An error cannot be: the sender is in here.
        let _ = listed.wait_for(|listed| *listed).await;
        let mut backoff = Backoff::default();
        while let Some(generation) = self.next_generation(&user) {
            // The semaphore is never closed.
            let permit = self.permits.acquire().await;
            // Boxed: thousands may wait for their turn.
            let result = Box::pin(self.round(&user)).await;
            drop(permit);
            let failed = self.note(&user, generation, result);
            self.rounds.send_replace(());
            if failed {
                self.pause(backoff.next_wait()).await;
            } else {
                backoff = Backoff::default();
            }
        }
        self.rounds.send_replace(());
    }

    /// What is to be seen to; nothing where all is, and then the worker is no longer counted on.
    fn next_generation(&self, user: &UserId) -> Option<u64> {
        let mut inner = self.lock();
        let entry = inner.people.get_mut(user)?;
        if entry.done != entry.generation {
            return Some(entry.generation);
        }
        entry.worker = None;
        if entry.claims.is_empty() && !entry.held {
            if let Some(due) = entry.due {
                inner.due.remove(&(due, Arc::clone(&user.0)));
            }
            inner.people.remove(user);
        }
        None
    }

    fn note(&self, user: &UserId, generation: u64, result: Result<(), HostError>) -> bool {
        let mut inner = self.lock();
        let Some(entry) = inner.people.get_mut(user) else {
            return false;
        };
        let failed = std::mem::replace(&mut entry.failing, result.is_err());
        let Err(error) = result else {
            entry.done = generation;
            if failed {
                inner.failing -= 1;
                inner.recovered();
            }
            return false;
        };
        entry.error.put(&error);
        inner.failing += usize::from(!failed);
        inner.failed(&error, "a person's status cannot be seen to");
        add(&self.tally.retried);
        true
    }

    /// One round with one person.
    async fn round(self: &Arc<Self>, user: &UserId) -> Result<(), HostError> {
        let course = self.lock().people.get(user).map(|e| Arc::clone(&e.course));
        let Some(course) = course else {
            return Ok(());
        };
        let mut course = course.lock().await;
        if !course.loaded {
            self.load(user, &mut course).await?;
        }
        let goal = self.goal(user, &course).await?;
        let before = course.held.status.as_ref().is_some_and(|own| !own.lost);
        let at = Surroundings {
            host: &*self.host,
            user,
            clock: self.clock,
            tally: &self.tally,
        };
        let result = course.run(&at, &goal).await;
        let after = course.held.status.as_ref().is_some_and(|own| !own.lost);
        let mut inner = self.lock();
        let Some(entry) = inner.people.get_mut(user) else {
            return result;
        };
        let own = goal.status.is_some_and(|status| status.own);
        let changed = before && !after && own && entry.claims.drop_own();
        entry.held = !course.held.is_empty() || course.stored;
        let status = goal
            .status
            .filter(|status| after && status.kind == Kind::Dnd);
        entry.dnd = status.map(|status| DndHeld {
            own: status.own,
            phone: entry.claims.has_phone_dnd(),
        });
        entry.awaited = course.awaited;
        // From when the goal was set: what became due since then is due now. What was due by then was refused, or will be tried again
        // anyway.
        let next = entry.claims.next(goal.at);
        let change = course.next(&goal).filter(|due| *due > goal.at);
        let next = next.into_iter().chain(change).min();
        self.wake(&mut inner, user, next);
        if changed {
            self.poke(&mut inner, user);
        }
        result
    }

    /// When somebody is to be seen to although nothing happens.
    fn wake(&self, inner: &mut Inner, user: &UserId, at: Option<Timestamp>) {
        let Some(entry) = inner.people.get_mut(user) else {
            return;
        };
        if let Some(before) = std::mem::replace(&mut entry.due, at) {
            inner.due.remove(&(before, Arc::clone(&user.0)));
        }
        if let Some(at) = at {
            inner.due.insert((at, Arc::clone(&user.0)));
            self.timer.notify_one();
        }
    }

    /// Sees to people whose time has come.
    pub(super) async fn tell_time(self: Arc<Self>) {
        loop {
            let now = (self.clock)();
            let next = {
                let mut inner = self.lock();
                let mut later = inner.due.split_off(&(now.after(1), Arc::from("")));
                std::mem::swap(&mut later, &mut inner.due);
                for (_, user) in later {
                    let user = UserId(user);
                    if let Some(entry) = inner.people.get_mut(&user) {
                        entry.due = None;
                    }
                    self.poke(&mut inner, &user);
                }
                inner.due.first().map(|(at, _)| *at)
            };
            let wait = next.map_or(LONGEST_SLEEP, |at| {
                Duration::from_millis(at.0.saturating_sub(now.0)).min(LONGEST_SLEEP)
            });
            tokio::select! {
                () = sleep(wait) => {}
                () = self.timer.notified() => {}
            }
        }
    }

    /// Waits, but not for long once all is to end.
    pub(super) async fn pause(&self, wait: Duration) {
        let mut closing = self.closing.subscribe();
        if *closing.borrow() {
            sleep(wait.min(FIRST_WAIT)).await;
            return;
        }
        tokio::select! {
            () = sleep(wait) => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
    }
}

impl Inner {
    pub(super) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        tasks::spawn_in(&mut self.tasks, task);
        self.reap();
    }

    /// Something failed, and is tried again. Of all that fails at a time the first is logged.
    pub(super) fn failed(&mut self, error: &HostError, what: &str) {
        if self.failure.replace(error.message.clone()).is_none() {
            tracing::warn!(%error, "{what}, which will be tried again");
        }
    }

    /// Something that had failed succeeded. Where it was the last, what fails next is the first again.
    pub(super) fn recovered(&mut self) {
        let fails = self.failing > 0 || self.unknown > 0 || self.unlisted;
        if !fails && self.failure.take().is_some() {
            tracing::info!("people's statuses can be seen to again");
        }
    }

    /// Lets go of tasks that ended.
    fn reap(&mut self) {
        while self.tasks.try_join_next().is_some() {}
    }

    /// Forgets whose claims on a line are from before the start where all of them are over.
    pub(super) fn forget_resumed(&mut self, line: &Name) {
        let Some(users) = self.resumed.get_mut(line) else {
            return;
        };
        let people = &self.people;
        users.retain(|user| people.get(user).is_some_and(|p| p.claims.has_resumed(line)));
        if users.is_empty() {
            self.resumed.remove(line);
        }
    }

    /// Those whose status waits for something.
    pub(super) fn awaited(&self) -> Vec<UserId> {
        let people = self.people.iter();
        let awaited = people.filter(|(_, entry)| entry.awaited.is_some());
        awaited.map(|(user, _)| user.clone()).collect()
    }

    /// Whether somebody whose status is this now need not wait any longer.
    pub(super) fn goes_on(&self, user: &UserId, status: &str) -> bool {
        let awaited = self.people.get(user).and_then(|entry| entry.awaited);
        match awaited {
            Some(Awaited::Online) => status == "online",
            Some(Awaited::Kept) => true,
            None => false,
        }
    }
}
