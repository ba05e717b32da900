//! What people choose for themselves, and what follows from it.

use std::sync::Arc;

use super::App;
use crate::board::Timestamp;
use crate::calls::{Calls, CallsHost, Dial, Pbx, Refusal};
use crate::host::{Host, HostError, Members, Person, Store, UserId};
use crate::people::{PhoneTimers, Preferences};
use crate::time_zone::TimeZones;
use crate::trace::Traces;

/// What became of switching somebody's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PhoneSwitch {
    /// It is done.
    Done,
    /// It is done, but it will not end by itself.
    DoneWithoutEnd,
    /// It is done, but may end when it was to end before.
    DoneWithEarlierEnd,
    /// Theirs is none that can be switched.
    None,
    /// The PBX did not do it.
    Failed,
}

impl<H: Host> App<H> {
    /// Stores what somebody chooses, and answers all that they chose by now: see [`People::choose`](crate::people::People::choose). It
    /// holds from now on.
    ///
    /// # Errors
    ///
    /// It is not known to be stored.
    pub(crate) async fn choose(
        &self,
        user: &UserId,
        choose: impl FnMut(&mut Preferences),
    ) -> Result<Arc<Preferences>, HostError> {
        let chosen = self.people().choose(user, choose).await?;
        self.statuses.preferences_changed(user);
        Ok(chosen)
    }

    /// Switches do-not-disturb of somebody's phone, where a PBX can do that: until then, if that is told.
    pub(crate) async fn switch_phone(
        &self,
        person: &Person,
        on: bool,
        until: Option<Timestamp>,
    ) -> PhoneSwitch {
        if !self.config().switches_phones() {
            return PhoneSwitch::None;
        }
        let phone = Phone {
            calls: &*self.calls,
            timers: &self.phone_timers,
            person,
        };
        let switched = match (on, until) {
            (false, _) => phone.off().await,
            (true, None) => phone.on().await,
            (true, Some(until)) => phone.on_until(until).await,
        };
        switched.unwrap_or_else(|refusal| {
            tracing::warn!(why = %refusal, "do-not-disturb of a phone cannot be switched");
            PhoneSwitch::Failed
        })
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// What clocks show where people are.
    pub(crate) fn zones(&self) -> &TimeZones {
        &self.zones
    }

    /// Who watches what phones send.
    pub(crate) fn traces(&self) -> &Traces<H> {
        &self.traces
    }

    /// The server.
    pub(crate) fn host(&self) -> &H {
        &self.host
    }
}

/// Somebody's phone, which is to be switched.
struct Phone<'a, H, P, T> {
    calls: &'a Calls<H, P>,
    timers: &'a PhoneTimers<T>,
    person: &'a Person,
}

impl<H: CallsHost, P: Pbx, T: Members + Store + Send + Sync + 'static> Phone<'_, H, P, T> {
    /// On, until further notice.
    async fn on(&self) -> Result<PhoneSwitch, Refusal> {
        let phones = self.calls.phones_of(&self.person.username)?;
        if phones.is_empty() {
            return Ok(PhoneSwitch::None);
        }
        self.switch(&phones, true).await?;
        Ok(
            match self.timers.set(&self.person.id, None, &phones).await {
                Ok(_) => PhoneSwitch::Done,
                Err(error) => {
                    not_noted(&error);
                    PhoneSwitch::DoneWithEarlierEnd
                }
            },
        )
    }

    async fn on_until(&self, until: Timestamp) -> Result<PhoneSwitch, Refusal> {
        let phones = self.calls.phones_of(&self.person.username)?;
        if phones.is_empty() {
            return Ok(PhoneSwitch::None);
        }
        self.give_back_others(&phones).await;
        // Noted before it is done, as all that is to be given back.
        let noted = self.timers.set(&self.person.id, Some(until), &phones).await;
        let switched = self.calls.set_dnd(&phones, true).await;
        match (switched, noted) {
            (Ok(()), Ok(noted)) if noted.ends_before(until) => Ok(PhoneSwitch::DoneWithEarlierEnd),
            (Ok(()), Ok(_)) => Ok(PhoneSwitch::Done),
            (Ok(()), Err(error)) => {
                not_noted(&error);
                Ok(PhoneSwitch::DoneWithoutEnd)
            }
            (Err(not), noted) => {
                // What may be on is to end all the same.
                if let Ok(noted) = noted
                    && !not.touched
                    && let Err(error) = self.timers.undo(&self.person.id, noted).await
                {
                    not_noted(&error);
                }
                Err(not.refusal)
            }
        }
    }

    /// Switches off what was to end by itself and is none of these, their own: a new end is not for it. Where that fails, its end stays.
    async fn give_back_others(&self, own: &[Dial]) {
        let mut others = self.timers.phones(&self.person.id);
        others.retain(|phone| !own.contains(phone));
        if others.is_empty() {
            return;
        }
        if let Err(why) = self.switch(&others, false).await {
            tracing::warn!(%why, "do-not-disturb of a phone that went to somebody else cannot be ended before its time");
        } else if let Err(error) = self.timers.set(&self.person.id, None, &others).await {
            not_noted(&error);
        }
    }

    async fn off(&self) -> Result<PhoneSwitch, Refusal> {
        let theirs = self.calls.phones_of(&self.person.username);
        // What was switched on may no longer be theirs.
        let mut phones = self.timers.phones(&self.person.id);
        match theirs {
            Ok(theirs) => phones.extend(theirs),
            Err(refusal) if phones.is_empty() => return Err(refusal),
            Err(_) => {}
        }
        if phones.is_empty() {
            return Ok(PhoneSwitch::None);
        }
        phones.sort_unstable();
        phones.dedup();
        // As long as it is not done, its end stays noted.
        self.switch(&phones, false).await?;
        if let Err(error) = self.timers.set(&self.person.id, None, &phones).await {
            not_noted(&error);
        }
        Ok(PhoneSwitch::Done)
    }

    async fn switch(&self, phones: &[Dial], on: bool) -> Result<(), Refusal> {
        let switched = self.calls.set_dnd(phones, on).await;
        switched.map_err(|not| not.refusal)
    }
}

fn not_noted(error: &HostError) {
    tracing::warn!(%error, "it cannot be noted until when a phone is in do-not-disturb");
}

#[cfg(test)]
mod tests;
