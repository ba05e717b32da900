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
    answer: oneshot::Sender<Answer>,
}

/// What becomes of somebody who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// They may be told.
    LetIn,
    /// Their phone's do-not-disturb is over. They are to ask anew: the chat's may go on.
    PhoneOver,
}

/// What is known of the do-not-disturb of somebody's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phone {
    /// It is in it, since then.
    Quiet(Timestamp),
    /// It was in it before a restart, and has not told yet that it ended.
    Resumed,
    /// It is not, as far as is known.
    Free,
}

impl<H: Statuses> Gate<H> {
    pub(super) fn new(host: Arc<H>) -> Self {
        Self {
            host,
            state: Mutex::default(),
            asked: Notify::new(),
        }
    }

    /// Answers once it is known what becomes of somebody who is to be told; what is known of their phone, it answers at once. Who asks anew
    /// asks no longer as before. For `resumed` it counts that their phone was in do-not-disturb before a restart, unless more is known.
    pub(super) fn ask(
        &self,
        user: &UserId,
        username: &str,
        resumed: Duration,
    ) -> (oneshot::Receiver<Answer>, Phone) {
        let (sender, answer) = oneshot::channel();
        let username = fold(username);
        // All under one lock: no end of it may come between what is known and the place to wait.
        let mut state = self.state();
        let phone = if let Some(since) = state.quiet_lines.get(&username) {
            Phone::Quiet(*since)
        } else if resumed.is_zero() || state.ended.contains(&username) {
            Phone::Free
        } else {
            let until = Instant::now() + resumed;
            state.resumed.insert(username.clone(), until);
            Phone::Resumed
        };
        let waiting = Waiting {
            username,
            now: true,
            answer: sender,
        };
        state.waiting.insert(user.clone(), waiting);
        self.asked.notify_one();
        (answer, phone)
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
            phone_over(&mut state, &name);
        }
    }

    /// A line's phone said that it is in do-not-disturb no more.
    pub(super) fn ended(&self, name: &str) {
        let mut state = self.state();
        let name = fold(name);
        if state.resumed.remove(&name).is_some() {
            phone_over(&mut state, &name);
        }
        state.ended.insert(name);
    }

    /// A line is no longer on the board.
    pub(super) fn dropped(&self, name: &str, at: Timestamp) {
        self.line(name, false, at);
        let mut state = self.state();
        let name = fold(name);
        if state.resumed.remove(&name).is_some() {
            phone_over(&mut state, &name);
        }
        state.ended.remove(&name);
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
                    let _ = waiting.answer.send(Answer::LetIn);
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
        waiting.retain(|_, waiting| !waiting.answer.is_closed());
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

/// The do-not-disturb of that line's phone is over. Whoever waits under its name is told so even where the chat's goes on, so that their
/// record does not go on to say it: the next start would believe it.
fn phone_over(state: &mut State, name: &str) {
    let own = state
        .waiting
        .extract_if(|_, waiting| waiting.username == name);
    for (_, waiting) in own {
        // Whoever asked may be gone.
        let _ = waiting.answer.send(Answer::PhoneOver);
    }
}
