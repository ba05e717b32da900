//! `/phone`: the same and more under one word.

use super::sip_status::MAX_TABLE_BYTES;
use super::{Command, Context, Response, sip_dashboard};
use crate::board::Call;
use crate::icons::{call_words, icon, words};
use crate::text::markdown;

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
        "status" => Response::private(table(context)),
        "board" => sip_dashboard::run(context),
        "" | "help" => help(""),
        _ => help("There is no such subcommand. There are:\n"),
    }
}

/// A row for each line: who, what the phone reported last, and the calls in progress.
fn table(context: &Context<'_>) -> String {
    let lines = &context.snapshot.lines;
    if lines.is_empty() {
        return "No phone has reported yet.".to_owned();
    }
    let mut text = "| Name | Phone | Calls |\n|---|---|---|\n".to_owned();
    for (shown, line) in lines.iter().enumerate() {
        let phone = match line.state.last_action {
            None => String::new(),
            last => format!("{} {}", icon(last), words(last)),
        };
        let calls: Vec<_> = line.calls.iter().map(call).collect();
        let row = format!(
            "| {} | {phone} | {} |\n",
            markdown(&line.user),
            calls.join("; ")
        );
        if text.len() + row.len() > MAX_TABLE_BYTES {
            let left_out = lines.len() - shown;
            text.push_str(&format!("\nand {left_out} more; see `/phone board`.\n"));
            break;
        }
        text.push_str(&row);
    }
    text
}

fn call(call: &Call) -> String {
    let (what, joint) = call_words(call);
    match &call.peer {
        Some(peer) => format!("{what}{joint}{}", markdown(peer.shown())),
        None => what.to_owned(),
    }
}

fn help(before: &str) -> Response {
    let mut text = before.to_owned();
    for (word, what) in SUBCOMMANDS {
        text.push_str(&format!("- `/{} {word}`: {what}\n", COMMAND.trigger));
    }
    Response::private(text)
}
