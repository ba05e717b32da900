//! Whom to read when, within the budget.
//!
//! No clock and no I/O: times are given, as the time since any moment that stays.
//!
//! Each call reads up to [`STATUSES_A_CALL`] people. Four kinds of calls share the budget, one call at a time:
//!
//! - *hints*: those whose websockets came or went, and those who were never read;
//! - *all*: everybody in turn, one round each [`ALL_PERIOD`], or faster where there are few;
//! - *hot*: those who were last seen not offline, one round each [`HOT_PERIOD`];
//! - *singles*: accounts that are asked for one by one.
//!
//! With 10 calls a second, a change of someone hot is seen within 5 s as long as no more than 16,000 people of 100,000
//! are hot, and everybody else's within 60 s, calls of up to 100 ms each. A smaller budget holds as well, but not these promises.

use std::time::Duration;

/// The most people in one call. What a call costs the server grows with the square of those who are not in its cache.
pub const STATUSES_A_CALL: usize = 1_000;

/// How often those last seen not offline are read, as far as the budget allows.
pub const HOT_PERIOD: Duration = Duration::from_secs(2);

/// How often everybody is read, at least, as far as half of the budget allows: it leaves 20 s of a minute to late calls.
pub const ALL_PERIOD: Duration = Duration::from_secs(40);

/// The longest pause between two calls of a round of all: a server with one page of people reads everybody so often.
pub const LONGEST_GAP: Duration = Duration::from_secs(2);

/// The shortest pause between two calls for hints. A lone hint is read as soon as the budget has a call; where hints come all
/// the time this gathers them, and leaves three quarters of the budget to the others.
pub const HINT_GAP: Duration = Duration::from_millis(300);

/// How long a single account waits at most while statuses take all of the budget.
pub const SINGLE_GAP: Duration = Duration::from_secs(2);

/// The time for a second's calls. It is longer than a second because calls that leave evenly arrive less so: in no
/// second may the server see more than the budget.
const WINDOW: Duration = Duration::from_millis(1_020);

/// The kinds of calls, the more urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Those hinted at, and those never read.
    Hints,
    /// Everybody in turn.
    All,
    /// An account of one person.
    Single,
    /// Those last seen not offline.
    Hot,
}

/// What there is to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many people there are.
    pub people: usize,
    /// How many of them were last seen not offline.
    pub hot: usize,
    /// Since when hints wait, or from when on they are to be read.
    pub hints: Option<Duration>,
    /// Whether single accounts wait.
    pub singles: bool,
    /// Whether this is the first round: then there are only hints, and the budget is all theirs.
    pub first: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A call of this kind, now.
    Call(Lane),
    /// Nothing before then, unless something changes; `None`: nothing at all.
    Wait(Option<Duration>),
}

/// When the next call of each kind is due.
#[derive(Debug)]
pub struct Schedule {
    /// The pause from the beginning of one call to that of the next.
    gap: Duration,
    next_call: Duration,
    hints_due: Duration,
    all_due: Duration,
    single_due: Duration,
    hot_due: Duration,
}

impl Schedule {
    /// A schedule of at most so many calls a second (at least 1), evenly spaced.
    #[must_use]
    pub fn new(calls_per_second: u32) -> Self {
        let mut schedule = Self {
            gap: Duration::ZERO,
            next_call: Duration::ZERO,
            hints_due: Duration::ZERO,
            all_due: Duration::ZERO,
            single_due: Duration::ZERO,
            hot_due: Duration::ZERO,
        };
        schedule.set_budget(calls_per_second);
        schedule
    }

    /// Another budget, from the next call on.
    pub fn set_budget(&mut self, calls_per_second: u32) {
        self.gap = WINDOW / calls_per_second.max(1);
    }

    /// What to do at the time `now`.
    #[must_use]
    pub fn next(&self, now: Duration, load: &Load) -> Next {
        let lanes = [
            load.hints.map(|since| {
                let due = if load.first {
                    since
                } else {
                    since.max(self.hints_due)
                };
                (Lane::Hints, due)
            }),
            (load.people > 0 && !load.first).then_some((Lane::All, self.all_due)),
            load.singles.then_some((Lane::Single, self.single_due)),
            self.hot_is_needed(load)
                .then_some((Lane::Hot, self.hot_due)),
        ];
        let lanes = lanes.into_iter().flatten();
        let due = |(_, due): &(Lane, Duration)| *due <= now;
        if now < self.next_call {
            let earliest = lanes.map(|(_, due)| due.max(self.next_call)).min();
            return Next::Wait(earliest);
        }
        if let Some((lane, _)) = lanes.clone().find(due) {
            return Next::Call(lane);
        }
        // The budget is not used up, so nobody waits for a single.
        if load.singles {
            return Next::Call(Lane::Single);
        }
        Next::Wait(lanes.map(|(_, due)| due).min())
    }

    /// A call of that kind begins now.
    pub fn began(&mut self, lane: Lane, now: Duration, load: &Load) {
        self.next_call = now + self.gap;
        match lane {
            Lane::Hints => self.hints_due = now + HINT_GAP.max(self.gap * 4),
            Lane::Single => self.single_due = now + SINGLE_GAP.max(self.gap * 20),
            Lane::All => self.all_due = after(self.all_due, now, self.all_gap(load.people)),
            Lane::Hot => self.hot_due = after(self.hot_due, now, HOT_PERIOD / calls(load.hot)),
        }
    }

    /// The pause between two calls of a round of all: never more than half of the budget.
    fn all_gap(&self, people: usize) -> Duration {
        let wanted = LONGEST_GAP.min(ALL_PERIOD / calls(people));
        wanted.max(self.gap * 2)
    }

    /// Whether a round of all is as fast as one of those who are hot, so that nobody needs to be read beside it.
    #[must_use]
    pub fn all_is_enough(&self, people: usize) -> bool {
        self.all_gap(people) * calls(people) <= HOT_PERIOD
    }

    fn hot_is_needed(&self, load: &Load) -> bool {
        load.hot > 0 && !load.first && !self.all_is_enough(load.people)
    }
}

/// How many calls it takes to read so many people; at least 1.
fn calls(people: usize) -> u32 {
    let calls = people.div_ceil(STATUSES_A_CALL).max(1);
    u32::try_from(calls).unwrap_or(u32::MAX)
}

/// When a kind is due again, if it was due at `due` and is done `now`: late calls do not slow its rate down,
/// but what was missed for longer than a pause is not made up for.
fn after(due: Duration, now: Duration, gap: Duration) -> Duration {
    let late = now.saturating_sub(due);
    if late < gap { due + gap } else { now + gap }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What was called when.
    type Calls = Vec<(Duration, Lane)>;

    /// Runs for so long; each call takes `took`, and hints come as `hints` says: when the next one is due after the last was read.
    fn run(
        schedule: &mut Schedule,
        load: Load,
        took: Duration,
        length: Duration,
        hints: impl Fn(Duration) -> Option<Duration>,
    ) -> Calls {
        let mut now = Duration::ZERO;
        let mut calls = Vec::new();
        let mut waiting = hints(now);
        while now < length {
            let load = Load {
                hints: waiting,
                ..load
            };
            match schedule.next(now, &load) {
                Next::Call(lane) => {
                    schedule.began(lane, now, &load);
                    calls.push((now, lane));
                    if lane == Lane::Hints {
                        waiting = hints(now);
                    }
                    now += took;
                }
                Next::Wait(Some(until)) => {
                    assert!(until > now, "a wait that ends at once");
                    now = until;
                }
                Next::Wait(None) => break,
            }
        }
        calls
    }

    fn most_in_a_second(calls: impl Iterator<Item = Duration>) -> usize {
        let times: Vec<Duration> = calls.collect();
        let within = |from: &Duration| {
            times
                .iter()
                .filter(|at| **at >= *from && **at < *from + SECOND)
                .count()
        };
        times.iter().map(within).max().unwrap_or(0)
    }

    /// The longest time that any of so many pages waits from one reading to the next, the pages read in turn.
    fn longest_wait(calls: &Calls, lane: Lane, people: usize) -> Duration {
        let pages = people.div_ceil(STATUSES_A_CALL);
        let times: Vec<Duration> = calls
            .iter()
            .filter(|(_, called)| *called == lane)
            .map(|(at, _)| *at)
            .collect();
        assert!(
            times.len() > pages,
            "{} calls for {pages} pages",
            times.len()
        );
        let waits = times.windows(pages + 1).map(|pair| pair[pages] - pair[0]);
        waits.max().unwrap()
    }

    #[test]
    fn promises_hold_at_a_hundred_thousand() {
        let load = Load {
            people: 100_000,
            hot: 16_000,
            ..Load::default()
        };
        let late = Duration::from_millis(100);
        // What a change waits beside the round: the reading's own time, once as it begins too early and once as it answers.
        let reading = late * 2;
        for (took, busy, singles) in [
            (Duration::ZERO, false, false),
            (late, false, false),
            (Duration::ZERO, true, false),
            (late, true, false),
            (late, true, true),
        ] {
            let load = Load { singles, ..load };
            let mut schedule = Schedule::new(10);
            let hints = |now| busy.then_some(now);
            let calls = run(&mut schedule, load, took, SECOND * 300, hints);
            let hot = longest_wait(&calls, Lane::Hot, load.hot);
            assert!(hot + reading <= SECOND * 5, "{hot:?} {took:?} {busy}");
            let all = longest_wait(&calls, Lane::All, load.people);
            assert!(all + reading <= SECOND * 60, "{all:?} {took:?} {busy}");
        }
    }

    #[test]
    fn a_small_server_reads_everybody_every_two_seconds() {
        for people in [1, 7, 1_000] {
            let load = Load {
                people,
                hot: people,
                ..Load::default()
            };
            let calls = run(
                &mut Schedule::new(10),
                load,
                Duration::ZERO,
                SECOND * 20,
                |_| None,
            );
            let expected: Calls = (0..10).map(|n| (SECOND * 2 * n, Lane::All)).collect();
            assert_eq!(calls, expected, "{people}");
        }
    }

    #[test]
    fn a_hint_is_read_within_three_tenths() {
        let load = Load {
            people: 100_000,
            hot: 16_000,
            ..Load::default()
        };
        let mut schedule = Schedule::new(10);
        run(&mut schedule, load, Duration::ZERO, SECOND * 60, |_| None);
        for hinted in 0..200_u32 {
            // At all kinds of times, but not before the last one may be followed.
            let hinted = SECOND * 60 + Duration::from_millis(437) * hinted;
            let mut now = hinted;
            let load = Load {
                hints: Some(hinted),
                ..load
            };
            loop {
                match schedule.next(now, &load) {
                    Next::Call(lane) => {
                        schedule.began(lane, now, &load);
                        if lane == Lane::Hints {
                            break;
                        }
                    }
                    Next::Wait(until) => now = until.unwrap(),
                }
            }
            assert!(now - hinted <= Duration::from_millis(300), "{now:?}");
        }
    }

    #[test]
    fn the_first_round_takes_the_whole_budget() {
        let load = Load {
            people: 5_000,
            first: true,
            ..Load::default()
        };
        let hints = |now| (now < SECOND * 10).then_some(now);
        let calls = run(
            &mut Schedule::new(10),
            load,
            Duration::ZERO,
            SECOND * 2,
            hints,
        );
        assert_eq!(calls.len(), 20);
        assert!(calls.iter().all(|(_, lane)| *lane == Lane::Hints));
    }

    #[test]
    fn nobody_is_nothing_to_do() {
        let schedule = Schedule::new(10);
        let load = Load::default();
        assert_eq!(schedule.next(SECOND, &load), Next::Wait(None));
    }

    #[test]
    fn another_budget_holds_from_the_next_call_on() {
        let load = Load {
            people: 200_000,
            hot: 50_000,
            ..Load::default()
        };
        let mut schedule = Schedule::new(10);
        run(&mut schedule, load, Duration::ZERO, SECOND * 5, |_| None);
        schedule.set_budget(2);
        let now = SECOND * 6;
        schedule.began(Lane::Hot, now, &load);
        let Next::Wait(Some(until)) = schedule.next(now, &load) else {
            panic!("a call at once");
        };
        assert_eq!(until, now + WINDOW / 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_budget_holds_in_every_second(
            budget in 1_u32..40,
            people in 0_usize..200_000,
            hot_share in 0.0..1.0_f64,
            took in 0_u64..300,
            hint_each in proptest::option::of(0_u64..3_000),
            singles: bool,
            first: bool,
        ) {
            let load = Load {
                people,
                hot: (people as f64 * hot_share) as usize,
                singles,
                first,
                ..Load::default()
            };
            let hints = |now| hint_each.map(|each| now + Duration::from_millis(each));
            let took = Duration::from_millis(took);
            let calls = run(&mut Schedule::new(budget), load, took, SECOND * 20, hints);
            let most = most_in_a_second(calls.iter().map(|(at, _)| *at));
            prop_assert!(most <= budget as usize, "{} of {}", most, budget);
            let all = calls.iter().filter(|(_, lane)| *lane == Lane::All);
            let most = most_in_a_second(all.map(|(at, _)| *at));
            // Half of the budget (of 5: at 0, 0.4 and 0.8 s), and one more where calls come late.
            let half = budget.div_ceil(2) as usize;
            prop_assert!(most <= half + 1, "{} of {}", most, budget);
        }

        #[test]
        fn nobody_is_forgotten(
            budget in 1_u32..40,
            people in 1_usize..200_000,
            hot_share in 0.0..1.0_f64,
            hint_each in proptest::option::of(0_u64..3_000),
        ) {
            let load = Load {
                people,
                hot: (people as f64 * hot_share) as usize,
                singles: true,
                ..Load::default()
            };
            let hints = |now| hint_each.map(|each| now + Duration::from_millis(each));
            let mut schedule = Schedule::new(budget);
            let calls = run(&mut schedule, load, Duration::ZERO, SECOND * 60, hints);
            let expected = [
                (Lane::All, true),
                (Lane::Single, true),
                (Lane::Hints, hint_each.is_some()),
                (Lane::Hot, schedule.hot_is_needed(&load)),
            ];
            for (lane, needed) in expected {
                let any = calls.iter().any(|(_, called)| *called == lane);
                prop_assert_eq!(any, needed, "{:?}", lane);
            }
        }
    }
}
