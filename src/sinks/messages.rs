//! Direct messages of the bot, each kept at what is wanted of it last.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::backoff::{Backoff, FIRST_WAIT};
use crate::host::{HostError, HostErrorKind, Message, Messages, Pending, PostId, UserId};

/// How long one attempt may take before it counts as failed.
pub const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);

/// When a message that cannot be made or changed is given up.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(10 * 60);

/// The most attempts of one messenger under way at once, each for another message.
pub const MAX_PARALLEL: usize = 16;

/// Makes and changes direct messages. Each part of the product has one of its own, so that none waits for another's.
#[derive(Debug)]
pub struct Messenger<H> {
    host: Arc<H>,
    permits: Semaphore,
    stopping: watch::Receiver<bool>,
}

/// A message was given up: nothing more is done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp;

impl<H: Messages> Messenger<H> {
    /// While `stopping` says so, nobody waits long before another attempt.
    #[must_use]
    pub fn new(host: Arc<H>, stopping: watch::Receiver<bool>) -> Self {
        Self {
            host,
            permits: Semaphore::new(MAX_PARALLEL),
            stopping,
        }
    }

    /// Makes one message, and keeps it at `words` of what is watched, until whoever says that is gone and it says the last of it. What
    /// changed twice meanwhile is told once. It ends early where the message is given up, or somebody deleted it.
    pub async fn keep<T, M: Into<Message>>(
        &self,
        to: &UserId,
        wanted: watch::Receiver<T>,
        words: impl Fn(&T) -> M,
    ) {
        // It was logged, and nobody else needs to know.
        let _ = self.keep_post(to, None, wanted, words).await;
    }

    /// The same for a message that may be there already, under that post. Answers its post.
    ///
    /// # Errors
    ///
    /// [`GivenUp`], also where somebody deleted it.
    pub async fn keep_post<T, M: Into<Message>>(
        &self,
        to: &UserId,
        mut post: Option<PostId>,
        mut wanted: watch::Receiver<T>,
        words: impl Fn(&T) -> M,
    ) -> Result<PostId, GivenUp> {
        let pending = Pending::next();
        // What the attempts to make it said, if that was the same each time.
        let mut tried: Option<Message> = None;
        let mut same = true;
        let mut shown: Option<Message> = None;
        let mut backoff = Backoff::default();
        let mut failing_since: Option<Instant> = None;
        loop {
            let message: Message = words(&wanted.borrow_and_update()).into();
            if let Some(post) = &post
                && shown.as_ref() == Some(&message)
            {
                if wanted.changed().await.is_err() {
                    return Ok(post.clone());
                }
                continue;
            }
            let put = match &post {
                Some(post) => {
                    let change = self.host.change_message(post, message.clone());
                    self.attempt(change).await.map(|()| None)
                }
                None => {
                    let last = tried.replace(message.clone());
                    same &= last.is_none_or(|last| last == message);
                    let send = self.host.send_message(to, message.clone(), pending);
                    self.attempt(send).await.map(Some)
                }
            };
            match put {
                Ok(made) => {
                    // It may be an earlier attempt's, whose answer was lost, and say what that one did.
                    let known = made.is_none() || same;
                    post = made.or(post);
                    shown = known.then_some(message);
                    (backoff, failing_since) = (Backoff::default(), None);
                }
                Err(error) => {
                    let since = *failing_since.get_or_insert_with(Instant::now);
                    let wait = backoff.next_wait();
                    if !error.is_transient() || since.elapsed() + wait >= GIVE_UP_AFTER {
                        // Whoever deleted it wants no more of it.
                        if post.is_none() || error.kind != HostErrorKind::NotFound {
                            let made = post.is_some();
                            tracing::warn!(%error, made, "a direct message was given up");
                        }
                        return Err(GivenUp);
                    }
                    self.pause(wait).await;
                }
            }
        }
    }

    /// Makes one message that stays as it is. What becomes of it is logged.
    pub async fn say(&self, to: &UserId, message: impl Into<Message>) {
        let (_, wanted) = watch::channel(message.into());
        self.keep(to, wanted, Message::clone).await;
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
    pub async fn pause(&self, wait: Duration) {
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
