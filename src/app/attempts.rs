//! Counts wrong secrets per address, so that nobody can try them by the thousand, and says so in the log
//! without filling it.
//!
//! A right secret is never counted. Whether it is refused where too many wrong ones came from is up to whoever asks: a whole office
//! may share one address with whoever guesses ([`Attempts::failed`]), or the secret is worth more than that ([`Attempts::strictly`]).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Wrong secrets that an address may send within [`WINDOW`] and be told just that.
pub(crate) const MAX_FAILURES: u32 = 20;

/// How long wrong secrets are counted together.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// Addresses that are counted at once. Beyond it the one whose window is oldest is forgotten.
pub(crate) const MAX_ADDRESSES: usize = 4096;

/// Lines that the log gets within a [`WINDOW`] at most, of all addresses: whoever has many must not fill it. The next line
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

/// The wrong secrets of late.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<State>);

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
    pub(crate) fn failed(&self, address: &str, place: &str) -> Verdict {
        self.lock().failed(address, place, "a right one is let in")
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
        address: &str,
        place: &str,
        right: impl FnOnce() -> bool,
    ) -> Result<(), Verdict> {
        let mut state = self.lock();
        if !state.is_full(address) && right() {
            return Ok(());
        }
        Err(state.failed(address, place, "a right one, too"))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn failed(&mut self, address: &str, place: &str, right: &str) -> Verdict {
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
        if now.duration_since(window.since) >= WINDOW {
            *window = Window {
                since: now,
                failures: 0,
            };
        }
        window.failures = window.failures.saturating_add(1);
        let (failures, since) = (window.failures, window.since);
        let noteworthy = failures == 1 || failures == MAX_FAILURES + 1;
        if noteworthy && let Some(left_out) = lines.one_more(now) {
            let address = crate::text::clean(address);
            if failures == 1 {
                tracing::warn!(%address, place, left_out, "refused: the secret is wrong or missing");
            } else {
                let seconds = WINDOW.as_secs();
                tracing::warn!(
                    %address,
                    place,
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

    fn times(attempts: &Attempts, address: &str, n: u32) -> Verdict {
        let mut last = Verdict::Wrong;
        for _ in 0..n {
            last = attempts.failed(address, "/api/v1/ws");
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
        let guess = |address: &str, right| attempts.strictly(address, "/script/", || right);
        for _ in 1..MAX_FAILURES {
            assert_eq!(guess("10.0.0.1", false), Err(Verdict::Wrong));
        }
        assert_eq!(guess("10.0.0.1", true), Ok(()), "there is one more");
        assert_eq!(guess("10.0.0.1", false), Err(Verdict::Wrong));
        tokio::time::advance(Duration::from_secs(10)).await;
        let wait = Duration::from_secs(50);
        let refused = attempts.strictly("10.0.0.1", "/script/", || panic!("it is compared"));
        assert_eq!(refused, Err(Verdict::TooMany(wait)));
        assert_eq!(guess("10.0.0.2", true), Ok(()), "another address");
        tokio::time::advance(wait).await;
        assert_eq!(guess("10.0.0.1", true), Ok(()), "the window is over");
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_do_not_fill_the_log() {
        let mut lines = Lines::default();
        let now = Instant::now();
        let written = (0..1000).filter(|_| lines.one_more(now).is_some()).count();
        assert_eq!(written, MAX_LINES as usize);
        assert_eq!(
            lines.one_more(now + WINDOW),
            Some(1000 - u64::from(MAX_LINES))
        );
        assert_eq!(lines.one_more(now + WINDOW), Some(0));
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let attempts = Attempts::default();
        for n in 0..2 * MAX_ADDRESSES {
            times(&attempts, &format!("10.{}.{}.1", n / 256, n % 256), 1);
        }
        assert!(attempts.0.lock().unwrap().windows.len() <= MAX_ADDRESSES);
        // The latest are still known.
        let last = 2 * MAX_ADDRESSES - 1;
        let last = format!("10.{}.{}.1", last / 256, last % 256);
        assert_ne!(times(&attempts, &last, MAX_FAILURES), Verdict::Wrong);
    }
}
