//! `/phone notify`: one message once somebody is off the phone.

use std::sync::Arc;

use super::clock::Clock;
use super::errand::{Asker, Errand};
use super::{Argument, Context, Needs, Offers, Subcommand, Then, arguments, who};
use crate::app::App;
use crate::board::Name;
use crate::host::Host;
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
    /// No longer to be told of it; of none, without one.
    Cancel(Option<Name>),
    /// To see of whom they wait to be told.
    List,
}

/// Reads what stands behind the word.
pub(super) fn read(context: &Context<'_>, text: &str) -> Result<Errand, String> {
    let language = context.language();
    let (word, rest) = arguments::word(text);
    let line = |text: &str| {
        let numbers = &context.config.numbers_users;
        let found = who::line(text, numbers, context.snapshot);
        found.ok_or_else(|| people::no_phone_of(language, markdown(text)))
    };
    let wish = match (&*word.to_lowercase(), arguments::whole(rest)) {
        ("" | "list", "") => Wish::List,
        ("cancel" | "stop" | "off", "") => Wish::Cancel(None),
        // Who is waited for may have left the board meanwhile.
        ("cancel" | "stop" | "off", whom) => {
            let line = line(whom).unwrap_or_else(|_| Arc::from(fold(whom)));
            Wish::Cancel(Some(line))
        }
        _ => Wish::Tell(line(arguments::whole(text))?),
    };
    if let Wish::Tell(line) = &wish
        && fold(line) == fold(&context.person.username)
    {
        return Err(texts::yourself(language));
    }
    Ok(Errand::Notify(wish))
}

impl Wish {
    pub(super) async fn grant<H: Host>(self, app: &App<H>, asker: &Asker<'_>) -> String {
        let (person, language) = (asker.person, asker.person.language);
        let clock = Clock::of(app, person);
        match self {
            Self::Tell(line) => {
                // Without an answer, the line's name is as good.
                let found = app.people().of(&line).await.ok().flatten();
                let shown = found.map_or_else(|| Arc::clone(&line), |found| found.display_name);
                let shown = markdown(&shown);
                match app.free().ask(person, &line, &shown) {
                    Asked::Waiting { until } => texts::waiting(language, shown, clock.shown(until)),
                    Asked::Already { until } => texts::already(language, shown, clock.shown(until)),
                    Asked::FreeNow => texts::free_now(language, shown),
                    Asked::TooMany => texts::too_many(language, MAX_ASKS_PER_PERSON),
                }
            }
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
