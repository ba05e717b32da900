//! The tasks: one tells, and one stores.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::asks::{Ask, Stored};
use super::{Shared, State};
use crate::backoff::Backoff;
use crate::board::Timestamp;
use crate::host::{Messages, Records};
use crate::language::texts;
use crate::store::{self, RecordError};
use crate::tasks;

/// The record's key.
const KEY: &str = "free";

/// How long a write may take before it counts as failed.
const WRITE_LIMIT: Duration = Duration::from_secs(15);

/// The shortest time from one write to the next, so that many questions at once cost few writes.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// Tells whoever is to be told, and withdraws what nobody could be told of for too long.
pub(super) async fn tell<H: Messages + Send + Sync + 'static>(shared: Arc<Shared<H>>) {
    loop {
        let now = (shared.clock)();
        let (due, next) = {
            let mut state = shared.state();
            let before = state.asks.len();
            let due = state.take_due(now);
            if state.asks.len() < before {
                shared.changed();
            }
            (due, state.asks.iter().filter_map(Ask::due).min())
        };
        for ask in due {
            let shared = Arc::clone(&shared);
            tasks::spawn(async move {
                let text = texts::free::off_the_phone(ask.language, &ask.shown);
                // What becomes of it is logged there.
                shared.messenger.say(&ask.asker, text).await;
                let mut state = shared.state();
                state
                    .asks
                    .retain(|other| !(other.telling && other.is(&ask.asker, &ask.person)));
                drop(state);
                shared.changed();
            });
        }
        let wait = async {
            match next {
                Some(at) => sleep(until(at, (shared.clock)())).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wait => {}
            () = shared.sooner.notified() => {}
        }
    }
}

fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::from_millis(at.0.saturating_sub(now.0))
}

impl State {
    /// Whose time has come: those who are told, marked so, and gone those for whom it is too late.
    fn take_due(&mut self, now: Timestamp) -> Vec<Ask> {
        let mut due = Vec::new();
        self.asks.retain_mut(|ask| {
            if ask.due().is_none_or(|at| now < at) {
                return true;
            }
            if ask.until <= now {
                return false;
            }
            ask.telling = true;
            due.push(ask.clone());
            true
        });
        due
    }
}

/// Reads the record once, and then writes it whenever something else is asked.
pub(super) async fn keep<H: Messages + Records + Send + Sync + 'static>(shared: Arc<Shared<H>>) {
    load(&shared).await;
    let mut wanted = shared.wanted.subscribe();
    let mut backoff = Backoff::default();
    loop {
        let number = *wanted.borrow_and_update();
        if number == *shared.stored.borrow() {
            if wanted.changed().await.is_err() {
                return;
            }
            continue;
        }
        let asks: Vec<Stored> = shared.state().asks.iter().map(Stored::from).collect();
        let wait = match timeout(WRITE_LIMIT, write(&shared, &asks)).await {
            Ok(Ok(())) => {
                shared.stored.send_replace(number);
                backoff = Backoff::default();
                BETWEEN_WRITES
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "who wants to be told when others are free was not stored and will be tried again");
                backoff.next_wait()
            }
            Err(_) => backoff.next_wait(),
        };
        shared.messenger.pause(wait).await;
    }
}

async fn write<H: Records>(shared: &Shared<H>, asks: &[Stored]) -> Result<(), RecordError> {
    if asks.is_empty() {
        return Ok(shared.host.put(KEY, None).await?);
    }
    store::save(&*shared.host, KEY, &asks).await
}

/// Takes up what was asked before the start. Nothing is written before that is known.
async fn load<H: Messages + Records>(shared: &Shared<H>) {
    let mut backoff = Backoff::default();
    let stored: Vec<Stored> = loop {
        match timeout(WRITE_LIMIT, store::load_or_default(&*shared.host, KEY)).await {
            Ok(Ok(stored)) => break stored,
            Ok(Err(error)) => {
                tracing::warn!(%error, "who wants to be told when others are free was not read and will be tried again");
            }
            Err(_) => {}
        }
        shared.messenger.pause(backoff.next_wait()).await;
    };
    let mut state = shared.state();
    let state = &mut *state;
    for ask in stored.into_iter().map(Ask::from) {
        let known = |other: &Ask| other.is(&ask.asker, &ask.person);
        if !state.asks.iter().any(known) && state.asks.len() < super::MAX_ASKS {
            let free = state.lines.free_since(&ask.person);
            state.asks.push(Ask { free, ..ask });
        }
    }
    shared.sooner.notify_one();
}

/// See [`Free::stop`](super::Free::stop).
pub(super) async fn stop<H: Messages + Records>(shared: &Shared<H>, deadline: Duration) {
    shared.stopping.send_replace(true);
    let finished = async {
        let mut wanted = shared.wanted.subscribe();
        // Each message that was made changes what is to be stored.
        while shared.state().asks.iter().any(|ask| ask.telling) {
            if wanted.changed().await.is_err() {
                return;
            }
        }
        let number = *wanted.borrow();
        let mut stored = shared.stored.subscribe();
        // An error means that nobody stores any more.
        let _ = stored.wait_for(|stored| *stored >= number).await;
    };
    if timeout(deadline, finished).await.is_err() {
        tracing::warn!("stopped before it was stored who wants to be told when others are free");
    }
}
