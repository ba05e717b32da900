//! How often something may be done within a while, by key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The most keys that are counted. Beyond it those whose time is over are forgotten, and where that is not enough nobody else may.
const MAX_KEYS: usize = 4_096;

/// So many times within so long.
#[derive(Debug)]
pub(super) struct Limit {
    most: u32,
    within: Duration,
    counted: Mutex<HashMap<String, (Instant, u32)>>,
}

impl Limit {
    pub(super) fn new(most: u32, within: Duration) -> Self {
        Self {
            most,
            within,
            counted: Mutex::default(),
        }
    }

    /// Counts once more, unless that is too often: then it tells when to come again.
    pub(super) fn count(&self, key: &str) -> Result<(), Duration> {
        let now = Instant::now();
        // Nothing that happens under the lock can leave it half changed.
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |since: Instant| now.duration_since(since) >= self.within;
        if !counted.contains_key(key) && counted.len() >= MAX_KEYS {
            counted.retain(|_, (since, _)| !is_over(*since));
            if counted.len() >= MAX_KEYS {
                return Err(self.within);
            }
        }
        let (since, count) = counted.entry(key.to_owned()).or_insert((now, 0));
        if is_over(*since) {
            (*since, *count) = (now, 0);
        }
        if *count >= self.most {
            return Err(self.within - now.duration_since(*since));
        }
        *count += 1;
        Ok(())
    }

    /// What was counted last did not take place.
    pub(super) fn give_back(&self, key: &str) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = counted.get_mut(key) {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn so_often_and_no_more_until_the_time_is_over() {
        let hour = Duration::from_secs(3600);
        let limit = Limit::new(2, hour);
        assert_eq!(limit.count("a"), Ok(()));
        tokio::time::advance(hour / 2).await;
        assert_eq!(limit.count("a"), Ok(()));
        assert_eq!(limit.count("a"), Err(hour / 2));
        assert_eq!(limit.count("b"), Ok(()));
        tokio::time::advance(hour / 2).await;
        assert_eq!(limit.count("a"), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_given_back_counts_no_more() {
        let limit = Limit::new(1, Duration::from_secs(3600));
        limit.give_back("a");
        assert_eq!(limit.count("a"), Ok(()));
        limit.give_back("b");
        assert!(limit.count("a").is_err());
        limit.give_back("a");
        limit.give_back("a");
        assert_eq!(limit.count("a"), Ok(()));
        assert!(limit.count("a").is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let hour = Duration::from_secs(3600);
        let limit = Limit::new(2, hour);
        for n in 0..MAX_KEYS {
            assert_eq!(limit.count(&n.to_string()), Ok(()));
        }
        assert_eq!(limit.count("one more"), Err(hour));
        assert_eq!(limit.count("1"), Ok(()), "who is counted already may");
        tokio::time::advance(hour).await;
        assert_eq!(limit.count("one more"), Ok(()));
    }
}
