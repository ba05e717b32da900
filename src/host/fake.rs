//! A Mattermost in memory, for tests: people, their statuses, posts, direct messages, dialogs, and the key-value store. Each call can be made
//! slow, and made to fail.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::store::Damaged;

/// A server in memory. Its clones are the same server.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeServer(pub(crate) Arc<State>);

/// A direct message: to whom, and what it says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Direct {
    pub(crate) to: String,
    pub(crate) message: Message,
    /// How often it was changed.
    pub(crate) edits: usize,
    pub(crate) deleted: bool,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) people: Mutex<BTreeMap<String, Person>>,
    pub(crate) statuses: Mutex<HashMap<String, PersonalStatus>>,
    /// What the next read of everybody's statuses says instead, as it was when it began.
    earlier: Mutex<HashMap<String, String>>,
    pub(crate) custom: Mutex<HashMap<String, CustomStatus>>,
    pub(crate) recent: Mutex<HashMap<String, String>>,
    pub(crate) posts: Mutex<Vec<NewPost>>,
    pub(crate) direct: Mutex<Vec<Direct>>,
    pub(crate) dialogs: Mutex<Vec<(String, Dialog)>>,
    /// Rooms' channels by their ids, and who is in each.
    pub(crate) places: Mutex<HashMap<String, Place>>,
    /// Who administers which team: the team's id, and the person's.
    pub(crate) team_admins: Mutex<BTreeSet<(String, String)>>,
    /// What people call themselves, by their ids.
    pub(crate) names: Mutex<HashMap<String, Names>>,
    /// What clients were told: the event, to whom, and its fields.
    pub(crate) events: Mutex<Vec<ToldClients>>,
    /// Channels, each with its team's name before it.
    channels: Mutex<Vec<(String, String)>>,
    pub(crate) store: Mutex<BTreeMap<String, Vec<u8>>>,
    damaged: Damaged,
    pub(crate) language: Mutex<Language>,
    /// How long each call takes.
    pub(crate) delay: Mutex<Duration>,
    /// What fails, by the method's name, and how.
    pub(crate) failures: Mutex<HashMap<&'static str, HostErrorKind>>,
    /// What happens to single calls, by their number.
    pub(crate) faults: Mutex<HashMap<usize, Fault>>,
    /// Sessions that are over.
    pub(crate) signed_out: Mutex<BTreeSet<String>>,
    /// Whether custom statuses are turned off.
    pub(crate) no_custom: AtomicBool,
    /// Whether statuses are.
    pub(crate) no_statuses: AtomicBool,
    /// Every call, by the method's name.
    pub(crate) calls: Mutex<Vec<&'static str>>,
    pending: Mutex<HashMap<String, usize>>,
    changes: AtomicUsize,
}

/// What clients were told: the event, to whom (empty: everybody), and its fields.
pub(crate) type ToldClients = (String, String, Told);

/// A channel with those who are in it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) channel: Channel,
    pub(crate) members: HashMap<String, Membership>,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and nothing was done.
    Fails(HostErrorKind),
    /// It is done, and the answer is lost.
    AnswerLost,
    /// It is never done, and never answered.
    Hangs,
    /// It is done, and never answered.
    AnswerHangs,
}

impl FakeServer {
    /// Adds somebody, who is online; their id is their user name with `id-` before it.
    pub(crate) fn person(&self, username: &str) -> Person {
        let person = Person {
            id: UserId::from(format!("id-{username}")),
            username: username.into(),
            display_name: username.into(),
            language: Language::English,
            time_zone: "".into(),
            guest: false,
            admin: false,
            deactivated: false,
        };
        lock(&self.0.people).insert(username.to_owned(), person.clone());
        self.is(&person.id, "online", false);
        person
    }

    /// Adds a channel, and its team; their ids are their names with `-id` behind them.
    pub(crate) fn channel(&self, team: &str, name: &str) {
        lock(&self.0.channels).push((team.to_owned(), name.to_owned()));
    }

    /// Adds a channel of a kind with these members. Its id has the form of one, and begins with the name.
    pub(crate) fn place(&self, name: &str, kind: ChannelKind, members: &[&Person]) -> ChannelId {
        let id = ChannelId::from(format!("{:0<26}", name.replace('-', "")));
        let member = |person: &&Person| {
            let membership = Membership {
                guest: person.guest,
                admin: false,
            };
            (person.id.as_str().to_owned(), membership)
        };
        let place = Place {
            channel: Channel {
                id: id.clone(),
                kind,
                name: name.into(),
                team: "team-id".into(),
                archived: false,
            },
            members: members.iter().map(member).collect(),
        };
        lock(&self.0.places).insert(id.as_str().to_owned(), place);
        id
    }

    /// Changes a channel that was added.
    pub(crate) fn change_place(&self, id: &ChannelId, change: impl FnOnce(&mut Place)) {
        change(
            lock(&self.0.places)
                .get_mut(id.as_str())
                .expect("a channel"),
        );
    }

    /// Changes somebody.
    pub(crate) fn change_person(&self, username: &str, change: impl FnOnce(&mut Person)) -> Person {
        let mut people = lock(&self.0.people);
        let person = people.get_mut(username).expect("a person");
        change(person);
        person.clone()
    }

    /// Somebody's status is this from now on.
    pub(crate) fn is(&self, user: &UserId, status: &str, manual: bool) {
        let status = PersonalStatus {
            status: status.to_owned(),
            manual,
            dnd_end: 0,
            previous: String::new(),
        };
        lock(&self.0.statuses).insert(user.as_str().to_owned(), status);
    }

    /// The next read of many people's statuses at once began when somebody's was this.
    pub(crate) fn reads(&self, user: &UserId, status: &str) {
        lock(&self.0.earlier).insert(user.as_str().to_owned(), status.to_owned());
    }

    /// Sets somebody's status, as the server does: only offline clears the end of a timed do-not-disturb.
    pub(crate) fn keep_status(&self, user: &UserId, status: &str) {
        if self.0.no_statuses.load(Ordering::Relaxed) {
            return;
        }
        let mut statuses = lock(&self.0.statuses);
        let stood = statuses.get(user.as_str()).filter(|_| status != "offline");
        let (dnd_end, previous) = stood.map_or((0, String::new()), |stood| {
            (stood.dnd_end, stood.previous.clone())
        });
        let status = PersonalStatus {
            status: status.to_owned(),
            manual: status != "online",
            dnd_end,
            previous,
        };
        statuses.insert(user.as_str().to_owned(), status);
    }

    /// Sets do-not-disturb that ends.
    pub(crate) fn keep_timed_dnd(&self, user: &UserId, end: i64) {
        if self.0.no_statuses.load(Ordering::Relaxed) {
            return;
        }
        let mut statuses = lock(&self.0.statuses);
        let stood = statuses.get(user.as_str());
        let status = PersonalStatus {
            status: "dnd".to_owned(),
            manual: true,
            dnd_end: end,
            previous: stood.map_or("offline", |stood| &stood.status).to_owned(),
        };
        statuses.insert(user.as_str().to_owned(), status);
    }

    /// Sets somebody's custom status, or takes it away.
    pub(crate) fn keep_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> Result<(), HostError> {
        let mut custom = lock(&self.0.custom);
        self.0.changes.fetch_add(1, Ordering::Relaxed);
        let Some(status) = status else {
            custom.remove(user.as_str());
            return Ok(());
        };
        if status.emoji.is_empty() && status.text.is_empty() {
            return Err(HostError::from_status(400, "an empty custom status"));
        }
        custom.insert(user.as_str().to_owned(), status.clone());
        // As the server does: in front of the recent ones, each text once, five at most.
        let mut recent = lock(&self.0.recent);
        let before = recent.get(user.as_str()).map_or("[]", |json| json);
        let mut list: Vec<Value> = serde_json::from_str(before).expect("a list");
        list.retain(|other| other["text"] != *status.text);
        let new = json!({"emoji": status.emoji, "text": status.text, "duration": status.duration,
            "expires_at": "0001-01-01T00:00:00Z"});
        list.insert(0, new);
        list.truncate(5);
        let json = Value::Array(list).to_string();
        recent.insert(user.as_str().to_owned(), json);
        Ok(())
    }

    pub(crate) fn slow(&self, delay: Duration) {
        *lock(&self.0.delay) = delay;
    }

    pub(crate) fn fail(&self, method: &'static str, kind: HostErrorKind) {
        lock(&self.0.failures).insert(method, kind);
    }

    pub(crate) fn mend(&self) {
        lock(&self.0.failures).clear();
    }

    /// What the direct messages to somebody say now.
    pub(crate) fn told(&self, user: &UserId) -> Vec<Message> {
        let direct = lock(&self.0.direct);
        let own = direct
            .iter()
            .filter(|direct| direct.to == user.as_str() && !direct.deleted);
        own.map(|direct| direct.message.clone()).collect()
    }

    /// The forms that were shown, with their trigger ids.
    pub(crate) fn dialogs(&self) -> Vec<(String, Dialog)> {
        lock(&self.0.dialogs).clone()
    }

    /// How often people's custom statuses were changed: each time every client hears of it.
    pub(crate) fn custom_changes(&self) -> usize {
        self.0.changes.load(Ordering::Relaxed)
    }

    async fn answer<T>(
        &self,
        method: &'static str,
        answer: impl FnOnce() -> Result<T, HostError>,
    ) -> Result<T, HostError> {
        let fault = {
            let mut calls = lock(&self.0.calls);
            calls.push(method);
            lock(&self.0.faults).remove(&(calls.len() - 1))
        };
        let delay = *lock(&self.0.delay);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let failed = |kind| HostError {
            kind,
            message: format!("{method} is {kind:?}"),
        };
        if let Some(kind) = lock(&self.0.failures).get(method) {
            return Err(failed(*kind));
        }
        match fault {
            None => answer(),
            Some(Fault::Fails(kind)) => Err(failed(kind)),
            Some(Fault::AnswerLost) => {
                drop(answer());
                Err(failed(HostErrorKind::Transient))
            }
            Some(Fault::Hangs) => std::future::pending().await,
            Some(Fault::AnswerHangs) => {
                drop(answer());
                std::future::pending().await
            }
        }
    }

    /// The index of what an attempt with that pending id made, making it if none did.
    fn once<T>(&self, pending: String, list: &Mutex<Vec<T>>, new: T) -> usize {
        let mut list = lock(list);
        *lock(&self.0.pending).entry(pending).or_insert_with(|| {
            list.push(new);
            list.len() - 1
        })
    }
}

fn no_such(what: &str) -> HostError {
    HostError::from_status(404, format!("no {what}"))
}

fn number(post: &PostId, prefix: &str) -> Result<usize, HostError> {
    let number = post.as_str().strip_prefix(prefix);
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| no_such("post"))
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Posts for FakeServer {
    async fn create_post(&self, post: NewPost) -> Result<PostId, HostError> {
        let make = || {
            let at = self.once(post.pending_id.clone(), &self.0.posts, post);
            Ok(PostId::from(format!("post{at}")))
        };
        self.answer("create_post", make).await
    }

    async fn change_post(&self, post: &PostId, text: String) -> Result<(), HostError> {
        let change = || {
            let at = number(post, "post")?;
            let mut posts = lock(&self.0.posts);
            posts.get_mut(at).ok_or_else(|| no_such("post"))?.message = text;
            Ok(())
        };
        self.answer("change_post", change).await
    }
}

impl Messages for FakeServer {
    async fn send_message(
        &self,
        to: &UserId,
        message: Message,
        pending: Pending,
    ) -> Result<PostId, HostError> {
        let make = || {
            let direct = Direct {
                to: to.as_str().to_owned(),
                message,
                edits: 0,
                deleted: false,
            };
            let at = self.once(pending.id("bot"), &self.0.direct, direct);
            Ok(PostId::from(format!("direct{at}")))
        };
        self.answer("send_message", make).await
    }

    async fn change_message(&self, post: &PostId, message: Message) -> Result<(), HostError> {
        let change = || {
            let at = number(post, "direct")?;
            let mut direct = lock(&self.0.direct);
            let direct = direct.get_mut(at).filter(|direct| !direct.deleted);
            let direct = direct.ok_or_else(|| no_such("post"))?;
            if direct.message != message {
                direct.message = message;
                direct.edits += 1;
            }
            Ok(())
        };
        self.answer("change_message", change).await
    }
}

impl Dialogs for FakeServer {
    async fn open_dialog(&self, trigger_id: &str, dialog: Dialog) -> Result<(), HostError> {
        let open = || {
            lock(&self.0.dialogs).push((trigger_id.to_owned(), dialog));
            Ok(())
        };
        self.answer("open_dialog", open).await
    }
}

impl Directory for FakeServer {
    async fn team_by_name(&self, name: &str) -> Result<TeamId, HostError> {
        let find = || {
            let channels = lock(&self.0.channels);
            let known = channels.iter().any(|(team, _)| team == name);
            known
                .then(|| TeamId::from(format!("{name}-id")))
                .ok_or_else(|| no_such(name))
        };
        self.answer("team_by_name", find).await
    }

    async fn channel_by_name(&self, team: &TeamId, name: &str) -> Result<ChannelId, HostError> {
        let find = || {
            let channels = lock(&self.0.channels);
            let is =
                |(of, own): &(String, String)| own == name && format!("{of}-id") == *team.as_str();
            let known = channels.iter().any(is);
            known
                .then(|| ChannelId::from(format!("{name}-id")))
                .ok_or_else(|| no_such(name))
        };
        self.answer("channel_by_name", find).await
    }

    async fn user_by_mail(&self, mail: &str) -> Result<Person, HostError> {
        Err(no_such(mail))
    }

    async fn user_by_name(&self, name: &str) -> Result<Person, HostError> {
        let find = || {
            let people = lock(&self.0.people);
            people.get(name).cloned().ok_or_else(|| no_such(name))
        };
        self.answer("user_by_name", find).await
    }
}

impl Members for FakeServer {
    async fn person(&self, user: &UserId) -> Result<Person, HostError> {
        let find = || {
            let people = lock(&self.0.people);
            let person = people.values().find(|person| person.id == *user);
            person.cloned().ok_or_else(|| no_such("person"))
        };
        self.answer("person", find).await
    }

    async fn administrators(&self, most: u32) -> Result<Vec<Person>, HostError> {
        let find = || {
            let people = lock(&self.0.people);
            let admins = people.values().filter(|person| person.admin);
            Ok(admins.take(most as usize).cloned().collect())
        };
        self.answer("administrators", find).await
    }

    async fn is_member(&self, _: &ChannelId, _: &UserId) -> Result<bool, HostError> {
        self.answer("is_member", || Ok(true)).await
    }
}

impl Channels for FakeServer {
    async fn channel(&self, id: &ChannelId) -> Result<Channel, HostError> {
        let find = || {
            let places = lock(&self.0.places);
            let place = places.get(id.as_str());
            place
                .map(|place| place.channel.clone())
                .ok_or_else(|| no_such("channel"))
        };
        self.answer("channel", find).await
    }

    async fn membership(
        &self,
        channel: &ChannelId,
        user: &UserId,
    ) -> Result<Option<Membership>, HostError> {
        let find = || {
            let places = lock(&self.0.places);
            let place = places.get(channel.as_str());
            Ok(place.and_then(|place| place.members.get(user.as_str()).copied()))
        };
        self.answer("membership", find).await
    }

    async fn administers(&self, team: &TeamId, user: &UserId) -> Result<bool, HostError> {
        let key = (team.as_str().to_owned(), user.as_str().to_owned());
        let find = || Ok(lock(&self.0.team_admins).contains(&key));
        self.answer("administers", find).await
    }

    async fn names(&self, user: &UserId) -> Result<Names, HostError> {
        let find = || {
            let names = lock(&self.0.names);
            Ok(names.get(user.as_str()).cloned().unwrap_or_default())
        };
        self.answer("names", find).await
    }

    async fn own_account(&self) -> Result<UserId, HostError> {
        self.answer("own_account", || Ok("bot".into())).await
    }

    async fn tell_clients(
        &self,
        event: &str,
        to: Audience<'_>,
        told: Told,
    ) -> Result<(), HostError> {
        let tell = || {
            let to = match to {
                Audience::Channel(channel) => channel.as_str(),
                Audience::User(user) => user.as_str(),
                Audience::Everybody => "",
            };
            lock(&self.0.events).push((event.to_owned(), to.to_owned(), told));
            Ok(())
        };
        self.answer("tell_clients", tell).await
    }
}

impl Statuses for FakeServer {
    async fn statuses(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>, HostError> {
        let find = || {
            if self.0.no_statuses.load(Ordering::Relaxed) {
                return Ok(Vec::new());
            }
            let statuses = lock(&self.0.statuses);
            let mut earlier = lock(&self.0.earlier);
            let status = |user: &UserId| {
                let status = statuses.get(user.as_str())?.status.clone();
                let status = earlier.remove(user.as_str()).unwrap_or(status);
                Some((user.clone(), status))
            };
            Ok(users.iter().filter_map(status).collect())
        };
        self.answer("statuses", find).await
    }

    async fn statuses_enabled(&self) -> Result<bool, HostError> {
        let enabled = !self.0.no_statuses.load(Ordering::Relaxed);
        self.answer("statuses_enabled", || Ok(enabled)).await
    }
}

impl PersonalStatuses for FakeServer {
    async fn personal_status(&self, user: &UserId) -> Result<PersonalStatus, HostError> {
        let find = || {
            let statuses = lock(&self.0.statuses);
            let status = statuses.get(user.as_str()).cloned();
            if self.0.no_statuses.load(Ordering::Relaxed) {
                // As Mattermost answers, without an error.
                return Ok(PersonalStatus::default());
            }
            status.ok_or_else(|| no_such("status"))
        };
        self.answer("personal_status", find).await
    }

    async fn set_status(&self, user: &UserId, status: &str) -> Result<(), HostError> {
        let set = || {
            self.keep_status(user, status);
            Ok(())
        };
        self.answer("set_status", set).await
    }

    async fn set_timed_dnd(&self, user: &UserId, end: i64) -> Result<(), HostError> {
        let set = || {
            self.keep_timed_dnd(user, end);
            Ok(())
        };
        self.answer("set_timed_dnd", set).await
    }

    async fn custom_status(&self, user: &UserId) -> Result<Option<CustomStatus>, HostError> {
        let find = || Ok(lock(&self.0.custom).get(user.as_str()).cloned());
        self.answer("custom_status", find).await
    }

    async fn set_custom_status(
        &self,
        user: &UserId,
        status: Option<&CustomStatus>,
    ) -> Result<(), HostError> {
        let set = || self.keep_custom_status(user, status);
        self.answer("set_custom_status", set).await
    }

    async fn recent_custom_statuses(&self, user: &UserId) -> Result<Option<String>, HostError> {
        let find = || Ok(lock(&self.0.recent).get(user.as_str()).cloned());
        self.answer("recent_custom_statuses", find).await
    }

    async fn set_recent_custom_statuses(&self, user: &UserId, json: &str) -> Result<(), HostError> {
        let set = || {
            lock(&self.0.recent).insert(user.as_str().to_owned(), json.to_owned());
            Ok(())
        };
        self.answer("set_recent_custom_statuses", set).await
    }
}

impl Sessions for FakeServer {
    /// `session-of-bob` is one of somebody whose id is `bob`, until it is signed out.
    async fn session(&self, id: &str) -> Result<Session, HostError> {
        let find = || {
            let user = id
                .strip_prefix("session-of-")
                .ok_or_else(|| no_such("session"))?;
            if lock(&self.0.signed_out).contains(id) {
                return Err(HostError::from_status(400, "no such session"));
            }
            Ok(Session {
                user: user.into(),
                ends: None,
            })
        };
        self.answer("session", find).await
    }
}

impl Server for FakeServer {
    async fn version(&self) -> Result<String, HostError> {
        self.answer("version", || Ok("9.11.3".to_owned())).await
    }

    fn api_calls(&self) -> Vec<ApiCalls> {
        let failed = ApiCalls {
            method: "KVGet",
            calls: 7,
            failed: 2,
            took: Duration::from_millis(30),
        };
        vec![failed]
    }

    async fn site_url(&self) -> Result<String, HostError> {
        let url = "https://chat.example.com".to_owned();
        self.answer("site_url", || Ok(url)).await
    }

    async fn server_language(&self) -> Result<Language, HostError> {
        self.answer("server_language", || Ok(*lock(&self.0.language)))
            .await
    }

    async fn custom_statuses_enabled(&self) -> Result<bool, HostError> {
        let enabled = !self.0.no_custom.load(Ordering::Relaxed);
        self.answer("custom_statuses_enabled", || Ok(enabled)).await
    }
}

impl Store for FakeServer {
    fn damaged(&self) -> Option<&Damaged> {
        Some(&self.0.damaged)
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, HostError> {
        let find = || Ok(lock(&self.0.store).get(key).cloned());
        self.answer("get", find).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<bool, HostError> {
        let set = || {
            let mut store = lock(&self.0.store);
            if store.get(key).map(Vec::as_slice) != old {
                return Ok(false);
            }
            match value {
                Some(value) => drop(store.insert(key.to_owned(), value.to_owned())),
                None => drop(store.remove(key)),
            }
            Ok(true)
        };
        self.answer("compare_and_set", set).await
    }
}

impl Nodes for FakeServer {
    async fn clustered(&self) -> Result<bool, HostError> {
        self.answer("clustered", || Ok(false)).await
    }

    async fn tell(&self, _: &str, _: Vec<u8>) -> Result<(), HostError> {
        self.answer("tell", || Ok(())).await
    }
}

impl Records for FakeServer {
    async fn put(&self, key: &str, value: Option<&[u8]>) -> Result<(), HostError> {
        assert!(key.chars().count() <= crate::store::MAX_KEY, "{key}");
        let put = || {
            let mut store = lock(&self.0.store);
            match value {
                Some(value) => drop(store.insert(key.to_owned(), value.to_owned())),
                None => drop(store.remove(key)),
            }
            Ok(())
        };
        self.answer("put", put).await
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, HostError> {
        let find = || {
            let store = lock(&self.0.store);
            let keys = store.keys().filter(|key| key.starts_with(prefix));
            Ok(keys.cloned().collect())
        };
        self.answer("keys", find).await
    }
}
