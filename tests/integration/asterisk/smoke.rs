//! That the phones, the dial plan and Asterisk do what the other tests take for granted.

use tokio::net::TcpStream;

use super::{Account, Ami, Asterisk, Message};

/// How AMI calls the endpoint of a phone.
fn channel(extension: &str) -> String {
    format!("PJSIP/{extension}-")
}

/// Waits until these phones have entered a bridge.
async fn bridged(ami: &mut Ami, extensions: &[&str]) -> Vec<Message> {
    let mut entered = Vec::new();
    for extension in extensions {
        let legs = [("Channel", &*channel(extension))];
        entered.push(ami.event("BridgeEnter", &legs).await);
    }
    entered
}

#[tokio::test]
async fn a_call_is_answered_held_and_ended() {
    let Some(asterisk) = Asterisk::start().await else {
        return;
    };
    let (alice, bob) = (asterisk.phone("6001").await, asterisk.phone("6002").await);
    let mut ami = Ami::login(&asterisk, Account::SWITCHBOARD).await;

    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    call.ringing().await;
    let begun = ami
        .event("DialBegin", &[("DestChannel", &channel("6002"))])
        .await;
    assert!(
        begun.get("Channel").starts_with(&channel("6001")),
        "{begun:?}"
    );
    ringing.answer().await;
    call.answered().await;
    for entered in bridged(&mut ami, &["6001", "6002"]).await {
        assert_eq!(entered.get("Linkedid"), begun.get("Linkedid"));
    }

    call.hold().await;
    ami.event("Hold", &[("Channel", &channel("6001"))]).await;
    call.resume().await;
    ami.event("Unhold", &[("Channel", &channel("6001"))]).await;
    ringing.hang_up().await;
    call.ended().await;
    for extension in ["6001", "6002"] {
        let legs = [("Channel", &*channel(extension))];
        assert_eq!(ami.event("Hangup", &legs).await.get("Cause"), "16");
    }
}

#[tokio::test]
async fn phones_refuse_and_callers_give_up() {
    let Some(asterisk) = Asterisk::start().await else {
        return;
    };
    let (alice, bob) = (asterisk.phone("6001").await, asterisk.phone("6002").await);

    let call = alice.calls("6002").await;
    bob.rings().await.busy().await;
    assert_eq!(call.failed().await, 486);

    let call = alice.calls("6002").await;
    bob.rings().await.decline().await;
    // What Asterisk makes of 603 for the caller.
    assert_eq!(call.failed().await, 403);

    let call = alice.calls("6002").await;
    bob.rings().await.unavailable().await;
    assert_eq!(call.failed().await, 480);

    let call = alice.calls("6002").await;
    let ringing = bob.rings().await;
    call.ringing().await;
    call.give_up().await;
    ringing.ended().await;

    assert_eq!(alice.calls("6999").await.failed().await, 404);
    bob.unregister().await;
    assert_eq!(alice.calls("6002").await.failed().await, 404);
}

#[tokio::test]
async fn calls_are_transferred() {
    let Some(asterisk) = Asterisk::start().await else {
        return;
    };
    let (alice, bob) = (asterisk.phone("6001").await, asterisk.phone("6002").await);
    let carol = asterisk.phone("6003").await;
    let mut ami = Ami::login(&asterisk, Account::SWITCHBOARD).await;

    let call = alice.calls("6002").await;
    let middle = bob.rings().await;
    middle.answer().await;
    bridged(&mut ami, &["6001", "6002"]).await;
    middle.transfer("6003").await;
    ami.event("BlindTransfer", &[("Extension", "6003")]).await;
    let last = carol.rings().await;
    last.answer().await;
    bridged(&mut ami, &["6001", "6003"]).await;
    last.hang_up().await;
    call.ended().await;

    let call = alice.calls("6002").await;
    let middle = bob.rings().await;
    middle.answer().await;
    bridged(&mut ami, &["6001", "6002"]).await;
    middle.hold().await;
    let consulting = bob.calls("6003").await;
    let last = carol.rings().await;
    last.answer().await;
    bridged(&mut ami, &["6002", "6003"]).await;
    middle.transfer_to(&consulting, "6003").await;
    ami.event("AttendedTransfer", &[("Result", "Success")])
        .await;
    consulting.ended().await;
    call.hang_up().await;
    last.ended().await;
}

#[tokio::test]
async fn dnd_is_in_the_hint_and_not_in_the_phone() {
    let Some(asterisk) = Asterisk::start().await else {
        return;
    };
    let alice = asterisk.phone("6001").await;
    let _bob = asterisk.phone("6002").await;
    let mut ami = Ami::login(&asterisk, Account::SWITCHBOARD).await;

    asterisk.set_dnd("6002", true).await;
    let headers = [("Exten", "6002"), ("StatusText", "Busy")];
    ami.event("ExtensionStatus", &headers).await;
    assert_eq!(alice.calls("6002").await.failed().await, 486);
    asterisk.set_dnd("6002", false).await;
    let headers = [("Exten", "6002"), ("StatusText", "Idle")];
    ami.event("ExtensionStatus", &headers).await;
}

#[tokio::test]
async fn a_queue_is_answered_and_abandoned() {
    let Some(asterisk) = Asterisk::start().await else {
        return;
    };
    let (alice, dora) = (asterisk.phone("6001").await, asterisk.phone("6004").await);
    let trunk = asterisk.phone("trunk").await;
    let mut ami = Ami::login(&asterisk, Account::SWITCHBOARD).await;

    let call = trunk.calls_as("0240404040", "0299997000").await;
    let support = ("Queue", "support");
    let joined = ami.event("QueueCallerJoin", &[support]).await;
    assert_eq!(joined.get("CallerIDNum"), "0240404040");
    dora.rings().await.answer().await;
    let connected = ami.event("AgentConnect", &[support]).await;
    assert_eq!(connected.get("Interface"), "Local/6004@from-queue/n");
    call.hang_up().await;
    ami.event("AgentComplete", &[support, ("Reason", "caller")])
        .await;

    let call = alice.calls("7000").await;
    call.answered().await;
    let ringing = dora.rings().await;
    call.hang_up().await;
    ami.event("QueueCallerAbandon", &[support]).await;
    ringing.ended().await;
}

#[tokio::test]
async fn a_text_arrives() {
    let Some(asterisk) = Asterisk::start().await else {
        return;
    };
    let bob = asterisk.phone("6002").await;
    let mut ami = Ami::login(&asterisk, Account::EEDOMUS).await;
    for text in ["Alerte débordement cuve", "second"] {
        let headers = [("To", "pjsip:6002"), ("From", "<eedomus>"), ("Body", text)];
        let answer = ami.ask("MessageSend", &headers).await;
        assert_eq!(answer.get("Response"), "Success", "{answer:?}");
        assert_eq!(bob.text().await, text);
    }
}

#[tokio::test]
async fn it_is_frozen_killed_and_back() {
    let Some(mut asterisk) = Asterisk::start().await else {
        return;
    };
    let (alice, bob) = (asterisk.phone("6001").await, asterisk.phone("6002").await);
    let call = alice.calls("6002").await;
    bob.rings().await.answer().await;
    call.answered().await;
    asterisk.freeze();
    asterisk.thaw();
    let channels = asterisk.console("core show channels concise").await;
    assert_eq!(channels.lines().count(), 2, "{channels}");

    asterisk.restart().await;
    let channels = asterisk.console("core show channels concise").await;
    assert_eq!(channels, "");
    alice.register().await;
    bob.register().await;
    let call = alice.calls("6002").await;
    bob.rings().await.answer().await;
    call.answered().await;
}

#[tokio::test]
async fn who_may_log_in() {
    let Some(asterisk) = Asterisk::start().await else {
        return;
    };
    let mut ami = Ami::login(&asterisk, Account::LISTENER).await;
    let answer = ami.ask("DeviceStateList", &[]).await;
    assert_eq!(answer.get("Message"), "Permission denied");
    let answer = Ami::refused(&asterisk, Account::ELSEWHERE).await;
    assert_eq!(answer.get("Message"), "Authentication failed");
    let tls = TcpStream::connect(("127.0.0.1", asterisk.ami_tls_port())).await;
    tls.expect("somebody listens for TLS");
}
