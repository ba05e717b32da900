//! What makes and changes the posts.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::lanes::{Attempt, Key};
use super::{ATTEMPT_LIMIT, CHANGED, GIVEN_UP, MADE, RETRIED, Shared, Target};
use crate::backoff::{Backoff, FIRST_WAIT};
use crate::board::Name;
use crate::host::{HostError, HostErrorKind, NewPost, PostId, Posts};

/// How it ended.
enum End {
    /// It is done, or not needed any more.
    Done,
    /// It is given up, for this reason.
    GivenUp(String),
}

impl<P: Posts + Send + Sync + 'static> Shared<P> {
    /// Does what is to be done for one person's posts, one after the other, until nothing is.
    pub(super) async fn work(self: Arc<Self>, person: Name) {
        loop {
            let first = self.lanes().first(&person);
            let Some(key) = first else { return };
            let end = self.bring(key).await;
            let mut lanes = self.lanes();
            let failure = match end {
                End::Done => None,
                End::GivenUp(why) => Some(why),
            };
            // Where not even making it helps, the target may be gone.
            if failure.is_some() && lanes.failed(key) {
                self.refused.notify_one();
            }
            if failure.is_none() && lanes.failure.is_some() {
                tracing::info!("posts are made again");
            }
            lanes.failure = failure;
            lanes.done(&person);
            self.waiting.send_replace(lanes.waiting);
        }
    }

    /// Makes a post, or changes it: whatever it takes for it to say what is wanted at the moment.
    async fn bring(&self, key: Key) -> End {
        let mut backoff = Backoff::default();
        let mut last = "no channel to post to was found".to_owned();
        let too_old = |last: String| {
            self.give_up(1, &format!("it is too old by now: {last}"));
            End::GivenUp(last)
        };
        loop {
            let first = self.lanes().attempt(key);
            let Some((attempt, expires)) = first else {
                return End::Done;
            };
            // What is there already stays where it is.
            let target = match attempt {
                Attempt::Make { .. } => match timeout_at(expires, self.target()).await {
                    Ok(target) => Some(target),
                    Err(_) => return too_old(last),
                },
                Attempt::Change { .. } => None,
            };
            let Ok(permit) = timeout_at(expires, self.permits.acquire()).await else {
                return too_old(last);
            };
            // That may have taken its time, and something else be wanted by now.
            let now = self.lanes().attempt(key);
            let Some((attempt, expires)) = now else {
                return End::Done;
            };
            // Boxed: thousands may wait for their turn, and few of them ask the server.
            let attempting = Box::pin(self.attempt(target, &attempt));
            let result = timeout(ATTEMPT_LIMIT, attempting).await;
            drop(permit);
            let why = match result {
                Ok(Ok(made)) => {
                    let which = if made.is_some() { MADE } else { CHANGED };
                    self.counts[which].fetch_add(1, Ordering::Relaxed);
                    let (Attempt::Make { text, .. } | Attempt::Change { text, .. }) = attempt;
                    self.lanes().succeeded(key, text, made);
                    return End::Done;
                }
                Ok(Err(error)) if error.is_transient() => error.message,
                Ok(Err(HostError { kind, message })) => {
                    if matches!(attempt, Attempt::Make { .. }) {
                        self.give_up(1, &message);
                        return End::GivenUp(message);
                    }
                    if kind == HostErrorKind::NotFound {
                        self.lanes().deleted(key);
                        return End::Done;
                    }
                    // A server may allow changes for some time only (its setting PostEditTimeLimit).
                    tracing::info!(error = %message, "a post cannot be changed any more, and goes on in a new one");
                    self.lanes().renew(key);
                    continue;
                }
                Err(_) => {
                    let seconds = ATTEMPT_LIMIT.as_secs();
                    format!("the server did not answer within {seconds} s")
                }
            };
            self.counts[RETRIED].fetch_add(1, Ordering::Relaxed);
            if self.lanes().failure.replace(why.clone()).is_none() {
                tracing::warn!(error = %why, "a post was not made and will be tried again");
            }
            last = why;
            let wait = backoff.next_wait();
            if Instant::now() + wait >= expires {
                return too_old(last);
            }
            self.pause(wait).await;
        }
    }

    /// One attempt. Answers the post, if it made one.
    async fn attempt(
        &self,
        target: Option<Target>,
        attempt: &Attempt,
    ) -> Result<Option<PostId>, HostError> {
        match (attempt, target) {
            (Attempt::Make { text, pending }, Some(target)) => {
                let post = NewPost {
                    pending_id: pending.id(target.author.as_str()),
                    told_at: pending.recent(),
                    channel: target.channel,
                    author: target.author,
                    message: text.clone(),
                };
                self.posts.create_post(post).await.map(Some)
            }
            (Attempt::Change { text, post }, _) => {
                self.posts.change_post(post, text.clone()).await?;
                Ok(None)
            }
            // A post that was there is not made anew, so there was a target.
            (Attempt::Make { .. }, None) => Err(HostError::transient("no channel was found")),
        }
    }

    /// The target, as soon as there is one.
    async fn target(&self) -> Target {
        let mut target = self.target.clone();
        let found = target.wait_for(Option::is_some).await;
        if let Some(target) = found.ok().and_then(|target| target.clone()) {
            return target;
        }
        // Whoever finds targets is gone, so there will be none.
        std::future::pending().await
    }

    /// Waits, but not for long once the outbox is closing.
    async fn pause(&self, wait: std::time::Duration) {
        let mut closing = self.closing.subscribe();
        if *closing.borrow() {
            sleep(wait.min(FIRST_WAIT)).await;
            return;
        }
        tokio::select! {
            () = sleep(wait) => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
    }

    pub(super) fn give_up(&self, posts: u64, why: &str) {
        let before = self.counts[GIVEN_UP].fetch_add(posts, Ordering::Relaxed);
        // The first ones, and then every hundredth: a wild phone must not fill the log.
        if before < 10 || before.is_multiple_of(100) {
            tracing::warn!(error = %why, given_up = before + posts, "a post was given up");
        }
    }
}
