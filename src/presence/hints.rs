//! Whose status may be about to change: read soon, and for a while after.
//!
//! No clock and no I/O: times are given, as the time since any moment that stays.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::schedule::HOT_PERIOD;
use crate::host::UserId;

/// How long the first hint waits for others, so that one call reads them together; and the server has the time to
/// notice what the websocket's coming or going does to the status.
pub const GATHER: Duration = Duration::from_millis(100);

/// How long after a hint someone is read as often as those who are hot. The server notices a lost connection late.
pub const HINT_LASTS: Duration = Duration::from_secs(15);

/// The most people hinted at, as when everybody reconnects after a restart of the server. Hints beyond it are
/// dropped; a round of all reads their people, too.
pub const MAX_HINTED: usize = 20_000;

/// People by when they are due, earliest first.
type Queue = VecDeque<(Duration, UserId)>;

/// Who was hinted at of late.
#[derive(Debug, Default)]
pub struct Hints {
    hinted: HashMap<UserId, Hinted>,
    /// To be read soon, earliest first.
    fresh: Queue,
    /// To be read once more, earliest first.
    again: Queue,
}

#[derive(Debug)]
struct Hinted {
    until: Duration,
    fresh: bool,
    again: bool,
}

impl Hints {
    /// Someone's websocket came or went.
    pub fn hint(&mut self, user: &UserId, now: Duration) {
        if !self.hinted.contains_key(user) && self.hinted.len() >= MAX_HINTED {
            return;
        }
        let hinted = self.hinted.entry(user.clone()).or_insert(Hinted {
            until: Duration::ZERO,
            fresh: false,
            again: false,
        });
        hinted.until = now + HINT_LASTS;
        if !std::mem::replace(&mut hinted.fresh, true) {
            self.fresh.push_back((now + GATHER, user.clone()));
        }
    }

    /// When the next of them is to be read.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        let first = |queue: &Queue| queue.front().map(|(due, _)| *due);
        match (first(&self.fresh), first(&self.again)) {
            (Some(fresh), Some(again)) => Some(fresh.min(again)),
            (fresh, again) => fresh.or(again),
        }
    }

    /// Takes up to `limit` people who are to be read now. `follow` tells of someone whether they need to be read
    /// again in [`HOT_PERIOD`], as nobody else reads them so often.
    pub fn take(
        &mut self,
        now: Duration,
        limit: usize,
        follow: impl Fn(&UserId) -> bool,
    ) -> Vec<UserId> {
        let mut taken = Vec::new();
        while taken.len() < limit
            && let Some(user) = pop_due(&mut self.fresh, now)
        {
            if let Some(hinted) = self.hinted.get_mut(&user) {
                hinted.fresh = false;
                if !std::mem::replace(&mut hinted.again, true) {
                    self.again.push_back((now + HOT_PERIOD, user.clone()));
                }
            }
            taken.push(user);
        }
        while taken.len() < limit
            && let Some(user) = pop_due(&mut self.again, now)
        {
            let Some(hinted) = self.hinted.get_mut(&user) else {
                continue;
            };
            if hinted.until > now && follow(&user) {
                self.again.push_back((now + HOT_PERIOD, user.clone()));
                taken.push(user);
            } else if hinted.fresh {
                hinted.again = false;
            } else {
                self.hinted.remove(&user);
            }
        }
        taken
    }

    /// How many people are hinted at.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hinted.len()
    }

    /// Whether nobody is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hinted.is_empty()
    }
}

fn pop_due(queue: &mut Queue, now: Duration) -> Option<UserId> {
    let (due, _) = queue.front()?;
    if *due > now {
        return None;
    }
    queue.pop_front().map(|(_, user)| user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: usize) -> UserId {
        UserId::from(format!("{n:026}"))
    }

    const ALWAYS: fn(&UserId) -> bool = |_| true;

    #[test]
    fn a_hint_is_read_soon_and_followed_for_a_while() {
        let mut hints = Hints::default();
        let now = Duration::from_secs(100);
        hints.hint(&user(1), now);
        hints.hint(&user(1), now);
        assert_eq!(hints.due(), Some(now + GATHER));
        assert_eq!(hints.take(now, 9, ALWAYS), []);

        let mut read = Vec::new();
        while let Some(due) = hints.due() {
            if hints.take(due, 9, ALWAYS) == [user(1)] {
                read.push(due - now - GATHER);
            }
        }
        let expected: Vec<Duration> = (0..8).map(|n| HOT_PERIOD * n).collect();
        assert_eq!(read, expected);
        assert!(hints.is_empty());
    }

    #[test]
    fn who_is_read_often_anyway_is_not_followed() {
        let mut hints = Hints::default();
        hints.hint(&user(1), Duration::ZERO);
        assert_eq!(hints.take(GATHER, 9, |_| false), [user(1)]);
        let later = hints.due().unwrap();
        assert_eq!(hints.take(later, 9, |_| false), []);
        assert_eq!(hints.due(), None);
        assert!(hints.is_empty());
    }

    #[test]
    fn another_hint_is_read_soon_as_well() {
        let mut hints = Hints::default();
        hints.hint(&user(1), Duration::ZERO);
        assert_eq!(hints.take(GATHER, 9, ALWAYS), [user(1)]);
        let second = Duration::from_secs(1);
        hints.hint(&user(1), second);
        assert_eq!(hints.due(), Some(second + GATHER));
        assert_eq!(hints.take(second + GATHER, 9, ALWAYS), [user(1)]);
        assert_eq!(hints.due(), Some(GATHER + HOT_PERIOD));
        assert_eq!(hints.len(), 1);
    }

    #[test]
    fn a_call_takes_so_many_and_the_oldest_first() {
        let mut hints = Hints::default();
        for n in 0..5 {
            hints.hint(&user(n), Duration::ZERO);
        }
        assert_eq!(hints.take(GATHER, 3, ALWAYS), [user(0), user(1), user(2)]);
        assert_eq!(hints.due(), Some(GATHER));
        assert_eq!(hints.take(GATHER, 3, ALWAYS), [user(3), user(4)]);
    }

    #[test]
    fn no_more_than_so_many() {
        let mut hints = Hints::default();
        for n in 0..MAX_HINTED + 5 {
            hints.hint(&user(n), Duration::ZERO);
        }
        assert_eq!(hints.len(), MAX_HINTED);
        // Whoever is in there already may be hinted at again.
        let taken = hints.take(GATHER, MAX_HINTED, ALWAYS);
        assert_eq!(taken.len(), MAX_HINTED);
        hints.hint(&user(0), GATHER);
        assert_eq!(hints.due(), Some(GATHER * 2));
    }
}
