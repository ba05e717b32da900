//! Why somebody did not get what they asked for, and what they or the administrator can do about it.

use std::time::Duration;

use super::super::denied::{Reason, Undone};
use super::super::{MAX_DIAL, MAX_TEXT, Refusal};
use super::{Style, duration, stopped};
use crate::text;

/// Why somebody did not get what they asked for.
pub(in super::super) fn denied(reason: &Reason, style: Style) -> String {
    let show = |text: &str| style.show(text).into_owned();
    let key = |key: &str| style.code(key);
    match reason {
        Reason::Off => format!(
            "No Asterisk is set, so nobody can be called from here. The administrator sets one under {}.",
            key("AsteriskHost")
        ),
        Reason::Stopping => "The plugin is stopping. Try again in a minute.".to_owned(),
        Reason::Guest => "Guests cannot call, write to phones or use queues.".to_owned(),
        Reason::Deactivated => "This account is deactivated.".to_owned(),
        Reason::NoNumber { username } => format!(
            "No phone is linked to you yet. The administrator links one by adding its extension and your user name to {}, for example {}.",
            key("NumbersUsers"),
            style.code_with(&format!("6001:{username}"))
        ),
        Reason::NoExtension { username, number } => format!(
            "Your number {} in {} is no extension: no pattern in {} fits it. The administrator adds your extension, for example {}, or a pattern.",
            show(number),
            key("NumbersUsers"),
            key("AsteriskExtensions"),
            style.code_with(&format!("6001:{username}"))
        ),
        Reason::NothingToCall => {
            "It does not say whom. Type a number, an extension, a user name with its @, or a name."
                .to_owned()
        }
        Reason::TargetTooLong => format!(
            "That is too long to be a number or a name: a number has at most {MAX_DIAL} digits, a name at most {} characters.",
            text::MAX_CHARS
        ),
        Reason::ControlCharacter => {
            "There is a line end or another character in it that no number and no name has. Type the number alone."
                .to_owned()
        }
        Reason::NotANumber { text } => format!(
            "{} cannot be dialled. A number has digits, * and #, maybe a + at its beginning, and blanks, points, hyphens, slashes and parentheses between them.",
            show(text)
        ),
        Reason::ExtensionNotAllowed { number } => format!(
            "The extension {} may not be called: no pattern in {} fits it. The administrator can add one.",
            show(number),
            key("AsteriskExtensions")
        ),
        Reason::CodeNotAllowed { number } => format!(
            "The code {} may not be dialled: no pattern in {} or {} fits it. The administrator can add one.",
            show(number),
            key("AsteriskExtensions"),
            key("AsteriskOutsideNumbers")
        ),
        Reason::OutsideNotAllowed {
            number,
            none_allowed: true,
        } => format!(
            "{} may not be called: it is no extension by the patterns in {}, and {} allows no other numbers. The administrator can add patterns there.",
            show(number),
            key("AsteriskExtensions"),
            key("AsteriskOutsideNumbers")
        ),
        Reason::OutsideNotAllowed { number, .. } => format!(
            "{} may not be called: it is no extension by the patterns in {}, and no pattern in {} fits it. The administrator can add one.",
            show(number),
            key("AsteriskExtensions"),
            key("AsteriskOutsideNumbers")
        ),
        Reason::Nobody { name } => format!(
            "Nobody is called {}. Type a number, a user name with its @, or a name as it stands in the chat.",
            show(name)
        ),
        Reason::TheyHaveNoNumber { name, username } => format!(
            "{} has no phone that is known here. The administrator links one by adding its extension and their user name to {}, for example {}.",
            show(name),
            key("NumbersUsers"),
            style.code_with(&format!("6002:{username}"))
        ),
        Reason::Ambiguous { name, matches } => format!(
            "Several people are called {}: {}. Type one of these user names.",
            show(name),
            style.list(matches)
        ),
        Reason::LookupFailed { name } => format!(
            "Mattermost did not say who {} is. Try again in a moment, or type the number.",
            show(name)
        ),
        Reason::OwnPhone { number } => {
            format!("{} is your own phone. Type whom to call from it.", show(number))
        }
        Reason::TooMany { limit, wait } => format!(
            "You may ask for {limit} calls, texts and changes in queues a minute ({}). Try again in {}.",
            key("AsteriskCallsPerMinute"),
            wait_for(*wait)
        ),
        Reason::TooManyAtOnce => {
            "Too many calls are under way at this moment. Try again in a moment.".to_owned()
        }
        Reason::TextEmpty => "The text is empty. Type it behind the extension or the name.".to_owned(),
        Reason::TextTooLong { chars } => format!(
            "The text has {chars} characters; a phone takes {MAX_TEXT} at most. Shorten it, or write in the chat."
        ),
        Reason::TextNul => "The text has a NUL character in it, which no phone shows. Remove it.".to_owned(),
        Reason::TextOutside { number } => format!(
            "Texts go to extensions only, and {} is none by the patterns in {}.",
            show(number),
            key("AsteriskExtensions")
        ),
        Reason::UnknownQueue { name, known } => format!(
            "There is no queue {}. These are known: {}.",
            show(name),
            style.list(known)
        ),
        Reason::NameAQueue { known } => {
            format!("There are several queues. Name one of these: {}.", style.list(known))
        }
        Reason::ScriptNumber { argument, text } if text.is_empty() => format!(
            "{} is empty. Give it a number or an extension.",
            key(argument)
        ),
        Reason::ScriptNumber { argument, text } => format!(
            "{} is {}, which cannot be dialled: up to {MAX_DIAL} letters, digits and * # + . _ - can.",
            key(argument),
            show(text)
        ),
        Reason::NotInDialPlan { number, context } => format!(
            "Nobody was called: there is no number {} in Asterisk's dial plan (context {}). Check the number; the administrator checks {}.",
            show(number),
            show(context),
            key("AsteriskContext")
        ),
        Reason::NoPhone { number, parts } => {
            let parts = style.words(parts);
            let blank = if parts.is_empty() { "" } else { " " };
            format!(
                "The text for {} was not accepted: the phone is not registered, or there is none{blank}{parts}. Is it switched on?",
                show(number)
            )
        }
        Reason::NoDriver { number } => format!(
            "The text for {} was not accepted: Asterisk has no such driver for phones. Asterisk 21 and newer have pjsip only; the administrator chooses it under {}, a script by drv=.",
            show(number),
            key("AsteriskDriver")
        ),
        Reason::UnknownOrder => {
            "Asterisk does not know this order: it is still starting, or the module for it is not loaded. Try again in a moment."
                .to_owned()
        }
        Reason::NotConnected { undone, .. } => not_connected(match undone {
            Undone::Call => "nobody was called",
            Undone::Text => "nothing was sent",
            Undone::Agent => "nothing was changed",
        }),
        Reason::InQueueAlready { extension, queue } => {
            let queue = queue.as_deref().map_or_else(|| "that queue".to_owned(), show);
            format!("Your phone {} takes calls of {queue} already.", show(extension))
        }
        Reason::NotInQueue { extension, queue: Some(queue) } => {
            format!("Your phone {} is not in the queue {}.", show(extension), show(queue))
        }
        // It was asked for in the queues it was in a moment ago.
        Reason::NotInQueue { extension, queue: None } => format!(
            "Your phone {} has just left a queue. Look at the board, and try again.",
            show(extension)
        ),
        Reason::Pbx(why) => refusal(why, style),
    }
}

/// The same for the log, which the administrator alone reads: with what is wrong with the link to the PBX.
pub(in super::super) fn logged(reason: &Reason) -> String {
    match reason {
        Reason::NotConnected { why, .. } => {
            let why = stopped(Style::Plain.words(why));
            format!("Asterisk is not connected: {why}")
        }
        reason => denied(reason, Style::Plain),
    }
}

/// Everybody reads it, so it does not tell where the PBX is.
fn not_connected(undone: &str) -> String {
    format!(
        "Asterisk cannot be reached at this moment, so {undone}. Try again later; the plugin's page /status tells an administrator why."
    )
}

/// Why the PBX did not do what it was asked.
fn refusal(refusal: &Refusal, style: Style) -> String {
    match refusal {
        Refusal::NotConnected(_) => not_connected("nothing was done"),
        Refusal::MissingRight(right) => format!(
            "The account that the plugin has in Asterisk lacks the right {}. The administrator adds it to the account's {} line in manager.conf and reloads Asterisk's manager.",
            style.code(right),
            style.code("write")
        ),
        Refusal::Rejected(why) => format!("Asterisk refused: {}", stopped(style.words(why))),
        Refusal::NoAnswer => {
            "Asterisk did not answer in time, so it is not known whether it was done. Look before you ask again."
                .to_owned()
        }
        Refusal::TooMuch => {
            "Asterisk is asked for too much at this moment. Try again in a moment.".to_owned()
        }
        Refusal::Impossible(why) => stopped(style.words(why)),
    }
}

/// A wait in whole seconds, rounded up, so that it does go again then.
fn wait_for(wait: Duration) -> String {
    let wait = wait.saturating_add(Duration::from_millis(999));
    match wait.as_secs() {
        60 => "a minute".to_owned(),
        _ => duration(wait),
    }
}
