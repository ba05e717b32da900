//! Who may start something, and how often.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::denied::Reason;
use super::lock;
use crate::host::{Person, UserId};

/// How long a call, a text or a change in a queue counts.
pub(super) const WINDOW: Duration = Duration::from_secs(60);

/// The most people who are counted at once. Beyond it, whoever was quiet longest is forgotten.
pub(super) const MAX_PEOPLE: usize = 4_096;

/// The most that a limit allows, so that nobody's count grows without end.
pub(super) const MAX_LIMIT: u32 = 1_000;

/// Guests and deactivated people start nothing, whatever the rules say.
pub(super) fn may(person: &Person) -> Result<(), Reason> {
    if person.deactivated {
        return Err(Reason::Deactivated);
    }
    if person.guest {
        return Err(Reason::Guest);
    }
    Ok(())
}

/// What each person started within the last minute.
#[derive(Debug, Default)]
pub(super) struct Limiter(Mutex<HashMap<UserId, VecDeque<Instant>>>);

impl Limiter {
    /// Counts one more, unless that is more than `limit` within any minute.
    pub(super) fn take(&self, user: &UserId, limit: u32) -> Result<(), Reason> {
        let now = Instant::now();
        let limit = limit.min(MAX_LIMIT);
        let mut people = lock(&self.0);
        if !people.contains_key(user) && people.len() >= MAX_PEOPLE {
            make_room(&mut people, now);
        }
        let times = people.entry(user.clone()).or_default();
        while times
            .front()
            .is_some_and(|&at| now.duration_since(at) >= WINDOW)
        {
            times.pop_front();
        }
        // After the limit was lowered there may be more than it allows: the one that makes room again counts.
        let over = (times.len() + 1).saturating_sub(limit as usize);
        if over == 0 {
            times.push_back(now);
            return Ok(());
        }
        let frees = times
            .get(over - 1)
            .map_or(WINDOW, |&at| WINDOW - now.duration_since(at));
        Err(Reason::TooMany { limit, wait: frees })
    }
}

/// Forgets people who started nothing for a while, or else the quietest.
fn make_room(people: &mut HashMap<UserId, VecDeque<Instant>>, now: Instant) {
    let last = |times: &VecDeque<Instant>| times.back().copied();
    people.retain(|_, times| last(times).is_some_and(|at| now.duration_since(at) < WINDOW));
    if people.len() >= MAX_PEOPLE {
        let quietest = people.iter().min_by_key(|(_, times)| last(times));
        if let Some(user) = quietest.map(|(user, _)| user.clone()) {
            people.remove(&user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn wait(result: &Result<(), Reason>) -> Option<u64> {
        match result {
            Err(Reason::TooMany { wait, .. }) => Some(wait.as_secs()),
            _ => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_window_slides() {
        let limiter = Limiter::default();
        let bob = UserId::from("bob");
        for _ in 0..3 {
            assert_eq!(limiter.take(&bob, 3), Ok(()));
            advance(Duration::from_secs(10)).await;
        }
        assert_eq!(wait(&limiter.take(&bob, 3)), Some(30));
        assert_eq!(
            limiter.take(&UserId::from("eve"), 3),
            Ok(()),
            "each for themselves"
        );
        advance(Duration::from_secs(30)).await;
        assert_eq!(
            limiter.take(&bob, 3),
            Ok(()),
            "the first one no longer counts"
        );
        assert_eq!(
            wait(&limiter.take(&bob, 3)),
            Some(10),
            "the second one does"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_lowered_limit_holds_at_once() {
        let limiter = Limiter::default();
        let bob = UserId::from("bob");
        for _ in 0..5 {
            assert_eq!(limiter.take(&bob, 5), Ok(()));
            advance(Duration::from_secs(1)).await;
        }
        // 59 to 55 s are left of them; four have to go before one more is the second.
        assert_eq!(wait(&limiter.take(&bob, 2)), Some(58));
        assert_eq!(wait(&limiter.take(&bob, 0)), Some(60));
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let limiter = Limiter::default();
        for n in 0..2 * MAX_PEOPLE {
            let user = UserId::from(format!("u{n}"));
            limiter.take(&user, 1).expect("the first one");
            advance(Duration::from_millis(1)).await;
        }
        assert_eq!(lock(&limiter.0).len(), MAX_PEOPLE);
        let last = UserId::from(format!("u{}", 2 * MAX_PEOPLE - 1));
        assert!(
            wait(&limiter.take(&last, 1)).is_some(),
            "the latest are known"
        );
        for _ in 0..10_000 {
            let _ = limiter.take(&UserId::from("wild"), u32::MAX);
        }
        let times = lock(&limiter.0)[&UserId::from("wild")].len();
        assert_eq!(times, MAX_LIMIT as usize);
    }

    #[test]
    fn guests_and_the_deactivated_may_not() {
        let person = |guest, deactivated| Person {
            id: UserId::from("x"),
            username: "x".into(),
            display_name: "x".into(),
            language: crate::language::Language::English,
            time_zone: "".into(),
            guest,
            admin: false,
            deactivated,
        };
        assert_eq!(may(&person(false, false)), Ok(()));
        assert_eq!(may(&person(true, false)), Err(Reason::Guest));
        assert_eq!(may(&person(true, true)), Err(Reason::Deactivated));
    }
}
