//! `/phone`: everything about the phones under one word.

mod arguments;
mod call;
mod errand;
mod message;
mod queue;
mod request;
mod table;

pub(super) use errand::{Asker, Errand};
pub(super) use request::Request;

use super::{
    Argument, Command, Context, Features, Needs, Offers, Response, Step, Subcommand, Then,
    sip_dashboard, texts,
};
use crate::language::Language;

pub(super) const COMMAND: Command = Command {
    trigger: "phone",
    description: texts::phone,
    autocomplete: texts::phone_autocomplete,
    subcommands: SUBCOMMANDS,
};

const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        word: "status",
        what: texts::status,
        then: Then::Arguments(&[]),
        needs: Needs::Nothing,
    },
    Subcommand {
        word: "board",
        what: texts::board,
        then: Then::Arguments(&[]),
        needs: Needs::Nothing,
    },
    call::SUBCOMMAND,
    message::SUBCOMMAND,
    queue::SUBCOMMAND,
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
        "status" => return table::run(context).into(),
        "board" => return sip_dashboard::run(context).into(),
        "call" => call::read(language, rest),
        "message" => message::read(language, rest),
        "queue" => queue::read(language, rest),
        "" | "help" => return Response::private(help(context)).into(),
        _ => {
            let what = texts::no_such_word(language);
            return Response::private(format!("{what}\n{}", help(context))).into();
        }
    };
    match request {
        Ok(request) => Step::Ask(request),
        Err(what) => Response::private(what).into(),
    }
}

/// Every subcommand with what it does, those that need a PBX only where there is one.
fn help(context: &Context<'_>) -> String {
    let mut text = String::new();
    let (language, features) = (context.language(), context.features);
    list(&mut text, COMMAND.trigger, SUBCOMMANDS, language, features);
    text
}

fn list(
    text: &mut String,
    before: &str,
    subcommands: &[Subcommand],
    language: Language,
    features: Features,
) {
    for subcommand in subcommands {
        if !features.has(subcommand.needs) {
            continue;
        }
        let mut line = format!("{before} {}", subcommand.word);
        match subcommand.then {
            Then::Word(words) => list(text, &line, words, language, features),
            Then::Arguments(arguments) => {
                for argument in arguments {
                    line.push(' ');
                    line.push_str(&(argument.hint)(language));
                }
                text.push_str(&texts::help_line(
                    language,
                    line,
                    (subcommand.what)(language),
                ));
                text.push('\n');
            }
        }
    }
}
