//! One test: it gathers what is to be shown, and keeps a message at that.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::words::{Reader, Stage, message};
use super::{CHANGE_EVERY, MAX_SHOWN, Scope, Seen, Shared, TEST_FOR};
use crate::host::{Messages, Person};

/// A test of somebody's.
#[derive(Debug)]
pub(super) struct Watch {
    person: Person,
    scope: Scope,
    seen: mpsc::Receiver<Arc<Seen>>,
    lost: Arc<AtomicUsize>,
    events: VecDeque<Arc<Seen>>,
    /// How many are no longer shown.
    earlier: usize,
}

impl Watch {
    pub(super) fn new(
        person: &Person,
        scope: &Scope,
        seen: mpsc::Receiver<Arc<Seen>>,
        lost: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            person: person.clone(),
            scope: scope.clone(),
            seen,
            lost,
            events: VecDeque::with_capacity(MAX_SHOWN),
            earlier: 0,
        }
    }

    /// Runs until the time is over, or somebody ends it, or the message cannot be kept.
    pub(super) async fn run<H: Messages>(mut self, shared: &Shared<H>) {
        // While this is there, an orderly stop waits for the last word.
        let _running = shared.running.subscribe();
        let now = (shared.clock)();
        let reader = Reader {
            language: self.person.language,
            offset: shared.zones.offset(&self.person.time_zone, now),
        };
        let running = Stage::Running(now.after(TEST_FOR.as_millis() as u64));
        let user = self.person.id.clone();
        let (wanted, receiver) = watch::channel(self.message(reader, running));
        let kept = shared.messenger.keep(&user, receiver, String::clone);
        let gathered = async move {
            let stage = self.gather(reader, running, &wanted).await;
            wanted.send_replace(self.message(reader, stage));
            drop(wanted);
        };
        tokio::pin!(kept);
        tokio::select! {
            // The message was given up, or deleted.
            () = &mut kept => {}
            () = gathered => kept.await,
        }
    }

    /// Takes what comes, and has the message say it now and then.
    async fn gather(
        &mut self,
        reader: Reader,
        running: Stage,
        wanted: &watch::Sender<String>,
    ) -> Stage {
        let end = Instant::now() + TEST_FOR;
        let mut next = Instant::now() + CHANGE_EVERY;
        let mut news = false;
        loop {
            let at = if news { next } else { end };
            tokio::select! {
                biased;
                () = sleep_until(end) => return Stage::Over,
                seen = self.seen.recv() => match seen {
                    Some(seen) => {
                        self.take(seen);
                        news = true;
                    }
                    None => return Stage::Ended,
                },
                () = sleep_until(at) => {
                    wanted.send_replace(self.message(reader, running));
                    (news, next) = (false, Instant::now() + CHANGE_EVERY);
                }
            }
        }
    }

    fn take(&mut self, seen: Arc<Seen>) {
        if self.events.len() == MAX_SHOWN {
            self.events.pop_front();
            self.earlier += 1;
        }
        self.events.push_back(seen);
    }

    fn message(&self, reader: Reader, stage: Stage) -> String {
        let lost = self.lost.load(Ordering::Relaxed);
        let counts = (self.earlier, lost);
        message(reader, &self.scope, &self.events, counts, stage)
    }
}
