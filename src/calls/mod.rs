//! Calls and texts that people start from the chat: who may, what is dialled, and the truth about what came of it.
//!
//! [`Calls`] stands over a [PBX](Pbx) and the narrow traits of the [host](crate::host). It asks the PBX, follows what comes of it,
//! and keeps one direct message of the bot up to date per call. Its words for people stand in `wording`.

mod agents;
mod control;
mod course;
mod denied;
mod dial;
mod dnd;
mod find;
mod originate;
mod pbx;
mod people;
mod permit;
mod refused;
mod script;
mod suggest;
mod target;
#[cfg(test)]
mod tests;
mod texts;
mod voicemail;
mod wording;

pub use agents::AgentDone;
pub use control::{
    CONTROLS_PER_CALL, CallKey, Control, Controlled, Order, Ringing, Wish, is_own_line,
};
pub use course::{Course, End, Stage};
pub use denied::{Denied, DeniedKind};
pub use dial::{Dial, MAX_DIAL};
pub use originate::{MAX_UNDER_WAY, RING_LIMIT, Started};
pub use pbx::{
    AgentAction, AgentRequest, Code, Driver, Extension, Failure, Impossible, Leg, Listing, NewCall,
    NotSwitched, Pbx, Progress, Refusal, TextMessage,
};
pub use script::{SCRIPT_LIMIT, ScriptCall, ScriptOutcome, ScriptText};
pub use suggest::{MAX_SUGGESTIONS, Suggestion, Suggestions};
pub use target::{Target, Way};
pub use texts::{MAX_TEXT, Sent};
pub use voicemail::Mailbox;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::config::CallRules;
use crate::host::{Directory, Messages, Store};
use crate::messages::Messenger;

use denied::Reason;
use people::{Book, Faces};

/// What calls need of the host.
pub trait CallsHost: Messages + Directory + Store + Send + Sync + 'static {}

impl<T: Messages + Directory + Store + Send + Sync + 'static> CallsHost for T {}

/// Calls and texts from the chat. Every method may be called from several tasks at once.
pub struct Calls<H, P> {
    host: Arc<H>,
    pbx: Arc<P>,
    known: Mutex<Option<Arc<Known>>>,
    faces: Arc<Faces>,
    limiter: permit::Limiter,
    control_limiter: permit::Limiter,
    messenger: Arc<Messenger<H>>,
    under_way: Arc<Semaphore>,
    mailboxes: Arc<voicemail::Mailboxes>,
    stopping: watch::Sender<bool>,
    last_call: AtomicU64,
}

/// The rules, and the people in them.
#[derive(Debug)]
struct Known {
    rules: CallRules,
    book: Book,
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Without rules yet: call [`Calls::configure`] next.
    #[must_use]
    pub fn new(host: Arc<H>, pbx: Arc<P>) -> Arc<Self> {
        let stopping = watch::Sender::new(false);
        Arc::new(Self {
            messenger: Arc::new(Messenger::new(Arc::clone(&host), stopping.subscribe())),
            host,
            pbx,
            known: Mutex::default(),
            faces: Arc::default(),
            limiter: permit::Limiter::default(),
            control_limiter: permit::Limiter::default(),
            under_way: Arc::new(Semaphore::new(MAX_UNDER_WAY)),
            mailboxes: Arc::default(),
            stopping,
            last_call: AtomicU64::new(0),
        })
    }

    /// Takes the rules; nothing where no Asterisk is set. Must be called inside a tokio runtime. What is under way goes on.
    pub fn configure(&self, rules: Option<CallRules>) {
        let mut known = lock(&self.known);
        if known.as_ref().map(|known| &known.rules) == rules.as_ref() {
            return;
        }
        let next = rules.map(|rules| {
            let book = Book::new(&rules);
            Arc::new(Known { rules, book })
        });
        match &next {
            Some(next) => self.faces.read(&self.host, &next.book),
            None => self.faces.stop(),
        }
        *known = next;
    }

    fn known(&self) -> Result<Arc<Known>, Reason> {
        lock(&self.known).clone().ok_or(Reason::Off)
    }

    /// Ends in good order: nothing new is taken, and the messages of calls under way get a last word, as does what waits of mailboxes.
    /// Ends after `limit` at the latest.
    pub async fn stop(&self, limit: Duration) {
        self.stopping.send_replace(true);
        self.faces.stop();
        let under_way = self.under_way.acquire_many(MAX_UNDER_WAY as u32);
        let all = async { tokio::join!(under_way, self.mailboxes.done()) };
        if timeout(limit, all).await.is_err() {
            let left = MAX_UNDER_WAY - self.under_way.available_permits();
            tracing::warn!(
                left,
                "stopped before all messages about calls had their last word"
            );
        }
    }
}

impl<H, P> std::fmt::Debug for Calls<H, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let under_way = MAX_UNDER_WAY - self.under_way.available_permits();
        f.debug_struct("Calls")
            .field("under_way", &under_way)
            .finish_non_exhaustive()
    }
}

impl<H, P> Drop for Calls<H, P> {
    fn drop(&mut self) {
        self.faces.stop();
    }
}

/// Nothing that happens under the locks here can leave them half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
