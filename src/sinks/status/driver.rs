//! The tasks that bring everybody's status to what is wanted: a person at a time in order, so many people at once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, Notify, Semaphore, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout_at};

use super::StatusHost;
use super::bridge::Bridge;
use super::chat::Chat;
use super::claim::Claim;
use super::claims::{self, Claims};
use super::counts::{Counts, Tally, add};
use super::course::{Course, Goal, Surroundings};
use super::lines::{Lines, Owner};
use super::wanted::{Chosen, Kind, Shown};
use super::words;
use crate::app::Clock;
use crate::backoff::{Backoff, FIRST_WAIT};
use crate::board::{Change, Name, Timestamp};
use crate::config::Problem;
use crate::host::{HostError, Person, UserId};
use crate::language::Language;
use crate::people::People;

/// The most people whose status is read or changed at once.
pub const MAX_PARALLEL: usize = 64;

/// How long it is believed whether people can have custom statuses at all.
const SERVER_BELIEVED_FOR: Duration = Duration::from_secs(60);

/// The longest sleep until something is due: clocks are put right, and machines sleep.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Everybody's status. Every method may be called from several tasks at once, inside a tokio runtime.
#[derive(Debug)]
pub struct Statuses<H> {
    pub(super) shared: Arc<Shared<H>>,
}

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
    /// Set once [`Statuses::configure`] was called.
    pub(super) configured: watch::Sender<bool>,
    /// Set once it is known of whom there are records.
    pub(super) listed: watch::Sender<bool>,
    /// Told after each round with somebody.
    pub(super) rounds: watch::Sender<()>,
    custom_enabled: AsyncMutex<Option<(bool, Instant)>>,
    pub(super) chat: Chat,
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
    enabled: bool,
    pub(super) closed: bool,
    /// Why the last thing that failed did, while something does.
    pub(super) failure: Option<String>,
    /// Whose line cannot be found out at the moment, and whether records can be listed.
    unknown: usize,
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
    /// Whether they could be set to something if they were online.
    pub(super) awaited: bool,
    failing: bool,
}

/// Why do-not-disturb is set for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DndHeld {
    /// By their own command, maybe besides other reasons.
    pub(super) own: bool,
    /// Because of their phone's, maybe besides other reasons.
    pub(super) phone: bool,
}

impl<H: StatusHost> Statuses<H> {
    /// Waits for [`Statuses::configure`], takes up what was going on before the start, and follows from then on.
    #[must_use]
    pub fn start(host: Arc<H>, people: Arc<People<H>>, clock: Clock) -> Self {
        let shared = Arc::new(Shared {
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
            chat: Chat::default(),
            bridge: Bridge::default(),
        });
        {
            let mut inner = shared.lock();
            inner.tasks.spawn(Arc::clone(&shared).tell_time());
            inner.tasks.spawn(Arc::clone(&shared).resume());
            inner.tasks.spawn(Arc::clone(&shared).watch_chat());
        }
        Self { shared }
    }

    /// Whether statuses follow phones and conferences. Where they no longer do, what was set is given back.
    pub fn configure(&self, enabled: bool) {
        let mut inner = self.shared.lock();
        if inner.enabled != enabled {
            inner.enabled = enabled;
            self.shared.poke_all(&mut inner);
            let now = (self.shared.clock)();
            for line in inner.lines.names() {
                self.shared.line_changed(&mut inner, &line, now);
            }
        }
        drop(inner);
        self.shared.configured.send_replace(true);
    }

    /// Takes over a change of the board.
    pub fn take(&self, change: &Change) {
        self.shared.take(change);
    }

    /// Lays a claim on somebody's status, or changes the one with its key.
    pub fn claim(&self, user: &UserId, claim: Claim) {
        let now = (self.shared.clock)();
        let mut inner = self.shared.lock();
        if !inner.closed {
            let entry = inner.people.entry(user.clone()).or_default();
            entry.claims.place(claims::direct(claim), now);
            self.shared.poke(&mut inner, user);
        }
    }

    /// Withdraws it.
    pub fn release(&self, user: &UserId, key: &str) {
        let now = (self.shared.clock)();
        let mut inner = self.shared.lock();
        if let Some(entry) = inner.people.get_mut(user) {
            entry.claims.withdraw(key, now);
            self.shared.poke(&mut inner, user);
        }
    }

    /// Somebody chose something else with [`People::choose`]: it takes effect at once.
    pub fn preferences_changed(&self, user: &UserId) {
        let mut inner = self.shared.lock();
        if inner.people.contains_key(user) {
            self.shared.poke(&mut inner, user);
        }
        drop(inner);
        self.shared.bridge.ask_again(user);
    }

    /// What became of statuses so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let inner = self.shared.lock();
        let count = |what: fn(&Entry) -> bool| {
            let people = inner.people.values();
            people.filter(|entry| what(entry)).count()
        };
        Counts {
            held: count(|entry| entry.held),
            waiting: count(|entry| entry.done != entry.generation),
            failing: count(|entry| entry.failing) + inner.unknown,
            ..self.shared.tally.counts()
        }
    }

    /// What should be put right, if people's statuses cannot be seen to at the moment.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let failing = self.counts().failing;
        let inner = self.shared.lock();
        let why = inner.failure.as_deref()?;
        if failing == 0 && !inner.unlisted {
            return None;
        }
        let why = crate::text::clean(why).into_owned();
        Some(Problem::new(
            "statuses",
            format!("those of {failing} people cannot be read or set: {why}"),
            "It is tried again; see the server's log if this lasts.",
        ))
    }

    /// Ends in good order, until the deadline at the latest: gives back what calls took, and leaves what people chose by a command.
    /// Tells of how many people something remains set; it is given back after the next start.
    pub async fn stop(&self, deadline: Duration) -> usize {
        let deadline = Instant::now() + deadline;
        let mut rounds = self.shared.rounds.subscribe();
        {
            let mut inner = self.shared.lock();
            inner.closed = true;
            self.shared.poke_all(&mut inner);
        }
        self.shared.closing.send_replace(true);
        self.shared.chat.close();
        let waiting = || self.counts().waiting;
        let idle = rounds.wait_for(|()| waiting() == 0);
        // An error is the deadline, and what remains is counted below.
        let _ = timeout_at(deadline, idle).await;
        let mut inner = self.shared.lock();
        inner.tasks.abort_all();
        let remains = |entry: &&Entry| entry.held && entry.done != entry.generation;
        inner.people.values().filter(remains).count()
    }
}

impl<H> Drop for Statuses<H> {
    fn drop(&mut self) {
        self.shared.lock().tasks.abort_all();
    }
}

impl<H> Shared<H> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that happens under the lock can leave it half changed.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: StatusHost> Shared<H> {
    fn take(self: &Arc<Self>, change: &Change) {
        let mut guard = self.lock();
        let inner = &mut *guard;
        if inner.closed {
            return;
        }
        let line = &change.subject;
        let seen = inner.lines.take(change);
        let now = (self.clock)().max(change.at);
        if !seen.signs.is_empty()
            && let Some(users) = inner.resumed.get(line).cloned()
        {
            for user in users {
                if let Some(entry) = inner.people.get_mut(&user) {
                    for sign in &seen.signs {
                        entry.claims.sign(line, sign, now);
                    }
                    self.poke(inner, &user);
                }
            }
        }
        if seen.changed {
            self.line_changed(inner, line, now);
        }
    }

    /// Hands on what a line claims to whoever's it is, or finds out whose it is.
    fn line_changed(self: &Arc<Self>, inner: &mut Inner, name: &Name, now: Timestamp) {
        let Some(line) = inner.lines.get_mut(name) else {
            return;
        };
        match &line.owner {
            Owner::Person(user) => {
                let user = user.clone();
                let entry = inner.people.entry(user.clone()).or_default();
                entry.claims.line(name, &line.calls, now);
                inner.lines.tidy(name);
                self.poke(inner, &user);
            }
            Owner::Unknown | Owner::Nobody if line.calls.is_empty() => inner.lines.tidy(name),
            // Where nothing follows from it, nobody is asked.
            Owner::Unknown | Owner::Nobody if !inner.enabled => {}
            Owner::Unknown | Owner::Nobody => {
                line.owner = Owner::Asked;
                let asking = Arc::clone(self).find_owner(Arc::clone(name));
                inner.spawn(asking);
            }
            Owner::Asked => {}
        }
    }

    /// Finds out whose line it is, and hands on what it claims by then.
    async fn find_owner(self: Arc<Self>, name: Name) {
        let mut backoff = Backoff::default();
        let mut failing = false;
        let owner = loop {
            // The semaphore is never closed.
            let permit = self.permits.acquire().await;
            let found = self.people.of(&name).await;
            drop(permit);
            match found {
                Ok(owner) => break owner,
                Err(error) if error.is_transient() => {
                    add(&self.tally.retried);
                    let mut inner = self.lock();
                    inner.unknown += usize::from(!std::mem::replace(&mut failing, true));
                    inner.failure = Some(error.message);
                }
                Err(error) => {
                    add(&self.tally.given_up);
                    tracing::warn!(%error, line = &*name, "nobody knows whose line it is: no status follows it");
                    break None;
                }
            }
            self.pause(backoff.next_wait()).await;
        };
        let now = (self.clock)();
        let mut guard = self.lock();
        let inner = &mut *guard;
        inner.unknown -= usize::from(failing);
        let Some(line) = inner.lines.get_mut(&name) else {
            return;
        };
        line.owner = match owner {
            None => Owner::Nobody,
            Some(person) => {
                let user = person.id.clone();
                if !line.calls.is_empty() {
                    let entry = inner.people.entry(user.clone()).or_default();
                    entry.person = Some(person);
                }
                Owner::Person(user)
            }
        };
        if line.owner == Owner::Nobody || line.calls.is_empty() {
            inner.lines.tidy(&name);
        } else {
            self.line_changed(inner, &name, now);
        }
    }

    /// Something may have changed what is wanted of somebody.
    pub(super) fn poke(self: &Arc<Self>, inner: &mut Inner, user: &UserId) {
        let Some(entry) = inner.people.get_mut(user) else {
            return;
        };
        entry.generation += 1;
        let works = entry.worker.as_ref().is_some_and(|w| !w.is_finished());
        if !works {
            let worker = inner.tasks.spawn(Arc::clone(self).work(user.clone()));
            entry.worker = Some(worker);
            inner.reap();
        }
    }

    fn poke_all(self: &Arc<Self>, inner: &mut Inner) {
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
        loop {
            let Some(generation) = self.next_generation(&user) else {
                break;
            };
            // The semaphore is never closed.
            let permit = self.permits.acquire().await;
            let result = self.round(&user).await;
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
        entry.failing = result.is_err();
        let Err(error) = result else {
            entry.done = generation;
            return false;
        };
        add(&self.tally.retried);
        if inner.failure.replace(error.message.clone()).is_none() {
            tracing::warn!(%error, "a person's status could not be seen to, which will be tried again");
        }
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
    async fn tell_time(self: Arc<Self>) {
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

    /// What is to become of somebody now.
    async fn goal(&self, user: &UserId, course: &Course) -> Result<Goal, HostError> {
        let (follows, person) = {
            let inner = self.lock();
            let entry = inner.people.get(user);
            let follows = inner.enabled
                && !inner.closed
                && entry.is_some_and(|entry| entry.claims.need_choices());
            (follows, entry.and_then(|entry| entry.person.clone()))
        };
        let mut chosen = Chosen::NOTHING;
        let mut language = Language::English;
        if follows {
            match self.people.preferences(user).await {
                Ok(preferences) => chosen = Chosen::from(&*preferences),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => tracing::warn!(%error, "what somebody chose cannot be read"),
            }
            language = match person {
                Some(person) => person.language,
                None => self.look_up(user).await?,
            };
        }
        // What the chat did to the phone is not to come back from there.
        chosen.phone_dnd &= !self.bridge.is_pushed(user);
        let now = (self.clock)();
        let (mut wanted, claims, closed) = {
            let mut inner = self.lock();
            let closed = inner.closed;
            let Some(entry) = inner.people.get_mut(user) else {
                return Ok(Goal::default());
            };
            let wanted = entry.claims.wanted(&chosen, now);
            let claims = entry.claims.lasting(now);
            (wanted, claims.map(Into::into).collect(), closed)
        };
        if wanted.custom.is_some() && course.held.custom.is_none() && !self.has_custom().await? {
            wanted.custom = None;
        }
        let mut custom = None;
        if let Some(wanted) = &wanted.custom {
            let other = match &wanted.shown {
                Shown::Call(Some(other)) => Some(self.display(other).await),
                _ => None,
            };
            custom = Some(words::custom_status(wanted, other.as_deref(), language));
        }
        Ok(Goal {
            at: now,
            custom,
            status: wanted.status,
            claims,
            stopped_at: closed.then_some(now.0),
        })
    }

    /// The language of somebody whose line told nothing of them.
    async fn look_up(&self, user: &UserId) -> Result<Language, HostError> {
        match self.host.person(user).await {
            Ok(person) => {
                let language = person.language;
                if let Some(entry) = self.lock().people.get_mut(user) {
                    entry.person = Some(person);
                }
                Ok(language)
            }
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(Language::default()),
        }
    }

    /// What people call the other side.
    async fn display(&self, other: &super::Other) -> Arc<str> {
        if let Some(name) = &other.name
            && let Ok(Some(person)) = self.people.of(name).await
        {
            return person.display_name;
        }
        Arc::clone(&other.shown)
    }

    /// Whether people can have custom statuses.
    async fn has_custom(&self) -> Result<bool, HostError> {
        let mut known = self.custom_enabled.lock().await;
        if let Some((enabled, until)) = *known
            && Instant::now() < until
        {
            return Ok(enabled);
        }
        let enabled = match self.host.custom_statuses_enabled().await {
            Err(error) if error.is_transient() => return Err(error),
            // What else stands in the way shows when one is set.
            answer => answer.unwrap_or(true),
        };
        *known = Some((enabled, Instant::now() + SERVER_BELIEVED_FOR));
        Ok(enabled)
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
        self.tasks.spawn(task);
        self.reap();
    }

    /// Lets go of tasks that ended.
    fn reap(&mut self) {
        while self.tasks.try_join_next().is_some() {}
    }

    /// Those who could be set to something if they were online.
    pub(super) fn awaited(&self) -> Vec<UserId> {
        let awaited = self.people.iter().filter(|(_, entry)| entry.awaited);
        awaited.map(|(user, _)| user.clone()).collect()
    }
}
