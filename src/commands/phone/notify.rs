//! `/phone notify`: one message once somebody is off the phone.

use std::sync::Arc;

use super::clock::Clock;
use super::errand::{Asker, Errand};
use super::{Argument, Context, Needs, Offers, Subcommand, Then, arguments, who};
use crate::app::App;
use crate::board::Name;
use crate::host::{Host, Person};
use crate::language::texts::{free as texts, people};
use crate::people::fold;
use crate::sinks::free::{Asked, MAX_ASKS_PER_PERSON};
use crate::text::markdown;

/// What somebody might type.
pub(super) const EXAMPLE: &str = "/phone notify @bob";

pub(super) const SUBCOMMAND: Subcommand = Subcommand {
    word: "notify",
    what: texts::notify,
    then: Then::Arguments(&[Argument {
        hint: people::who_hint,
        what: texts::notify_whom,
        offers: Offers::List("line"),
        optional: true,
    }]),
    needs: Needs::Nothing,
};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Wish {
    /// To be told when that line is free.
    Tell(Name),
    /// The same of a person of whom neither the board nor the setting has a line, by what was typed.
    TellUnheard(String),
    /// No longer to be told of it; of none, without one.
    Cancel(Option<Name>),
    /// To see of whom they wait to be told.
    List,
}

/// Reads what stands behind the word.
pub(super) fn read(context: &Context<'_>, text: &str) -> Result<Errand, String> {
    let language = context.language();
    let (word, rest) = arguments::word(text);
    let numbers = &context.config.numbers_users;
    let line = |text: &str| who::line(text, numbers, context.snapshot);
    let wish = match (&*word.to_lowercase(), arguments::whole(rest)) {
        ("" | "list", "") => Wish::List,
        ("cancel" | "stop" | "off", "") => Wish::Cancel(None),
        // Who is waited for may have left the board meanwhile.
        ("cancel" | "stop" | "off", whom) => {
            let line = line(whom).unwrap_or_else(|| Arc::from(fold(whom)));
            Wish::Cancel(Some(line))
        }
        _ => {
            let whom = arguments::whole(text);
            line(whom).map_or_else(|| Wish::TellUnheard(whom.to_owned()), Wish::Tell)
        }
    };
    let own = |name: &str| fold(name) == fold(&context.person.username);
    match &wish {
        Wish::Tell(line) if own(line) => return Err(texts::yourself(language)),
        Wish::TellUnheard(whom) if whom.starts_with('@') && own(whom) => {
            return Err(texts::yourself(language));
        }
        _ => {}
    }
    Ok(Errand::Notify(wish))
}

impl Wish {
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let (person, language) = (asker.person, asker.person.language);
        let clock = Clock::of(app, person);
        match self {
            Self::Tell(line) => tell(app, person, &line, clock).await,
            Self::TellUnheard(text) => match who::person(app, &text, language).await {
                Ok(line) => tell(app, person, &line, clock).await,
                Err(what) => what,
            },
            Self::Cancel(line) => {
                let withdrawn = match line {
                    Some(line) => app.free().withdraw(&person.id, &line),
                    None => app.free().withdraw_all(&person.id),
                };
                match withdrawn {
                    true => texts::cancelled(language),
                    false => texts::nothing_to_cancel(language),
                }
            }
            Self::List => {
                let waited = app.free().waited_for(&person.id);
                if waited.is_empty() {
                    return texts::nobody(language, EXAMPLE);
                }
                let mut text = texts::waiting_for(language);
                for one in waited {
                    let line = texts::waiting_line(language, one.shown, clock.shown(one.until));
                    text.push('\n');
                    text.push_str(&line);
                }
                text
            }
        }
    }
}

async fn tell<H: Host>(app: &App<H>, person: &Person, line: &Name, clock: Clock) -> String {
    let language = person.language;
    // Without an answer, the line's name is as good.
    let found = app.people().of(line).await.ok().flatten();
    let shown = found.map_or_else(|| Arc::clone(line), |found| found.display_name);
    let shown = markdown(&shown);
    match app.free().ask(person, line, &shown) {
        Asked::Waiting { until } => texts::waiting(language, shown, clock.shown(until)),
        Asked::Unheard { until } => texts::waiting_unheard(language, shown, clock.shown(until)),
        Asked::Already { until } => texts::already(language, shown, clock.shown(until)),
        Asked::FreeNow => texts::free_now(language, shown),
        Asked::TooMany => texts::too_many(language, MAX_ASKS_PER_PERSON),
    }
}
