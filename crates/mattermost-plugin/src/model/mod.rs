//! Mattermost's own types, with the fields that plugins use.
//!
//! Field names are what gob matches: those that a server has more than we are skipped, those that
//! it lacks stay empty. Where a type is JSON too, `serde` knows it by Mattermost's JSON names.
//! Times are milliseconds since 1970 in UTC, where nothing else is said; ids are 26 characters,
//! empty for none.
//!
//! Make them with `..Default::default()`, for they get new fields in any version, and change what the server gave rather than
//! make it anew. Where a field is missing, a type of one's own has it: [`Api::call_raw`](crate::Api::call_raw).
//!
//! ```
//! use mattermost_plugin::model::Post;
//!
//! let post = Post {
//!     channel_id: "a channel's id".into(),
//!     user_id: "the bot's id".into(),
//!     message: "**Missed call** from 0240404040".into(),
//!     ..Post::default()
//! };
//! ```
//!
//! Source: Mattermost 9.11 and 11, `server/public/model`.

mod action;
mod any;
mod attachment;
mod autocomplete;
mod bot;
pub mod calendar;
mod channel;
mod command;
mod config;
mod custom_status;
mod dialog;
mod event;
mod kv;
pub mod permission;
mod post;
mod session;
pub mod status;
mod support;
mod team;
mod user;

use std::collections::BTreeMap;

pub use action::{PostActionIntegrationRequest, PostActionIntegrationResponse};
pub use any::{Any, Props};
pub use attachment::{
    Attachment, AttachmentField, PostAction, PostActionIntegration, PostActionOption,
};
pub use autocomplete::{
    AutocompleteArg, AutocompleteArgData, AutocompleteData, AutocompleteDynamicListArg,
    AutocompleteListItem, AutocompleteStaticListArg, AutocompleteTextArg,
};
pub use bot::{Bot, BotPatch};
pub use channel::{Channel, ChannelMember, channel_type};
pub use command::{Command, CommandArgs, CommandResponse, response_type};
pub use config::{
    ClusterSettings, Config, LocalizationSettings, PluginSettings, ServiceSettings, TeamSettings,
};
pub use custom_status::CustomStatus;
pub use dialog::{
    Dialog, DialogElement, OpenDialogRequest, SubmitDialogRequest, SubmitDialogResponse,
};
pub use event::{
    PluginClusterEvent, PluginClusterEventSendOptions, WebSocketRequest, WebsocketBroadcast,
    send_type,
};
pub use kv::PluginKvSetOptions;
pub use permission::Permission;
pub use post::Post;
pub use session::Session;
pub use status::Status;
pub use support::FileData;
pub use team::{Team, TeamMember};
pub use user::{Preference, User, UserGetOptions};

/// Texts by name.
pub type StringMap = BTreeMap<String, String>;

/// Reads JSON's `null`, which is how Go writes an empty map or list, as the empty value.
pub(crate) fn null_is_empty<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests;
