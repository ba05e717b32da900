//! A lease on leading, over a key-value store with compare-and-set: a state machine without I/O and without a
//! clock of its own.
//!
//! Whoever drives it asks [`next`](Lease::next) what to do, does it, and tells the outcome, one call at a time and
//! each for at most [`CALL_LIMIT`]. Times are readings of a monotonic clock of this process; no two nodes'
//! clocks are ever compared, so it does not matter how far they are apart.
//!
//! - The holder counts its value up by compare-and-set every [`RENEW`]. Each success lets it lead until [`STAND_DOWN`]
//!   after that call was *sent*. When no renewal gets through it stops by itself, also while a call hangs.
//! - The others read the value every [`LOOK`]. One that saw no change for [`TAKE_OVER`] puts its own value in the
//!   place of the one that it saw. A read may come from an old replica of the database, so it decides nothing: the
//!   compare-and-set does, and a failed one means looking again.
//! - [`release`](Lease::release) marks the lease as free by compare-and-set, and the next node that looks takes it at once.
//!   It is marked and not deleted so that terms keep rising: what an earlier leader sent stays recognisable as old.
//!
//! # Why no two lead at once
//! A node takes over from a value that it saw at least `TAKE_OVER` ago and that is still there. The value was stored
//! after its holder sent it, so the holder, which leads for `STAND_DOWN` after sending, stopped
//! `TAKE_OVER - STAND_DOWN` = 4 s before. That holds while no node's clock runs more than 1.6 times as fast as
//! another's.
//!
//! # What may still happen twice
//! There is no fencing: what a leader does outside (a post, a call to a telephone system) does not carry its term. So
//! - a call that was under way when its leader had to stop may be done again by the next one;
//! - a machine that was suspended in a way that stopped its monotonic clock too, wakes up believing that it leads,
//!   until its next renewal is answered: [`RENEW`] and one call, or `STAND_DOWN` at most;
//! - when somebody deletes the key (say, all data of the plugin), the next node to look takes the lease while the one
//!   before leads until its next renewal is answered, within the same bounds;
//! - the same when the database loses its last writes, as a failover to a replica that lags behind may.

use std::time::Duration;

use super::value::{Holder, Value};

/// How often the holder renews, counted from the last renewal's start.
pub const RENEW: Duration = Duration::from_secs(2);

/// How often the others look.
pub const LOOK: Duration = Duration::from_secs(2);

/// How long after the start of its last renewal that succeeded a holder stops leading.
pub const STAND_DOWN: Duration = Duration::from_secs(6);

/// How long the others see no change before one of them takes over. With [`LOOK`] and a call or two, a dead leader
/// is replaced within 15 s.
pub const TAKE_OVER: Duration = Duration::from_secs(10);

/// How long a call to the store may take before whoever drives the lease gives it up and says
/// [`failed`](Lease::failed). A renewal that hangs leaves time for another before [`STAND_DOWN`].
pub const CALL_LIMIT: Duration = Duration::from_secs(3);

/// The pause after a call that failed.
pub const RETRY: Duration = Duration::from_millis(500);

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read the key, then tell [`read`](Lease::read) or [`failed`](Lease::failed).
    Read,
    /// Put `new` in the place of `old` (`None`: of nothing) if that is there, then tell [`swapped`](Lease::swapped) or
    /// [`failed`](Lease::failed).
    Swap {
        /// What is believed to be there.
        old: Option<Vec<u8>>,
        /// What is to be there. Never empty.
        new: Vec<u8>,
    },
    /// Ask again at this time.
    Wait(Duration),
    /// Nothing any more: the lease was given back.
    Done,
}

/// One node's side of a lease.
#[derive(Debug)]
pub struct Lease {
    me: Holder,
    /// The values made so far, each with a count of its own.
    count: u64,
    /// The highest term ever seen.
    highest: u64,
    state: State,
    call: Option<Call>,
    /// Our own value of a call that was never answered: it may or may not be there.
    maybe: Option<Value>,
}

#[derive(Debug)]
enum State {
    Watching {
        seen: Option<Seen>,
        /// When to read.
        read_at: Duration,
        /// Before this, nothing is taken over.
        patience: Duration,
    },
    Holding {
        value: Value,
        /// Leading ends here.
        until: Duration,
        renew_at: Duration,
    },
    /// Our values that may be there, the likeliest last.
    Releasing { ours: Vec<Value>, at: Duration },
}

#[derive(Debug)]
struct Seen {
    /// As it was read, so that it can be compared with; `None`: nothing.
    bytes: Option<Vec<u8>>,
    /// `None`: nothing, or nothing that we can read.
    value: Option<Value>,
    /// When an answer first brought it.
    since: Duration,
}

/// The call under way.
#[derive(Debug)]
enum Call {
    Read,
    Swap { sent: Duration, new: Value },
}

impl Lease {
    /// A node that has not looked yet. `me` must be random, and another one for each lease that is made.
    #[must_use]
    pub fn new(me: Holder) -> Self {
        Self {
            me,
            count: 0,
            highest: 0,
            state: State::Watching {
                seen: None,
                read_at: Duration::ZERO,
                patience: Duration::ZERO,
            },
            call: None,
            maybe: None,
        }
    }

    /// The term in which this node leads now, if it does. Terms rise with every take-over, whoever takes over.
    #[must_use]
    pub fn leads(&self, now: Duration) -> Option<u64> {
        match &self.state {
            State::Holding { value, until, .. } if now < *until => Some(value.term),
            _ => None,
        }
    }

    /// When leading ends unless a renewal gets through before.
    #[must_use]
    pub fn leads_until(&self) -> Option<Duration> {
        match &self.state {
            State::Holding { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// What to do now. A call that it answered before and whose outcome was not told counts as failed.
    pub fn next(&mut self, now: Duration) -> Step {
        if self.call.is_some() {
            self.failed(now);
        }
        if let State::Holding { value, until, .. } = self.state
            && now >= until
        {
            // Nobody else holds it as far as we know, and if so, we may have it back at once, under a new term.
            self.state = State::Watching {
                seen: Some(Seen::own(value, now)),
                read_at: now,
                patience: now,
            };
        }
        match &mut self.state {
            State::Holding {
                value, renew_at, ..
            } => {
                if now < *renew_at {
                    return Step::Wait(*renew_at);
                }
                let (old, term) = (*value, value.term);
                // A repeated attempt writes the same, so that there is only one value that may be there.
                let new = self.maybe.unwrap_or_else(|| self.made(Some(self.me), term));
                self.swap(now, Some(old.encode()), new)
            }
            State::Watching {
                seen,
                read_at,
                patience,
            } => {
                let ripe_at = seen
                    .as_ref()
                    .map(|seen| seen.ripe_at(self.me).max(*patience));
                if ripe_at.is_some_and(|ripe_at| now >= ripe_at) {
                    let old = seen.as_ref().and_then(|seen| seen.bytes.clone());
                    let new = self.made(Some(self.me), self.highest + 1);
                    return self.swap(now, old, new);
                }
                if now >= *read_at {
                    self.call = Some(Call::Read);
                    return Step::Read;
                }
                Step::Wait(ripe_at.map_or(*read_at, |ripe_at| ripe_at.min(*read_at)))
            }
            State::Releasing { ours, at } => {
                if now < *at {
                    return Step::Wait(*at);
                }
                let Some(old) = ours.last().copied() else {
                    return Step::Done;
                };
                let new = self.made(None, old.term);
                self.swap(now, Some(old.encode()), new)
            }
        }
    }

    /// The read was answered. An empty value is none.
    pub fn read(&mut self, now: Duration, bytes: Option<Vec<u8>>) {
        self.call = None;
        let State::Watching { seen, read_at, .. } = &mut self.state else {
            return;
        };
        *read_at = now + LOOK;
        let bytes = bytes.filter(|bytes| !bytes.is_empty());
        let value = bytes.as_deref().and_then(Value::parse);
        if let Some(value) = value {
            self.highest = self.highest.max(value.term);
        }
        let nothing_new = seen.as_ref().is_some_and(|seen| {
            let older = value.zip(seen.value);
            seen.bytes == bytes || older.is_some_and(|(value, seen)| value.is_older_than(&seen))
        });
        if !nothing_new {
            // The time of the answer, not of the question: the value may have been stored in between.
            *seen = Some(Seen {
                bytes,
                value,
                since: now,
            });
        }
    }

    /// The compare-and-set was answered: whether `old` was there and is replaced.
    pub fn swapped(&mut self, now: Duration, done: bool) {
        let Some(Call::Swap { sent, new }) = self.call.take() else {
            return;
        };
        if done {
            self.maybe = None;
            self.state = match new.holder {
                Some(_) => State::Holding {
                    value: new,
                    until: sent + STAND_DOWN,
                    renew_at: sent + RENEW,
                },
                None => State::Releasing {
                    ours: Vec::new(),
                    at: now,
                },
            };
            return;
        }
        match &mut self.state {
            State::Releasing { ours, .. } => drop(ours.pop()),
            // An unanswered attempt may have got through; if so, going on from it succeeds.
            State::Holding {
                value, renew_at, ..
            } if self.maybe.is_some() => {
                *value = self.maybe.take().unwrap_or(*value);
                *renew_at = now;
            }
            // Somebody else has it.
            State::Holding { .. } => {
                self.state = State::Watching {
                    seen: None,
                    read_at: now,
                    patience: now,
                };
            }
            State::Watching { seen, read_at, .. } => {
                *seen = self.maybe.take().map(|value| Seen::own(value, now));
                *read_at = now + LOOK;
            }
        }
    }

    /// The call failed, or was given up: nobody knows whether it was done, or will be.
    pub fn failed(&mut self, now: Duration) {
        let call = self.call.take();
        let attempt = matches!(call, Some(Call::Swap { .. }));
        if let Some(Call::Swap { new, .. }) = call
            && new.holder.is_some()
        {
            self.maybe = Some(new);
        }
        match &mut self.state {
            State::Holding { renew_at, .. } => *renew_at = now + RETRY,
            State::Releasing { at, .. } => *at = now + RETRY,
            State::Watching {
                read_at, patience, ..
            } => {
                *read_at = now + RETRY;
                if attempt {
                    // Look first: it may have been another's luck, or our own.
                    *patience = now + LOOK;
                }
            }
        }
    }

    /// Stops leading at once, and from now on [`next`](Self::next) gives the lease back until it is [`Step::Done`].
    /// A call under way counts as failed.
    pub fn release(&mut self, now: Duration) {
        if self.call.is_some() {
            self.failed(now);
        }
        let known = match &self.state {
            State::Holding { value, .. } => Some(*value),
            State::Watching { seen, .. } => seen
                .as_ref()
                .and_then(|seen| seen.value)
                .filter(|value| value.holder == Some(self.me)),
            State::Releasing { .. } => return,
        };
        self.state = State::Releasing {
            ours: self.maybe.take().into_iter().chain(known).collect(),
            at: now,
        };
    }

    fn made(&mut self, holder: Option<Holder>, term: u64) -> Value {
        self.count += 1;
        self.highest = self.highest.max(term);
        Value {
            holder,
            term,
            count: self.count,
        }
    }

    fn swap(&mut self, sent: Duration, old: Option<Vec<u8>>, new: Value) -> Step {
        self.call = Some(Call::Swap { sent, new });
        let new = new.encode();
        Step::Swap { old, new }
    }
}

impl Seen {
    fn own(value: Value, now: Duration) -> Self {
        Self {
            bytes: Some(value.encode()),
            value: Some(value),
            since: now,
        }
    }

    /// When it may be replaced by us: at once where nobody holds it, or we do without leading.
    fn ripe_at(&self, me: Holder) -> Duration {
        let free = match (&self.bytes, &self.value) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(value)) => value.holder.is_none_or(|holder| holder == me),
        };
        if free {
            self.since
        } else {
            self.since + TAKE_OVER
        }
    }
}
