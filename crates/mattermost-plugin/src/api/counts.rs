//! What became of calls of the API, by method.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::StatusCode;
use tokio::time::Instant;

use crate::error::ApiError;

/// What became of the calls of one method so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodCounts {
    /// Calls that ended.
    pub calls: u64,
    /// Those of them that the server could not answer: no answer came, or it failed itself (status 500 and above). A refusal, such
    /// as "not found", is an answer.
    pub failed: u64,
    /// How long all of them took together.
    pub took: Duration,
}

/// The counts of all methods that were called. There are as many as methods, which are known when this is compiled.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<BTreeMap<&'static str, MethodCounts>>);

/// A call that is counted when it ends, or when nobody waits for it any longer: whoever waits for less than the API's own limit would
/// otherwise never see that the server is silent.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    counts: &'a Counts,
    method: &'static str,
    began: Instant,
    ended: bool,
}

impl Counted<'_> {
    pub(super) fn ended(mut self, error: Option<&ApiError>) {
        self.ended = true;
        let failed = error.is_some_and(is_failure);
        self.counts.count(self.method, self.began.elapsed(), failed);
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.counts.count(self.method, self.began.elapsed(), true);
        }
    }
}

impl Counts {
    pub(super) fn begin(&self, method: &'static str) -> Counted<'_> {
        Counted {
            counts: self,
            method,
            began: Instant::now(),
            ended: false,
        }
    }

    fn count(&self, method: &'static str, took: Duration, failed: bool) {
        let mut methods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = methods.entry(method).or_default();
        counts.calls += 1;
        counts.failed += u64::from(failed);
        counts.took += took;
    }

    pub(super) fn all(&self) -> Vec<(&'static str, MethodCounts)> {
        let methods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        methods
            .iter()
            .map(|(name, counts)| (*name, *counts))
            .collect()
    }
}

/// Whether the server could not answer.
fn is_failure(error: &ApiError) -> bool {
    let status = error.status();
    status.is_none_or(|status| status >= StatusCode::INTERNAL_SERVER_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::AppError;

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_no_failure() {
        let counts = Counts::default();
        let with = |status_code| {
            let error = AppError {
                status_code,
                ..AppError::default()
            };
            ApiError::App(Box::new(error))
        };
        let called = async |took: u64, error: Option<&ApiError>| {
            let counted = counts.begin("KVGet");
            tokio::time::advance(Duration::from_millis(took)).await;
            counted.ended(error);
        };
        let method = "KVGet";
        let after = Duration::from_secs(30);
        called(3, None).await;
        for error in [
            with(404),
            with(400),
            with(500),
            with(503),
            ApiError::Timeout { method, after },
        ] {
            called(2, Some(&error)).await;
        }
        let expected = MethodCounts {
            calls: 6,
            failed: 3,
            took: Duration::from_millis(13),
        };
        assert_eq!(counts.all(), [(method, expected)]);
    }

    /// Who waits for three seconds only, as the lease of a cluster does, gives up before the API's own limit.
    #[tokio::test(start_paused = true)]
    async fn a_call_that_was_given_up_counts_as_one_without_an_answer() {
        let counts = Counts::default();
        let hangs = async {
            let _counted = counts.begin("KVSet");
            std::future::pending::<()>().await;
        };
        let limit = Duration::from_secs(3);
        assert!(tokio::time::timeout(limit, hangs).await.is_err());
        let expected = MethodCounts {
            calls: 1,
            failed: 1,
            took: limit,
        };
        assert_eq!(counts.all(), [("KVSet", expected)]);
    }
}
