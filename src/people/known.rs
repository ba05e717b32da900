//! A memory of what takes a while to find out. Of those who ask for one thing at once, one looks and the others wait for what it
//! finds.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::host::HostError;

/// The most that one memory keeps.
pub(super) const MAX_KEPT: usize = 20_000;

/// What was found out of things, by their keys.
#[derive(Debug)]
pub(super) struct Known<K, T>(Mutex<HashMap<K, Arc<Slot<T>>>>);

/// One thing. The lock is held by whoever looks, so that nobody else does.
type Slot<T> = tokio::sync::Mutex<Option<Found<T>>>;

#[derive(Debug)]
struct Found<T> {
    what: Result<T, HostError>,
    /// When it was found.
    at: Instant,
    /// How long it is believed by those who ask later.
    until: Instant,
}

impl<K, T> Default for Known<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, T: Clone> Known<K, T> {
    /// What is known, or else what `look` finds and `believed` says how long to believe. An error is given to those who waited for it
    /// and to nobody else.
    pub(super) async fn get<F: Future<Output = Result<T, HostError>>>(
        &self,
        key: K,
        look: impl FnOnce() -> F,
        believed: impl FnOnce(&T) -> Duration,
    ) -> Result<T, HostError> {
        let asked = Instant::now();
        let slot = self.slot(&key);
        let mut known = slot.lock().await;
        if let Some(found) = &*known
            && (asked < found.until || asked < found.at)
        {
            return found.what.clone();
        }
        let what = look().await;
        let at = Instant::now();
        let until = what.as_ref().map_or(at, |what| at + believed(what));
        *known = Some(Found {
            what: what.clone(),
            at,
            until,
        });
        what
    }

    /// Makes something by `make`, and then knows it. Of several who do, each waits for the one before, so that what is known is what was
    /// made last.
    pub(super) async fn make<F: Future<Output = Result<T, HostError>>>(
        &self,
        key: &K,
        believed: Duration,
        make: impl FnOnce() -> F,
    ) -> Result<T, HostError> {
        let slot = self.slot(key);
        let mut known = slot.lock().await;
        // Should this end early, or fail, nobody knows what holds now.
        *known = None;
        let what = make().await?;
        let at = Instant::now();
        *known = Some(Found {
            what: Ok(what.clone()),
            at,
            until: at + believed,
        });
        Ok(what)
    }

    /// Forgets what is known of those that `is` picks by key and value. What is being looked for at this moment is forgotten, too: those who
    /// wait for it get it, and who asks later looks again.
    pub(super) fn forget(&self, is: impl Fn(&K, &T) -> bool) {
        self.lock().retain(|key, slot| match slot.try_lock() {
            Ok(known) => {
                let known = known.as_ref().and_then(|found| found.what.as_ref().ok());
                known.is_some_and(|known| !is(key, known))
            }
            Err(_) => false,
        });
    }

    fn slot(&self, key: &K) -> Arc<Slot<T>> {
        let mut slots = self.lock();
        if let Some(slot) = slots.get(key) {
            return Arc::clone(slot);
        }
        if slots.len() >= MAX_KEPT {
            make_room(&mut slots);
        }
        let slot = Arc::default();
        slots.insert(key.clone(), Arc::clone(&slot));
        slot
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<Slot<T>>>> {
        // Nothing that happens under the lock can leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets what is no longer believed, and where that is not enough, every second one, so that the next many find room. Those that are
/// being looked for stay.
fn make_room<K: Eq + Hash, T>(slots: &mut HashMap<K, Arc<Slot<T>>>) {
    let now = Instant::now();
    let busy = |slot: &Arc<Slot<T>>| Arc::strong_count(slot) > 1;
    slots.retain(|_, slot| {
        let believed = |found: &Found<T>| now < found.until;
        let known = slot.try_lock();
        let believed = known.is_ok_and(|known| known.as_ref().is_some_and(believed));
        believed || busy(slot)
    });
    if slots.len() >= MAX_KEPT {
        let mut stays = false;
        slots.retain(|_, slot| {
            stays = !stays;
            stays || busy(slot)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::time::sleep;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    async fn look(
        known: &Known<&'static str, u32>,
        looks: &AtomicUsize,
        what: Result<u32, HostError>,
    ) -> Result<u32, HostError> {
        let look = || async {
            looks.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_secs(1)).await;
            what
        };
        known.get("bob", look, |_| LONG).await
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_ask_at_once_look_once() {
        let (known, looks) = (Known::default(), AtomicUsize::new(0));
        let all = (0..1000).map(|_| look(&known, &looks, Ok(7)));
        let all = futures_util::future::join_all(all).await;
        assert!(all.iter().all(|found| *found == Ok(7)));
        assert_eq!(looks.load(Ordering::Relaxed), 1);
        tokio::time::advance(LONG).await;
        assert_eq!(look(&known, &looks, Ok(8)).await, Ok(8));
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_is_theirs_who_waited_for_it() {
        let (known, looks) = (Known::default(), AtomicUsize::new(0));
        let error = || Err(HostError::transient("away"));
        let all = (0..1000).map(|_| look(&known, &looks, error()));
        let all = futures_util::future::join_all(all).await;
        assert!(all.iter().all(|found| *found == error()));
        assert_eq!(looks.load(Ordering::Relaxed), 1);
        assert_eq!(look(&known, &looks, Ok(7)).await, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_forgotten_is_looked_for_again() {
        let (known, looks) = (Known::default(), AtomicUsize::new(0));
        let made = || async { Ok(7) };
        assert_eq!(known.make(&"bob", LONG, made).await, Ok(7));
        known.forget(|_, what| *what == 8);
        assert_eq!(look(&known, &looks, Ok(9)).await, Ok(7));
        known.forget(|key, _| *key == "bob");
        assert_eq!(look(&known, &looks, Ok(9)).await, Ok(9));
        // Also while somebody looks.
        known.forget(|_, _| true);
        let (found, ()) = tokio::join!(look(&known, &looks, Ok(10)), async {
            sleep(Duration::from_millis(500)).await;
            known.forget(|_, what| *what == 0);
        });
        assert_eq!(found, Ok(10));
        assert_eq!(look(&known, &looks, Ok(11)).await, Ok(11));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_made_last_is_what_is_known() {
        let known = Known::default();
        let make = async |what, takes: u64, fails: bool| {
            let make = || async move {
                sleep(Duration::from_secs(takes)).await;
                let error = HostError::transient("away");
                if fails { Err(error) } else { Ok(what) }
            };
            known.make(&"bob", LONG, make).await
        };
        let (first, second) = tokio::join!(make(1, 9, false), make(2, 1, false));
        assert_eq!((first, second), (Ok(1), Ok(2)));
        let looks = AtomicUsize::new(0);
        assert_eq!(look(&known, &looks, Ok(9)).await, Ok(2));
        assert!(make(3, 1, true).await.is_err());
        assert_eq!(look(&known, &looks, Ok(2)).await, Ok(2));
        assert_eq!(looks.load(Ordering::Relaxed), 1, "nobody knew what held");
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let known: Known<usize, ()> = Known::default();
        for n in 0..2 * MAX_KEPT + 1 {
            let made = || async { Ok(()) };
            assert_eq!(known.make(&n, LONG, made).await, Ok(()));
        }
        assert!(known.lock().len() <= MAX_KEPT);
        let last = 2 * MAX_KEPT;
        let unknown = || async { Err(HostError::transient("away")) };
        assert_eq!(known.get(last, unknown, |()| LONG).await, Ok(()));
    }
}
