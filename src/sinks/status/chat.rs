//! Whether people want to be disturbed, by their status in the chat.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::driver::Shared;
use super::effects::ask;
use super::{StatusHost, Statuses};
use crate::host::{HostError, UserId};

/// How long an answer is believed.
pub const BELIEVED_FOR: Duration = Duration::from_secs(5);

/// How many people are asked about in one call.
pub(super) const MAX_A_CALL: usize = 200;

/// The most answers that are remembered.
const MAX_REMEMBERED: usize = 10_000;

type Answer = Result<bool, HostError>;

/// Those who are asked about, so that many at once cost one call.
#[derive(Debug, Default)]
pub(super) struct Chat(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    known: HashMap<UserId, (bool, Instant)>,
    waiting: Vec<(UserId, oneshot::Sender<Answer>)>,
    asking: bool,
    closed: bool,
}

impl Chat {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that happens under the lock can leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody is asked any more, and whoever waits is told so.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.asking = true;
        state.closed = true;
        state.waiting.clear();
    }
}

impl<H: StatusHost> Statuses<H> {
    /// Whether somebody's status is do-not-disturb, for whatever reason; as of five seconds ago at most.
    ///
    /// # Errors
    ///
    /// The server did not tell.
    pub async fn is_dnd(&self, user: &UserId) -> Result<bool, HostError> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = self.shared.chat.lock();
            if let Some((dnd, until)) = state.known.get(user)
                && Instant::now() < *until
            {
                return Ok(*dnd);
            }
            if !state.closed {
                state.waiting.push((user.clone(), sender));
            }
            if !std::mem::replace(&mut state.asking, true) {
                let mut inner = self.shared.lock();
                inner.spawn(Arc::clone(&self.shared).ask_chat());
            }
        }
        let stopped = |_| HostError::transient("the plugin is stopping");
        receiver.await.map_err(stopped)?
    }
}

impl<H: StatusHost> Shared<H> {
    /// Asks about everybody who waits, those of one call at a time: while it is under way the others gather.
    async fn ask_chat(self: Arc<Self>) {
        loop {
            let mut asked = {
                let mut state = self.chat.lock();
                if state.waiting.is_empty() {
                    state.asking = false;
                    return;
                }
                let count = state.waiting.len().min(MAX_A_CALL);
                state.waiting.drain(..count).collect::<Vec<_>>()
            };
            let mut users: Vec<UserId> = asked.iter().map(|(user, _)| user.clone()).collect();
            users.sort_by(|one, other| one.0.cmp(&other.0));
            users.dedup();
            let answer = ask(self.host.statuses(&users)).await;
            let mut state = self.chat.lock();
            let until = Instant::now() + BELIEVED_FOR;
            if state.known.len() + users.len() > MAX_REMEMBERED {
                state.known.clear();
            }
            if let Ok(statuses) = &answer {
                let dnd = |user: &UserId| statuses.iter().any(|(u, s)| u == user && s == "dnd");
                let known = users.iter().map(|user| (user.clone(), (dnd(user), until)));
                state.known.extend(known.collect::<Vec<_>>());
            }
            for (user, sender) in asked.drain(..) {
                let known = state.known.get(&user).is_some_and(|(dnd, _)| *dnd);
                // Whoever asked may be gone.
                drop(sender.send(answer.as_ref().map(|_| known).map_err(Clone::clone)));
            }
        }
    }
}
