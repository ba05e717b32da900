//! The one task that reads and writes the socket.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use super::{
    error::{SessionError, is_gone},
    session::Shared,
    state::{State, TICK_SECS},
};

/// Bytes read from the socket at once.
const READ_SIZE: usize = 64 * 1024;

/// Reads in a row before other tasks get their turn.
const READS_IN_A_ROW: usize = 8;

/// Keep at most this much of an emptied buffer of outgoing frames.
const KEEP_OUT: usize = 128 * 1024;

/// Moves bytes between a session and its socket. Resolves when the session is over: with an error
/// when something was wrong, not when the peer has gone.
///
/// What the tasks of one round have sent leaves in one write: a read wakes the tasks that it
/// concerns, they add their frames, and the driver, woken by the first of them, comes after them.
#[must_use = "a session lives only as long as its driver is polled"]
pub struct Driver<T> {
    io: T,
    shared: Arc<Shared>,
    incoming: Box<[u8]>,
    outgoing: Vec<u8>,
    written: usize,
    ticks: Option<Interval>,
}

impl<T> fmt::Debug for Driver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Driver<T> {
    pub(super) fn new(io: T, shared: Arc<Shared>) -> Self {
        Self {
            io,
            shared,
            incoming: vec![0; READ_SIZE].into_boxed_slice(),
            outgoing: Vec::new(),
            written: 0,
            ticks: None,
        }
    }

    /// Ready when the session is closed and everything has left.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        loop {
            if self.written == self.outgoing.len() {
                self.outgoing.clear();
                self.outgoing.shrink_to(KEEP_OUT);
                self.written = 0;
                let outgoing = &mut self.outgoing;
                let (drained, ended) = self.shared.with(|state| {
                    std::mem::swap(&mut state.out, outgoing);
                    state.refill();
                    if outgoing.is_empty() {
                        std::mem::swap(&mut state.out, outgoing);
                    }
                    if state.make_room() && outgoing.is_empty() {
                        // Those who were told now may want it no more.
                        cx.waker().wake_by_ref();
                    }
                    if outgoing.is_empty() {
                        state.driver = Some(cx.waker().clone());
                    }
                    (
                        outgoing.is_empty() && state.is_drained(),
                        state.ended().cloned(),
                    )
                });
                if let Some(why) = ended {
                    return Poll::Ready(Err(why));
                }
                if drained {
                    return Poll::Ready(Ok(()));
                }
                if self.outgoing.is_empty() {
                    return Poll::Pending;
                }
            }
            let rest = &self.outgoing[self.written..];
            match ready!(Pin::new(&mut self.io).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(SessionError::Closed)),
                n => self.written += n,
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        for _ in 0..READS_IN_A_ROW {
            let mut buffer = ReadBuf::new(&mut self.incoming);
            ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(SessionError::Closed));
            }
            self.shared.with(|state| state.receive(buffer.filled()))?;
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SessionError>> {
        let ticks = self.ticks.get_or_insert_with(|| {
            let period = Duration::from_secs(TICK_SECS);
            let mut ticks = interval_at(Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        });
        while ticks.poll_tick(cx).is_ready() {
            self.shared.with(State::tick);
        }
        if let Poll::Ready(result) = self.poll_read(cx) {
            // What we owe the peer leaves if the socket takes it; nobody waits for it.
            let _ = self.poll_write(cx);
            return Poll::Ready(result);
        }
        self.poll_write(cx)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Future for Driver<T> {
    type Output = Result<(), SessionError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.poll_inner(cx));
        let why = result
            .as_ref()
            .err()
            .cloned()
            .unwrap_or(SessionError::Closed);
        self.shared.end(why);
        Poll::Ready(match result {
            Err(SessionError::Closed) => Ok(()),
            Err(SessionError::Io(e)) if is_gone(&e) => Ok(()),
            other => other,
        })
    }
}

impl<T> Drop for Driver<T> {
    fn drop(&mut self) {
        self.shared.end(SessionError::Closed);
    }
}
