//! Events to other nodes and to browsers, and messages from browsers.

use std::collections::BTreeMap;

use gob::Gob;
use serde::{Deserialize, Serialize};

use super::{Props, Session, null_is_empty};

/// A message to this plugin's copies on the cluster's other nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PluginClusterEvent {
    /// What kind it is; the plugin's own choice.
    pub id: String,
    /// What it says.
    pub data: Vec<u8>,
}

/// How a [`PluginClusterEvent`] is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PluginClusterEventSendOptions {
    /// One of [`send_type`].
    pub send_type: String,
    /// The node; empty for all others.
    pub target_id: String,
}

/// How events travel in a cluster. None of them tells whether they arrived.
pub mod send_type {
    /// Over TCP.
    pub const RELIABLE: &str = "reliable";
    /// Over UDP: faster, and may get lost.
    pub const BEST_EFFORT: &str = "best_effort";
}

/// Who gets a websocket event. With nothing set it is everybody who is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct WebsocketBroadcast {
    /// All but these.
    #[serde(deserialize_with = "null_is_empty")]
    pub omit_users: BTreeMap<String, bool>,
    /// This person only.
    pub user_id: String,
    /// Members of this channel only.
    pub channel_id: String,
    /// Members of this team only.
    pub team_id: String,
    /// This connection only. From 6.0.
    pub connection_id: String,
    /// All but this connection. From 7.6.
    pub omit_connection_id: String,
    /// Not to administrators of the system.
    pub contains_sanitized_data: bool,
    /// To administrators of the system only.
    pub contains_sensitive_data: bool,
    /// Whether it travels over TCP between nodes.
    #[serde(skip)]
    pub reliable_cluster_send: bool,
}

impl WebsocketBroadcast {
    /// To one person, on whichever devices.
    #[must_use]
    pub fn to_user(user_id: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            ..Self::default()
        }
    }

    /// To the members of a channel.
    #[must_use]
    pub fn to_channel(channel_id: impl Into<String>) -> Self {
        Self {
            channel_id: channel_id.into(),
            ..Self::default()
        }
    }
}

/// A message that a client sent over its websocket.
#[derive(Clone, Debug, Default, PartialEq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct WebSocketRequest {
    /// The client's number for it.
    pub seq: i64,
    /// What it wants; `custom_<plugin id>_…` is meant for a plugin.
    pub action: String,
    /// What it says.
    #[serde(deserialize_with = "null_is_empty")]
    pub data: Props,
    /// Whose connection it is.
    #[serde(skip)]
    pub session: Session,
    /// Their language.
    #[serde(skip)]
    pub locale: String,
}
