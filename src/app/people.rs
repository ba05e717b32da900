//! What people choose for themselves, and what follows from it.

use super::App;
use crate::host::{Host, HostError, UserId};
use crate::people::Preferences;
use crate::time_zone::TimeZones;
use crate::trace::Traces;

impl<H: Host> App<H> {
    /// Stores what somebody chose. It holds from now on.
    ///
    /// # Errors
    ///
    /// It is not known to be stored.
    pub(crate) async fn choose(&self, user: &UserId, chosen: Preferences) -> Result<(), HostError> {
        self.people().choose(user, chosen).await
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
