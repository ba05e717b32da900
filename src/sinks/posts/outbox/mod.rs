//! The outbox: posts in order per person, bounded, tried again while trying again may help.
//!
//! A post that stays as it is made is the simple case of one that may change. Of that one only the latest text matters: what changes
//! faster than the server takes it is told once.

mod lanes;
#[cfg(test)]
mod tests;
mod work;

pub use lanes::CardId;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use crate::board::Name;
use crate::host::{ChannelId, PostId, Posts, UserId};
use crate::tasks;
use lanes::{Kept, Key, Lane, Lanes};

/// The most posts that wait, of all people together. The one that would be more is given up.
pub const MAX_WAITING: usize = 10_000;

/// The most posts of one person that wait, so that one wild phone does not take everybody's place.
pub const MAX_WAITING_PER_PERSON: usize = 1_000;

/// The most attempts under way at once, each for another person. A thousand posts that are made and changed once, at 300 ms a call
/// (a change is two), take half a minute.
pub const MAX_PARALLEL: usize = 32;

/// When a post that still could not be made is given up, counted from the event: after that it would tell
/// people of something long over. A change is given up as long after it was wanted.
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
    /// Changes of posts.
    pub changed: u64,
    /// Given up: refused by the server, too old, or one too many.
    pub given_up: u64,
    /// Attempts that failed and were repeated, or will be.
    pub retried: u64,
    /// Waiting now.
    pub waiting: usize,
    /// Events that made no post because their phone reported them too often.
    pub flapped: u64,
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
    counts: [AtomicU64; 4],
}

const MADE: usize = 0;
const GIVEN_UP: usize = 1;
const RETRIED: usize = 2;
const CHANGED: usize = 3;

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
        self.once(Kept::new(person, message, None));
    }

    /// The same, and tells when it is made; an error is that it was given up, or is one too many.
    pub fn deliver(&self, person: &Name, message: String) -> oneshot::Receiver<()> {
        let (made, told) = oneshot::channel();
        let mut kept = Kept::new(person, message, None);
        kept.made = Some(made);
        self.once(kept);
        told
    }

    /// Takes a post that stays as it is.
    fn once(&self, kept: Kept) {
        let mut lanes = self.shared.lanes();
        lanes.taken += 1;
        let key = Key::Post(lanes.taken);
        if self.add(&mut lanes, key, kept) {
            lanes.release(key);
        } else {
            self.refuse(lanes);
        }
    }

    /// Has a post that may change say this: it is made the first time, in its place among that person's, and changed from then on.
    /// `last_word` is what it is to say where the outbox stops before it says something else; nothing where this is final. The post is
    /// remembered until it is [released](Self::release). Must be called inside a tokio runtime.
    pub fn show(&self, card: CardId, person: &Name, text: String, last_word: Option<String>) {
        let mut lanes = self.shared.lanes();
        let key = Key::Card(card);
        let Some(kept) = lanes.posts.get_mut(&key) else {
            if !self.add(&mut lanes, key, Kept::new(person, text, last_word)) {
                self.refuse(lanes);
            }
            return;
        };
        kept.want(text, last_word);
        if kept.is_due() && !kept.queued && !lanes.closed {
            // Not counted against the limits: each post waits once at most, and one that is there must not stay as it is.
            self.enqueue(&mut lanes, key);
        }
    }

    /// Goes on with a post that an earlier process made, and has it say this. The same as [`show`](Self::show) otherwise.
    pub fn adopt(
        &self,
        card: CardId,
        person: &Name,
        post: PostId,
        text: String,
        last_word: Option<String>,
    ) {
        let mut lanes = self.shared.lanes();
        let kept = Kept::of(person, post, text, last_word);
        if !self.add(&mut lanes, Key::Card(card), kept) {
            self.refuse(lanes);
        }
    }

    /// The post that may change, once it is made.
    #[must_use]
    pub fn post(&self, card: CardId) -> Option<PostId> {
        let lanes = self.shared.lanes();
        lanes.posts.get(&Key::Card(card))?.post().cloned()
    }

    /// Returns once nothing waits.
    pub fn settled(&self) -> impl Future<Output = ()> + Send + use<P> {
        let mut waiting = self.shared.waiting.subscribe();
        async move {
            // An error is that the outbox is gone.
            let _ = waiting.wait_for(|waiting| *waiting == 0).await;
        }
    }

    /// Nobody will change that post any more. It is brought to what is wanted of it, and forgotten.
    pub fn release(&self, card: CardId) {
        self.shared.lanes().release(Key::Card(card));
    }

    /// Takes a new post, unless that is one too many.
    fn add(&self, lanes: &mut Lanes, key: Key, kept: Kept) -> bool {
        if lanes.is_full(&kept.person) {
            return false;
        }
        lanes.posts.insert(key, Box::new(kept));
        self.enqueue(lanes, key);
        true
    }

    fn refuse(&self, lanes: MutexGuard<'_, Lanes>) {
        let why = match lanes.closed {
            true => "the plugin is stopping".to_owned(),
            false => format!("{} posts wait already", lanes.waiting),
        };
        drop(lanes);
        self.shared.give_up(1, &why);
    }

    /// Something is to be done for a post.
    fn enqueue(&self, lanes: &mut Lanes, key: Key) {
        let Some(kept) = lanes.posts.get_mut(&key) else {
            return;
        };
        kept.queued = true;
        let person = Arc::clone(&kept.person);
        lanes.waiting += 1;
        self.shared.waiting.send_replace(lanes.waiting);
        // The task takes the lock before it looks, so it finds its lane.
        let start = || {
            let shared = Arc::clone(&self.shared);
            tasks::spawn(shared.work(Arc::clone(&person))).abort_handle()
        };
        if let Some(lane) = lanes.by_person.get_mut(&person) {
            lane.waiting.push_back(key);
            // A task takes its lane away when it ends, so this one panicked; the person's posts go on.
            if lane.task.is_finished() {
                lane.task = start();
            }
            return;
        }
        let lane = Lane {
            waiting: VecDeque::from([key]),
            task: start(),
        };
        lanes.by_person.insert(person, lane);
    }

    /// What became of posts so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let count = |which: usize| self.shared.counts[which].load(Ordering::Relaxed);
        Counts {
            made: count(MADE),
            changed: count(CHANGED),
            given_up: count(GIVEN_UP),
            retried: count(RETRIED),
            waiting: self.shared.lanes().waiting,
            flapped: 0,
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

    /// Takes no more posts, makes those that wait, without long pauses, gives those that may still change their last word, and ends
    /// at the deadline at the latest. Tells how many posts remained.
    pub async fn stop(&self, deadline: Duration) -> usize {
        let deadline = Instant::now() + deadline;
        {
            let mut lanes = self.shared.lanes();
            lanes.closed = true;
            for key in lanes.last_words() {
                self.enqueue(&mut lanes, key);
            }
        }
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

impl<P> Shared<P> {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        // Nothing in the lock's scopes can leave a lane half changed.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
