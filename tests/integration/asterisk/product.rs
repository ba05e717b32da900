//! The plugin in the dev host, at a real Asterisk: what the tests of the whole have in common.
//!
//! They do what people do (commands, URLs, phones) and look at what people see (direct messages, posts, the board, `/status`).

use std::time::Duration;

use devhost::client::{self, Answer};
use devhost::world::{Level, PATIENCE, World};
use devhost::{DevHost, Options};
use http::Method;
use serde_json::{Map, Value};

use super::{Account, Asterisk};
use crate::harness::{self, SECRET};

/// How often the board is looked at, which tells nobody that it changed.
pub(crate) const LOOKING: Duration = Duration::from_millis(20);

/// Whose extension is whose. 6002 has a mailbox, and so has 6009.
const PEOPLE: &str = "6001:alice,6002:bob,6003:carol,6009:admin";

/// A call as the board shows it: direction, state, the other side.
pub(crate) type Seen<'a> = (&'a str, &'a str, &'a str);

/// A running plugin, connected to its Asterisk.
pub(crate) struct Office {
    pub(crate) asterisk: Asterisk,
    pub(crate) host: DevHost,
}

/// The settings of an office at this Asterisk.
pub(crate) fn options(asterisk: &Asterisk, account: Account) -> Options {
    harness::options()
        .with("NumbersUsers", PEOPLE)
        .with("AsteriskHost", "127.0.0.1")
        .with("AsteriskPort", asterisk.ami_port().to_string())
        .with("AsteriskUser", account.user)
        .with("AsteriskSecret", account.secret)
        .with("AsteriskCallsPerMinute", 100)
}

impl Office {
    /// One with the account of docs/asterisk.md. `None`, and a line that says so, where there is no Asterisk.
    pub(crate) async fn open() -> Option<Self> {
        Self::open_with(Account::SWITCHBOARD, |options| options).await
    }

    /// One whose calls make posts, which tell what was missed.
    pub(crate) async fn posting() -> Option<Self> {
        Self::open_with(Account::SWITCHBOARD, |o| o.with("AsteriskPosts", true)).await
    }

    /// One with another account, or other settings.
    pub(crate) async fn open_with(
        account: Account,
        change: impl FnOnce(Options) -> Options,
    ) -> Option<Self> {
        let asterisk = Asterisk::start().await?;
        let host = harness::start(change(options(&asterisk, account))).await;
        let office = Self { asterisk, host };
        office.status(200, "is connected").await;
        Some(office)
    }

    pub(crate) fn world(&self) -> &World {
        self.host.world()
    }

    /// Types a command, and answers what only they see.
    pub(crate) async fn say(&self, user: &str, line: &str) -> String {
        let (user, channel) = (id(self.world(), user), harness::phones());
        let answer = self.host.command(&user, &channel, line).await;
        let answer = answer.unwrap_or_else(|e| panic!("{line}: {e:?}"));
        assert_eq!(answer.response_type, "ephemeral", "{line}");
        answer.text
    }

    /// The bot's direct messages to this person, the oldest first.
    pub(crate) fn told(&self, user: &str) -> Vec<String> {
        told(self.world(), user)
    }

    /// Waits until the bot's last message to this person has these words in it, and is the `count`th; answers it.
    pub(crate) async fn tells(&self, user: &str, count: usize, words: &str) -> String {
        let what = format!("message {count} to {user}: {words}");
        let found = self.world().wait_for(&what, |world| {
            let messages = told(world, user);
            let last = messages.last().filter(|last| last.contains(words));
            last.filter(|_| messages.len() == count).cloned()
        });
        found
            .await
            .unwrap_or_else(|e| panic!("{e}; there are {:#?}", self.told(user)))
    }

    /// The board as programs read it.
    pub(crate) async fn board(&self) -> Value {
        let path = format!("/api/v1/board?secret={SECRET}");
        let answer = harness::get(&self.host, &path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_slice(&answer.body).expect("JSON")
    }

    /// Waits until something can be seen on the board.
    pub(crate) async fn shows<T>(&self, what: &str, probe: impl Fn(&Value) -> Option<T>) -> T {
        let looking = async {
            loop {
                if let Some(found) = probe(&self.board().await) {
                    return found;
                }
                tokio::time::sleep(LOOKING).await;
            }
        };
        match tokio::time::timeout(PATIENCE, looking).await {
            Ok(found) => found,
            Err(_) => panic!("{what} is not on the board: {:#}", self.board().await),
        }
    }

    /// Waits until these are all the calls of a line.
    pub(crate) async fn has(&self, user: &str, calls: &[Seen<'_>]) {
        let what = format!("{user} {calls:?}");
        let same = |board: &Value| {
            let line = line(board, user)?;
            (calls_of(line) == calls).then_some(())
        };
        self.shows(&what, same).await;
    }

    /// The board's numbers of a line's calls.
    pub(crate) async fn call_ids(&self, user: &str) -> Vec<u64> {
        let board = self.board().await;
        let calls = line(&board, user).and_then(|line| line["calls"].as_array());
        let calls = calls.expect("a line on the board").iter();
        calls
            .map(|call| call["id"].as_u64().expect("a number"))
            .collect()
    }

    /// Waits until a line has this value, such as its `device`.
    pub(crate) async fn line_has(&self, user: &str, key: &str, value: impl Into<Value>) {
        let value = value.into();
        let what = format!("{user}'s {key}: {value}");
        let same = |board: &Value| (line(board, user)?[key] == value).then_some(());
        self.shows(&what, same).await;
    }

    /// Waits until `/status` answers with this code and these words, and answers all of it.
    pub(crate) async fn status(&self, code: u16, words: &str) -> String {
        let path = format!("/status?secret={SECRET}");
        let looking = async {
            loop {
                let answer = harness::get(&self.host, &path).await;
                let text = answer.text();
                if answer.status.as_u16() == code && text.contains(words) {
                    return text;
                }
                tokio::time::sleep(LOOKING).await;
            }
        };
        match tokio::time::timeout(PATIENCE, looking).await {
            Ok(text) => text,
            Err(_) => {
                let text = harness::get(&self.host, &path).await.text();
                panic!("/status does not come to {code} {words}: {text}")
            }
        }
    }

    /// The page that people look at.
    pub(crate) async fn page(&self) -> String {
        let path = format!("/dashboard?secret={SECRET}");
        harness::get(&self.host, &path).await.text()
    }

    /// Orders something as a program does that is signed in as this person.
    pub(crate) async fn order(&self, user: &str, path: &str, body: &Value) -> Answer {
        let token = self.world().sign_in(&id(self.world(), user)).token;
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Authorization", &*bearer),
            ("Content-Type", "application/json"),
        ];
        let url = self.host.plugin_url(path);
        let answer = client::send(Method::POST, &url, &headers, body.to_string().into()).await;
        answer.expect("an answer")
    }

    /// Saves settings, those of [`options`] with these changed.
    pub(crate) async fn save(&self, change: &[(&str, &str)]) {
        let id = self.host.bundle().id();
        let mut settings: Map<String, Value> = self.world().plugin_settings(id);
        for (key, value) in change {
            settings.insert(key.to_lowercase(), Value::from(*value));
        }
        self.host.save_settings(settings).await;
    }

    /// Ends it. Nothing it logged is an error, and no line has a secret in it.
    pub(crate) async fn close(self) {
        let world = self.world().clone();
        harness::stop(self.host).await;
        for line in world.logs() {
            let text = format!("{line:?}");
            // The host's own lines have no module.
            let own = line.fields.contains_key("@module");
            assert!(!own || line.level < Level::Error, "{text}");
            for secret in [SECRET, Account::SWITCHBOARD.secret] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

/// The bot's direct messages to this person.
fn told(world: &World, user: &str) -> Vec<String> {
    let Ok(bot) = world.user_by_name("switchboard") else {
        return Vec::new();
    };
    let channel = world.direct_channel(&bot.id, &id(world, user));
    let channel = channel.expect("a channel of two people");
    world.messages_in(&channel.id)
}

fn id(world: &World, user: &str) -> String {
    world.user_by_name(user).expect("a person of that name").id
}

/// Somebody's line on a board.
pub(crate) fn line<'a>(board: &'a Value, user: &str) -> Option<&'a Value> {
    let mut lines = board["lines"].as_array()?.iter();
    lines.find(|line| line["user"] == user)
}

/// A queue on a board.
pub(crate) fn queue<'a>(board: &'a Value, name: &str) -> Option<&'a Value> {
    let mut queues = board["queues"].as_array()?.iter();
    queues.find(|queue| queue["name"] == name)
}

/// What people read of somebody: the name, or else the number.
pub(crate) fn shown(peer: &Value) -> &str {
    let name = peer["name"].as_str();
    name.or_else(|| peer["number"].as_str()).unwrap_or_default()
}

fn calls_of(line: &Value) -> Vec<Seen<'_>> {
    let calls = line["calls"].as_array().into_iter().flatten();
    calls
        .map(|call| {
            let word = |key: &str| call[key].as_str().unwrap_or_default();
            (word("direction"), word("state"), shown(&call["peer"]))
        })
        .collect()
}
