//! Everything that people read of calls, in one place: whole sentences, made of typed arguments.

mod denials;

pub(super) use denials::{denied, logged};

use std::borrow::Cow;
use std::time::Duration;

use super::{
    AgentAction, AgentDone, Course, End, Failure, Leg, ScriptCall, ScriptOutcome, ScriptText, Sent,
    Stage, Started, Target,
};
use crate::board::Name;
use crate::text;

/// How a sentence is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is, in JSON or on a page of text.
    Plain,
    /// As Markdown.
    Markdown,
}

/// The most queues that a sentence names.
const MAX_NAMED: usize = 20;

/// The most words that are taken over from the PBX.
const MAX_WORDS: usize = 60;

impl Style {
    /// A name or a number from outside.
    fn show(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Plain => text::clean(text),
            Self::Markdown => text::markdown(text),
        }
    }

    /// A setting's key, a right or something else to be copied; always a text of ours.
    fn code(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Markdown => format!("`{text}`"),
        }
    }

    /// Something to be copied that has a text from outside in it. In Markdown's code only the grave accent means something.
    fn code_with(self, text: &str) -> String {
        self.code(&text::clean(text).replace('`', "'"))
    }

    /// Sentences from outside, word by word.
    fn words(self, text: &str) -> String {
        let words = text.split_whitespace().take(MAX_WORDS);
        let words: Vec<_> = words.map(|word| self.show(word)).collect();
        words.join(" ")
    }

    /// A target: "Bob Miller (6002)", or the number alone.
    fn target(self, target: &Target) -> String {
        let number = self.show(&target.number);
        match &target.name {
            Some(name) => format!("{} ({number})", self.show(name)),
            None => number.into_owned(),
        }
    }

    /// "a, b and c", cut where it gets long.
    fn list<T: AsRef<str>>(self, items: &[T]) -> String {
        let shown = items.iter().take(MAX_NAMED);
        let shown: Vec<_> = shown.map(|item| self.show(item.as_ref())).collect();
        let more = items.len() - shown.len();
        match &*shown {
            [] => "none".to_owned(),
            all if more > 0 => format!("{} and {more} more", all.join(", ")),
            [only] => only.to_string(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}

/// A sentence with its full stop.
fn stopped(mut sentence: String) -> String {
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

/// The answer to whoever started a call.
pub(super) fn started(started: &Started, style: Style) -> String {
    format!(
        "Calling {}: pick up your phone {} when it rings. A direct message tells how the call goes.",
        style.target(&started.to),
        style.show(started.from.as_str())
    )
}

/// The one direct message about a call, wherever the call is.
pub(super) fn course(started: &Started, course: Course) -> String {
    let to = Style::Markdown.target(&started.to);
    let from = Style::Markdown.show(started.from.as_str());
    match (course.end, course.stage) {
        (None, Stage::Asked) => format!("Calling {to}: your phone {from} is to ring first."),
        (None, Stage::OwnRings) => {
            format!("Calling {to}: your phone {from} rings. Once you pick it up, {to} is called.")
        }
        (None, Stage::Dialling) => format!("Calling {to}: you picked up, dialling …"),
        (None, Stage::OtherRings) => format!("Calling {to}: it rings there."),
        (None, Stage::Talking) => format!("You are talking with {to}."),
        (Some(End::Talked(talked)), _) => {
            format!("You talked with {to} for {}.", duration(talked))
        }
        (Some(End::Failed(Leg::Own, failure)), _) => {
            let why = match failure {
                Failure::Busy => format!("your phone {from} is busy"),
                Failure::NoAnswer => format!("you did not pick up your phone {from}"),
                Failure::Refused => format!("your phone {from} refused the call"),
                Failure::Unreachable => {
                    format!("your phone {from} is not reachable. Is it switched on and registered?")
                }
                Failure::NoSuchNumber => {
                    format!("Asterisk knows no extension {from}, which is to be your phone's")
                }
                Failure::HungUp => {
                    format!("the call to your phone {from} was ended before you picked up")
                }
                Failure::Congestion => {
                    format!("Asterisk had no room for a call to your phone {from}")
                }
                Failure::Unknown => {
                    format!("the call to your phone {from} failed, and Asterisk does not tell why")
                }
            };
            stopped(format!("{to} was not called: {why}"))
        }
        (Some(End::Failed(Leg::Other, failure)), _) => match failure {
            Failure::Busy => format!("{to} is busy."),
            Failure::NoAnswer => format!("{to} did not answer."),
            Failure::Refused => format!("{to} refused the call."),
            Failure::Unreachable => format!(
                "{to} is not reachable: no phone is registered there, or it does not answer Asterisk."
            ),
            Failure::NoSuchNumber => format!("{to} could not be called: there is no such number."),
            Failure::HungUp => format!("You hung up before {to} answered."),
            Failure::Congestion => {
                format!("{to} could not be called: the line or the network had no room.")
            }
            Failure::Unknown => format!("The call to {to} failed, and Asterisk does not tell why."),
        },
        // An account that hears of no call looks the same.
        (Some(End::Lost), Stage::Asked) => format!(
            "Nothing was heard of the call to {to}: the link to Asterisk broke before your phone rang, or the plugin's account in Asterisk lacks `call` in its `read` line."
        ),
        (Some(End::Lost), stage) => format!(
            "The link to Asterisk broke {}. Nothing more is known of the call to {to}.",
            meanwhile(stage)
        ),
        (Some(End::Stopped), stage) => format!(
            "The plugin was stopped {}. Nothing more is told of the call to {to}.",
            meanwhile(stage)
        ),
    }
}

/// How far a call had come.
fn meanwhile(stage: Stage) -> &'static str {
    match stage {
        Stage::Asked => "before your phone rang",
        Stage::OwnRings => "while your phone rang",
        Stage::Dialling => "when you had picked up",
        Stage::OtherRings => "while it rang there",
        Stage::Talking => "while you talked",
    }
}

/// What came of a call, for the log.
pub(super) fn outcome(course: Course) -> String {
    match course.end {
        Some(End::Talked(talked)) => format!("talked for {}", duration(talked)),
        Some(End::Failed(leg, failure)) => format!("{} {}", side(leg), state(failure)),
        Some(End::Lost) if course.stage == Stage::Asked => {
            "nothing was heard of it: the link broke, or the account lacks call in its read line"
                .to_owned()
        }
        Some(End::Lost) => format!("the link broke {}", meanwhile(course.stage)),
        Some(End::Stopped) | None => format!("no longer followed {}", meanwhile(course.stage)),
    }
}

fn side(leg: Leg) -> &'static str {
    match leg {
        Leg::Own => "the first phone",
        Leg::Other => "the other side",
    }
}

/// What a side was, in words that go behind its name.
fn state(failure: Failure) -> &'static str {
    match failure {
        Failure::Busy => "is busy",
        Failure::NoAnswer => "did not answer",
        Failure::Refused => "refused the call",
        Failure::Unreachable => "is not reachable",
        Failure::NoSuchNumber => "does not exist",
        Failure::HungUp => "was no longer called: the call was ended while it rang",
        Failure::Congestion => "could not be called: the line or the network had no room",
        Failure::Unknown => "could not be called, and Asterisk does not tell why",
    }
}

/// A text that was accepted.
pub(super) fn sent(sent: &Sent, style: Style) -> String {
    accepted(&style.target(&sent.to), sent.parts)
}

/// A text of a script's that was accepted.
pub(super) fn script_text(text: &ScriptText) -> String {
    accepted(text.to.as_str(), text.parts)
}

fn accepted(to: &str, parts: usize) -> String {
    let parts = match parts {
        0 | 1 => String::new(),
        parts => format!(" in {parts} parts"),
    };
    format!("Asterisk accepted the text for {to}{parts}. It does not tell whether it is delivered.")
}

/// What came of a script's call.
pub(super) fn script_call(call: &ScriptCall) -> String {
    let ScriptCall { from, to, outcome } = call;
    let stage = |stage| match stage {
        Stage::Asked => format!("Asterisk took the order, and does not tell whether {from} rings"),
        Stage::OwnRings => format!("{from} rings"),
        Stage::Dialling => format!("{from} answered, and {to} is dialled"),
        Stage::OtherRings => format!("{from} answered, and {to} rings"),
        Stage::Talking => format!("{from} and {to} are connected"),
    };
    match *outcome {
        ScriptOutcome::Connected => format!("{from} and {to} are connected."),
        ScriptOutcome::Failed(Leg::Own, failure) => {
            format!("{to} was not called: {from} {}.", state(failure))
        }
        ScriptOutcome::Failed(Leg::Other, failure) => {
            format!("{from} answered; {to} {}.", state(failure))
        }
        ScriptOutcome::Undecided(at) => format!("So far: {}. The call goes on.", stage(at)),
        ScriptOutcome::Lost(at) => format!(
            "The link to Asterisk broke, so nothing more is known of the call. Before that: {}.",
            stage(at)
        ),
    }
}

/// An agent's wish that was granted.
pub(super) fn agent_done(done: &AgentDone, style: Style) -> String {
    let phone = style.show(done.extension.as_str());
    let queues = match &*done.queues {
        [] => "all its queues".to_owned(),
        [only] => format!("the queue {}", style.show(only)),
        several => {
            let names: Vec<&Name> = several.iter().collect();
            format!("the queues {}", style.list(&names))
        }
    };
    match &done.action {
        AgentAction::Login => format!("Your phone {phone} takes calls of {queues}."),
        AgentAction::Logout => format!("Your phone {phone} takes no more calls of {queues}."),
        AgentAction::Pause { reason: Some(why) } => {
            format!(
                "Your phone {phone} pauses in {queues}: {}.",
                style.show(why)
            )
        }
        AgentAction::Pause { reason: None } => format!("Your phone {phone} pauses in {queues}."),
        AgentAction::Unpause => format!("Your phone {phone} takes calls of {queues} again."),
    }
}

/// What an agent wants, for the log.
pub(super) fn action(action: &AgentAction) -> &'static str {
    match action {
        AgentAction::Login => "login",
        AgentAction::Logout => "logout",
        AgentAction::Pause { .. } => "pause",
        AgentAction::Unpause => "unpause",
    }
}

/// New voicemail.
pub(super) fn voicemail(new: u32, extension: &str) -> String {
    let messages = match new {
        1 => "1 new voicemail message".to_owned(),
        new => format!("{new} new voicemail messages"),
    };
    let extension = Style::Markdown.show(extension);
    format!("You have {messages} for {extension}.")
}

/// "2 min 3 s", in whole seconds.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) if seconds == 0 => "less than a second".to_owned(),
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::denied::Reason;
    use super::*;
    use crate::calls::{Dial, Refusal, Way};

    fn call() -> Started {
        Started {
            from: Dial::new("6001").expect("an extension"),
            to: Target {
                dial: Dial::new("6002").expect("an extension"),
                number: "6002".to_owned(),
                name: Some("Bob".into()),
                way: Way::Extension,
            },
        }
    }

    #[test]
    fn durations_are_short() {
        for (seconds, expected) in [
            (0, "less than a second"),
            (45, "45 s"),
            (123, "2 min 3 s"),
            (3600, "1 h 0 min"),
            (7385, "2 h 3 min"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn each_leg_and_failure_has_its_own_words() {
        let failures = [
            Failure::Busy,
            Failure::NoAnswer,
            Failure::Refused,
            Failure::Unreachable,
            Failure::NoSuchNumber,
            Failure::HungUp,
            Failure::Congestion,
            Failure::Unknown,
        ];
        let mut all = std::collections::HashSet::new();
        for leg in [Leg::Own, Leg::Other] {
            for failure in failures {
                let over = Course {
                    stage: Stage::OwnRings,
                    end: Some(End::Failed(leg, failure)),
                };
                let text = course(&call(), over);
                assert!(text.contains("Bob (6002)"), "{text}");
                assert_eq!(
                    text.contains("your phone 6001") || text.contains("your phone's"),
                    leg == Leg::Own,
                    "{text}"
                );
                assert!(
                    text.ends_with(['.', '?']) && !text.ends_with(".."),
                    "{text}"
                );
                assert!(all.insert(text));
                assert!(all.insert(outcome(over)));
            }
        }
    }

    #[test]
    fn a_call_that_nothing_was_heard_of_does_not_blame_the_link_alone() {
        let lost = Course {
            stage: Stage::Asked,
            end: Some(End::Lost),
        };
        for text in [course(&call(), lost), outcome(lost)] {
            assert!(text.contains("link") && text.contains("read"), "{text}");
        }
    }

    #[test]
    fn no_stage_before_both_talk_sounds_like_success() {
        for stage in [
            Stage::Asked,
            Stage::OwnRings,
            Stage::Dialling,
            Stage::OtherRings,
        ] {
            let text = course(&call(), Course { stage, end: None });
            assert!(text.starts_with("Calling Bob (6002): "), "{text}");
        }
    }

    #[test]
    fn words_of_the_pbx_are_shown_and_nothing_else() {
        let why = format!("@all *boom* {}", "x ".repeat(10_000));
        let text = denied(&Reason::Pbx(Refusal::Rejected(why)), Style::Markdown);
        assert!(
            text.starts_with("Asterisk refused: @\u{200b}all \\*boom\\* x x "),
            "{text}"
        );
        assert!(text.len() < 500, "{}", text.len());
        let username = "a`b".to_owned();
        let text = denied(&Reason::NoNumber { username }, Style::Markdown);
        assert!(text.ends_with("for example `6001:a'b`."), "{text}");
    }

    #[test]
    fn long_lists_are_cut() {
        let known: Vec<String> = (0..30).map(|n| format!("q{n}")).collect();
        let text = denied(&Reason::NameAQueue { known }, Style::Plain);
        assert!(text.ends_with("q18, q19 and 10 more."), "{text}");
    }
}
