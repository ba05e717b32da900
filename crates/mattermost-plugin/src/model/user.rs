//! People, bots among them, and what they prefer.

use gob::Gob;
use serde::{Deserialize, Serialize};

use super::{CustomStatus, StringMap, null_is_empty};

/// Someone with an account, a bot included. Passwords and second factors are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Id.
    pub id: String,
    /// When the account was made.
    pub create_at: i64,
    /// When it was last changed.
    pub update_at: i64,
    /// When it was deactivated; 0 for an active one.
    pub delete_at: i64,
    /// The name behind `@`.
    pub username: String,
    /// How they sign in; empty for a password of Mattermost's own.
    pub auth_service: String,
    /// Mail address.
    pub email: String,
    /// Whether the address was confirmed.
    pub email_verified: bool,
    /// Nickname.
    pub nickname: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Position in the organisation.
    pub position: String,
    /// Roles of the whole system, with spaces between. See [`User::has_role`].
    pub roles: String,
    /// Properties, among them the custom status as JSON.
    #[serde(deserialize_with = "null_is_empty")]
    pub props: StringMap,
    /// What they are notified of.
    #[serde(deserialize_with = "null_is_empty")]
    pub notify_props: StringMap,
    /// When their picture was last changed.
    pub last_picture_update: i64,
    /// Language, `de` for example.
    pub locale: String,
    /// Time zone: `useAutomaticTimezone`, `automaticTimezone`, `manualTimezone`.
    #[serde(deserialize_with = "null_is_empty")]
    pub timezone: StringMap,
    /// When they were last active; most calls leave it 0.
    pub last_activity_at: i64,
    /// Whether this is a bot.
    pub is_bot: bool,
    /// A bot's description.
    pub bot_description: String,
}

impl User {
    /// Whether the person has a role of the system: `system_admin`, `system_guest` and so on.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.split_ascii_whitespace().any(|own| own == role)
    }

    /// Whether the person is a guest.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.has_role("system_guest")
    }

    /// The custom status as it stands in the account, also when it has expired; `None` when there
    /// is none, or it cannot be read.
    #[must_use]
    pub fn custom_status(&self) -> Option<CustomStatus> {
        let json = self.props.get(CustomStatus::USER_PROP)?;
        let status: CustomStatus = serde_json::from_str(json).ok()?;
        (!status.is_empty()).then_some(status)
    }
}

/// Which people `GetUsers` is to list. They come sorted by user name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct UserGetOptions {
    /// Members of this team only.
    pub in_team_id: String,
    /// Without the members of this team.
    pub not_in_team_id: String,
    /// Members of this channel only.
    pub in_channel_id: String,
    /// Without the members of this channel.
    pub not_in_channel_id: String,
    /// Without a team only.
    pub without_team: bool,
    /// Deactivated accounts only.
    pub inactive: bool,
    /// Active accounts only.
    pub active: bool,
    /// With this role of the system only.
    pub role: String,
    /// Page, from 0.
    pub page: i64,
    /// People on a page. Profiles are whole: 200 is as many as is good.
    pub per_page: i64,
}

/// One of somebody's preferences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default)]
pub struct Preference {
    /// Whose it is.
    pub user_id: String,
    /// What it belongs to; 1 to 32 bytes.
    pub category: String,
    /// Name within the category; 32 bytes at most.
    pub name: String,
    /// Value, often JSON; 20,000 characters at most.
    pub value: String,
}
