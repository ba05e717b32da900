//! `/phone`: the same and more under one word.

use super::{Command, Context, Response, sip_dashboard, sip_status};

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
        "status" => sip_status::run(context),
        "board" => sip_dashboard::run(context),
        _ => help(),
    }
}

fn help() -> Response {
    let mut text = String::new();
    for (word, what) in SUBCOMMANDS {
        text.push_str(&format!("- `/{} {word}`: {what}\n", COMMAND.trigger));
    }
    Response::private(text)
}
