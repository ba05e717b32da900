//! A Mattermost in memory, for tests: people, their statuses, posts, direct messages, dialogs, and the key-value store. Each call can be made
//! slow, and made to fail.

mod chat;
mod people;
mod server;

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
