//! Counts wrong secrets per door and address, so that nobody can try them by the thousand, and says so in the log
//! without filling it.
//!
//! A right secret is never counted. Nor is it refused where too many wrong ones came from ([`Attempts::failed`]): behind a reverse
//! proxy that the server does not trust, whoever guesses has the address of a whole office, and where it trusts a header that the proxy
//! does not overwrite, any address at all. The one exception is a secret so short that it could be guessed in time
//! ([`Attempts::strictly`]).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Wrong secrets that an address may send within [`WINDOW`] and be told just that.
pub(crate) const MAX_FAILURES: u32 = 20;

/// How long wrong secrets are counted together.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// Addresses that are counted at once at each door. Beyond it the one whose window is oldest is forgotten.
pub(crate) const MAX_ADDRESSES: usize = 4096;

/// Lines that the log gets within a [`WINDOW`] at most, of all addresses at a door: whoever has many must not fill it. The next line
/// that is written says how many were not.
pub(crate) const MAX_LINES: u32 = 40;

/// What to do about a wrong secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Say that it is wrong.
    Wrong,
    /// Say that there were too many, and when to come again.
    TooMany(Duration),
}

/// Where a secret is asked for. Each door counts for itself: a client whose secret of one is old closes no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// That of phones, in whatever form, also for pages.
    Phones,
    /// That of a wall's link.
    Walls,
    /// That of presence.
    Presence,
    /// The Asterisk account's name and secret, in eeCallUs's URL.
    Account,
}

impl Door {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 4] = [Self::Phones, Self::Walls, Self::Presence, Self::Account];

    /// What logs and metrics call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Phones => "phones",
            Self::Walls => "walls",
            Self::Presence => "presence",
            Self::Account => "asterisk_account",
        }
    }
}

/// What became of wrong secrets at a door so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Requests with a wrong secret, or where one was missing.
    pub(crate) all: u64,
    /// Those of them that were told to wait.
    pub(crate) limited: u64,
}

/// The wrong secrets of late, by door.
#[derive(Debug, Default)]
pub(crate) struct Attempts([Counted; Door::ALL.len()]);

#[derive(Debug, Default)]
struct Counted {
    state: Mutex<State>,
    all: AtomicU64,
    limited: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    windows: HashMap<String, Window>,
    lines: Lines,
}

/// What was logged of late.
#[derive(Debug, Default)]
struct Lines {
    since: Option<Instant>,
    written: u32,
    left_out: u64,
}

impl Lines {
    /// Whether one more line may be written, and then how many were not since the last one.
    fn one_more(&mut self, now: Instant) -> Option<u64> {
        if self
            .since
            .is_none_or(|since| now.duration_since(since) >= WINDOW)
        {
            (self.since, self.written) = (Some(now), 0);
        }
        if self.written >= MAX_LINES {
            self.left_out += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    failures: u32,
}

impl Attempts {
    /// Counts a wrong secret from `address`, and logs the first and the one too many of each window, [`MAX_LINES`] lines at most.
    pub(crate) fn failed(&self, door: Door, address: &str) -> Verdict {
        let counted = self.at(door);
        let verdict = counted
            .lock()
            .failed(address, door, "a right one is let in");
        counted.count(verdict)
    }

    /// Asks whether a secret from `address` is `right`, and counts it if it is not. Once there were [`MAX_FAILURES`] wrong ones
    /// within a window, it is not even asked until that is over, so nobody can learn more from one address. As it is asked under
    /// the lock, guesses that come at once are no exception: `right` must be quick.
    ///
    /// # Errors
    ///
    /// It is wrong, or there were too many.
    pub(crate) fn strictly(
        &self,
        door: Door,
        address: &str,
        right: impl FnOnce() -> bool,
    ) -> Result<(), Verdict> {
        let counted = self.at(door);
        let mut state = counted.lock();
        if !state.is_full(address) && right() {
            return Ok(());
        }
        let verdict = state.failed(address, door, "a right one, too");
        drop(state);
        Err(counted.count(verdict))
    }

    /// What became of wrong secrets there so far.
    pub(crate) fn wrong(&self, door: Door) -> Wrong {
        let counted = self.at(door);
        Wrong {
            all: counted.all.load(Ordering::Relaxed),
            limited: counted.limited.load(Ordering::Relaxed),
        }
    }

    fn at(&self, door: Door) -> &Counted {
        &self.0[door as usize]
    }
}

impl Counted {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, verdict: Verdict) -> Verdict {
        self.all.fetch_add(1, Ordering::Relaxed);
        if matches!(verdict, Verdict::TooMany(_)) {
            self.limited.fetch_add(1, Ordering::Relaxed);
        }
        verdict
    }
}

impl State {
    /// Whether `address` had all its wrong secrets within a window that still goes on.
    fn is_full(&self, address: &str) -> bool {
        let window = self.windows.get(&network(address));
        window.is_some_and(|window| {
            window.failures >= MAX_FAILURES && window.since.elapsed() < WINDOW
        })
    }

    fn failed(&mut self, address: &str, door: Door, right: &str) -> Verdict {
        let now = Instant::now();
        let Self { windows, lines } = self;
        let key = network(address);
        if !windows.contains_key(&key) && windows.len() >= MAX_ADDRESSES {
            make_room(windows, now);
        }
        let window = windows.entry(key).or_insert(Window {
            since: now,
            failures: 0,
        });
        let mut earlier = 0;
        if now.duration_since(window.since) >= WINDOW {
            earlier = window.failures;
            *window = Window {
                since: now,
                failures: 0,
            };
        }
        window.failures = window.failures.saturating_add(1);
        let (failures, since) = (window.failures, window.since);
        let noteworthy = failures == 1 || failures == MAX_FAILURES + 1;
        if noteworthy && let Some(left_out) = lines.one_more(now) {
            let (address, door) = (crate::text::clean(address), door.name());
            if failures == 1 {
                // How many there were in all when too many were told of last.
                tracing::warn!(%address, door, earlier, left_out, "refused: the secret is wrong or missing");
            } else {
                let seconds = WINDOW.as_secs();
                tracing::warn!(
                    %address,
                    door,
                    left_out,
                    "more than {MAX_FAILURES} wrong secrets within {seconds} s: the next ones are told to wait; {right}"
                );
            }
        }
        if failures <= MAX_FAILURES {
            return Verdict::Wrong;
        }
        Verdict::TooMany(WINDOW - now.duration_since(since))
    }
}

/// Forgets windows that are over, or else the oldest.
fn make_room(windows: &mut HashMap<String, Window>, now: Instant) {
    windows.retain(|_, window| now.duration_since(window.since) < WINDOW);
    if windows.len() >= MAX_ADDRESSES {
        let oldest = windows.iter().min_by_key(|(_, window)| window.since);
        if let Some(oldest) = oldest.map(|(address, _)| address.clone()) {
            windows.remove(&oldest);
        }
    }
}

/// Who has one IPv6 address has 2^64 of them (RFC 6177), so they count as one.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(address) => address.to_canonical().to_string(),
        // Behind a proxy that passes a trusted header on as it comes, the client says who it is.
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logged::Logged;

    fn times(attempts: &Attempts, address: &str, n: u32) -> Verdict {
        let mut last = Verdict::Wrong;
        for _ in 0..n {
            last = attempts.failed(Door::Presence, address);
        }
        last
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_so_many_attempts_a_minute() {
        let attempts = Attempts::default();
        assert_eq!(times(&attempts, "10.0.0.1", MAX_FAILURES), Verdict::Wrong);
        tokio::time::advance(Duration::from_secs(10)).await;
        let wait = Duration::from_secs(50);
        assert_eq!(times(&attempts, "10.0.0.1", 1), Verdict::TooMany(wait));
        assert_eq!(times(&attempts, "10.0.0.2", 1), Verdict::Wrong);
        tokio::time::advance(wait).await;
        assert_eq!(times(&attempts, "10.0.0.1", MAX_FAILURES), Verdict::Wrong);
    }

    #[tokio::test(start_paused = true)]
    async fn each_door_counts_for_itself() {
        let attempts = Attempts::default();
        times(&attempts, "10.0.0.1", MAX_FAILURES + 2);
        for (at, door) in Door::ALL.into_iter().enumerate() {
            assert_eq!(door as usize, at, "{}", door.name());
            let (mut all, mut limited) = (1, 0);
            let verdict = attempts.failed(door, "10.0.0.1");
            if door == Door::Presence {
                (all, limited) = (u64::from(MAX_FAILURES) + 3, 3);
                assert_eq!(verdict, Verdict::TooMany(WINDOW));
            } else {
                assert_eq!(verdict, Verdict::Wrong, "{}", door.name());
            }
            assert_eq!(attempts.wrong(door), Wrong { all, limited });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_of_one_network_count_together() {
        let attempts = Attempts::default();
        times(&attempts, "2001:db8::1", MAX_FAILURES);
        assert_ne!(times(&attempts, "2001:db8::2", 1), Verdict::Wrong);
        assert_eq!(times(&attempts, "2001:db8:0:1::1", 1), Verdict::Wrong);
        times(&attempts, "::ffff:10.0.0.1", MAX_FAILURES);
        assert_ne!(times(&attempts, "10.0.0.1", 1), Verdict::Wrong);
        assert_eq!(times(&attempts, "::ffff:10.0.0.2", 1), Verdict::Wrong);
    }

    #[tokio::test(start_paused = true)]
    async fn a_right_guess_after_too_many_wrong_ones_is_not_even_compared() {
        let attempts = Attempts::default();
        let guess = |address: &str, right| attempts.strictly(Door::Account, address, || right);
        for _ in 1..MAX_FAILURES {
            assert_eq!(guess("10.0.0.1", false), Err(Verdict::Wrong));
        }
        assert_eq!(guess("10.0.0.1", true), Ok(()), "there is one more");
        assert_eq!(guess("10.0.0.1", false), Err(Verdict::Wrong));
        tokio::time::advance(Duration::from_secs(10)).await;
        let wait = Duration::from_secs(50);
        let refused = attempts.strictly(Door::Account, "10.0.0.1", || panic!("it is compared"));
        assert_eq!(refused, Err(Verdict::TooMany(wait)));
        assert_eq!(guess("10.0.0.2", true), Ok(()), "another address");
        tokio::time::advance(wait).await;
        assert_eq!(guess("10.0.0.1", true), Ok(()), "the window is over");
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_do_not_fill_the_log() {
        let (logged, _listening) = Logged::of("app::attempts");
        let attempts = Attempts::default();
        let address = |n: u32| format!("10.0.{}.{}", n / 256, n % 256);
        for n in 0..1000 {
            attempts.failed(Door::Phones, &address(n));
        }
        let lines = logged.take();
        assert_eq!(lines.len(), MAX_LINES as usize);
        for (n, line) in (0..).zip(&lines) {
            let address = format!(" address={} ", address(n));
            assert!(line.fields.contains(&address), "{line:?}");
        }
        // Another door has lines of its own.
        attempts.failed(Door::Walls, &address(1));
        assert_eq!(logged.take().len(), 1);
        tokio::time::advance(WINDOW).await;
        for left_out in [1000 - MAX_LINES, 0] {
            attempts.failed(Door::Phones, &address(2000 + left_out));
            let line = logged.take().pop().expect("a line");
            let told = format!(" left_out={left_out}");
            assert!(line.fields.ends_with(&told), "{line:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let attempts = Attempts::default();
        for n in 0..2 * MAX_ADDRESSES {
            times(&attempts, &format!("10.{}.{}.1", n / 256, n % 256), 1);
        }
        assert!(attempts.at(Door::Presence).lock().windows.len() <= MAX_ADDRESSES);
        // The latest are still known.
        let last = 2 * MAX_ADDRESSES - 1;
        let last = format!("10.{}.{}.1", last / 256, last % 256);
        assert_ne!(times(&attempts, &last, MAX_FAILURES), Verdict::Wrong);
    }
}
