//! `/phone link` and `/phone unlink`: people say which number is theirs.

use super::errand::{Asker, Errand};
use super::{Argument, Needs, Offers, Subcommand, Then, arguments, texts as commands};
use crate::app::{App, LinkError, Linking, not_linked};
use crate::calls::Code;
use crate::config::PhoneLinks;
use crate::host::{Host, Person};
use crate::language::Language;
use crate::language::texts::links as texts;
use crate::people::{NotLinked, fold};
use crate::text::{self, markdown};

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone link 6001";

/// The same for the other one.
pub(super) const UNLINK_EXAMPLE: &str = "/phone unlink 6001";

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "link",
    what: texts::link,
    then: Then::Arguments(&[Argument {
        hint: texts::link_hint,
        what: texts::link_what,
        offers: Offers::Nothing,
        optional: true,
    }]),
    needs: Needs::Links,
};

pub(super) const UNLINK: Subcommand = Subcommand {
    word: "unlink",
    what: texts::unlink,
    then: Then::Arguments(&[Argument {
        hint: texts::unlink_hint,
        what: texts::unlink_what,
        offers: Offers::Nothing,
        optional: false,
    }]),
    needs: Needs::Links,
};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Wish {
    /// To see which numbers are theirs.
    List,
    /// That a number is theirs; a code may stand behind it.
    Link(String),
    /// That it no longer is.
    Unlink(String),
}

/// Reads what stands behind `link`.
pub(super) fn read(text: &str) -> Errand {
    let number = arguments::whole(text);
    Errand::Link(match number {
        "" => Wish::List,
        number => Wish::Link(text::clean(number).into_owned()),
    })
}

/// Reads what stands behind `unlink`.
pub(super) fn read_unlink(language: Language, text: &str) -> Result<Errand, String> {
    match arguments::whole(text) {
        "" => {
            let what = texts::number(language);
            Err(commands::missing(language, what, UNLINK_EXAMPLE))
        }
        number => Ok(Errand::Link(Wish::Unlink(text::clean(number).into_owned()))),
    }
}

impl Wish {
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let (person, language) = (asker.person, asker.person.language);
        match self {
            Self::List => list(app, person).await,
            Self::Link(_) if app.config().phone_links == PhoneLinks::Off => texts::off(language),
            Self::Link(text) => link(app, person, &text).await,
            Self::Unlink(number) => match app.unlink(person, &number).await {
                Ok(true) => texts::unlinked(language, markdown(&number)),
                Ok(false) => texts::not_linked(language, markdown(&number)),
                Err(why) => not_linked(&why, &number, language),
            },
        }
    }
}

async fn link<H: Host>(app: &App<H>, person: &Person, text: &str) -> String {
    let language = person.language;
    let awaited = match app.links().awaits_code(&person.id).await {
        Ok(awaited) => awaited,
        Err(why) => return not_linked(&why, text, language),
    };
    if let Some((number, code)) = with_code(text) {
        if let Some(awaited) = awaited.filter(|awaited| is_number(number, awaited, app)) {
            return match app.confirm_link(person, code).await {
                Ok(number) => texts::linked(language, markdown(&number)),
                Err(error) => refused(&error, &awaited, language),
            };
        }
        // A code that was given before is not dialled as the end of a number.
        if app.config().phone_links == PhoneLinks::Call && app.has_number(person, number) {
            return texts::own(language, markdown(number));
        }
    }
    let shown = markdown(text);
    match app.link(person, text).await {
        Ok(Linking::Linked) => texts::linked(language, shown),
        Ok(Linking::CodeShown) => texts::code_shown(language, shown),
        Ok(Linking::AdminsAsked) => texts::admins_asked(language, shown),
        Err(error) => refused(&error, text, language),
    }
}

/// A number, and what may be a code behind it.
fn with_code(text: &str) -> Option<(&str, &str)> {
    let (number, code) = text.rsplit_once(' ')?;
    let is_code = code.len() == Code::DIGITS && code.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some((number, code))
}

/// Whether that is the number for which a code is awaited.
fn is_number<H: Host>(number: &str, awaited: &str, app: &App<H>) -> bool {
    let config = app.config();
    let plan = config.numbers_users.plan();
    let read = (plan.read(number), plan.read(awaited));
    matches!(read, (Some(number), Some(awaited)) if number.same(&awaited))
}

fn refused(error: &LinkError, number: &str, language: Language) -> String {
    match error {
        LinkError::Off => texts::off(language),
        LinkError::Not(why) => not_linked(why, number, language),
        LinkError::Denied(denied) => denied.markdown(language),
        LinkError::NobodyAsked => texts::nobody_asked(language),
    }
}

/// Which numbers are theirs, and which may become so.
async fn list<H: Host>(app: &App<H>, person: &Person) -> String {
    let language = person.language;
    let config = app.config();
    let own = fold(&person.username);
    let numbers = config.numbers_users.numbers();
    let numbers = numbers.filter(|(_, name)| fold(name) == own);
    let numbers: Vec<_> = numbers.map(|(number, _)| markdown(number)).collect();
    let mut parts = Vec::new();
    if !numbers.is_empty() {
        parts.push(texts::yours(language, language.list(&numbers)));
    }
    match app.links().asked(&person.id).await {
        Ok(Some((number, true))) => {
            parts.push(texts::waits_for_admin(language, markdown(&number)));
        }
        Ok(Some((number, false))) => {
            parts.push(texts::waits_for_code(language, markdown(&number)));
        }
        Ok(None) => {}
        Err(why @ NotLinked::NotStored(_)) => return not_linked(&why, "", language),
        Err(_) => {}
    }
    if config.phone_links == PhoneLinks::Off {
        parts.push(texts::off(language));
    } else if parts.is_empty() {
        parts.push(texts::none(language, EXAMPLE));
    }
    parts.join(" ")
}
