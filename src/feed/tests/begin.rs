//! Clients that begin somewhere else, and that are closed singly.

use super::*;
use crate::feed::{CloseCode, Full, Seat, Start};

const LIMIT: Duration = Duration::from_secs(2);

fn open_at(feed: &Arc<Feed<Office>>, has: u64, first: &str) -> (Desk, Seat) {
    let (connection, ours) = duplex(4096);
    let mut batch = Batch::default();
    if !first.is_empty() {
        batch.push(first.as_bytes());
    }
    let start = Start { has, first: batch };
    let seat = feed.accept_at(ours, "192.0.2.7".to_owned(), start).unwrap();
    (Desk { connection }, seat)
}

#[tokio::test(start_paused = true)]
async fn a_client_is_sent_what_is_behind_its_number() {
    let (office, feed) = office(&["alice", "bob", "carol"]);
    let (mut desk, _) = open_at(&feed, 2, "welcome");
    assert_eq!(desk.message().await, "welcome");
    assert_eq!(desk.message().await, "carol=online");
    office.set("alice", "away");
    feed.changed();
    assert_eq!(desk.message().await, "alice=away");
    settle().await;
    assert_eq!(feed.in_flight(), 0);
    // One with a number that was never given out gets everything.
    let (mut desk, _) = open_at(&feed, 99, "");
    assert_eq!(desk.message().await, "bob=online");
}

#[tokio::test(start_paused = true)]
async fn one_client_is_closed_and_the_others_stay() {
    let (office, feed) = office(&["alice"]);
    let ((mut one, seat), (mut other, _)) = (open_at(&feed, 0, ""), open_at(&feed, 0, ""));
    one.message().await;
    other.message().await;
    for _ in 0..2 {
        feed.close(seat, CloseCode::POLICY, "no longer", LIMIT);
    }
    assert_eq!(one.frame().await, Some(Frame::Close(Some(1008))));
    tokio::time::sleep(LIMIT).await;
    assert_eq!(one.frame().await, None);
    assert_eq!(feed.clients(), 1);
    office.set("alice", "away");
    feed.changed();
    assert_eq!(other.message().await, "alice=away");
    // Whoever has the place now is somebody else.
    let (mut next, taken) = open_at(&feed, 0, "");
    assert_ne!(taken, seat);
    feed.close(seat, CloseCode::POLICY, "no longer", LIMIT);
    assert_eq!(next.message().await, "alice=away");
    settle().await;
    assert_eq!(feed.clients(), 2);
}

#[tokio::test(start_paused = true)]
async fn closing_one_and_then_all_ends() {
    let (_office, feed) = office(&["alice"]);
    let ((mut one, seat), (mut other, _)) = (open_at(&feed, 0, ""), open_at(&feed, 0, ""));
    feed.close(seat, CloseCode::POLICY, "no longer", LIMIT);
    let all = feed.close_all(CloseCode::GOING_AWAY, "stopping", LIMIT);
    let codes = async {
        let closes = |frame| matches!(frame, Some(Frame::Close(_)));
        let one = one.frame().await;
        let other = other.frame().await;
        closes(one) && closes(other)
    };
    let ((), closed) = tokio::join!(all, codes);
    assert!(closed);
    assert_eq!(feed.clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_feed_may_have_a_limit_of_its_own() {
    let office = Arc::new(Office::default());
    let feed = Feed::with_limit(office, 1);
    let (_first, ours) = duplex(64);
    assert_eq!(feed.accept(ours, String::new()), Ok(()));
    assert!(feed.is_full());
    let (_second, ours) = duplex(64);
    assert_eq!(feed.accept(ours, String::new()), Err(Full));
}
