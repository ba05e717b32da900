//! The task itself: what it does with each message, and in each role.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::{Beginning, Duty, Followers, Message};
use crate::app::Clock;
use crate::app::peers::{Deed, Peers, Taken, position};
use crate::board::{Change, Event, Snapshot, Timestamp};
use crate::cluster::Role;
use crate::cluster::relay::{Forwarded, is_next};
use crate::config::Config;
use crate::journal::{Entry, Origin, Replica, Step, Tail};

/// How long a node that does not lead waits at a stop until what came to it is taken by the one that leads.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

/// What owns the board.
pub(super) struct Task {
    pub(super) replica: Replica,
    pub(super) tail: Arc<Tail>,
    /// The last snapshot that was given out, for those who ask before anything changes.
    pub(super) seen: Arc<Snapshot>,
    pub(super) followers: Followers,
    pub(super) peers: Peers,
    pub(super) clock: Clock,
}

impl Task {
    pub(super) async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
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
