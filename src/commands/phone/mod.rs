//! `/phone`: everything about the phones under one word.

mod arguments;
mod board;
mod call;
mod clock;
mod dnd;
mod errand;
mod help;
mod link;
mod message;
mod notify;
mod queue;
mod request;
mod settings;
mod setup;
mod status;
mod table;
mod test;
mod who;

pub(crate) use dnd::switch as switch_dnd;
pub(super) use errand::{Asker, Errand};
pub(super) use request::Request;
pub(crate) use settings::FORM as SETTINGS_FORM;

use super::{Argument, Command, Context, Needs, Offers, Response, Step, Subcommand, Then, texts};

pub(super) const COMMAND: Command = Command {
    trigger: "phone",
    description: texts::phone,
    autocomplete: texts::phone_autocomplete,
    subcommands: SUBCOMMANDS,
    needs: Needs::Nothing,
};

const SUBCOMMANDS: &[Subcommand] = &[
    status::SUBCOMMAND,
    board::SUBCOMMAND,
    call::SUBCOMMAND,
    message::SUBCOMMAND,
    queue::SUBCOMMAND,
    dnd::SUBCOMMAND,
    notify::SUBCOMMAND,
    settings::SUBCOMMAND,
    link::SUBCOMMAND,
    link::UNLINK,
    setup::SUBCOMMAND,
    test::SUBCOMMAND,
    Subcommand {
        word: "help",
        what: texts::help,
        then: Then::Arguments(&[]),
        needs: Needs::Nothing,
    },
];

pub(super) fn run(context: &Context<'_>) -> Step {
    let language = context.language();
    let (word, rest) = arguments::word(context.arguments);
    let word = word.to_ascii_lowercase();
    let known = SUBCOMMANDS
        .iter()
        .find(|subcommand| subcommand.word == word);
    if known.is_some_and(|subcommand| subcommand.needs == Needs::Pbx) && !context.features.pbx {
        return Response::private(texts::no_pbx(language)).into();
    }
    let request = match &*word {
        "status" => return status::run(context, rest),
        "board" => return Step::Do(board::read(context, rest)),
        "call" => call::read(language, rest),
        "message" => message::read(language, rest),
        "queue" => queue::read(language, rest),
        "dnd" => return step(dnd::read(language, rest)),
        "notify" => return step(notify::read(context, rest)),
        "link" => return Step::Do(link::read(rest)),
        "unlink" => return step(link::read_unlink(language, rest)),
        "settings" => return step(settings::read(context.config, language, rest)),
        "setup" => return setup::run(context, rest),
        "test" => return step(test::read(context.person, rest)),
        "" | "help" => return Response::private(help::help(context)).into(),
        _ => {
            let what = texts::no_such_word(language);
            return Response::private(format!("{what}\n{}", help::help(context))).into();
        }
    };
    match request {
        Ok(request) => Step::Ask(request),
        Err(what) => Response::private(what).into(),
    }
}

/// What is to be done, or what is wrong with it.
fn step(read: Result<Errand, String>) -> Step {
    match read {
        Ok(errand) => Step::Do(errand),
        Err(what) => Response::private(what).into(),
    }
}
