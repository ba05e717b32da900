//! Actions in one or two characters, for phones whose URLs may not be long.

use crate::board::{
    Action,
    Action::{Call, Phone},
    CallAction, PhoneAction,
};

/// Every action's code, in the order in which people find them. What is switched on and off has a `1` and a `0`.
pub const CODES: &[(&str, Action)] = &[
    ("i", Call(CallAction::IncomingCall)),
    ("ic", Call(CallAction::IncomingConference)),
    ("ix", Call(CallAction::UnknownExtension)),
    ("o", Call(CallAction::OutgoingCall)),
    ("a", Phone(PhoneAction::AnsweringCall)),
    ("c", Call(CallAction::CallEstablished)),
    ("h", Call(CallAction::CallHeld)),
    ("r", Call(CallAction::CallResumed)),
    ("m", Call(CallAction::MissedCall)),
    ("e", Call(CallAction::AnsweredElsewhere)),
    ("x", Call(CallAction::RefusedCall)),
    ("t", Call(CallAction::CallTerminated)),
    ("u", Phone(PhoneAction::Offhook)),
    ("d", Phone(PhoneAction::Onhook)),
    ("d1", Phone(PhoneAction::DndOn)),
    ("d0", Phone(PhoneAction::DndOff)),
    ("p1", Phone(PhoneAction::PausedOn)),
    ("p0", Phone(PhoneAction::PausedOff)),
    ("l1", Phone(PhoneAction::Login)),
    ("l0", Phone(PhoneAction::Logout)),
    ("q1", Phone(PhoneAction::AgentLogin)),
    ("q0", Phone(PhoneAction::AgentLogout)),
];

/// The action that a URL names, in full or by its code.
pub(super) fn action(text: &str) -> Option<Action> {
    Action::from_name(text).or_else(|| {
        let found = CODES.iter().find(|(code, _)| *code == text);
        found.map(|(_, action)| *action)
    })
}

/// An action's code; its name, if it has none.
#[must_use]
pub fn code(action: Action) -> &'static str {
    let found = CODES.iter().find(|(_, own)| *own == action);
    found.map_or(action.name(), |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_code_of_its_own() {
        for name in Action::names() {
            let known = Action::from_name(name).expect("an action");
            let code = code(known);
            assert!(code.len() <= 2, "{name}");
            assert_eq!(Action::from_name(code), None, "{code}");
            for text in [name, code] {
                assert_eq!(action(text), Some(known), "{text}");
            }
        }
        assert_eq!(CODES.len(), Action::names().count());
        for text in ["", "I", "zz", "d2"] {
            assert_eq!(action(text), None, "{text}");
        }
    }
}
