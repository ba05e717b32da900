//! What became of calls of the API, by method.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::StatusCode;

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

impl Counts {
    pub(super) fn count(&self, method: &'static str, took: Duration, error: Option<&ApiError>) {
        let mut methods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = methods.entry(method).or_default();
        counts.calls += 1;
        counts.failed += u64::from(error.is_some_and(is_failure));
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

    #[test]
    fn a_refusal_is_no_failure() {
        let counts = Counts::default();
        let with = |status_code| {
            let error = AppError {
                status_code,
                ..AppError::default()
            };
            ApiError::App(Box::new(error))
        };
        let method = "KVGet";
        let after = Duration::from_secs(30);
        counts.count(method, Duration::from_millis(3), None);
        for error in [
            with(404),
            with(400),
            with(500),
            with(503),
            ApiError::Timeout { method, after },
        ] {
            counts.count(method, Duration::from_millis(2), Some(&error));
        }
        let expected = MethodCounts {
            calls: 6,
            failed: 3,
            took: Duration::from_millis(13),
        };
        assert_eq!(counts.all(), [(method, expected)]);
    }
}
