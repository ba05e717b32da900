//! `/sip-status`: the phones as a table, as the original plugin had it.

use super::{Command, Context, Needs, Response, texts};
use crate::icons::icon;
use crate::text::markdown;

pub(super) const COMMAND: Command = Command {
    trigger: "sip-status",
    description: texts::sip_status,
    autocomplete: texts::sip_status,
    subcommands: &[],
    needs: Needs::Nothing,
};

/// The longest table, in bytes; a post has at most 16,383 characters.
pub(super) const MAX_TABLE_BYTES: usize = 12_000;

pub(super) fn run(context: &Context<'_>) -> Response {
    Response::private(table(context))
}

/// A column for each user whose phone told of itself, sorted, and under each name a sign.
fn table(context: &Context<'_>) -> String {
    let (mut names, mut rule, mut icons) = ("|".to_owned(), "|".to_owned(), "|".to_owned());
    let known = || {
        let lines = context.snapshot.lines.iter();
        lines.filter(|line| line.state.last_action.is_some())
    };
    let mut shown = 0;
    for line in known() {
        let name = markdown(&line.user);
        let icon = icon(line.state.last_action);
        let more = name.len() + icon.len() + "||---|".len();
        if names.len() + rule.len() + icons.len() + more > MAX_TABLE_BYTES {
            break;
        }
        names.extend([&*name, "|"]);
        rule.push_str("---|");
        icons.extend([icon, "|"]);
        shown += 1;
    }
    let left_out = known().count() - shown;
    match (shown, left_out) {
        (0, _) => texts::sip_status_empty(context.language()),
        (_, 0) => format!("{names}\n{rule}\n{icons}\n"),
        _ => {
            let left_out = texts::left_out(context.language(), left_out, "/sip-dashboard");
            format!("{names}\n{rule}\n{icons}\n\n{left_out}\n")
        }
    }
}
