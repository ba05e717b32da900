//! People and their phones: do-not-disturb from the chat, judged by what happens to a call and by what Asterisk keeps; a number that
//! is linked by the code on its display.

use super::Account;
use super::product::Office;

/// An office in which the dial plan learns of do-not-disturb in this way.
async fn switching(how: &'static str) -> Option<Office> {
    let change = |options: devhost::Options| options.with("AsteriskDnd", how);
    Office::open_with(Account::SWITCHES, change).await
}

#[tokio::test]
async fn do_not_disturb_from_the_chat_keeps_a_phone_from_ringing() {
    let Some(office) = switching("switch").await else {
        return;
    };
    let alice = office.asterisk.phone("6001").await;
    let bob = office.asterisk.phone("6002").await;
    office.line_has("bob", "device", "free").await;

    office.say("bob", "/phone dnd on").await;
    office.line_has("bob", "dnd", true).await;
    assert_eq!(alice.calls("6002").await.failed().await, 486);

    office.say("bob", "/phone dnd off").await;
    office.line_has("bob", "dnd", false).await;
    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    ringing.answer().await;
    call.answered().await;
    call.hang_up().await;
    office.close().await;
}

#[tokio::test]
async fn freepbx_finds_do_not_disturb_in_its_database() {
    let Some(office) = switching("DND").await else {
        return;
    };
    let kept = async || office.asterisk.console("database get DND 6002").await;
    for _ in 0..2 {
        office.say("bob", "/phone dnd on").await;
        office.line_has("bob", "dnd", true).await;
        assert!(kept().await.contains("Value: YES"), "{}", kept().await);

        office.say("bob", "/phone dnd off").await;
        office.line_has("bob", "dnd", false).await;
        assert!(kept().await.contains("not found"), "{}", kept().await);
        // It was off already, and nobody is told otherwise.
        let answer = office.say("bob", "/phone dnd off").await;
        assert!(!answer.contains("Asterisk"), "{answer}");
    }
    office.close().await;
}

#[tokio::test]
async fn without_the_right_to_switch_people_read_what_was_not_done() {
    let change = |options: devhost::Options| options.with("AsteriskDnd", "switch");
    let Some(office) = Office::open_with(Account::SWITCHBOARD, change).await else {
        return;
    };
    let answer = office.say("bob", "/phone dnd on").await;
    assert!(answer.contains("could not be switched"), "{answer}");
    let state = office.asterisk.console("devstate list").await;
    assert!(!state.contains("DND6002"), "{state}");
    office.close().await;
}

#[tokio::test]
async fn a_number_is_linked_by_the_code_on_its_phones_display() {
    let change = |options: devhost::Options| options.with("PhoneLinks", "call");
    let Some(office) = Office::open_with(Account::SWITCHBOARD, change).await else {
        return;
    };
    let phone = office.asterisk.phone("6004").await;
    office.line_has("6004", "device", "free").await;

    let answer = office.say("bob", "/phone link 6004").await;
    assert!(answer.contains("6004 rings now"), "{answer}");
    let ringing = phone.rings().await;
    let from = ringing.from();
    let code = from.split_once("\"Code ").expect("a code").1;
    let code = &code[..6];
    assert!(code.bytes().all(|byte| byte.is_ascii_digit()), "{from}");
    // It is read on that phone, and nowhere else.
    office.line_has("6004", "device", "ringing").await;
    let board = office.board().await.to_string();
    assert!(!board.contains(code), "{board}");

    let wrong = if code == "000000" { "000001" } else { "000000" };
    let answer = office
        .say("bob", &format!("/phone link 6004 {wrong}"))
        .await;
    assert!(!answer.contains("is your number from now on"), "{answer}");
    let other = office
        .say("carol", &format!("/phone link 6004 {code}"))
        .await;
    assert!(!other.contains("is your number from now on"), "{other}");
    let answer = office.say("bob", &format!("/phone link 6004 {code}")).await;
    assert!(answer.contains("is your number from now on"), "{answer}");
    ringing.decline().await;

    // From now on its calls are bob's.
    let alice = office.asterisk.phone("6001").await;
    let call = alice.calls("6004").await;
    let ringing = phone.rings().await;
    office.has("bob", &[("incoming", "ringing", "alice")]).await;
    ringing.answer().await;
    call.answered().await;
    office.has("bob", &[("incoming", "talking", "alice")]).await;
    call.hang_up().await;
    // The call with the code was missed by nobody.
    assert_eq!(office.told("bob"), [""; 0]);
    office.close().await;
}
