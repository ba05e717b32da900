//! Actions that start calls.

use super::Action;
use super::controls::channel_name;
use std::time::Duration;

use crate::calls::{Code, Dial, NewCall};

/// The most characters of a caller's name. (Asterisk reads at most 255 bytes of name and number together.)
const MAX_NAME: usize = 40;

/// Rings `call.from` by a channel of a fixed form, and runs `call.to` in the context when that is answered, or takes over what rings.
///
/// A `Local` channel has two halves: the first gets the id, the second the same with `-2` behind it. `Async`, because Asterisk otherwise answers nothing else on the connection until the phone was answered.
pub(in super::super) fn originate(call: &NewCall, context: &str, channel_id: &str) -> Action {
    let millis = call.ring_limit.as_millis().max(1);
    let number = call.caller_number.as_str();
    let caller = match caller_name(&call.caller_name) {
        name if name.is_empty() => format!("<{number}>"),
        name => format!("\"{name}\" <{number}>"),
    };
    let action =
        Action::new("Originate").with("Channel", format!("Local/{}@{context}/n", call.from));
    let action = match &call.picks_up {
        Some(channel) => action
            .with("Application", "PickupChan")
            .with("Data", channel_name(channel)),
        None => action
            .with("Context", context)
            .with("Exten", call.to.as_str())
            .with("Priority", "1"),
    };
    action
        .with("Timeout", millis.to_string())
        .with("CallerID", caller)
        .with("Async", "true")
        .with("ChannelId", channel_id)
        .with("OtherChannelId", format!("{channel_id}-2"))
}

/// How the ids of channels begin that show a code. By it they are known for no call of anybody's ([`is_announcement`]).
const ANNOUNCEMENT: &str = "switchboard-link-";

/// The number that is shown with a code. The code itself is in the name alone: numbers of the other side are what Asterisk's events and
/// phones' URLs tell of a call, and what is called back from a list of calls. It is no emergency number and no extension of the usual
/// ones, of whose owner the dial plan would show the name instead; without any number, phones and dial plans refuse a call as anonymous.
const CODE_NUMBER: &str = "0";

/// Whether that is the `Linkedid` of channels that show a code. (An Asterisk before 12 gives them ids of its own.)
pub(in super::super) fn is_announcement(linked: &str) -> bool {
    linked.starts_with(ANNOUNCEMENT)
}

/// Rings `to`, whose display shows the code as the caller's name, and says it digit by digit once it is answered.
pub(in super::super) fn announce(
    to: &Dial,
    code: Code,
    context: &str,
    limit: Duration,
    id: &str,
) -> Action {
    Action::new("Originate")
        .with("Channel", format!("Local/{to}@{context}/n"))
        .with("Application", "SayDigits")
        .with("Data", code.to_string())
        .with("Timeout", limit.as_millis().max(1).to_string())
        .with("CallerID", format!("\"Code {code}\" <{CODE_NUMBER}>"))
        .with("Async", "true")
        .with("ChannelId", format!("{ANNOUNCEMENT}{id}"))
        .with("OtherChannelId", format!("{ANNOUNCEMENT}{id}-2"))
}

/// What of a name is safe between quotes in a caller ID: letters, digits, blanks, and the marks that names have.
pub(in super::super) fn caller_name(name: &str) -> String {
    let kept = name.chars().map(|c| match c {
        c if c.is_alphanumeric() => c,
        '-' | '.' | '\'' => c,
        _ => ' ',
    });
    let mut clean = String::new();
    for c in kept {
        if c != ' ' || !(clean.is_empty() || clean.ends_with(' ')) {
            clean.push(c);
        }
    }
    let cut = clean.char_indices().nth(MAX_NAME).map(|(at, _)| at);
    clean.truncate(cut.unwrap_or(clean.len()));
    clean.truncate(clean.trim_end().len());
    clean
}
