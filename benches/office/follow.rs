//! Who looks on: viewers of the board, programs that show presence, somebody who reads the history.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use devhost::client;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::plan::queue_name;
use crate::{PRESENCE_SECRET, QUEUES, SECRET};

/// How often the history is read, and how far back: no call is longer.
const READ: (Duration, u64) = (Duration::from_secs(5), 25_000);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn socket(url: &str, path: &str) -> WebSocketStream<TcpStream> {
    let url = format!("{}{path}", url.replacen("http", "ws", 1));
    let address = url["ws://".len()..].split('/').next().unwrap_or_default();
    let stream = TcpStream::connect(address).await.expect("a host");
    client_async(url, stream).await.expect("a websocket").0
}

/// What one viewer knows of the board.
pub(crate) struct Viewer {
    lines: Arc<Mutex<BTreeMap<String, Value>>>,
    queues: Arc<Mutex<BTreeMap<String, Value>>>,
    task: AbortHandle,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn viewers(url: &str, count: usize) -> Vec<Viewer> {
    let mut viewers = Vec::with_capacity(count);
    for _ in 0..count {
        let mut socket = socket(url, &format!("/api/v1/board/ws?secret={SECRET}")).await;
        let lines = Arc::<Mutex<BTreeMap<String, Value>>>::default();
        let queues = Arc::<Mutex<BTreeMap<String, Value>>>::default();
        let (to_lines, to_queues) = (Arc::clone(&lines), Arc::clone(&queues));
        let task = tokio::spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                let mut told: Value = serde_json::from_str(&text).expect("JSON");
                if let Some(line) = told.get_mut("line").map(Value::take) {
                    lock(&to_lines).insert(line["user"].to_string(), line);
                } else if let Some(queue) = told.get_mut("queue").map(Value::take) {
                    lock(&to_queues).insert(queue["name"].to_string(), queue);
                }
            }
        });
        viewers.push(Viewer {
            lines,
            queues,
            task: task.abort_handle(),
        });
    }
    viewers
}

impl Viewer {
    /// What it shows, in the board's own form.
    pub(crate) fn shows(&self) -> Value {
        let values = |map: &Mutex<BTreeMap<String, Value>>| {
            Value::Array(lock(map).values().cloned().collect())
        };
        json!({ "lines": values(&self.lines), "queues": values(&self.queues) })
    }
}

/// The whole board.
pub(crate) async fn board(url: &str) -> Value {
    let url = format!("{url}/api/v1/board?secret={SECRET}");
    let answer = client::get(&url).await.expect("an answer");
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// How many callers each queue answered and lost, by what a board shows.
pub(crate) fn queues(board: &Value) -> BTreeMap<String, (u64, u64)> {
    let queues = board["queues"].as_array().into_iter().flatten();
    let counts = queues.map(|queue| {
        let name = queue["name"].as_str().unwrap_or_default().to_owned();
        let count = |key: &str| queue[key].as_u64().unwrap_or_default();
        (name, (count("answered"), count("abandoned")))
    });
    counts.collect()
}

/// How many calls a board shows that go on.
pub(crate) fn in_calls(board: &Value) -> usize {
    let many = |value: &Value| value.as_array().map_or(0, Vec::len);
    let lines = board["lines"].as_array().into_iter().flatten();
    let queues = board["queues"].as_array().into_iter().flatten();
    lines.map(|line| many(&line["calls"])).sum::<usize>()
        + queues
            .map(|queue| many(&queue["waiting"]) + many(&queue["talking"]))
            .sum::<usize>()
}

/// A program that shows everybody's status.
pub(crate) struct Presence {
    known: Arc<Mutex<Known>>,
    messages: Arc<AtomicU64>,
    task: AbortHandle,
}

/// Everybody's status by their number, and of how many one was told. A program hears of a hundred changes a second, and there are thousands
/// of programs: this costs as little as it can.
struct Known {
    statuses: Vec<Option<Status>>,
    count: usize,
}

impl Known {
    fn take(&mut self, number: u32, status: Status) {
        let place = usize::try_from(number).ok();
        if let Some(own) = place.and_then(|place| self.statuses.get_mut(place)) {
            self.count += usize::from(own.replace(status).is_none());
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Online,
    Away,
    Dnd,
    Offline,
}

#[derive(Deserialize)]
struct Told<'a> {
    email: &'a str,
    status: Status,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The number in `person000123@example.com`; nothing for anybody else.
fn number(mail: &str) -> Option<u32> {
    mail.strip_prefix("person")?.split('@').next()?.parse().ok()
}

pub(crate) async fn programs(url: &str, count: usize, people: usize) -> Vec<Presence> {
    let mut programs = Vec::with_capacity(count);
    for _ in 0..count {
        let mut socket = socket(url, &format!("/api/v1/ws?secret={PRESENCE_SECRET}")).await;
        let known = Arc::new(Mutex::new(Known {
            statuses: vec![None; people],
            count: 0,
        }));
        let messages = Arc::<AtomicU64>::default();
        let (to, counted) = (Arc::clone(&known), Arc::clone(&messages));
        let task = tokio::spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                let told: Told<'_> = serde_json::from_str(&text).expect("a status");
                counted.fetch_add(1, Ordering::Relaxed);
                if let Some(number) = number(told.email) {
                    lock(&to).take(number, told.status);
                }
            }
        });
        programs.push(Presence {
            known,
            messages,
            task: task.abort_handle(),
        });
    }
    let began = Instant::now();
    while programs
        .iter()
        .any(|program| lock(&program.known).count < people)
    {
        assert!(
            began.elapsed() < Duration::from_secs(300),
            "not every program was told of everybody"
        );
        sleep(Duration::from_millis(200)).await;
    }
    programs
}

impl Presence {
    /// Whether it shows what everybody's status is.
    pub(crate) fn shows(&self, statuses: &[(String, String)]) -> bool {
        let known = lock(&self.known);
        statuses
            .iter()
            .zip(&known.statuses)
            .all(|((_, status), known)| {
                let status = match &**status {
                    "online" => Status::Online,
                    "away" => Status::Away,
                    "dnd" => Status::Dnd,
                    _ => Status::Offline,
                };
                *known == Some(status)
            })
    }

    pub(crate) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }
}

/// Somebody who reads every call that ended, again and again, since the board remembers only the last ones.
pub(crate) struct History {
    calls: Arc<Mutex<BTreeMap<u64, String>>>,
    task: AbortHandle,
}

impl Drop for History {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl History {
    pub(crate) fn follow(url: Arc<String>, threads: &Handle) -> Self {
        let calls = Arc::<Mutex<BTreeMap<u64, String>>>::default();
        let to = Arc::clone(&calls);
        let task = threads.spawn(async move {
            let mut from = now();
            loop {
                sleep(READ.0).await;
                let next = now();
                read(&url, from - READ.1, &to).await;
                from = next;
            }
        });
        Self {
            calls,
            task: task.abort_handle(),
        }
    }

    /// How many calls of whom ended how, once there are so many.
    pub(crate) async fn all(&self, count: usize, limit: Duration) -> BTreeMap<String, usize> {
        let began = Instant::now();
        while lock(&self.calls).len() < count && began.elapsed() < limit {
            sleep(Duration::from_millis(200)).await;
        }
        let mut all = BTreeMap::new();
        for call in lock(&self.calls).values() {
            *all.entry(call.clone()).or_default() += 1;
        }
        all
    }
}

fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

async fn read(url: &str, from: u64, to: &Mutex<BTreeMap<u64, String>>) {
    let url = format!("{url}/api/v1/history?secret={SECRET}&limit=10000&from={from}");
    let answer = client::get(&url).await.expect("an answer");
    let history: Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(
        history["more"], false,
        "more calls than the board remembers"
    );
    for call in history["calls"].as_array().expect("calls") {
        let text = |key: &str| call[key].as_str().map(str::to_owned);
        let whose = text("queue").or_else(|| text("line")).unwrap_or_default();
        let ending = text("ending").unwrap_or_default();
        let id = call["id"].as_u64().expect("an id");
        lock(to).insert(id, format!("{whose} {ending}"));
    }
}

/// How many posts tell of whom, and how many of them of missed calls.
pub(crate) fn posts_by_kind(
    messages: &[String],
    people: &[(String, String)],
) -> BTreeMap<String, usize> {
    let names: HashMap<&str, ()> = people.iter().map(|(_, name)| (&**name, ())).collect();
    let mut posts = BTreeMap::new();
    for message in messages {
        let name = message.split(' ').find(|word| names.contains_key(word));
        let name = name.unwrap_or(message);
        *posts.entry(name.to_owned()).or_default() += 1;
        if message.starts_with("missed call for ") {
            *posts.entry(format!("{name}, missed")).or_default() += 1;
        }
    }
    posts
}

/// What `NumbersUsers` says of the queues.
pub(crate) fn queue_numbers() -> impl Iterator<Item = String> {
    (0..QUEUES).map(|queue| format!("{}:{}", crate::plan::queue_number(queue), queue_name(queue)))
}
