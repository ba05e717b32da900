//! Somebody becomes nobody in what is kept of others' missed calls. The messages that tell of them are Mattermost's and stay as they are.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::lane::Work;
use super::record::{self, Caller, PREFIX, Record};
use super::shared::Shared;
use super::{ERASE_AGAIN, MissedHost, PRESS_LIMIT, lock};
use crate::board::{Erased, Peer};
use crate::host::{HostError, UserId};
use crate::store;

/// How many records are looked at at once.
const PARALLEL: usize = 8;

impl Caller {
    fn is_of(&self, whom: &Erased) -> bool {
        let peer = Peer {
            international: self.international.as_deref().map(Into::into),
            name: self.username.as_deref().map(Into::into),
            label: self.name.as_deref().map(Into::into),
            ..Peer::new(self.number.as_deref().unwrap_or_default())
        };
        let by_name = Peer {
            name: peer.label.clone(),
            ..peer.clone()
        };
        whom.is_peer(&peer) || whom.is_peer(&by_name)
    }
}

impl Record {
    /// Whether somebody is among the callers.
    fn has(&self, whom: &Erased) -> bool {
        self.callers.iter().any(|caller| caller.is_of(whom))
    }

    /// Makes somebody an unknown caller, who stands once. Answers whether they were among the callers.
    pub(super) fn erase(&mut self, whom: &Erased) -> bool {
        if !self.has(whom) {
            return false;
        }
        let mut callers: Vec<Caller> = Vec::with_capacity(self.callers.len());
        for caller in std::mem::take(&mut self.callers) {
            let caller = if caller.is_of(whom) {
                caller.unknown()
            } else {
                caller
            };
            // The latest comes first, and stays there.
            match callers.iter_mut().find(|other| caller.is_unknown_as(other)) {
                Some(other) => other.join(&caller),
                None => callers.push(caller),
            }
        }
        self.callers = callers;
        true
    }
}

impl<H: MissedHost> Shared<H> {
    /// Makes somebody nobody in all records. Answers whether they were in any.
    pub(super) async fn erase(self: &Arc<Self>, whom: &Arc<Erased>) -> Result<bool, HostError> {
        let mut users: Vec<UserId> = lock(&self.lanes).keys().cloned().collect();
        let keys = self.attempt(store::keys(&*self.host, PREFIX)).await?;
        let stored = keys.iter().filter_map(|key| key.strip_prefix(PREFIX));
        let stored = stored
            .map(UserId::from)
            .filter(|user| !users.contains(user));
        let stored: Vec<UserId> = stored.collect();
        let mut looked = stream::iter(stored)
            .map(|user| async move {
                let key = record::key(&user);
                let loading = store::load_or_default::<Record>(&*self.host, &key);
                let record = self.attempt(loading).await?;
                Ok::<_, HostError>(record.has(whom).then_some(user))
            })
            .buffer_unordered(PARALLEL);
        while let Some(user) = looked.next().await {
            users.extend(user?);
        }
        drop(looked);
        let mut any = false;
        for user in users {
            let (answer, erased) = oneshot::channel();
            let work = Work::Erase(Box::new((Arc::clone(whom), answer)));
            self.hand(&user, work).await;
            let later = || HostError::transient("somebody's missed calls are not stored yet");
            // A lane whose record cannot be read or stored tries for longer than anybody waits here.
            let erased = timeout(PRESS_LIMIT, erased).await;
            any |= erased.ok().and_then(Result::ok).ok_or_else(later)??;
        }
        Ok(any)
    }

    /// The same for all who came together since the last time, until it is done.
    pub(super) async fn erase_all(self: Arc<Self>) {
        let _turn = self.erasing.lock().await;
        let whom = std::mem::take(&mut *lock(&self.erased));
        if whom == Erased::default() {
            // Another one did it for them.
            return;
        }
        let whom = Arc::new(whom);
        while let Err(error) = self.erase(&whom).await {
            tracing::warn!(%error, "somebody is not erased yet from what is kept of missed calls, and will be");
            tokio::select! {
                () = sleep(ERASE_AGAIN) => {}
                () = self.stopped() => return,
            }
        }
    }
}
