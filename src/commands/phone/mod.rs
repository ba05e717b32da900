//! `/phone`: the same and more under one word.

mod table;

use super::{Command, Context, Response, sip_dashboard};

pub(super) const COMMAND: Command = Command {
    trigger: "phone",
    description: "The team's phones",
    autocomplete: "See who is on the phone",
    hint: "[status|board|help]",
    subcommands: SUBCOMMANDS,
};

const SUBCOMMANDS: &[(&str, &str)] = &[
    ("status", "Show everyone's phone, here and only to you"),
    ("board", "Get the link to the live board"),
    ("help", "Say what there is"),
];

pub(super) fn run(context: &Context<'_>) -> Response {
    match context.arguments {
        "status" => Response::private(table::table(context.snapshot)),
        "board" => sip_dashboard::run(context),
        "" | "help" => help(""),
        _ => help("There is no such subcommand. There are:\n"),
    }
}

fn help(before: &str) -> Response {
    let mut text = before.to_owned();
    for (word, what) in SUBCOMMANDS {
        text.push_str(&format!("- `/{} {word}`: {what}\n", COMMAND.trigger));
    }
    Response::private(text)
}
