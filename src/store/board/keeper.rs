//! Keeps the board: reads it at the start, and writes what happens from then on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::load::{Loaded, load};
use super::save::Writer;
use super::{LOG_EVERY, PREFIX, PREFIXES, Report, STATE_EVERY, log_key, within};
use crate::app::{Beginning, BoardHandle, Clock};
use crate::backoff::Backoff;
use crate::host::{HostError, Records, Store};
use crate::journal::Replica;
use crate::tasks;

/// How long a start waits for what is stored. Phones' events wait as long; then the board begins empty, or with the copy that this node has.
pub const LOAD_LIMIT: Duration = Duration::from_secs(5);

/// How long before the store is read or written again that failed, at most.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// What the keeper is asked for.
#[derive(Debug)]
enum Order {
    /// Store a whole state, and let nothing older stay in the store.
    Purge(oneshot::Sender<Result<(), HostError>>),
    /// The same, within about a second, and nobody waits for it.
    PurgeSoon,
    /// Store this, which is the last.
    Stop(Box<Replica>, oneshot::Sender<bool>),
}

/// The task that keeps the board.
pub struct Keeper<H> {
    writer: Writer<H>,
    board: BoardHandle,
    clock: Clock,
    report: Arc<Report>,
    /// When the last whole state was stored.
    state_at: Instant,
    /// Something older must not stay in the store.
    purge: bool,
    backoff: Backoff,
    again: Instant,
}

/// The way to it.
#[derive(Debug)]
pub struct Keeping {
    orders: mpsc::Sender<Order>,
    report: Arc<Report>,
    task: AbortHandle,
}

impl Keeping {
    /// Starts keeping a board that waits for what is stored: it is given what was read within [`LOAD_LIMIT`], or else told that it is to begin without.
    pub(crate) fn start<H: Store + Records + Send + Sync + 'static>(
        host: Arc<H>,
        board: BoardHandle,
        begin: oneshot::Sender<Beginning>,
        clock: Clock,
    ) -> Self {
        let (orders, receiver) = mpsc::channel(4);
        let report = Arc::<Report>::default();
        let task = tasks::spawn(run(
            host,
            board,
            begin,
            clock,
            Arc::clone(&report),
            receiver,
        ));
        Self {
            orders,
            report,
            task: task.abort_handle(),
        }
    }

    /// How it stands.
    #[must_use]
    pub fn report(&self) -> &Arc<Report> {
        &self.report
    }

    /// Stores a whole state now, and deletes everything older: what was taken out of the board is then nowhere in the store.
    ///
    /// # Errors
    ///
    /// [`HostError`] where the store fails, or nothing is kept. It is tried again by itself.
    pub async fn purge(&self) -> Result<(), HostError> {
        let (sender, receiver) = oneshot::channel();
        let stopped = |_| HostError::transient("the board is not kept");
        let order = Order::Purge(sender);
        self.orders.send(order).await.map_err(|_| stopped(()))?;
        receiver.await.map_err(|_| stopped(()))?
    }

    /// The same by itself, once for all who ask within a second.
    pub async fn purge_soon(&self) {
        // A keeper that has ended stores nothing more.
        let _ = self.orders.send(Order::PurgeSoon).await;
    }

    /// Stores the last state of the board, and ends. Answers whether it is stored.
    pub async fn stop(&self, last: Option<Replica>, deadline: Duration) -> bool {
        let stopping = async {
            let (sender, receiver) = oneshot::channel();
            let order = Order::Stop(Box::new(last?), sender);
            self.orders.send(order).await.ok()?;
            receiver.await.ok()
        };
        let stopped = timeout(deadline, stopping).await;
        self.task.abort();
        matches!(stopped, Ok(Some(true)))
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run<H: Store + Records + Send + Sync + 'static>(
    host: Arc<H>,
    board: BoardHandle,
    begin: oneshot::Sender<Beginning>,
    clock: Clock,
    report: Arc<Report>,
    mut orders: mpsc::Receiver<Order>,
) {
    let mut begin = Some(begin);
    let mut purge = false;
    let started = Instant::now();
    let mut backoff = Backoff::up_to(LONGEST_WAIT);
    let loaded = loop {
        let left = LOAD_LIMIT.saturating_sub(started.elapsed());
        let reading = load(&*host, clock());
        let read = match begin.is_some() {
            true => timeout(left, reading).await,
            false => Ok(reading.await),
        };
        let error = match read {
            Ok(Ok(loaded)) => break loaded,
            Ok(Err(error)) => error,
            Err(_) => HostError::transient("the store gave no answer"),
        };
        let mut empty = false;
        if started.elapsed() >= LOAD_LIMIT
            && let Some(begin) = begin.take()
        {
            let (asked, answer) = oneshot::channel();
            // Whoever waited may be gone.
            drop(begin.send(Beginning::Unread(asked)));
            empty = answer.await.unwrap_or(false);
            if empty {
                tracing::error!(%error, "what is stored of the board cannot be read: it begins empty");
            } else {
                tracing::error!(%error, "what is stored of the board cannot be read: it goes on from this node's copy");
            }
        }
        report.unread(&error, clock(), empty);
        let mut wait = backoff.next_wait();
        if begin.is_some() {
            wait = wait.min(LOAD_LIMIT.saturating_sub(started.elapsed()));
        }
        let until = async {
            match orders.recv().await {
                Some(Order::Purge(asked)) => {
                    purge = true;
                    // Whoever asked may be gone.
                    let _ = asked.send(Err(error));
                }
                // What was never read is not written over.
                Some(Order::Stop(_, asked)) => {
                    let _ = asked.send(false);
                }
                Some(Order::PurgeSoon) => purge = true,
                None => std::future::pending().await,
            }
        };
        drop(timeout(wait, until).await);
    };
    let Loaded {
        replica,
        damaged,
        stored,
    } = loaded;
    report.read(damaged);
    let late = begin.is_none();
    match begin {
        Some(begin) => drop(begin.send(Beginning::Stored(Box::new(replica)))),
        None => board.absorb(replica).await,
    }
    let tail = Arc::clone(board.tail());
    let keeper = Keeper {
        writer: Writer {
            host,
            tail,
            stored,
            logged: None,
            unsure: None,
            other: late,
        },
        board,
        clock,
        report,
        state_at: Instant::now(),
        purge,
        backoff,
        again: Instant::now(),
    };
    keeper.run(orders).await;
}

impl<H: Store + Records + Send + Sync + 'static> Keeper<H> {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut seconds = interval(LOG_EVERY);
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Purge(asked)) => {
                        self.purge = true;
                        let purged = self.store().await;
                        self.note(&purged).await;
                        // Whoever asked may be gone.
                        drop(asked.send(purged));
                    }
                    Some(Order::PurgeSoon) => self.purge = true,
                    Some(Order::Stop(last, asked)) => {
                        let stored = self.last(*last).await;
                        if let Err(error) = &stored {
                            tracing::error!(%error, "the board's last state could not be stored");
                        }
                        // Whoever asked may be gone.
                        let _ = asked.send(stored.is_ok());
                        return;
                    }
                    None => return,
                },
                _ = seconds.tick() => if Instant::now() >= self.again {
                    let stored = self.store().await;
                    self.note(&stored).await;
                },
            }
        }
    }

    async fn note(&mut self, stored: &Result<(), HostError>) {
        match stored {
            Ok(()) => {
                self.board.stored(self.writer.stored.logged).await;
                self.report.kept();
                self.backoff = Backoff::up_to(LONGEST_WAIT);
            }
            Err(error) => {
                self.report.failed(error, (self.clock)());
                self.again = Instant::now() + self.backoff.next_wait();
            }
        }
    }

    /// Stores what is to be stored now.
    async fn store(&mut self) -> Result<(), HostError> {
        let last = self.writer.stored.last.as_ref();
        let is_due = self.state_at.elapsed() >= STATE_EVERY
            && last.is_none_or(|last| last.index < self.writer.tail.last());
        if self.purge || is_due || self.writer.needs_state() {
            if self.purge && self.board.replica().await.is_ok() {
                // The board took by now what was told before; that step's record of the log is to be older than the state.
                self.writer.log().await?;
            }
            let Ok(replica) = self.board.replica().await else {
                return Ok(());
            };
            self.writer
                .state(replica, (self.clock)(), self.purge)
                .await?;
            self.state_at = Instant::now();
            if self.purge {
                self.purge().await?;
                self.purge = false;
            }
            return Ok(());
        }
        if !self.writer.log().await? {
            self.trim().await?;
        }
        Ok(())
    }

    /// At an orderly stop. The log comes first: it is short, and with it nothing is lost.
    async fn last(&mut self, replica: Replica) -> Result<(), HostError> {
        let last = self.writer.stored.last.as_ref();
        if last.is_some_and(|last| last.index == replica.index()) || replica.index() == 0 {
            return Ok(());
        }
        self.writer.state(replica, (self.clock)(), false).await
    }

    /// Deletes one record of the log that no whole state needs any more.
    async fn trim(&mut self) -> Result<(), HostError> {
        let stored = &mut self.writer.stored;
        let needed = stored.before.as_ref().or(stored.last.as_ref());
        let Some(needed) = needed.map(|saved| saved.log) else {
            return Ok(());
        };
        let oldest = stored
            .trimmed
            .max(stored.next.saturating_sub(super::LOG_SLOTS - 1));
        if oldest < needed {
            let key = log_key(oldest);
            stored.trimmed = oldest + 1;
            self.writer.put(&key, None).await?;
        }
        Ok(())
    }

    /// Deletes every record that the last whole state does not need.
    async fn purge(&mut self) -> Result<(), HostError> {
        let stored = &self.writer.stored;
        let Some(last) = stored.last.clone() else {
            return Ok(());
        };
        let parts = (0..last.parts).map(|part| super::part_key(last.generation, part));
        let segments = super::segments_of(&last.history).map(super::segment_key);
        let log = (last.log..stored.next).map(log_key);
        let needed: BTreeSet<String> = parts.chain(segments).chain(log).collect();
        for key in within(self.writer.host.keys(PREFIX)).await? {
            let is_own = PREFIXES.iter().any(|prefix| key.starts_with(prefix));
            if is_own && !needed.contains(&key) {
                self.writer.put(&key, None).await?;
            }
        }
        self.writer.stored.trimmed = last.log;
        Ok(())
    }
}
