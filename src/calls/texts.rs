//! Texts to phones.

use std::sync::Arc;

use super::denied::Reason;
use super::find::certain_name;
use super::originate::Asker;
use super::{
    Calls, CallsHost, Denied, Pbx, Refusal, Target, TextMessage, Way, permit, refused, wording,
};
use crate::host::Person;
use crate::language::Language;
use crate::tasks;

/// The most characters of a text: six parts in plain letters, 24 where every character takes four bytes, each of which a phone shows
/// by itself. Whoever has more to say has the chat.
pub const MAX_TEXT: usize = 4_000;

/// A text that the PBX accepted, which is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// For whom.
    pub to: Target,
    /// In how many parts.
    pub parts: usize,
}

impl Sent {
    /// A sentence about it, as Markdown.
    #[must_use]
    pub fn markdown(&self, language: Language) -> String {
        wording::sent(self, language, wording::Style::Markdown)
    }

    /// The same as plain text.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        wording::sent(self, language, wording::Style::Plain)
    }
}

/// A text that may be sent, without blanks and line ends around it.
pub(super) fn checked(text: &str) -> Result<&str, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::TextEmpty);
    }
    let chars = text.chars().count();
    if chars > MAX_TEXT {
        return Err(Reason::TextTooLong { chars });
    }
    if text.contains('\0') {
        return Err(Reason::TextNul);
    }
    Ok(text)
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Sends a text to an extension, or to a person's. It is sent even if nobody waits for this.
    ///
    /// # Errors
    ///
    /// They may not, the target has no extension, the text is empty or too long, or the PBX did not accept it.
    pub async fn text(&self, person: &Person, to: &str, text: &str) -> Result<Sent, Denied> {
        let known = self.known()?;
        permit::may(person)?;
        let text = checked(text)?;
        let to = self.target(to).await.map_err(Denied::of_text)?;
        if to.way != Way::Extension {
            return Err(Reason::TextOutside { number: to.number }.into());
        }
        self.limiter
            .take(&person.id, known.rules.calls_per_minute)?;
        let message = TextMessage {
            driver: None,
            to: to.dial.clone(),
            from: certain_name(person, self.extension_of(person).ok().as_ref()),
            text: text.to_owned(),
        };
        let asker = Asker::Person(person.id.clone(), Arc::clone(&person.username));
        let parts = self.hand_over(asker, message).await?;
        Ok(Sent { to, parts })
    }

    /// Hands a text to the PBX, in a task of its own, so that no part of it gets lost when whoever asked goes.
    pub(super) async fn hand_over(
        &self,
        asker: Asker,
        message: TextMessage,
    ) -> Result<usize, Denied> {
        let place = self.place()?;
        let pbx = Arc::clone(&self.pbx);
        let task = tasks::spawn(async move {
            let _place = place;
            let (to, chars) = (message.to.clone(), message.text.chars().count());
            let sent = pbx.send_text(message).await;
            let sent = sent.map_err(|refusal| refused::text(refusal, &to));
            match &sent {
                Ok(parts) => {
                    tracing::info!(%asker, %to, chars, parts, "a text was accepted");
                }
                Err(reason) => {
                    let why = wording::logged(reason);
                    tracing::info!(%asker, %to, chars, outcome = %why, "a text was not accepted");
                }
            }
            sent
        });
        // An error is that the task broke off.
        Ok(task.await.unwrap_or(Err(Reason::Pbx(Refusal::NoAnswer)))?)
    }
}
