//! Channels and who is in them.

use gob::Gob;
use serde::{Deserialize, Serialize};

use super::{StringMap, null_is_empty};

/// A channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Channel {
    /// Id.
    pub id: String,
    /// When it was made.
    pub create_at: i64,
    /// When it was last changed.
    pub update_at: i64,
    /// When it was archived; 0 otherwise.
    pub delete_at: i64,
    /// Its team; empty for direct and group messages.
    pub team_id: String,
    /// One of [`channel_type`].
    #[serde(rename = "type")]
    #[gob(name = "Type")]
    pub kind: String,
    /// Name for people.
    pub display_name: String,
    /// Name in URLs, unique within the team only.
    pub name: String,
    /// Header.
    pub header: String,
    /// Purpose.
    pub purpose: String,
    /// When the last post was made.
    pub last_post_at: i64,
    /// Who made it.
    pub creator_id: String,
}

/// What kinds of channels there are.
pub mod channel_type {
    /// Open to the team.
    pub const OPEN: &str = "O";
    /// By invitation.
    pub const PRIVATE: &str = "P";
    /// Between two people.
    pub const DIRECT: &str = "D";
    /// Between a few people.
    pub const GROUP: &str = "G";
}

/// Somebody's membership in a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelMember {
    /// The channel.
    pub channel_id: String,
    /// Who.
    pub user_id: String,
    /// Roles in the channel, with spaces between.
    pub roles: String,
    /// When they last looked at it.
    pub last_viewed_at: i64,
    /// What they are notified of.
    #[serde(deserialize_with = "null_is_empty")]
    pub notify_props: StringMap,
    /// When the membership was last changed.
    pub last_update_at: i64,
    /// Member as a guest.
    pub scheme_guest: bool,
    /// Member as a user.
    pub scheme_user: bool,
    /// Administrator of the channel.
    pub scheme_admin: bool,
}
