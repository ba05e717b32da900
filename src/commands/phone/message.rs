//! `/phone message`: a text for a phone.

use super::{Argument, Needs, Offers, Request, Subcommand, Then, arguments};

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "message",
    what: "Send a text to a phone's display",
    then: Then::Arguments(&[
        Argument {
            hint: "[extension or @user]",
            what: "Whose phone: an extension, or @ and a user name",
            offers: Offers::List("message"),
            optional: false,
        },
        Argument {
            hint: "[text]",
            what: "What it says",
            offers: Offers::Nothing,
            optional: false,
        },
    ]),
    needs: Needs::Pbx,
};

/// Reads what stands behind the word: the first argument is for whom it is, all the rest is the text as it was typed.
pub(super) fn read(text: &str) -> Result<Request, String> {
    let (to, text) = arguments::argument(text);
    let text = text.trim_end();
    let mut missing = Vec::new();
    // An @ alone is the beginning of a user name.
    if matches!(to, "" | "@") {
        missing.push("the extension or @user");
    }
    if text.is_empty() {
        missing.push("the text");
    }
    if !missing.is_empty() {
        let example = "/phone message @bob I am on my way";
        return Err(arguments::missing(&missing, example));
    }
    Ok(Request::Message {
        to: to.to_owned(),
        text: text.to_owned(),
    })
}
