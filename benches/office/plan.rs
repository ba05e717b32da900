//! What is played, decided beforehand, and what has to come of it: an account that knows nothing of the plugin.

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::{AGENTS, CALLS_PER_SECOND, PHONES, QUEUES, WARM_UP, WARM_UP_CALLS};

/// How long a phone is left alone after a call, in milliseconds.
const REST: u64 = 3_000;

/// A call on a phone. Times are milliseconds since the beginning.
pub(crate) struct Call {
    pub(crate) phone: usize,
    pub(crate) number: usize,
    pub(crate) rings: u64,
    /// When it is answered; nothing if it is missed.
    pub(crate) answered: Option<u64>,
    pub(crate) ends: u64,
}

/// A caller of a queue.
pub(crate) struct Queued {
    pub(crate) queue: usize,
    pub(crate) number: usize,
    pub(crate) joins: u64,
    /// Whose phone rings when, and when they answer; nothing if the caller gives up before.
    pub(crate) answered: Option<Answer>,
    pub(crate) ends: u64,
}

pub(crate) struct Answer {
    pub(crate) agent: usize,
    pub(crate) rings: u64,
    pub(crate) talks: u64,
}

pub(crate) struct Plan {
    pub(crate) phones: Vec<Call>,
    pub(crate) queued: Vec<Queued>,
}

/// Who is busy until when.
struct Busy(Vec<u64>);

impl Busy {
    /// Somebody who is free from then on, busy until the end that is told.
    fn take(&mut self, from: u64, until: u64, rng: &mut Rng) -> Option<usize> {
        let tries = std::iter::repeat_with(|| rng.usize(..self.0.len())).take(1_000);
        let free = tries.into_iter().find(|one| self.0[*one] <= from)?;
        self.0[free] = until + REST;
        Some(free)
    }
}

impl Plan {
    /// So many seconds of calls, the same ones every time. The first minute of more than one has more than its share.
    pub(crate) fn new(seconds: u64) -> Self {
        let mut rng = Rng::with_seed(0x5111_7c4b);
        let total = usize::try_from(seconds).expect("few") * CALLS_PER_SECOND;
        let warm = WARM_UP.as_secs();
        let first = usize::try_from(warm).expect("few") * WARM_UP_CALLS;
        let (first, first_millis) = if seconds > warm && first < total {
            (first, warm * 1000)
        } else {
            (total, seconds * 1000)
        };
        let mut begins: Vec<u64> = (0..first).map(|_| rng.u64(..first_millis)).collect();
        begins.extend((first..total).map(|_| rng.u64(first_millis..seconds * 1000)));
        begins.sort_unstable();
        let mut plan = Self {
            phones: Vec::new(),
            queued: Vec::new(),
        };
        let (mut phones, mut agents) = (Busy(vec![0; PHONES]), Busy(vec![0; AGENTS]));
        for (number, begins) in begins.into_iter().enumerate() {
            if number % 3 == 0 {
                plan.queued
                    .push(queued(number, begins, &mut agents, &mut rng));
            } else {
                plan.phones
                    .push(call(number, begins, &mut phones, &mut rng));
            }
        }
        plan
    }

    pub(crate) fn calls(&self) -> usize {
        self.phones.len() + self.queued.len()
    }

    /// How many posts each person's phone makes, and how many of them are of missed calls.
    pub(crate) fn posts(&self, people: &[(String, String)]) -> BTreeMap<String, usize> {
        let mut posts = BTreeMap::new();
        for call in &self.phones {
            let name = &people[call.phone].1;
            let (all, missed) = if call.answered.is_some() {
                (3, 0)
            } else {
                (2, 1)
            };
            *posts.entry(name.clone()).or_default() += all;
            if missed > 0 {
                *posts.entry(format!("{name}, missed")).or_default() += missed;
            }
        }
        posts
    }

    /// How many calls of each line and each queue ended how.
    pub(crate) fn history(&self, people: &[(String, String)]) -> BTreeMap<String, usize> {
        let mut history = BTreeMap::new();
        for call in &self.phones {
            let how = call.answered.map_or("missed", |_| "answered");
            let key = format!("{} {how}", people[call.phone].1);
            *history.entry(key).or_default() += 1;
        }
        for queued in &self.queued {
            let how = queued.answered.as_ref().map_or("abandoned", |_| "answered");
            let key = format!("{} {how}", queue_name(queued.queue));
            *history.entry(key).or_default() += 1;
        }
        history
    }

    /// How many callers of each queue were answered and lost.
    pub(crate) fn queues(&self) -> BTreeMap<String, (u64, u64)> {
        let mut queues: BTreeMap<_, (u64, u64)> = BTreeMap::new();
        for queued in &self.queued {
            let count = queues.entry(queue_name(queued.queue)).or_default();
            if queued.answered.is_some() {
                count.0 += 1;
            } else {
                count.1 += 1;
            }
        }
        queues
    }
}

fn call(number: usize, rings: u64, phones: &mut Busy, rng: &mut Rng) -> Call {
    let answered = (rng.u8(..5) > 0).then(|| rings + rng.u64(500..3_000));
    let ends = match answered {
        Some(answered) => answered + rng.u64(1_500..9_000),
        None => rings + rng.u64(1_500..4_000),
    };
    let phone = phones.take(rings, ends, rng);
    Call {
        phone: phone.expect("there are more phones than calls at once"),
        number,
        rings,
        answered,
        ends,
    }
}

/// A caller waits, and an agent takes them, unless all are busy or the caller gives up.
fn queued(number: usize, joins: u64, agents: &mut Busy, rng: &mut Rng) -> Queued {
    let queue = rng.usize(..QUEUES);
    let rings = joins + rng.u64(500..3_000);
    let talks = rings + rng.u64(500..1_500);
    let ends = talks + rng.u64(1_500..6_000);
    let agent = (rng.u8(..7) > 0)
        .then(|| agents.take(rings, ends, rng))
        .flatten();
    Queued {
        queue,
        number,
        joins,
        ends: if agent.is_some() { ends } else { talks },
        answered: agent.map(|agent| Answer {
            agent,
            rings,
            talks,
        }),
    }
}

/// The name that `NumbersUsers` has for a queue.
pub(crate) fn queue_name(queue: usize) -> String {
    format!("queue{queue:02}")
}

/// A queue's number at OVH.
pub(crate) fn queue_number(queue: usize) -> String {
    format!("00339010000{queue:02}")
}
