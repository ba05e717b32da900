//! Teams and who is in them.

use gob::Gob;
use serde::{Deserialize, Serialize};

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Team {
    /// Id.
    pub id: String,
    /// When it was made.
    pub create_at: i64,
    /// When it was last changed.
    pub update_at: i64,
    /// When it was archived; 0 otherwise.
    pub delete_at: i64,
    /// Name for people.
    pub display_name: String,
    /// Name in URLs.
    pub name: String,
    /// Description.
    pub description: String,
    /// `O` open, `I` by invitation.
    #[serde(rename = "type")]
    #[gob(name = "Type")]
    pub kind: String,
}

/// Somebody's membership in a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct TeamMember {
    /// The team.
    pub team_id: String,
    /// Who.
    pub user_id: String,
    /// Roles in the team, with spaces between.
    pub roles: String,
    /// When they left; 0 for a member. Those who left are still found.
    pub delete_at: i64,
    /// Member as a guest.
    pub scheme_guest: bool,
    /// Member as a user.
    pub scheme_user: bool,
    /// Administrator of the team.
    pub scheme_admin: bool,
}
