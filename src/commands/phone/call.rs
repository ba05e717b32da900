//! `/phone call`: rings one's own phone, then dials.

use super::{Argument, Needs, Offers, Request, Subcommand, Then, arguments, texts};
use crate::language::Language;

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone call +33 2 40 40 40 40";

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "call",
    what: texts::call,
    then: Then::Arguments(&[Argument {
        hint: texts::call_hint,
        what: texts::call_to,
        offers: Offers::List("call"),
        optional: false,
    }]),
    needs: Needs::Pbx,
};

/// Reads what stands behind the word. A number may have blanks in it, and so may a name: all of it is the target.
pub(super) fn read(language: Language, text: &str) -> Result<Request, String> {
    let to = arguments::whole(text);
    // An @ alone is the beginning of a user name.
    if matches!(to, "" | "@") {
        let what = texts::call_whom(language);
        return Err(texts::missing(language, what, EXAMPLE));
    }
    Ok(Request::Call { to: to.to_owned() })
}
