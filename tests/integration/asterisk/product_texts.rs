//! Texts to phones, judged by the SIP MESSAGE that arrives.

use serde_json::json;

use super::phone::Phone;
use super::product::Office;

/// The parts of a text as they arrive, put together: `(1/3) …`, `(2/3) …`.
async fn joined(phone: &Phone) -> (String, usize) {
    let mut whole = String::new();
    let mut at = 0;
    loop {
        let part = phone.text().await;
        let (number, text) = part.split_once(") ").expect("a numbered part");
        let (n, count) = number.split_once('/').expect("a numbered part");
        at += 1;
        assert_eq!(n, format!("({at}"), "{part}");
        whole.push_str(text);
        if count.parse() == Ok(at) {
            return (whole, at);
        }
    }
}

#[tokio::test]
async fn a_text_arrives_byte_for_byte() {
    let Some(office) = Office::open().await else {
        return;
    };
    let bob = office.asterisk.phone("6002").await;
    for text in [
        "I am on my way",
        "Grüße aus Köln, 日本語, عربى, 👩‍👩‍👧 & <b>$HOME</b> \"quoted\" 100%",
        "one\ntwo\n\n  three: indented\nAction: Originate",
        "Body: x",
        ": a colon first",
    ] {
        let answer = office
            .say("alice", &format!("/phone message @bob {text}"))
            .await;
        assert!(answer.contains("accepted the text"), "{answer}");
        assert_eq!(bob.text().await, text);
        let body = json!({ "to": "6002", "text": text });
        let answer = office.order("alice", "/api/v1/messages", &body).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert_eq!(bob.text().await, text);
    }
    office.close().await;
}

#[tokio::test]
async fn a_long_text_arrives_in_parts_that_make_the_whole() {
    let Some(office) = Office::open().await else {
        return;
    };
    let bob = office.asterisk.phone("6002").await;
    let words = "Wasser läuft aus dem Keller 🌊\n\n  und   zwar  schnell; ";
    let lines: String = words.chars().cycle().take(3_999).chain(['.']).collect();
    let no_blank: String = "水".repeat(4_000);
    for text in [lines, no_blank] {
        assert_eq!(text.chars().count(), 4_000);
        let body = json!({ "to": "@bob", "text": text });
        let answer = office.order("alice", "/api/v1/messages", &body).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        let (whole, parts) = joined(&bob).await;
        assert_eq!(whole, text);
        let told: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(told["parts"], parts);
    }
    let body = json!({ "to": "@bob", "text": "x".repeat(4_001) });
    let answer = office.order("alice", "/api/v1/messages", &body).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert!(answer.text().contains("4001"), "{}", answer.text());
    office.close().await;
}

#[tokio::test]
async fn a_text_that_nobody_gets_is_said_to_be_refused() {
    let Some(office) = Office::open().await else {
        return;
    };
    let bob = office.asterisk.phone("6002").await;
    bob.unregister().await;
    office.line_has("bob", "device", "unreachable").await;
    for (to, number) in [("@bob", "6002"), ("6005", "6005"), ("6777", "6777")] {
        let answer = office
            .say("alice", &format!("/phone message {to} hello"))
            .await;
        assert!(answer.contains("not accepted"), "{answer}");
        assert!(answer.contains(number), "{answer}");
        let body = json!({ "to": to, "text": "hello" });
        let answer = office.order("alice", "/api/v1/messages", &body).await;
        assert_eq!(answer.status, 502, "{}", answer.text());
    }
    let answer = office.say("alice", "/phone message 0240404040 hello").await;
    assert!(
        answer.contains("Texts go to extensions only") || answer.contains("AsteriskOutsideNumbers"),
        "{answer}"
    );
    office.close().await;
}
