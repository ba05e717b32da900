//! Calls and texts between numbers that are given, for programs that hold the Asterisk account's secret.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::originate::Asker;
use super::{
    Calls, CallsHost, Course, Denied, Dial, Driver, End, Failure, Leg, NewCall, Pbx, RING_LIMIT,
    Stage, TextMessage, dial, texts, wording,
};

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

impl<H: CallsHost, P: Pbx> Calls<H, P> {
    /// Calls `to` once `from` has answered, both dialled as given, without rules and prefixes: whoever holds the account's secret
    /// could ask Asterisk themselves. Waits [`SCRIPT_LIMIT`] at most for what comes of it; the call goes on after that. The phones
    /// show `to`, as eeCallUs had it.
    ///
    /// # Errors
    ///
    /// One of them cannot be dialled, or the PBX did not take the order.
    pub async fn script_call(&self, from: &str, to: &str) -> Result<ScriptCall, Denied> {
        let known = self.known()?;
        let from = dial::as_given("from", from)?;
        let to = dial::as_given("to", to)?;
        let place = self.place()?;
        let call = NewCall {
            from: from.clone(),
            to: to.clone(),
            caller_name: String::new(),
            caller_number: to.clone(),
            ring_limit: RING_LIMIT,
            picks_up: None,
        };
        let deadline = Instant::now() + SCRIPT_LIMIT;
        let mut course = self
            .start(Asker::Script, call, &known.rules.context, None, place)
            .await?;
        // An error of either kind is that no more was told; how far it came stands there.
        let _ = timeout_at(deadline, course.wait_for(Course::decided)).await;
        let outcome = ScriptOutcome::of(*course.borrow());
        Ok(ScriptCall { from, to, outcome })
    }

    /// Sends a text from whatever name is given.
    ///
    /// # Errors
    ///
    /// The number cannot be dialled, the text is empty or too long, or the PBX did not accept it.
    pub async fn script_text(
        &self,
        driver: Driver,
        to: &str,
        from: &str,
        text: &str,
    ) -> Result<ScriptText, Denied> {
        self.known()?;
        let to = dial::as_given("to", to)?;
        let message = TextMessage {
            driver: Some(driver),
            to: to.clone(),
            from: crate::text::clean(from).into_owned(),
            text: texts::checked(text)?.to_owned(),
        };
        let parts = self.hand_over(Asker::Script, message).await?;
        Ok(ScriptText { to, parts })
    }
}

impl ScriptOutcome {
    fn of(course: Course) -> Self {
        match (course.stage, course.end) {
            (Stage::Talking, _) | (_, Some(End::Talked(_))) => Self::Connected,
            (_, Some(End::Failed(leg, failure))) => Self::Failed(leg, failure),
            (stage, Some(End::Lost | End::Stopped)) => Self::Lost(stage),
            (stage, None) => Self::Undecided(stage),
        }
    }
}
