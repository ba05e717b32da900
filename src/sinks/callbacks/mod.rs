//! Addresses that are called when a call comes in: by the server, silently; and pages for those who watch the board.
//!
//! The server's calls wait in a queue of their own and are made by tasks of their own, through the product's one
//! [client](crate::outbound::Client) with all of its guards. Nothing here delays the board or a phone.

mod moments;
mod results;
#[cfg(test)]
mod tests;

pub use moments::{NEW_CALLER, Occasion};
pub use results::{Counts, Done, MAX_RESULTS, Outcome};

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::Sink;
use crate::app::Clock;
use crate::board::{Board, Change, Name, Peer, Source, Timestamp};
use crate::config::{self, AllowedHosts, Config, Problem, Secret, Template};
use crate::outbound::{Client, Request};
use crate::tasks;
use moments::{Moment, Moments};
use results::Results;

/// How many are called at once.
pub const MAX_AT_ONCE: usize = 8;

/// How many wait to be called, and how many to be called again. With one more the oldest is dropped.
pub const MAX_WAITING: usize = 200;

/// How long a call may take, with all redirects.
pub const TIME_LIMIT: Duration = Duration::from_secs(5);

/// How long after a failure it is called once more.
pub const RETRY_AFTER: Duration = Duration::from_secs(3);

/// How much of an answer is read, in bytes; the rest is left.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Whether this node does what other nodes of the cluster see as well.
pub type Leads = Arc<dyn Fn() -> bool + Send + Sync>;

/// A page for those who watch the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// What happened.
    pub occasion: Occasion,
    /// The line that rings.
    pub line: Option<Name>,
    /// The queue in which a caller waits.
    pub queue: Option<Name>,
    /// Who calls, with as much of their number as viewers of the board may see.
    pub peer: Option<Peer>,
    /// The page's address.
    pub url: String,
    /// When it happened.
    pub at: Timestamp,
}

/// Whoever shows pages. It never waits.
pub trait Pages: Send + Sync + 'static {
    /// There is a page to be opened.
    fn ring(&self, ring: Ring);
}

/// Makes the calls. Every method may be called from several tasks at once.
pub struct Callbacks {
    shared: Arc<Shared>,
}

struct Shared {
    client: Arc<Client>,
    clock: Clock,
    leads: Leads,
    pages: OnceLock<Arc<dyn Pages>>,
    state: Mutex<State>,
    /// Told of each call that waits.
    more: Notify,
    /// How many wait or are under way.
    pending: watch::Sender<usize>,
    tasks: Mutex<Vec<AbortHandle>>,
}

#[derive(Default)]
struct State {
    settings: config::Callbacks,
    hosts: AllowedHosts,
    waiting: VecDeque<Job>,
    /// Those that failed once, the first one due first.
    again: VecDeque<(Instant, Job)>,
    under_way: usize,
    results: Results,
    closed: bool,
}

/// A call to be made.
struct Job {
    event: &'static str,
    /// The address of the settings.
    address: Template,
    /// The same with the call's values in it.
    url: String,
    attempts: u32,
}

impl Callbacks {
    /// Nothing is called before [`Callbacks::configure`].
    #[must_use]
    pub fn new(client: Arc<Client>, leads: Leads, clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                client,
                clock,
                leads,
                pages: OnceLock::new(),
                state: Mutex::default(),
                more: Notify::new(),
                pending: watch::Sender::new(0),
                tasks: Mutex::default(),
            }),
        }
    }

    /// Pages go there. Only the first one that is told counts.
    pub fn show_on(&self, pages: Arc<dyn Pages>) {
        // Nothing is told a second time.
        let _ = self.shared.pages.set(pages);
    }

    /// What follows the board for it.
    #[must_use]
    pub fn sink(&self) -> CallbackSink {
        CallbackSink {
            shared: Arc::clone(&self.shared),
            moments: Moments::default(),
        }
    }

    /// Takes the settings. What waits to be called by others is dropped. Must be called inside a tokio runtime.
    pub fn configure(&self, config: &Config) {
        let mut state = self.shared.state();
        state.hosts.clone_from(&config.allowed_hosts);
        if state.settings.server != config.callbacks.server {
            state.drop_all();
            state.results.keep(&config.callbacks.server);
        }
        state.settings.clone_from(&config.callbacks);
        self.shared.tell(&state);
        drop(state);
        let mut tasks = lock(&self.shared.tasks);
        if tasks.is_empty() && !config.callbacks.server.is_empty() {
            let one = || tasks::spawn(work(Arc::clone(&self.shared))).abort_handle();
            tasks.extend((0..MAX_AT_ONCE).map(|_| one()));
        }
    }

    /// Whether the server has something to call.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.shared.state().settings.server.is_empty()
    }

    /// What became of calls so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let state = self.shared.state();
        Counts {
            waiting: state.pending(),
            ..state.results.counts
        }
    }

    /// The last ones that are over, the newest first.
    #[must_use]
    pub fn results(&self) -> Vec<Done> {
        let state = self.shared.state();
        state.results.last.iter().rev().cloned().collect()
    }

    /// What the admin should put right: each address whose calls come to nothing, by its line in the setting.
    #[must_use]
    pub fn problems(&self, setting: &str) -> Vec<Problem> {
        self.shared.state().results.problems(setting)
    }

    /// Takes no more, and makes the calls that wait, until the limit at the latest. Nothing is tried again.
    pub async fn stop(&self, limit: Duration) {
        {
            let mut state = self.shared.state();
            state.closed = true;
            let again = state.again.len() as u64;
            state.again.clear();
            state.results.counts.dropped += again;
            self.shared.tell(&state);
        }
        let mut pending = self.shared.pending.subscribe();
        // An error is the limit.
        let _ = timeout(limit, pending.wait_for(|pending| *pending == 0)).await;
        for task in lock(&self.shared.tasks).drain(..) {
            task.abort();
        }
    }
}

impl Drop for Callbacks {
    fn drop(&mut self) {
        for task in lock(&self.shared.tasks).drain(..) {
            task.abort();
        }
    }
}

impl State {
    fn pending(&self) -> usize {
        self.waiting.len() + self.again.len() + self.under_way
    }

    fn drop_all(&mut self) {
        self.results.counts.dropped += (self.waiting.len() + self.again.len()) as u64;
        self.waiting.clear();
        self.again.clear();
    }

    /// A call to that address is over.
    fn over(&mut self, address: &Template, done: Done) {
        // One that was changed meanwhile is the business of nobody any more.
        let is_set = self.settings.server.contains(address);
        self.results.push(done, is_set.then_some(address));
    }

    fn dropped(&mut self) {
        let before = self.results.counts.dropped;
        self.results.counts.dropped += 1;
        // The first ones, and then every hundredth.
        if before < 3 || before.is_multiple_of(100) {
            tracing::warn!(
                dropped = before + 1,
                "a callback was dropped: {MAX_WAITING} wait already"
            );
        }
    }

    /// What is to be called now; or when there is something, if that is known.
    fn next(&mut self) -> Result<Job, Option<Instant>> {
        let due = self.again.front().map(|(due, _)| *due);
        if due.is_some_and(|due| due <= Instant::now())
            && let Some((_, job)) = self.again.pop_front()
        {
            return Ok(job);
        }
        self.waiting.pop_front().ok_or(due)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn tell(&self, state: &State) {
        self.pending.send_replace(state.pending());
    }

    fn happened(&self, moment: &Moment, config: &Config) {
        let callbacks = &config.callbacks;
        // A page is a caller's: calls that go out open none.
        if let Some(pages) = self.pages.get().filter(|_| !moment.outgoing) {
            let shown = moment.shown(config.board.numbers);
            let values = shown.values();
            let (line, queue) = match moment.occasion {
                Occasion::StartRinging => (Some(Arc::clone(&moment.subject)), None),
                Occasion::QueueStart => (None, Some(Arc::clone(&moment.subject))),
            };
            for url in callbacks.page.iter().filter_map(|page| page.fill(&values)) {
                self.state().results.counts.pages += 1;
                pages.ring(Ring {
                    occasion: moment.occasion,
                    line: line.clone(),
                    queue: queue.clone(),
                    peer: shown.peer.clone(),
                    url,
                    at: moment.at,
                });
            }
        }
        // A phone calls one node; of the others all of them hear.
        if callbacks.server.is_empty() || (moment.source != Source::Phone && !(self.leads)()) {
            return;
        }
        let values = moment.values();
        for template in &*callbacks.server {
            let event = moment.occasion.name();
            let mut state = self.state();
            if state.closed {
                return;
            }
            let Some(url) = template.fill(&values) else {
                let done = Done {
                    at: (self.clock)(),
                    event,
                    host: Arc::clone(template.origin()),
                    attempts: 0,
                    outcome: Outcome::TooLong,
                };
                state.over(template, done);
                continue;
            };
            if state.waiting.len() >= MAX_WAITING {
                state.waiting.pop_front();
                state.dropped();
            }
            state.waiting.push_back(Job {
                event,
                address: template.clone(),
                url,
                attempts: 0,
            });
            self.tell(&state);
            drop(state);
            self.more.notify_one();
        }
    }

    /// Waits for something to be called.
    async fn next(&self) -> Job {
        loop {
            let due = {
                let mut state = self.state();
                match state.next() {
                    Ok(job) => {
                        state.under_way += 1;
                        // A notice that nobody waits for is kept once, however many jobs it was for.
                        if !state.waiting.is_empty() {
                            self.more.notify_one();
                        }
                        return job;
                    }
                    Err(due) => due,
                }
            };
            match due {
                Some(due) => tokio::select! {
                    () = sleep_until(due) => {}
                    () = self.more.notified() => {}
                },
                None => self.more.notified().await,
            }
        }
    }

    async fn call(&self, mut job: Job) {
        let hosts = self.state().hosts.clone();
        let request = Request {
            bearer: &Secret::default(),
            accept: "*/*",
            limit: TIME_LIMIT,
            max_body: MAX_BODY_BYTES,
            status_only: true,
        };
        job.attempts += 1;
        let outcome = match self.client.get(&job.url, &hosts, &request).await {
            Ok(response) => Outcome::Status(response.status),
            Err(error) => Outcome::Failed(error),
        };
        let mut state = self.state();
        state.under_way -= 1;
        if outcome.may_pass() && job.attempts == 1 && !state.closed {
            state.results.counts.retried += 1;
            if state.again.len() >= MAX_WAITING {
                state.again.pop_front();
                state.dropped();
            }
            state.again.push_back((Instant::now() + RETRY_AFTER, job));
            // Somebody is to wake up for it also where whoever called it is called away.
            self.more.notify_one();
        } else {
            let done = Done {
                at: (self.clock)(),
                event: job.event,
                host: Arc::clone(job.address.origin()),
                attempts: job.attempts,
                outcome,
            };
            state.over(&job.address, done);
        }
        self.tell(&state);
    }
}

async fn work(shared: Arc<Shared>) {
    loop {
        let job = shared.next().await;
        shared.call(job).await;
    }
}

/// Follows the board.
pub struct CallbackSink {
    shared: Arc<Shared>,
    moments: Moments,
}

impl Sink for CallbackSink {
    fn take(&mut self, change: &Change, config: &Config) {
        if let Some(moment) = self.moments.take(change, config) {
            self.shared.happened(&moment, config);
        }
    }

    fn restored(&mut self, board: &Board, config: &Config) {
        for change in board.retold() {
            // It was told then.
            let _ = self.moments.take(&change, config);
        }
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
