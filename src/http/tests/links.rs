//! Numbers that people link: who learns of codes, and what becomes of what they type.

use super::people::{Server, server_with};
use super::*;
use crate::calls::Code;
use crate::host::Person;

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
