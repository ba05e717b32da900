//! Whether somebody is there, and the statuses that Mattermost knows.

use gob::Gob;
use serde::{Deserialize, Serialize};

/// There, and not manual: setting it gives the status back to Mattermost.
pub const ONLINE: &str = "online";
/// Away.
pub const AWAY: &str = "away";
/// Do not disturb.
pub const DND: &str = "dnd";
/// Offline.
pub const OFFLINE: &str = "offline";
/// Out of office. It can be read, not set.
pub const OUT_OF_OFFICE: &str = "ooo";

/// Somebody's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Whose it is.
    pub user_id: String,
    /// One of the names in [this module](self).
    pub status: String,
    /// Whether a person or a plugin chose it, so that activity does not change it.
    pub manual: bool,
    /// When they were last active.
    pub last_activity_at: i64,
    /// End of a timed "do not disturb" in **seconds** since 1970; 0 for none. Known only while the
    /// server's cache holds the status.
    #[gob(name = "DNDEndTime")]
    pub dnd_end_time: i64,
    /// The status to which a timed "do not disturb" returns. Known only while the server's cache
    /// holds the status.
    #[serde(skip)]
    pub prev_status: String,
}
