//! Calls that change hands: transferred, or answered by somebody else.

use serde_json::Value;

use super::product::{Office, line};
use crate::harness;

#[tokio::test]
async fn a_call_that_is_transferred_stays_one() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let carol = office.asterisk.phone("6003").await;

    // Blind.
    let call = alice.calls("6002").await;
    let middle = bob.rings().await;
    middle.answer().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    let id = office.call_ids("alice").await;
    bridged(&office).await;
    middle.transfer("6003").await;
    let last = carol.rings().await;
    office.has("bob", &[]).await;
    office
        .has("carol", &[("incoming", "ringing", "alice")])
        .await;
    last.answer().await;
    office
        .has("alice", &[("outgoing", "talking", "carol")])
        .await;
    office
        .has("carol", &[("incoming", "talking", "alice")])
        .await;
    assert_eq!(office.call_ids("alice").await, id);
    call.hang_up().await;
    office.has("alice", &[]).await;
    office.has("carol", &[]).await;

    // Attended.
    let call = alice.calls("6002").await;
    let middle = bob.rings().await;
    middle.answer().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    let id = office.call_ids("alice").await;
    bridged(&office).await;
    middle.hold().await;
    let held = ("incoming", "held", "alice");
    office.has("bob", &[held]).await;
    let consulting = bob.calls("6003").await;
    let last = carol.rings().await;
    last.answer().await;
    consulting.answered().await;
    let asks = ("outgoing", "talking", "carol");
    office.has("bob", &[held, asks]).await;
    middle.transfer_to(&consulting, "6003").await;
    consulting.ended().await;
    office.has("bob", &[]).await;
    office
        .has("alice", &[("outgoing", "talking", "carol")])
        .await;
    office
        .has("carol", &[("incoming", "talking", "alice")])
        .await;
    assert_eq!(office.call_ids("alice").await, id);
    last.hang_up().await;
    call.ended().await;
    for user in ["alice", "bob", "carol"] {
        office.has(user, &[]).await;
    }
    office.close().await;
}

/// Waits until all channels are in bridges: Asterisk transfers nothing before.
pub(super) async fn bridged(office: &Office) {
    let bridged = async {
        loop {
            let text = office.asterisk.console("core show channels concise").await;
            let all = text.lines().filter(|line| line.contains("PJSIP/"));
            // The last field but one is the bridge's id.
            let mut bridges = all.map(|line| line.rsplit('!').nth(1).unwrap_or_default());
            if bridges.all(|bridge| !bridge.is_empty()) {
                return;
            }
        }
    };
    let bridged = tokio::time::timeout(devhost::world::PATIENCE, bridged);
    bridged.await.expect("both enter a bridge");
}

#[tokio::test]
async fn what_somebody_else_answers_is_not_missed() {
    let Some(office) = Office::posting().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let carol = office.asterisk.phone("6003").await;

    // A ring group: bob takes it.
    let call = alice.calls("6100").await;
    let (taken, other) = (bob.rings().await, carol.rings().await);
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    office
        .has("carol", &[("incoming", "ringing", "alice")])
        .await;
    taken.answer().await;
    other.ended().await;
    office.has("carol", &[]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    call.hang_up().await;
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;

    // It rings at bob's, and carol picks it up.
    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    let picking = carol.calls("**6002").await;
    picking.answered().await;
    ringing.ended().await;
    office.has("bob", &[]).await;
    office
        .has("alice", &[("outgoing", "talking", "carol")])
        .await;
    office
        .shows("carol talks with alice", |board| {
            let calls = line(board, "carol")?["calls"].as_array()?;
            let [call] = &calls[..] else { return None };
            let with = (&call["state"], &call["peer"]["name"]);
            (with == (&Value::from("talking"), &Value::from("alice"))).then_some(())
        })
        .await;
    call.hang_up().await;
    picking.ended().await;
    office.has("carol", &[]).await;

    // This one nobody takes.
    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    call.give_up().await;
    ringing.ended().await;
    let missed = "missed call for bob from alice";
    let posts = office.world().wait_for(missed, |world| {
        let posts = world.messages_in(&harness::phones());
        posts.iter().any(|post| post == missed).then_some(posts)
    });
    let posts = posts.await.expect("a post");
    let all: Vec<_> = posts.iter().filter(|p| p.starts_with("missed")).collect();
    assert_eq!(all, [missed], "{posts:#?}");
    office.close().await;
}
