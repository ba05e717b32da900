//! What people do to their calls from the phone panel, by what the phones receive.

use serde_json::{Value, json};

use super::Account;
use super::product::{self, Office};
use super::product_turns::bridged;

/// An office whose account may do something to calls.
async fn office() -> Option<Office> {
    Office::open_with(Account::CONTROLS, |options| options).await
}

impl Office {
    /// Orders something of the only, or the first, call of a line, which may come to the board after a phone rings; answers the status
    /// and the sentence.
    async fn control(&self, user: &str, line: &str, action: &str, more: Value) -> (u16, String) {
        let what = format!("a call of {line}");
        let first = |board: &Value| product::line(board, line)?["calls"][0]["id"].as_u64();
        let call = self.shows(&what, first).await;
        self.control_call(user, line, call, action, more).await
    }

    async fn control_call(
        &self,
        user: &str,
        line: &str,
        call: u64,
        action: &str,
        more: Value,
    ) -> (u16, String) {
        let mut body = json!({ "line": line, "call": call, "action": action });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let answer = self.order(user, "/api/v1/calls/control", &body).await;
        let said: Value = serde_json::from_slice(&answer.body).expect("JSON");
        let said = said["detail"].as_str().or(said["error"].as_str());
        (answer.status.as_u16(), said.expect("a sentence").to_owned())
    }
}

#[tokio::test]
async fn ones_own_call_is_ended_and_sent_on() {
    let Some(office) = office().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let carol = office.asterisk.phone("6003").await;

    // Who calls hangs up.
    let call = alice.calls("6002").await;
    let other = bob.rings().await;
    other.answer().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    let refused = office.control("carol", "alice", "hangup", json!({})).await;
    assert_eq!(refused.0, 403, "{}", refused.1);
    let done = office.control("alice", "alice", "hangup", json!({})).await;
    assert_eq!(done, (200, "The call was ended.".to_owned()));
    call.ended().await;
    other.ended().await;
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;

    // Who was called sends the caller on.
    let call = alice.calls("6002").await;
    let middle = bob.rings().await;
    let early = office
        .control("bob", "bob", "transfer", json!({"to": "@carol"}))
        .await;
    assert_eq!(early, (409, "This call was not answered yet.".to_owned()));
    middle.answer().await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    bridged(&office).await;
    let nowhere = office
        .control("bob", "bob", "transfer", json!({"to": "6777"}))
        .await;
    assert_eq!(nowhere.0, 404, "{}", nowhere.1);
    let outside = office
        .control("bob", "bob", "transfer", json!({"to": "0240404040"}))
        .await;
    assert_eq!(outside.0, 403, "{}", outside.1);
    let done = office
        .control("bob", "bob", "transfer", json!({"to": "@carol"}))
        .await;
    assert_eq!(done.0, 200, "{}", done.1);
    assert!(
        done.1.contains("sent on to") && done.1.contains("6003"),
        "{}",
        done.1
    );
    middle.ended().await;
    let last = carol.rings().await;
    last.answer().await;
    office.has("bob", &[]).await;
    office
        .has("alice", &[("outgoing", "talking", "carol")])
        .await;
    bridged(&office).await;

    // Who called sends on whom they called.
    let done = office
        .control("alice", "alice", "transfer", json!({"to": "6002"}))
        .await;
    assert_eq!(done.0, 200, "{}", done.1);
    call.ended().await;
    let rung = bob.rings().await;
    rung.answer().await;
    office.has("bob", &[("incoming", "talking", "carol")]).await;
    last.hang_up().await;
    rung.ended().await;
    for user in ["alice", "bob", "carol"] {
        office.has(user, &[]).await;
    }

    // A call that was started from the chat, too.
    office.say("alice", "/phone call 6002").await;
    let own = alice.rings().await;
    own.answer().await;
    let other = bob.rings().await;
    other.answer().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    bridged(&office).await;
    let done = office
        .control("alice", "alice", "transfer", json!({"to": "6003"}))
        .await;
    assert_eq!(done.0, 200, "{}", done.1);
    own.ended().await;
    let last = carol.rings().await;
    last.answer().await;
    office.has("alice", &[]).await;
    other.hang_up().await;
    last.ended().await;
    office.has("carol", &[]).await;

    let over = office
        .control_call("alice", "alice", 1, "hangup", json!({}))
        .await;
    assert_eq!(over, (404, "This call is over.".to_owned()));
    office.close().await;
}

#[tokio::test]
async fn a_call_that_rings_is_refused() {
    let Some(office) = office().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    let own = office.control("alice", "alice", "refuse", json!({})).await;
    assert_eq!(own, (409, "This call does not ring any more.".to_owned()));
    let done = office.control("bob", "bob", "refuse", json!({})).await;
    assert_eq!(done, (200, "The call was refused.".to_owned()));
    ringing.ended().await;
    assert_eq!(call.failed().await, 486);
    office.has("bob", &[]).await;
    office.has("alice", &[]).await;

    // Who refused a call did not miss it.
    let ended: Value = {
        let path = format!("/api/v1/history?secret={}", crate::harness::SECRET);
        let answer = crate::harness::get(&office.host, &path).await;
        serde_json::from_slice(&answer.body).expect("JSON")
    };
    let mut endings = ended["calls"].as_array().into_iter().flatten();
    let of_bob = endings.find(|call| call["line"] == "bob");
    assert_eq!(of_bob.expect("bob's call")["ending"], "refused");
    office.close().await;
}

#[tokio::test]
async fn a_call_is_parked_and_taken_back_elsewhere() {
    let Some(office) = office().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let carol = office.asterisk.phone("6003").await;
    let call = alice.calls("6002").await;
    let middle = bob.rings().await;
    middle.answer().await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    bridged(&office).await;
    let (status, said) = office.control("bob", "bob", "park", json!({})).await;
    assert_eq!(
        (status, said.contains("dial 701 at any phone")),
        (200, true),
        "{said}"
    );
    let taken = carol.calls("701").await;
    taken.answered().await;
    office
        .has("carol", &[("outgoing", "talking", "alice")])
        .await;
    call.hang_up().await;
    taken.ended().await;
    office.has("carol", &[]).await;
    office.has("alice", &[]).await;
    office.close().await;
}

#[tokio::test]
async fn two_calls_become_one() {
    let Some(office) = office().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let carol = office.asterisk.phone("6003").await;
    let call = alice.calls("6002").await;
    let middle = bob.rings().await;
    middle.answer().await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    bridged(&office).await;
    middle.hold().await;
    let held = ("incoming", "held", "alice");
    office.has("bob", &[held]).await;
    let asking = bob.calls("6003").await;
    let last = carol.rings().await;
    last.answer().await;
    asking.answered().await;
    office
        .has("bob", &[held, ("outgoing", "talking", "carol")])
        .await;
    bridged(&office).await;
    let ids = office.call_ids("bob").await;
    let alone = office
        .control_call("bob", "bob", ids[0], "join", json!({ "with": ids[0] }))
        .await;
    assert_eq!(alone.0, 400, "{}", alone.1);
    let done = office
        .control_call("bob", "bob", ids[0], "join", json!({ "with": ids[1] }))
        .await;
    assert_eq!(done.0, 200, "{}", done.1);
    middle.ended().await;
    asking.ended().await;
    office.has("bob", &[]).await;
    office
        .has("alice", &[("outgoing", "talking", "carol")])
        .await;
    office
        .has("carol", &[("incoming", "talking", "alice")])
        .await;
    call.hang_up().await;
    last.ended().await;
    office.close().await;
}

#[tokio::test]
async fn a_colleagues_ringing_call_is_picked_up() {
    let Some(office) = office().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let carol = office.asterisk.phone("6003").await;
    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    let own = office.control("bob", "bob", "pickup", json!({})).await;
    assert_eq!(own.0, 400, "{}", own.1);
    let (status, said) = office.control("carol", "bob", "pickup", json!({})).await;
    assert_eq!(status, 200, "{said}");
    let taking = carol.rings().await;
    assert!(taking.from().contains("6002"), "{}", taking.from());
    taking.answer().await;
    ringing.ended().await;
    call.answered().await;
    office.has("bob", &[]).await;
    office
        .has("alice", &[("outgoing", "talking", "carol")])
        .await;
    office
        .has("carol", &[("outgoing", "talking", "alice")])
        .await;
    call.hang_up().await;
    taking.ended().await;
    office.has("carol", &[]).await;
    assert_eq!(office.told("carol"), [""; 0]);
    office.close().await;
}

#[tokio::test]
async fn an_account_that_may_not_is_told_so() {
    let Some(office) = Office::open().await else {
        return;
    };
    let alice = office.asterisk.phone("6001").await;
    let call = alice.calls("291").await;
    call.answered().await;
    office.has("alice", &[("outgoing", "talking", "291")]).await;
    let (status, said) = office.control("alice", "alice", "hangup", json!({})).await;
    assert_eq!(status, 502, "{said}");
    assert!(said.contains("call") && said.contains("write"), "{said}");
    call.hang_up().await;
    office.has("alice", &[]).await;
    office.close().await;
}
