//! The connection: made, kept, and made again.
//!
//! One task does it. What comes is cut into messages and put into a [`Queue`], without ever waiting for whoever takes them out; answers
//! to actions go straight to who asked.

mod connect;
mod connection;
mod frames;
mod limits;
mod login;
mod queue;
mod tls;
mod trouble;
mod version;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

pub(super) use connection::Connection;
pub(super) use frames::Parser;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) use frames::{Frames, MAX_MESSAGE, header};
pub(super) use limits::Limits;
pub(super) use queue::{Item, Queue};
pub(super) use trouble::Trouble;
pub(super) use version::Version;

use super::{Settings, is_same_place};
use crate::backoff::Backoff;

/// What the task should do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Wanted {
    /// No connection; and what was known leaves the board.
    #[default]
    Off,
    /// A connection.
    On(Arc<Settings>),
    /// No connection any more. What was known stays.
    Stopped,
}

/// What the connection is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// None is wanted.
    #[default]
    Off,
    /// The first attempt is under way.
    Connecting,
    /// Logged in; the state is being asked for.
    Seeding,
    /// Logged in, and the state was taken over.
    Up,
    /// There is none; it will be tried again.
    Down(Trouble),
}

/// What the task and others share.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) queue: Queue,
    pub(super) limits: Limits,
    phase: watch::Sender<Phase>,
    shared: Mutex<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    connection: Option<Arc<Connection>>,
    /// Of the manager interface, from its banner.
    ami: Option<String>,
    /// When it became up, or ceased to be; nothing before it was wanted.
    turned: Option<Instant>,
}

impl Link {
    /// With other limits, for tests.
    pub(super) fn with_limits(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// What the connection is in.
    pub(super) fn phase(&self) -> Phase {
        self.phase.borrow().clone()
    }

    /// Tells whenever that changes.
    pub(super) fn phases(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Sets it: the task does, and who takes over the state once that is done.
    pub(super) fn set_phase(&self, phase: Phase) {
        let is_up = phase == Phase::Up;
        let was = self.phase.send_replace(phase);
        if was == Phase::Off || (was == Phase::Up) != is_up {
            self.turned_now();
        }
    }

    fn turned_now(&self) {
        self.shared(|shared| shared.turned = Some(Instant::now()));
    }

    /// For how long it is up, or is not.
    pub(super) fn turned(&self) -> Duration {
        let turned = self.shared(|shared| shared.turned);
        turned.map_or(Duration::ZERO, |turned| turned.elapsed())
    }

    /// The state was taken over.
    pub(super) fn seeded(&self) {
        let is_new = self.phase.send_if_modified(|phase| {
            let was = *phase == Phase::Seeding;
            if was {
                *phase = Phase::Up;
            }
            was
        });
        if is_new {
            self.turned_now();
        }
    }

    /// The connection, while there is one.
    pub(super) fn connection(&self) -> Option<Arc<Connection>> {
        self.shared(|shared| shared.connection.clone())
    }

    /// The version of the manager interface, since the first login.
    pub(super) fn ami(&self) -> Option<String> {
        self.shared(|shared| shared.ami.clone())
    }

    fn shared<T>(&self, look: impl FnOnce(&mut Shared) -> T) -> T {
        look(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a connection as it is wanted, until nobody can want one any more.
    pub(super) async fn keep(&self, mut wanted: watch::Receiver<Wanted>) {
        let mut last: Option<Arc<Settings>> = None;
        loop {
            let now = wanted.borrow_and_update().clone();
            match &now {
                Wanted::On(settings) => {
                    if last
                        .as_ref()
                        .is_some_and(|last| !is_same_place(last, settings))
                    {
                        self.forget();
                    }
                    last = Some(Arc::clone(settings));
                    self.follow(settings, &mut wanted).await;
                }
                Wanted::Off | Wanted::Stopped => {
                    if now == Wanted::Off && last.take().is_some() {
                        self.forget();
                    }
                    self.set_phase(Phase::Off);
                    if wanted.changed().await.is_err() {
                        return;
                    }
                }
            }
            if wanted.has_changed().is_err() {
                return;
            }
        }
    }

    fn forget(&self) {
        self.shared(|shared| shared.ami = None);
        self.queue.push(Item::Forget);
    }

    /// Connects again and again, until something else is wanted.
    async fn follow(&self, settings: &Settings, wanted: &mut watch::Receiver<Wanted>) {
        let mut backoff = Backoff::up_to(self.limits.longest_wait);
        self.set_phase(Phase::Connecting);
        loop {
            let Some(trouble) = self.once(settings, wanted, &mut backoff).await else {
                return;
            };
            let wait = if trouble.is_final() {
                self.limits
                    .wait_for_admin
                    .mul_f64(1.0 - fastrand::f64() / 2.0)
            } else {
                backoff.next_wait()
            };
            self.log(&trouble, settings);
            self.set_phase(Phase::Down(trouble));
            tokio::select! {
                () = sleep(wait) => {}
                _ = wanted.changed() => return,
            }
        }
    }

    /// One attempt, and the connection for as long as it lasts. Nothing if something else is wanted.
    async fn once(
        &self,
        settings: &Settings,
        wanted: &mut watch::Receiver<Wanted>,
        backoff: &mut Backoff,
    ) -> Option<Trouble> {
        let attempt = async {
            let mut stream = connect::connect(settings, self.limits.connect).await?;
            let welcome = login::login(&mut *stream, settings, self.limits.login).await?;
            Ok((stream, welcome))
        };
        let attempt = tokio::select! {
            attempt = attempt => attempt,
            _ = wanted.changed() => return None,
        };
        let (stream, welcome) = match attempt {
            Ok(done) => done,
            Err(trouble) => return Some(trouble),
        };
        let began = Instant::now();
        let (connection, orders) = Connection::new(self.limits);
        let connection = Arc::new(connection);
        tracing::info!(ami = %welcome.ami, tls = settings.tls.is_some(), "connected to Asterisk");
        self.shared(|shared| {
            shared.ami = Some(welcome.ami);
            shared.connection = Some(Arc::clone(&connection));
        });
        self.set_phase(Phase::Seeding);
        self.queue.push(Item::Up);
        let ended = connection
            .run(stream, welcome.frames, orders, &self.queue, wanted)
            .await;
        self.shared(|shared| shared.connection = None);
        self.queue.push(Item::Down);
        if began.elapsed() >= self.limits.good {
            *backoff = Backoff::up_to(self.limits.longest_wait);
        }
        ended
    }

    /// Once for each kind of trouble, not for each attempt.
    fn log(&self, trouble: &Trouble, settings: &Settings) {
        if self.phase() != Phase::Down(trouble.clone()) {
            let why = trouble.words(settings);
            tracing::warn!("Asterisk is not connected: {why}");
        }
    }
}
