//! One client: a task that reads, writes and keeps time, and holds next to nothing while it waits.

mod end;
mod input;
mod output;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};

pub use end::{CLOSE_PATIENCE, VIOLATION_PATIENCE};
pub use output::SLOW_AFTER;

use end::{End, Leaving};
use output::Write;

use super::Source;
use super::hub::{Count, Feed, Start};
use super::share::MIN_BATCH_BYTES;
use super::websocket::reader::Reader;

/// When a client that was sent nothing else gets a sign of life, in milliseconds since the last message: at a random
/// time within this, so that clients who came together are not all due together. Outlook's program connects anew after 30 s
/// of silence.
pub const SIGN_OF_LIFE_MS: std::ops::RangeInclusive<u16> = 12_000..=20_000;

/// How long a client may take nothing more of a write, of which its connection has taken some, before the connection is
/// closed. A write of which nothing was taken waits for room, for as long as it has to. A connection of the SDK takes a
/// write whole, so there it is the time in which the client's socket has to take all of it, at most 64 KiB: what counts
/// is when the host answers.
pub const STUCK_AFTER: Duration = Duration::from_secs(60);

/// Reads, and writes, of one client before others have their turn.
const TURN: usize = 16;

/// One client.
pub(super) struct Client<S: Source, C> {
    feed: Arc<Feed<S>>,
    connection: C,
    address: Box<str>,
    place: u32,
    /// How often all clients had been closed when this one came.
    born: u32,
    /// The number up to which the client has everything.
    has: u64,
    /// The number of the last sign of life; signs go round downwards.
    sign: u64,
    /// Whether something was sent since the last sign, so that the next one is what changed last.
    fresh: bool,
    /// Whether the feed knows the task.
    known: bool,
    /// How long after the last message the next sign of life is due, in milliseconds.
    gap: u16,
    /// The longest write, in bytes: small for who takes long.
    reach: u32,
    /// When the last message went on its way.
    spoke: Instant,
    reader: Reader,
    pong: Option<Vec<u8>>,
    write: Option<Write>,
    leaving: Option<Box<Leaving>>,
    end: Option<End>,
}

impl<S, C> Client<S, C>
where
    S: Source,
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    pub(super) fn new(
        feed: Arc<Feed<S>>,
        place: u32,
        born: u32,
        connection: C,
        address: String,
    ) -> Self {
        let now = Instant::now();
        Self {
            feed,
            connection,
            address: address.into_boxed_str(),
            place,
            born,
            has: 0,
            sign: u64::MAX,
            fresh: true,
            known: false,
            gap: fastrand::u16(SIGN_OF_LIFE_MS),
            reach: MIN_BATCH_BYTES as u32,
            spoke: now,
            reader: Reader::new(now),
            pong: None,
            write: None,
            leaving: None,
            end: None,
        }
    }

    /// Where it begins, and what it is sent first.
    pub(super) fn start(&mut self, start: Start) {
        self.has = start.has;
        if !start.first.is_empty() {
            self.begin(Arc::new(start.first));
        }
    }

    /// The client's task.
    // Not an `async fn`, which would hold the client twice.
    #[allow(clippy::manual_async_fn)]
    pub(super) fn run(mut self) -> impl Future<Output = ()> + Send {
        async move {
            let client = &mut self;
            let mut timer = pin!(sleep_until(client.next_sign()));
            let end = poll_fn(|cx| client.poll(cx, timer.as_mut())).await;
            client.end = Some(end);
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, mut timer: Pin<&mut Sleep>) -> Poll<End> {
        if !self.known {
            self.known = true;
            self.feed.know(self.place, cx.waker());
        }
        let mut sign_due = false;
        loop {
            if let Err(end) = self.turn(cx, sign_due) {
                return Poll::Ready(self.why(end));
            }
            sign_due = false;
            // The timer is set where it would be too late and where it has fired; a message does not touch it.
            let Some(due) = self.due() else {
                return Poll::Pending;
            };
            if timer.deadline() > due {
                timer.as_mut().reset(due);
            }
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if Instant::now() < due {
                timer.as_mut().reset(due);
            } else if self.leaving.is_some() || self.write.is_some() {
                return Poll::Ready(self.why(End::Stuck));
            } else {
                sign_due = true;
            }
        }
    }

    /// When something has to happen even if nothing else does; none while a write waits for room.
    fn due(&self) -> Option<Instant> {
        if let Some(leaving) = &self.leaving {
            Some(leaving.deadline)
        } else if let Some(write) = &self.write {
            let taking = write.taking.as_ref()?;
            Some(taking.last + STUCK_AFTER)
        } else {
            Some(self.next_sign())
        }
    }

    fn next_sign(&self) -> Instant {
        self.spoke + Duration::from_millis(self.gap.into())
    }

    /// Does all that can be done now. An error is the end.
    fn turn(&mut self, cx: &mut Context<'_>, sign_due: bool) -> Result<(), End> {
        if let Some(closing) = self.feed.closing(self.place, self.born) {
            self.close(closing);
        }
        self.poll_input(cx)?;
        self.poll_output(cx, sign_due)
    }
}

impl<S: Source, C> Drop for Client<S, C> {
    fn drop(&mut self) {
        if let Some(write) = &self.write {
            self.feed.release(write.held);
        }
        match self.end {
            Some(End::Stuck) => self.feed.count(Count::Stuck, 1),
            Some(End::Violation(_)) => self.feed.count(Count::Violations, 1),
            _ => {}
        }
        let clients = self.feed.leave(self.place, self.born);
        let address = &*self.address;
        match &self.end {
            Some(why) => tracing::info!(clients, address, %why, "a websocket client is gone"),
            // The task was dropped: its runtime ends, or it panicked.
            None => tracing::info!(clients, address, "a websocket client was dropped"),
        }
    }
}
