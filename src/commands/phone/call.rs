//! `/phone call`: rings one's own phone, then dials.

use super::{Argument, Needs, Offers, Request, Subcommand, Then, arguments};

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "call",
    what: "Ring your phone, then call a number or a person",
    then: Then::Arguments(&[Argument {
        hint: "[number, @user or name]",
        what: "A number as you would write it, @ and a user name, or a name from the phones' list",
        offers: Offers::List("call"),
        optional: false,
    }]),
    needs: Needs::Pbx,
};

/// Reads what stands behind the word. A number may have blanks in it, and so may a name: all of it is the target.
pub(super) fn read(text: &str) -> Result<Request, String> {
    let to = arguments::whole(text);
    // An @ alone is the beginning of a user name.
    if matches!(to, "" | "@") {
        let what = "the number, @user or name to call";
        return Err(arguments::missing(&[what], "/phone call +33 2 40 40 40 40"));
    }
    Ok(Request::Call { to: to.to_owned() })
}
