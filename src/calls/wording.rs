//! Everything that people read of calls, in one place.

use super::denied::Reason;
use super::*;

/// How a sentence is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is, in JSON or on a page of text.
    Plain,
    /// As Markdown.
    Markdown,
}

pub(super) fn denied(reason: &Reason, _style: Style) -> String { format!("{reason:?}") }
pub(super) fn agent_done(done: &AgentDone, _style: Style) -> String { format!("{done:?}") }
pub(super) fn sent(sent: &Sent, _style: Style) -> String { format!("{sent:?}") }
pub(super) fn started(started: &Started, _style: Style) -> String { format!("{started:?}") }
pub(super) fn script_call(call: &ScriptCall) -> String { format!("{call:?}") }
pub(super) fn script_text(text: &ScriptText) -> String { format!("{text:?}") }
