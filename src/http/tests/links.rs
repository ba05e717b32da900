//! Numbers that people link: who learns of codes, and what becomes of what they type.

use serde_json::json;

use super::people::{LINK, Server, press, server_with};
use super::*;
use crate::calls::Code;
use crate::host::fake::{Fault, lock};
use crate::host::{HostErrorKind, Person};
use crate::people::{CODE_FOR, MAX_OWN_LINKS};

async fn somebody(server: &Server, name: &str) -> Person {
    let person = server.client.0.app.person(&name.into()).await;
    person.expect("a person")
}

/// Somebody waits for the code that this number's phone shows.
async fn asked(server: &Server, person: &Person, number: &str) -> Code {
    let app = &server.client.0.app;
    let numbers = &app.config().numbers_users;
    let code = app.links().ask_code(person, number, numbers).await;
    code.expect("a code")
}

/// Codes that phones reported were on the board and in the channel, for everybody to read.
#[tokio::test(start_paused = true)]
async fn a_code_that_a_phone_reports_was_told_to_everybody() {
    let mut server = server_with(r#""PhoneLinks":"call""#).await;
    let eve = somebody(&server, "eve").await;
    let code = asked(&server, &eve, "6003").await.to_string();
    server.types("admin", "/phone test all", "").await;
    for uri in [
        format!("/sip/incoming-call/6003/{code}"),
        format!("/sip/missed-call/6003/{code}"),
        format!("/sip/incoming-call?user=6003&number={code}&call_id=a"),
        format!("/sip/incoming-call?user=6003&number=%22Code%20{code}%22%20%3Csip:{code}@pbx%3E"),
        format!("/sip/incoming-call?user=6003&number=0&display_remote=Code%20{code}&call_id=b"),
        format!("/sip/incoming-call?user=6003&display_remote=Code+{code}&call_id=c"),
        // Of phones that call themselves otherwise.
        format!("/sip/incoming-call?mac=aabbccddeeff&remote_name=Code%2520{code}"),
        format!("/sip/incoming-call?user=zoe&display_remote=%22Code%20{code}%22"),
        format!("/sip/Code%20{code}/zoe"),
    ] {
        let sign = if uri.contains('?') { '&' } else { '?' };
        let (status, _) = server.client.get(&format!("{uri}{sign}secret=hush")).await;
        assert!(matches!(status, 200 | 404), "{uri}: {status}");
    }
    let phone = "/sip/incoming-call/6004/0240404040?secret=hush";
    assert_eq!(server.client.get(phone).await.0, 200);
    tokio::time::sleep(Duration::from_secs(5)).await;

    let board = server.client.0.app.snapshot().await.expect("running");
    let calls = board.lines.iter().flat_map(|line| &line.calls);
    let peers: Vec<_> = calls.map(|call| call.peer.as_ref()).collect();
    assert!(peers.len() > 4, "{peers:?}");
    let told = format!("{peers:?} {:?}", server.host.messages());
    assert!(told.contains("0240404040"), "{told}");
    assert!(!told.contains(&code), "{told}");
    let test = server.told("admin").pop().expect("the test's message");
    assert!(test.text.contains("Code%"), "{}", test.text);
    assert!(!test.text.contains(&code), "{}", test.text);
}

/// A code that was entered once more was dialled, as the end of a number.
#[tokio::test(start_paused = true)]
async fn a_code_that_was_given_twice_was_dialled() {
    let server = server_with(r#""PhoneLinks":"call""#).await;
    let bob = somebody(&server, "bob").await;
    let code = asked(&server, &bob, "6002").await;
    let line = format!("/phone link 6002 {code}");
    let said = server.types("bob", &line, "").await;
    assert_eq!(said, "6002 is your number from now on.");
    for line in [&*line, "/phone link 60 02 345678"] {
        let said = server.types("bob", line, "").await;
        assert!(said.ends_with("02 is your number already."), "{said}");
    }
    // One of the settings.
    let said = server.types("bob", "/phone link 123 345678", "").await;
    assert_eq!(said, "123 is your number already.");
    let code = asked(&server, &bob, "6003").await;
    tokio::time::sleep(CODE_FOR).await;
    let said = server
        .types("bob", &format!("/phone link 6003 {code}"), "")
        .await;
    assert!(said.starts_with("This code counts no more."), "{said}");
    // Nobody else's is meant by that.
    let said = server.types("eve", "/phone link 6002 345678", "").await;
    assert!(said.starts_with("No Asterisk is set"), "{said}");
}

/// Fails what the store is asked for at that place from now on, which is to be a change.
fn fails(server: &Server, place: usize) -> usize {
    let fake = server.host.personal();
    let at = lock(&fake.0.calls).len() + place;
    lock(&fake.0.faults).insert(at, Fault::Fails(HostErrorKind::Transient));
    at
}

fn failed_a_change(server: &Server, at: usize) {
    let calls = lock(&server.host.personal().0.calls);
    assert_eq!(calls.get(at), Some(&"compare_and_set"));
}

/// A right code counted no more, though nothing was linked.
#[tokio::test(start_paused = true)]
async fn a_right_code_that_was_not_stored_was_lost() {
    let server = server_with(r#""PhoneLinks":"call""#).await;
    let bob = somebody(&server, "bob").await;
    // First what links it fails, then what says that the code is over.
    for (number, place, first) in [
        ("6002", 4, "Mattermost could not store that. Try again."),
        ("6003", 6, "6003 is your number from now on."),
    ] {
        let code = asked(&server, &bob, number).await;
        let line = format!("/phone link {number} {code}");
        let at = fails(&server, place);
        assert_eq!(server.types("bob", &line, "").await, first);
        failed_a_change(&server, at);
        let linked = format!("{number} is your number from now on.");
        assert_eq!(server.types("bob", &line, "").await, linked);
        let own = format!("{number} is your number already.");
        assert_eq!(server.types("bob", &line, "").await, own);
    }
}

/// An approval was over, though nothing was linked.
#[tokio::test(start_paused = true)]
async fn an_approval_that_was_not_stored_was_lost() {
    let mut server = server_with(r#""PhoneLinks":"admin""#).await;
    for (number, place) in [("6001", 1), ("6002", 3)] {
        server
            .types("bob", &format!("/phone link {number}"), "")
            .await;
        let question = server.told("admin").pop().expect("a message");
        let at = fails(&server, place);
        let (_, answer) = server.posts(LINK, "admin", &press(&question, 0)).await;
        failed_a_change(&server, at);
        let said = answer["ephemeral_text"].as_str();
        assert_eq!(said, Some("Mattermost could not store that. Try again."));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(server.told("admin").pop(), Some(question.clone()));
        let said = server.types("bob", "/phone link", "").await;
        assert!(said.ends_with("waits for an administrator."), "{said}");

        let pressed = server.posts(LINK, "admin", &press(&question, 0)).await;
        assert_eq!(pressed, (200, json!({})));
        tokio::time::sleep(Duration::from_secs(1)).await;
        let told = server.told("bob").pop().expect("a message").text;
        let linked = format!("{number} is your number from now on.");
        assert!(told.ends_with(&linked), "{told}");
        let (_, answer) = server.posts(LINK, "admin", &press(&question, 0)).await;
        assert!(answer["ephemeral_text"].is_string(), "pressed twice");
    }
}

/// Nobody told whoever asked that what was approved could not be.
#[tokio::test(start_paused = true)]
async fn an_approval_that_cannot_be_was_told_to_nobody_who_waits() {
    let mut server = server_with(r#""PhoneLinks":"admin""#).await;
    let (bob, eve) = (
        somebody(&server, "bob").await,
        somebody(&server, "eve").await,
    );
    let app = Arc::clone(&server.client.0.app);
    server.types("bob", "/phone link 6001", "").await;
    let question = server.told("admin").pop().expect("a message");
    let numbers = &app.config().numbers_users;
    app.links()
        .add(&eve, "6001", numbers)
        .await
        .expect("linked");
    let (_, answer) = server.posts(LINK, "admin", &press(&question, 0)).await;
    let taken = "6001 belongs to somebody else. If that is wrong, ask an administrator.";
    assert_eq!(answer["ephemeral_text"], taken);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(server.told("bob").pop().expect("a message").text, taken);
    let closed = server.told("admin").pop().expect("a message");
    assert!(closed.buttons.is_empty(), "{closed:?}");

    server.types("bob", "/phone link 6002", "").await;
    let question = server.told("admin").pop().expect("a message");
    for n in 0..MAX_OWN_LINKS {
        let number = format!("601{n}");
        app.links()
            .add(&bob, &number, numbers)
            .await
            .expect("linked");
    }
    server.posts(LINK, "admin", &press(&question, 0)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = server.told("bob").pop().expect("a message").text;
    assert!(
        told.starts_with("You have linked 5 numbers already"),
        "{told}"
    );
    let said = server.types("bob", "/phone link", "").await;
    assert!(!said.contains("6002"), "{said}");
}
