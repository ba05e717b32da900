//! The one task that owns the board. It takes events in the order in which they come, gives their changes to
//! the sinks, none of which waits, and answers who wants to see the whole.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::Clock;
use crate::board::{Board, Change, Event, Snapshot, Timestamp};
use crate::config::Config;
use crate::number_book::Labels;
use crate::people::CodesShown;
use crate::sinks::Sink;
use crate::tasks;

/// The most events that wait for the board. It takes one in a few microseconds, so they hardly ever do.
pub const MAX_QUEUED_EVENTS: usize = 4096;

/// The board takes no more events, because the plugin is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the plugin is stopping")
    }
}

impl std::error::Error for Stopped {}

#[derive(Debug)]
enum Message {
    Event(Event, Timestamp),
    Snapshot(oneshot::Sender<Arc<Snapshot>>),
    Stop(oneshot::Sender<()>),
}

/// The way to the board.
#[derive(Clone, Debug)]
pub struct BoardHandle {
    messages: mpsc::Sender<Message>,
}

impl BoardHandle {
    pub(super) fn try_submit(&self, event: Event, at: Timestamp) -> Result<(), Box<Event>> {
        match self.messages.try_reserve() {
            Ok(place) => {
                place.send(Message::Event(event, at));
                Ok(())
            }
            Err(_) => Err(Box::new(event)),
        }
    }

    pub(super) async fn submit(&self, event: Event, at: Timestamp) -> Result<(), Stopped> {
        let message = Message::Event(event, at);
        self.messages.send(message).await.map_err(|_| Stopped)
    }

    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>, Stopped> {
        let (sender, receiver) = oneshot::channel();
        let message = Message::Snapshot(sender);
        self.messages.send(message).await.map_err(|_| Stopped)?;
        receiver.await.map_err(|_| Stopped)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.messages.is_closed()
    }

    /// Lets the board finish what it has, and take no more.
    pub(super) async fn stop(&self, deadline: Duration) {
        let (sender, receiver) = oneshot::channel();
        let stopping = async {
            if self.messages.send(Message::Stop(sender)).await.is_ok() {
                // An error means that the task is gone, which is what was wanted.
                let _ = receiver.await;
            }
        };
        // Past the deadline the task is ended by whoever stops the product.
        let _ = tokio::time::timeout(deadline, stopping).await;
    }
}

/// Starts the task.
pub(super) fn start(
    sinks: Vec<Box<dyn Sink>>,
    (labels, codes): (Arc<Labels>, Arc<CodesShown>),
    config: Arc<RwLock<Arc<Config>>>,
    clock: Clock,
) -> (BoardHandle, AbortHandle) {
    let (messages, receiver) = mpsc::channel(MAX_QUEUED_EVENTS);
    let task = tasks::spawn(
        Task {
            board: Board::new(),
            seen: Arc::default(),
            sinks,
            labels,
            codes,
            config,
            clock,
        }
        .run(receiver),
    );
    (BoardHandle { messages }, task.abort_handle())
}

struct Task {
    board: Board,
    /// The last snapshot that was given out, for those who ask before anything changes.
    seen: Arc<Snapshot>,
    sinks: Vec<Box<dyn Sink>>,
    /// Says what outside numbers are called.
    labels: Arc<Labels>,
    /// Keeps codes off the board.
    codes: Arc<CodesShown>,
    config: Arc<RwLock<Arc<Config>>>,
    clock: Clock,
}

impl Task {
    async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut stopping = None;
        loop {
            let message = match self.board.next_expiry() {
                None => messages.recv().await,
                Some(at) => tokio::select! {
                    biased;
                    message = messages.recv() => message,
                    () = sleep(self.until(at)) => {
                        let changes = self.board.expire((self.clock)());
                        self.give(&changes, &self.config());
                        continue;
                    }
                },
            };
            match message {
                Some(Message::Event(mut event, at)) => {
                    let config = self.config();
                    // First, so that nobody is asked what a code is called.
                    self.codes.keep(&mut event, &config.plan);
                    self.labels.label(&mut event, &config);
                    let changes = self.board.apply(event, at);
                    self.give(&changes, &config);
                }
                // Whoever asked may be gone.
                Some(Message::Snapshot(sender)) => drop(sender.send(self.snapshot())),
                Some(Message::Stop(sender)) => {
                    messages.close();
                    stopping = Some(sender);
                }
                None => break,
            }
        }
        drop(stopping);
    }

    /// How long it is until then.
    fn until(&self, at: Timestamp) -> Duration {
        Duration::from_millis(at.0.saturating_sub((self.clock)().0))
    }

    fn snapshot(&mut self) -> Arc<Snapshot> {
        if self.seen.sequence != self.board.sequence() {
            self.seen = Arc::new(self.board.snapshot());
        }
        Arc::clone(&self.seen)
    }

    fn config(&self) -> Arc<Config> {
        let config = self
            .config
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&config)
    }

    fn give(&mut self, changes: &[Change], config: &Config) {
        for change in changes {
            for sink in &mut self.sinks {
                sink.take(change, config);
            }
        }
    }
}
