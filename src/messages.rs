//! Direct messages of the bot, each kept at what is wanted of it last.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::backoff::{Backoff, FIRST_WAIT};
use crate::host::{HostError, HostErrorKind, Message, Messages, Pending, PostId, UserId};

/// How long one attempt may take before it counts as failed.
pub const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);

/// When a message that cannot be made or changed is given up by those methods that try again.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(10 * 60);

/// The most attempts of one messenger under way at once, each for another message.
pub const MAX_PARALLEL: usize = 16;

/// A message was given up: nothing more is done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp;

/// Makes and changes direct messages. Each part of the product has one of its own, so that none waits for another's.
#[derive(Debug)]
pub struct Messenger<H> {
    host: Arc<H>,
    permits: Semaphore,
    stopping: watch::Receiver<bool>,
}

/// One message, as far as it is known what became of it.
#[derive(Clone, Debug)]
pub struct Kept {
    pending: Pending,
    post: Option<PostId>,
    /// What the attempts to make it said, if that was the same each time.
    tried: Option<Message>,
    same: bool,
    /// What it says now, where that is known.
    shown: Option<Message>,
}

impl Default for Kept {
    /// One that is still to be made.
    fn default() -> Self {
        Self {
            pending: Pending::next(),
            post: None,
            tried: None,
            same: true,
            shown: None,
        }
    }
}

impl Kept {
    /// One that was made before.
    #[must_use]
    pub fn of(post: PostId) -> Self {
        Self {
            post: Some(post),
            ..Self::default()
        }
    }

    /// Its post, once it is made.
    #[must_use]
    pub fn post(&self) -> Option<&PostId> {
        self.post.as_ref()
    }
}

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
        post: Option<PostId>,
        mut wanted: watch::Receiver<T>,
        words: impl Fn(&T) -> M,
    ) -> Result<PostId, GivenUp> {
        let mut kept = post.map_or_else(Kept::default, Kept::of);
        let mut backoff = Backoff::default();
        let mut failing_since: Option<Instant> = None;
        loop {
            let message = words(&wanted.borrow_and_update()).into();
            match self.bring(to, &mut kept, message).await {
                Ok(post) => {
                    (backoff, failing_since) = (Backoff::default(), None);
                    if wanted.changed().await.is_err() {
                        return Ok(post);
                    }
                }
                Err(error) => {
                    let since = *failing_since.get_or_insert_with(Instant::now);
                    let wait = backoff.next_wait();
                    if !error.is_transient() || since.elapsed() + wait >= GIVE_UP_AFTER {
                        let made = kept.post.is_some();
                        // Whoever deleted it wants no more of it.
                        if !made || error.kind != HostErrorKind::NotFound {
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

    /// Tries once to make the message say this, and makes it if it is not made yet. Answers its post.
    ///
    /// # Errors
    ///
    /// The server did not, or did not answer within [`ATTEMPT_LIMIT`]. "Not found" where somebody deleted the message: a new
    /// [`Kept`] makes another one.
    pub async fn bring(
        &self,
        to: &UserId,
        kept: &mut Kept,
        message: Message,
    ) -> Result<PostId, HostError> {
        loop {
            let Some(post) = &kept.post else {
                let last = kept.tried.replace(message.clone());
                kept.same &= last.is_none_or(|last| last == message);
                let send = self.host.send_message(to, message.clone(), kept.pending);
                kept.post = Some(self.attempt(send).await?);
                // It may be an earlier attempt's, whose answer was lost, and say what that one did.
                kept.shown = kept.same.then(|| message.clone());
                continue;
            };
            if kept.shown.as_ref() == Some(&message) {
                return Ok(post.clone());
            }
            // Until there is an answer it may say either.
            kept.shown = None;
            let change = self.host.change_message(post, message.clone());
            self.attempt(change).await?;
            kept.shown = Some(message.clone());
        }
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
