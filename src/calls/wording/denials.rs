//! Why somebody did not get what they asked for, and what they or the administrator can do about it.

use std::time::Duration;

use super::super::control;
use super::super::denied::{Reason, Undone};
use super::super::{Impossible, MAX_DIAL, MAX_TEXT, Refusal};
use super::{Style, stopped};
use crate::language::Language;
use crate::language::texts::{controls, denials as texts};
use crate::text;

/// Where people's numbers are.
const NUMBERS: &str = "NumbersUsers";

/// Where the patterns of extensions are.
const EXTENSIONS: &str = "AsteriskExtensions";

/// Where the patterns of other numbers are.
const OUTSIDE: &str = "AsteriskOutsideNumbers";

/// Why somebody did not get what they asked for.
pub(in super::super) fn denied(reason: &Reason, language: Language, style: Style) -> String {
    let show = |text: &str| style.show(text).into_owned();
    let key = |key: &str| style.code(key);
    let entry = |extension, username: &str| style.code_with(&format!("{extension}:{username}"));
    let list = |all: &[String]| style.list(all, language);
    match reason {
        Reason::Off => texts::off(language, key("AsteriskHost")),
        Reason::Stopping => texts::stopping(language),
        Reason::Guest => texts::guest(language),
        Reason::Deactivated => texts::deactivated(language),
        Reason::NoNumber { username } => {
            texts::no_number(language, key(NUMBERS), entry("6001", username))
        }
        Reason::NoExtension { username, number } => texts::no_extension(
            language,
            show(number),
            key(NUMBERS),
            key(EXTENSIONS),
            entry("6001", username),
        ),
        Reason::NothingToCall => texts::nothing_to_call(language),
        Reason::TargetTooLong => texts::target_too_long(language, MAX_DIAL, text::MAX_CHARS),
        Reason::ControlCharacter => texts::control_character(language),
        Reason::NotANumber { text } => texts::not_a_number(language, show(text)),
        Reason::ExtensionNotAllowed { number } => {
            texts::extension_not_allowed(language, show(number), key(EXTENSIONS))
        }
        Reason::CodeNotAllowed { number } => {
            texts::code_not_allowed(language, show(number), key(EXTENSIONS), key(OUTSIDE))
        }
        Reason::OutsideNotAllowed {
            number,
            none_allowed: true,
        } => texts::none_outside_allowed(language, show(number), key(EXTENSIONS), key(OUTSIDE)),
        Reason::OutsideNotAllowed { number, .. } => {
            texts::outside_not_allowed(language, show(number), key(EXTENSIONS), key(OUTSIDE))
        }
        Reason::Nobody { name } => texts::nobody(language, show(name)),
        Reason::TheyHaveNoNumber { name, username } => {
            let example = entry("6002", username);
            texts::they_have_no_number(language, show(name), key(NUMBERS), example)
        }
        Reason::Ambiguous { name, matches } => {
            texts::ambiguous(language, show(name), list(matches))
        }
        Reason::LookupFailed { name } => texts::lookup_failed(language, show(name)),
        Reason::OwnPhone { number } => texts::own_phone(language, show(number)),
        Reason::TooMany { limit, wait } => texts::too_many(
            language,
            *limit,
            key("AsteriskCallsPerMinute"),
            wait_for(*wait, language),
        ),
        Reason::TooManyAtOnce => texts::too_many_at_once(language),
        Reason::TextEmpty => texts::text_empty(language),
        Reason::TextTooLong { chars } => texts::text_too_long(language, *chars, MAX_TEXT),
        Reason::TextNul => texts::text_nul(language),
        Reason::TextOutside { number } => {
            texts::text_outside(language, show(number), key(EXTENSIONS))
        }
        Reason::UnknownQueue { name, known } => {
            texts::unknown_queue(language, show(name), list(known))
        }
        Reason::NameAQueue { known } => texts::name_a_queue(language, list(known)),
        // Only programs are told of these two.
        Reason::ScriptNumber { argument, text } if text.is_empty() => {
            format!("{argument} is empty. Give it a number or an extension.")
        }
        Reason::ScriptNumber { argument, text } => format!(
            "{argument} is {}, which cannot be dialled: up to {MAX_DIAL} letters, digits and * # + . _ - can.",
            show(text)
        ),
        Reason::NotInDialPlan { number, context } => {
            let setting = key("AsteriskContext");
            texts::not_in_dial_plan(language, show(number), show(context), setting)
        }
        Reason::NoPhone { number, parts } => match parts {
            None => texts::no_phone(language, show(number)),
            Some((accepted, parts)) => {
                texts::no_phone_any_more(language, show(number), *accepted, *parts)
            }
        },
        Reason::NoDriver { number } => {
            texts::no_driver(language, show(number), key("AsteriskDriver"))
        }
        Reason::UnknownOrder => texts::unknown_order(language),
        Reason::NotConnected { undone, .. } => match undone {
            Undone::Call => texts::not_connected_no_call(language),
            Undone::Text => texts::not_connected_no_text(language),
            Undone::Agent | Undone::Control => texts::not_connected_no_change(language),
        },
        Reason::InQueueAlready { extension, queue } => match queue {
            Some(queue) => texts::in_queue_already(language, show(extension), show(queue)),
            None => texts::in_that_queue_already(language, show(extension)),
        },
        Reason::NotInQueue { extension, queue } => match queue {
            Some(queue) => texts::not_in_queue(language, show(extension), show(queue)),
            // It was asked for in the queues it was in a moment ago.
            None => texts::left_a_queue(language, show(extension)),
        },
        Reason::Control(why) => control::denied(*why, language),
        Reason::Pbx(why) => refusal(why, language, style),
    }
}

/// The same for the log, which the administrator alone reads: with what is wrong with the link to the PBX.
pub(in super::super) fn logged(reason: &Reason) -> String {
    match reason {
        Reason::NotConnected { why, .. } => {
            let why = stopped(Style::Plain.words(why));
            format!("Asterisk is not connected: {why}")
        }
        reason => denied(reason, Language::English, Style::Plain),
    }
}

/// Why the PBX did not do what it was asked.
fn refusal(refusal: &Refusal, language: Language, style: Style) -> String {
    match refusal {
        Refusal::NotConnected(_) => texts::not_connected(language),
        Refusal::MissingRight(right) => {
            texts::missing_right(language, style.code(right), style.code("write"))
        }
        Refusal::Rejected(why) => texts::rejected(language, stopped(style.words(why))),
        Refusal::NoAnswer => texts::no_answer(language),
        Refusal::TooMuch => texts::too_much(language),
        Refusal::Impossible(why) => impossible(why, language, style),
    }
}

/// Why what was asked for cannot be.
pub(in super::super) fn impossible(why: &Impossible, language: Language, style: Style) -> String {
    let key = |key: &str| style.code(key);
    match why {
        Impossible::Unfit(header) => texts::unfit(language, key(header)),
        Impossible::TextTooLong => texts::text_far_too_long(language),
        Impossible::TextEmpty => texts::text_empty(language),
        Impossible::NoQueue => texts::no_queue(language),
        Impossible::SeveralQueues(known) => {
            texts::name_a_queue(language, style.list(known, language))
        }
        Impossible::UnknownQueue(name, known) => {
            texts::unknown_queue(language, style.show(name), style.list(known, language))
        }
        Impossible::InNoQueue(extension) => {
            texts::in_no_queue(language, style.show(extension.as_str()))
        }
        Impossible::Context(context) => {
            texts::wrong_context(language, style.show(context), key("AsteriskContext"))
        }
        Impossible::QueueInterface => {
            let place = key("{extension}");
            texts::wrong_interface(language, key("AsteriskQueueInterface"), place)
        }
        // Orders about calls say it in their own words.
        Impossible::UnknownCall => controls::not_the_pbxs(language),
        Impossible::NoOtherSide => controls::no_other_side(language),
        Impossible::NotInDialPlan(number, context) => texts::not_in_dial_plan(
            language,
            style.show(number.as_str()),
            style.show(context),
            key("AsteriskContext"),
        ),
        Impossible::DndNotSet => texts::dnd_not_set(language, key("AsteriskDnd")),
    }
}

/// A wait in whole seconds, rounded up, so that it does go again then.
fn wait_for(wait: Duration, language: Language) -> String {
    let wait = wait.saturating_add(Duration::from_millis(999));
    match wait.as_secs() {
        60 => texts::a_minute(language),
        _ => language.duration(wait),
    }
}
