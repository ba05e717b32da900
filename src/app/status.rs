//! People's statuses, between the board, the settings and the phones.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::App;
use crate::board::Name;
use crate::calls::{Calls, Dial, NotSwitched};
use crate::config::Config;
use crate::host::Host;
use crate::sinks::status::{PhoneDnd, PhoneDndError, Statuses};
use crate::sources::asterisk::Asterisk;

impl<H: Host> App<H> {
    /// People's statuses, as phones, conferences and their own commands have them.
    #[must_use]
    pub fn statuses(&self) -> &Arc<Statuses<H>> {
        &self.statuses
    }

    pub(super) fn configure_statuses(&self, config: &Config) {
        let phones = config.switches_phones().then(|| {
            let phones = Phones(Arc::clone(&self.calls));
            Arc::new(phones) as Arc<dyn PhoneDnd>
        });
        // Before statuses are set for the first time: what the chat did to a phone is not to come back from there.
        self.statuses.connect(phones.clone());
        // A bundle without phones has no setting for it.
        let conferences = config.video.is_some() && !self.bundle.has_people();
        self.statuses.configure(config.call_status || conferences);
        self.phone_timers.connect(phones);
    }
}

/// The phones of Asterisk.
struct Phones<H>(Arc<Calls<H, Asterisk>>);

impl<H: Host> PhoneDnd for Phones<H> {
    fn phones_of(&self, line: &Name) -> Result<Vec<Dial>, PhoneDndError> {
        let phones = self.0.phones_of(line);
        phones.map_err(|refusal| NotSwitched::from(refusal).into())
    }

    fn set_dnd<'a>(
        &'a self,
        phones: &'a [Dial],
        on: bool,
    ) -> Pin<Box<dyn Future<Output = Result<(), PhoneDndError>> + Send + 'a>> {
        Box::pin(async move {
            let done = self.0.set_dnd(phones, on).await;
            done.map_err(PhoneDndError::from)
        })
    }
}
