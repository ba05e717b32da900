//! Who is connected, and what all of them share.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::batch::Batch;
use super::client::Client;
use super::places::Places;
use super::share::{Kept, batch_limit};
use super::{CloseCode, Source};

/// The most clients at once, unless a feed has a limit of its own.
pub const MAX_CLIENTS: usize = 20_000;

/// A client was not taken: as many as may be are connected, or the feed was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no more websockets are taken at the moment; try again later")
    }
}

impl std::error::Error for Full {}

/// Where a client begins.
#[derive(Debug, Default)]
pub struct Start {
    /// The number up to which it has everything.
    pub has: u64,
    /// What it is sent before anything else.
    pub first: Batch,
}

/// A client that was taken, to be [closed](Feed::close) by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seat {
    pub(super) place: u32,
    /// The how manieth client it is in this place.
    pub(super) turn: u32,
}

/// What happened since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients that were taken.
    pub connections: u64,
    /// Clients that were not, because there were too many.
    pub refused: u64,
    /// Messages that clients' connections took, each counted for every client. Whether a client received them all is not
    /// known.
    pub messages: u64,
    /// Writes, of messages and control frames.
    pub writes: u64,
    /// Signs of life among the messages.
    pub signs_of_life: u64,
    /// Clients that took nothing for too long.
    pub stuck: u64,
    /// Clients that broke the protocol or its limits.
    pub violations: u64,
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            connections: self.connections + other.connections,
            refused: self.refused + other.refused,
            messages: self.messages + other.messages,
            writes: self.writes + other.writes,
            signs_of_life: self.signs_of_life + other.signs_of_life,
            stuck: self.stuck + other.stuck,
            violations: self.violations + other.violations,
        }
    }
}

/// One of [`Counts`].
#[derive(Clone, Copy)]
pub(super) enum Count {
    Connections,
    Refused,
    Messages,
    Writes,
    SignsOfLife,
    Stuck,
    Violations,
}

/// How all clients of a moment are closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closing {
    pub(super) code: CloseCode,
    pub(super) reason: &'static str,
    /// When a client is gone, whether it answered or not.
    pub(super) deadline: Instant,
}

#[derive(Debug, Default)]
struct Members {
    places: Places,
    /// Those who came before the last closing.
    leaving: usize,
    closing: Option<Closing>,
    /// Those who are closed singly, by their places.
    singly: HashMap<u32, Closing>,
    stopped: bool,
}

/// Clients, and what they are sent.
#[derive(Debug)]
pub struct Feed<S> {
    source: Arc<S>,
    members: Mutex<Members>,
    limit: usize,
    /// How often all clients were closed; changed with the lock of `members` held.
    closings: AtomicU32,
    /// How many clients are closed singly; changed with that lock held, too.
    singly: AtomicUsize,
    /// The last one of those who had to leave is gone.
    left: Notify,
    kept: Mutex<Kept>,
    in_flight: AtomicUsize,
    counts: [AtomicU64; 7],
}

impl<S: Source> Feed<S> {
    /// A feed without clients, of which it takes [`MAX_CLIENTS`].
    pub fn new(source: Arc<S>) -> Arc<Self> {
        Self::with_limit(source, MAX_CLIENTS)
    }

    /// A feed without clients that takes so many.
    pub fn with_limit(source: Arc<S>, limit: usize) -> Arc<Self> {
        Arc::new(Self {
            source,
            members: Mutex::default(),
            limit,
            closings: AtomicU32::new(0),
            singly: AtomicUsize::new(0),
            left: Notify::new(),
            kept: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            counts: Default::default(),
        })
    }

    /// Wakes clients: the source has something new. To be called after the change, not before; any number of times, since all
    /// calls before the clients' turn cost one.
    pub fn changed(&self) {
        self.kept().clear();
        self.members().places.wake_waiting();
    }

    /// Takes a client whose handshake is done, and starts its task. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Full`]; the connection is dropped.
    pub fn accept<C>(self: &Arc<Self>, connection: C, address: String) -> Result<(), Full>
    where
        C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.accept_at(connection, address, Start::default())
            .map(drop)
    }

    /// The same for a client that has something already, or is to be told something first.
    ///
    /// # Errors
    /// [`Full`]; the connection is dropped.
    pub fn accept_at<C>(
        self: &Arc<Self>,
        connection: C,
        address: String,
        start: Start,
    ) -> Result<Seat, Full>
    where
        C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Ok((seat, born, clients)) = self.enter() else {
            self.count(Count::Refused, 1);
            return Err(Full);
        };
        self.count(Count::Connections, 1);
        tracing::info!(clients, address, "a websocket client came");
        let place = seat.place;
        let mut client = Client::new(Arc::clone(self), place, born, connection, address);
        client.start(start);
        // Not boxed: there are thousands of them, and each box has its price.
        tokio::spawn(client.run());
        Ok(seat)
    }

    /// Closes one client, if it is still there: a close frame, at most `limit` for its answer, then the connection. Does not wait for it.
    pub fn close(&self, seat: Seat, code: CloseCode, reason: &'static str, limit: Duration) {
        let mut members = self.members();
        if !members.places.is_taken(seat) || members.singly.contains_key(&seat.place) {
            return;
        }
        let deadline = Instant::now() + limit;
        let closing = Closing {
            code,
            reason,
            deadline,
        };
        members.singly.insert(seat.place, closing);
        self.singly.fetch_add(1, Ordering::Relaxed);
        members.places.wake(seat.place);
    }

    /// Whether [`accept`](Self::accept) would take no client now, so that a handshake can be refused in HTTP.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.members().is_full(self.limit)
    }

    /// How many clients there are now.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.members().places.clients()
    }

    /// What happened since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let count = |which: Count| self.counts[which as usize].load(Ordering::Relaxed);
        Counts {
            connections: count(Count::Connections),
            refused: count(Count::Refused),
            messages: count(Count::Messages),
            writes: count(Count::Writes),
            signs_of_life: count(Count::SignsOfLife),
            stuck: count(Count::Stuck),
            violations: count(Count::Violations),
        }
    }

    /// Closes all clients that are connected now: a close frame to each, at most `limit` for their answers, then the
    /// connections. Returns once all of them are gone. Others that come meanwhile or later are taken.
    ///
    /// When closings overlap, a client is told the code and reason of the one that found it first, and is gone at the earliest
    /// of their deadlines that are for it. Each of them returns when all are gone who were connected at the latest one.
    pub async fn close_all(&self, code: CloseCode, reason: &'static str, limit: Duration) {
        {
            let mut members = self.members();
            members.leaving = members.places.clients();
            members.closing = Some(Closing {
                code,
                reason,
                deadline: Instant::now() + limit,
            });
            self.closings.fetch_add(1, Ordering::Relaxed);
            members.places.wake_all();
        }
        loop {
            let left = self.left.notified();
            if self.members().leaving == 0 {
                return;
            }
            // Each client sees to the deadline itself.
            left.await;
        }
    }

    /// Takes no more clients, for good. Those there are stay: see [`close_all`](Self::close_all).
    pub fn stop(&self) {
        self.members().stopped = true;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        // Nothing in the lock's scopes can leave them half changed.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    fn is_full(&self, limit: usize) -> bool {
        self.stopped || self.places.clients() >= limit
    }
}

/// What clients' tasks need.
impl<S: Source> Feed<S> {
    pub(super) fn source(&self) -> &S {
        &self.source
    }

    pub(super) fn count(&self, which: Count, more: u64) {
        self.counts[which as usize].fetch_add(more, Ordering::Relaxed);
    }

    /// A place for one more client, how often all were closed before it came, and how many there are now.
    pub(super) fn enter(&self) -> Result<(Seat, u32, usize), Full> {
        let mut members = self.members();
        if members.is_full(self.limit) {
            return Err(Full);
        }
        let seat = members.places.enter();
        let born = self.closings.load(Ordering::Relaxed);
        Ok((seat, born, members.places.clients()))
    }

    /// Makes the client's task known, so that it can be closed.
    pub(super) fn know(&self, place: u32, task: &Waker) {
        self.members().places.know(place, task);
    }

    /// Wakes the client at the next change.
    pub(super) fn wait(&self, place: u32, task: &Waker) {
        self.members().places.wait(place, task);
    }

    /// How a client has to leave that came at `born`; none while it may stay.
    pub(super) fn closing(&self, place: u32, born: u32) -> Option<Closing> {
        let all = self.closings.load(Ordering::Relaxed) != born;
        if !all && self.singly.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let members = self.members();
        let singly = members.singly.get(&place).copied();
        singly.or(members.closing.filter(|_| all))
    }

    /// A client is gone. Tells how many there are now.
    pub(super) fn leave(&self, place: u32, born: u32) -> usize {
        let mut members = self.members();
        let task = members.places.leave(place);
        if members.singly.remove(&place).is_some() {
            self.singly.fetch_sub(1, Ordering::Relaxed);
        }
        if self.closings.load(Ordering::Relaxed) != born {
            members.leaving -= 1;
            if members.leaving == 0 {
                self.left.notify_waiters();
            }
        }
        let clients = members.places.clients();
        drop(members);
        drop(task);
        clients
    }

    /// What is behind `after`, as much as may go in one write now, and up to which number that is.
    pub(super) fn batch(&self, head: u64, after: u64, reach: usize) -> (Arc<Batch>, u64) {
        let limit = batch_limit(self.in_flight.load(Ordering::Relaxed)).min(reach);
        let found = self.kept().find(head, after, limit);
        if let Some(found) = found {
            return found;
        }
        let mut batch = Batch::with_limit(limit);
        let up_to = self.source.changes(after, &mut batch);
        let made = (Arc::new(batch), up_to);
        self.kept().keep(head, after, limit, made.clone());
        made
    }

    /// What writes under way hold together, in bytes.
    #[cfg(test)]
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// A write holds so many bytes from now on.
    pub(super) fn hold(&self, bytes: usize) {
        self.in_flight.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A write let go of so many bytes.
    pub(super) fn release(&self, bytes: usize) {
        self.in_flight.fetch_sub(bytes, Ordering::Relaxed);
    }
}
