//! A server for tests of the whole.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

/// A server with one team `sales`, its channel `phones`, and a few people. Its clones are the same server.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeHost(pub(super) Arc<Server>);

#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) posts: Mutex<Vec<NewPost>>,
    /// What fails, by the name asked for or by `posts`.
    pub(super) failures: Mutex<HashMap<String, HostError>>,
    /// Direct messages of the bot: to whom, and each as it is now.
    pub(super) direct: Mutex<Vec<(String, Message)>>,
    pub(super) members: Mutex<HashSet<String>>,
    pub(super) channel_admins: Mutex<HashSet<String>>,
    pub(super) lookups: AtomicUsize,
    clustered: AtomicBool,
    /// Who has an account, with the status.
    pub(super) accounts: Mutex<Vec<(Account, String)>>,
    /// Everything that belongs to one person, and the store.
    pub(super) personal: crate::host::fake::FakeServer,
}

impl FakeHost {
    pub(crate) fn messages(&self) -> Vec<String> {
        let posts = lock(&self.0.posts);
        posts.iter().map(|post| post.message.clone()).collect()
    }

    /// Direct messages of the bot, each under its post: to whom, and what it says now.
    pub(crate) fn direct(&self) -> Vec<(String, String, Message)> {
        let direct = lock(&self.0.direct);
        let all = direct.iter().enumerate();
        all.map(|(at, (to, message))| (format!("direct{at}"), to.clone(), message.clone()))
            .collect()
    }

    pub(crate) fn fail(&self, what: &str, kind: HostErrorKind) {
        let error = HostError {
            kind,
            message: format!("{what} is {kind:?}"),
        };
        lock(&self.0.failures).insert(what.to_owned(), error);
    }

    pub(crate) fn mend(&self) {
        lock(&self.0.failures).clear();
    }

    /// The server is one of several.
    pub(crate) fn be_clustered(&self) {
        self.0.clustered.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_member(&self, user: &str, member: bool) {
        let mut members = lock(&self.0.members);
        if member {
            members.insert(user.to_owned());
        } else {
            members.remove(user);
        }
    }

    /// Makes a member an administrator of the channel, who is a member from now on.
    pub(crate) fn set_channel_admin(&self, user: &str) {
        self.set_member(user, true);
        lock(&self.0.channel_admins).insert(user.to_owned());
    }

    /// Makes somebody an administrator of the channel's team.
    pub(crate) fn set_team_admin(&self, user: &str) {
        let key = ("team-id".to_owned(), user.to_owned());
        crate::host::fake::lock(&self.0.personal.0.team_admins).insert(key);
    }

    /// Adds an account, or changes it and its status.
    pub(crate) fn set_account(&self, id: &str, email: &str, status: &str) {
        let account = Account {
            id: id.into(),
            email: email.to_owned(),
            active: true,
        };
        let mut accounts = lock(&self.0.accounts);
        accounts.retain(|(other, _)| other.id != account.id);
        accounts.push((account, status.to_owned()));
    }

    /// Everything that belongs to one person, and the store.
    pub(crate) fn personal(&self) -> &crate::host::fake::FakeServer {
        &self.0.personal
    }

    pub(crate) fn lookups(&self) -> usize {
        self.0.lookups.load(Ordering::Relaxed)
    }

    pub(super) fn answer<T>(&self, asked: &str, known: &str, answer: T) -> Result<T, HostError> {
        self.0.lookups.fetch_add(1, Ordering::Relaxed);
        if let Some(error) = lock(&self.0.failures).get(asked) {
            return Err(error.clone());
        }
        if asked == known {
            return Ok(answer);
        }
        Err(HostError::from_status(404, format!("no {asked}")))
    }
}

impl Posts for FakeHost {
    async fn create_post(&self, post: NewPost) -> Result<PostId, HostError> {
        self.answer("posts", "posts", ())?;
        lock(&self.0.posts).push(post);
        Ok(PostId::from("post"))
    }

    async fn change_post(&self, post: &PostId, text: String) -> Result<(), HostError> {
        self.0.personal.change_post(post, text).await
    }
}

impl Messages for FakeHost {
    async fn send_message(
        &self,
        to: &UserId,
        message: Message,
        _: Pending,
    ) -> Result<PostId, HostError> {
        self.answer("messages", "messages", ())?;
        let mut direct = lock(&self.0.direct);
        direct.push((to.as_str().to_owned(), message));
        Ok(PostId::from(format!("direct{}", direct.len() - 1)))
    }

    async fn change_message(&self, post: &PostId, message: Message) -> Result<(), HostError> {
        self.answer("messages", "messages", ())?;
        let at = post
            .as_str()
            .strip_prefix("direct")
            .expect("a message's post");
        let at: usize = at.parse().expect("a message's number");
        lock(&self.0.direct)[at].1 = message;
        Ok(())
    }
}

impl Directory for FakeHost {
    async fn team_by_name(&self, name: &str) -> Result<TeamId, HostError> {
        self.answer(name, "sales", TeamId::from("team-id"))
    }

    async fn channel_by_name(&self, team: &TeamId, name: &str) -> Result<ChannelId, HostError> {
        assert_eq!(team.as_str(), "team-id");
        self.answer(name, "phones", ChannelId::from("channel-id"))
    }

    async fn user_by_mail(&self, mail: &str) -> Result<Person, HostError> {
        self.answer(mail, "p@example.com", person("author-id"))
    }

    async fn user_by_name(&self, name: &str) -> Result<Person, HostError> {
        let known = if name == "nobody" { "" } else { name };
        self.answer(name, known, person(name))
    }
}

impl Members for FakeHost {
    async fn person(&self, user: &UserId) -> Result<Person, HostError> {
        let id = user.as_str();
        let known = if id == "nobody" { "" } else { id };
        self.answer(id, known, person(id))
    }

    async fn administrators(&self, _: u32) -> Result<Vec<Person>, HostError> {
        self.answer("administrators", "administrators", vec![person("admin")])
    }

    async fn is_member(&self, channel: &ChannelId, user: &UserId) -> Result<bool, HostError> {
        assert_eq!(channel.as_str(), "channel-id");
        Ok(lock(&self.0.members).contains(user.as_str()))
    }
}

impl Channels for FakeHost {
    async fn channel(&self, id: &ChannelId) -> Result<Channel, HostError> {
        if id.as_str() == "channel-id" {
            return Ok(Channel {
                id: id.clone(),
                kind: crate::host::ChannelKind::Team,
                name: "phones".into(),
                team: "team-id".into(),
                archived: false,
            });
        }
        Channels::channel(&self.0.personal, id).await
    }

    async fn membership(
        &self,
        channel: &ChannelId,
        user: &UserId,
    ) -> Result<Option<Membership>, HostError> {
        if channel.as_str() == "channel-id" {
            let is_in = |of: &Mutex<HashSet<String>>| lock(of).contains(user.as_str());
            let membership = Membership {
                guest: false,
                admin: is_in(&self.0.channel_admins),
            };
            return Ok(is_in(&self.0.members).then_some(membership));
        }
        self.0.personal.membership(channel, user).await
    }

    async fn administers(&self, team: &TeamId, user: &UserId) -> Result<bool, HostError> {
        self.0.personal.administers(team, user).await
    }

    async fn names(&self, user: &UserId) -> Result<Names, HostError> {
        self.0.personal.names(user).await
    }

    async fn own_account(&self) -> Result<UserId, HostError> {
        self.0.personal.own_account().await
    }

    async fn tell_clients(
        &self,
        event: &str,
        to: Audience<'_>,
        told: Told,
    ) -> Result<(), HostError> {
        self.0.personal.tell_clients(event, to, told).await
    }
}

impl Accounts for FakeHost {
    async fn accounts(&self, page: u32, per_page: u32) -> Result<Vec<Account>, HostError> {
        self.answer("accounts", "accounts", ())?;
        let accounts = lock(&self.0.accounts);
        let active = accounts.iter().filter(|(account, _)| account.active);
        let page = active
            .skip((page * per_page) as usize)
            .take(per_page as usize);
        Ok(page.map(|(account, _)| account.clone()).collect())
    }

    async fn account(&self, user: &UserId) -> Result<Account, HostError> {
        let accounts = lock(&self.0.accounts);
        let found = accounts.iter().find(|(account, _)| account.id == *user);
        found
            .map(|(account, _)| account.clone())
            .ok_or_else(|| HostError::from_status(404, "no such account"))
    }
}

impl Statuses for FakeHost {
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        self.answer("statuses", "statuses", ())?;
        let accounts = lock(&self.0.accounts);
        let asked = accounts
            .iter()
            .filter(|(account, _)| users.contains(&account.id));
        Ok(asked
            .map(|(account, status)| (account.id.clone(), status.clone()))
            .collect())
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        Ok(true)
    }
}

impl Nodes for FakeHost {
    async fn clustered(&self) -> Result<bool, HostError> {
        Ok(self.0.clustered.load(Ordering::Relaxed))
    }

    async fn tell(&self, _: &str, _: Vec<u8>) -> Result<(), HostError> {
        Ok(())
    }
}

impl Store for FakeHost {
    fn damaged(&self) -> Option<&Damaged> {
        self.0.personal.damaged()
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        self.0.personal.get(key).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        self.0.personal.compare_and_set(key, old, value).await
    }
}

impl Records for FakeHost {
    async fn put(&self, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
        self.0.personal.put(key, value).await
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, HostError> {
        self.0.personal.keys(prefix).await
    }
}

impl Dialogs for FakeHost {
    async fn open_dialog(&self, trigger_id: &str, dialog: Dialog) -> Result<(), HostError> {
        self.0.personal.open_dialog(trigger_id, dialog).await
    }
}

impl crate::host::Sessions for FakeHost {
    async fn session(&self, id: &str) -> Result<crate::host::Session, HostError> {
        self.0.personal.session(id).await
    }
}

impl crate::host::Server for FakeHost {
    async fn version(&self) -> Result<String, HostError> {
        self.0.personal.version().await
    }

    fn api_calls(&self) -> Vec<crate::host::ApiCalls> {
        self.0.personal.api_calls()
    }

    async fn site_url(&self) -> Result<String, HostError> {
        self.0.personal.site_url().await
    }

    async fn server_language(&self) -> Result<crate::language::Language, HostError> {
        self.0.personal.server_language().await
    }

    async fn custom_statuses_enabled(&self) -> Result<bool, HostError> {
        self.0.personal.custom_statuses_enabled().await
    }
}

impl PersonalStatuses for FakeHost {
    async fn personal_status(&self, user: &UserId) -> Result<PersonalStatus, HostError> {
        self.0.personal.personal_status(user).await
    }

    async fn set_status(&self, user: &UserId, status: &str) -> Result<(), HostError> {
        self.0.personal.set_status(user, status).await
    }

    async fn set_timed_dnd(&self, user: &UserId, end: i64) -> Result<(), HostError> {
        self.0.personal.set_timed_dnd(user, end).await
    }

    async fn custom_status(&self, user: &UserId) -> Result<Option<CustomStatus>, HostError> {
        self.0.personal.custom_status(user).await
    }

    async fn set_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> Result<(), HostError> {
        self.0.personal.set_custom_status(user, status).await
    }

    async fn recent_custom_statuses(&self, user: &UserId) -> Result<Option<String>, HostError> {
        self.0.personal.recent_custom_statuses(user).await
    }

    async fn set_recent_custom_statuses(&self, user: &UserId, json: &str) -> Result<(), HostError> {
        self.0.personal.set_recent_custom_statuses(user, json).await
    }
}
