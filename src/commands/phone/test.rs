//! `/phone test`: what one's phone sends, as it arrives.

use std::sync::Arc;

use super::errand::{Asker, Errand};
use super::{Argument, Needs, Offers, Subcommand, Then, arguments};
use crate::app::App;
use crate::host::{Host, Person};
use crate::language::texts::{commands, trace as texts};
use crate::text;
use crate::trace::{Scope, Started};

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone test stop";

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "test",
    what: texts::test,
    then: Then::Arguments(&[Argument {
        hint: texts::test_hint,
        what: texts::test_what,
        offers: Offers::Nothing,
        optional: true,
    }]),
    needs: Needs::Nothing,
};

/// What somebody wants of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Wish {
    /// That it starts.
    Start(Scope),
    /// That it ends.
    Stop,
}

/// Reads what stands behind the word.
pub(super) fn read(person: &Person, text: &str) -> Result<Errand, String> {
    let asked = arguments::whole(text);
    let wish = match &*asked.to_lowercase() {
        "" => Wish::Start(Scope::Own(Arc::clone(&person.username))),
        "stop" => Wish::Stop,
        _ if !person.admin => return Err(texts::admins_only(person.language)),
        "all" => Wish::Start(Scope::All),
        _ => Wish::Start(Scope::Only(text::clean(asked).into_owned())),
    };
    Ok(Errand::Test(wish))
}

impl Wish {
    pub(super) fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let person = asker.person;
        let language = person.language;
        match self {
            Self::Start(scope) => match app.traces().start(person, scope) {
                Started::Running => texts::started(language),
                Started::TooMany => texts::too_many(language),
                Started::Stopping => commands::stopping(language),
            },
            Self::Stop if app.traces().end(&person.id) => texts::stopped(language),
            Self::Stop => texts::none_to_stop(language),
        }
    }
}
