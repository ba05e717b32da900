//! Permissions: their ids, as Mattermost 6.2 to 11 know them.

use gob::Gob;

/// Everything: an administrator of the system.
pub const MANAGE_SYSTEM: &str = "manage_system";
/// Administer a team.
pub const MANAGE_TEAM: &str = "manage_team";
/// See a team.
pub const VIEW_TEAM: &str = "view_team";
/// Read a channel.
pub const READ_CHANNEL: &str = "read_channel";
/// Write in a channel.
pub const CREATE_POST: &str = "create_post";

/// Something that a role may allow. The server looks at the id alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct Permission {
    /// Id; see [this module](self).
    pub id: String,
}
