//! `/phone status`: who is on the phone, as a table.

use crate::board::{Call, Snapshot};
use crate::commands::sip_status::MAX_TABLE_BYTES;
use crate::icons::{call_words, icon, words};
use crate::text::markdown;

/// A row for each line: who, what the phone reported last, and the calls in progress.
pub(super) fn table(snapshot: &Snapshot) -> String {
    let lines = &snapshot.lines;
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
