//! Mattermost's structs, as far as this host fills or reads them.
//!
//! They are declared here once more, so that a field's name that `mattermost-plugin` gets wrong shows.

use std::time::Duration;

use gob::{Gob, MapEntries, Time};

use mattermost_plugin::model::Props;
use serde_json::{Map, Value};

use crate::world;

#[derive(Default, Gob)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) create_at: i64,
    pub(crate) update_at: i64,
    pub(crate) delete_at: i64,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) email_verified: bool,
    pub(crate) nickname: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) roles: String,
    pub(crate) props: MapEntries<String, String>,
    pub(crate) locale: String,
    pub(crate) timezone: MapEntries<String, String>,
    pub(crate) is_bot: bool,
}

impl From<world::User> for User {
    fn from(user: world::User) -> Self {
        Self {
            id: user.id,
            create_at: user.create_at,
            update_at: user.update_at,
            delete_at: user.delete_at,
            username: user.username,
            email: user.email,
            email_verified: true,
            nickname: user.nickname,
            first_name: user.first_name,
            last_name: user.last_name,
            roles: user.roles,
            props: user.props.into_iter().collect(),
            locale: user.locale,
            timezone: user.timezone.into_iter().collect(),
            is_bot: user.is_bot,
        }
    }
}

#[derive(Default, Gob)]
pub(super) struct UserGetOptions {
    pub(super) in_team_id: String,
    pub(super) in_channel_id: String,
    pub(super) inactive: bool,
    pub(super) active: bool,
    pub(super) page: i64,
    pub(super) per_page: i64,
}

#[derive(Default, Gob)]
pub(super) struct Team {
    pub(super) id: String,
    pub(super) display_name: String,
    pub(super) name: String,
    #[gob(name = "Type")]
    pub(super) kind: String,
}

impl From<world::Team> for Team {
    fn from(team: world::Team) -> Self {
        Self {
            id: team.id,
            display_name: team.display_name,
            name: team.name,
            kind: "O".into(),
        }
    }
}

#[derive(Default, Gob)]
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) delete_at: i64,
    pub(super) team_id: String,
    #[gob(name = "Type")]
    pub(super) kind: String,
    pub(super) display_name: String,
    pub(super) name: String,
}

impl From<world::Channel> for Channel {
    fn from(channel: world::Channel) -> Self {
        Self {
            id: channel.id,
            delete_at: channel.delete_at,
            team_id: channel.team_id,
            kind: channel.kind.into(),
            display_name: channel.display_name,
            name: channel.name,
        }
    }
}

/// Membership in a channel or a team: the field that does not apply is not sent.
#[derive(Default, Gob)]
pub(super) struct Member {
    pub(super) channel_id: String,
    pub(super) team_id: String,
    pub(super) user_id: String,
    pub(super) roles: String,
    pub(super) scheme_guest: bool,
    pub(super) scheme_user: bool,
    pub(super) scheme_admin: bool,
}

#[derive(Default, Gob)]
pub(crate) struct Post {
    pub(super) id: String,
    pub(super) create_at: i64,
    pub(super) update_at: i64,
    pub(super) edit_at: i64,
    pub(super) delete_at: i64,
    pub(super) user_id: String,
    pub(super) channel_id: String,
    pub(super) root_id: String,
    pub(super) message: String,
    #[gob(name = "Type")]
    pub(super) kind: String,
    pub(super) props: Props,
    pub(super) pending_post_id: String,
}

impl From<world::Post> for Post {
    fn from(post: world::Post) -> Self {
        Self {
            id: post.id,
            create_at: post.create_at,
            update_at: post.update_at,
            edit_at: post.edit_at,
            delete_at: post.delete_at,
            user_id: post.user_id,
            channel_id: post.channel_id,
            root_id: post.root_id,
            message: post.message,
            kind: post.kind,
            props: post
                .props
                .into_iter()
                .map(|(key, value)| (key, value.into()))
                .collect(),
            pending_post_id: post.pending_post_id,
        }
    }
}

impl From<Post> for world::Post {
    fn from(post: Post) -> Self {
        Self {
            id: post.id,
            create_at: post.create_at,
            update_at: post.update_at,
            edit_at: post.edit_at,
            delete_at: post.delete_at,
            user_id: post.user_id,
            channel_id: post.channel_id,
            root_id: post.root_id,
            message: post.message,
            kind: post.kind,
            props: to_json(post.props),
            pending_post_id: post.pending_post_id,
        }
    }
}

#[derive(Default, Gob)]
pub(super) struct Status {
    pub(super) user_id: String,
    pub(super) status: String,
    pub(super) manual: bool,
    pub(super) last_activity_at: i64,
    #[gob(name = "DNDEndTime")]
    pub(super) dnd_end_time: i64,
    pub(super) prev_status: String,
}

impl From<world::Status> for Status {
    fn from(status: world::Status) -> Self {
        Self {
            status: status.word().into(),
            user_id: status.user_id,
            manual: status.manual,
            last_activity_at: status.last_activity_at,
            dnd_end_time: status.dnd_end_time,
            prev_status: status
                .prev_status
                .map_or("", world::Presence::as_str)
                .into(),
        }
    }
}

#[derive(Gob)]
pub(super) struct CustomStatus {
    pub(super) emoji: String,
    pub(super) text: String,
    pub(super) duration: String,
    pub(super) expires_at: Time,
}

impl From<CustomStatus> for world::CustomStatus {
    fn from(status: CustomStatus) -> Self {
        Self {
            emoji: status.emoji,
            text: status.text,
            duration: status.duration,
            expires_at: rfc3339(status.expires_at),
        }
    }
}

/// Values by name, as JSON.
pub(super) fn to_json(props: Props) -> Map<String, Value> {
    props
        .into_iter()
        .map(|(key, value)| (key, value.to_json()))
        .collect()
}

/// As Go's JSON writes a time, in its own zone.
fn rfc3339(time: Time) -> String {
    let status = mattermost_plugin::model::CustomStatus {
        expires_at: time,
        ..Default::default()
    };
    let json = serde_json::to_value(status).unwrap_or_default();
    let time = json["expires_at"].as_str();
    time.map_or_else(|| world::CustomStatus::default().expires_at, str::to_owned)
}

#[derive(Default, Gob)]
pub(super) struct Preference {
    pub(super) user_id: String,
    pub(super) category: String,
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Default, Gob)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) user_id: String,
    pub(super) roles: String,
}

#[derive(Default, Gob)]
pub(super) struct Bot {
    pub(super) user_id: String,
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) description: String,
    pub(super) owner_id: String,
}

#[derive(Default, Gob)]
pub(super) struct Command {
    pub(super) trigger: String,
    pub(super) auto_complete: bool,
    pub(super) auto_complete_desc: String,
    pub(super) auto_complete_hint: String,
}

#[derive(Default, Gob)]
pub(super) struct Permission {
    pub(super) id: String,
}

#[derive(Default, Gob)]
#[gob(type_name = "PluginKVSetOptions")]
pub(super) struct KvSetOptions {
    pub(super) atomic: bool,
    pub(super) old_value: Vec<u8>,
    pub(super) expire_in_seconds: i64,
}

impl From<KvSetOptions> for world::SetOptions {
    fn from(options: KvSetOptions) -> Self {
        Self {
            atomic: options.atomic,
            // gob does not tell an empty value from none.
            old: (!options.old_value.is_empty()).then_some(options.old_value),
            expires_in: Duration::from_secs(options.expire_in_seconds.try_into().unwrap_or(0)),
        }
    }
}
