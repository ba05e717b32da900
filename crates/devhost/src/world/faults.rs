//! What is made to go wrong, by API method.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::AppError;

#[derive(Clone, Debug, Default)]
struct Fault {
    delay: Duration,
    /// For how many more calls `times` says; for all when that is `None`.
    error: Option<AppError>,
    times: Option<u32>,
    calls: u64,
}

/// Faults by the name of an API method, such as `CreatePost`. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    by_method: Arc<Mutex<BTreeMap<String, Fault>>>,
}

impl Faults {
    fn with<R>(&self, method: &str, f: impl FnOnce(&mut Fault) -> R) -> R {
        let mut by_method = self
            .by_method
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        f(by_method.entry(method.into()).or_default())
    }

    /// Every call of `method` takes this much longer.
    pub fn delay(&self, method: &str, delay: Duration) {
        self.with(method, |fault| fault.delay = delay);
    }

    /// Every call of `method` fails.
    pub fn fail(&self, method: &str, error: AppError) {
        self.with(method, |fault| {
            (fault.error, fault.times) = (Some(error), None)
        });
    }

    /// The next `times` calls of `method` fail.
    pub fn fail_times(&self, method: &str, times: u32, error: AppError) {
        self.with(method, |fault| {
            (fault.error, fault.times) = (Some(error), Some(times))
        });
    }

    /// Calls of `method` go well again.
    pub fn mend(&self, method: &str) {
        self.with(method, |fault| {
            *fault = Fault {
                calls: fault.calls,
                ..Fault::default()
            }
        });
    }

    /// How often `method` was called.
    pub fn calls(&self, method: &str) -> u64 {
        self.with(method, |fault| fault.calls)
    }

    /// Counts a call; answers how long it is to take, and its error.
    pub(crate) fn meet(&self, method: &str) -> (Duration, Option<AppError>) {
        self.with(method, |fault| {
            fault.calls += 1;
            let error = match &mut fault.times {
                Some(0) => None,
                Some(left) => {
                    *left -= 1;
                    fault.error.clone()
                }
                None => fault.error.clone(),
            };
            (fault.delay, error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_as_often_as_they_were_ordered() {
        let faults = Faults::default();
        let error = AppError::new("X", "x", "no", 500);
        faults.fail_times("X", 2, error.clone());
        let met: Vec<_> = (0..3).map(|_| faults.meet("X").1.is_some()).collect();
        assert_eq!(met, [true, true, false]);
        faults.fail("X", error);
        assert!(faults.meet("X").1.is_some());
        faults.mend("X");
        assert!(faults.meet("X").1.is_none());
        assert_eq!(faults.calls("X"), 5);
    }
}
