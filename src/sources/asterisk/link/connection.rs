//! A connection after its login: reading, writing, and the signs of life.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use asterisk_rs_ami::RawAmiMessage;
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

use super::connect::Stream;
use super::frames::{Frames, Parser, header};
use super::limits::Limits;
use super::queue::Queue;
use super::trouble::Trouble;
use crate::calls::Refusal;
use crate::sources::asterisk::actions::{self, Action};

/// The most actions that wait for their answers.
pub(super) const MAX_IN_FLIGHT: usize = 64;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Room in which no read is begun, because it would be too small a one.
const SMALL: usize = 4 * 1024;

/// What others have of a connection: it sends actions.
#[derive(Debug)]
pub(in super::super) struct Connection {
    orders: mpsc::Sender<Bytes>,
    pending: Mutex<HashMap<Box<[u8]>, oneshot::Sender<RawAmiMessage>>>,
    /// Tells this connection's ids from all others'.
    token: u64,
    last_id: AtomicU64,
    /// Counts what was read, so that silence is noticed.
    reads: AtomicU64,
    limits: Limits,
}

/// The other end of [`Connection`].
pub(super) struct Orders(mpsc::Receiver<Bytes>);

impl Connection {
    pub(super) fn new(limits: Limits) -> (Self, Orders) {
        let (orders, receiver) = mpsc::channel(MAX_IN_FLIGHT);
        let connection = Self {
            orders,
            pending: Mutex::default(),
            token: fastrand::u64(..),
            last_id: AtomicU64::new(0),
            reads: AtomicU64::new(0),
            limits,
        };
        (connection, Orders(receiver))
    }

    /// An id that nobody else has.
    pub(in super::super) fn new_id(&self) -> String {
        let number = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        format!("sb-{:016x}-{number}", self.token)
    }

    /// Sends an action whose answer comes by the queue.
    ///
    /// # Errors
    ///
    /// Too much is being sent, the connection just ended, or the action does not fit.
    pub(in super::super) fn send(&self, action: &Action, id: &str) -> Result<(), Refusal> {
        let bytes = action.encode(id)?;
        self.orders.try_send(bytes).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refusal::TooMuch,
            mpsc::error::TrySendError::Closed(_) => {
                Refusal::NotConnected("the connection just ended".to_owned())
            }
        })
    }

    /// Sends an action, and waits for its answer. What Asterisk refuses is an error in its own words.
    pub(in super::super) async fn ask(&self, action: &Action) -> Result<RawAmiMessage, Refusal> {
        self.ask_as(action, &self.new_id()).await
    }

    /// The same under an id that is known already.
    pub(in super::super) async fn ask_as(
        &self,
        action: &Action,
        id: &str,
    ) -> Result<RawAmiMessage, Refusal> {
        let (sender, answer) = oneshot::channel();
        let key: Box<[u8]> = id.as_bytes().into();
        {
            let mut pending = self.pending();
            if pending.len() >= MAX_IN_FLIGHT {
                return Err(Refusal::TooMuch);
            }
            pending.insert(key.clone(), sender);
        }
        let _forget = Forget(self, key);
        self.send(action, id)?;
        // If the connection ended meanwhile, whether it was done is not known either.
        let Ok(Ok(answer)) = timeout(self.limits.action, answer).await else {
            return Err(Refusal::NoAnswer);
        };
        let response = answer.get("Response").unwrap_or_default();
        if response.eq_ignore_ascii_case("Error") {
            let words = answer.get("Message").unwrap_or("no reason given");
            return Err(Refusal::Rejected(crate::text::clean(words).into_owned()));
        }
        Ok(answer)
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<Box<[u8]>, oneshot::Sender<RawAmiMessage>>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs until the connection ends, and tells why; nothing if it was `leave` that ended it.
    pub(super) async fn run(
        &self,
        stream: Box<dyn Stream>,
        frames: Frames,
        orders: Orders,
        queue: &Queue,
        leave: &mut watch::Receiver<impl Sized + Send + Sync>,
    ) -> Option<Trouble> {
        let (reader, mut writer) = split(stream);
        let mut orders = orders.0;
        let mut reading = Box::pin(self.read(reader, frames, queue));
        let trouble = tokio::select! {
            trouble = &mut reading => Some(trouble),
            trouble = write(&mut writer, &mut orders, self.limits.action) => Some(trouble),
            trouble = self.ping() => Some(trouble),
            _ = leave.changed() => None,
        };
        if trouble.is_none() {
            let bye = async {
                if let Ok(bytes) = actions::logoff().encode(&self.new_id()) {
                    // What fails here would have ended anyway.
                    let _ = writer.write_all(&bytes).await;
                    let _ = writer.flush().await;
                    // Asterisk closes.
                    reading.await;
                }
            };
            let _ = timeout(self.limits.logoff, bye).await;
        }
        // Who still waits for an answer learns that there will be none.
        self.pending().clear();
        trouble
    }

    async fn read(
        &self,
        mut reader: ReadHalf<Box<dyn Stream>>,
        mut frames: Frames,
        queue: &Queue,
    ) -> Trouble {
        let mut parser = Parser::new();
        loop {
            queue.messages(frames.take(|answer| self.answer(&mut parser, answer)));
            let buffer = frames.buffer();
            if buffer.capacity() - buffer.len() < SMALL {
                buffer.reserve(CHUNK);
            }
            match reader.read_buf(buffer).await {
                Ok(0) => return Trouble::Ended,
                Ok(_) => self.reads.fetch_add(1, Ordering::Relaxed),
                Err(error) => return Trouble::broken(&error),
            };
        }
    }

    /// Hands an answer to who waits for it. The others are in the queue.
    fn answer(&self, parser: &mut Parser, answer: &[u8]) {
        let Some(id) = header(answer, b"ActionID") else {
            return;
        };
        let waiting = self.pending().remove(id);
        if let Some(waiting) = waiting
            && let Some(message) = parser.one(answer)
        {
            // Who no longer waits does not want it.
            let _ = waiting.send(message);
        }
    }

    /// Ends when Asterisk shows no sign of life.
    async fn ping(&self) -> Trouble {
        let mut answered = Instant::now();
        loop {
            sleep(self.limits.ping_every).await;
            let before = self.reads.load(Ordering::Relaxed);
            if timeout(self.limits.ping, self.ask(&actions::ping()))
                .await
                .is_ok_and(|answer| !matches!(answer, Err(Refusal::NoAnswer)))
            {
                answered = Instant::now();
                continue;
            }
            let silent = self.reads.load(Ordering::Relaxed) == before;
            if silent || answered.elapsed() >= self.limits.deaf {
                return Trouble::Deaf;
            }
        }
    }
}

/// Takes an answer that nobody waits for any longer out of the table.
struct Forget<'a>(&'a Connection, Box<[u8]>);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.pending().remove(&self.1);
    }
}

async fn write(
    writer: &mut WriteHalf<Box<dyn Stream>>,
    orders: &mut mpsc::Receiver<Bytes>,
    limit: Duration,
) -> Trouble {
    while let Some(bytes) = orders.recv().await {
        let sent = async {
            writer.write_all(&bytes).await?;
            writer.flush().await
        };
        match timeout(limit, sent).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Trouble::broken(&error),
            Err(_) => return Trouble::Deaf,
        }
    }
    Trouble::Ended
}
