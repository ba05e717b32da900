//! "Tell me when free": somebody asks, and gets one message once the other person is off the phone.
//!
//! What was asked is kept in one record, so a restart forgets nobody. After one the board is empty, and an empty board says nothing of who
//! is free: somebody is taken for free only once a source said so, or a call of theirs ended.

mod asks;
mod lines;
mod task;
#[cfg(test)]
mod tests;

pub use asks::{CALM, MAX_ASKS, MAX_ASKS_PER_PERSON, WAIT_LIMIT};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use super::Sink;
use crate::app::Clock;
use crate::board::{Board, Change, Timestamp};
use crate::config::Config;
use crate::host::{Messages, Person, Records, UserId};
use crate::messages::Messenger;
use crate::tasks;
use asks::Ask;
use lines::{Lines, key};

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One message comes once that person is off the phone, unless that is later than this.
    Waiting {
        /// When it is withdrawn.
        until: Timestamp,
    },
    /// The same, and nothing was told that says whether they are on the phone: the start is not long ago, or nobody reports them.
    Unheard {
        /// When it is withdrawn.
        until: Timestamp,
    },
    /// They are off the phone, and were for [`CALM`]. No message comes.
    FreeNow,
    /// It was asked already.
    Already {
        /// When it is withdrawn.
        until: Timestamp,
    },
    /// The asker waits for [`MAX_ASKS_PER_PERSON`] people already, or all together for [`MAX_ASKS`].
    TooMany,
}

/// Somebody whom an asker waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitedFor {
    /// What the asker is shown.
    pub shown: String,
    /// When it is withdrawn.
    pub until: Timestamp,
}

/// Tells people when others are off the phone. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct Free<H> {
    shared: Arc<Shared<H>>,
    /// None where another node does it.
    tasks: Vec<AbortHandle>,
}

#[derive(Debug)]
struct Shared<H> {
    host: Arc<H>,
    clock: Clock,
    messenger: Messenger<H>,
    state: Mutex<State>,
    /// What is due may be due sooner.
    sooner: Notify,
    /// Counts what is to be stored, so that a change during a write is seen.
    wanted: watch::Sender<u64>,
    /// Up to where it is stored.
    stored: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    lines: Lines,
    asks: Vec<Ask>,
}

impl<H: Messages + Records + Send + Sync + 'static> Free<H> {
    /// Takes up what was asked before the start, where this node is the one that does it: `active`. Any other neither tells anybody nor
    /// writes the record. Must be called inside a tokio runtime.
    #[must_use]
    pub fn new(host: Arc<H>, clock: Clock, active: bool) -> Self {
        let stopping = watch::Sender::new(false);
        let shared = Arc::new(Shared {
            messenger: Messenger::new(Arc::clone(&host), stopping.subscribe()),
            host,
            clock,
            state: Mutex::default(),
            sooner: Notify::new(),
            wanted: watch::Sender::new(0),
            stored: watch::Sender::new(0),
            stopping,
        });
        let mut running = Vec::new();
        if active {
            let tell = tasks::spawn(task::tell(Arc::clone(&shared)));
            let keep = tasks::spawn(task::keep(Arc::clone(&shared)));
            running.extend([tell, keep].map(|task| task.abort_handle()));
        }
        Self {
            shared,
            tasks: running,
        }
    }

    /// Somebody wants to be told when `person` (a user name, which is what lines are called) is off the phone. `shown` is what the
    /// message calls that person, already safe Markdown.
    pub fn ask(&self, asker: &Person, person: &str, shown: &str) -> Asked {
        let now = (self.shared.clock)();
        let person = key(person);
        let mut state = self.shared.state();
        let same = |ask: &&Ask| ask.is(&asker.id, &person) && !ask.telling;
        if let Some(ask) = state.asks.iter().find(same) {
            return Asked::Already { until: ask.until };
        }
        let free = state.lines.free_since(&person);
        if free.is_some_and(|since| since.after(CALM) <= now) {
            return Asked::FreeNow;
        }
        let own = state.asks.iter().filter(|ask| ask.asker == asker.id);
        if state.asks.len() >= MAX_ASKS || own.count() >= MAX_ASKS_PER_PERSON {
            return Asked::TooMany;
        }
        let until = now.after(WAIT_LIMIT);
        let heard = state.lines.tell_of(&person);
        state.asks.push(Ask {
            asker: asker.id.clone(),
            language: asker.language,
            person,
            shown: shown.to_owned(),
            until,
            free,
            telling: false,
        });
        drop(state);
        self.shared.changed();
        self.shared.sooner.notify_one();
        match heard {
            true => Asked::Waiting { until },
            false => Asked::Unheard { until },
        }
    }

    /// Somebody no longer wants to be told. Answers whether they waited.
    pub fn withdraw(&self, asker: &UserId, person: &str) -> bool {
        let person = key(person);
        let mut state = self.shared.state();
        let before = state.asks.len();
        state
            .asks
            .retain(|ask| ask.telling || !ask.is(asker, &person));
        let found = state.asks.len() < before;
        drop(state);
        if found {
            self.shared.changed();
        }
        found
    }

    /// Somebody no longer wants to be told of anybody. Answers whether they waited.
    pub fn withdraw_all(&self, asker: &UserId) -> bool {
        let mut state = self.shared.state();
        let before = state.asks.len();
        state.asks.retain(|ask| ask.telling || ask.asker != *asker);
        let found = state.asks.len() < before;
        drop(state);
        if found {
            self.shared.changed();
        }
        found
    }

    /// Whom somebody waits for, in the order in which they asked.
    #[must_use]
    pub fn waited_for(&self, asker: &UserId) -> Vec<WaitedFor> {
        let state = self.shared.state();
        let own = state.asks.iter().filter(|ask| ask.asker == *asker);
        own.map(|ask| WaitedFor {
            shown: ask.shown.clone(),
            until: ask.until,
        })
        .collect()
    }

    /// What follows the board for it.
    #[must_use]
    pub fn sink(&self) -> FreeSink<H> {
        FreeSink(Arc::clone(&self.shared))
    }

    /// Ends in good order: messages under way are made, and what is asked is stored, until the deadline at the latest.
    pub async fn stop(&self, deadline: Duration) {
        task::stop(&self.shared, deadline).await;
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl<H> Drop for Free<H> {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl<H> Shared<H> {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in the lock's scopes can leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is asked is not what is stored any more.
    fn changed(&self) {
        self.wanted.send_modify(|count| *count += 1);
    }
}

/// Follows the board.
#[derive(Debug)]
pub struct FreeSink<H>(Arc<Shared<H>>);

impl<H: Send + Sync + 'static> Sink for FreeSink<H> {
    fn take(&mut self, change: &Change, _: &Config) {
        let state = &mut *self.0.state();
        let Some(person) = state.lines.take(change) else {
            return;
        };
        let mut waits = state
            .asks
            .iter_mut()
            .filter(|ask| ask.person == person)
            .peekable();
        if waits.peek().is_none() {
            return;
        }
        let free = state.lines.free_since(&person);
        for ask in waits {
            ask.free = free;
        }
        self.0.sooner.notify_one();
    }

    fn restored(&mut self, board: &Board, _: &Config) {
        let mut state = self.0.state();
        for change in board.retold() {
            state.lines.take(&change);
        }
    }
}
