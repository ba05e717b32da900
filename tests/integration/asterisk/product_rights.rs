//! Accounts that may less than docs/asterisk.md tells to give: what misses is named, and the rest works.

use super::Account;
use super::product::Office;

/// How `/status` names a right that misses.
fn misses(kind: &str, class: &str) -> String {
    format!("the account has no `{class}` in its `{kind}` in manager.conf")
}

#[tokio::test]
async fn with_eecalluss_rights_people_call_and_write_and_see_less() {
    let Some(office) = Office::open_with(Account::EEDOMUS, |o| o).await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let text = office.status(200, &misses("write", "reporting")).await;
    assert!(text.starts_with("OK\n"), "{text}");
    assert!(text.contains(&misses("write", "agent")), "{text}");
    for class in ["originate", "message"] {
        assert!(!text.contains(&misses("write", class)), "{text}");
    }

    let answer = office.say("alice", "/phone message @bob Grüße").await;
    assert!(answer.contains("accepted the text"), "{answer}");
    assert_eq!(bob.text().await, "Grüße");
    office.say("alice", "/phone call @bob").await;
    let own = alice.rings().await;
    own.answer().await;
    let other = bob.rings().await;
    other.answer().await;
    // Nobody told the plugin of it, and it does not pretend to know.
    let told = office.tells("alice", 1, "Calling ").await;
    assert!(!told.contains("talk"), "{told}");
    office.status(200, &misses("read", "call")).await;
    own.hang_up().await;
    other.ended().await;

    let answer = office.say("alice", "/phone queue login support").await;
    assert!(answer.contains("lacks the right `agent`"), "{answer}");
    office.close().await;
}

#[tokio::test]
async fn an_account_that_may_do_nothing_still_shows_what_happens() {
    let Some(office) = Office::open_with(Account::LISTENER, |o| o).await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let text = office.status(200, &misses("write", "originate")).await;
    for class in ["message", "reporting", "agent"] {
        assert!(text.contains(&misses("write", class)), "{text}");
    }
    for (command, right) in [
        ("/phone call @bob", "originate"),
        ("/phone message @bob hello", "message"),
        ("/phone queue login support", "agent"),
    ] {
        let answer = office.say("alice", command).await;
        let words = format!("lacks the right `{right}`");
        assert!(answer.contains(&words), "{command}: {answer}");
    }
    let call = alice.calls("6002").await;
    bob.rings().await.answer().await;
    office.has("alice", &[("outgoing", "talking", "bob")]).await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    call.hang_up().await;
    office.has("alice", &[]).await;
    office.has("bob", &[]).await;
    let text = office.status(200, "OK").await;
    assert!(!text.contains(&misses("read", "call")), "{text}");
    office.close().await;
}

#[tokio::test]
async fn a_wrong_secret_is_named_and_a_right_one_helps() {
    let wrong = |o: devhost::Options| o.with("AsteriskSecret", "not-the-secret");
    let Some(asterisk) = super::Asterisk::start().await else {
        return;
    };
    let options = wrong(super::product::options(&asterisk, Account::SWITCHBOARD));
    let host = crate::harness::start(options).await;
    let office = Office { asterisk, host };
    let text = office.status(503, "AsteriskSecret").await;
    assert!(!text.contains("not-the-secret"), "{text}");
    office
        .save(&[("AsteriskSecret", Account::SWITCHBOARD.secret)])
        .await;
    let text = office.status(200, "is connected").await;
    assert!(!text.contains("has no"), "{text}");
    office.close().await;
}
