//! What is made to go wrong, by API method.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::AppError;

/// When an ordered error is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum When {
    /// In place of what the call asks for.
    #[default]
    Instead,
    /// After that was done.
    Afterwards,
}

#[derive(Clone, Debug, Default)]
struct Fault {
    delay: Duration,
    error: Option<AppError>,
    when: When,
    /// On which node; on all when `None`.
    node: Option<String>,
    /// For how many more calls; for all when `None`.
    times: Option<u32>,
    /// Calls by the node that made them.
    calls: BTreeMap<String, u64>,
}

/// What a call meets.
pub(crate) struct Met {
    /// How long it takes.
    pub(crate) delay: Duration,
    /// Its error, in place of what it asks for.
    pub(crate) instead: Option<AppError>,
    /// Its error, after that was done.
    pub(crate) afterwards: Option<AppError>,
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
        self.order(method, error, When::Instead, None);
    }

    /// Every call of `method` by the plugin on `node` fails.
    pub fn fail_on(&self, node: &str, method: &str, error: AppError) {
        self.order(method, error, When::Instead, None);
        self.with(method, |fault| fault.node = Some(node.into()));
    }

    /// The next `times` calls of `method` fail.
    pub fn fail_times(&self, method: &str, times: u32, error: AppError) {
        self.order(method, error, When::Instead, Some(times));
    }

    /// The next `times` calls of `method` do what they ask for and answer this error, as when the
    /// answer is lost on its way.
    pub fn lose_answers(&self, method: &str, times: u32, error: AppError) {
        self.order(method, error, When::Afterwards, Some(times));
    }

    fn order(&self, method: &str, error: AppError, when: When, times: Option<u32>) {
        self.with(method, |fault| {
            fault.error = Some(error);
            fault.when = when;
            fault.node = None;
            fault.times = times;
        });
    }

    /// Calls of `method` go well again.
    pub fn mend(&self, method: &str) {
        self.with(method, |fault| {
            *fault = Fault {
                calls: std::mem::take(&mut fault.calls),
                ..Fault::default()
            };
        });
    }

    /// How often `method` was called, by all nodes together.
    pub fn calls(&self, method: &str) -> u64 {
        self.with(method, |fault| fault.calls.values().sum())
    }

    /// How often the plugin on `node` called `method`.
    pub fn calls_of(&self, node: &str, method: &str) -> u64 {
        self.with(method, |fault| {
            fault.calls.get(node).copied().unwrap_or_default()
        })
    }

    /// Counts a call of `node`'s, and says what it meets.
    pub(crate) fn meet(&self, node: &str, method: &str) -> Met {
        self.with(method, |fault| {
            match fault.calls.get_mut(node) {
                Some(calls) => *calls += 1,
                None => drop(fault.calls.insert(node.into(), 1)),
            }
            let meant = fault.node.as_deref().is_none_or(|meant| meant == node);
            let error = match &mut fault.times {
                _ if !meant => None,
                Some(0) => None,
                Some(left) => {
                    *left -= 1;
                    fault.error.clone()
                }
                None => fault.error.clone(),
            };
            let (instead, afterwards) = match fault.when {
                When::Instead => (error, None),
                When::Afterwards => (None, error),
            };
            Met {
                delay: fault.delay,
                instead,
                afterwards,
            }
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
        let met: Vec<_> = (0..3)
            .map(|_| faults.meet("node", "X").instead.is_some())
            .collect();
        assert_eq!(met, [true, true, false]);
        faults.fail("X", error);
        assert!(faults.meet("node", "X").instead.is_some());
        faults.mend("X");
        assert!(faults.meet("node", "X").instead.is_none());
        faults.meet("other", "X");
        assert_eq!((faults.calls("X"), faults.calls_of("node", "X")), (6, 5));
        faults.fail_on("other", "X", AppError::new("X", "x", "no", 500));
        let fails = |node| faults.meet(node, "X").instead.is_some();
        assert!(fails("other") && !fails("node"));
        faults.lose_answers("X", 1, AppError::new("X", "x", "lost", 504));
        let met = faults.meet("node", "X");
        assert!(met.instead.is_none() && met.afterwards.is_some());
    }
}
