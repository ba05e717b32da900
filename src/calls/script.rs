//! Calls and texts between numbers that are given, for programs that hold the Asterisk account's secret.

use std::time::Duration;

use super::wording;
use super::{Dial, Failure, Leg, Stage};

/// How long a call's outcome is waited for: an HTTP client and a proxy before it wait for 60 s, as a rule.
pub const SCRIPT_LIMIT: Duration = Duration::from_secs(55);

/// What came of a call between two numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptCall {
    /// Who was rung first.
    pub from: Dial,
    /// Who was dialled then.
    pub to: Dial,
    /// What came of it.
    pub outcome: ScriptOutcome,
}

/// What came of it, within [`SCRIPT_LIMIT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptOutcome {
    /// Both answered.
    Connected,
    /// It failed on that leg.
    Failed(Leg, Failure),
    /// The time is up, and this is how far it came. It goes on.
    Undecided(Stage),
    /// The link to Asterisk broke, when it had come this far.
    Lost(Stage),
}

/// A text that the PBX accepted, which is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptText {
    /// For whom.
    pub to: Dial,
    /// In how many parts.
    pub parts: usize,
}

impl ScriptCall {
    /// A sentence about it, as plain text.
    #[must_use]
    pub fn sentence(&self) -> String {
        wording::script_call(self)
    }
}

impl ScriptText {
    /// A sentence about it, as plain text.
    #[must_use]
    pub fn sentence(&self) -> String {
        wording::script_text(self)
    }
}
