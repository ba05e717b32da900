//! Who is called, and who may be.

use serde_json::json;

use super::product::Office;

#[tokio::test]
async fn people_are_called_as_people_write_them() {
    let outside = "0240XXXXXX, 0033240XXXXXX";
    let with = |o: devhost::Options| o.with("AsteriskOutsideNumbers", outside);
    let Some(office) = Office::open_with(super::Account::SWITCHBOARD, with).await else {
        return;
    };
    let alice = office.asterisk.phone("6001").await;
    let bob = office.asterisk.phone("6002").await;
    let trunk = office.asterisk.phone("trunk").await;

    let mut count = 0;
    for written in ["@bob", "bob", "Bob Baker", "60 02", "60-02"] {
        office.say("alice", &format!("/phone call {written}")).await;
        let own = alice.rings().await;
        own.answer().await;
        bob.rings().await.answer().await;
        count += 1;
        let words = "You are talking with";
        let told = office.tells("alice", count, words).await;
        assert!(told.contains("(6002)"), "{written}: {told}");
        own.hang_up().await;
        office.tells("alice", count, "You talked with").await;
    }
    for (written, dialled, told) in [
        ("(02) 40-40-40-40", "0240404040", "0240404040"),
        ("+33 2 40 40 40 40", "0033240404040", "+33240404040"),
    ] {
        office.say("alice", &format!("/phone call {written}")).await;
        let own = alice.rings().await;
        own.answer().await;
        let other = trunk.rings().await;
        let channels = office.asterisk.console("core show channels concise").await;
        let channel = format!("PJSIP/{dialled}@trunk");
        assert!(channels.contains(&channel), "{channels}");
        count += 1;
        let shown = office.tells("alice", count, "it rings there").await;
        assert!(shown.contains(told), "{shown}");
        other.answer().await;
        office.tells("alice", count, "You are talking with").await;
        other.hang_up().await;
        own.ended().await;
        office.tells("alice", count, "You talked with").await;
    }

    for (user, written, rule) in [
        ("alice", "0140404040", "AsteriskOutsideNumbers"),
        ("alice", "+49 30 1234567", "AsteriskOutsideNumbers"),
        ("alice", "*76", "AsteriskOutsideNumbers"),
        ("alice", "@nobody", "nobody"),
        ("alice", "6002\nApplication: System", "line end"),
    ] {
        let answer = office.say(user, &format!("/phone call {written}")).await;
        assert!(answer.contains(rule), "{written}: {answer}");
    }
    office.world().add_user("dora", "Dora", "Dale");
    let answer = office.say("dora", "/phone call 6001").await;
    assert!(answer.contains("NumbersUsers"), "{answer}");
    assert_eq!(office.told("alice").len(), count);
    office.close().await;
}

#[tokio::test]
async fn a_program_calls_for_who_is_signed_in() {
    let Some(office) = Office::open().await else {
        return;
    };
    let alice = office.asterisk.phone("6001").await;
    let body = json!({ "to": "291" });
    let answer = office.order("alice", "/api/v1/calls", &body).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let own = alice.rings().await;
    own.answer().await;
    office.tells("alice", 1, "You are talking with 291").await;
    own.hang_up().await;
    office.tells("alice", 1, "You talked with 291").await;

    let body = json!({ "to": "0240404040" });
    let answer = office.order("alice", "/api/v1/calls", &body).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    let setting = "“Asterisk: outside numbers people may call”";
    assert!(answer.text().contains(setting), "{}", answer.text());
    let asked = |line: &devhost::world::LogLine| {
        let text = format!("{line:?}");
        text.contains("a call is asked for") && text.contains("@alice") && text.contains("291")
    };
    assert!(
        office.world().logs().iter().any(asked),
        "who asked is logged"
    );
    office.close().await;
}
