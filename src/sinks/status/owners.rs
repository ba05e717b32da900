//! From the lines to the people whose they are.

use std::sync::Arc;

use super::StatusHost;
use super::claim::{Placed, Reason};
use super::counts::add;
use super::driver::{Inner, Shared};
use super::effects::ask;
use super::lines::{LineCalls, Owner};
use crate::backoff::Backoff;
use crate::board::{Change, Name, Timestamp};

impl<H: StatusHost> Shared<H> {
    pub(super) fn take(self: &Arc<Self>, change: &Change) {
        let mut guard = self.lock();
        let inner = &mut *guard;
        if inner.closed {
            return;
        }
        let line = &change.subject;
        let seen = inner.lines.take(change);
        let now = (self.clock)().max(change.at);
        if !seen.signs.is_empty()
            && let Some(users) = inner.resumed.get(line).cloned()
        {
            for user in users {
                if let Some(entry) = inner.people.get_mut(&user) {
                    for sign in &seen.signs {
                        entry.claims.sign(line, sign, now);
                    }
                    self.poke(inner, &user);
                }
            }
            inner.forget_resumed(line);
        }
        if seen.changed {
            self.line_changed(inner, line, now);
        }
    }

    /// What follows from lines may have changed.
    pub(super) fn lines_changed(self: &Arc<Self>, inner: &mut Inner) {
        let now = (self.clock)();
        for line in inner.lines.names() {
            self.line_changed(inner, &line, now);
        }
    }

    /// Hands on what a line claims to whoever's it is, or finds out whose it is.
    pub(super) fn line_changed(self: &Arc<Self>, inner: &mut Inner, name: &Name, now: Timestamp) {
        let Some(line) = inner.lines.get_mut(name) else {
            return;
        };
        match &line.owner {
            Owner::Person(user) => {
                let user = user.clone();
                let entry = inner.people.entry(user.clone()).or_default();
                entry.claims.line(name, &line.calls, now);
                inner.lines.tidy(name);
                self.poke(inner, &user);
            }
            Owner::Unknown | Owner::Nobody if line.calls.is_empty() => inner.lines.tidy(name),
            // Where nothing follows from it, nobody is asked.
            Owner::Unknown | Owner::Nobody
                if !inner.enabled && !self.leaves_alone(name, &line.calls) => {}
            Owner::Unknown | Owner::Nobody => {
                line.owner = Owner::Asked;
                let asking = Arc::clone(self).find_owner(Arc::clone(name));
                inner.spawn(asking);
            }
            Owner::Asked => {}
        }
    }

    /// Whether the chat may have to leave a line's phone alone, whatever else follows from the line: it is in a do-not-disturb already.
    fn leaves_alone(&self, name: &Name, calls: &LineCalls) -> bool {
        let is_dnd = |placed: Placed| placed.claim.reason == Reason::PhoneDnd;
        self.bridge.is_connected() && calls.placed(name).any(is_dnd)
    }

    /// Finds out whose line it is, and hands on what it claims by then.
    async fn find_owner(self: Arc<Self>, name: Name) {
        let mut backoff = Backoff::default();
        let mut failing = false;
        let owner = loop {
            // The semaphore is never closed.
            let permit = self.permits.acquire().await;
            // Boxed: thousands may wait for their turn.
            let found = Box::pin(ask(self.people.of(&name))).await;
            drop(permit);
            match found {
                Ok(owner) => break owner,
                Err(error) if error.is_transient() => {
                    add(&self.tally.retried);
                    let mut inner = self.lock();
                    inner.unknown += usize::from(!std::mem::replace(&mut failing, true));
                    inner.failed(&error, "it cannot be found out whose line it is");
                }
                Err(error) => {
                    add(&self.tally.given_up);
                    tracing::warn!(%error, line = &*name, "nobody knows whose line it is: no status follows it");
                    break None;
                }
            }
            self.pause(backoff.next_wait()).await;
        };
        let now = (self.clock)();
        let mut guard = self.lock();
        let inner = &mut *guard;
        if failing {
            inner.unknown -= 1;
            inner.recovered();
        }
        let Some(line) = inner.lines.get_mut(&name) else {
            return;
        };
        line.owner = match owner {
            None => Owner::Nobody,
            Some(person) => {
                let user = person.id.clone();
                if !line.calls.is_empty() {
                    let entry = inner.people.entry(user.clone()).or_default();
                    entry.person = Some(person);
                }
                Owner::Person(user)
            }
        };
        if line.owner == Owner::Nobody || line.calls.is_empty() {
            inner.lines.tidy(&name);
        } else {
            self.line_changed(inner, &name, now);
        }
    }
}
