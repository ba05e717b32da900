//! Agents log in to queues, and pause.

use super::wording;
use super::{AgentAction, Dial};
use crate::board::Name;

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
    pub fn markdown(&self) -> String {
        wording::agent_done(self, wording::Style::Markdown)
    }

    /// The same as plain text.
    #[must_use]
    pub fn sentence(&self) -> String {
        wording::agent_done(self, wording::Style::Plain)
    }
}
