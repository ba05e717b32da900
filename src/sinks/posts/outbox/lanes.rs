//! What waits, in order per person, and of each post that may change what it is to say.

use std::collections::{HashMap, VecDeque};

use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::{GIVE_UP_AFTER, MAX_WAITING, MAX_WAITING_PER_PERSON};
use crate::board::Name;
use crate::host::{Pending, PostId};

/// Names a post that may change. Whoever shows such posts gives each a number of its own.
pub type CardId = u64;

/// Names a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// One that stays as it is made.
    Post(u64),
    /// One that may change.
    Card(CardId),
}

/// Everything that waits, and everything that may change.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    pub(super) by_person: HashMap<Name, Lane>,
    /// Boxed: a map keeps the room of the most that it ever held.
    pub(super) posts: HashMap<Key, Box<Kept>>,
    /// How many wait, of all people together.
    pub(super) waiting: usize,
    pub(super) closed: bool,
    /// Why the last post was not made; cleared by the next one that is.
    pub(super) failure: Option<String>,
    /// How many posts that stay as they are were taken.
    pub(super) taken: u64,
}

/// One person's posts for which something is to be done.
#[derive(Debug)]
pub(super) struct Lane {
    /// The first one is under way, and stays in its place until it is done.
    pub(super) waiting: VecDeque<Key>,
    pub(super) task: AbortHandle,
}

/// A post: what it is to say, and what it says.
#[derive(Debug)]
pub(super) struct Kept {
    /// In whose lane it is made and changed.
    pub(super) person: Name,
    wanted: String,
    /// Since when it is to say that.
    since: Instant,
    /// Since when it is wanted at all.
    born: Instant,
    /// What it is to say for good when the outbox stops while it may still change.
    last_word: Option<String>,
    pending: Pending,
    /// What each attempt at making it says, so that it does not matter which of them made it.
    first: Option<String>,
    post: Option<PostId>,
    /// What it says, as far as is known.
    shown: Option<String>,
    /// Whether it is in its lane.
    pub(super) queued: bool,
    /// Nothing is done for it any more: it was given up, or somebody deleted it.
    dead: bool,
    /// Nobody will change what is wanted of it.
    released: bool,
    /// Told once it is made; dropped where it never will be.
    pub(super) made: Option<oneshot::Sender<()>>,
}

/// What is to be done for a post.
#[derive(Debug)]
pub(super) enum Attempt {
    Make { text: String, pending: Pending },
    Change { text: String, post: PostId },
}

impl Kept {
    pub(super) fn new(person: &Name, wanted: String, last_word: Option<String>) -> Self {
        let now = Instant::now();
        Self {
            person: Name::clone(person),
            wanted,
            since: now,
            born: now,
            last_word,
            pending: Pending::next(),
            first: None,
            post: None,
            shown: None,
            queued: false,
            dead: false,
            released: false,
            made: None,
        }
    }

    /// The same of a post that an earlier process made.
    pub(super) fn of(
        person: &Name,
        post: PostId,
        wanted: String,
        last_word: Option<String>,
    ) -> Self {
        Self {
            post: Some(post),
            ..Self::new(person, wanted, last_word)
        }
    }

    /// The post, once it is made.
    pub(super) fn post(&self) -> Option<&PostId> {
        self.post.as_ref()
    }

    /// It is to say something else.
    pub(super) fn want(&mut self, text: String, last_word: Option<String>) {
        if self.wanted != text {
            self.wanted = text;
            self.since = Instant::now();
        }
        self.last_word = last_word;
    }

    /// Whether something is to be done for it.
    pub(super) fn is_due(&self) -> bool {
        !self.dead && self.shown.as_ref() != Some(&self.wanted)
    }
}

impl Lanes {
    /// Whether one more of that person would be too many.
    pub(super) fn is_full(&self, person: &Name) -> bool {
        let lane = self.by_person.get(person);
        self.closed
            || self.waiting >= MAX_WAITING
            || lane.is_some_and(|lane| lane.waiting.len() >= MAX_WAITING_PER_PERSON)
    }

    /// The post for which something is done next in a lane; without one the lane ends.
    pub(super) fn first(&mut self, person: &Name) -> Option<Key> {
        let lane = self.by_person.get(person);
        let first = lane.and_then(|lane| lane.waiting.front().copied());
        if first.is_none() {
            self.by_person.remove(person);
        }
        first
    }

    /// What is to be done for a post, and when that is too late.
    pub(super) fn attempt(&mut self, key: Key) -> Option<(Attempt, Instant)> {
        let kept = self.posts.get_mut(&key).filter(|kept| kept.is_due())?;
        Some(match &kept.post {
            Some(post) => {
                let attempt = Attempt::Change {
                    text: kept.wanted.clone(),
                    post: post.clone(),
                };
                (attempt, kept.since + GIVE_UP_AFTER)
            }
            None => {
                let text = kept.first.get_or_insert_with(|| kept.wanted.clone());
                let attempt = Attempt::Make {
                    text: text.clone(),
                    pending: kept.pending,
                };
                (attempt, kept.born + GIVE_UP_AFTER)
            }
        })
    }

    /// The post says that now.
    pub(super) fn succeeded(&mut self, key: Key, text: String, made: Option<PostId>) {
        if let Some(kept) = self.posts.get_mut(&key) {
            kept.post = made.or(kept.post.take());
            kept.shown = Some(text);
            if let Some(made) = kept.made.take() {
                // Whoever wanted to know may be gone.
                let _ = made.send(());
            }
        }
    }

    /// Somebody deleted the post.
    pub(super) fn deleted(&mut self, key: Key) {
        if let Some(kept) = self.posts.get_mut(&key) {
            kept.dead = true;
        }
    }

    /// The post can be changed no more: what is wanted goes into a new one.
    pub(super) fn renew(&mut self, key: Key) {
        if let Some(kept) = self.posts.get_mut(&key) {
            kept.post = None;
            kept.first = None;
            kept.pending = Pending::next();
            kept.born = kept.since;
        }
    }

    /// What was wanted of the post was given up. Whether it was never made.
    pub(super) fn failed(&mut self, key: Key) -> bool {
        let Some(kept) = self.posts.get_mut(&key) else {
            return false;
        };
        kept.dead = kept.post.is_none();
        // It is tried again once something else is wanted.
        kept.shown = Some(kept.wanted.clone());
        kept.dead
    }

    /// The first of a lane is done. If it is to say something else by now it has its turn again, behind those that wait.
    pub(super) fn done(&mut self, person: &Name) {
        let Some(lane) = self.by_person.get_mut(person) else {
            return;
        };
        let Some(key) = lane.waiting.pop_front() else {
            return;
        };
        if self.posts.get(&key).is_some_and(|kept| kept.is_due()) {
            lane.waiting.push_back(key);
            return;
        }
        self.waiting -= 1;
        if let Some(kept) = self.posts.get_mut(&key) {
            kept.queued = false;
        }
        self.tidy(key);
    }

    /// What is wanted of the post now is wanted for good.
    pub(super) fn release(&mut self, key: Key) {
        if let Some(kept) = self.posts.get_mut(&key) {
            kept.released = true;
            kept.last_word = None;
        }
        self.tidy(key);
    }

    /// Everything that may still change gets its last word. Answers what is to be done for it.
    pub(super) fn last_words(&mut self) -> Vec<Key> {
        let mut due = Vec::new();
        for (key, kept) in &mut self.posts {
            let Some(text) = kept.last_word.take() else {
                continue;
            };
            kept.want(text, None);
            if kept.is_due() && !kept.queued {
                due.push(*key);
            }
        }
        due
    }

    /// Forgets a post for which nothing is to be done any more.
    fn tidy(&mut self, key: Key) {
        let over = |kept: &Kept| kept.released && !kept.queued;
        if self.posts.get(&key).is_some_and(|kept| over(kept)) {
            self.posts.remove(&key);
        }
    }
}
