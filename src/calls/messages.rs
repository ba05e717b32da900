//! Direct messages of the bot, each kept at what is wanted of it last.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::backoff::{Backoff, FIRST_WAIT};
use crate::host::{HostError, Messages, Pending, PostId, UserId};

/// How long one attempt may take before it counts as failed.
pub(super) const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);

/// When a message that cannot be made or changed is given up.
pub(super) const GIVE_UP_AFTER: Duration = Duration::from_secs(10 * 60);

/// The most attempts under way at once, each for another message.
pub(super) const MAX_PARALLEL: usize = 4;

/// Makes and changes direct messages.
#[derive(Debug)]
pub(super) struct Messenger<H> {
    host: Arc<H>,
    permits: Semaphore,
    stopping: watch::Receiver<bool>,
}

impl<H: Messages> Messenger<H> {
    /// While `stopping` says so, nobody waits long before another attempt.
    pub(super) fn new(host: Arc<H>, stopping: watch::Receiver<bool>) -> Self {
        Self {
            host,
            permits: Semaphore::new(MAX_PARALLEL),
            stopping,
        }
    }

    /// Makes one message, and keeps it at `words` of what is watched, until whoever says that is gone and it says the last of it. What
    /// changed twice meanwhile is told once.
    pub(super) async fn keep<T>(
        &self,
        to: &UserId,
        mut wanted: watch::Receiver<T>,
        words: impl Fn(&T) -> String,
    ) {
        let pending = Pending::next();
        let mut post: Option<PostId> = None;
        // What the attempts to make it said, if that was the same each time.
        let mut tried: Option<String> = None;
        let mut same = true;
        let mut shown: Option<String> = None;
        let mut backoff = Backoff::default();
        let mut failing_since: Option<Instant> = None;
        loop {
            let text = words(&wanted.borrow_and_update());
            if shown.as_ref() == Some(&text) {
                if wanted.changed().await.is_err() {
                    return;
                }
                continue;
            }
            let put = match &post {
                Some(post) => {
                    let change = self.host.change_message(post, text.clone().into());
                    self.attempt(change).await.map(|()| None)
                }
                None => {
                    same &= tried.replace(text.clone()).is_none_or(|last| last == text);
                    let send = self.host.send_message(to, text.clone().into(), pending);
                    self.attempt(send).await.map(Some)
                }
            };
            match put {
                Ok(made) => {
                    // It may be an earlier attempt's, whose answer was lost, and say what that one did.
                    let known = made.is_none() || same;
                    post = made.or(post);
                    shown = known.then_some(text);
                    (backoff, failing_since) = (Backoff::default(), None);
                }
                Err(error) => {
                    let since = *failing_since.get_or_insert_with(Instant::now);
                    let wait = backoff.next_wait();
                    if !error.is_transient() || since.elapsed() + wait >= GIVE_UP_AFTER {
                        let made = post.is_some();
                        tracing::warn!(%error, made, "a direct message was given up");
                        return;
                    }
                    self.pause(wait).await;
                }
            }
        }
    }

    /// Makes one message that stays as it is.
    pub(super) async fn say(&self, to: &UserId, text: String) {
        let (_, wanted) = watch::channel(text);
        self.keep(to, wanted, String::clone).await;
    }

    /// One attempt, within its limits.
    async fn attempt<T>(
        &self,
        attempt: impl Future<Output = Result<T, HostError>>,
    ) -> Result<T, HostError> {
        // It is never closed.
        let _permit = self.permits.acquire().await;
        timeout(ATTEMPT_LIMIT, attempt).await.unwrap_or_else(|_| {
            let seconds = ATTEMPT_LIMIT.as_secs();
            let what = format!("the server did not answer within {seconds} s");
            Err(HostError::transient(what))
        })
    }

    /// Waits, but not for long once it is to end.
    pub(super) async fn pause(&self, wait: Duration) {
        let mut stopping = self.stopping.clone();
        // Whoever would say so may be gone.
        if *stopping.borrow() || stopping.has_changed().is_err() {
            return sleep(wait.min(FIRST_WAIT)).await;
        }
        tokio::select! {
            () = sleep(wait) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    }
}
