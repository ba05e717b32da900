//! Who may be told at this moment: nobody who is in do-not-disturb, in the chat or on their phone.
//!
//! Everybody who is to be told asks here first, and waits here while they are not to be disturbed. Many are read at once, so that a
//! thousand people cost a few calls of the server, however long they wait.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::backoff::Backoff;
use crate::board::Timestamp;
use crate::host::{HostError, Statuses, UserId};
use crate::messages::ATTEMPT_LIMIT;
use crate::people::fold;

/// How often it is looked whether somebody's do-not-disturb is over.
pub const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// How long it is waited for others who ask, to read their statuses at once.
const GATHER: Duration = Duration::from_millis(100);

/// How many statuses are read with one call.
const STATUSES_A_CALL: usize = 500;

/// The gate.
#[derive(Debug)]
pub(super) struct Gate<H> {
    host: Arc<H>,
    state: Mutex<State>,
    asked: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: HashMap<UserId, Waiting>,
    /// Lines that are in do-not-disturb, by their names in lower case, as user names are, and since when.
    quiet_lines: HashMap<String, Timestamp>,
    /// Those of which that was known before a restart, and until when it counts.
    resumed: HashMap<String, Instant>,
    /// Lines whose phone said since the start that it is in do-not-disturb no more.
    ended: HashSet<String>,
}

#[derive(Debug)]
struct Waiting {
    username: String,
    /// Their status is to be read at once.
    now: bool,
    let_in: oneshot::Sender<()>,
}

impl<H: Statuses> Gate<H> {
    pub(super) fn new(host: Arc<H>) -> Self {
        Self {
            host,
            state: Mutex::default(),
            asked: Notify::new(),
        }
    }

    /// Answers once somebody may be told. Who asks anew asks no longer as before.
    pub(super) fn ask(&self, user: &UserId, username: &str) -> oneshot::Receiver<()> {
        let (let_in, answer) = oneshot::channel();
        let waiting = Waiting {
            username: fold(username),
            now: true,
            let_in,
        };
        self.state().waiting.insert(user.clone(), waiting);
        self.asked.notify_one();
        answer
    }

    /// A line's phone is in do-not-disturb at that time, or is not, as far as the board knows: after a restart it knows nothing.
    pub(super) fn line(&self, name: &str, quiet: bool, at: Timestamp) {
        let mut state = self.state();
        // Nearly every change of a line says what was so before.
        if !quiet && state.quiet_lines.is_empty() {
            return;
        }
        let name = fold(name);
        if quiet {
            state.resumed.remove(&name);
            state.quiet_lines.entry(name).or_insert(at);
        } else if state.quiet_lines.remove(&name).is_some() {
            self.look_at(&mut state, &name);
        }
    }

    /// A line's phone said that it is in do-not-disturb no more.
    pub(super) fn ended(&self, name: &str) {
        let mut state = self.state();
        let name = fold(name);
        if state.resumed.remove(&name).is_some() {
            self.look_at(&mut state, &name);
        }
        state.ended.insert(name);
    }

    /// A line is no longer on the board.
    pub(super) fn dropped(&self, name: &str, at: Timestamp) {
        self.line(name, false, at);
        let mut state = self.state();
        let name = fold(name);
        if state.resumed.remove(&name).is_some() {
            self.look_at(&mut state, &name);
        }
        state.ended.remove(&name);
    }

    /// Somebody's phone was in do-not-disturb before a restart, which counts for so long, unless it is known by now that it ended.
    pub(super) fn resume(&self, username: &str, counts: Duration) {
        let mut state = self.state();
        let name = fold(username);
        if !counts.is_zero() && !state.ended.contains(&name) {
            state.resumed.insert(name, Instant::now() + counts);
        }
    }

    /// Since when somebody's phone is in do-not-disturb, if it is.
    pub(super) fn quiet_since(&self, username: &str) -> Option<Timestamp> {
        self.state().quiet_lines.get(&fold(username)).copied()
    }

    fn look_at(&self, state: &mut State, name: &str) {
        let own = state.waiting.values_mut();
        for waiting in own.filter(|waiting| waiting.username == name) {
            waiting.now = true;
        }
        self.asked.notify_one();
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// Lets people in as they may be told, until it is ended.
    pub(super) async fn run(&self) {
        let mut look = Instant::now() + LOOK_AGAIN;
        let mut backoff = Backoff::default();
        let mut failing = false;
        loop {
            if self.waiting() == 0 {
                self.asked.notified().await;
                look = Instant::now() + LOOK_AGAIN;
            } else {
                tokio::select! {
                    () = self.asked.notified() => {}
                    () = sleep_until(look) => {}
                }
            }
            sleep(GATHER).await;
            let all = Instant::now() >= look;
            if all {
                look = Instant::now() + LOOK_AGAIN;
            }
            while let Err(error) = self.let_in(all).await {
                if !failing {
                    tracing::warn!(%error, "statuses could not be read: people are told of missed calls once they can be");
                }
                failing = true;
                sleep(backoff.next_wait()).await;
            }
            (backoff, failing) = (Backoff::default(), false);
        }
    }

    /// Lets in who may be told of those who ask anew, or of all.
    async fn let_in(&self, all: bool) -> Result<(), HostError> {
        for users in self.to_read(all).chunks(STATUSES_A_CALL) {
            let read = timeout(ATTEMPT_LIMIT, self.host.statuses(users)).await;
            let statuses =
                read.unwrap_or_else(|_| Err(HostError::transient("no answer in time")))?;
            let quiet = statuses.into_iter().filter(|(_, status)| status == "dnd");
            // Who has no status disturbs nobody's peace.
            let quiet: HashSet<UserId> = quiet.map(|(user, _)| user).collect();
            let mut state = self.state();
            for user in users {
                if quiet.contains(user) {
                    if let Some(waiting) = state.waiting.get_mut(user) {
                        waiting.now = false;
                    }
                } else if let Some(waiting) = state.waiting.remove(user) {
                    // Whoever asked may be gone.
                    let _ = waiting.let_in.send(());
                }
            }
        }
        Ok(())
    }

    /// Whose statuses are to be read.
    fn to_read(&self, all: bool) -> Vec<UserId> {
        let mut state = self.state();
        let State {
            waiting,
            quiet_lines,
            resumed,
            ended: _,
        } = &mut *state;
        let now = Instant::now();
        resumed.retain(|_, until| *until > now);
        waiting.retain(|_, waiting| !waiting.let_in.is_closed());
        let due = waiting.iter().filter(|(_, waiting)| {
            let name = &waiting.username;
            let quiet = quiet_lines.contains_key(name) || resumed.contains_key(name);
            (all || waiting.now) && !quiet
        });
        due.map(|(user, _)| user.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that happens under the lock can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
