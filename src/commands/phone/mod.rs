//! `/phone`: everything about the phones under one word.

mod arguments;
mod call;
mod message;
mod queue;
mod request;
mod table;

pub(super) use request::Request;

use super::{Argument, Command, Context, Offers, Response, Step, Subcommand, Then, sip_dashboard};

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
        pbx: false,
    },
    Subcommand {
        word: "board",
        what: "Get the link to the live board",
        then: Then::Arguments(&[]),
        pbx: false,
    },
    call::SUBCOMMAND,
    message::SUBCOMMAND,
    queue::SUBCOMMAND,
    Subcommand {
        word: "help",
        what: "Say what there is",
        then: Then::Arguments(&[]),
        pbx: false,
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
    if known.is_some_and(|subcommand| subcommand.pbx) && !context.pbx {
        return Response::private(NO_PBX).into();
    }
    let request = match &*word {
        "status" => return Response::private(table::table(context.snapshot, context.gone)).into(),
        "board" => return sip_dashboard::run(context).into(),
        "call" => call::read(rest),
        "message" => message::read(rest),
        "queue" => queue::read(rest),
        "" | "help" => return help("", context.pbx).into(),
        _ => return help("There is no such subcommand. There are:\n", context.pbx).into(),
    };
    match request {
        Ok(request) => Step::Ask(request),
        Err(what) => Response::private(what).into(),
    }
}

/// Every subcommand with what it does, those that need a PBX only where there is one.
fn help(before: &str, pbx: bool) -> Response {
    let mut text = before.to_owned();
    list(&mut text, COMMAND.trigger, SUBCOMMANDS, pbx);
    Response::private(text)
}

fn list(text: &mut String, before: &str, subcommands: &[Subcommand], pbx: bool) {
    for subcommand in subcommands {
        if subcommand.pbx && !pbx {
            continue;
        }
        let line = format!("{before} {}", subcommand.word);
        match subcommand.then {
            Then::Word(words) => list(text, &line, words, pbx),
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
