//! What a feed costs for each client and frame, without what is below it: connections that take everything, and whose writes end as
//! soon as all clients had their turn, as the server's answers do.
//!
//! 3,000 clients; one frame at a time, and bursts of 1,000 things. CPU time of this process, medians. `cargo bench --bench feed`.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use switchboard::feed::{Batch, Feed, Source};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::yield_now;

const CLIENTS: usize = 3_000;
const THINGS: usize = 1_000;
const ROUNDS: usize = 15;
const FRAMES_A_ROUND: usize = 100;

/// Things whose messages are as long as most people's, changed in turn.
#[derive(Default)]
struct Things {
    head: AtomicU64,
}

impl Things {
    fn put(number: u64, batch: &mut Batch) {
        let id = number % THINGS as u64;
        batch.push(
            format!(
                r#"{{"user_id":"abcdefghijklmnopqrstuv{id:04}","email":"first.last-name.{id:04}@example.com","status":"online"}}"#
            )
            .as_bytes(),
        );
    }

    fn oldest(head: u64) -> u64 {
        head.saturating_sub(THINGS as u64)
    }
}

impl Source for Things {
    fn head(&self) -> u64 {
        self.head.load(Ordering::Relaxed)
    }

    fn changes(&self, after: u64, batch: &mut Batch) -> u64 {
        let head = self.head();
        for number in after.max(Self::oldest(head)) + 1..=head {
            Self::put(number, batch);
            if batch.is_full() {
                return number;
            }
        }
        head
    }

    fn one_before(&self, before: u64, batch: &mut Batch) -> Option<u64> {
        let head = self.head();
        let number = if before > head { head } else { before - 1 };
        let number = if number > Self::oldest(head) {
            number
        } else {
            head
        };
        (number > 0).then(|| Self::put(number, batch))?;
        Some(number)
    }
}

/// Writes that have not ended yet.
#[derive(Default)]
struct Wire {
    waiting: Mutex<Vec<Waker>>,
}

struct Connection {
    wire: Arc<Wire>,
    ended: Arc<AtomicBool>,
    under_way: bool,
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ended.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.under_way = !self.under_way;
        if self.under_way {
            let mut waiting = self.wire.waiting.lock().expect("one thread");
            waiting.push(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Lets everybody have so many things that are new, and tells in how many writes.
async fn deliver(feed: &Feed<Things>, wire: &Wire, things: usize) -> u64 {
    let before = feed.counts();
    feed.changed();
    while feed.counts().messages < before.messages + (CLIENTS * things) as u64 {
        yield_now().await;
        let waiting = std::mem::take(&mut *wire.waiting.lock().expect("one thread"));
        waiting.into_iter().for_each(Waker::wake);
    }
    feed.counts().writes - before.writes
}

/// CPU time of this process. Source: proc(5), `/proc/self/schedstat`, in nanoseconds.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

/// Resident memory of this process in bytes. Source: proc(5), `/proc/self/statm`, in pages of 4 KiB.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let source = Arc::new(Things::default());
    source.head.store(THINGS as u64, Ordering::Relaxed);
    let feed = Feed::new(Arc::clone(&source));
    let wire = Arc::new(Wire::default());
    let ended = Arc::new(AtomicBool::new(false));
    // What the connections and this program itself take is there before.
    let connections: Vec<_> = (0..CLIENTS)
        .map(|_| Connection {
            wire: Arc::clone(&wire),
            ended: Arc::clone(&ended),
            under_way: false,
        })
        .collect();
    wire.waiting.lock().expect("one thread").reserve(CLIENTS);
    let before = resident();
    for connection in connections {
        let address = "192.0.2.1".to_owned();
        feed.accept(connection, address).expect("room");
    }
    deliver(&feed, &wire, THINGS).await;
    let idle = (resident() - before) / CLIENTS;
    println!("{idle} bytes of resident memory per client that has everything");

    let (mut single, mut burst, mut writes) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let start = cpu();
        for _ in 0..FRAMES_A_ROUND {
            source.head.fetch_add(1, Ordering::Relaxed);
            deliver(&feed, &wire, 1).await;
        }
        let frames = (CLIENTS * FRAMES_A_ROUND) as f64;
        single.push((cpu() - start).as_nanos() as f64 / frames);

        let start = cpu();
        source.head.fetch_add(THINGS as u64, Ordering::Relaxed);
        writes = deliver(&feed, &wire, THINGS).await;
        burst.push((cpu() - start).as_nanos() as f64 / (CLIENTS * THINGS) as f64);
    }
    println!(
        "{:.0} ns per client and frame, one at a time",
        median(single)
    );
    let a_client = writes as f64 / CLIENTS as f64;
    println!(
        "{:.1} ns per client and frame, in bursts of {THINGS}, {a_client:.1} writes a client",
        median(burst)
    );
    let after = (resident().saturating_sub(before)) / CLIENTS;
    println!("{after} bytes of resident memory per client after bursts");
}
