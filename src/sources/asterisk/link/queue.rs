//! What waits between the connection and the one who follows it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::frames::Batch;

/// The most bytes of messages that wait: about 8,000 events.
pub(super) const MAX_WAITING: usize = 4 * 1024 * 1024;

/// What the connection has for its follower, in the order in which it came about.
#[derive(Debug)]
pub(in super::super) enum Item {
    /// Logged in; what the account may is known.
    Up,
    /// So many messages.
    Messages(BytesMut, usize),
    /// Some messages are lost. When there were too many, no more come until [`Queue::resume`].
    Gap,
    /// The connection ended.
    Down,
    /// Something was changed from elsewhere that may have results.
    Look,
    /// Whatever is known is of another Asterisk, or no longer wanted.
    Forget,
}

/// The connection's end of it never waits: what has no room is dropped, and everything asked for anew.
#[derive(Debug, Default)]
pub(in super::super) struct Queue {
    inner: Mutex<Inner>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    items: VecDeque<(Item, Instant)>,
    bytes: usize,
    /// Whether all that comes is dropped.
    gap: bool,
    dropped: u64,
    oldest_ever: Duration,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Waiting {
    /// For how long the oldest.
    pub(in super::super) behind: Duration,
    /// For how long any did.
    pub(in super::super) most_behind: Duration,
    /// How many messages were dropped.
    pub(in super::super) dropped: u64,
}

impl Queue {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds something that is no message.
    pub(in super::super) fn push(&self, item: Item) {
        self.inner().items.push_back((item, Instant::now()));
        self.news.notify_one();
    }

    /// Adds messages, or drops them and all that wait when they are too many.
    pub(super) fn messages(&self, batch: Batch) {
        if batch.messages + batch.skipped == 0 {
            return;
        }
        let mut inner = self.inner();
        inner.dropped += batch.skipped as u64;
        if inner.gap {
            inner.dropped += batch.messages as u64;
            return;
        }
        let now = Instant::now();
        if inner.bytes + batch.bytes.len() > MAX_WAITING {
            inner.drop_messages();
            inner.dropped += batch.messages as u64;
            inner.gap = true;
        } else {
            inner.bytes += batch.bytes.len();
            let item = Item::Messages(batch.bytes, batch.messages);
            inner.items.push_back((item, now));
        }
        if inner.gap || batch.skipped > 0 {
            inner.items.push_back((Item::Gap, now));
        }
        drop(inner);
        self.news.notify_one();
    }

    /// The next thing, when there is one.
    pub(in super::super) async fn next(&self) -> Item {
        loop {
            let news = self.news.notified();
            if let Some(item) = self.inner().pop() {
                return item;
            }
            news.await;
        }
    }

    /// Takes messages again, after a [`Item::Gap`].
    pub(in super::super) fn resume(&self) {
        self.inner().gap = false;
    }

    /// How much waits now.
    pub(in super::super) fn waiting(&self) -> Waiting {
        let inner = self.inner();
        let behind = inner.items.front().map(|(_, at)| at.elapsed());
        let behind = behind.unwrap_or_default();
        Waiting {
            behind,
            most_behind: inner.oldest_ever.max(behind),
            dropped: inner.dropped,
        }
    }
}

impl Inner {
    fn pop(&mut self) -> Option<Item> {
        let (item, at) = self.items.pop_front()?;
        self.oldest_ever = self.oldest_ever.max(at.elapsed());
        if let Item::Messages(bytes, _) = &item {
            self.bytes -= bytes.len();
        }
        Some(item)
    }

    fn drop_messages(&mut self) {
        let dropped = &mut self.dropped;
        self.items.retain(|(item, _)| {
            if let Item::Messages(_, count) = item {
                *dropped += *count as u64;
            }
            !matches!(item, Item::Messages(..))
        });
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(bytes: usize, messages: usize) -> Batch {
        Batch {
            bytes: BytesMut::zeroed(bytes),
            messages,
            skipped: 0,
        }
    }

    fn shown(item: &Item) -> &'static str {
        match item {
            Item::Up => "up",
            Item::Messages(..) => "messages",
            Item::Gap => "gap",
            Item::Down => "down",
            Item::Look => "look",
            Item::Forget => "forget",
        }
    }

    fn all(queue: &Queue) -> Vec<&'static str> {
        let mut inner = queue.inner();
        let mut found = Vec::new();
        while let Some(item) = inner.pop() {
            found.push(shown(&item));
        }
        assert_eq!(inner.bytes, 0);
        found
    }

    #[test]
    fn too_much_is_dropped_as_a_whole_until_it_is_wanted_again() {
        let queue = Queue::default();
        queue.push(Item::Up);
        queue.messages(batch(MAX_WAITING / 2, 10));
        queue.messages(batch(MAX_WAITING / 2, 20));
        queue.push(Item::Look);
        assert_eq!(queue.waiting().dropped, 0);
        queue.messages(batch(1, 1));
        assert_eq!(queue.waiting().dropped, 31);
        queue.messages(batch(1, 5));
        queue.push(Item::Down);
        // What is no message is never dropped, and stays in its order.
        assert_eq!(all(&queue), ["up", "look", "gap", "down"]);
        queue.messages(batch(1, 1));
        assert_eq!((all(&queue).len(), queue.waiting().dropped), (0, 37));
        queue.resume();
        queue.messages(batch(1, 1));
        assert_eq!(
            (all(&queue), queue.waiting().dropped),
            (vec!["messages"], 37)
        );
    }

    #[test]
    fn a_message_that_is_left_out_takes_no_other_with_it() {
        let queue = Queue::default();
        queue.messages(Batch {
            skipped: 1,
            ..batch(9, 1)
        });
        queue.messages(batch(9, 1));
        assert_eq!(all(&queue), ["messages", "gap", "messages"]);
        assert_eq!(queue.waiting().dropped, 1);
    }
}
