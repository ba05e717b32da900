//! Counts wrong secrets per address, so that nobody can try them by the thousand, and says so in the log
//! without filling it.
//!
//! A right secret is never counted nor refused: a whole office may share one address with whoever guesses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Wrong secrets that an address may send within [`WINDOW`] and be told just that.
pub(crate) const MAX_FAILURES: u32 = 20;

/// How long wrong secrets are counted together.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// Addresses that are counted at once. Beyond it the one whose window is oldest is forgotten.
pub(crate) const MAX_ADDRESSES: usize = 4096;

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
pub(crate) struct Attempts(Mutex<HashMap<String, Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    failures: u32,
}

impl Attempts {
    /// Counts a wrong secret from `address`, and logs the first and the one too many of each window.
    pub(crate) fn failed(&self, address: &str, place: &str) -> Verdict {
        let now = Instant::now();
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = network(address);
        if !windows.contains_key(&key) && windows.len() >= MAX_ADDRESSES {
            make_room(&mut windows, now);
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
        let address = crate::text::clean(address);
        if window.failures == 1 {
            tracing::warn!(%address, place, "refused: the secret is wrong or missing");
        }
        if window.failures <= MAX_FAILURES {
            return Verdict::Wrong;
        }
        if window.failures == MAX_FAILURES + 1 {
            let seconds = WINDOW.as_secs();
            tracing::warn!(
                %address,
                place,
                "more than {MAX_FAILURES} wrong secrets within {seconds} s: the next ones are told to wait; a right one is let in"
            );
        }
        Verdict::TooMany(WINDOW - now.duration_since(window.since))
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
        // The server says who asks; what is no address is no client's choice, but bounded all the same.
        Err(_) => address.chars().take(64).collect(),
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
    async fn memory_is_bounded() {
        let attempts = Attempts::default();
        for n in 0..2 * MAX_ADDRESSES {
            times(&attempts, &format!("10.{}.{}.1", n / 256, n % 256), 1);
        }
        assert!(attempts.0.lock().unwrap().len() <= MAX_ADDRESSES);
        // The latest are still known.
        let last = 2 * MAX_ADDRESSES - 1;
        let last = format!("10.{}.{}.1", last / 256, last % 256);
        assert_ne!(times(&attempts, &last, MAX_FAILURES), Verdict::Wrong);
    }
}
