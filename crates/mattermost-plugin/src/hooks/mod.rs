//! Hooks: what the host calls.
//!
//! A plugin names the [`Hook`]s that it wants in [`Plugin::HOOKS`](crate::Plugin::HOOKS). Four of them have a method of
//! [`Plugin`](crate::Plugin) each; all others only tell of something, and arrive as an [`Event`].
//!
//! Source: Mattermost 9.11 and 11, `server/public/plugin/hooks.go`.

mod event;
mod serve;

use std::fmt;

use gob::{
    ByteString, Decode, DecodeError, Reader,
    private::{Desc, Node},
};

pub use event::Event;
pub(crate) use serve::{HookService, Hooks};

/// What the host says of whom a call is made for.
///
/// Some of it is the client's own words, which need not be UTF-8: what is not has U+FFFD in its
/// place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The session, when there is one.
    pub session_id: String,
    /// The request's id, as the server's log has it.
    pub request_id: String,
    /// The client's address, as the server's proxy settings find it.
    pub ip_address: String,
    /// The client's `Accept-Language`.
    pub accept_language: String,
    /// The client's `User-Agent`.
    pub user_agent: String,
}

/// [`Context`] as it travels. A Latin-1 letter in a client's `User-Agent` must not fail its call.
#[derive(gob::Decode)]
struct WireContext<'a> {
    session_id: ByteString<'a>,
    request_id: ByteString<'a>,
    #[gob(name = "IPAddress")]
    ip_address: ByteString<'a>,
    accept_language: ByteString<'a>,
    user_agent: ByteString<'a>,
}

impl From<WireContext<'_>> for Context {
    fn from(wire: WireContext<'_>) -> Self {
        let text = |bytes: ByteString<'_>| String::from_utf8_lossy(&bytes.0).into_owned();
        Self {
            session_id: text(wire.session_id),
            request_id: text(wire.request_id),
            ip_address: text(wire.ip_address),
            accept_language: text(wire.accept_language),
            user_agent: text(wire.user_agent),
        }
    }
}

impl<'de> Decode<'de> for Context {
    fn desc() -> &'static Desc {
        <WireContext<'de> as Decode<'de>>::desc()
    }

    fn zero() -> Self {
        Self::default()
    }

    fn read(&mut self, r: &mut Reader<'_, 'de>, node: Node) -> Result<(), DecodeError> {
        let mut wire = WireContext::zero();
        wire.read(r, node)?;
        *self = wire.into();
        Ok(())
    }
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident = $wire:literal,)*) => {
        /// A hook that a plugin can ask to be called for, in [`crate::Plugin::HOOKS`].
        ///
        /// Activation, deactivation and changes of the settings need no asking. A server that is older than a hook never calls
        /// it. Hooks that can change or refuse something (`MessageWillBePosted` and the like) are not among them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Hook {
            $($(#[$doc])* $name,)*
        }

        impl Hook {
            /// The hook's name in Go's `plugin.Hooks`, and on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $wire,)*
                }
            }
        }
    };
}

hooks! {
    /// HTTP under `/plugins/<id>/`: [`Plugin::http`](crate::Plugin::http).
    ServeHttp = "ServeHTTP",
    /// A request for the plugin's metrics, which the server takes on its own metrics port only.
    /// From 9.2. [`Plugin::metrics`](crate::Plugin::metrics).
    ServeMetrics = "ServeMetrics",
    /// A Support Packet is made, for which the plugin has files. From 9.8. The server offers the plugin there only where its
    /// manifest has a text in `props.support_packet`. [`Plugin::support_data`](crate::Plugin::support_data).
    GenerateSupportData = "GenerateSupportData",
    /// A slash command that the plugin registered: [`Plugin::execute_command`](crate::Plugin::execute_command).
    ExecuteCommand = "ExecuteCommand",
    /// An event that another node's copy of the plugin has published.
    /// [`Event::PluginCluster`].
    OnPluginClusterEvent = "OnPluginClusterEvent",
    /// A client has opened a websocket to the server. From 6.0.
    /// [`Event::WebSocketConnected`].
    OnWebSocketConnect = "OnWebSocketConnect",
    /// A client's websocket to the server is gone. From 6.0.
    /// [`Event::WebSocketDisconnected`].
    OnWebSocketDisconnect = "OnWebSocketDisconnect",
    /// A client has sent a message over its websocket. From 6.0.
    /// [`Event::WebSocketMessage`].
    WebSocketMessageHasBeenPosted = "WebSocketMessageHasBeenPosted",
    /// A user was created.
    /// [`Event::UserCreated`].
    UserHasBeenCreated = "UserHasBeenCreated",
    /// A user was deactivated. From 9.1.
    /// [`Event::UserDeactivated`].
    UserHasBeenDeactivated = "UserHasBeenDeactivated",
    /// A user has logged in.
    /// [`Event::UserLoggedIn`].
    UserHasLoggedIn = "UserHasLoggedIn",
    /// A post was created.
    /// [`Event::PostCreated`].
    MessageHasBeenPosted = "MessageHasBeenPosted",
    /// A post was changed.
    /// [`Event::PostUpdated`].
    MessageHasBeenUpdated = "MessageHasBeenUpdated",
    /// A post was deleted. From 9.1.
    /// [`Event::PostDeleted`].
    MessageHasBeenDeleted = "MessageHasBeenDeleted",
    /// A channel was created.
    /// [`Event::ChannelCreated`].
    ChannelHasBeenCreated = "ChannelHasBeenCreated",
    /// A user has joined a channel.
    /// [`Event::JoinedChannel`].
    UserHasJoinedChannel = "UserHasJoinedChannel",
    /// A user has left a channel.
    /// [`Event::LeftChannel`].
    UserHasLeftChannel = "UserHasLeftChannel",
    /// A user has joined a team.
    /// [`Event::JoinedTeam`].
    UserHasJoinedTeam = "UserHasJoinedTeam",
    /// A user has left a team.
    /// [`Event::LeftTeam`].
    UserHasLeftTeam = "UserHasLeftTeam",
    /// Preferences of a user were changed. From 9.5.
    /// [`Event::PreferencesChanged`].
    PreferencesHaveChanged = "PreferencesHaveChanged",
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
