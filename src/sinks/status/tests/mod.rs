//! The statuses of people over a server in memory, by a clock that stands still.

mod faults;
mod logs;
mod many;
mod matrix;
mod own;
mod phone;
mod random;
mod restart;
mod server;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::*;
use crate::board::{Action, Board, Device, Event, Name, Peer, Report, Source, Timestamp};
use crate::host::fake::{FakeServer, lock};
use crate::host::{CustomStatus, HostErrorKind, Person, PersonalStatus, Store};
use crate::people::{CallStatus, People, Preferences};
use crate::store::Damaged;

/// A quarter of an hour after which everything that was to happen has.
const LONG: Duration = Duration::from_secs(15 * 60);

const HOUR: Duration = Duration::from_secs(60 * 60);

thread_local! {
    /// A test has a thread and a runtime of its own.
    static START: Instant = Instant::now();
}

/// A clock that stands still with tokio's.
fn clock() -> Timestamp {
    let since = START.with(Instant::elapsed);
    Timestamp(1_700_000_000_000).after(since.as_millis() as u64)
}

/// A server, its phones, and the plugin's process.
struct House {
    server: FakeServer,
    board: Board,
    people: Arc<People<FakeServer>>,
    statuses: Option<Arc<Statuses<FakeServer>>>,
}

impl House {
    async fn new() -> Self {
        Self::over(FakeServer::default()).await
    }

    async fn over(server: FakeServer) -> Self {
        let mut house = Self {
            people: Arc::new(People::new(Arc::new(server.clone()))),
            server,
            board: Board::new(),
            statuses: None,
        };
        house.start().await;
        house
    }

    /// Starts the process, which knows nothing but what the server has.
    async fn start(&mut self) {
        let host = Arc::new(self.server.clone());
        self.people = Arc::new(People::new(Arc::clone(&host)));
        self.board = Board::new();
        let statuses = Statuses::start(host, Arc::clone(&self.people), clock);
        statuses.configure(true);
        self.statuses = Some(Arc::new(statuses));
        settle().await;
    }

    /// Ends it as a power cut does.
    fn kill(&mut self) {
        self.statuses = None;
    }

    async fn stop(&mut self) -> usize {
        let statuses = self.statuses.take().expect("it runs");
        statuses.stop(Duration::from_secs(5)).await
    }

    fn statuses(&self) -> &Arc<Statuses<FakeServer>> {
        self.statuses.as_ref().expect("it runs")
    }

    async fn choose(&self, person: &Person, choose: impl FnOnce(&mut Preferences)) {
        let mut chosen = Preferences::default();
        choose(&mut chosen);
        self.people
            .choose(&person.id, |own| own.clone_from(&chosen))
            .await
            .expect("stored");
        self.statuses().preferences_changed(&person.id);
        settle().await;
    }

    fn apply(&mut self, event: impl Into<Event>) {
        let changes = self.board.apply(event, clock());
        if let Some(statuses) = &self.statuses {
            let mut sink = StatusSink::new(Arc::clone(statuses));
            for change in &changes {
                sink.take(change, &Config::default());
            }
        }
    }

    /// A phone tells something of somebody's line.
    async fn phone(&mut self, line: &str, action: &str) {
        self.report(report(line, action)).await;
    }

    async fn report(&mut self, report: Report) {
        self.apply(report);
        settle().await;
    }

    /// Somebody answers a call of that id, and it is talked for long enough to show.
    async fn call(&mut self, line: &str, id: &str) {
        self.answer(line, id).await;
        sleep(Duration::from_millis(CALL_DELAY)).await;
        settle().await;
    }

    async fn answer(&mut self, line: &str, id: &str) {
        self.report(with_id(line, "incoming-call", id)).await;
        self.report(with_id(line, "call-established", id)).await;
    }

    /// It ends, and what lingers is over.
    async fn hang_up(&mut self, line: &str, id: &str) {
        self.report(with_id(line, "call-terminated", id)).await;
        sleep(Duration::from_millis(LINGER)).await;
        settle().await;
    }

    fn custom(&self, person: &Person) -> Option<CustomStatus> {
        let custom = lock(&self.server.0.custom);
        custom.get(person.id.as_str()).cloned()
    }

    /// The words of the custom status.
    fn says(&self, person: &Person) -> String {
        self.custom(person)
            .map(|status| status.text)
            .unwrap_or_default()
    }

    fn put_custom(&self, person: &Person, status: Option<CustomStatus>) {
        let mut custom = lock(&self.server.0.custom);
        match status {
            Some(status) => drop(custom.insert(person.id.as_str().to_owned(), status)),
            None => drop(custom.remove(person.id.as_str())),
        }
    }

    fn personal(&self, person: &Person) -> PersonalStatus {
        lock(&self.server.0.statuses)[person.id.as_str()].clone()
    }

    fn status(&self, person: &Person) -> String {
        self.personal(person).status
    }

    /// The words of the recent ones, the latest first.
    fn recent(&self, person: &Person) -> Vec<String> {
        let recent = lock(&self.server.0.recent);
        let list = recent.get(person.id.as_str()).map_or("[]", |json| json);
        let list: Vec<Value> = serde_json::from_str(list).expect("a list");
        list.iter()
            .map(|entry| entry["text"].as_str().expect("words").to_owned())
            .collect()
    }

    fn put_recent(&self, person: &Person, texts: &[&str]) {
        let list: Vec<Value> = texts
            .iter()
            .map(|text| {
                json!({"emoji": "x", "text": text, "duration": "", "expires_at": "0001-01-01T00:00:00Z"})
            })
            .collect();
        let json = Value::Array(list).to_string();
        lock(&self.server.0.recent).insert(person.id.as_str().to_owned(), json);
    }

    /// The keys of records of people's statuses.
    fn records(&self) -> Vec<String> {
        let store = lock(&self.server.0.store);
        let keys = store.keys().filter(|key| key.starts_with("status"));
        keys.cloned().collect()
    }

    /// Whether the end of a do-not-disturb of ours is being taken away, by what is stored.
    fn is_clearing(&self) -> bool {
        let store = lock(&self.server.0.store);
        let mut records = store.iter().filter(|(key, _)| key.starts_with("status"));
        records.any(|(_, record)| String::from_utf8_lossy(record).contains(r#""clearing":true"#))
    }

    /// How often a method was called.
    fn calls(&self, method: &str) -> usize {
        let calls = lock(&self.server.0.calls);
        calls.iter().filter(|call| **call == method).count()
    }

    fn counts(&self) -> Counts {
        self.statuses().counts()
    }
}

fn report(line: &str, action: &str) -> Report {
    Report {
        dialed: None,
        own_number: None,
        source: Source::Phone,
        user: Arc::from(line),
        action: Action::from_name(action).expect("an action"),
        peer: None,
        reference: None,
        linked: None,
        queue: None,
    }
}

fn with_id(line: &str, action: &str, id: &str) -> Report {
    Report {
        reference: Some(Arc::from(id)),
        ..report(line, action)
    }
}

fn custom(text: &str, expires_at: u64) -> CustomStatus {
    CustomStatus {
        emoji: "palm_tree".to_owned(),
        text: text.to_owned(),
        duration: if expires_at == 0 { "" } else { "today" }.to_owned(),
        expires_at,
    }
}

/// Lets every task do what it can do at this moment.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}
