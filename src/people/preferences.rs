//! What one person chose.

use serde::{Deserialize, Serialize};

use crate::host::UserId;

/// Everybody's own choices. A field that a record lacks has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Whether their custom status says that they are on the phone.
    pub show_calls: bool,
    /// Whether it says with whom.
    pub show_other: bool,
    /// What their status becomes while they are on the phone.
    pub call_status: CallStatus,
    /// Whether do-not-disturb of their phone sets it in the chat, too.
    pub phone_dnd: bool,
    /// Whether do-not-disturb of the chat sets it for their phone, too, where that is an Asterisk's.
    pub chat_dnd: bool,
    /// Whether they get a message of calls that they missed.
    pub missed_calls: bool,
}

/// What somebody's status becomes while they are on the phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallStatus {
    /// It stays what it is.
    #[default]
    Unchanged,
    /// Do not disturb.
    Dnd,
    /// Away.
    Away,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            show_calls: true,
            show_other: false,
            call_status: CallStatus::Unchanged,
            phone_dnd: false,
            chat_dnd: false,
            missed_calls: true,
        }
    }
}

/// The key of somebody's record.
pub(super) fn key(user: &UserId) -> String {
    format!("preferences:{}", user.as_str())
}
