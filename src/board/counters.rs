//! What is counted of calls: per queue, per agent, and per hour of the day.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Departure, Name, Timestamp};

/// The most hours of a day: clocks that are put back make one of 25.
pub const HOURS: usize = 25;

/// An hour, in milliseconds.
const HOUR: u64 = 60 * 60 * 1000;

/// The most agents of a queue whose calls are counted singly.
pub const MAX_TALLIES: usize = 1_000;

/// Within how long a call should be answered unless the board is told otherwise, in milliseconds.
pub const SERVICE_LEVEL_WITHIN: u64 = 20_000;

/// What became of a queue's callers since the counters began.
///
/// A source may keep counts of its own, which also know what nobody here saw; so `answered` and `abandoned` may be more than those whose
/// waits are known, of which the averages are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// When they began: at the day's beginning, when they were reset by hand, or when the queue was seen first.
    pub since: Timestamp,
    /// How many were answered.
    pub answered: u64,
    /// How many waited in vain: they hung up, or the queue gave up.
    pub abandoned: u64,
    /// How many went elsewhere.
    pub elsewhere: u64,
    /// How many answered ones are known with their wait.
    waits: u64,
    /// How long those waited together, in milliseconds.
    waited: u64,
    /// How many of them were answered in time.
    in_time: u64,
    /// How many who waited in vain were seen to.
    in_vain: u64,
    /// The longest wait, in milliseconds, whatever became of it.
    pub longest_wait: u64,
    /// How many talks ended.
    talks: u64,
    /// How long they were together, in milliseconds.
    talked: u64,
}

impl Counters {
    /// None, from then on.
    pub(super) fn new(since: Timestamp) -> Self {
        Self {
            since,
            ..Self::default()
        }
    }

    /// Someone waits no longer, after so long; `within` is what the service level asks for. Both are milliseconds.
    pub(super) fn left(&mut self, how: &Departure, waited: u64, within: u64) {
        match how {
            Departure::Answered { .. } => {
                self.answered += 1;
                self.waits += 1;
                self.waited = self.waited.saturating_add(waited);
                self.in_time += u64::from(waited <= within);
            }
            Departure::Abandoned | Departure::TimedOut => {
                self.abandoned += 1;
                self.in_vain += 1;
            }
            Departure::Elsewhere => {
                self.elsewhere += 1;
                return;
            }
        }
        self.longest_wait = self.longest_wait.max(waited);
    }

    /// A talk ended after so long, in milliseconds.
    pub(super) fn talked(&mut self, talk: u64) {
        self.talks += 1;
        self.talked = self.talked.saturating_add(talk);
    }

    /// Adds what was counted before these began.
    pub(super) fn add(&mut self, earlier: &Self) {
        self.since = self.since.min(earlier.since);
        self.answered += earlier.answered;
        self.abandoned += earlier.abandoned;
        self.elsewhere += earlier.elsewhere;
        self.waits += earlier.waits;
        self.waited = self.waited.saturating_add(earlier.waited);
        self.in_time += earlier.in_time;
        self.in_vain += earlier.in_vain;
        self.longest_wait = self.longest_wait.max(earlier.longest_wait);
        self.talks += earlier.talks;
        self.talked = self.talked.saturating_add(earlier.talked);
    }

    /// All who are answered or were lost.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.answered.saturating_add(self.abandoned)
    }

    /// Of a hundred callers, how many were answered, rounded; nothing while there was none.
    #[must_use]
    pub const fn answered_percent(&self) -> Option<u64> {
        percent(self.answered, self.total())
    }

    /// Of a hundred callers who were seen to be answered or lost, how many were answered in time, rounded; nothing while there was
    /// none.
    #[must_use]
    pub const fn service_level(&self) -> Option<u64> {
        percent(self.in_time, self.waits.saturating_add(self.in_vain))
    }

    /// How many callers were seen to be answered or lost, and how many of them were answered in time.
    #[must_use]
    pub const fn seen(&self) -> (u64, u64) {
        (self.waits.saturating_add(self.in_vain), self.in_time)
    }

    /// How long those waited who were answered, on average, in milliseconds; nothing while nobody was.
    #[must_use]
    pub const fn average_wait(&self) -> Option<u64> {
        self.waited.checked_div(self.waits)
    }

    /// How long talks were, on average, in milliseconds; nothing while none ended.
    #[must_use]
    pub const fn average_talk(&self) -> Option<u64> {
        self.talked.checked_div(self.talks)
    }
}

const fn percent(part: u64, whole: u64) -> Option<u64> {
    let twice = part.saturating_mul(200).saturating_add(whole);
    twice.checked_div(whole.saturating_mul(2))
}

/// With what follows from them, which others need not reckon anew.
impl Serialize for Counters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown {
            counted_since: Timestamp,
            answered: u64,
            abandoned: u64,
            elsewhere: u64,
            total: u64,
            answered_percent: Option<u64>,
            service_level: Option<u64>,
            average_wait: Option<u64>,
            longest_wait: u64,
            average_talk: Option<u64>,
        }
        let shown = Shown {
            counted_since: self.since,
            answered: self.answered,
            abandoned: self.abandoned,
            elsewhere: self.elsewhere,
            total: self.total(),
            answered_percent: self.answered_percent(),
            service_level: self.service_level(),
            average_wait: self.average_wait(),
            longest_wait: self.longest_wait,
            average_talk: self.average_talk(),
        };
        shown.serialize(serializer)
    }
}

/// The form in which they are stored: all that is counted, and nothing that follows from it. (Others are shown [`Counters`]' own.)
#[derive(Serialize, Deserialize)]
#[serde(remote = "Counters")]
pub(super) struct Stored {
    #[serde(default)]
    since: Timestamp,
    #[serde(default)]
    answered: u64,
    #[serde(default)]
    abandoned: u64,
    #[serde(default)]
    elsewhere: u64,
    #[serde(default)]
    waits: u64,
    #[serde(default)]
    waited: u64,
    #[serde(default)]
    in_time: u64,
    #[serde(default)]
    in_vain: u64,
    #[serde(default)]
    longest_wait: u64,
    #[serde(default)]
    talks: u64,
    #[serde(default)]
    talked: u64,
}

/// What an agent did in a queue since its counters began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Who, as [`Agent::name`](super::Agent::name).
    pub agent: Name,
    /// How many calls they answered.
    pub answered: u64,
    /// How many of these ended.
    pub talks: u64,
    /// How long those were together, in milliseconds.
    pub talked: u64,
}

/// What agents did, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tallies(pub(super) Vec<Tally>);

impl Tallies {
    pub(super) fn add(&mut self, earlier: Self) {
        for tally in earlier.0 {
            if let Some(own) = self.of(&tally.agent) {
                own.answered += tally.answered;
                own.talks += tally.talks;
                own.talked = own.talked.saturating_add(tally.talked);
            }
        }
    }

    pub(super) fn of(&mut self, agent: &Name) -> Option<&mut Tally> {
        let at = match self.0.binary_search_by(|tally| tally.agent.cmp(agent)) {
            Ok(at) => at,
            Err(_) if self.0.len() >= MAX_TALLIES => return None,
            Err(at) => {
                let tally = Tally {
                    agent: Name::clone(agent),
                    answered: 0,
                    talks: 0,
                    talked: 0,
                };
                self.0.insert(at, tally);
                at
            }
        };
        self.0.get_mut(at)
    }
}

/// What happened in one hour of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Count {
    answered: u32,
    lost: u32,
    waited: u64,
}

/// What happened in the hours of the day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hours([Count; HOURS]);

/// By the hour, and only those in which something happened.
impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hours = self.0.iter().enumerate();
        serializer.collect_seq(hours.filter(|(_, count)| **count != Count::default()))
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut hours = Self::default();
        for (hour, count) in Vec::<(usize, Count)>::deserialize(deserializer)? {
            if let Some(own) = hours.0.get_mut(hour) {
                *own = count;
            }
        }
        Ok(hours)
    }
}

impl Hours {
    /// Someone was answered, or was lost, at that time of the day that began then, after waiting so long in milliseconds.
    pub(super) fn count(&mut self, day: Timestamp, at: Timestamp, answered: bool, waited: u64) {
        let hour = (at.0.saturating_sub(day.0) / HOUR) as usize;
        // A board that was told of no day counts by UTC's hours.
        let hour = if day.0 == 0 {
            hour % 24
        } else {
            hour.min(HOURS - 1)
        };
        let count = &mut self.0[hour];
        if answered {
            count.answered = count.answered.saturating_add(1);
        } else {
            count.lost = count.lost.saturating_add(1);
        }
        count.waited = count.waited.saturating_add(waited);
    }

    pub(super) fn add(&mut self, earlier: &Self) {
        for (own, earlier) in self.0.iter_mut().zip(&earlier.0) {
            own.answered = own.answered.saturating_add(earlier.answered);
            own.lost = own.lost.saturating_add(earlier.lost);
            own.waited = own.waited.saturating_add(earlier.waited);
        }
    }

    /// Those in which something happened.
    pub(super) fn view(&self) -> Vec<Hour> {
        let hours = self.0.iter().enumerate();
        let happened = hours.filter(|(_, count)| count.answered > 0 || count.lost > 0);
        happened
            .map(|(hour, count)| Hour {
                hour: hour as u8,
                answered: count.answered,
                lost: count.lost,
                average_wait: count.waited / (u64::from(count.answered) + u64::from(count.lost)),
            })
            .collect()
    }
}

/// What happened in one hour of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hour {
    /// Which: 0 is the first hour after the day's beginning. Where clocks change it is not what they show.
    pub hour: u8,
    /// How many calls were answered.
    pub answered: u32,
    /// How many were lost.
    pub lost: u32,
    /// How long both waited on average, in milliseconds.
    pub average_wait: u64,
}

/// A day, and what happened in its hours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// When it began; 0 while the board was not told.
    pub began: Timestamp,
    /// Calls to lines that came from no queue, by hours; only those in which there was one.
    pub hours: Vec<Hour>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_rounded() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(1, 3), Some(33));
        assert_eq!(percent(2, 3), Some(67));
        assert_eq!(percent(1, 200), Some(1));
        assert_eq!(percent(1, 201), Some(0));
        assert_eq!(percent(5, 5), Some(100));
    }

    #[test]
    fn averages_and_service_level_are_of_calls_that_were_seen() {
        let mut counters = Counters::new(Timestamp(5));
        assert_eq!(
            (
                counters.average_wait(),
                counters.service_level(),
                counters.answered_percent()
            ),
            (None, None, None)
        );
        let answered = Departure::Answered { agent: None };
        counters.left(&answered, 20_000, 20_000);
        counters.left(&answered, 20_001, 20_000);
        counters.left(&Departure::Abandoned, 60_000, 20_000);
        counters.left(&Departure::TimedOut, 1, 20_000);
        counters.left(&Departure::Elsewhere, 90_000, 20_000);
        counters.talked(1000);
        counters.talked(2000);
        assert_eq!(
            (counters.answered, counters.abandoned, counters.elsewhere),
            (2, 2, 1)
        );
        assert_eq!(counters.total(), 4);
        assert_eq!(counters.answered_percent(), Some(50));
        assert_eq!(counters.service_level(), Some(25));
        assert_eq!(counters.average_wait(), Some(20_000));
        assert_eq!(counters.longest_wait, 60_000);
        assert_eq!(counters.average_talk(), Some(1500));
        // The source knows of more.
        counters.answered = 200;
        assert_eq!(counters.average_wait(), Some(20_000));
        assert_eq!(counters.answered_percent(), Some(99));
    }

    #[test]
    fn hours_are_those_of_the_day() {
        let mut hours = Hours::default();
        let day = Timestamp(1_800_000);
        hours.count(day, Timestamp(1_800_000), true, 10);
        hours.count(day, Timestamp(1_800_000 + HOUR - 1), false, 20);
        hours.count(day, Timestamp(1_800_000 + 9 * HOUR), true, 7);
        hours.count(day, Timestamp(1_800_000 + 99 * HOUR), true, 7);
        // Before the day: the clock was put back.
        hours.count(day, Timestamp(0), true, 0);
        let view = hours.view();
        assert_eq!(
            view[0],
            Hour {
                hour: 0,
                answered: 2,
                lost: 1,
                average_wait: 10
            }
        );
        let seen: Vec<_> = view.iter().map(|hour| hour.hour).collect();
        assert_eq!(seen, [0, 9, 24]);
        let mut hours = Hours::default();
        hours.count(Timestamp(0), Timestamp(25 * HOUR), true, 1);
        assert_eq!(hours.view()[0].hour, 1);
    }
}
