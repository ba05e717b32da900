//! Sessions.

use gob::Gob;
use serde::{Deserialize, Serialize};

/// Somebody who is signed in. Left out is what would let others act for them: the token, and the
/// properties, which hold the one against forged requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Id.
    pub id: String,
    /// When they signed in.
    pub create_at: i64,
    /// When it ends; 0 for never.
    pub expires_at: i64,
    /// When it was last used.
    pub last_activity_at: i64,
    /// Who.
    pub user_id: String,
    /// A mobile device's id.
    pub device_id: String,
    /// Roles of the system, with spaces between.
    pub roles: String,
    /// Whether it is an OAuth application's.
    #[gob(name = "IsOAuth")]
    #[serde(rename = "is_oauth")]
    pub is_oauth: bool,
}
