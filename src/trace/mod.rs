//! `/phone test`: people see in a direct message what their phones send, as it arrives and as it is understood.
//!
//! Nobody tests at most times, and then a phone's request costs one look at a number. Whoever does sees what their own phone sends;
//! an admin may see what any of them sends. Secrets are left out of all of it.

mod between;
mod codes;
mod hidden;
mod scope;
mod seen;
#[cfg(test)]
mod tests;
mod watch;
mod words;

pub use between::{Between, Elsewhere, MAX_HANDED_ON};
pub use scope::Scope;
pub use seen::{Outcome, Request, Seen};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch as signal};

use crate::app::Clock;
use crate::board::{Change, ChangeKind, Source};
use crate::config::Config;
use crate::host::{Messages, Person, UserId};
use crate::messages::Messenger;
use crate::people::CodesShown;
use crate::sinks::Sink;
use crate::tasks;
use crate::time_zone::TimeZones;

/// How long a test lasts.
pub const TEST_FOR: Duration = Duration::from_secs(5 * 60);

/// The most tests at once. Each matching request is put into words for each of them.
pub const MAX_TESTS: usize = 20;

/// The most events of a test that are shown, the latest.
pub const MAX_SHOWN: usize = 20;

/// How often a test's message is changed at most.
pub const CHANGE_EVERY: Duration = Duration::from_secs(2);

/// The most events of a test that wait to be shown. What comes beyond is counted.
pub const MAX_WAITING: usize = 64;

/// What became of the wish to test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It goes on, in a message.
    Running,
    /// There are [`MAX_TESTS`] already.
    TooMany,
    /// The plugin is stopping.
    Stopping,
}

/// The tests that go on. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct Traces<H>(Arc<Shared<H>>);

#[derive(Debug)]
struct Shared<H> {
    between: Between,
    tests: Mutex<Vec<Test>>,
    messenger: Messenger<H>,
    zones: Arc<TimeZones>,
    clock: Clock,
    codes: Arc<CodesShown>,
    stopping: signal::Sender<bool>,
    /// Each test that goes on holds a receiver.
    running: signal::Sender<()>,
}

/// A test that goes on.
#[derive(Debug)]
struct Test {
    /// Who tests.
    user: UserId,
    scope: Scope,
    /// Takes what is to be shown. It ends when this is dropped.
    seen: mpsc::Sender<Arc<Seen>>,
    /// How much did not fit into it.
    lost: Arc<AtomicUsize>,
}

impl<H: Messages + Send + Sync + 'static> Traces<H> {
    /// Nobody tests yet. Codes that phones show are shown to nobody else, and `codes` knows where to look for them.
    #[must_use]
    pub fn new(
        host: Arc<H>,
        zones: Arc<TimeZones>,
        clock: Clock,
        codes: Arc<CodesShown>,
        between: Between,
    ) -> Self {
        let stopping = signal::Sender::new(false);
        Self(Arc::new(Shared {
            between,
            tests: Mutex::default(),
            messenger: Messenger::new(host, stopping.subscribe()),
            zones,
            clock,
            codes,
            stopping,
            running: signal::Sender::new(()),
        }))
    }

    /// Somebody tests from now on, for [`TEST_FOR`]. A test of theirs that goes on ends. Must be called inside a tokio runtime.
    pub fn start(&self, person: &Person, scope: Scope) -> Started {
        let shared = &self.0;
        if *shared.stopping.borrow() {
            return Started::Stopping;
        }
        let (seen, receiver) = mpsc::channel(MAX_WAITING);
        let lost = Arc::new(AtomicUsize::new(0));
        let watch = watch::Watch::new(person, &scope, receiver, Arc::clone(&lost));
        {
            let mut tests = shared.tests();
            tests.retain(|test| test.user != person.id);
            if tests.len() >= MAX_TESTS {
                shared.between.set(tests.len());
                return Started::TooMany;
            }
            tests.push(Test {
                user: person.id.clone(),
                scope,
                seen: seen.clone(),
                lost,
            });
            shared.between.set(tests.len());
        }
        let own = Arc::clone(shared);
        let weak = seen.downgrade();
        drop(seen);
        tasks::spawn(async move {
            watch.run(&own).await;
            // Another test of theirs may have taken its place.
            let ended = weak.upgrade();
            own.end(|test| {
                ended
                    .as_ref()
                    .is_some_and(|ended| ended.same_channel(&test.seen))
            });
        });
        Started::Running
    }

    /// Somebody tests no more. Answers whether they did.
    pub fn end(&self, user: &UserId) -> bool {
        self.0.end(|test| test.user == *user)
    }

    /// Whether anybody tests.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_on()
    }

    /// Shows what came to those who want to see it.
    pub fn saw(&self, request: &Request<'_>, outcome: Outcome, config: &Config) {
        let whose = request.whose(&outcome, config);
        let seen = || Seen::of(request, outcome, config, (self.0.clock)());
        self.0.saw(&whose, seen, config);
    }

    /// What shows the events of a PBX.
    #[must_use]
    pub fn sink(&self) -> TraceSink<H> {
        TraceSink(Arc::clone(&self.0))
    }

    /// Ends all tests; their messages get a last word, within `limit`.
    pub async fn stop(&self, limit: Duration) {
        self.0.stopping.send_replace(true);
        self.0.end(|_| true);
        // What is not said by then is not said.
        let _ = tokio::time::timeout(limit, self.0.running.closed()).await;
    }
}

impl<H> Shared<H> {
    fn is_on(&self) -> bool {
        self.between.is_on()
    }

    fn tests(&self) -> MutexGuard<'_, Vec<Test>> {
        // Nothing in the lock's scopes can leave it half changed.
        self.tests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends those. Answers whether there were any.
    fn end(&self, ends: impl Fn(&Test) -> bool) -> bool {
        let mut tests = self.tests();
        let before = tests.len();
        tests.retain(|test| !ends(test));
        self.between.set(tests.len());
        tests.len() < before
    }

    /// Shows it to whoever wants to see it. It is put into words without the lock: whoever sends something long holds up no other request.
    fn show(&self, wanted: impl Fn(&Scope) -> bool, seen: impl FnOnce() -> Seen) {
        let wanting: Vec<_> = {
            let tests = self.tests();
            let wanting = tests.iter().filter(|test| wanted(&test.scope));
            let takers = wanting.map(|test| (test.seen.clone(), Arc::clone(&test.lost)));
            takers.collect()
        };
        if wanting.is_empty() {
            return;
        }
        let seen = Arc::new(seen());
        for (taker, lost) in wanting {
            if taker.try_send(Arc::clone(&seen)).is_err() {
                lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// Follows the board for what a PBX tells; what phones tell is seen before.
#[derive(Debug)]
pub struct TraceSink<H>(Arc<Shared<H>>);

impl<H: Send + Sync + 'static> Sink for TraceSink<H> {
    fn take(&mut self, change: &Change, _: &Config) {
        if !self.0.is_on() {
            return;
        }
        let ChangeKind::Reported { report, .. } = &change.kind else {
            return;
        };
        if report.source == Source::Phone {
            return;
        }
        let whose = scope::Whose::of_line(&report.user);
        let seen = || Seen::of_pbx(report.clone(), change.at);
        self.0.show(|scope| scope.has(&whose), seen);
    }
}
