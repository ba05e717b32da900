//! Hooks: what the host calls.

mod event;
mod serve;

use std::fmt;

pub use event::Event;
pub(crate) use serve::{HookService, Hooks};

/// What the host says of whom a call is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, gob::Gob)]
pub struct Context {
    /// The session, when there is one.
    pub session_id: String,
    /// The request's id, as the server's log has it.
    pub request_id: String,
    /// The client's address, as the server's proxy settings find it.
    #[gob(name = "IPAddress")]
    pub ip_address: String,
    /// The client's `Accept-Language`.
    pub accept_language: String,
    /// The client's `User-Agent`.
    pub user_agent: String,
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident = $wire:literal,)*) => {
        /// A hook that a plugin can ask to be called for, in [`crate::Plugin::HOOKS`].
        ///
        /// Activation, deactivation and changes of the settings need no asking.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Hook {
            $($(#[$doc])* $name,)*
        }

        impl Hook {
            /// The hook's name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $wire,)*
                }
            }
        }
    };
}

hooks! {
    /// HTTP under `/plugins/<id>/`.
    ServeHttp = "ServeHTTP",
    /// A slash command that the plugin registered.
    ExecuteCommand = "ExecuteCommand",
    /// An event that another node's copy of the plugin has published.
    OnPluginClusterEvent = "OnPluginClusterEvent",
    /// A client has opened a websocket to the server. From 6.0.
    OnWebSocketConnect = "OnWebSocketConnect",
    /// A client's websocket to the server is gone. From 6.0.
    OnWebSocketDisconnect = "OnWebSocketDisconnect",
    /// A client has sent a message over its websocket. From 6.0.
    WebSocketMessageHasBeenPosted = "WebSocketMessageHasBeenPosted",
    /// A user was created.
    UserHasBeenCreated = "UserHasBeenCreated",
    /// A user was deactivated. From 9.1.
    UserHasBeenDeactivated = "UserHasBeenDeactivated",
    /// A user has logged in.
    UserHasLoggedIn = "UserHasLoggedIn",
    /// A post was created.
    MessageHasBeenPosted = "MessageHasBeenPosted",
    /// A post was changed.
    MessageHasBeenUpdated = "MessageHasBeenUpdated",
    /// A post was deleted. From 9.1.
    MessageHasBeenDeleted = "MessageHasBeenDeleted",
    /// A channel was created.
    ChannelHasBeenCreated = "ChannelHasBeenCreated",
    /// A user has joined a channel.
    UserHasJoinedChannel = "UserHasJoinedChannel",
    /// A user has left a channel.
    UserHasLeftChannel = "UserHasLeftChannel",
    /// A user has joined a team.
    UserHasJoinedTeam = "UserHasJoinedTeam",
    /// A user has left a team.
    UserHasLeftTeam = "UserHasLeftTeam",
    /// Preferences of a user were changed. From 9.5.
    PreferencesHaveChanged = "PreferencesHaveChanged",
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
