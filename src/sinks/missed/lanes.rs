//! The lanes: one for each person for whom something is to be done.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::time::sleep;

use super::lane::{Lane, MAX_WORK, Work};
use super::record::{self, PREFIX, Record};
use super::shared::Shared;
use super::{MissedHost, lock};
use crate::host::{HostError, UserId};
use crate::store;

/// How often records that are over are looked for, to be deleted.
pub(super) const SWEEP_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many records are looked at at once then.
const SWEEP_PARALLEL: usize = 8;

impl<H> Shared<H> {
    /// A lane ends, unless something is about to be done there.
    pub(super) fn leave(&self, user: &UserId, work: &mpsc::Receiver<Work>) -> bool {
        let mut lanes = lock(&self.lanes);
        let alone = |sender: &mpsc::Sender<Work>| sender.strong_count() == 1;
        let ends = work.is_empty() && lanes.get(user).is_none_or(alone);
        if ends {
            lanes.remove(user);
        }
        ends
    }

    /// A lane ends, whatever is about to be done there.
    pub(super) fn leave_at_once(&self, user: &UserId, work: &mut mpsc::Receiver<Work>) {
        lock(&self.lanes).remove(user);
        work.close();
        while let Ok(left) = work.try_recv() {
            if matches!(left, Work::Missed(_)) {
                self.give_up("what is kept of their missed calls could not be read");
            }
        }
    }
}

impl<H: MissedHost> Shared<H> {
    /// Hands something to somebody's lane, which begins if there is none.
    pub(super) async fn hand(self: &Arc<Self>, user: &UserId, mut work: Work) {
        loop {
            let sender = {
                let mut lanes = lock(&self.lanes);
                let begin = || {
                    let (sender, receiver) = mpsc::channel(MAX_WORK);
                    let lane = Lane::new(Arc::clone(self), user.clone(), receiver);
                    self.spawn(lane.run());
                    sender
                };
                lanes.entry(user.clone()).or_insert_with(begin).clone()
            };
            match sender.send(work).await {
                Ok(()) => return,
                // It ended at this moment, or panicked.
                Err(error) => work = error.0,
            }
            let mut lanes = lock(&self.lanes);
            if lanes.get(user).is_some_and(mpsc::Sender::is_closed) {
                lanes.remove(user);
            }
        }
    }

    /// Somebody's record as it is stored; an empty one where there is none.
    pub(super) async fn load(&self, user: &UserId) -> Result<Record, HostError> {
        let key = record::key(user);
        self.again(|| store::load_or_default(&*self.host, &key))
            .await
    }

    /// Takes up what was to be told before the start, and deletes what is over, once a day.
    pub(super) async fn sweep(self: Arc<Self>) {
        let mut on = self.on.subscribe();
        // Whoever would turn it on is gone otherwise.
        while on.wait_for(|on| *on).await.is_ok() {
            let keys = self.again(|| store::keys(&*self.host, PREFIX)).await;
            match keys {
                Ok(keys) => self.look_at(keys).await,
                Err(error) => {
                    tracing::warn!(%error, "stored missed calls could not be listed");
                }
            }
            sleep(SWEEP_EVERY).await;
        }
    }

    pub(super) async fn look_at(self: &Arc<Self>, keys: Vec<String>) {
        let permits = Arc::new(Semaphore::new(SWEEP_PARALLEL));
        for key in keys {
            // It is never closed.
            let permit = Arc::clone(&permits).acquire_owned().await;
            let shared = Arc::clone(self);
            self.spawn(async move {
                let _permit = permit;
                let user = UserId::from(key.trim_start_matches(PREFIX));
                match shared.load(&user).await {
                    Ok(record) if record.waiting || record.is_over(shared.now()) => {
                        shared.hand(&user, Work::Look).await;
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "stored missed calls could not be read");
                    }
                }
            });
        }
    }
}
