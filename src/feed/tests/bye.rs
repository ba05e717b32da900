//! How clients leave.

use tokio::time::Instant;

use super::*;
use crate::feed::{CLOSE_PATIENCE, CloseCode, VIOLATION_PATIENCE};

#[tokio::test(start_paused = true)]
async fn a_client_that_closes_is_answered_with_its_code() {
    let (_office, feed) = office(&["alice"]);
    for (payload, code) in [
        (&b"\x03\xE8"[..], Some(1000)),
        (b"\x0F\xA0bye", Some(4000)),
        (b"", None),
    ] {
        let mut desk = Desk::open(&feed, 4096);
        desk.message().await;
        desk.send(CLOSE, payload).await;
        assert_eq!(desk.frame().await, Some(Frame::Close(code)));
        assert_eq!(desk.frame().await, None);
        settle().await;
        assert_eq!(feed.clients(), 0);
    }
    assert_eq!(feed.counts().violations, 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_closes_and_ends_its_side_is_answered_too() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    desk.send(CLOSE, b"\x03\xE8").await;
    desk.connection.shutdown().await.unwrap();
    assert_eq!(desk.frame().await, Some(Frame::Close(Some(1000))));
    assert_eq!(desk.frame().await, None);
}

#[tokio::test(start_paused = true)]
async fn the_answer_waits_for_the_frame_under_way() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 6);
    settle().await;
    desk.send(CLOSE, b"").await;
    settle().await;
    assert_eq!(desk.message().await, "alice=online");
    assert_eq!(desk.frame().await, Some(Frame::Close(None)));
    assert_eq!(desk.frame().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_closes_and_reads_nothing_is_gone_in_time() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 6);
    settle().await;
    desk.send(CLOSE, b"").await;
    // The end of its side is there to be read again and again, and must not keep the task busy.
    desk.connection.shutdown().await.unwrap();
    tokio::time::sleep(CLOSE_PATIENCE - Duration::from_secs(1)).await;
    assert_eq!(feed.clients(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(feed.clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_and_messages_ignored() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    desk.send(TEXT, b"{\"anything\": 1}").await;
    desk.send(PING, b"one").await;
    assert_eq!(desk.frame().await, Some(Frame::Pong(b"one".to_vec())));
    desk.send(PING, b"").await;
    assert_eq!(desk.frame().await, Some(Frame::Pong(vec![])));
}

#[tokio::test(start_paused = true)]
async fn of_pings_that_wait_the_latest_is_answered() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 8);
    settle().await;
    for number in 0..100_u8 {
        desk.send(PING, &[number]).await;
        settle().await;
    }
    assert_eq!(desk.message().await, "alice=online");
    assert_eq!(desk.frame().await, Some(Frame::Pong(vec![99])));
    let more = timeout(Duration::from_secs(1), desk.frame()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_breaks_the_protocol_is_told_and_let_go() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    let start = Instant::now();
    // Without a mask, and more behind it than is ever read at once.
    let (mut reading, mut writing) = tokio::io::split(desk.connection);
    let flood = tokio::spawn(async move {
        let wrong = [0x01; 1000];
        while writing.write_all(&wrong).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let mut answer = Vec::new();
    reading.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer[..1], [0x88]);
    assert_eq!(answer[2..4], 1002_u16.to_be_bytes());
    assert_eq!(&answer[4..], b"a frame without a mask");
    let waited = start.elapsed();
    assert!(waited >= VIOLATION_PATIENCE, "{waited:?}");
    assert!(waited < VIOLATION_PATIENCE * 2, "{waited:?}");
    flood.await.unwrap();
    assert_eq!((feed.clients(), feed.counts().violations), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_breaks_the_protocol_and_leaves_is_not_waited_for() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    let start = Instant::now();
    desk.connection.write_all(&[0xFF]).await.unwrap();
    desk.connection.shutdown().await.unwrap();
    assert_eq!(desk.frame().await, Some(Frame::Close(Some(1002))));
    assert_eq!(desk.frame().await, None);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn all_are_closed_and_may_come_again() {
    let (_office, feed) = office(&["alice"]);
    let mut desks: Vec<_> = (0..20).map(|_| Desk::open(&feed, 4096)).collect();
    for desk in &mut desks {
        desk.message().await;
    }
    let start = Instant::now();
    let closing = Arc::clone(&feed);
    let limit = Duration::from_secs(5);
    let closing =
        tokio::spawn(async move { closing.close_all(CloseCode::GOING_AWAY, "bye", limit).await });
    settle().await;
    let mut next = Desk::open(&feed, 4096);
    assert_eq!(next.message().await, "alice=online");
    for desk in &mut desks {
        assert_eq!(desk.frame().await, Some(Frame::Close(Some(1001))));
        desk.send(CLOSE, b"\x03\xE9").await;
        assert_eq!(desk.frame().await, None);
    }
    closing.await.unwrap();
    assert_eq!((feed.clients(), start.elapsed()), (1, Duration::ZERO));
    // Who came meanwhile stays.
    next.send(PING, b"").await;
    assert_eq!(next.frame().await, Some(Frame::Pong(vec![])));
}

#[tokio::test(start_paused = true)]
async fn who_does_not_answer_is_closed_at_the_limit() {
    let (_office, feed) = office(&["alice"]);
    let mut silent = Desk::open(&feed, 4096);
    let mut stuck = Desk::open(&feed, 4);
    silent.message().await;
    let start = Instant::now();
    let limit = Duration::from_secs(3);
    feed.close_all(CloseCode::POLICY, "other", limit).await;
    let late = start.elapsed().saturating_sub(limit);
    assert!(start.elapsed() >= limit && late < Duration::from_millis(10));
    assert_eq!(feed.clients(), 0);
    assert_eq!(silent.frame().await, Some(Frame::Close(Some(1008))));
    assert_eq!(silent.frame().await, None);
    let mut rest = Vec::new();
    stuck.connection.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn who_is_leaving_already_is_gone_at_the_limit_too() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 6);
    settle().await;
    desk.send(CLOSE, b"").await;
    settle().await;
    let start = Instant::now();
    let limit = CLOSE_PATIENCE / 5;
    feed.close_all(CloseCode::GOING_AWAY, "bye", limit).await;
    assert!(start.elapsed() < limit * 2, "{:?}", start.elapsed());
    assert_eq!(feed.clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_whose_task_has_not_begun_is_closed_too() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    let limit = Duration::from_secs(1);
    feed.close_all(CloseCode::GOING_AWAY, "bye", limit).await;
    assert_eq!(desk.frame().await, Some(Frame::Close(Some(1001))));
    assert_eq!(feed.clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn closing_twice_at_once_or_nobody_ends() {
    let (_office, feed) = office(&["alice"]);
    let limit = Duration::from_secs(9);
    feed.close_all(CloseCode::GOING_AWAY, "nobody", limit).await;
    let _desk = Desk::open(&feed, 4096);
    let start = Instant::now();
    let first = feed.close_all(CloseCode::GOING_AWAY, "first", limit);
    let second = feed.close_all(CloseCode::GOING_AWAY, "second", limit / 3);
    tokio::join!(first, second);
    assert_eq!(feed.clients(), 0);
    // The shorter limit counts for both.
    assert!(start.elapsed() < limit / 2, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_close_frames_of_both_sides_may_cross() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    desk.send(CLOSE, b"\x03\xE8").await;
    let limit = Duration::from_secs(5);
    feed.close_all(CloseCode::GOING_AWAY, "bye", limit).await;
    assert_eq!(desk.frame().await, Some(Frame::Close(Some(1001))));
    assert_eq!(desk.frame().await, None);
}
