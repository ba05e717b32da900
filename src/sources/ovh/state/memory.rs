//! What was there before: events that came, and calls that ended.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::BuildHasher;
use std::sync::Arc;

use super::super::event::{Field, Fields, Kind};
use crate::board::Timestamp;

/// How many events are remembered, so that none is taken twice: twenty seconds of four hundred a second.
const MAX_SEEN: usize = 8_192;

/// For how long, in milliseconds (10 minutes): a token that was not to be reached may bring them so late.
const SEEN_LASTS: u64 = 10 * 60 * 1000;

/// How many calls and callers that ended are remembered, so that a late event does not bring one back.
const MAX_ENDS: usize = 4_096;

/// For how long, in milliseconds (10 minutes).
const ENDS_LAST: u64 = 10 * 60 * 1000;

/// For how long what comes without a time is taken for late, in milliseconds.
const LATE: u64 = 2_000;

/// Events that came.
#[derive(Debug, Default)]
pub(super) struct Seen {
    hasher: RandomState,
    known: HashSet<u64>,
    order: VecDeque<(u64, Timestamp)>,
}

impl Seen {
    /// Whether this event came before; from now on it did. One that does not say when it happened is always new.
    pub(super) fn is_known(
        &mut self,
        kind: Kind,
        key: &str,
        fields: &Fields,
        now: Timestamp,
    ) -> bool {
        // When it happened is the same through each token; when it was handed on need not be.
        let clocks = [Field::Ts, Field::TsGet, Field::Timestamp];
        let Some(clock) = fields.first(&clocks) else {
            return false;
        };
        let says = |field| fields.get(field);
        let identity = self.hasher.hash_one((
            kind,
            key,
            clock,
            says(Field::CallId),
            says(Field::Member),
            says(Field::Agent),
            says(Field::Count),
            says(Field::Calling),
        ));
        while let Some((oldest, at)) = self.order.front().copied()
            && (self.order.len() >= MAX_SEEN || now > at.after(SEEN_LASTS))
        {
            self.order.pop_front();
            self.known.remove(&oldest);
        }
        let is_new = self.known.insert(identity);
        if is_new {
            self.order.push_back((identity, now));
        }
        !is_new
    }
}

/// What ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A call's ring. It may have been answered.
    Ring,
    /// A call.
    Call,
    /// A caller's wait in a queue without an answer, or their talk.
    Member,
}

/// When an end was told.
#[derive(Clone, Copy, Debug)]
struct Ended {
    what: End,
    clock: Option<u64>,
    at: Timestamp,
}

/// Calls and callers that ended, by the number and their ids.
#[derive(Debug, Default)]
pub(super) struct Ends {
    known: HashMap<(Arc<str>, Arc<str>), Ended>,
    order: VecDeque<(Arc<str>, Arc<str>, Timestamp)>,
}

impl Ends {
    pub(super) fn note(
        &mut self,
        (key, id): (&Arc<str>, &Arc<str>),
        what: End,
        clock: Option<u64>,
        now: Timestamp,
    ) {
        while let Some((_, _, at)) = self.order.front()
            && (self.order.len() >= MAX_ENDS || now > at.after(ENDS_LAST))
        {
            let Some((key, id, at)) = self.order.pop_front() else {
                break;
            };
            let place = (key, id);
            // It may have been noted again since.
            if self.known.get(&place).is_some_and(|ended| ended.at <= at) {
                self.known.remove(&place);
            }
        }
        let place = (Arc::clone(key), Arc::clone(id));
        let at = now;
        self.known.insert(place, Ended { what, clock, at });
        self.order.push_back((Arc::clone(key), Arc::clone(id), now));
    }

    /// Whether its end was told of late.
    pub(super) fn knows(&self, (key, id): (&Arc<str>, &Arc<str>), now: Timestamp) -> bool {
        let ended = self.known.get(&(Arc::clone(key), Arc::clone(id)));
        ended.is_some_and(|ended| now <= ended.at.after(ENDS_LAST))
    }

    /// What ended after an event that happened at `clock`, if it did: the event is late.
    pub(super) fn late(
        &self,
        (key, id): (&Arc<str>, &Arc<str>),
        clock: Option<u64>,
        now: Timestamp,
    ) -> Option<End> {
        let ended = self.known.get(&(Arc::clone(key), Arc::clone(id)))?;
        let is_late = match (clock, ended.clock) {
            (Some(clock), Some(ended)) => clock <= ended,
            _ => now <= ended.at.after(LATE),
        };
        is_late.then_some(ended.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_bounded_and_told_by_clock() {
        let mut ends = Ends::default();
        let key: Arc<str> = "+33".into();
        for n in 0..(2 * MAX_ENDS) {
            let id: Arc<str> = n.to_string().into();
            ends.note((&key, &id), End::Call, Some(5), Timestamp(n as u64));
        }
        assert!(ends.known.len() <= MAX_ENDS && ends.order.len() <= MAX_ENDS);
        let last: Arc<str> = (2 * MAX_ENDS - 1).to_string().into();
        let late = |clock, now| ends.late((&key, &last), clock, Timestamp(now));
        assert_eq!(late(Some(5), 1_000_000), Some(End::Call));
        assert_eq!(late(Some(6), 0), None);
        assert_eq!(late(None, 2 * MAX_ENDS as u64 + LATE + 1), None);
        let first: Arc<str> = "0".into();
        assert_eq!(ends.late((&key, &first), None, Timestamp(0)), None);
    }

    #[test]
    fn what_ended_again_is_remembered_by_the_last_time() {
        let mut ends = Ends::default();
        let (key, id): (Arc<str>, Arc<str>) = ("+33".into(), "a".into());
        ends.note((&key, &id), End::Ring, Some(1), Timestamp(0));
        ends.note((&key, &id), End::Call, Some(9), Timestamp(ENDS_LAST));
        let other: Arc<str> = "b".into();
        ends.note((&key, &other), End::Call, None, Timestamp(ENDS_LAST + 1));
        assert_eq!(
            ends.late((&key, &id), Some(8), Timestamp(ENDS_LAST + 1)),
            Some(End::Call)
        );
    }
}
