//! `/phone message`: a text for a phone.

use super::{Argument, Needs, Offers, Request, Subcommand, Then, arguments, texts};
use crate::language::Language;

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "message",
    what: texts::message,
    then: Then::Arguments(&[
        Argument {
            hint: texts::message_hint,
            what: texts::message_to,
            offers: Offers::List("message"),
            optional: false,
        },
        Argument {
            hint: texts::text_hint,
            what: texts::text_what,
            offers: Offers::Nothing,
            optional: false,
        },
    ]),
    needs: Needs::Pbx,
};

/// Reads what stands behind the word: the first argument is for whom it is, all the rest is the text as it was typed.
pub(super) fn read(language: Language, text: &str) -> Result<Request, String> {
    let (to, text) = arguments::argument(text);
    let text = text.trim_end();
    let mut missing = Vec::new();
    // An @ alone is the beginning of a user name.
    if matches!(to, "" | "@") {
        missing.push(texts::message_whom(language));
    }
    if text.is_empty() {
        missing.push(texts::text_missing(language));
    }
    if !missing.is_empty() {
        let example = texts::message_example(language);
        return Err(texts::missing(language, language.list(&missing), example));
    }
    Ok(Request::Message {
        to: to.to_owned(),
        text: text.to_owned(),
    })
}
