//! OVH's telephony, by its CTI events.
//!
//! `GET <address>?token=T[&session=S]` is answered when something happened, or after about a minute when nothing did: a long poll. There is
//! a task for each token (`poll`), which reads what comes (`answer`, `event`) and hands it to the one `state`, which knows what all of that
//! means: a state machine without I/O that turns events into events of the board. A task of its own hands those on.
//!
//! Sources: OVH's guide "Documentation technique CTI", its example telephony-example-cti-dashboard, and mod_callcenter of FreeSWITCH,
//! whose events the queues' are.

mod answer;
mod event;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod link;
mod poll;
mod report;
mod settings;
mod state;
#[cfg(test)]
mod tests;

pub use report::{LinkState, Report};
pub use settings::{MAX_TOKENS, Settings, Token};

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::app::Clock;
use crate::board::{Before, Event, Timestamp};
use crate::config::Problem;
use crate::outbound::Client;
use crate::tasks;
use answer::Answer;
use link::{Followed, Link, Phase};
use poll::Limits;
use state::{Slots, State};

/// The most of the board's events that wait before nothing more is polled.
const MAX_BACKLOG: usize = 20_000;

/// How often what waits for its time is looked at, while there is any.
const TICK: Duration = Duration::from_millis(500);

// All tokens may be others after a save: the places of those before are given up once the new ones have theirs.
const _: () = assert!(2 * MAX_TOKENS <= Slots::BITS as usize);

/// OVH's events, as they are followed. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct Ovh {
    shared: Arc<Shared>,
    keeper: AbortHandle,
}

/// What the tasks share. Of the two locks, that of [`Own`] is taken first.
#[derive(Debug)]
struct Shared {
    own: Mutex<Own>,
    state: Mutex<State>,
    client: Client,
    clock: Clock,
    limits: Limits,
    last_id: AtomicU64,
    /// Something is to be handed on.
    changed: Notify,
    /// It was.
    drained: Notify,
    /// Counted up when a phase changes.
    phases: watch::Sender<u64>,
}

/// The settings, and what the polls are in.
#[derive(Debug, Default)]
struct Own {
    settings: Option<Settings>,
    /// In the settings' order.
    links: Vec<Link>,
    /// What all of them together are in.
    state: LinkState,
    /// Since when all of them together are in what they are in.
    since: Timestamp,
    answered: Option<Timestamp>,
    polls: u64,
    errors: u64,
    malformed: u64,
    gaps: u64,
}

impl Ovh {
    /// Follows nothing until it is [configured](Self::configure). What it learns goes to `out`; when nobody takes it, nothing more is asked
    /// for. Must be called inside a tokio runtime.
    #[must_use]
    pub fn new(out: mpsc::Sender<(Event, Timestamp)>, clock: Clock) -> Arc<Self> {
        Self::with_limits(out, clock, Limits::default())
    }

    fn with_limits(
        out: mpsc::Sender<(Event, Timestamp)>,
        clock: Clock,
        limits: Limits,
    ) -> Arc<Self> {
        let shared = Arc::new(Shared {
            own: Mutex::default(),
            state: Mutex::default(),
            // Polls wait: they are not to take the places of what others ask.
            client: Client::with_places(MAX_TOKENS),
            clock,
            limits,
            last_id: AtomicU64::new(0),
            changed: Notify::new(),
            drained: Notify::new(),
            phases: watch::Sender::new(0),
        });
        let keeper = tasks::spawn(keep(Arc::clone(&shared), out)).abort_handle();
        Arc::new(Self { shared, keeper })
    }

    /// Takes other settings. A token that is there before and after goes on with its session. A new one takes the place of one that is
    /// gone, as where it expired: what that one told of stays, and is in doubt. What only others told of leaves the board. With another
    /// address, or none, all of it does.
    pub fn configure(&self, settings: Option<Settings>) {
        let shared = &self.shared;
        let now = (shared.clock)();
        let mut own = shared.own();
        if own.settings == settings {
            return;
        }
        let before = std::mem::replace(&mut own.settings, settings);
        let settings = own.settings.clone();
        let mut state = shared.state();
        if let Some(settings) = &settings {
            state.set_numbers(&settings.numbers, now);
        }
        let url = |settings: &Option<Settings>| settings.as_ref().map(|own| Arc::clone(&own.url));
        if before.is_some() && url(&before) != url(&settings) {
            own.links.clear();
            state.clear(now);
        }
        let links = std::mem::take(&mut own.links);
        let mut taken = links
            .iter()
            .fold(0, |all: Slots, link| all | link.followed.slot);
        let tokens = settings.as_ref().map_or(&[][..], |own| &own.tokens);
        let is_set = |(_, link): &(usize, Link)| tokens.iter().any(|t| link.followed.token.is(t));
        let (mut links, gone): (Vec<_>, Vec<_>) = links.into_iter().enumerate().partition(is_set);
        let mut left: Vec<(usize, Slots)> = gone
            .iter()
            .map(|(place, link)| (*place, link.followed.slot))
            .collect();
        // They ask no more.
        drop(gone);
        for (place, token) in tokens.iter().enumerate() {
            let Some(settings) = &settings else { continue };
            let known = links.iter().position(|(_, l)| l.followed.token.is(token));
            let link = if let Some(at) = known {
                links.swap_remove(at).1
            } else {
                let slot = if left.is_empty() {
                    // There are more bits than tokens before and after.
                    1 << (!taken).trailing_zeros().min(Slots::BITS - 1)
                } else {
                    let same = left.iter().position(|(before, _)| *before == place);
                    let (_, slot) = left.remove(same.unwrap_or_default());
                    state.gap(slot, now);
                    slot
                };
                taken |= slot;
                shared.follow(token, settings, slot)
            };
            own.links.push(link);
        }
        for (_, slot) in left {
            state.forget(slot, now);
        }
        drop(state);
        shared.look(&mut own, None);
        drop(own);
        shared.changed.notify_one();
    }

    /// Before this process began, the board was told of this. It goes on, and is in doubt: events were lost meanwhile.
    pub fn resume(&self, before: Before) {
        let shared = &self.shared;
        shared.state().resume(before, (shared.clock)());
        shared.changed.notify_one();
    }

    /// How things are.
    #[must_use]
    pub fn report(&self) -> Report {
        let own = self.shared.own();
        let counts = self.shared.state().counts();
        report::report(&own, &counts)
    }

    /// What the admin should put right.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let own = self.shared.own();
        let mut problems = report::problems(&own);
        if own.settings.is_some() && self.keeper.is_finished() {
            problems.push(Problem::new(
                "ovh",
                "is no longer followed: a part of the plugin has stopped",
                "Disable and enable the plugin, and report what the server's log says of it.",
            ));
        }
        problems
    }

    /// Waits until the present settings led to something: polls that wait for events, or a failure. At most so long.
    pub async fn settled(&self, limit: Duration) {
        let mut phases = self.shared.phases.subscribe();
        let is_settled = |_: &u64| {
            let own = self.shared.own();
            !matches!(report::state(&own), LinkState::Connecting)
        };
        // Neither the limit nor an end of the phases leaves anything to do.
        let _ = timeout(limit, phases.wait_for(is_settled)).await;
    }

    /// Polls no more. What is on the board stays there.
    pub fn stop(&self) {
        let mut own = self.shared.own();
        own.settings = None;
        own.links.clear();
    }
}

impl Drop for Ovh {
    fn drop(&mut self) {
        self.keeper.abort();
        self.shared.own().links.clear();
    }
}

/// Hands on what comes of events, and of time, until nobody takes it.
async fn keep(shared: Arc<Shared>, out: mpsc::Sender<(Event, Timestamp)>) {
    loop {
        let is_busy = shared.state().is_busy();
        tokio::select! {
            () = shared.changed.notified() => {}
            () = sleep(TICK), if is_busy => {}
        }
        let outputs = {
            let mut state = shared.state();
            state.tick((shared.clock)());
            state.take()
        };
        for output in outputs {
            if out.send(output).await.is_err() {
                return;
            }
        }
        shared.drained.notify_waiters();
    }
}

impl Shared {
    /// Nothing that happens under these locks can leave things half changed.
    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(self: &Arc<Self>, token: &Token, settings: &Settings, slot: Slots) -> Link {
        let followed = Followed {
            id: self.last_id.fetch_add(1, Ordering::Relaxed),
            slot,
            token: token.clone(),
            url: Arc::clone(&settings.url),
            hosts: settings.hosts.clone(),
        };
        let task = tasks::spawn(poll::run(Arc::clone(self), followed.clone()));
        Link {
            followed,
            phase: Phase::Connecting,
            failed: None,
            is_told: false,
            task: task.abort_handle(),
        }
    }

    /// `is_sure` says whether an answer, or a failure, told so; else it only seems so.
    fn set_phase(&self, followed: &Followed, phase: Phase, is_sure: bool) {
        let now = (self.clock)();
        let mut own = self.own();
        let links = &mut own.links;
        let Some(at) = links.iter().position(|l| l.followed.id == followed.id) else {
            return;
        };
        let link = &mut links[at];
        if is_sure {
            self.log(at + 1, link, &phase);
        }
        link.phase = phase;
        self.look(&mut own, Some(now));
    }

    /// A failure is told once, and then seldom.
    fn log(&self, place: usize, link: &mut Link, phase: &Phase) {
        let token = &link.followed.token;
        if let Phase::Down(trouble) = phase {
            let again = |at: Instant| at.elapsed() >= self.limits.log_again;
            if link.failed.is_none_or(again) {
                let why = trouble.words(place, token);
                tracing::warn!("OVH is not followed by token {place} ({token}): {why}");
                link.failed = Some(Instant::now());
            }
        } else if link.failed.take().is_some() || !link.is_told {
            tracing::info!("OVH is followed by token {place} ({token})");
            link.is_told = true;
        }
    }

    /// Keeps the time since when all of them together are in what they are in.
    fn look(&self, own: &mut Own, now: Option<Timestamp>) {
        let state = report::state(own);
        if now.is_none() || !state.is_like(&own.state) {
            own.since = now.unwrap_or_else(|| (self.clock)());
        }
        own.state = state;
        self.phases.send_modify(|count| *count += 1);
    }

    /// What a poll was answered with.
    fn answered(&self, followed: &Followed, answer: &Answer) {
        let now = (self.clock)();
        let mut own = self.own();
        // It may have been taken out of the settings while it was asked.
        if !own.links.iter().any(|l| l.followed.id == followed.id) {
            return;
        }
        own.answered = Some(now);
        own.malformed += answer.malformed;
        if !answer.events.is_empty() {
            self.state().events(&answer.events, followed.slot, now);
            self.changed.notify_one();
        }
    }

    /// Events of that token may have been lost.
    fn gap(&self, followed: &Followed) {
        let mut own = self.own();
        if own.links.iter().any(|l| l.followed.id == followed.id) {
            own.gaps += 1;
            self.state().gap(followed.slot, (self.clock)());
        }
    }

    fn polled(&self) {
        self.own().polls += 1;
    }

    fn failed(&self) {
        self.own().errors += 1;
    }
}
