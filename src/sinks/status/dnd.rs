//! Do-not-disturb by a person's own command.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::claim::OWN;
use super::claims;
use super::driver::{LastError, Shared};
use super::held;
use super::{StatusHost, Statuses};
use crate::board::Timestamp;
use crate::host::{HostError, HostErrorKind, UserId};

/// How long whoever gives such a command waits for the server at most.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// How long it is waited at most until a phone whose do-not-disturb was switched off tells of it. A PBX does so at once.
pub const PHONE_LIMIT: Duration = Duration::from_secs(2);

/// What a person wants by their own command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dnd {
    /// Do not disturb.
    On,
    /// Do not disturb until then.
    Until(Timestamp),
    /// No longer.
    Off,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DndOutcome {
    /// Their status is do-not-disturb, until then if it ends by itself.
    On(Option<Timestamp>),
    /// It no longer is by their command, and is what it was before.
    Off,
    /// It no longer is by their command, but still is for a call, a conference or their phone.
    StillOn,
    /// There was nothing to switch off.
    NotOn,
    /// They are in a do-not-disturb that they, or somebody else, set otherwise: that one stays.
    Other,
    /// They chose another status by hand (`away`, `offline`), or are out of office (`ooo`): that one stays.
    InTheWay(String),
    /// The server does not answer at the moment; it is done as soon as it does.
    Pending,
    /// The server did not do it, for this reason.
    Failed(String),
}

impl<H: StatusHost> Statuses<H> {
    /// Does what somebody wants by their own command. It holds over calls, and over a restart; timed, the server ends it by itself
    /// where the plugin is gone. What they choose in Mattermost meanwhile wins.
    pub async fn set_dnd(&self, user: &UserId, dnd: Dnd) -> DndOutcome {
        let deadline = Instant::now() + ANSWER_LIMIT;
        let shared = &self.shared;
        let (generation, error) = match timeout_at(deadline, shared.ask_for_dnd(user, dnd)).await {
            Ok(Ok(asked)) => asked,
            Ok(Err(outcome)) => {
                // Nothing of them stays behind.
                shared.poke(&mut shared.lock(), user);
                return outcome;
            }
            Err(_) => return DndOutcome::Failed("the server did not answer in time".to_owned()),
        };
        let mut rounds = shared.rounds.subscribe();
        let is_done = || {
            let inner = shared.lock();
            let entry = inner.people.get(user);
            entry.is_none_or(|entry| entry.done >= generation)
        };
        let done = timeout_at(deadline, rounds.wait_for(|()| is_done())).await;
        if done.is_err() {
            return DndOutcome::Pending;
        }
        drop(done);
        let inner = shared.lock();
        let set = inner.people.get(user).and_then(|entry| entry.dnd);
        match (dnd, set) {
            (Dnd::Off, Some(_)) => DndOutcome::StillOn,
            (Dnd::Off, None) => DndOutcome::Off,
            (Dnd::On, Some(_)) => DndOutcome::On(None),
            (Dnd::Until(until), Some(_)) => DndOutcome::On(Some(until)),
            (_, None) => DndOutcome::Failed(error.take().unwrap_or_default()),
        }
    }
}

impl<H: StatusHost> Statuses<H> {
    /// Whether do-not-disturb is set for somebody once their phone's, which was switched off just now, no longer counts;
    /// [`DndOutcome::StillOn`] if so, and also where that takes longer than [`PHONE_LIMIT`], else [`DndOutcome::Off`].
    pub async fn dnd_after_phone(&self, user: &UserId) -> DndOutcome {
        let shared = &self.shared;
        let mut rounds = shared.rounds.subscribe();
        let is_over = || {
            let inner = shared.lock();
            let entry = inner.people.get(user);
            entry.is_none_or(|own| !own.claims.has_phone_dnd() && own.done == own.generation)
        };
        let over = timeout(PHONE_LIMIT, rounds.wait_for(|()| is_over())).await;
        drop(over);
        let inner = shared.lock();
        let entry = inner.people.get(user);
        if entry.is_some_and(|entry| entry.dnd.is_some()) {
            DndOutcome::StillOn
        } else {
            DndOutcome::Off
        }
    }
}

impl<H: StatusHost> Shared<H> {
    /// Lays or withdraws the claim, and answers what is to be waited for, and what tells why it failed; or what stands in the way.
    async fn ask_for_dnd(
        self: &Arc<Self>,
        user: &UserId,
        dnd: Dnd,
    ) -> Result<(u64, LastError), DndOutcome> {
        let failed = |error: HostError| DndOutcome::Failed(error.message);
        let mut listed = self.listed.subscribe();
        // An error cannot be: the sender is in here.
        let _ = listed.wait_for(|listed| *listed).await;
        let course = {
            let mut inner = self.lock();
            Arc::clone(&inner.people.entry(user.clone()).or_default().course)
        };
        let mut course = course.lock().await;
        if !course.loaded {
            self.load(user, &mut course).await.map_err(failed)?;
        }
        let seen = match self.host.personal_status(user).await {
            Ok(seen) => Some(seen),
            Err(error) if error.kind == HostErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let ours = course.held.status.as_ref();
        let is_ours = ours
            .zip(seen.as_ref())
            .is_some_and(|(own, seen)| own.stands(seen));
        let now = (self.clock)();
        let mut inner = self.lock();
        if inner.closed {
            return Err(DndOutcome::Failed("the plugin is stopping".to_owned()));
        }
        let entry = inner.people.entry(user.clone()).or_default();
        let error = LastError::default();
        let until = match dnd {
            Dnd::Off if entry.claims.own(now).is_some() => {
                entry.claims.withdraw(OWN, now);
                self.poke(&mut inner, user);
                let generation = inner.people.get(user).map_or(0, |entry| entry.generation);
                return Ok((generation, error));
            }
            Dnd::Off => {
                let dnd = seen.is_some_and(|seen| seen.status == "dnd");
                return Err(match (dnd, is_ours) {
                    (true, true) => DndOutcome::StillOn,
                    (true, false) => DndOutcome::Other,
                    _ => DndOutcome::NotOn,
                });
            }
            Dnd::On => None,
            Dnd::Until(until) if until <= now => {
                return Err(DndOutcome::Failed("that time is over".to_owned()));
            }
            Dnd::Until(until) => Some(until),
        };
        match &seen {
            Some(seen) if is_ours || held::may_be_set(seen, true) => {}
            Some(seen) if seen.status == "dnd" => return Err(DndOutcome::Other),
            Some(seen) => return Err(DndOutcome::InTheWay(seen.status.clone())),
            None => return Err(DndOutcome::InTheWay("offline".to_owned())),
        }
        if !is_ours {
            // They changed it since it was set, and now they want this.
            course.held.status = None;
        }
        entry.claims.withdraw(OWN, now);
        entry.claims.place(claims::own(until, now), now);
        entry.error = error.clone();
        self.poke(&mut inner, user);
        let generation = inner.people.get(user).map_or(0, |entry| entry.generation);
        Ok((generation, error))
    }
}
