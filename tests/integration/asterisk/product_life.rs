//! Asterisk is killed, frozen, and back; the plugin is killed in mid-call.
//!
//! The times that are asserted here are promises of docs/asterisk.md and no others.

use std::time::{Duration, Instant};

use super::product::Office;

/// How soon after Asterisk is back the link is.
const LINK_BACK: Duration = Duration::from_secs(10);

/// How soon after that the board is right.
const BOARD_RIGHT: Duration = Duration::from_secs(1);

/// How soon a connection is seen to be lost on which nothing comes any more.
const SEEN_AS_DOWN: Duration = Duration::from_secs(10);

/// Wants it to have taken no longer than that.
fn within(since: Instant, limit: Duration, what: &str) {
    let took = since.elapsed();
    assert!(
        took <= limit,
        "{what} took {took:?}, and may take {limit:?}"
    );
}

#[tokio::test]
async fn asterisk_is_killed_in_mid_call_and_back() {
    let Some(mut office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let (carol, dora) = (
        office.asterisk.phone("6003").await,
        office.asterisk.phone("6004").await,
    );
    office.say("alice", "/phone call @bob").await;
    alice.rings().await.answer().await;
    bob.rings().await.answer().await;
    office.tells("alice", 1, "You are talking with").await;
    let call = carol.calls("6004").await;
    dora.rings().await;
    call.ringing().await;
    office
        .has("carol", &[("outgoing", "ringing", "6004")])
        .await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;

    office.asterisk.kill();
    let text = office.status(503, "not connected").await;
    assert!(
        text.contains("AsteriskHost") || text.contains("AsteriskPort"),
        "{text}"
    );
    assert!(office.page().await.contains("Asterisk is not connected"));
    let words = "The link to Asterisk broke while you talked";
    office.tells("alice", 1, words).await;
    let answer = office.say("alice", "/phone call @bob").await;
    assert!(answer.contains("so nobody was called"), "{answer}");

    office.asterisk.restart().await;
    let back = Instant::now();
    office.status(200, "is connected").await;
    within(back, LINK_BACK, "the link");
    let linked = Instant::now();
    for user in ["alice", "bob", "carol", "6004"] {
        office.has(user, &[]).await;
    }
    within(linked, BOARD_RIGHT, "the board");

    // And it follows what happens now.
    alice.register().await;
    bob.register().await;
    let call = alice.calls("6002").await;
    bob.rings().await.answer().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    call.hang_up().await;
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;
    office.close().await;
}

#[tokio::test]
async fn a_frozen_asterisk_is_seen_as_down_and_then_right_again() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let call = alice.calls("6002").await;
    bob.rings().await.answer().await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    let ids = (office.call_ids("alice").await, office.call_ids("bob").await);

    let frozen = Instant::now();
    office.asterisk.freeze();
    office.status(503, "stopped answering").await;
    within(frozen, SEEN_AS_DOWN, "seeing it");
    assert!(office.page().await.contains("Asterisk is not connected"));
    // The next attempt is made, and finds a machine that accepts and nobody who speaks.
    office.status(503, "says nothing").await;

    office.asterisk.thaw();
    let back = Instant::now();
    office.status(200, "is connected").await;
    within(back, LINK_BACK, "the link");
    let linked = Instant::now();
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    within(linked, BOARD_RIGHT, "the board");
    let still = (office.call_ids("alice").await, office.call_ids("bob").await);
    assert_eq!(still, ids);
    assert!(!office.page().await.contains("Asterisk is not connected"));
    call.hang_up().await;
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;
    office.close().await;
}

#[tokio::test]
async fn the_plugin_is_killed_in_mid_call_and_knows_it_again() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let carol = office.asterisk.phone("6003").await;
    let talking = alice.calls("6002").await;
    bob.rings().await.answer().await;
    let ringing = carol.calls("7000").await;
    ringing.answered().await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;

    office.host.kill().await;
    office.host.check_health().await;
    office.status(200, "is connected").await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    office
        .shows("carol waits in support", |board| {
            let queue = super::product::queue(board, "support")?;
            let [waiting] = &queue["waiting"].as_array()?[..] else {
                return None;
            };
            (waiting["peer"]["name"] == "carol").then_some(())
        })
        .await;
    talking.hang_up().await;
    ringing.hang_up().await;
    for user in ["alice", "bob", "carol"] {
        office.has(user, &[]).await;
    }
    office.close().await;
}
