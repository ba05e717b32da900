//! The outbox: posts in order per person, bounded, tried again while trying again may help.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::backoff::{Backoff, FIRST_WAIT};
use crate::board::Name;
use crate::host::{ChannelId, HostError, HostErrorKind, NewPost, Pending, Posts, UserId};

/// The most posts that wait, of all people together. The one that would be more is given up.
pub const MAX_WAITING: usize = 10_000;

/// The most posts of one person that wait, so that one wild phone does not take everybody's place.
pub const MAX_WAITING_PER_PERSON: usize = 1_000;

/// The most attempts under way at once, each for another person.
pub const MAX_PARALLEL: usize = 4;

/// When a post that still could not be made is given up, counted from the event: after that it would tell
/// people of something long over.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(15 * 60);

/// How long one attempt may take before it counts as failed.
pub const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);

/// Where posts go, and who says them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The channel.
    pub channel: ChannelId,
    /// The author.
    pub author: UserId,
}

/// What became of posts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Made.
    pub made: u64,
    /// Given up: refused by the server, too old, or one too many.
    pub given_up: u64,
    /// Attempts that failed and were repeated, or will be.
    pub retried: u64,
    /// Waiting now.
    pub waiting: usize,
}

/// The outbox. Taking a post never waits; making them happens in tasks of its own.
#[derive(Debug)]
pub struct Outbox<P> {
    shared: Arc<Shared<P>>,
}

#[derive(Debug)]
struct Shared<P> {
    posts: Arc<P>,
    target: watch::Receiver<Option<Target>>,
    lanes: Mutex<Lanes>,
    permits: Semaphore,
    /// Set once the outbox is to end: nobody waits any longer than needed.
    closing: watch::Sender<bool>,
    waiting: watch::Sender<usize>,
    /// Told whenever the server refuses a post for good: the target may be gone.
    refused: Notify,
    counts: [AtomicU64; 3],
}

const MADE: usize = 0;
const GIVEN_UP: usize = 1;
const RETRIED: usize = 2;

#[derive(Debug, Default)]
struct Lanes {
    by_person: HashMap<Name, Lane>,
    waiting: usize,
    closed: bool,
    /// Why the last post was not made; cleared by the next one that is.
    failure: Option<String>,
}

#[derive(Debug)]
struct Lane {
    waiting: VecDeque<Waiting>,
    task: AbortHandle,
}

#[derive(Debug, Clone)]
struct Waiting {
    message: String,
    since: Instant,
}

impl<P: Posts + Send + Sync + 'static> Outbox<P> {
    /// An empty outbox. Posts wait while there is no target.
    #[must_use]
    pub fn new(posts: Arc<P>, target: watch::Receiver<Option<Target>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                posts,
                target,
                lanes: Mutex::default(),
                permits: Semaphore::new(MAX_PARALLEL),
                closing: watch::Sender::new(false),
                waiting: watch::Sender::new(0),
                refused: Notify::new(),
                counts: Default::default(),
            }),
        }
    }

    /// Takes a post. It is made after the same person's earlier ones. Must be called inside a tokio runtime.
    pub fn push(&self, person: &Name, message: String) {
        let mut lanes = self.shared.lanes();
        let full = lanes.closed
            || lanes.waiting >= MAX_WAITING
            || lanes
                .by_person
                .get(person)
                .is_some_and(|lane| lane.waiting.len() >= MAX_WAITING_PER_PERSON);
        if full {
            let waiting = lanes.waiting;
            drop(lanes);
            self.shared
                .give_up(1, &format!("{waiting} posts wait already"));
            return;
        }
        let post = Waiting {
            message,
            since: Instant::now(),
        };
        lanes.waiting += 1;
        self.shared.waiting.send_replace(lanes.waiting);
        if let Some(lane) = lanes.by_person.get_mut(person) {
            lane.waiting.push_back(post);
            // A task takes its lane away when it ends, so this one panicked; the person's posts go on.
            if lane.task.is_finished() {
                let shared = Arc::clone(&self.shared);
                lane.task = tokio::spawn(shared.work(Arc::clone(person))).abort_handle();
            }
            return;
        }
        // The task takes the lock before it looks, so it finds its lane.
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(shared.work(Arc::clone(person))).abort_handle();
        let lane = Lane {
            waiting: VecDeque::from([post]),
            task,
        };
        lanes.by_person.insert(Arc::clone(person), lane);
    }

    /// What became of posts so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let count = |which: usize| self.shared.counts[which].load(Ordering::Relaxed);
        Counts {
            made: count(MADE),
            given_up: count(GIVEN_UP),
            retried: count(RETRIED),
            waiting: self.shared.lanes().waiting,
        }
    }

    /// Why posts are not made at the moment, in the server's words; nothing while they are.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.shared.lanes().failure.clone()
    }

    /// Returns once the server refused a post for good, which may mean that the target is gone.
    pub async fn refused(&self) {
        self.shared.refused.notified().await;
    }

    /// Takes no more posts, makes those that wait, without long pauses, and ends at the deadline at the
    /// latest. Tells how many posts remained.
    pub async fn stop(&self, deadline: Duration) -> usize {
        let deadline = Instant::now() + deadline;
        self.shared.lanes().closed = true;
        self.shared.closing.send_replace(true);
        let mut waiting = self.shared.waiting.subscribe();
        // An error is the deadline, and what remains is counted below.
        let _ = timeout_at(deadline, waiting.wait_for(|waiting| *waiting == 0)).await;
        let mut lanes = self.shared.lanes();
        for (_, lane) in lanes.by_person.drain() {
            lane.task.abort();
        }
        std::mem::take(&mut lanes.waiting)
    }
}

/// What became of one attempt.
enum Attempt {
    Made,
    Again(String),
    Never(String),
}

impl<P: Posts + Send + Sync + 'static> Shared<P> {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        // Nothing in the lock's scopes can leave a lane half changed.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one person's posts, one after the other, until none waits.
    async fn work(self: Arc<Self>, person: Name) {
        while let Some(post) = self.first(&person) {
            self.deliver(&post).await;
        }
    }

    /// The person's next post, which stays in its place until [`Shared::done`]. Without one the lane ends.
    fn first(&self, person: &Name) -> Option<Delivery> {
        let mut lanes = self.lanes();
        let post = lanes
            .by_person
            .get(person)
            .and_then(|lane| lane.waiting.front().cloned());
        match post {
            Some(post) => Some(Delivery {
                person: Arc::clone(person),
                post,
            }),
            None => {
                lanes.by_person.remove(person);
                None
            }
        }
    }

    async fn deliver(&self, delivery: &Delivery) {
        let expires = delivery.post.since + GIVE_UP_AFTER;
        let mut backoff = Backoff::default();
        let mut pending = None;
        let mut last = "no channel to post to was found".to_owned();
        loop {
            let Ok(target) = timeout_at(expires, self.target()).await else {
                break;
            };
            let Ok(permit) = timeout_at(expires, self.permits.acquire()).await else {
                break;
            };
            // One post keeps its id, so that an attempt that did succeed is not repeated by the server.
            let pending =
                &*pending.get_or_insert_with(|| Pending::next().id(target.author.as_str()));
            let attempt = self.attempt(target, &delivery.post.message, pending).await;
            drop(permit);
            match attempt {
                Attempt::Made => {
                    self.counts[MADE].fetch_add(1, Ordering::Relaxed);
                    return self.done(delivery, None);
                }
                Attempt::Never(why) => {
                    self.give_up(1, &why);
                    self.refused.notify_one();
                    return self.done(delivery, Some(why));
                }
                Attempt::Again(why) => {
                    self.counts[RETRIED].fetch_add(1, Ordering::Relaxed);
                    if self.lanes().failure.replace(why.clone()).is_none() {
                        tracing::warn!(error = %why, "a post was not made and will be tried again");
                    }
                    last = why;
                }
            }
            let wait = backoff.next_wait();
            if Instant::now() + wait >= expires {
                break;
            }
            self.pause(wait).await;
        }
        self.give_up(1, &format!("it is too old by now: {last}"));
        self.done(delivery, Some(last));
    }

    async fn attempt(&self, target: Target, message: &str, pending: &str) -> Attempt {
        let post = NewPost {
            channel: target.channel,
            author: target.author,
            message: message.to_owned(),
            pending_id: pending.to_owned(),
        };
        match timeout(ATTEMPT_LIMIT, self.posts.create_post(post)).await {
            Ok(Ok(_)) => Attempt::Made,
            Ok(Err(HostError { kind, message })) => match kind {
                HostErrorKind::Transient => Attempt::Again(message),
                HostErrorKind::NotFound | HostErrorKind::Permanent => Attempt::Never(message),
            },
            Err(_) => {
                let seconds = ATTEMPT_LIMIT.as_secs();
                Attempt::Again(format!("the server did not answer within {seconds} s"))
            }
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
    async fn pause(&self, wait: Duration) {
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

    fn done(&self, delivery: &Delivery, failure: Option<String>) {
        let mut lanes = self.lanes();
        let lane = lanes.by_person.get_mut(&delivery.person);
        if lane.is_some_and(|lane| lane.waiting.pop_front().is_some()) {
            lanes.waiting -= 1;
        }
        if failure.is_none() && lanes.failure.is_some() {
            tracing::info!("posts are made again");
        }
        lanes.failure = failure;
        self.waiting.send_replace(lanes.waiting);
    }

    fn give_up(&self, posts: u64, why: &str) {
        let before = self.counts[GIVEN_UP].fetch_add(posts, Ordering::Relaxed);
        // The first ones, and then every hundredth: a wild phone must not fill the log.
        if before < 10 || before.is_multiple_of(100) {
            tracing::warn!(error = %why, given_up = before + posts, "a post was given up");
        }
    }
}

/// A post on its way.
struct Delivery {
    person: Name,
    post: Waiting,
}
