//! The one task that owns the board. It takes events in the order in which they come, gives their changes to
//! the sinks, none of which waits, and answers who wants to see the whole.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::Clock;
use super::peers::{Deed, Peers, Standing, Taken, Ways, position};
use crate::board::{Board, CallRecord, Change, Delta, Event, Name, Snapshot, Timestamp};
use crate::cluster::Role;
use crate::cluster::relay::{Forwarded, NodeId, Outcome, is_next};
use crate::config::Config;
use crate::journal::{Entry, Origin, Replica, Step, Tail};
use crate::live::Live;
use crate::number_book::Labels;
use crate::people::CodesShown;
use crate::sinks::Sink;
use crate::tasks;

/// The most events that wait for the board. It takes one in a few microseconds, so they hardly ever do.
pub const MAX_QUEUED_EVENTS: usize = 4096;

/// How long a node that does not lead waits at a stop until what came to it is taken by the one that leads.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

/// The board takes no more events, because the plugin is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the plugin is stopping")
    }
}

impl std::error::Error for Stopped {}

/// What the board's task is to do from now on.
pub(crate) struct Duty {
    pub(crate) role: Role,
    /// Nothing happens before this says so, or its other end is gone.
    pub(crate) ready: oneshot::Receiver<()>,
    pub(crate) followers: Followers,
}

impl std::fmt::Debug for Duty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Duty")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// What a board that is to do its work has to know first.
#[derive(Debug)]
pub(crate) enum Beginning {
    /// This is stored.
    Stored(Box<Replica>),
    /// What is stored cannot be read yet. Whether the board begins empty is to be answered.
    Unread(oneshot::Sender<bool>),
}

/// Who follows the board, and what decides what is on it.
#[derive(Default)]
pub(crate) struct Followers {
    pub(super) sinks: Vec<Box<dyn Sink>>,
    /// Says what outside numbers are called.
    pub(super) labels: Option<Arc<Labels>>,
    /// Keeps codes off the board.
    pub(super) codes: Arc<CodesShown>,
    pub(super) config: Arc<RwLock<Arc<Config>>>,
    /// Tells what is stored, for a node that leads or is alone.
    pub(super) begins: Option<oneshot::Receiver<Beginning>>,
    /// Shows the board, and what is told beside it. It hears when the board is another one, whose numbers say nothing of those before.
    pub(super) live: Option<Arc<Live>>,
}

#[derive(Debug)]
enum Message {
    Event(Event, Timestamp),
    Received(Vec<u8>),
    Ask(Vec<u8>, Duration, oneshot::Sender<Outcome>),
    Answer(NodeId, u64, Vec<u8>),
    Become(Box<Duty>, oneshot::Sender<()>),
    Replica(oneshot::Sender<Replica>),
    Absorb(Box<Replica>),
    Stored(u64),
    Beside,
    Snapshot(oneshot::Sender<Arc<Snapshot>>),
    Since(u64, usize, oneshot::Sender<Delta>),
    History(Box<History>, oneshot::Sender<Calls>),
    Stop(oneshot::Sender<Replica>),
}

/// Which of the calls that ended are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Those that began at that time or later.
    pub from: Option<Timestamp>,
    /// Those that began before that time.
    pub to: Option<Timestamp>,
    /// Those of that queue.
    pub queue: Option<Name>,
    /// So many of them, the newest.
    pub most: usize,
}

impl History {
    fn wants(&self, call: &CallRecord) -> bool {
        self.from.is_none_or(|from| call.began >= from)
            && self.to.is_none_or(|to| call.began < to)
            && (self.queue.is_none() || self.queue == call.queue)
    }

    fn of(&self, board: &Board) -> Calls {
        let mut wanted = board.history().filter(|call| self.wants(call));
        let calls: Vec<_> = wanted.by_ref().take(self.most).cloned().collect();
        let more = wanted.next().is_some();
        Calls { calls, more }
    }
}

/// Calls that ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// The newest first.
    pub calls: Vec<Arc<CallRecord>>,
    /// Whether there are more of those that were wanted.
    pub more: bool,
}

/// The way to the board.
#[derive(Clone, Debug)]
pub struct BoardHandle {
    messages: mpsc::Sender<Message>,
    tail: Arc<Tail>,
    standing: watch::Receiver<Standing>,
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

    /// Hands an event of that time to the board, waiting for a place in its queue.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the board is.
    pub async fn submit(&self, event: Event, at: Timestamp) -> Result<(), Stopped> {
        let message = Message::Event(event, at);
        self.messages.send(message).await.map_err(|_| Stopped)
    }

    /// A message of another node came. It is dropped where too much waits: what gets lost is sent again.
    pub(crate) fn received(&self, data: Vec<u8>) {
        let _ = self.messages.try_send(Message::Received(data));
    }

    /// Asks the node that leads to do something, for so long at most.
    pub(crate) async fn ask_leader(&self, body: Vec<u8>, limit: Duration) -> Outcome {
        let asked = self.ask(|sender| Message::Ask(body, limit, sender)).await;
        asked.unwrap_or(Outcome::Unknown)
    }

    /// What another node asked for was done.
    pub(crate) async fn answer(&self, node: NodeId, number: u64, body: Vec<u8>) {
        // A board that has stopped leads no more.
        let _ = self
            .messages
            .send(Message::Answer(node, number, body))
            .await;
    }

    /// Changes what this node's board does, before whatever it is told after this. What is answered tells when it does so.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the board is.
    pub(crate) async fn become_one(&self, duty: Duty) -> Result<oneshot::Receiver<()>, Stopped> {
        let (sender, begun) = oneshot::channel();
        let message = Message::Become(Box::new(duty), sender);
        self.messages.send(message).await.map_err(|_| Stopped)?;
        Ok(begun)
    }

    /// Has a board without other nodes followed, before anything happens on it.
    pub(super) fn follow_at_once(&self, followers: Followers) {
        let duty = Duty {
            role: Role::Alone,
            ready: oneshot::channel().1,
            followers,
        };
        let (sender, _) = oneshot::channel();
        // Its queue is empty, and it has just begun.
        let _ = self
            .messages
            .try_send(Message::Become(Box::new(duty), sender));
    }

    /// How many events and questions wait for the board.
    pub(super) fn queued(&self) -> usize {
        self.messages.max_capacity() - self.messages.capacity()
    }

    /// How this node is among the others.
    pub(super) fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    /// The whole board, and how far it is: a copy.
    ///
    /// # Errors
    ///
    /// [`Stopped`] once the board is.
    pub async fn replica(&self) -> Result<Replica, Stopped> {
        self.ask(Message::Replica).await
    }

    /// Takes over what was stored and could not be read at the start, if the board began without it.
    pub(crate) async fn absorb(&self, earlier: Replica) {
        // A board that has stopped needs nothing more.
        drop(self.messages.send(Message::Absorb(Box::new(earlier))).await);
    }

    /// All steps up to that one are stored.
    pub(crate) async fn stored(&self, index: u64) {
        // A board that has stopped needs nothing more.
        drop(self.messages.send(Message::Stored(index)).await);
    }

    /// There is something new to tell other nodes beside the board. Where too much waits it is told with the next sign of life.
    pub(crate) fn tell_beside(&self) {
        let _ = self.messages.try_send(Message::Beside);
    }

    /// The last steps that it took.
    #[must_use]
    pub fn tail(&self) -> &Arc<Tail> {
        &self.tail
    }

    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>, Stopped> {
        self.ask(Message::Snapshot).await
    }

    /// See [`Board::since`].
    pub(crate) async fn since(&self, number: u64, records: usize) -> Result<Delta, Stopped> {
        self.ask(|sender| Message::Since(number, records, sender))
            .await
    }

    pub(super) async fn history(&self, wanted: History) -> Result<Calls, Stopped> {
        self.ask(|sender| Message::History(Box::new(wanted), sender))
            .await
    }

    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Stopped> {
        let (sender, receiver) = oneshot::channel();
        let message = message(sender);
        self.messages.send(message).await.map_err(|_| Stopped)?;
        receiver.await.map_err(|_| Stopped)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.messages.is_closed()
    }

    /// Lets the board finish what it has, and take no more. Gives its last state.
    pub(crate) async fn stop(&self, deadline: Duration) -> Option<Replica> {
        let (sender, receiver) = oneshot::channel();
        let stopping = async {
            self.messages.send(Message::Stop(sender)).await.ok()?;
            receiver.await.ok()
        };
        // Past the deadline the task is ended by whoever stops the product.
        let stopped = tokio::time::timeout(deadline, stopping).await;
        stopped.ok().flatten()
    }
}

/// A board by itself, with those sinks and without settings, for measuring what follows it. Must be called inside a tokio runtime.
#[must_use]
pub fn board_alone(sinks: Vec<Box<dyn Sink>>, clock: Clock) -> BoardHandle {
    board_of(
        Followers {
            sinks,
            ..Followers::default()
        },
        clock,
    )
}

/// The same, once it is told what it begins with.
#[cfg(test)]
pub(crate) fn board_that_begins(
    sinks: Vec<Box<dyn Sink>>,
    begins: oneshot::Receiver<Beginning>,
    clock: Clock,
) -> BoardHandle {
    board_of(
        Followers {
            sinks,
            begins: Some(begins),
            ..Followers::default()
        },
        clock,
    )
}

/// Gives a board another role, in which it is told what it begins with.
#[cfg(test)]
pub(crate) async fn begin_again(
    board: &BoardHandle,
    role: Role,
    begins: oneshot::Receiver<Beginning>,
) -> Result<oneshot::Receiver<()>, Stopped> {
    let followers = Followers {
        begins: Some(begins),
        ..Followers::default()
    };
    let duty = Duty {
        role,
        ready: oneshot::channel().1,
        followers,
    };
    board.become_one(duty).await
}

fn board_of(followers: Followers, clock: Clock) -> BoardHandle {
    let (board, _) = start(Role::Alone, Ways::alone(), clock);
    board.follow_at_once(followers);
    board
}

/// Starts the task, in that role.
pub(super) fn start(role: Role, ways: Ways, clock: Clock) -> (BoardHandle, AbortHandle) {
    let (messages, receiver) = mpsc::channel(MAX_QUEUED_EVENTS);
    let tail = Arc::<Tail>::default();
    let (told, standing) = watch::channel(Standing::default());
    let mut task = Task {
        replica: Replica::default(),
        tail: Arc::clone(&tail),
        seen: Arc::default(),
        followers: Followers::default(),
        peers: Peers::new(ways, told),
        clock,
    };
    task.peers.become_one(role, &task.replica);
    let task = tasks::spawn(task.run(receiver));
    let handle = BoardHandle {
        messages,
        tail,
        standing,
    };
    (handle, task.abort_handle())
}

struct Task {
    replica: Replica,
    tail: Arc<Tail>,
    /// The last snapshot that was given out, for those who ask before anything changes.
    seen: Arc<Snapshot>,
    followers: Followers,
    peers: Peers,
    clock: Clock,
}

impl Task {
    async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut stopping = None;
        let mut closing = None;
        loop {
            // What waits for the node that leads is not left behind.
            if closing.is_some_and(|at| at <= Instant::now() || !self.peers.waits()) {
                messages.close();
                closing = None;
            }
            let live = self.followers.live.as_deref();
            self.peers.send_all(&self.replica, live);
            let expiry = self.expiry();
            let wake = [expiry, self.peers.wake(), closing];
            let wake = wake.into_iter().flatten().min();
            let message = match wake {
                None => messages.recv().await,
                Some(at) => tokio::select! {
                    biased;
                    message = messages.recv() => message,
                    () = sleep_until(at) => {
                        if expiry.is_some_and(|at| at <= Instant::now()) {
                            let now = (self.clock)();
                            self.step(Step::Expire, now, None, &self.config());
                        }
                        continue;
                    }
                },
            };
            match message {
                Some(Message::Event(event, at)) => {
                    if let Taken::Step(origin) = self.peers.event(&event) {
                        self.take(event, at, origin);
                    }
                }
                Some(Message::Received(data)) => self.received(&data),
                Some(Message::Ask(body, limit, sender)) => self.peers.ask(limit, body, sender),
                Some(Message::Answer(node, number, body)) => {
                    self.peers.answer(&node, number, &body);
                }
                Some(Message::Become(duty, sender)) => {
                    self.become_one(*duty).await;
                    // Whoever asked may be gone.
                    let _ = sender.send(());
                }
                Some(Message::Absorb(earlier)) => {
                    // A copy of the board that this node had lacks nothing.
                    if self.replica.lacks() {
                        self.replica.absorb(*earlier);
                        self.peers.jumped(self.replica.index());
                    }
                }
                Some(Message::Stored(index)) => self.peers.stored(index),
                Some(Message::Beside) => self.peers.beside_changed(),
                Some(Message::Replica(sender)) => drop(sender.send(self.replica.clone())),
                // Whoever asked may be gone.
                Some(Message::Snapshot(sender)) => drop(sender.send(self.snapshot())),
                Some(Message::Since(number, records, sender)) => {
                    drop(sender.send(self.replica.board().since(number, records)));
                }
                Some(Message::History(wanted, sender)) => {
                    drop(sender.send(wanted.of(self.replica.board())));
                }
                Some(Message::Stop(sender)) => {
                    closing = Some(Instant::now() + LEAVE_LIMIT);
                    stopping = Some(sender);
                }
                None => break,
            }
        }
        if let Some(stopping) = stopping {
            // So that the board knows until when it was looked after.
            let now = (self.clock)();
            self.step(Step::Expire, now, None, &self.config());
            // Whoever asked may be gone.
            drop(stopping.send(self.replica));
        }
    }

    /// Takes a step, and hands on what changed by it and the step itself: all that ever happens to the board goes this way.
    fn step(&mut self, step: Step, at: Timestamp, origin: Option<Origin>, config: &Config) {
        let within = config.board.service_level;
        let entry = self.replica.next(step, at, within, origin);
        self.apply(entry, config);
    }

    fn apply(&mut self, entry: Entry, config: &Config) {
        match self.replica.apply(&entry) {
            Ok(changes) => {
                self.peers.applied(&entry);
                self.tail.push(entry);
                self.give(&changes, config);
            }
            Err(gap) => tracing::error!(?gap, "a step of the board is not the next one"),
        }
    }

    /// An event becomes a step, on a node that leads or is alone.
    fn take(&mut self, mut event: Event, at: Timestamp, origin: Option<Origin>) {
        let config = self.config();
        // First, so that nobody is asked what a code is called.
        self.followers.codes.keep(&mut event, &config.plan);
        if let Some(labels) = &self.followers.labels {
            labels.label(&mut event, &config);
        }
        self.step(Step::Event(event), at, origin, &config);
    }

    fn received(&mut self, data: &[u8]) {
        match self.peers.received(data) {
            Deed::Nothing => {}
            Deed::Apply(entries) => {
                let config = self.config();
                for entry in entries {
                    self.apply(entry, &config);
                }
            }
            Deed::Take(node, base, items) => {
                for Forwarded { number, age, event } in items {
                    let origin = Origin {
                        node: Arc::clone(&node),
                        number,
                    };
                    if is_next(self.replica.origins(), &origin, base) {
                        self.take(event, self.ago(age), Some(origin));
                    }
                }
            }
            Deed::Load(replica) => self.load(*replica),
            Deed::Hear(body) => {
                if let Some(live) = &self.followers.live {
                    live.hear(&body);
                }
            }
        }
    }

    /// The board is this one from now on.
    fn load(&mut self, replica: Replica) {
        self.replica = replica;
        self.seen = Arc::default();
        if let Some(live) = &self.followers.live {
            live.begin_anew();
        }
    }

    /// This is stored. Another node may have gone on from it, and this one may have a copy of that.
    fn found(&mut self, stored: Replica) {
        if position(&stored) > position(&self.replica) {
            self.load(stored);
        } else if self.replica.lacks() {
            self.replica.absorb(stored);
        }
    }

    async fn become_one(&mut self, duty: Duty) {
        // An error means that nobody has more to say.
        let _ = duty.ready.await;
        self.followers = duty.followers;
        if let Some(begins) = self.followers.begins.take() {
            match begins.await {
                Ok(Beginning::Stored(stored)) => self.found(*stored),
                Ok(Beginning::Unread(asked)) => {
                    let empty = self.replica.index() == 0;
                    if empty {
                        self.load(Replica::beginning_at((self.clock)()));
                    }
                    // Whoever asked may be gone.
                    let _ = asked.send(empty);
                }
                // Nobody keeps the board.
                Err(_) => {}
            }
        }
        self.peers.become_one(duty.role, &self.replica);
        if duty.role.leads() {
            self.begin(duty.role);
        }
    }

    /// Goes on where an earlier process or another node stopped. What is over by now ends first.
    fn begin(&mut self, role: Role) {
        let (config, now) = (self.config(), (self.clock)());
        for sink in &mut self.followers.sinks {
            sink.restored(self.replica.board(), &config);
        }
        if let Role::Leader { term } = role {
            self.step(Step::Led(term), now, None, &config);
        }
        let next = self.replica.board().next_expiry();
        if next.is_some_and(|at| at <= now) {
            self.step(Step::Expire, now, None, &config);
        }
        for (origin, ago, event) in self.peers.unheld() {
            let ago = u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
            self.take(event, self.ago(ago), Some(origin));
        }
    }

    fn ago(&self, milliseconds: u64) -> Timestamp {
        Timestamp((self.clock)().0.saturating_sub(milliseconds))
    }

    /// When the time of calls is up, on a node that leads or is alone.
    fn expiry(&self) -> Option<Instant> {
        let at = self.replica.board().next_expiry()?;
        let left = Duration::from_millis(at.0.saturating_sub((self.clock)().0));
        self.peers.leads().then(|| Instant::now() + left)
    }

    fn snapshot(&mut self) -> Arc<Snapshot> {
        let within = self.config().board.service_level;
        self.replica.set_service_level(within);
        let board = self.replica.board();
        if self.seen.sequence != board.sequence() || self.seen.service_level_within != within {
            self.seen = Arc::new(board.snapshot());
        }
        Arc::clone(&self.seen)
    }

    fn config(&self) -> Arc<Config> {
        let config = self
            .followers
            .config
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&config)
    }

    fn give(&mut self, changes: &[Change], config: &Config) {
        for change in changes {
            for sink in &mut self.followers.sinks {
                sink.take(change, config);
            }
        }
    }
}
