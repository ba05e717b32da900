//! Do-not-disturb of phones that somebody set for a while: it ends at its time, also when the plugin was restarted meanwhile.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::app::Clock;
use crate::board::Timestamp;
use crate::host::{HostError, HostErrorKind, Members, Store, UserId};
use crate::sinks::status::PhoneDnd;
use crate::store::{self, RecordError};
use crate::tasks;

/// The key of the record with all of them.
const KEY: &str = "phone-dnd-until";

/// The most people whose phones end by themselves.
pub const MAX_TIMERS: usize = 5_000;

/// How long until what failed is tried again.
const AGAIN: Duration = Duration::from_secs(30);

/// How long until the clock is looked at again: it may be set, and a machine may sleep.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// How long after its time a phone is given up, in milliseconds.
const GIVE_UP_AFTER: u64 = 60 * 60 * 1000;

/// Ends do-not-disturb of phones. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct PhoneTimers<H> {
    shared: Arc<Shared<H>>,
    task: AbortHandle,
}

struct Shared<H> {
    host: Arc<H>,
    clock: Clock,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    phones: Option<Arc<dyn PhoneDnd>>,
    /// When whose phone ends, by user id.
    until: BTreeMap<String, u64>,
}

impl<H> std::fmt::Debug for Shared<H> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl<H: Members + Store + Send + Sync + 'static> PhoneTimers<H> {
    /// Takes up what was set before the start. Must be called inside a tokio runtime.
    #[must_use]
    pub fn start(host: Arc<H>, clock: Clock) -> Self {
        let shared = Arc::new(Shared {
            host,
            clock,
            state: Mutex::default(),
            changed: Notify::new(),
        });
        let task = tasks::spawn(run(Arc::clone(&shared)));
        Self {
            shared,
            task: task.abort_handle(),
        }
    }

    /// What switches phones; while there is nothing, all of them wait.
    pub fn connect(&self, phones: Option<Arc<dyn PhoneDnd>>) {
        self.shared.state().phones = phones;
        self.shared.changed.notify_one();
    }

    /// Somebody's phone is to end then, or not by itself.
    ///
    /// # Errors
    ///
    /// It is not stored, or there are [`MAX_TIMERS`] already.
    pub async fn set(&self, user: &UserId, until: Option<Timestamp>) -> Result<(), HostError> {
        let (shared, user) = (&self.shared, user.as_str());
        let until = until.map(|until| until.0);
        shared.store(user, until).await?;
        {
            let mut state = shared.state();
            match until {
                Some(until) => state.until.insert(user.to_owned(), until),
                None => state.until.remove(user),
            };
        }
        shared.changed.notify_one();
        Ok(())
    }
}

impl<H> Drop for PhoneTimers<H> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<H> Shared<H> {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that happens under the lock can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: Members + Store> Shared<H> {
    /// Stores when somebody's phone ends, beside those of others.
    async fn store(&self, user: &str, until: Option<u64>) -> Result<(), HostError> {
        let change = |mut all: BTreeMap<String, u64>| {
            let fits = all.len() < MAX_TIMERS || all.contains_key(user);
            match until {
                Some(until) if fits => drop(all.insert(user.to_owned(), until)),
                Some(_) => {}
                None => drop(all.remove(user)),
            }
            (all, fits || until.is_none())
        };
        match store::change(&*self.host, KEY, change).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let what = "too many phones are set to do-not-disturb for a while";
                Err(HostError::from_status(429, what))
            }
            Err(RecordError::Host(error)) => Err(error),
            Err(RecordError::Damaged(why)) => Err(HostError::from_status(400, why)),
        }
    }

    /// Stores that somebody's phone has ended, unless they set it anew meanwhile.
    async fn ended(&self, user: &str, until: u64) -> Result<(), RecordError> {
        let change = |mut all: BTreeMap<String, u64>| {
            if all.get(user) == Some(&until) {
                all.remove(user);
            }
            (all, ())
        };
        store::change(&*self.host, KEY, change).await
    }

    /// What is due, and how long it is until the next one.
    fn due(&self) -> (Vec<(String, u64)>, Option<Duration>) {
        let now = (self.clock)();
        let state = self.state();
        let pairs = || {
            state
                .until
                .iter()
                .map(|(user, until)| (user.clone(), *until))
        };
        let due = pairs().filter(|(_, until)| *until <= now.0).collect();
        let next = pairs()
            .map(|(_, until)| until)
            .filter(|until| *until > now.0);
        let next = next.min().map(|until| Duration::from_millis(until - now.0));
        (due, next)
    }

    /// Ends one. `Err` where it is to be tried again.
    async fn end(&self, phones: &dyn PhoneDnd, user: &str) -> Result<(), String> {
        let person = match self.host.person(&UserId::from(user)).await {
            Ok(person) => person,
            Err(error) if error.kind == HostErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.message),
        };
        let done = phones.set_phone_dnd(&person.username, false).await;
        done.map(drop).map_err(|error| error.0)
    }
}

async fn run<H: Members + Store>(shared: Arc<Shared<H>>) {
    load(&shared).await;
    loop {
        let phones = shared.state().phones.clone();
        let (due, next) = shared.due();
        let mut failed = false;
        if let Some(phones) = phones {
            for (user, until) in due {
                let ended = shared.end(&*phones, &user).await;
                let late = (shared.clock)().0.saturating_sub(until) >= GIVE_UP_AFTER;
                match ended {
                    Err(why) if late => {
                        tracing::warn!(%why, "do-not-disturb of a phone did not end at its time, and is given up");
                    }
                    Err(_) => {
                        failed = true;
                        continue;
                    }
                    Ok(()) => {}
                }
                {
                    let mut state = shared.state();
                    // They may have set it anew.
                    if state.until.get(&user) != Some(&until) {
                        continue;
                    }
                    state.until.remove(&user);
                }
                if let Err(error) = shared.ended(&user, until).await {
                    // After a restart it is ended once more, which changes nothing.
                    tracing::warn!(%error, "the phones that end do-not-disturb by themselves cannot be stored");
                }
            }
        }
        let wait = match (failed, next) {
            (true, next) => Some(next.map_or(AGAIN, |next| next.min(AGAIN))),
            (false, next) => next,
        };
        tokio::select! {
            () = shared.changed.notified() => {}
            () = sleep(wait.unwrap_or_default().min(LOOK_AGAIN)), if wait.is_some() => {}
        }
    }
}

/// Reads what was set before the start, until the store answers.
async fn load<H: Members + Store>(shared: &Shared<H>) {
    loop {
        let stored = store::load::<BTreeMap<String, u64>>(&*shared.host, KEY).await;
        match stored {
            Ok(stored) => {
                let mut state = shared.state();
                for (user, until) in stored.unwrap_or_default().into_iter().take(MAX_TIMERS) {
                    // What was set meanwhile holds.
                    state.until.entry(user).or_insert(until);
                }
                return;
            }
            Err(RecordError::Damaged(why)) => {
                tracing::warn!(
                    why,
                    "it cannot be read when which phone ends do-not-disturb; none does"
                );
                return;
            }
            Err(RecordError::Host(_)) => sleep(AGAIN).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;

    use super::*;
    use crate::board::Name;
    use crate::host::fake::FakeServer;
    use crate::sinks::status::PhoneDndError;

    thread_local! {
        static START: tokio::time::Instant = tokio::time::Instant::now();
    }

    fn now() -> Timestamp {
        let since = START.with(tokio::time::Instant::elapsed);
        Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
    }

    /// Phones that note what they are told, and may fail.
    #[derive(Default)]
    struct Phones {
        told: Mutex<Vec<(String, bool)>>,
        fails: Mutex<bool>,
    }

    impl PhoneDnd for Phones {
        fn set_phone_dnd<'a>(
            &'a self,
            line: &'a Name,
            on: bool,
        ) -> Pin<Box<dyn Future<Output = Result<bool, PhoneDndError>> + Send + 'a>> {
            Box::pin(async move {
                if *self.fails.lock().unwrap() {
                    return Err(PhoneDndError("not connected".to_owned()));
                }
                self.told.lock().unwrap().push((line.to_string(), on));
                Ok(true)
            })
        }
    }

    fn told(phones: &Phones) -> Vec<(String, bool)> {
        phones.told.lock().unwrap().clone()
    }

    fn off(name: &str) -> Vec<(String, bool)> {
        vec![(name.to_owned(), false)]
    }

    const MINUTE: Duration = Duration::from_secs(60);

    fn start(server: &FakeServer) -> (PhoneTimers<FakeServer>, Arc<Phones>) {
        let timers = PhoneTimers::start(Arc::new(server.clone()), now);
        let phones = Arc::new(Phones::default());
        timers.connect(Some(Arc::clone(&phones) as Arc<dyn PhoneDnd>));
        (timers, phones)
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_ends_at_its_time_and_not_before() {
        let server = FakeServer::default();
        let bob = server.person("bob").id;
        let (timers, phones) = start(&server);
        timers
            .set(&bob, Some(now().after(120_000)))
            .await
            .expect("stored");
        sleep(MINUTE).await;
        assert_eq!(told(&phones), []);
        sleep(2 * MINUTE).await;
        assert_eq!(told(&phones), off("bob"));
        sleep(60 * MINUTE).await;
        assert_eq!(told(&phones).len(), 1, "once");
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_kept_over_a_restart_and_tried_again() {
        let server = FakeServer::default();
        let bob = server.person("bob").id;
        {
            let (timers, _) = start(&server);
            timers
                .set(&bob, Some(now().after(60_000)))
                .await
                .expect("stored");
        }
        sleep(2 * MINUTE).await;
        let (_timers, phones) = start(&server);
        *phones.fails.lock().unwrap() = true;
        sleep(5 * MINUTE).await;
        *phones.fails.lock().unwrap() = false;
        sleep(MINUTE).await;
        assert_eq!(told(&phones), off("bob"));
        drop(_timers);
        let (_timers, phones) = start(&server);
        sleep(MINUTE).await;
        assert_eq!(told(&phones), [], "it is done");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_set_anew_or_no_longer_holds() {
        let server = FakeServer::default();
        let (bob, eve) = (server.person("bob").id, server.person("eve").id);
        let (timers, phones) = start(&server);
        for user in [&bob, &eve] {
            timers
                .set(user, Some(now().after(60_000)))
                .await
                .expect("stored");
        }
        timers
            .set(&bob, Some(now().after(600_000)))
            .await
            .expect("stored");
        timers.set(&eve, None).await.expect("stored");
        sleep(5 * MINUTE).await;
        assert_eq!(told(&phones), []);
        sleep(6 * MINUTE).await;
        assert_eq!(told(&phones), off("bob"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_that_never_answers_is_given_up() {
        let server = FakeServer::default();
        let bob = server.person("bob").id;
        let (timers, phones) = start(&server);
        *phones.fails.lock().unwrap() = true;
        timers.set(&bob, Some(now())).await.expect("stored");
        sleep(62 * MINUTE).await;
        *phones.fails.lock().unwrap() = false;
        sleep(5 * MINUTE).await;
        assert_eq!(told(&phones), []);
    }
}
