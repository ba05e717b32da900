//! Calls between phones, as the board shows them.

use super::product::Office;
use crate::harness;

#[tokio::test]
async fn a_call_rings_is_held_and_ends_with_both_by_name() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    office.line_has("bob", "device", "free").await;
    office.line_has("carol", "device", "unreachable").await;

    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    office.has("alice", &[("outgoing", "ringing", "bob")]).await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    office.line_has("bob", "device", "ringing").await;
    let ids = (office.call_ids("alice").await, office.call_ids("bob").await);
    ringing.answer().await;
    call.answered().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    office.line_has("bob", "device", "busy").await;

    call.hold().await;
    office.has("alice", &[("outgoing", "held", "bob")]).await;
    call.resume().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    let still = (office.call_ids("alice").await, office.call_ids("bob").await);
    assert_eq!(still, ids);
    ringing.hang_up().await;
    call.ended().await;
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;
    office.line_has("bob", "device", "free").await;
    office.close().await;
}

#[tokio::test]
async fn dnd_is_known_by_the_hint() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    office.line_has("bob", "dnd", false).await;
    office.asterisk.set_dnd("6002", true).await;
    office.line_has("bob", "dnd", true).await;
    office.say("alice", "/phone call 6002").await;
    alice.rings().await.answer().await;
    office.tells("alice", 1, "(6002) is busy").await;
    // By his own hand.
    let switch = bob.calls("*76").await;
    switch.answered().await;
    office.line_has("bob", "dnd", false).await;
    office.close().await;
}

#[tokio::test]
async fn a_phone_and_asterisk_that_tell_of_one_call_make_one() {
    let Some(office) = Office::posting().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    harness::phone(&office.host, "incoming-call/bob/6001").await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    office.has("alice", &[("outgoing", "ringing", "bob")]).await;
    ringing.answer().await;
    harness::phone(&office.host, "call-established/bob/6001").await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    call.hang_up().await;
    harness::phone(&office.host, "call-terminated/bob/6001").await;
    office.has("bob", &[]).await;
    office.has("alice", &[]).await;
    // What comes after all of it is the last post.
    harness::phone(&office.host, "dnd-on/bob").await;
    let last = office.world().wait_for("the last post", |world| {
        let posts = world.messages_in(&harness::phones());
        posts.contains(&"bob DND on".to_owned()).then_some(posts)
    });
    let posts = last.await.expect("a post");
    for once in [
        "incoming call for bob from alice",
        "bob in call with alice",
        "bob ended call with alice",
    ] {
        let count = posts.iter().filter(|post| *post == once).count();
        assert_eq!(count, 1, "{once}: {posts:#?}");
    }
    office.close().await;
}
