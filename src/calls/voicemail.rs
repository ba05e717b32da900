//! New voicemail becomes a direct message, once.
//!
//! How many new messages a mailbox had when its person was told last stands in the store, so that a restart, a new link to the PBX or
//! another node does not tell them again. The record is written before the message is sent: what a crash between the two costs is
//! that message, and never the same one twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1::{Digest as _, Sha1};
use tokio::sync::watch;
use tokio::time::timeout;

use super::people::{fold, is_username};
use super::{Calls, CallsHost, Pbx, lock, wording};
use crate::backoff::Backoff;
use crate::host::{HostError, HostErrorKind, UserId};
use crate::language::Language;
use crate::tasks;

/// The most mailboxes whose word waits at once; that of one more is passed over until it changes again.
pub(super) const MAX_WAITING: usize = 20_000;

/// The most mailboxes that are told of at once: a person whose message keeps failing holds up nobody else.
pub(super) const MAX_PARALLEL: usize = 8;

/// The longest name of a mailbox, in bytes (Asterisk's own limit of a mailbox and its context is 80 each).
const MAX_NAME: usize = 164;

/// The context in which FreePBX has an alias of each mailbox: Asterisk tells of `6001@device` whenever it tells of
/// `6001@default`, and that is one message.
const ALIASES: &str = "@device";

/// How often a record is tried to be read and written.
pub(super) const ATTEMPTS: u32 = 8;

/// How long the server may take for one of that.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);

/// What a PBX says of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its name, such as `6001@default`.
    pub mailbox: String,
    /// The extension it belongs to.
    pub extension: String,
    /// New messages in it.
    pub new: u32,
    /// Old ones.
    pub old: u32,
}

/// Mailboxes whose word waits, each with the latest.
#[derive(Debug)]
pub(super) struct Mailboxes {
    waiting: Mutex<Waiting>,
    /// Whether anything waits or is being told.
    working: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Waiting {
    latest: BTreeMap<String, Mailbox>,
    /// Those that are being told of, each by a task of its own.
    told: BTreeSet<String>,
}

impl Default for Mailboxes {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            working: watch::Sender::new(false),
        }
    }
}

impl Mailboxes {
    /// Until nothing waits any more.
    pub(super) async fn done(&self) {
        // It is never closed: the sender is here.
        let _ = self.working.subscribe().wait_for(|working| !*working).await;
    }

    /// Takes one, in place of what waits of the same mailbox, and says whether none did.
    fn push(&self, mailbox: Mailbox) -> bool {
        let mut waiting = lock(&self.waiting);
        let latest = &mut waiting.latest;
        if latest.len() >= MAX_WAITING && !latest.contains_key(&mailbox.mailbox) {
            tracing::warn!(mailbox = %crate::text::clean(&mailbox.mailbox), "passed over: {MAX_WAITING} mailboxes wait");
            return false;
        }
        let before = latest.insert(mailbox.mailbox.clone(), mailbox);
        self.working.send_replace(true);
        before.is_none()
    }

    /// The next one that may be told of now: nobody is told of one mailbox twice at once.
    fn next(self: &Arc<Self>) -> Option<Turn> {
        let mut waiting = lock(&self.waiting);
        let Waiting { latest, told } = &mut *waiting;
        if told.len() >= MAX_PARALLEL {
            return None;
        }
        let name = latest.keys().find(|name| !told.contains(*name))?.clone();
        let mailbox = latest.remove(&name)?;
        told.insert(name);
        Some(Turn {
            mailbox,
            mailboxes: Arc::clone(self),
        })
    }
}

/// A mailbox that is being told of until this is dropped.
struct Turn {
    mailbox: Mailbox,
    mailboxes: Arc<Mailboxes>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut waiting = lock(&self.mailboxes.waiting);
        waiting.told.remove(&self.mailbox.mailbox);
        let working = !(waiting.told.is_empty() && waiting.latest.is_empty());
        self.mailboxes.working.send_replace(working);
    }
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Takes what the PBX says of a mailbox. Never waits: a task tells the person. Of a mailbox that waits already only the latest
    /// counts. Must be called inside a tokio runtime.
    pub fn mailbox(self: &Arc<Self>, mut mailbox: Mailbox) {
        if let Some(name) = mailbox.mailbox.strip_suffix(ALIASES) {
            mailbox.mailbox = format!("{name}@default");
        }
        if mailbox.mailbox.len() > MAX_NAME || *self.stopping.borrow() {
            return;
        }
        if self.mailboxes.push(mailbox) {
            let calls = Arc::clone(self);
            // It ends at once where it has to wait: whoever is done then takes the next one.
            tasks::spawn(async move {
                while let Some(turn) = calls.mailboxes.next() {
                    calls.tell(&turn.mailbox).await;
                }
            });
        }
    }

    async fn tell(&self, mailbox: &Mailbox) {
        let Ok(known) = self.known() else { return };
        let Some(name) = known.rules.numbers.user(&mailbox.extension) else {
            return;
        };
        let username = fold(name);
        if !is_username(&username) {
            return;
        }
        let key = key(&mailbox.mailbox);
        let mut backoff = Backoff::default();
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.record(&key, mailbox.new, &username).await {
                Ok(Recorded::Told(user, language)) => {
                    let text = wording::voicemail(mailbox.new, &mailbox.extension, language);
                    return self.messenger.say(&user, text).await;
                }
                Ok(Recorded::Nothing) => return,
                Ok(Recorded::Again) => {}
                Err(error) if error.is_transient() => last = Some(error),
                Err(error) => {
                    last = Some(error);
                    break;
                }
            }
            self.messenger.pause(backoff.next_wait()).await;
        }
        let why = last.map_or_else(
            || "another node changes it".to_owned(),
            |error| error.message,
        );
        tracing::warn!(mailbox = %crate::text::clean(&mailbox.mailbox), error = %why, "new voicemail is not told of");
    }

    /// One attempt to bring the record to `new`.
    async fn record(&self, key: &str, new: u32, username: &str) -> Result<Recorded, HostError> {
        let stored = limited(self.host.get(key)).await?;
        let text = stored
            .as_deref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        let before: u32 = text.and_then(|text| text.parse().ok()).unwrap_or(0);
        if new == before {
            return Ok(Recorded::Nothing);
        }
        let user = if new > before {
            match limited(self.host.user_by_name(username)).await {
                Ok(person) if person.deactivated => return Ok(Recorded::Nothing),
                Ok(person) => Some((person.id, person.language)),
                // NumbersUsers may name people who are not on this server.
                Err(error) if error.kind == HostErrorKind::NotFound => {
                    return Ok(Recorded::Nothing);
                }
                Err(error) => return Err(error),
            }
        } else {
            None
        };
        let value = (new > 0).then(|| new.to_string().into_bytes());
        let set = self
            .host
            .compare_and_set(key, stored.as_deref(), value.as_deref());
        if !limited(set).await? {
            // What was read was old, or another node was faster.
            return Ok(Recorded::Again);
        }
        Ok(match user {
            Some((user, language)) => Recorded::Told(user, language),
            None => Recorded::Nothing,
        })
    }
}

/// What came of an attempt.
enum Recorded {
    /// It stands there that there are more now, so this person is to be told, in their language.
    Told(UserId, Language),
    /// There is nothing to tell.
    Nothing,
    /// It was changed by somebody else meanwhile.
    Again,
}

async fn limited<T>(call: impl Future<Output = Result<T, HostError>>) -> Result<T, HostError> {
    timeout(ATTEMPT_LIMIT, call).await.unwrap_or_else(|_| {
        let seconds = ATTEMPT_LIMIT.as_secs();
        let what = format!("the server did not answer within {seconds} s");
        Err(HostError::transient(what))
    })
}

/// The record's key: a mailbox's name may be longer than a key, and have anything in it.
fn key(mailbox: &str) -> String {
    format!(
        "voicemail_{}",
        URL_SAFE_NO_PAD.encode(Sha1::digest(mailbox))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_different() {
        let long = key(&"6001@default".repeat(10));
        assert!(long.len() <= crate::cluster::MAX_KEY, "{long}");
        assert_ne!(key("6001@default"), key("6002@default"));
    }
}
