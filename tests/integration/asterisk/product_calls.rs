//! Calls from the chat, and what people are told of them.

use std::time::{Duration, Instant};

use super::product::Office;

/// How long a phone that nobody answers rings, and some patience.
const RINGS_OUT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_answered_call_is_one_message_from_ring_to_end() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let answer = office.say("alice", "/phone call @bob").await;
    assert!(answer.contains("pick up your phone 6001"), "{answer}");

    let own = alice.rings().await;
    office.tells("alice", 1, "your phone 6001 rings").await;
    office.has("bob", &[]).await;
    own.answer().await;
    let other = bob.rings().await;
    let ringing = office.tells("alice", 1, "it rings there").await;
    assert!(ringing.contains("(6002)"), "{ringing}");
    office.has("alice", &[("outgoing", "ringing", "bob")]).await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;

    let before = Instant::now();
    other.answer().await;
    office.tells("alice", 1, "You are talking with").await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    other.hang_up().await;
    own.ended().await;
    let last = office.tells("alice", 1, "You talked with").await;
    assert!(talked(&last) <= before.elapsed(), "{last}");
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;
    assert_eq!(office.told("bob"), [""; 0]);
    office.close().await;
}

/// The time that a message about a call ends with: "45 s.", or less than one.
fn talked(message: &str) -> Duration {
    let (_, time) = message.rsplit_once(" for ").expect("a time");
    if time == "less than a second." {
        return Duration::ZERO;
    }
    let seconds = time.strip_suffix(" s.").and_then(|n| n.parse().ok());
    Duration::from_secs(seconds.unwrap_or_else(|| panic!("{message}")))
}

#[tokio::test]
async fn the_message_tells_what_the_other_side_did() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );

    office.say("alice", "/phone call 6002").await;
    let own = alice.rings().await;
    own.answer().await;
    bob.rings().await.busy().await;
    office.tells("alice", 1, "(6002) is busy.").await;
    own.ended().await;

    office.say("alice", "/phone call 6002").await;
    let own = alice.rings().await;
    own.answer().await;
    bob.rings().await.decline().await;
    office.tells("alice", 2, "(6002) refused the call.").await;
    own.ended().await;

    office.say("alice", "/phone call 6002").await;
    let own = alice.rings().await;
    own.answer().await;
    let other = bob.rings().await;
    office.tells("alice", 3, "it rings there").await;
    own.hang_up().await;
    other.ended().await;
    let words = "You hung up before";
    office.tells("alice", 3, words).await;

    // Nobody registered as 6005; 6008 rings for three seconds.
    office.say("alice", "/phone call 6005").await;
    alice.rings().await.answer().await;
    office.tells("alice", 4, "6005 is not reachable").await;
    let hugo = office.asterisk.phone("6008").await;
    office.say("alice", "/phone call 6008").await;
    alice.rings().await.answer().await;
    let other = hugo.rings().await;
    office.tells("alice", 5, "6008 did not answer.").await;
    other.ended().await;

    // What the dial plan does not know: nothing rings, and that is the answer.
    let answer = office.say("alice", "/phone call 6777").await;
    assert!(answer.contains("no number 6777"), "{answer}");
    assert_eq!(office.told("alice").len(), 5);
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;
    office.close().await;
}

#[tokio::test]
async fn the_message_tells_what_the_callers_own_phone_did() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );

    // Bob does not hear it, for as long as it rings: meanwhile the others.
    office.say("bob", "/phone call 6001").await;
    let unheard = bob.rings().await;
    office.say("alice", "/phone call 6002").await;
    alice.rings().await.busy().await;
    office.tells("alice", 1, "your phone 6001 is busy").await;

    office.say("alice", "/phone call 6002").await;
    alice.rings().await.decline().await;
    let words = "your phone 6001 refused the call";
    office.tells("alice", 2, words).await;

    let answer = office.say("carol", "/phone call 6001").await;
    let told = office.tells("carol", 1, "was not called").await;
    assert!(told.contains("your phone 6003 is not reachable"), "{told}");
    assert!(!answer.contains("connected"), "{answer}");

    let answer = office.say("alice", "/phone call 6001").await;
    assert!(answer.contains("your own phone"), "{answer}");

    let mut changes = office.world().changes();
    let rung_out = async {
        while !office.told("bob")[0].contains("was not called") {
            changes.changed().await.expect("the world is there");
        }
    };
    let rung_out = tokio::time::timeout(RINGS_OUT, rung_out).await;
    rung_out.expect("it rings for half a minute");
    unheard.ended().await;
    let told = &office.told("bob")[0];
    assert!(told.contains("did not pick up your phone 6002"), "{told}");
    office.close().await;
}
