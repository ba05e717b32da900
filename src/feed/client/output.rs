//! What a client is sent.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::time::Instant;

use super::{Client, End, SIGN_OF_LIFE_MS, TURN};
use crate::feed::Source;
use crate::feed::batch::{BATCH_BYTES, Batch};
use crate::feed::hub::Count;
use crate::feed::share::MIN_BATCH_BYTES;
use crate::feed::websocket::frame::Opcode;

/// A write that took longer, from when the connection took the first of it, makes the client's next ones small, so that one of them does not take so long that the client
/// seems stuck; each that did not doubles them again.
pub const SLOW_AFTER: Duration = Duration::from_secs(1);

/// A write under way. There is never more than one, and nothing is queued behind it.
#[derive(Debug)]
pub(super) struct Write {
    /// Until the connection took all of it.
    batch: Option<Arc<Batch>>,
    taken: usize,
    /// What it holds of the bytes in flight, of all clients.
    pub(super) held: usize,
    /// None while the connection has taken nothing of it: it may wait for others' writes to leave, which is not
    /// the client's fault.
    pub(super) taking: Option<Taking>,
}

/// When a connection took something of a write.
#[derive(Debug)]
pub(super) struct Taking {
    first: Instant,
    pub(super) last: Instant,
}

impl<S: Source, C: AsyncWrite + Unpin> Client<S, C> {
    /// Writes what there is.
    pub(super) fn poll_output(
        &mut self,
        cx: &mut Context<'_>,
        mut sign_due: bool,
    ) -> Result<(), End> {
        for _ in 0..TURN {
            match self.poll_written(cx) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(e)) => return Err(End::Broken(e)),
                Poll::Ready(Ok(())) => {}
            }
            let next = match &mut self.leaving {
                Some(leaving) => match leaving.frame.take() {
                    Some(frame) => Some(Arc::new(frame)),
                    None if leaving.waits => None,
                    None => {
                        return match Pin::new(&mut self.connection).poll_shutdown(cx) {
                            Poll::Pending => Ok(()),
                            Poll::Ready(_) => Err(End::Left),
                        };
                    }
                },
                None => match self.pong.take() {
                    Some(payload) => Some(Arc::new(Batch::control(Opcode::Pong, &payload))),
                    None => self.news(cx, std::mem::take(&mut sign_due)),
                },
            };
            let Some(batch) = next else {
                return Ok(());
            };
            self.begin(batch);
        }
        cx.waker().wake_by_ref();
        Ok(())
    }

    /// Ready when no write is under way.
    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(write) = &mut self.write else {
            return Poll::Ready(Ok(()));
        };
        let mut connection = Pin::new(&mut self.connection);
        if let Some(batch) = &write.batch {
            let bytes = batch.as_bytes();
            while write.taken < bytes.len() {
                let rest = &bytes[write.taken..];
                let took = ready!(connection.as_mut().poll_write(cx, rest))?;
                if took == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                write.taken += took;
                let last = Instant::now();
                let first = write.taking.as_ref().map_or(last, |taking| taking.first);
                write.taking = Some(Taking { first, last });
            }
            self.feed.count(Count::Messages, batch.messages() as u64);
            write.batch = None;
        }
        ready!(connection.poll_flush(cx))?;
        let taking = write.taking.as_ref();
        self.reach = if taking.is_some_and(|taking| taking.first.elapsed() > SLOW_AFTER) {
            MIN_BATCH_BYTES as u32
        } else {
            (self.reach * 2).min(BATCH_BYTES as u32)
        };
        self.feed.release(write.held);
        self.write = None;
        Poll::Ready(Ok(()))
    }

    pub(super) fn begin(&mut self, batch: Arc<Batch>) {
        if !batch.is_empty() {
            self.spoke = Instant::now();
        }
        self.feed.count(Count::Writes, 1);
        self.feed.hold(batch.len());
        self.write = Some(Write {
            taken: 0,
            held: batch.len(),
            batch: Some(batch),
            taking: None,
        });
    }

    /// The next messages: what changed, or a sign of life. Without any the task is woken when there are.
    fn news(&mut self, cx: &mut Context<'_>, sign_due: bool) -> Option<Arc<Batch>> {
        let mut waits = false;
        loop {
            let head = self.feed.source().head();
            if head < self.has {
                (self.has, self.sign) = (0, u64::MAX);
            }
            if head > self.has {
                let (batch, up_to) = self.feed.batch(head, self.has, self.reach as usize);
                if !batch.is_empty() {
                    (self.has, self.fresh) = (up_to, true);
                    return Some(batch);
                }
                // What had these numbers is gone.
                self.has = up_to.max(head);
            } else if sign_due {
                return self.sign_of_life();
            } else if waits {
                return None;
            } else {
                // Once it is sure that the next change wakes the task, one more look.
                self.feed.wait(self.place, cx.waker());
                waits = true;
            }
        }
    }

    /// One thing as it is now: behind news the one that changed last, then further down, round and round.
    fn sign_of_life(&mut self) -> Option<Arc<Batch>> {
        self.gap = fastrand::u16(SIGN_OF_LIFE_MS);
        self.spoke = Instant::now();
        let mut batch = Batch::default();
        let before = if self.fresh { u64::MAX } else { self.sign };
        let number = self.feed.source().one_before(before, &mut batch)?;
        self.sign = if self.fresh {
            self.sign.min(number)
        } else {
            number
        };
        self.fresh = false;
        self.feed.count(Count::SignsOfLife, 1);
        Some(Arc::new(batch))
    }
}
