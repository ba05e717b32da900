//! Clients that take nothing, or little, and those beside them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::*;
use crate::feed::client::Client;
use crate::feed::{BATCH_BYTES, MIN_BATCH_BYTES, STUCK_AFTER};

#[tokio::test(start_paused = true)]
async fn who_takes_nothing_is_closed_and_disturbs_nobody() {
    let (office, feed) = office(&["alice"]);
    let start = Instant::now();
    let mut stuck = Desk::open(&feed, 4);
    let mut other = Desk::open(&feed, 4096);
    other.message().await;
    let mut turn = 0;
    while feed.clients() == 2 {
        turn += 1;
        office.set("alice", &format!("turn {turn}"));
        feed.changed();
        assert_eq!(other.message().await, format!("alice=turn {turn}"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let late = start.elapsed().saturating_sub(STUCK_AFTER);
    assert!(late <= Duration::from_secs(1), "{late:?}");
    assert!(start.elapsed() >= STUCK_AFTER);
    assert_eq!(feed.counts().stuck, 1);
    let mut rest = Vec::new();
    stuck.connection.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"\x81\x0cal", "what had room, and the end");
}

#[tokio::test(start_paused = true)]
async fn who_takes_a_little_stays() {
    let (_office, feed) = office(&["alice", "bob", "carol"]);
    let mut desk = Desk::open(&feed, 4);
    let mut taken = Vec::new();
    while taken.len() < 40 {
        tokio::time::sleep(STUCK_AFTER - Duration::from_secs(1)).await;
        let mut some = [0; 4];
        desk.connection.read_exact(&mut some).await.unwrap();
        taken.extend(some);
    }
    assert_eq!((feed.clients(), feed.counts().stuck), (1, 0));
    assert!(taken.starts_with(b"\x81\x0calice=online\x81\x0abob=online"));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_that_vanish_disturb_nobody() {
    let (office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    let vanishing: Vec<_> = (0..100).map(|_| Desk::open(&feed, 4)).collect();
    settle().await;
    assert_eq!(feed.clients(), 101);
    drop(vanishing);
    office.set("alice", "away");
    feed.changed();
    assert_eq!(desk.message().await, "alice=away");
    settle().await;
    assert_eq!(feed.clients(), 1);
}

/// A connection that says nothing, and takes so long for its first write once it has room.
struct Slow {
    room: Option<Pin<Box<Sleep>>>,
    pause: Duration,
    under_way: Option<Pin<Box<Sleep>>>,
    written: usize,
    writes: Arc<Mutex<Vec<usize>>>,
}

impl Slow {
    fn new(pause: Duration) -> Self {
        Self {
            room: None,
            pause,
            under_way: None,
            written: 0,
            writes: Arc::default(),
        }
    }
}

impl AsyncRead for Slow {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Slow {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(room) = &mut self.room {
            ready!(room.as_mut().poll(cx));
            self.room = None;
        }
        assert!(self.under_way.is_none(), "one write at a time");
        self.written += bytes.len();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let pause = self.pause;
        let under_way = self.under_way.get_or_insert_with(|| Box::pin(sleep(pause)));
        ready!(under_way.as_mut().poll(cx));
        self.under_way = None;
        let written = std::mem::take(&mut self.written);
        self.writes.lock().unwrap().push(written);
        self.pause = Duration::ZERO;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(start_paused = true)]
async fn writes_grow_while_they_are_quick_and_are_small_behind_a_slow_one() {
    let (office, feed) = office(&[]);
    let fill = |turn| {
        for number in 0..3000 {
            office.set(&format!("somebody with a long name {number}"), turn);
        }
        feed.changed();
    };
    fill("online");
    let slow = Slow::new(Duration::from_secs(2));
    let writes = Arc::clone(&slow.writes);
    feed.accept(slow, String::new()).unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let kib: Vec<_> = writes
        .lock()
        .unwrap()
        .iter()
        .map(|n| n.div_ceil(1024))
        .collect();
    // The first one was slow.
    assert_eq!(kib[..5], [4, 4, 8, 16, 32]);
    let longest = *writes.lock().unwrap().iter().max().unwrap();
    assert!(longest <= BATCH_BYTES, "{longest}");
}

/// That there is no room is not the client's fault.
#[tokio::test(start_paused = true)]
async fn who_waits_for_room_is_neither_stuck_nor_slow() {
    let (office, feed) = office(&[]);
    for number in 0..3000 {
        office.set(&format!("somebody with a long name {number}"), "online");
    }
    let full = STUCK_AFTER * 3;
    let open = |pause| {
        let mut slow = Slow::new(pause);
        slow.room = Some(Box::pin(sleep(full)));
        let writes = Arc::clone(&slow.writes);
        feed.accept(slow, String::new()).unwrap();
        writes
    };
    let writes = open(Duration::ZERO);
    let _never = open(full * 10);
    tokio::time::sleep(full - Duration::from_secs(1)).await;
    assert_eq!((feed.clients(), writes.lock().unwrap().len()), (2, 0));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let sizes = writes.lock().unwrap()[..3].to_vec();
    let kib: Vec<_> = sizes.iter().map(|n| n.div_ceil(1024)).collect();
    assert_eq!(kib, [4, 8, 16]);
    // From when it had room on, a client that takes nothing is stuck as others are.
    tokio::time::sleep(STUCK_AFTER - Duration::from_secs(2)).await;
    assert_eq!((feed.clients(), feed.counts().stuck), (2, 0));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!((feed.clients(), feed.counts().stuck), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn many_that_take_nothing_hold_little_each() {
    let (office, feed) = office(&[]);
    for number in 0..3000 {
        office.set(&format!("somebody with a long name {number}"), "online");
    }
    let never = Duration::from_secs(3600);
    for _ in 0..1000 {
        feed.accept(Slow::new(never), String::new()).unwrap();
    }
    settle().await;
    let held = feed.in_flight();
    assert!(held <= 1000 * MIN_BATCH_BYTES, "{held}");
    assert!(held > 1000 * MIN_BATCH_BYTES / 2, "{held}");
    tokio::time::sleep(STUCK_AFTER + Duration::from_secs(1)).await;
    assert_eq!((feed.clients(), feed.in_flight()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_waiting_client_takes_little_memory() {
    // The task and what is in it, beside the connection; and the name of where it came from.
    let (_office, feed) = office(&["alice"]);
    let (seat, born, _) = feed.enter().unwrap();
    let (connection, _other) = duplex(1);
    let client = Client::new(feed, seat.place, born, connection, String::new());
    let task = client.run();
    let own = size_of_val(&task) - size_of::<DuplexStream>();
    assert!(own <= 512, "{own}");
}
