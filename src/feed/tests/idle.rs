//! Signs of life.

use std::collections::HashSet;

use tokio::time::Instant;

use super::*;
use crate::feed::SIGN_OF_LIFE_MS;

/// Seconds between signs, with what a timer of a millisecond may be late.
fn is_in_time(silence: Duration) -> bool {
    let (least, most) = (*SIGN_OF_LIFE_MS.start(), *SIGN_OF_LIFE_MS.end());
    (u128::from(least)..=u128::from(most) + 2).contains(&silence.as_millis())
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_gets_real_records_round_and_round_those_changed_last_first() {
    let (office, feed) = office(&["alice", "bob", "carol"]);
    office.set("alice", "away");
    let mut desk = Desk::open(&feed, 4096);
    desk.messages(3).await;
    let mut signs = Vec::new();
    for _ in 0..7 {
        let before = Instant::now();
        signs.push(desk.message().await);
        assert!(is_in_time(before.elapsed()), "{:?}", before.elapsed());
    }
    let round = ["alice=away", "carol=online", "bob=online"];
    assert_eq!(signs, [&round[..], &round, &round[..1]].concat());
    assert_eq!(feed.counts().signs_of_life, 7);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_repeated_first_and_then_the_round_goes_on() {
    let (office, feed) = office(&["alice", "bob", "carol", "dave"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.messages(4).await;
    assert_eq!(desk.messages(2).await, ["dave=online", "carol=online"]);
    office.set("dave", "away");
    feed.changed();
    assert_eq!(desk.message().await, "dave=away");
    let signs = ["dave=away", "bob=online", "alice=online", "dave=away"];
    assert_eq!(desk.messages(4).await, signs);
}

#[tokio::test(start_paused = true)]
async fn signs_show_what_is_now() {
    let (office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    for turn in 0..5 {
        // Not told, so that only the sign shows it.
        office.set("alice", &format!("turn {turn}"));
        assert_eq!(desk.message().await, format!("alice=turn {turn}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_puts_the_sign_off() {
    let (office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    for turn in 0..10 {
        tokio::time::sleep(Duration::from_secs(11)).await;
        office.set("alice", &format!("turn {turn}"));
        feed.changed();
        assert_eq!(desk.message().await, format!("alice=turn {turn}"));
    }
    assert_eq!(feed.counts().signs_of_life, 0);
    let before = Instant::now();
    desk.message().await;
    assert!(is_in_time(before.elapsed()), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn pings_put_no_sign_off() {
    let (_office, feed) = office(&["alice"]);
    let mut desk = Desk::open(&feed, 4096);
    desk.message().await;
    let before = Instant::now();
    loop {
        desk.send(PING, b"x").await;
        assert_eq!(desk.frame().await, Some(Frame::Pong(b"x".to_vec())));
        let second = timeout(Duration::from_secs(1), desk.message()).await;
        if second.is_ok() {
            break;
        }
    }
    assert!(is_in_time(before.elapsed()), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn signs_of_clients_that_came_together_are_spread() {
    let (_office, feed) = office(&["alice"]);
    let mut desks: Vec<_> = (0..200).map(|_| Desk::open(&feed, 4096)).collect();
    for desk in &mut desks {
        desk.message().await;
    }
    let start = Instant::now();
    let waiting = desks.into_iter().map(|mut desk| {
        tokio::spawn(async move {
            desk.message().await;
            start.elapsed()
        })
    });
    let mut seconds = HashSet::new();
    for sign in waiting.collect::<Vec<_>>() {
        let sign = sign.await.unwrap();
        assert!(is_in_time(sign), "{sign:?}");
        seconds.insert(sign.as_secs());
    }
    // Of the eight seconds, one that none of 200 drew would be a chance of 10⁻¹¹.
    assert!(seconds.is_superset(&(12..20).collect()), "{seconds:?}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_minute_passes_without_thirty_seconds_of_silence() {
    let (_office, feed) = office(&["alice", "bob"]);
    let mut desk = Desk::open(&feed, 4096);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        timeout(Duration::from_secs(21), desk.message())
            .await
            .unwrap();
    }
}
