//! The server's API as [`crate::host`] wants it.

use mattermost_plugin::Api;
use mattermost_plugin::error::ApiError;
use mattermost_plugin::model::{
    Bot, PluginClusterEvent, PluginClusterEventSendOptions, Post, User, UserGetOptions, send_type,
};

mod channels;
mod personal;
mod shown;

use std::time::Duration;

use tokio::sync::OnceCell;

use crate::config::Bundle;
use crate::host::{
    Account, Accounts, ChannelId, Directory, HostError, Members, Message, Messages, NewPost, Nodes,
    Pending, Person, PostId, Posts, Server, Statuses, Store, TeamId, UserId,
};
use crate::language::Language;
use crate::language::texts::people as texts;
use crate::sinks::status::CALL_LIMIT;
use crate::store::Damaged;

/// How long a call waits that reads or sets what belongs to one person, or a record of it: longer than whoever gives back a status
/// waits. Given up earlier, a set could still be done after what it set was given back.
const PATIENCE: Duration = CALL_LIMIT.saturating_add(Duration::from_secs(5));

/// The server's API as the product's host.
#[derive(Debug)]
pub(super) struct Mattermost {
    api: Api,
    /// The same with [`PATIENCE`].
    patient: Api,
    /// The plugin's id, for addresses that the server calls.
    id: String,
    /// The bot's user id, once it is known.
    bot: OnceCell<String>,
    damaged: Damaged,
}

impl Mattermost {
    /// Over this API. Nothing is asked of it yet.
    pub(super) fn new(api: Api, id: &str) -> Self {
        Self {
            patient: api.clone().with_timeout(PATIENCE),
            api,
            id: id.to_owned(),
            bot: OnceCell::new(),
            damaged: Damaged::default(),
        }
    }

    /// The account that speaks to people. It is made when it is needed first.
    async fn bot(&self) -> Result<&str, HostError> {
        let made = self.bot.get_or_try_init(|| async {
            let language = self.server_language().await.unwrap_or_default();
            let bundle = Bundle::of(&self.id);
            let (username, display_name) = bundle.bot;
            let bot = Bot {
                username: username.to_owned(),
                display_name: display_name.to_owned(),
                description: about_the_bot(bundle, language),
                ..Bot::default()
            };
            self.api.ensure_bot_user(&bot).await
        });
        Ok(made.await?)
    }
}

/// What the account says of itself that speaks to people.
fn about_the_bot(bundle: &Bundle, language: Language) -> String {
    match bundle.is_for_video_alone() {
        true => texts::about_the_bot_of_conferences(language),
        false => texts::about_the_bot(language),
    }
}

impl From<ApiError> for HostError {
    fn from(error: ApiError) -> Self {
        match error.status() {
            Some(status) => Self::from_status(status.as_u16(), error.to_string()),
            None if error.is_not_found() => Self::from_status(404, error.to_string()),
            None if error.is_unknown_method() => Self::from_status(400, error.to_string()),
            // Nobody knows whether it goes better later; whoever repeats bounds it.
            None => Self::transient(error.to_string()),
        }
    }
}

impl Posts for Mattermost {
    async fn create_post(&self, post: NewPost) -> Result<PostId, HostError> {
        let mut new = Post::new(post.author.as_str(), post.channel.as_str(), post.message)
            .with_prop("sent_by_plugin", true);
        new.pending_post_id = post.pending_id;
        // The server takes 0 for now.
        new.create_at = post.told_at.map_or(0, |at| i64::try_from(at).unwrap_or(0));
        Ok(self.api.create_post(&new).await?.id.into())
    }

    async fn change_post(&self, post: &PostId, text: String) -> Result<(), HostError> {
        self.change(post, |post| post.message = text).await
    }
}

impl Messages for Mattermost {
    async fn send_message(
        &self,
        to: &UserId,
        message: Message,
        pending: Pending,
    ) -> Result<PostId, HostError> {
        let bot = self.bot().await?;
        let channel = self.api.get_direct_channel(bot, to.as_str()).await?;
        let mut new = Post::new(bot, channel.id, message.text).with_prop("sent_by_plugin", true);
        new.set_attachments(&shown::attachments(&self.id, &message.buttons));
        new.pending_post_id = pending.id(bot);
        Ok(self.api.create_post(&new).await?.id.into())
    }

    async fn change_message(&self, post: &PostId, message: Message) -> Result<(), HostError> {
        self.change(post, |post| {
            post.message = message.text;
            shown::set_buttons(post, &self.id, &message.buttons);
        })
        .await
    }
}

impl Mattermost {
    /// Changes a post, unless that changes nothing of it.
    async fn change(&self, post: &PostId, change: impl FnOnce(&mut Post)) -> Result<(), HostError> {
        let mut post = self.api.get_post(post.as_str()).await?;
        let before = post.clone();
        change(&mut post);
        if post != before {
            self.api.update_post(&post).await?;
        }
        Ok(())
    }
}

impl Directory for Mattermost {
    async fn team_by_name(&self, name: &str) -> Result<TeamId, HostError> {
        Ok(self.api.get_team_by_name(name).await?.id.into())
    }

    async fn channel_by_name(&self, team: &TeamId, name: &str) -> Result<ChannelId, HostError> {
        Ok(self
            .api
            .get_channel_by_name(team.as_str(), name, false)
            .await?
            .id
            .into())
    }

    async fn user_by_mail(&self, mail: &str) -> Result<Person, HostError> {
        Ok(person(&self.api.get_user_by_email(mail).await?))
    }

    async fn user_by_name(&self, name: &str) -> Result<Person, HostError> {
        Ok(person(&self.api.get_user_by_username(name).await?))
    }
}

impl Members for Mattermost {
    async fn person(&self, user: &UserId) -> Result<Person, HostError> {
        Ok(person(&self.api.get_user(user.as_str()).await?))
    }

    async fn administrators(&self, most: u32) -> Result<Vec<Person>, HostError> {
        let options = UserGetOptions {
            active: true,
            role: "system_admin".to_owned(),
            per_page: most.into(),
            ..UserGetOptions::default()
        };
        let users = self.api.get_users(&options).await?;
        // The role is looked for as a part of all roles, and bots may have it, too.
        let people = users.iter().filter(|user| !user.is_bot).map(person);
        Ok(people
            .filter(|person| person.admin && !person.deactivated)
            .collect())
    }

    async fn is_member(&self, channel: &ChannelId, user: &UserId) -> Result<bool, HostError> {
        match self
            .api
            .get_channel_member(channel.as_str(), user.as_str())
            .await
        {
            Ok(_) => Ok(true),
            Err(e) if e.is_not_found() => Ok(false),
            Err(e) => Err(e.into()),
        }
    }
}

impl Accounts for Mattermost {
    async fn accounts(&self, page: u32, per_page: u32) -> Result<Vec<Account>, HostError> {
        let options = UserGetOptions {
            active: true,
            page: page.into(),
            per_page: per_page.into(),
            ..UserGetOptions::default()
        };
        let users = self.api.get_users(&options).await?;
        Ok(users.into_iter().map(account).collect())
    }

    async fn account(&self, user: &UserId) -> Result<Account, HostError> {
        Ok(account(self.api.get_user(user.as_str()).await?))
    }
}

impl Statuses for Mattermost {
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        let ids: Vec<&str> = users.iter().map(UserId::as_str).collect();
        let statuses = self.api.get_user_statuses_by_ids(&ids).await?;
        let pairs = statuses
            .into_iter()
            .map(|status| (UserId::from(status.user_id), status.status));
        Ok(pairs.collect())
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        let config = self.api.get_config().await?;
        Ok(config.service_settings.enable_user_statuses)
    }
}

impl Nodes for Mattermost {
    async fn clustered(&self) -> Result<bool, HostError> {
        Ok(self.api.get_config().await?.cluster_settings.enable)
    }

    async fn tell(&self, kind: &str, data: Vec<u8>) -> Result<(), HostError> {
        let event = PluginClusterEvent {
            id: kind.to_owned(),
            data,
        };
        let options = PluginClusterEventSendOptions {
            send_type: send_type::RELIABLE.to_owned(),
            ..PluginClusterEventSendOptions::default()
        };
        Ok(self
            .api
            .publish_plugin_cluster_event(&event, &options)
            .await?)
    }
}

impl Store for Mattermost {
    fn damaged(&self) -> Option<&Damaged> {
        Some(&self.damaged)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        Ok(self.api.kv_get(key).await?)
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        // An empty value deletes the key.
        let value = value.unwrap_or_default();
        Ok(self.api.kv_compare_and_set(key, old, value).await?)
    }
}

pub(super) fn account(user: User) -> Account {
    Account {
        active: user.delete_at == 0,
        id: UserId::from(user.id),
        email: user.email,
    }
}

/// What people call someone.
fn display_name(user: &User) -> String {
    let full = format!("{} {}", user.first_name.trim(), user.last_name.trim());
    [full.trim(), user.nickname.trim(), &user.username]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// Somebody's time zone: the one that they chose, or else the one that their client found.
fn time_zone(user: &User) -> &str {
    let zone = |key: &str| user.timezone.get(key).map_or("", |zone| zone.as_str());
    match zone("useAutomaticTimezone") {
        "false" => zone("manualTimezone"),
        _ => zone("automaticTimezone"),
    }
}

fn person(user: &User) -> Person {
    Person {
        id: UserId::from(user.id.as_str()),
        username: user.username.as_str().into(),
        display_name: display_name(user).into(),
        language: Language::from_locale(&user.locale),
        time_zone: time_zone(user).into(),
        guest: user.is_guest(),
        admin: user.has_role("system_admin"),
        deactivated: user.delete_at != 0,
    }
}

#[cfg(test)]
mod tests {
    use mattermost_plugin::error::{AppError, ErrorString};

    use super::*;
    use crate::host::HostErrorKind;

    #[test]
    fn an_error_without_a_status_is_worth_repeating() {
        let kind = |error: ApiError| HostError::from(error).kind;
        for status_code in [0, -1, 70_000] {
            let error = AppError {
                status_code,
                ..AppError::default()
            };
            assert_eq!(
                kind(ApiError::App(Box::new(error))),
                HostErrorKind::Transient
            );
        }
        let words = ApiError::Plugin(ErrorString::default());
        assert_eq!(kind(words), HostErrorKind::Transient);
        let method = "CreatePost";
        assert_eq!(kind(ApiError::Empty { method }), HostErrorKind::Transient);
        let since = "9.0";
        let unknown = ApiError::UnknownMethod { method, since };
        assert_eq!(kind(unknown), HostErrorKind::Permanent);
    }
    #[test]
    fn the_bot_of_conferences_alone_speaks_of_no_telephone_calls() {
        let about = |id| about_the_bot(Bundle::of(id), Language::English);
        let video = about("com.pexip.pexip-app");
        assert!(video.contains("video conference"), "{video}");
        assert!(about("switchboard").contains("calls"));
    }
}
