//! How long to wait before trying again.

use std::time::Duration;

/// The wait after the first failure, before jitter.
pub const FIRST_WAIT: Duration = Duration::from_millis(250);

/// The longest wait, before jitter.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Waits that double from [`FIRST_WAIT`] up to [`LONGEST_WAIT`] unless told, each shortened at random by up to a half, so
/// that those who failed together do not come back together.
#[derive(Debug)]
pub struct Backoff {
    failures: u32,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::up_to(LONGEST_WAIT)
    }
}

impl Backoff {
    /// With another longest wait, before jitter.
    #[must_use]
    pub fn up_to(longest: Duration) -> Self {
        Self {
            failures: 0,
            longest,
        }
    }

    /// The wait after one more failure.
    pub fn next_wait(&mut self) -> Duration {
        let doublings = self.failures.min(16);
        self.failures = self.failures.saturating_add(1);
        let full = FIRST_WAIT.saturating_mul(1 << doublings).min(self.longest);
        full.mul_f64(1.0 - fastrand::f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit() {
        let mut backoff = Backoff::default();
        let mut full = FIRST_WAIT;
        for _ in 0..40 {
            let wait = backoff.next_wait();
            assert!(wait <= full && wait >= full / 2, "{wait:?} {full:?}");
            full = (full * 2).min(LONGEST_WAIT);
        }
    }
}
