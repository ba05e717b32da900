//! Channels, who is in them, and what their members' clients are told.

use mattermost_plugin::model::channel_type;
use mattermost_plugin::model::{Any, Props, WebsocketBroadcast};

use super::Mattermost;
use crate::host::{
    Audience, Channel, ChannelId, ChannelKind, Channels, HostError, Membership, Names, TeamId,
    Told, UserId,
};

/// Whether one of the roles is that one.
fn has(roles: &str, role: &str) -> bool {
    roles.split_ascii_whitespace().any(|own| own == role)
}

impl Channels for Mattermost {
    async fn channel(&self, id: &ChannelId) -> Result<Channel, HostError> {
        let channel = self.api.get_channel(id.as_str()).await?;
        Ok(Channel {
            id: channel.id.into(),
            kind: match &*channel.kind {
                channel_type::DIRECT => ChannelKind::Direct,
                channel_type::GROUP => ChannelKind::Group,
                _ => ChannelKind::Team,
            },
            name: channel.name.into(),
            team: channel.team_id.into(),
            archived: channel.delete_at != 0,
        })
    }

    async fn membership(
        &self,
        channel: &ChannelId,
        user: &UserId,
    ) -> Result<Option<Membership>, HostError> {
        let asked = self.api.get_channel_member(channel.as_str(), user.as_str());
        match asked.await {
            Ok(member) => Ok(Some(Membership {
                guest: member.scheme_guest || has(&member.roles, "channel_guest"),
                admin: member.scheme_admin || has(&member.roles, "channel_admin"),
            })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn administers(&self, team: &TeamId, user: &UserId) -> Result<bool, HostError> {
        match self.api.get_team_member(team.as_str(), user.as_str()).await {
            // Who left is found as well.
            Ok(member) => {
                Ok(member.delete_at == 0
                    && (member.scheme_admin || has(&member.roles, "team_admin")))
            }
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn names(&self, user: &UserId) -> Result<Names, HostError> {
        let user = self.api.get_user(user.as_str()).await?;
        let config = self.api.get_config().await?;
        let full = format!("{} {}", user.first_name.trim(), user.last_name.trim());
        let (nickname, full) = (user.nickname.trim(), full.trim());
        let wanted: &[&str] = match &*config.team_settings.teammate_name_display {
            "nickname_full_name" => &[nickname, full],
            "full_name" => &[full],
            _ => &[],
        };
        let shown = wanted.iter().find(|name| !name.is_empty());
        Ok(Names {
            shown: shown.unwrap_or(&&*user.username).to_string(),
            nickname: nickname.to_owned(),
            full: full.to_owned(),
        })
    }

    async fn own_account(&self) -> Result<UserId, HostError> {
        self.bot().await.map(UserId::from)
    }

    async fn tell_clients(
        &self,
        event: &str,
        to: Audience<'_>,
        told: Told,
    ) -> Result<(), HostError> {
        let fields = told.into_iter();
        let payload: Props = fields.map(|(name, it)| (name, Any::from(it))).collect();
        // An empty one, which is not the same as none at all, is for everybody.
        let mut broadcast = WebsocketBroadcast::default();
        match to {
            Audience::Channel(channel) => channel.as_str().clone_into(&mut broadcast.channel_id),
            Audience::User(user) => user.as_str().clone_into(&mut broadcast.user_id),
            Audience::Everybody => {}
        }
        let told = self
            .api
            .publish_web_socket_event(event, &payload, &broadcast);
        Ok(told.await?)
    }
}
