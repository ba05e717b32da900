//! Everything that people read of calls, in one place: whole sentences, made of typed arguments.

mod denials;

pub(super) use denials::{denied, impossible, logged};

use std::borrow::Cow;

use super::{
    AgentAction, AgentDone, Course, End, Failure, Leg, ScriptCall, ScriptOutcome, ScriptText, Sent,
    Stage, Started, Target,
};
use crate::language::Language;
use crate::language::texts::calls as texts;
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
    pub(super) fn show(self, text: &str) -> Cow<'_, str> {
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
    pub(super) fn target(self, target: &Target) -> String {
        let number = self.show(&target.number);
        match &target.name {
            Some(name) => format!("{} ({number})", self.show(name)),
            None => number.into_owned(),
        }
    }

    /// "a, b and c", cut where it gets long.
    fn list<T: AsRef<str>>(self, items: &[T], language: Language) -> String {
        let shown: Vec<_> = items.iter().map(|item| self.show(item.as_ref())).collect();
        language.short_list(&shown, MAX_NAMED)
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
pub(super) fn started(started: &Started, language: Language, style: Style) -> String {
    let from = style.show(started.from.as_str());
    texts::started(language, style.target(&started.to), from)
}

/// The one direct message about a call, wherever the call is.
pub(super) fn course(started: &Started, course: Course, language: Language) -> String {
    let to = Style::Markdown.target(&started.to);
    let from = Style::Markdown.show(started.from.as_str());
    match (course.end, course.stage) {
        (None, Stage::Asked) => texts::asked(language, to, from),
        (None, Stage::OwnRings) => texts::own_rings(language, to, from),
        (None, Stage::Dialling) => texts::dialling(language, to),
        (None, Stage::OtherRings) => texts::other_rings(language, to),
        (None, Stage::Talking) => texts::talking(language, to),
        (Some(End::Talked(talked)), _) => texts::talked(language, to, language.duration(talked)),
        (Some(End::Failed(Leg::Own, failure)), _) => {
            let text = match failure {
                Failure::Busy => texts::own_busy,
                Failure::NoAnswer => texts::own_no_answer,
                Failure::Refused => texts::own_refused,
                Failure::Unreachable => texts::own_unreachable,
                Failure::NoSuchNumber => texts::own_unknown_number,
                Failure::HungUp => texts::own_hung_up,
                Failure::Congestion => texts::own_congestion,
                Failure::Unknown => texts::own_failed,
            };
            text(language, to, from)
        }
        (Some(End::Failed(Leg::Other, failure)), _) => {
            let text = match failure {
                Failure::Busy => texts::busy,
                Failure::NoAnswer => texts::no_answer,
                Failure::Refused => texts::refused,
                Failure::Unreachable => texts::unreachable,
                Failure::NoSuchNumber => texts::no_such_number,
                Failure::HungUp => texts::hung_up,
                Failure::Congestion => texts::congestion,
                Failure::Unknown => texts::failed,
            };
            text(language, to)
        }
        // An account that hears of no call looks the same.
        (Some(End::Lost), Stage::Asked) => texts::never_heard(language, to),
        (Some(End::Lost), stage) => texts::link_broke(language, to, meanwhile(stage, language)),
        (Some(End::Stopped), stage) => texts::stopped(language, to, meanwhile(stage, language)),
    }
}

/// How far a call had come.
fn meanwhile(stage: Stage, language: Language) -> String {
    match stage {
        Stage::Asked => texts::before_own_rang(language),
        Stage::OwnRings => texts::while_own_rang(language),
        Stage::Dialling => texts::when_picked_up(language),
        Stage::OtherRings => texts::while_it_rang(language),
        Stage::Talking => texts::while_talking(language),
    }
}

/// What came of a call, for the log.
pub(super) fn outcome(course: Course) -> String {
    match course.end {
        Some(End::Talked(talked)) => {
            format!("talked for {}", Language::English.duration(talked))
        }
        Some(End::Failed(leg, failure)) => format!("{} {}", side(leg), state(failure)),
        Some(End::Lost) if course.stage == Stage::Asked => {
            "nothing was heard of it: the link broke, or the account lacks call in its read line"
                .to_owned()
        }
        Some(End::Lost) => {
            let when = meanwhile(course.stage, Language::English);
            format!("the link broke {when}")
        }
        Some(End::Stopped) | None => {
            let when = meanwhile(course.stage, Language::English);
            format!("no longer followed {when}")
        }
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
pub(super) fn sent(sent: &Sent, language: Language, style: Style) -> String {
    accepted(&style.target(&sent.to), sent.parts, language)
}

/// A text of a script's that was accepted. What programs read is English.
pub(super) fn script_text(text: &ScriptText) -> String {
    accepted(text.to.as_str(), text.parts, Language::English)
}

fn accepted(to: &str, parts: usize, language: Language) -> String {
    match parts {
        0 | 1 => texts::text_accepted(language, to),
        parts => texts::text_accepted_in_parts(language, to, parts),
    }
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
pub(super) fn agent_done(done: &AgentDone, language: Language, style: Style) -> String {
    let phone = style.show(done.extension.as_str());
    let of_queues = || match &*done.queues {
        [] => texts::of_all_queues(language),
        [only] => texts::of_queue(language, style.show(only)),
        several => texts::of_queues(language, style.list(several, language)),
    };
    let in_queues = || match &*done.queues {
        [] => texts::in_all_queues(language),
        [only] => texts::in_queue(language, style.show(only)),
        several => texts::in_queues(language, style.list(several, language)),
    };
    match &done.action {
        AgentAction::Login => texts::logged_in(language, phone, of_queues()),
        AgentAction::Logout => texts::logged_out(language, phone, of_queues()),
        AgentAction::Pause { reason: Some(why) } => {
            texts::pauses_because(language, phone, in_queues(), style.show(why))
        }
        AgentAction::Pause { reason: None } => texts::pauses(language, phone, in_queues()),
        AgentAction::Unpause => texts::pauses_no_more(language, phone, of_queues()),
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
pub(super) fn voicemail(new: u32, extension: &str, language: Language) -> String {
    let extension = Style::Markdown.show(extension);
    match new {
        1 => texts::one_voicemail(language, extension),
        new => texts::voicemail(language, new, extension),
    }
}

#[cfg(test)]
mod tests {
    use super::super::denied::Reason;
    use super::*;
    use crate::board::Name;
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
        for language in Language::ALL {
            let mut all = std::collections::HashSet::new();
            for leg in [Leg::Own, Leg::Other] {
                for failure in failures {
                    let over = Course {
                        stage: Stage::OwnRings,
                        end: Some(End::Failed(leg, failure)),
                    };
                    let text = course(&call(), over, language);
                    assert!(text.contains("Bob (6002)"), "{text}");
                    assert_eq!(text.contains("6001"), leg == Leg::Own, "{text}");
                    assert!(
                        text.ends_with(['.', '?']) && !text.ends_with(".."),
                        "{text}"
                    );
                    assert!(all.insert(text));
                    if language == Language::English {
                        assert!(all.insert(outcome(over)), "the log says it otherwise");
                    }
                }
            }
        }
    }

    #[test]
    fn queues_have_the_case_that_the_sentence_wants() {
        let done = |action, queues: &[&str]| {
            let queues = queues.iter().map(|queue| Name::from(*queue)).collect();
            let extension = Dial::new("6001").expect("an extension");
            let done = AgentDone {
                action,
                extension,
                queues,
            };
            [Language::German, Language::French]
                .map(|language| agent_done(&done, language, Style::Plain))
        };
        let pause = |reason: Option<&str>| AgentAction::Pause {
            reason: reason.map(str::to_owned),
        };
        for (action, queues, expected) in [
            (
                AgentAction::Logout,
                &["a"][..],
                [
                    "Ihr Telefon 6001 nimmt keine Anrufe der Warteschlange a mehr an.",
                    "Votre téléphone 6001 ne prend plus les appels de la file d’attente a.",
                ],
            ),
            (
                AgentAction::Login,
                &["a", "b"],
                [
                    "Ihr Telefon 6001 nimmt jetzt Anrufe der Warteschlangen a und b an.",
                    "Votre téléphone 6001 prend les appels des files d’attente a et b.",
                ],
            ),
            (
                pause(None),
                &["a", "b"],
                [
                    "Ihr Telefon 6001 macht in den Warteschlangen a und b Pause.",
                    "Votre téléphone 6001 est en pause dans les files d’attente a et b.",
                ],
            ),
            (
                pause(Some("tea")),
                &[],
                [
                    "Ihr Telefon 6001 macht in allen seinen Warteschlangen Pause: tea.",
                    "Votre téléphone 6001 est en pause dans toutes ses files d’attente\u{a0}: tea.",
                ],
            ),
        ] {
            assert_eq!(done(action, queues), expected);
        }
    }

    #[test]
    fn a_call_that_nothing_was_heard_of_does_not_blame_the_link_alone() {
        let lost = Course {
            stage: Stage::Asked,
            end: Some(End::Lost),
        };
        for text in [course(&call(), lost, Language::English), outcome(lost)] {
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
            let course_so_far = Course { stage, end: None };
            let text = course(&call(), course_so_far, Language::English);
            assert!(text.starts_with("Calling Bob (6002): "), "{text}");
        }
    }

    #[test]
    fn words_of_the_pbx_are_shown_and_nothing_else() {
        let why = format!("@all *boom* {}", "x ".repeat(10_000));
        let said = |reason: &Reason| denied(reason, Language::English, Style::Markdown);
        let text = said(&Reason::Pbx(Refusal::Rejected(why)));
        assert!(
            text.starts_with("Asterisk refused: @\u{200b}all \\*boom\\* x x "),
            "{text}"
        );
        assert!(text.len() < 500, "{}", text.len());
        let username = "a`b".to_owned();
        let text = said(&Reason::NoNumber { username });
        assert!(text.ends_with("for example `6001:a'b`."), "{text}");
    }

    #[test]
    fn long_lists_are_cut() {
        let known: Vec<String> = (0..30).map(|n| format!("q{n}")).collect();
        let text = denied(
            &Reason::NameAQueue { known },
            Language::English,
            Style::Plain,
        );
        assert!(text.ends_with("q18, q19 and 10 more."), "{text}");
    }
}
