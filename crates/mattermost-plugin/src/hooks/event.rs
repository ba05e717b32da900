//! Hooks that only tell of something.

use go_plugin::rpc::{Call, Reply};

use super::{Context, Hook};
use crate::Plugin;
use crate::model::{
    Channel, ChannelMember, PluginClusterEvent, Post, Preference, TeamMember, User,
    WebSocketRequest,
};

/// Whether the hook of this name on the wire, which begins with `Plugin.`, is among those.
const fn asks(mut hooks: &[Hook], wire: &str) -> bool {
    while let [hook, rest @ ..] = hooks {
        if same(
            hook.name().as_bytes(),
            wire.as_bytes().split_at("Plugin.".len()).1,
        ) {
            return true;
        }
        hooks = rest;
    }
    false
}

const fn same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([a, one_rest @ ..], [b, other_rest @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.is_empty() && other.is_empty()
}

macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $name:ident = $wire:literal {
            $($(#[$field_doc:meta])* $field:ident($letter:literal): $type:ty,)*
        }
    )*) => {
        /// Something that has happened on the server, told to plugins that ask for it in
        /// [`crate::Plugin::HOOKS`].
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "the fields say what they are")]
        pub enum Event {
            $($(#[$doc])* $name { $($(#[$field_doc])* $field: $type,)* },)*
        }

        impl Event {
            /// Takes the event out of a hook's call. `Err` gives back a call that is none; `None`
            /// is one that could not be read and is answered.
            ///
            /// Hooks for which the plugin does not ask are left out where it is compiled: reading them is 30 KB.
            pub(crate) fn from_call<'c, 'a, P: Plugin>(
                call: Call<'c, 'a>,
            ) -> Result<Option<(Self, Reply)>, Call<'c, 'a>> {
                match call.method() {
                    $($wire if const { asks(P::HOOKS, $wire) } => {
                        // Arguments of hooks are structs whose fields are called A, B and C.
                        #[derive(gob::Decode)]
                        struct Args {
                            $(#[gob(name = $letter)] $field: $type,)*
                        }
                        Ok(call.argument::<Args>().map(|(args, reply)| {
                            (Self::$name { $($field: args.$field,)* }, reply)
                        }))
                    })*
                    _ => Err(call),
                }
            }
        }
    };
}

events! {
    /// Another node's copy of this plugin has published something. Delivery is not certain.
    PluginCluster = "Plugin.OnPluginClusterEvent" {
        context("A"): Context,
        event("B"): PluginClusterEvent,
    }
    /// A client has opened a websocket to the server. A hint only: connections come in no order,
    /// ids are used again, and nothing lists them after a restart.
    WebSocketConnected = "Plugin.OnWebSocketConnect" {
        connection_id("A"): String,
        /// May be empty.
        user_id("B"): String,
    }
    /// A client's websocket to the server is gone.
    WebSocketDisconnected = "Plugin.OnWebSocketDisconnect" {
        connection_id("A"): String,
        /// May be empty.
        user_id("B"): String,
    }
    /// A client has sent a message over its websocket.
    WebSocketMessage = "Plugin.WebSocketMessageHasBeenPosted" {
        connection_id("A"): String,
        user_id("B"): String,
        request("C"): WebSocketRequest,
    }
    /// A user was created.
    UserCreated = "Plugin.UserHasBeenCreated" {
        context("A"): Context,
        user("B"): User,
    }
    /// A user was deactivated.
    UserDeactivated = "Plugin.UserHasBeenDeactivated" {
        context("A"): Context,
        user("B"): User,
    }
    /// A user has logged in.
    UserLoggedIn = "Plugin.UserHasLoggedIn" {
        context("A"): Context,
        user("B"): User,
    }
    /// A post was created.
    PostCreated = "Plugin.MessageHasBeenPosted" {
        context("A"): Context,
        post("B"): Post,
    }
    /// A post was changed.
    PostUpdated = "Plugin.MessageHasBeenUpdated" {
        context("A"): Context,
        post("B"): Post,
        old_post("C"): Post,
    }
    /// A post was deleted.
    PostDeleted = "Plugin.MessageHasBeenDeleted" {
        context("A"): Context,
        post("B"): Post,
    }
    /// A channel was created.
    ChannelCreated = "Plugin.ChannelHasBeenCreated" {
        context("A"): Context,
        channel("B"): Channel,
    }
    /// A user has joined a channel.
    JoinedChannel = "Plugin.UserHasJoinedChannel" {
        context("A"): Context,
        member("B"): ChannelMember,
        /// Who added them; `None` when they came by themselves.
        actor("C"): Option<User>,
    }
    /// A user has left a channel.
    LeftChannel = "Plugin.UserHasLeftChannel" {
        context("A"): Context,
        member("B"): ChannelMember,
        /// Who removed them; `None` when they left by themselves.
        actor("C"): Option<User>,
    }
    /// A user has joined a team.
    JoinedTeam = "Plugin.UserHasJoinedTeam" {
        context("A"): Context,
        member("B"): TeamMember,
        /// Who added them; `None` when they came by themselves.
        actor("C"): Option<User>,
    }
    /// A user has left a team.
    LeftTeam = "Plugin.UserHasLeftTeam" {
        context("A"): Context,
        member("B"): TeamMember,
        /// Who removed them; `None` when they left by themselves.
        actor("C"): Option<User>,
    }
    /// Preferences of a user were changed.
    PreferencesChanged = "Plugin.PreferencesHaveChanged" {
        context("A"): Context,
        preferences("B"): Vec<Preference>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_read() {
        let hooks = [Hook::UserHasBeenCreated, Hook::OnWebSocketConnect];
        assert!(asks(&hooks, "Plugin.UserHasBeenCreated"));
        assert!(asks(&hooks, "Plugin.OnWebSocketConnect"));
        assert!(!asks(&hooks, "Plugin.OnWebSocketDisconnect"));
        assert!(!asks(&hooks, "Plugin.UserHasBeenCreate"));
        assert!(!asks(&hooks, "Plugin.UserHasBeenCreatedToo"));
        assert!(!asks(&[], "Plugin.UserHasBeenCreated"));
    }
}
