//! Calls and texts that people start from the chat: who may, what is dialled, and the truth about what came of it.
//!
//! [`Calls`] stands over a [PBX](Pbx) and the narrow traits of the [host](crate::host). It asks the PBX, follows what comes of it,
//! and keeps one direct message of the bot up to date per call. Its words for people stand in `wording`.

mod agents;
mod course;
mod denied;
mod dial;
mod messages;
mod originate;
mod pbx;
mod people;
mod permit;
mod script;
mod suggest;
mod target;
#[cfg(test)]
mod tests;
mod texts;
mod voicemail;
mod wording;

pub use agents::AgentDone;
pub use course::{Course, End, Stage};
pub use denied::{Denied, DeniedKind};
pub use dial::{Dial, MAX_DIAL};
pub use originate::{MAX_UNDER_WAY, RING_LIMIT, Started};
pub use pbx::{
    AgentAction, AgentRequest, Driver, Extension, Failure, Leg, NewCall, Pbx, Progress, Refusal,
    TextMessage,
};
pub use script::{SCRIPT_LIMIT, ScriptCall, ScriptOutcome, ScriptText};
pub use suggest::{MAX_SUGGESTIONS, Suggestion, Suggestions};
pub use target::{Target, Way};
pub use texts::{MAX_TEXT, Sent};
pub use voicemail::Mailbox;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::board::{Name, QueueView};
use crate::config::CallRules;
use crate::host::{Directory, Members, Messages, Person, Store};

use denied::Reason;

/// What calls need of the host.
pub trait CallsHost: Messages + Directory + Members + Store + Send + Sync + 'static {}

impl<T: Messages + Directory + Members + Store + Send + Sync + 'static> CallsHost for T {}

/// Calls and texts from the chat. Every method may be called from several tasks at once.
pub struct Calls<H, P> {
    host: Arc<H>,
    pbx: Arc<P>,
    rules: Mutex<Option<Arc<CallRules>>>,
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Without rules yet: call [`Calls::configure`] next.
    #[must_use]
    pub fn new(host: Arc<H>, pbx: Arc<P>) -> Arc<Self> {
        Arc::new(Self { host, pbx, rules: Mutex::default() })
    }

    /// Takes the rules; nothing where no Asterisk is set. Must be called inside a tokio runtime. Calls under way go on.
    pub fn configure(&self, rules: Option<CallRules>) {
        *lock(&self.rules) = rules.map(Arc::new);
    }

    /// That person's own extension: the first one that `NumbersUsers` has for their user name.
    ///
    /// # Errors
    ///
    /// They have none; the sentence tells how to link one.
    pub fn extension_of(&self, person: &Person) -> Result<Dial, Denied> {
        let _ = person;
        Err(Reason::Off.into())
    }

    /// Who is meant by a number as people write it, `@bob`, or a name.
    ///
    /// # Errors
    ///
    /// Nobody, several, or a number that no pattern allows.
    pub async fn target(&self, text: &str) -> Result<Target, Denied> {
        let _ = text;
        Err(Reason::Off.into())
    }

    /// Calls: rings the person's own phone first. What comes of it is told in a direct message, which is kept up to date.
    ///
    /// # Errors
    ///
    /// They may not, the target is not to be called, or the PBX did not take the order.
    pub async fn call(self: &Arc<Self>, person: &Person, target: &str) -> Result<Started, Denied> {
        self.extension_of(person)?;
        let _ = self.target(target).await?;
        Err(Reason::Off.into())
    }

    /// Sends a text to an extension, or to a person's.
    ///
    /// # Errors
    ///
    /// They may not, the target has no extension, the text is empty or too long, or the PBX did not accept it.
    pub async fn text(&self, person: &Person, to: &str, text: &str) -> Result<Sent, Denied> {
        let _ = (person, self.target(to).await?, text);
        Err(Reason::Off.into())
    }

    /// Logs the person's own phone in to or out of a queue, or lets it pause. `queues` are those on the board; `queue` is one of
    /// them, or nothing for all they are in (to log in: for the only one there is).
    ///
    /// # Errors
    ///
    /// They have no extension, there is no such queue, or the PBX did not.
    pub async fn agent(
        &self,
        person: &Person,
        queues: &[QueueView],
        queue: Option<&str>,
        action: AgentAction,
    ) -> Result<AgentDone, Denied> {
        let _ = (person, queues, queue, action);
        Err(Reason::Off.into())
    }

    /// Takes what the PBX says of a mailbox. Never waits; a direct message is made by a task.
    pub fn mailbox(self: &Arc<Self>, mailbox: Mailbox) {
        let _ = mailbox;
    }

    /// Suggestions for what somebody has typed so far, [`MAX_SUGGESTIONS`] at most.
    #[must_use]
    pub fn suggestions(&self, which: Suggestions, typed: &str) -> Vec<Suggestion> {
        let _ = (which, typed);
        Vec::new()
    }

    /// Calls `to` once `from` has answered, both as given, and waits [`SCRIPT_LIMIT`] at most for what comes of it.
    ///
    /// # Errors
    ///
    /// One of them cannot be dialled, or the PBX did not take the order.
    pub async fn script_call(self: &Arc<Self>, from: &str, to: &str) -> Result<ScriptCall, Denied> {
        let _ = (from, to);
        Err(Reason::Off.into())
    }

    /// Sends a text from whatever name is given.
    ///
    /// # Errors
    ///
    /// The number cannot be dialled, the text is empty or too long, or the PBX did not accept it.
    pub async fn script_text(
        &self,
        driver: Driver,
        to: &str,
        from: &str,
        text: &str,
    ) -> Result<ScriptText, Denied> {
        let _ = (driver, to, from, text);
        Err(Reason::Off.into())
    }

    /// Ends in good order: direct messages of calls under way get a last word. Ends after `limit` at the latest.
    pub async fn stop(&self, limit: Duration) {
        let _ = limit;
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
