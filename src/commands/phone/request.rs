//! What the PBX is asked for, and the answer to whoever typed it.

use std::sync::Arc;

use crate::board::QueueView;
use crate::calls::{AgentAction, Calls, CallsHost, Pbx};
use crate::host::Person;

/// What somebody wants the PBX to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Request {
    /// A call.
    Call {
        /// Number, `@user` or name.
        to: String,
    },
    /// A text for a phone.
    Message {
        /// Extension or `@user`.
        to: String,
        /// The text as it was typed.
        text: String,
    },
    /// Something about being a queue's agent.
    Agent {
        /// Which queue, if they said so.
        queue: Option<String>,
        /// What.
        action: AgentAction,
    },
}

impl Request {
    /// Does it, and answers in Markdown. `queues` are those on the board.
    pub(in crate::commands) async fn perform<H: CallsHost, P: Pbx>(
        self,
        calls: &Arc<Calls<H, P>>,
        person: &Person,
        queues: &[QueueView],
    ) -> String {
        let language = person.language;
        let done = match self {
            Self::Call { to } => {
                let started = calls.call(person, &to).await;
                started.map(|started| started.markdown(language))
            }
            Self::Message { to, text } => {
                let sent = calls.text(person, &to, &text).await;
                sent.map(|sent| sent.markdown(language))
            }
            Self::Agent { queue, action } => {
                let queue = queue.as_deref();
                let done = calls.agent(person, queues, queue, action).await;
                done.map(|done| done.markdown(language))
            }
        };
        done.unwrap_or_else(|denied| denied.markdown(language))
    }
}
