//! Hooks that only tell of something.

use go_plugin::rpc::{Call, Reply};

use super::{Context, Hook};
use crate::Plugin;
use crate::model::{
    Channel, ChannelMember, PluginClusterEvent, Post, Preference, TeamMember, User,
    WebSocketRequest,
};

/// Whether the hook is among those.
const fn asks(mut hooks: &[Hook], wanted: Hook) -> bool {
    while let [hook, rest @ ..] = hooks {
        if *hook as u8 == wanted as u8 {
            return true;
        }
        hooks = rest;
    }
    false
}

macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $name:ident = $hook:ident {
            $($(#[$field_doc:meta])* $field:ident($letter:literal): $type:ty,)*
        }
    )*) => {
        /// Something that has happened on the server, told to plugins that ask for it in
        /// [`Plugin::HOOKS`](crate::Plugin::HOOKS). Take a variant's fields with `..` behind them: it may get more.
        ///
        /// ```
        /// use mattermost_plugin::Event;
        ///
        /// /// Where a person wrote something: neither the bot nor the server.
        /// fn written<'a>(event: &'a Event, bot_id: &str) -> Option<&'a str> {
        ///     match event {
        ///         Event::PostCreated { post, .. } if post.user_id != bot_id && post.kind.is_empty() => {
        ///             Some(&post.channel_id)
        ///         }
        ///         _ => None,
        ///     }
        /// }
        /// ```
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "the fields say what they are")]
        pub enum Event {
            $(
                $(#[$doc])*
                ///
                #[doc = concat!("Told to plugins that ask for [`Hook::", stringify!($hook), "`].")]
                $name { $($(#[$field_doc])* $field: $type,)* },
            )*
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
                    $(concat!("Plugin.", stringify!($hook)) if const { asks(P::HOOKS, Hook::$hook) } => {
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
    PluginCluster = OnPluginClusterEvent {
        context("A"): Context,
        event("B"): PluginClusterEvent,
    }
    /// A client has opened a websocket to the server. A hint only: connections come in no order,
    /// ids are used again, and nothing lists them after a restart.
    WebSocketConnected = OnWebSocketConnect {
        connection_id("A"): String,
        /// May be empty.
        user_id("B"): String,
    }
    /// A client's websocket to the server is gone.
    WebSocketDisconnected = OnWebSocketDisconnect {
        connection_id("A"): String,
        /// May be empty.
        user_id("B"): String,
    }
    /// A client has sent a message over its websocket.
    WebSocketMessage = WebSocketMessageHasBeenPosted {
        connection_id("A"): String,
        user_id("B"): String,
        request("C"): WebSocketRequest,
    }
    /// A user was created.
    UserCreated = UserHasBeenCreated {
        context("A"): Context,
        user("B"): User,
    }
    /// A user was deactivated.
    UserDeactivated = UserHasBeenDeactivated {
        context("A"): Context,
        user("B"): User,
    }
    /// A user has logged in.
    UserLoggedIn = UserHasLoggedIn {
        context("A"): Context,
        user("B"): User,
    }
    /// A post was created, by whomever: what the plugin posts itself is told it, too, and so are the server's own (whose
    /// [`kind`](Post::kind) begins with `system_`).
    PostCreated = MessageHasBeenPosted {
        context("A"): Context,
        post("B"): Post,
    }
    /// A post was changed.
    PostUpdated = MessageHasBeenUpdated {
        context("A"): Context,
        post("B"): Post,
        old_post("C"): Post,
    }
    /// A post was deleted.
    PostDeleted = MessageHasBeenDeleted {
        context("A"): Context,
        post("B"): Post,
    }
    /// A channel was created.
    ChannelCreated = ChannelHasBeenCreated {
        context("A"): Context,
        channel("B"): Channel,
    }
    /// A user has joined a channel.
    JoinedChannel = UserHasJoinedChannel {
        context("A"): Context,
        member("B"): ChannelMember,
        /// Who added them; `None` when they came by themselves.
        actor("C"): Option<User>,
    }
    /// A user has left a channel.
    LeftChannel = UserHasLeftChannel {
        context("A"): Context,
        member("B"): ChannelMember,
        /// Who removed them; `None` when they left by themselves.
        actor("C"): Option<User>,
    }
    /// A user has joined a team.
    JoinedTeam = UserHasJoinedTeam {
        context("A"): Context,
        member("B"): TeamMember,
        /// Who added them; `None` when they came by themselves.
        actor("C"): Option<User>,
    }
    /// A user has left a team.
    LeftTeam = UserHasLeftTeam {
        context("A"): Context,
        member("B"): TeamMember,
        /// Who removed them; `None` when they left by themselves.
        actor("C"): Option<User>,
    }
    /// Preferences of a user were changed.
    PreferencesChanged = PreferencesHaveChanged {
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
        assert!(asks(&hooks, Hook::UserHasBeenCreated));
        assert!(asks(&hooks, Hook::OnWebSocketConnect));
        assert!(!asks(&hooks, Hook::OnWebSocketDisconnect));
        assert!(!asks(&[], Hook::UserHasBeenCreated));
    }
}
