//! Bots.

use gob::Gob;
use serde::{Deserialize, Serialize};

/// A bot account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Bot {
    /// The account's id.
    pub user_id: String,
    /// The name behind `@`: 1 to 64 lower-case letters, digits, `.`, `-` and `_`; not `all`, `channel`, `matterbot` or `system`.
    pub username: String,
    /// Name for people, 64 characters at most.
    pub display_name: String,
    /// Description, 1,024 characters at most.
    pub description: String,
    /// Whose it is: a user, or a plugin's id. The server fills it in.
    pub owner_id: String,
    /// When it was made.
    pub create_at: i64,
    /// When it was last changed.
    pub update_at: i64,
    /// When it was disabled; 0 otherwise.
    pub delete_at: i64,
}

/// What of a bot is to change; `None` stays. So does what is an empty text: gob does not send it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct BotPatch {
    /// New user name.
    pub username: Option<String>,
    /// New name for people.
    pub display_name: Option<String>,
    /// New description.
    pub description: Option<String>,
}
