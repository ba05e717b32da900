//! The state of a session and all its streams: a state machine without I/O and without a clock.
//!
//! Bytes from the socket go into [`State::receive`]; bytes for the socket gather in `out`. Wakers
//! gather in `wake` and are called by whoever holds the lock after it has let go of it. Those that are
//! not needed any more gather in `spent` and are dropped then: that too may run code of their tasks.

mod incoming;

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    hash::{BuildHasherDefault, Hasher},
    task::{Poll, Waker},
};

use bytes::BytesMut;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    CLOSE_TIMEOUT_SECS, MAX_OUTGOING, MAX_STREAMS, ROOM, WINDOW,
    crowd::Crowd,
    error::SessionError,
    frame::{Flags, FrameType, GoAwayCode, Header},
    session::Mode,
    stream_state::{Half, StreamState},
};
use incoming::Incoming;

/// Seconds between two calls of [`State::tick`].
pub(super) const TICK_SECS: u64 = 60;

/// Buffers larger than this are given back once they are empty, so that one large body does not
/// leave its size behind in every stream that ever carried one.
const KEEP_CAPACITY: usize = 16 * 1024;

/// Streams that are told of room at once.
const ADMITTED: usize = 64;

/// Stream ids are counted up, so they need no hashing.
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u32(&mut self, id: u32) {
        // Spreads consecutive ids over the high bits too, which the table looks at.
        self.0 = u64::from(id).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// What [`State::read`] found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReadOutcome {
    /// Bytes were put into the buffer.
    Data,
    /// The peer has finished, and everything was read.
    End,
}

pub(super) struct State {
    mode: Mode,
    next_id: u32,
    streams: HashMap<u32, StreamState, BuildHasherDefault<IdHasher>>,
    incoming: Incoming,
    /// Frames ready for the socket.
    pub(super) out: Vec<u8>,
    /// Streams that wait for room in `out`.
    stalled: VecDeque<u32>,
    /// Streams that wait until less than [`ROOM`] bytes are in `out`.
    crowd: Crowd,
    backlog: VecDeque<u32>,
    pub(super) acceptor: Option<Waker>,
    pub(super) driver: Option<Waker>,
    pub(super) wake: Vec<Waker>,
    pub(super) spent: Vec<Waker>,
    ended: Option<SessionError>,
    refused: bool,
    closing: bool,
    tick: u64,
    /// Bytes that have arrived and nobody has read, over all streams.
    unread: usize,
}

impl State {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            next_id: match mode {
                Mode::Client => 1,
                Mode::Server => 2,
            },
            streams: HashMap::default(),
            incoming: Incoming::NEXT,
            out: Vec::new(),
            stalled: VecDeque::new(),
            crowd: Crowd::default(),
            backlog: VecDeque::new(),
            acceptor: None,
            driver: None,
            wake: Vec::new(),
            spent: Vec::new(),
            ended: None,
            refused: false,
            closing: false,
            tick: 0,
            unread: 0,
        }
    }

    pub(super) fn ended(&self) -> Option<&SessionError> {
        self.ended.as_ref()
    }

    /// True once [`State::close`] was called and all that was ready has left.
    pub(super) fn is_drained(&self) -> bool {
        self.closing && self.out.is_empty() && self.stalled.is_empty()
    }

    /// The driver has something to write.
    fn touched(&mut self) {
        if let Some(driver) = self.driver.take() {
            self.wake.push(driver);
        }
    }

    /// A new stream of ours. Nothing is sent until its first bytes, or its end, are.
    pub(super) fn open(&mut self, permit: OwnedSemaphorePermit) -> Result<u32, SessionError> {
        if let Some(e) = &self.ended {
            return Err(e.clone());
        }
        if self.refused || self.closing || self.streams.len() >= MAX_STREAMS {
            return Err(SessionError::GoAway);
        }
        let id = self.next_id;
        // Ids are never used twice. A session without any left is of no use, though it would still
        // answer pings: it ends, so that a host that watches its plugin starts it anew.
        let Some(next) = id.checked_add(2) else {
            self.end(SessionError::Exhausted);
            return Err(SessionError::Exhausted);
        };
        self.next_id = next;
        self.streams
            .insert(id, StreamState::new(true, Some(permit)));
        Ok(id)
    }

    /// Tells the peer of a stream of ours on which nothing is sent yet.
    pub(super) fn announce(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        if stream.opening && !stream.reset {
            Header::new(FrameType::WindowUpdate, stream.first_flags(), id, 0).put(&mut self.out);
            self.touched();
        }
    }

    /// The next stream that the peer has opened.
    pub(super) fn accept(&mut self) -> Option<u32> {
        while let Some(id) = self.backlog.pop_front() {
            if self.streams.get(&id).is_some_and(|stream| !stream.reset) {
                Header::new(FrameType::WindowUpdate, Flags::ACK, id, 0).put(&mut self.out);
                self.touched();
                return Some(id);
            }
            // Reset before anybody wanted it.
            self.drop_stream(id);
        }
        None
    }

    /// Sends `data`, or keeps for later what the window does not allow now.
    pub(super) fn send(&mut self, id: u32, data: &[u8]) -> Result<(), SessionError> {
        let ended = self.ended.clone();
        let Some(stream) = self.streams.get_mut(&id) else {
            return Err(ended.unwrap_or(SessionError::Closed));
        };
        if stream.reset || stream.local != Half::Open {
            return Err(ended.unwrap_or(SessionError::Closed));
        }
        stream.place.sent();
        let sent = if stream.pending.is_empty() {
            stream.emit(id, data, &mut self.out)
        } else {
            0
        };
        if sent < data.len() {
            stream.pending.extend_from_slice(&data[sent..]);
            if stream.send_window > 0 && !stream.stalled {
                stream.stalled = true;
                self.stalled.push_back(id);
            }
        }
        self.touched();
        Ok(())
    }

    /// Ready when at most `most` bytes are held back.
    pub(super) fn poll_sent(
        &mut self,
        id: u32,
        most: usize,
        waker: &Waker,
    ) -> Poll<Result<(), SessionError>> {
        let ended = self.ended.clone();
        match self.streams.get_mut(&id) {
            Some(stream) if !stream.reset => {
                if stream.pending.len() <= most {
                    return Poll::Ready(Ok(()));
                }
                stream.add_writer(waker);
                Poll::Pending
            }
            _ => Poll::Ready(Err(ended.unwrap_or(SessionError::Closed))),
        }
    }

    /// Ready when less than [`ROOM`] bytes wait for the socket and it is the stream's turn, or nothing
    /// leaves any more.
    pub(super) fn poll_room(&mut self, id: u32, waker: &Waker) -> Poll<()> {
        let room = self.out.len() < ROOM;
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.reset) else {
            return Poll::Ready(());
        };
        if self.crowd.ask(id, &mut stream.place, room) {
            return Poll::Ready(());
        }
        stream.add_writer(waker);
        Poll::Pending
    }

    /// Lets the first of those who wait for room look again: few at a time, or most of them would only
    /// find it taken. Answers whether others wait, for whom this is to be called again.
    pub(super) fn make_room(&mut self) -> bool {
        let mut left = ADMITTED;
        while self.out.len() < ROOM && left > 0 {
            let Some((id, place)) = self.crowd.admit() else {
                break;
            };
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.place = place;
                // Its list is given back: there may be one for each of thousands of streams.
                self.wake.append(&mut std::mem::take(&mut stream.writers));
                left -= 1;
            }
        }
        !self.crowd.is_empty()
    }

    /// Sends FIN behind everything that was sent.
    pub(super) fn finish(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        if stream.local == Half::Open && !stream.reset {
            stream.local = Half::Finishing;
            stream.flush(id, &mut self.out);
            self.touched();
        }
    }

    /// Puts what has arrived behind what `buffer` holds; an empty buffer is exchanged, not copied.
    pub(super) fn read(
        &mut self,
        id: u32,
        buffer: &mut BytesMut,
        waker: &Waker,
    ) -> Poll<Result<ReadOutcome, SessionError>> {
        let Some(stream) = self.streams.get_mut(&id) else {
            return Poll::Ready(Err(self.ended.clone().unwrap_or(SessionError::Closed)));
        };
        if stream.received.is_empty() {
            if stream.remote == Half::Finished {
                return Poll::Ready(Ok(ReadOutcome::End));
            }
            if stream.reset {
                return Poll::Ready(Err(self.ended.clone().unwrap_or(SessionError::Closed)));
            }
            let known = stream.reader.as_ref();
            if !known.is_some_and(|reader| reader.will_wake(waker)) {
                // Not woken: two that read in turn would wake each other for ever.
                self.spent.extend(stream.reader.replace(waker.clone()));
            }
            return Poll::Pending;
        }
        let taken = stream.received.len();
        if buffer.is_empty() {
            if buffer.capacity() > KEEP_CAPACITY {
                *buffer = BytesMut::new();
            }
            buffer.clear();
            std::mem::swap(buffer, &mut stream.received);
        } else {
            buffer.extend_from_slice(&stream.received);
            stream.received.clear();
        }
        self.unread -= taken;
        stream.consumed += taken as u32;
        // Half a window at a time, as hashicorp/yamux does: an update a read would double the frames.
        if stream.consumed >= WINDOW / 2 && stream.remote == Half::Open && !stream.reset {
            let flags = stream.first_flags();
            Header::new(FrameType::WindowUpdate, flags, id, stream.consumed).put(&mut self.out);
            stream.receive_window += stream.consumed;
            stream.consumed = 0;
            self.touched();
        }
        Poll::Ready(Ok(ReadOutcome::Data))
    }

    /// The handle is gone: finish, and forget the stream as soon as the peer has finished too.
    pub(super) fn drop_stream(&mut self, id: u32) {
        self.finish(id);
        let tick = self.tick;
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        stream.dropped = Some(tick);
        self.unread -= stream.received.len();
        stream.received = BytesMut::new();
        self.spent.extend(stream.reader.take());
        self.wake.append(&mut std::mem::take(&mut stream.writers));
        self.forget_if_over(id);
    }

    /// Ends the stream at once, whatever is still on its way.
    pub(super) fn reset_stream(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let finished = stream.local == Half::Finished && stream.remote == Half::Finished;
        if !(stream.reset || finished) {
            stream.reset = true;
            stream.local = Half::Finished;
            stream.pending = BytesMut::new();
            if !stream.opening {
                Header::new(FrameType::WindowUpdate, Flags::RST, id, 0).put(&mut self.out);
            }
            stream.unacknowledged = None;
            stream.wake_all(&mut self.wake);
            self.touched();
        }
        self.forget_if_over(id);
    }

    fn forget_if_over(&mut self, id: u32) {
        if let Entry::Occupied(stream) = self.streams.entry(id)
            && stream.get().is_over()
        {
            // Senders may outlive the handle, and wait.
            stream.remove().wake_all(&mut self.wake);
        }
    }

    /// The socket has taken everything: streams that waited for room go on.
    pub(super) fn refill(&mut self) {
        let waiting = self.stalled.len();
        for _ in 0..waiting {
            if self.out.len() >= MAX_OUTGOING {
                break;
            }
            let Some(id) = self.stalled.pop_front() else {
                break;
            };
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.stalled = false;
            }
            self.flush_stream(id);
        }
    }

    fn flush_stream(&mut self, id: u32) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        // A stream stands in the queue once, however often its peer makes room.
        let queued = stream.stalled;
        stream.stalled = stream.flush(id, &mut self.out) || queued;
        if stream.stalled && !queued {
            self.stalled.push_back(id);
        }
        // Whoever waits may wait for less than everything to leave; they look for themselves.
        self.wake.append(&mut stream.writers);
        self.forget_if_over(id);
    }

    /// Says goodbye; streams that are open go on until the driver is dropped.
    pub(super) fn close(&mut self) {
        if !self.closing {
            self.closing = true;
            self.go_away(GoAwayCode::Normal);
        }
    }

    fn go_away(&mut self, code: GoAwayCode) {
        Header::new(FrameType::GoAway, Flags::default(), 0, code as u32).put(&mut self.out);
        self.touched();
    }

    /// The session is over: every stream and everybody who waits learns why.
    pub(super) fn end(&mut self, why: SessionError) {
        if self.ended.is_some() {
            return;
        }
        for stream in self.streams.values_mut() {
            stream.reset = true;
            stream.pending = BytesMut::new();
            stream.unacknowledged = None;
            stream.wake_all(&mut self.wake);
        }
        self.streams.retain(|_, stream| stream.dropped.is_none());
        self.wake.extend(self.acceptor.take());
        self.wake.extend(self.driver.take());
        self.ended = Some(why);
    }

    /// Called every [`TICK_SECS`]: resets streams that we have left and the peer never finished.
    pub(super) fn tick(&mut self) {
        self.tick += 1;
        let tick = self.tick;
        let old = |s: &StreamState| {
            s.dropped
                .is_some_and(|at| (tick - at) * TICK_SECS > CLOSE_TIMEOUT_SECS)
        };
        let left: Vec<u32> = self
            .streams
            .iter()
            .filter(|(_, s)| old(s))
            .map(|(id, _)| *id)
            .collect();
        for id in left {
            self.reset_stream(id);
        }
    }

    #[cfg(test)]
    pub(super) fn use_up_ids(&mut self) {
        self.next_id = u32::MAX - 1;
    }

    #[cfg(test)]
    pub(super) fn stalled_count(&self) -> usize {
        self.stalled.len()
    }

    #[cfg(test)]
    pub(super) fn crowd_count(&self) -> usize {
        self.crowd.len()
    }

    #[cfg(test)]
    pub(super) fn stream_count(&self) -> usize {
        self.streams.len()
    }
}
