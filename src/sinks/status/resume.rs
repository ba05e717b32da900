//! A start: what was going on before it is taken up from the records.

use std::sync::Arc;

use super::StatusHost;
use super::bridge::SWITCHED;
use super::counts::add;
use super::course::Course;
use super::driver::Shared;
use super::effects::ask;
use super::record::{self, PREFIX};
use crate::backoff::Backoff;
use crate::host::{HostError, UserId};
use crate::store;

impl<H: StatusHost> Shared<H> {
    /// Finds out of whom there are records, and sees to these people.
    pub(super) async fn resume(self: Arc<Self>) {
        let mut configured = self.configured.subscribe();
        // An error cannot be: the sender is in here.
        let _ = configured.wait_for(|configured| *configured).await;
        let mut backoff = Backoff::default();
        let list = async || {
            let keys = ask(store::keys(&*self.host, PREFIX)).await?;
            let switched = ask(store::keys(&*self.host, SWITCHED)).await?;
            Ok::<_, HostError>((keys, switched))
        };
        let (keys, switched) = loop {
            match list().await {
                Ok(keys) => break keys,
                Err(error) => {
                    let mut inner = self.lock();
                    inner.unlisted = true;
                    inner.failed(&error, "the records of people's statuses cannot be listed");
                }
            }
            add(&self.tally.retried);
            self.pause(backoff.next_wait()).await;
        };
        let switched = switched.iter().filter_map(|key| key.strip_prefix(SWITCHED));
        self.bridge.resume(switched.map(UserId::from));
        let users = keys.iter().filter_map(|key| key.strip_prefix(PREFIX));
        let mut inner = self.lock();
        inner.unlisted = false;
        inner.recovered();
        for user in users.map(UserId::from) {
            inner.recorded.insert(user.clone());
            inner.people.entry(user.clone()).or_default();
            self.poke(&mut inner, &user);
        }
        if inner.recorded.is_empty() {
            inner.lines.forget_signs();
        }
        drop(inner);
        self.listed.send_replace(true);
    }

    /// Takes up what somebody's record says, if they have one.
    pub(super) async fn load(&self, user: &UserId, course: &mut Course) -> Result<(), HostError> {
        if !self.lock().recorded.contains(user) {
            course.loaded = true;
            return Ok(());
        }
        let loaded = match ask(record::load(&*self.host, user)).await {
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                add(&self.tally.given_up);
                tracing::warn!(%error, user = user.as_str(), "the record of a person's status cannot be read");
                None
            }
            Ok(loaded) => loaded,
        };
        let now = (self.clock)();
        let mut guard = self.lock();
        let inner = &mut *guard;
        course.loaded = true;
        inner.recorded.remove(user);
        if let Some(record) = loaded {
            course.stored = true;
            let (placed, held) = record.resume(now);
            course.held = held;
            let entry = inner.people.entry(user.clone()).or_default();
            for placed in placed {
                let line = placed.origin.as_ref().map(|o| Arc::clone(&o.line));
                entry.claims.resume(placed, now);
                let Some(line) = line else { continue };
                // What was seen on the line since the start came after it.
                for sign in inner.lines.signs(&line) {
                    entry.claims.sign(&line, sign, now);
                }
                let users = inner.resumed.entry(line).or_default();
                users.insert(user.clone());
            }
        }
        if inner.recorded.is_empty() {
            inner.lines.forget_signs();
        }
        Ok(())
    }
}
