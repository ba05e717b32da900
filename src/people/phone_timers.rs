//! Do-not-disturb of phones that somebody set for a while: it ends at its time, also when the plugin was restarted meanwhile.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::app::Clock;
use crate::board::Timestamp;
use crate::calls::Dial;
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
    ends: Ends,
    /// While the record is read for the first time: whose end was noted meanwhile.
    noted: Option<HashSet<String>>,
}

/// What the record holds, by user id.
type Ends = BTreeMap<String, End>;

/// When somebody's phone ends, and which extensions that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
struct End {
    /// In milliseconds since 1970.
    until: u64,
    /// Those that were switched on; none for those of the person's line.
    phones: Vec<String>,
}

/// An end as records have it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    /// As records had it that knew no extensions.
    Until(u64),
    End {
        until: u64,
        #[serde(default)]
        phones: Vec<String>,
    },
}

impl From<Stored> for End {
    fn from(stored: Stored) -> Self {
        let (until, phones) = match stored {
            Stored::Until(until) => (until, Vec::new()),
            Stored::End { until, phones } => (until, phones),
        };
        Self { until, phones }
    }
}

impl End {
    fn phones(&self) -> Vec<Dial> {
        let phones = self.phones.iter();
        phones.filter_map(|phone| Dial::new(phone)).collect()
    }
}

/// What was noted of somebody's phone, and what before, so that it can be undone.
#[derive(Debug)]
#[must_use]
pub struct Noted {
    before: Option<End>,
    now: Option<End>,
}

impl Noted {
    /// Whether it ends earlier than that.
    #[must_use]
    pub fn ends_before(&self, until: Timestamp) -> bool {
        self.now.as_ref().is_some_and(|end| end.until < until.0)
    }
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
            state: Mutex::new(State {
                noted: Some(HashSet::new()),
                ..State::default()
            }),
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

    /// These phones of somebody's are to end then; or these are not to end by themselves. Where others of theirs are to end earlier, all
    /// do so: they may be somebody else's by now.
    ///
    /// # Errors
    ///
    /// It is not stored, or there are [`MAX_TIMERS`] already.
    pub async fn set(
        &self,
        user: &UserId,
        until: Option<Timestamp>,
        phones: &[Dial],
    ) -> Result<Noted, HostError> {
        let phones: Vec<String> = phones.iter().map(Dial::to_string).collect();
        let change = |before: Option<&End>| match (until, before) {
            (Some(until), before) => {
                let mut phones = phones.clone();
                let mut until = until.0;
                if let Some(before) = before {
                    let is_other = |phone: &&String| !phones.contains(*phone);
                    let others: Vec<_> = before.phones.iter().filter(is_other).cloned().collect();
                    if !others.is_empty() {
                        until = until.min(before.until);
                        phones.extend(others);
                    }
                }
                phones.sort_unstable();
                Some(End { until, phones })
            }
            (None, Some(before)) => {
                let mut end = before.clone();
                end.phones.retain(|phone| !phones.contains(phone));
                Some(end).filter(|end| !end.phones.is_empty())
            }
            (None, None) => None,
        };
        self.shared.note(user, change).await
    }

    /// Puts back what was noted before, unless something else was noted since.
    ///
    /// # Errors
    ///
    /// It is not stored.
    pub async fn undo(&self, user: &UserId, noted: Noted) -> Result<(), HostError> {
        let Noted { before, now } = noted;
        let change = |found: Option<&End>| {
            let same = found == now.as_ref();
            let end = if same { before.as_ref() } else { found };
            end.cloned()
        };
        self.shared.note(user, change).await.map(drop)
    }

    /// The phones of somebody's that are to end by themselves, as far as these are known one by one.
    #[must_use]
    pub fn phones(&self, user: &UserId) -> Vec<Dial> {
        let state = self.shared.state();
        let end = state.ends.get(user.as_str());
        end.map(End::phones).unwrap_or_default()
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
    /// Changes when somebody's phone ends.
    async fn note(
        &self,
        user: &UserId,
        change: impl Fn(Option<&End>) -> Option<End>,
    ) -> Result<Noted, HostError> {
        let user = user.as_str();
        let noted = match self.store(user, &change).await {
            Ok(Some(noted)) => noted,
            Ok(None) => {
                let what = "too many phones are set to do-not-disturb for a while";
                return Err(HostError::from_status(429, what));
            }
            Err(error) => return Err(error.into_host()),
        };
        {
            let mut state = self.state();
            if let Some(others) = &mut state.noted {
                others.insert(user.to_owned());
            }
            match noted.now.clone() {
                Some(end) => drop(state.ends.insert(user.to_owned(), end)),
                None => drop(state.ends.remove(user)),
            }
        }
        self.changed.notify_one();
        Ok(noted)
    }

    /// Stores when somebody's phone ends, beside those of others; nothing where there is no room for another one.
    async fn store(
        &self,
        user: &str,
        change: impl Fn(Option<&End>) -> Option<End>,
    ) -> Result<Option<Noted>, RecordError> {
        let change = |mut all: Ends| {
            let before = all.get(user).cloned();
            let now = change(before.as_ref());
            match now.clone() {
                Some(_) if before.is_none() && all.len() >= MAX_TIMERS => return (all, None),
                Some(end) => drop(all.insert(user.to_owned(), end)),
                None => drop(all.remove(user)),
            }
            (all, Some(Noted { before, now }))
        };
        store::change(&*self.host, KEY, change).await
    }

    /// Stores that somebody's phone has ended, unless they set it anew meanwhile.
    async fn ended(&self, user: &str, end: &End) -> Result<(), RecordError> {
        let change = |mut all: Ends| {
            if all.get(user) == Some(end) {
                all.remove(user);
            }
            (all, ())
        };
        store::change(&*self.host, KEY, change).await
    }

    /// What is due, and how long it is until the next one.
    fn due(&self) -> (Vec<(String, End)>, Option<Duration>) {
        let now = (self.clock)();
        let state = self.state();
        let ends = state.ends.iter();
        let due = ends.clone().filter(|(_, end)| end.until <= now.0);
        let due = due.map(|(user, end)| (user.clone(), end.clone()));
        let next = ends.map(|(_, end)| end.until).filter(|at| *at > now.0);
        let next = next.min().map(|at| Duration::from_millis(at - now.0));
        (due.collect(), next)
    }

    /// Ends one. `Err` where it is to be tried again.
    async fn end(&self, phones: &dyn PhoneDnd, user: &str, end: &End) -> Result<(), String> {
        let mut switched = end.phones();
        if switched.is_empty() {
            let person = match self.host.person(&UserId::from(user)).await {
                Ok(person) => person,
                Err(error) if error.kind == HostErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error.message),
            };
            let theirs = phones.phones_of(&person.username);
            switched = theirs.map_err(|error| error.why)?;
        }
        let done = phones.set_dnd(&switched, false).await;
        done.map_err(|error| error.why)
    }
}

async fn run<H: Members + Store>(shared: Arc<Shared<H>>) {
    load(&shared).await;
    loop {
        let phones = shared.state().phones.clone();
        let (due, next) = shared.due();
        let mut failed = false;
        if let Some(phones) = phones {
            for (user, end) in due {
                let ended = shared.end(&*phones, &user, &end).await;
                let late = (shared.clock)().0.saturating_sub(end.until) >= GIVE_UP_AFTER;
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
                    if state.ends.get(&user) != Some(&end) {
                        continue;
                    }
                    state.ends.remove(&user);
                }
                if let Err(error) = shared.ended(&user, &end).await {
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
        if let Ok(stored) = store::load_or_default::<Ends>(&*shared.host, KEY).await {
            let mut state = shared.state();
            // What was noted meanwhile holds.
            let noted = state.noted.take().unwrap_or_default();
            let others = stored.into_iter().take(MAX_TIMERS);
            let others = others.filter(|(user, _)| !noted.contains(user));
            state.ends.extend(others);
            return;
        }
        sleep(AGAIN).await;
    }
}

#[cfg(test)]
mod tests;
