//! People's statuses, between the board, the settings and the phones.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::App;
use crate::board::Name;
use crate::calls::Calls;
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
        self.statuses.configure(config.call_status);
        let phones = config.switches_phones().then(|| {
            let phones = Phones(Arc::clone(&self.calls));
            Arc::new(phones) as Arc<dyn PhoneDnd>
        });
        self.statuses.connect(phones.clone());
        self.phone_timers.connect(phones);
    }
}

/// The phones of Asterisk.
struct Phones<H>(Arc<Calls<H, Asterisk>>);

impl<H: Host> PhoneDnd for Phones<H> {
    fn set_phone_dnd<'a>(
        &'a self,
        line: &'a Name,
        on: bool,
    ) -> Pin<Box<dyn Future<Output = Result<bool, PhoneDndError>> + Send + 'a>> {
        Box::pin(async move {
            match self.0.set_phone_dnd(line, on).await {
                Ok(extensions) => Ok(extensions > 0),
                Err(refusal) => Err(PhoneDndError(refusal.to_string())),
            }
        })
    }
}
