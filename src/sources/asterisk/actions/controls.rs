//! Actions about calls that are there. All of them need `write=call`, but for the question about the dial plan, for which `reporting`
//! is enough (Asterisk 22's manual, "AMI Action_…").

use super::Action;
use crate::calls::Dial;

/// A channel's name as an application may get it: nothing in it begins another argument (`,`), another channel (`&`) or a variable (`$`).
/// Asterisk makes channels' names of what stands in its own files, so one with more in it is strange, and is not used: a header must
/// not be empty, and what is answered for this one is.
pub(super) fn channel_name(name: &str) -> &str {
    let fits = |c: char| c.is_ascii_alphanumeric() || "/-_.@;:+".contains(c);
    if name.chars().all(fits) { name } else { "" }
}

/// Hangs a channel up, with a cause by Q.850.
pub(in super::super) fn hangup(channel: &str, cause: u16) -> Action {
    Action::new("Hangup")
        .with("Channel", channel_name(channel))
        .with("Cause", cause.to_string())
}

/// Sends whom this channel talks with to a number; the channel itself is hung up.
pub(in super::super) fn blind_transfer(channel: &str, context: &str, to: &Dial) -> Action {
    Action::new("BlindTransfer")
        .with("Channel", channel_name(channel))
        .with("Context", context)
        .with("Exten", to.as_str())
}

/// Parks a channel. The other one is told where, and is rung when nobody took it back in time.
pub(in super::super) fn park(parked: &str, own: &str) -> Action {
    Action::new("Park")
        .with("Channel", channel_name(parked))
        .with("TimeoutChannel", channel_name(own))
        .with("AnnounceChannel", channel_name(own))
}

/// Takes two channels out of what they are in, and connects them.
pub(in super::super) fn bridge(one: &str, other: &str) -> Action {
    Action::new("Bridge")
        .with("Channel1", channel_name(one))
        .with("Channel2", channel_name(other))
        .with("Tone", "no")
}

/// Asks whether a number can be dialled in a context. What a transfer finds out too late: by then the call would be lost.
pub(in super::super) fn dialplan_exists(context: &str, to: &Dial) -> Action {
    Action::new("Getvar").with("Variable", format!("DIALPLAN_EXISTS({context},{to},1)"))
}
