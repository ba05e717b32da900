//! The feed from a client's side, on connections in memory and a clock that tests wind.

mod away;
mod begin;
mod bye;
mod idle;
mod library;
mod limits;
mod logs;
mod state;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;

use super::{Batch, Feed, Source};

/// People, and what they do; a source as presence is one, of messages such as `bob=online`.
#[derive(Default)]
struct Office {
    people: Mutex<People>,
    asked: AtomicUsize,
}

#[derive(Default)]
struct People {
    head: u64,
    by_number: BTreeMap<u64, String>,
    doing: HashMap<String, (u64, String)>,
}

impl Office {
    fn set(&self, who: &str, what: &str) {
        let mut people = self.people.lock().unwrap();
        people.head += 1;
        let number = people.head;
        people.by_number.insert(number, who.to_owned());
        let now = (number, what.to_owned());
        if let Some((before, _)) = people.doing.insert(who.to_owned(), now) {
            people.by_number.remove(&before);
        }
    }

    /// What everybody does.
    fn state(&self) -> HashMap<String, String> {
        let people = self.people.lock().unwrap();
        let doing = people.doing.iter();
        doing
            .map(|(who, (_, what))| (who.clone(), what.clone()))
            .collect()
    }
}

impl People {
    fn put(&self, who: &str, batch: &mut Batch) {
        batch.push(format!("{who}={}", self.doing[who].1).as_bytes());
    }
}

impl Source for Office {
    fn head(&self) -> u64 {
        self.people.lock().unwrap().head
    }

    fn changes(&self, after: u64, batch: &mut Batch) -> u64 {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let people = self.people.lock().unwrap();
        for (number, who) in people.by_number.range(after + 1..) {
            people.put(who, batch);
            if batch.is_full() {
                return *number;
            }
        }
        people.head
    }

    fn one_before(&self, before: u64, batch: &mut Batch) -> Option<u64> {
        let people = self.people.lock().unwrap();
        let below = people.by_number.range(..before).next_back();
        let (number, who) = below.or_else(|| people.by_number.iter().next_back())?;
        people.put(who, batch);
        Some(*number)
    }
}

/// An office with these people in it, who are all online, and its feed.
fn office(people: &[&str]) -> (Arc<Office>, Arc<Feed<Office>>) {
    let office = Arc::new(Office::default());
    for who in people {
        office.set(who, "online");
    }
    (Arc::clone(&office), Feed::new(office))
}

/// A frame that a server sent.
#[derive(Debug, PartialEq, Eq)]
enum Frame {
    Text(String),
    Pong(Vec<u8>),
    Close(Option<u16>),
}

/// A client, with so much room on its way.
struct Desk {
    connection: DuplexStream,
}

impl Desk {
    fn open(feed: &Arc<Feed<Office>>, room: usize) -> Self {
        let (connection, ours) = duplex(room);
        feed.accept(ours, "192.0.2.7".to_owned()).unwrap();
        Self { connection }
    }

    /// The next frame; none at the end.
    async fn frame(&mut self) -> Option<Frame> {
        let Ok(first) = self.connection.read_u8().await else {
            return None;
        };
        let length = match self.connection.read_u8().await.unwrap() {
            126 => usize::from(self.connection.read_u16().await.unwrap()),
            length @ 0..=125 => usize::from(length),
            other => panic!("a mask or a length that is not for these tests: {other}"),
        };
        let mut payload = vec![0; length];
        self.connection.read_exact(&mut payload).await.unwrap();
        Some(match first {
            0x81 => Frame::Text(String::from_utf8(payload).unwrap()),
            0x8A => Frame::Pong(payload),
            0x88 => Frame::Close(match payload[..] {
                [] => None,
                [a, b, ..] => Some(u16::from_be_bytes([a, b])),
                [_] => panic!("half a code"),
            }),
            other => panic!("no frame that a feed sends: {other:#x}"),
        })
    }

    /// The next message.
    async fn message(&mut self) -> String {
        match self.frame().await {
            Some(Frame::Text(message)) => message,
            other => panic!("no message: {other:?}"),
        }
    }

    async fn messages(&mut self, count: usize) -> Vec<String> {
        let mut messages = Vec::new();
        for _ in 0..count {
            messages.push(self.message().await);
        }
        messages
    }

    /// What is there within a second of silence, and so before any sign of life.
    async fn all(&mut self) -> Vec<String> {
        let mut messages = Vec::new();
        while let Ok(message) = timeout(Duration::from_secs(1), self.message()).await {
            messages.push(message);
        }
        messages
    }

    /// Sends a frame, masked with zeros.
    async fn send(&mut self, opcode: u8, payload: &[u8]) {
        let header = [0x80 | opcode, 0x80 | payload.len() as u8, 0, 0, 0, 0];
        let frame = [&header[..], payload].concat();
        self.connection.write_all(&frame).await.unwrap();
    }
}

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;

/// Lets all tasks do what they can without the clock going on.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
