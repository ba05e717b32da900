//! Everybody's status, as the rest of the product sees it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::StatusHost;
use super::claim::Claim;
use super::claims;
use super::counts::Counts;
use super::driver::{Entry, Shared};
use super::record::STOP_GRACE;
use crate::app::Clock;
use crate::board::{Board, Change, ChangeKind, Source};
use crate::config::Problem;
use crate::host::UserId;
use crate::people::People;
use crate::tasks;

/// Everybody's status. Every method may be called from several tasks at once, inside a tokio runtime.
#[derive(Debug)]
pub struct Statuses<H> {
    pub(super) shared: Arc<Shared<H>>,
}

impl<H: StatusHost> Statuses<H> {
    /// Waits for [`Statuses::configure`], takes up what was going on before the start, and follows from then on.
    #[must_use]
    pub fn start(host: Arc<H>, people: Arc<People<H>>, clock: Clock) -> Self {
        let shared = Arc::new(Shared::new(host, people, clock));
        {
            let mut inner = shared.lock();
            tasks::spawn_in(&mut inner.tasks, Arc::clone(&shared).tell_time());
            tasks::spawn_in(&mut inner.tasks, Arc::clone(&shared).resume());
            tasks::spawn_in(&mut inner.tasks, Arc::clone(&shared).watch_chat());
        }
        Self { shared }
    }

    /// Whether statuses follow phones and conferences. Where they no longer do, what was set is given back.
    pub fn configure(&self, enabled: bool) {
        let mut inner = self.shared.lock();
        if inner.enabled != enabled {
            inner.enabled = enabled;
            self.shared.poke_all(&mut inner);
            self.shared.lines_changed(&mut inner);
        }
        drop(inner);
        self.shared.configured.send_replace(true);
    }

    /// The server's own settings may have changed: whether people can have custom statuses is asked anew, and holds for calls that go
    /// on.
    pub fn server_changed(&self) {
        self.shared.server_settings.fetch_add(1, Ordering::Release);
        self.shared.poke_all(&mut self.shared.lock());
    }

    /// Takes over a change of the board.
    pub fn take(&self, change: &Change) {
        self.shared.take(change);
    }

    /// Calls of PBXs that go on over a restart are claims as any others: a PBX is asked what became of them, and for how long the records
    /// are believed does not matter to them. Where nothing happened on the board for longer than [`STOP_GRACE`], the plugin may have
    /// been off as long: then only the records say what goes on.
    pub fn restored(&self, board: &Board) {
        let at = board.last_at();
        if (self.shared.clock)() > at.after(STOP_GRACE) {
            return;
        }
        let told = [Source::Asterisk, Source::Ovh].map(|source| board.told_by(source).lines);
        for line in told.into_iter().flatten() {
            for (_, call) in line.calls {
                self.take(&Change {
                    sequence: 0,
                    at,
                    subject: Arc::clone(&line.user),
                    kind: ChangeKind::CallBegan(call),
                });
            }
        }
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
            failing: inner.failing + inner.unknown,
            ..self.shared.tally.counts()
        }
    }

    /// What should be put right, if people's statuses cannot be seen to at the moment.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let inner = self.shared.lock();
        let failing = inner.failing + inner.unknown;
        let why = crate::text::clean(inner.failure.as_deref()?).into_owned();
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
