//! What people choose for themselves, and what follows from it.

use super::App;
use crate::board::Timestamp;
use crate::host::{Host, HostError, Person, UserId};
use crate::people::Preferences;
use crate::time_zone::TimeZones;
use crate::trace::Traces;

/// What became of switching somebody's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PhoneSwitch {
    /// It is done.
    Done,
    /// It is done, but it will not end by itself.
    DoneWithoutEnd,
    /// Theirs is none that can be switched.
    None,
    /// The PBX did not do it.
    Failed,
}

impl<H: Host> App<H> {
    /// Stores what somebody chose. It holds from now on.
    ///
    /// # Errors
    ///
    /// It is not known to be stored.
    pub(crate) async fn choose(&self, user: &UserId, chosen: Preferences) -> Result<(), HostError> {
        self.people().choose(user, chosen).await?;
        self.statuses.preferences_changed(user);
        Ok(())
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
        // Noted before it is done, as all that is to be given back.
        let noted = self.phone_timers.set(&person.id, until).await;
        if let Err(error) = &noted {
            tracing::warn!(%error, "it cannot be noted until when a phone is in do-not-disturb");
        }
        let switched = self.calls.set_phone_dnd(&person.username, on).await;
        if !matches!(switched, Ok(1..)) && until.is_some() {
            // What was not switched on needs no end; where that stays noted, a phone is told to be off that is.
            let _ = self.phone_timers.set(&person.id, None).await;
        }
        match (switched, noted) {
            (Ok(0), _) => PhoneSwitch::None,
            (Ok(_), Err(_)) if until.is_some() => PhoneSwitch::DoneWithoutEnd,
            (Ok(_), _) => PhoneSwitch::Done,
            (Err(refusal), _) => {
                tracing::warn!(why = %refusal, "do-not-disturb of a phone cannot be switched");
                PhoneSwitch::Failed
            }
        }
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
