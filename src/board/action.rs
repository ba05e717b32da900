//! What a phone can say happened.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! actions {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them, in the order in which they are listed to people.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The action's name in a phone's URL.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The action with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read(deserializer, Self::from_name)
            }
        }
    };
}

actions! {
    /// What happened to a phone itself. The names are those of the original plugin, mattersip.
    PhoneAction {
        /// Do not disturb was switched on.
        DndOn = "dnd-on",
        /// Do not disturb was switched off.
        DndOff = "dnd-off",
        /// The handset was lifted. That is not yet a call.
        Offhook = "offhook",
        /// The handset was put down.
        Onhook = "onhook",
        /// The person paused in their queues.
        PausedOn = "paused-on",
        /// The person takes calls of their queues again.
        PausedOff = "paused-off",
        /// Someone logged in at the phone.
        Login = "login",
        /// Someone logged out at the phone.
        Logout = "logout",
        /// The person logged in as a queue's agent.
        AgentLogin = "agent-login",
        /// The person logged out as a queue's agent.
        AgentLogout = "agent-logout",
        /// The person answers a call.
        AnsweringCall = "answering-call",
    }
}

actions! {
    /// What happened to a call. The first three are the original's; the others are what vendors' phones
    /// and PBXs report besides.
    CallAction {
        /// A call comes in.
        IncomingCall = "incoming-call",
        /// A call to a conference comes in.
        IncomingConference = "incoming-conf",
        /// A call comes in from an extension that is not known.
        UnknownExtension = "unknown-exten",
        /// A call goes out.
        OutgoingCall = "outgoing-call",
        /// Both sides talk.
        CallEstablished = "call-established",
        /// The call is on hold.
        CallHeld = "call-held",
        /// The call is off hold.
        CallResumed = "call-resumed",
        /// The call rang, and nobody answered.
        MissedCall = "missed-call",
        /// The call rang, and somebody answered it elsewhere.
        AnsweredElsewhere = "answered-elsewhere",
        /// The call rang, and the person refused it.
        RefusedCall = "refused-call",
        /// The call ended.
        CallTerminated = "call-terminated",
    }
}

/// Either of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Something about the phone itself.
    Phone(PhoneAction),
    /// Something about a call.
    Call(CallAction),
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, Self::from_name)
    }
}

/// What has this name.
fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    from_name: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    from_name(&name).ok_or_else(|| de::Error::custom("no such action"))
}

impl Action {
    /// The action with this name in a phone's URL.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        PhoneAction::from_name(name)
            .map(Self::Phone)
            .or_else(|| CallAction::from_name(name).map(Self::Call))
    }

    /// The action's name in a phone's URL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone(action) => action.name(),
            Self::Call(action) => action.name(),
        }
    }

    /// Every action's name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let phone = PhoneAction::ALL.iter().map(|action| action.name());
        phone.chain(CallAction::ALL.iter().map(|action| action.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_name() {
        for name in Action::names() {
            assert_eq!(Action::from_name(name).map(Action::name), Some(name));
        }
        assert_eq!(Action::names().count(), 22);
        assert_eq!(Action::from_name("DND-ON"), None);
        assert_eq!(Action::from_name(""), None);
    }
}
