//! Agents log in to queues, and pause.

use std::sync::Arc;

use super::denied::Reason;
use super::find::certain_name;
use super::originate::Asker;
use super::{
    AgentAction, AgentRequest, Calls, CallsHost, Denied, Dial, Pbx, Refusal, permit, refused,
    wording,
};
use crate::board::{Name, QueueView};
use crate::host::Person;
use crate::language::Language;
use crate::tasks;
use crate::text;

/// An agent's wish that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDone {
    /// What was done.
    pub action: AgentAction,
    /// Whose phone.
    pub extension: Dial,
    /// In which queues.
    pub queues: Vec<Name>,
}

impl AgentDone {
    /// A sentence about it, as Markdown.
    #[must_use]
    pub fn markdown(&self, language: Language) -> String {
        wording::agent_done(self, language, wording::Style::Markdown)
    }

    /// The same as plain text.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        wording::agent_done(self, language, wording::Style::Plain)
    }
}

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Logs the person's own phone in to or out of a queue, or lets it pause. `queues` are those on the board; `queue` is one of
    /// them, or nothing for all they are in (to log in: for the only one there is).
    ///
    /// # Errors
    ///
    /// They have no extension, there is no such queue, they asked for too much within a minute, or the PBX did not.
    pub async fn agent(
        &self,
        person: &Person,
        queues: &[QueueView],
        queue: Option<&str>,
        action: AgentAction,
    ) -> Result<AgentDone, Denied> {
        let known = self.known()?;
        permit::may(person)?;
        let extension = self.extension_of(person)?;
        let queue = chosen(queues, queue, &action)?;
        let action = match action {
            AgentAction::Pause { reason } => AgentAction::Pause {
                reason: reason
                    .map(|reason| text::clean(&reason).into_owned())
                    .filter(|reason| !reason.is_empty()),
            },
            other => other,
        };
        let request = AgentRequest {
            extension: extension.clone(),
            name: certain_name(person, Some(&extension)),
            queue,
            action: action.clone(),
        };
        let place = self.place()?;
        self.limiter
            .take(&person.id, known.rules.calls_per_minute)?;
        let pbx = Arc::clone(&self.pbx);
        let asker = Asker::Person(person.id.clone(), Arc::clone(&person.username));
        let task = tasks::spawn(async move {
            let _place = place;
            let (extension, action) = (&request.extension, wording::action(&request.action));
            let done = pbx.agent(request.clone()).await;
            let done = done.map_err(|refusal| refused::agent(refusal, &request));
            match &done {
                Ok(queues) => {
                    let queues = queues.join(", ");
                    tracing::info!(%asker, %extension, action, %queues, "an agent's wish was granted");
                }
                Err(reason) => {
                    let why = wording::logged(reason);
                    tracing::info!(%asker, %extension, action, outcome = %why, "an agent's wish was not granted");
                }
            }
            done
        });
        // An error is that the task broke off.
        let queues = task.await.unwrap_or(Err(Reason::Pbx(Refusal::NoAnswer)))?;
        Ok(AgentDone {
            action,
            extension,
            queues,
        })
    }
}

/// Which queue is meant, of those there are.
fn chosen(
    queues: &[QueueView],
    queue: Option<&str>,
    action: &AgentAction,
) -> Result<Option<Name>, Reason> {
    let known = || queues.iter().map(|queue| queue.name.to_string()).collect();
    let queue = queue.map(text::clean).filter(|queue| !queue.is_empty());
    let Some(queue) = queue else {
        return match (action, queues) {
            (AgentAction::Login, [only]) => Ok(Some(Arc::clone(&only.name))),
            (AgentAction::Login, [_, ..]) => Err(Reason::NameAQueue { known: known() }),
            _ => Ok(None),
        };
    };
    let same = |name: &Name| name.to_lowercase() == queue.to_lowercase();
    let exact = queues.iter().find(|known| *known.name == *queue);
    let found = exact.or_else(|| queues.iter().find(|known| same(&known.name)));
    match found {
        Some(found) => Ok(Some(Arc::clone(&found.name))),
        // The account may not be told of queues, and may log in all the same: the PBX knows.
        None if queues.is_empty() => Ok(Some(Arc::from(queue))),
        None => Err(Reason::UnknownQueue {
            name: queue.into_owned(),
            known: known(),
        }),
    }
}
