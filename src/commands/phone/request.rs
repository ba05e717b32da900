//! What the PBX is asked for, and the answer to whoever typed it.

use crate::app::App;
use crate::calls::AgentAction;
use crate::host::{Host, Person};

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
    /// Does it, and answers in Markdown.
    pub(in crate::commands) async fn perform<H: Host>(
        self,
        _app: &App<H>,
        _person: &Person,
    ) -> String {
        super::NO_PBX.to_owned()
    }
}
