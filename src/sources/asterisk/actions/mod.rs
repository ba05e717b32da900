//! Actions: what is sent to Asterisk, and the one place where it is encoded.
//!
//! An action is made of headers whose names stand in this module's files. Nothing else can become one: [`Action`] has no public
//! constructor, and [`Action::encode`] refuses whatever would end a header, add one, or not fit a line. `Codecs` is in
//! none of them, because who could fill it could run programs on the PBX (CVE-2024-42365). For the same reason `Application` and
//! `Data` are `SayDigits` and digits, or `PickupChan` and the name of one channel, and nothing else; and `Variable` is the state of an
//! extension's switch, or the question whether the dial plan has a number.

mod calls;
mod controls;
mod database;
mod queues;
mod session;
#[cfg(test)]
mod tests;
mod texts;

use asterisk_rs_ami::{AmiCodec, RawAmiMessage};
use bytes::{Bytes, BytesMut};
use tokio_util::codec::Encoder;

use crate::calls::{Impossible, Refusal};

pub(super) use calls::{announce, caller_name, is_announcement, originate};
pub(super) use controls::{blind_transfer, bridge, dialplan_exists, hangup, park};
pub(super) use database::dnd;
pub(super) use queues::{queue_add, queue_pause, queue_remove};
pub(super) use session::{
    challenge, core_settings, list, list_commands, login, login_with_key, logoff, ping,
};
pub(super) use texts::{TextParts, message_send};

/// The longest line, in bytes without its end. Asterisk 22 takes 1,022; it reads what is behind a longer one as the next action, so
/// there is some room left.
pub(super) const MAX_LINE: usize = 1_000;

/// An action without its `ActionID`. Its headers may hold a secret, so `Debug` shows its name alone.
pub(super) struct Action {
    name: &'static str,
    headers: Vec<(&'static str, String)>,
}

/// An action cannot be sent: one header of it is empty, too long, or has a control character in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unfit {
    header: &'static str,
}

impl Unfit {
    /// The header that it is about.
    pub(super) fn header(&self) -> &'static str {
        self.header
    }
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        Self::Impossible(Impossible::Unfit(unfit.header))
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Action")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Action {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            headers: Vec::new(),
        }
    }

    fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }

    /// Whether it is the action of that name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// As it is sent, with an id of ours in letters, digits and `-`.
    ///
    /// # Errors
    ///
    /// A value has a control character (CR, LF and NUL among them), is empty, or makes its line longer than [`MAX_LINE`].
    pub(super) fn encode(&self, id: &str) -> Result<Bytes, Unfit> {
        let mut headers = Vec::with_capacity(self.headers.len() + 2);
        let own = [("Action", self.name), ("ActionID", id)];
        let given = self.headers.iter().map(|(name, value)| (*name, &**value));
        for (header, value) in own.into_iter().chain(given) {
            if value.trim().is_empty()
                || value.chars().any(char::is_control)
                || header.len() + 2 + value.len() > MAX_LINE
            {
                return Err(Unfit { header });
            }
            headers.push((header.to_owned(), value.to_owned()));
        }
        let message = RawAmiMessage {
            headers,
            output: Vec::new(),
            channel_variables: std::collections::HashMap::new(),
        };
        let mut bytes = BytesMut::new();
        match AmiCodec::new().encode(message, &mut bytes) {
            Ok(()) => Ok(bytes.freeze()),
            Err(_) => Err(Unfit { header: self.name }),
        }
    }
}
