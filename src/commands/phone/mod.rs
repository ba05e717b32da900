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
    sip_dashboard,
};

pub(super) const COMMAND: Command = Command {
    trigger: "phone",
    description: "The team's phones",
    autocomplete: "See who is on the phone, call them, send texts to phones",
    subcommands: SUBCOMMANDS,
};

const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        word: "status",
        what: "Show everyone's phone, here and only to you",
        then: Then::Arguments(&[]),
        needs: Needs::Nothing,
    },
    Subcommand {
        word: "board",
        what: "Get the link to the live board",
        then: Then::Arguments(&[]),
        needs: Needs::Nothing,
    },
    call::SUBCOMMAND,
    message::SUBCOMMAND,
    queue::SUBCOMMAND,
    Subcommand {
        word: "help",
        what: "Say what there is",
        then: Then::Arguments(&[]),
        needs: Needs::Nothing,
    },
];

/// What is said where a subcommand needs a PBX and there is none.
const NO_PBX: &str = "There is no Asterisk to ask for that: an administrator has to set `AsteriskHost`, `AsteriskUser` and `AsteriskSecret` in the plugin's settings.";

pub(super) fn run(context: &Context<'_>) -> Step {
    let (word, rest) = arguments::word(context.arguments);
    let word = word.to_ascii_lowercase();
    let known = SUBCOMMANDS
        .iter()
        .find(|subcommand| subcommand.word == word);
    if known.is_some_and(|subcommand| subcommand.needs == Needs::Pbx) && !context.features.pbx {
        return Response::private(NO_PBX).into();
    }
    let request = match &*word {
        "status" => return Response::private(table::table(context.snapshot, context.gone)).into(),
        "board" => return sip_dashboard::run(context).into(),
        "call" => call::read(rest),
        "message" => message::read(rest),
        "queue" => queue::read(rest),
        "" | "help" => return help("", context.features).into(),
        _ => {
            return help(
                "There is no such subcommand. There are:\n",
                context.features,
            )
            .into();
        }
    };
    match request {
        Ok(request) => Step::Ask(request),
        Err(what) => Response::private(what).into(),
    }
}

/// Every subcommand with what it does, those that need a PBX only where there is one.
fn help(before: &str, features: Features) -> Response {
    let mut text = before.to_owned();
    list(&mut text, COMMAND.trigger, SUBCOMMANDS, features);
    Response::private(text)
}

fn list(text: &mut String, before: &str, subcommands: &[Subcommand], features: Features) {
    for subcommand in subcommands {
        if !features.has(subcommand.needs) {
            continue;
        }
        let line = format!("{before} {}", subcommand.word);
        match subcommand.then {
            Then::Word(words) => list(text, &line, words, features),
            Then::Arguments(arguments) => {
                text.push_str(&format!("- `/{line}"));
                for argument in arguments {
                    text.push_str(&format!(" {}", argument.hint));
                }
                text.push_str(&format!("`: {}\n", subcommand.what));
            }
        }
    }
}
