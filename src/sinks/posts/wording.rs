//! What a post says.

use crate::board::{Action, CallAction, PhoneAction, Report};
use crate::text::markdown;

/// The post for an event in the original plugin's words, as Markdown that shows names and numbers and does nothing else with them.
///
/// Nothing for holding, resuming and calls that somebody else answered, and, with `hide_connections`, nothing for what only says that a
/// connection was made or ended: the handset, and a call's beginning and end.
#[must_use]
pub fn message(event: &Report, hide_connections: bool) -> Option<String> {
    if hide_connections && is_connection(event.action) {
        return None;
    }
    let user = markdown(&event.user);
    let peer = event.peer.as_ref().map(|peer| markdown(peer.shown()));
    // "{before}{user}{after}", and "{joint}{peer}" where the other side is known.
    let (before, after, joint) = match event.action {
        Action::Phone(action) => ("", phone(action), None),
        Action::Call(action) => call(action)?,
    };
    let mut text = String::with_capacity(64);
    text.push_str(before);
    text.push_str(&user);
    text.push_str(after);
    if let (Some(joint), Some(peer)) = (joint, peer) {
        text.push_str(joint);
        text.push_str(&peer);
    }
    Some(text)
}

fn phone(action: PhoneAction) -> &'static str {
    match action {
        PhoneAction::DndOn => " DND on",
        PhoneAction::DndOff => " DND off",
        PhoneAction::Offhook => " connected",
        PhoneAction::Onhook => " disconnected",
        PhoneAction::PausedOn => " paused",
        PhoneAction::PausedOff => " unpaused",
        PhoneAction::Login => " logged in",
        PhoneAction::Logout => " logged out",
        PhoneAction::AgentLogin => " logged in as agent",
        PhoneAction::AgentLogout => " logged out as agent",
        PhoneAction::AnsweringCall => " answers call",
    }
}

fn call(action: CallAction) -> Option<(&'static str, &'static str, Option<&'static str>)> {
    Some(match action {
        CallAction::IncomingCall | CallAction::IncomingConference => {
            ("incoming call for ", "", Some(" from "))
        }
        CallAction::UnknownExtension => {
            ("incoming call for ", "", Some(" from unknown extension "))
        }
        CallAction::OutgoingCall => ("outgoing call from ", "", Some(" to ")),
        CallAction::CallEstablished => ("", " in call", Some(" with ")),
        CallAction::CallTerminated => ("", " ended call", Some(" with ")),
        CallAction::MissedCall => ("missed call for ", "", Some(" from ")),
        CallAction::RefusedCall => ("", " refuses call", Some(" from ")),
        CallAction::CallHeld | CallAction::CallResumed | CallAction::AnsweredElsewhere => {
            return None;
        }
    })
}

fn is_connection(action: Action) -> bool {
    matches!(
        action,
        Action::Phone(PhoneAction::Offhook | PhoneAction::Onhook)
            | Action::Call(CallAction::CallEstablished | CallAction::CallTerminated)
    )
}
