//! Queues on the board, agents by command, and voicemail.

use devhost::world::PATIENCE;
use serde_json::{Value, json};

use super::product::{LOOKING, Office, options, queue, shown};
use super::{Account, Ami};
use crate::harness;

/// Seconds of silence that are long enough for a mailbox to keep them.
const MESSAGE_SECONDS: &str = "3";

/// Who waits in a queue, and how many were answered and abandoned.
fn seen(board: &Value, name: &str) -> Option<(Vec<String>, u64, u64)> {
    let queue = queue(board, name)?;
    let waiting = queue["waiting"].as_array()?.iter();
    let waiting = waiting.map(|waiting| shown(&waiting["peer"]).to_owned());
    let count = |key: &str| queue[key].as_u64();
    Some((waiting.collect(), count("answered")?, count("abandoned")?))
}

/// An agent of a queue.
fn agent<'a>(board: &'a Value, name: &str, agent: &str) -> Option<&'a Value> {
    let mut agents = queue(board, name)?["agents"].as_array()?.iter();
    agents.find(|one| one["name"] == agent)
}

async fn queue_is(office: &Office, waiting: &[&str], answered: u64, abandoned: u64) {
    let what = format!("support: {waiting:?}, {answered} answered, {abandoned} abandoned");
    let same = |board: &Value| {
        let (now, a, b) = seen(board, "support")?;
        (now == waiting && (a, b) == (answered, abandoned)).then_some(())
    };
    office.shows(&what, same).await;
}

#[tokio::test]
async fn callers_wait_are_answered_and_give_up() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, dora) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6004").await,
    );
    let trunk = office.asterisk.phone("trunk").await;
    queue_is(&office, &[], 0, 0).await;

    let call = trunk.calls_as("0240404040", "0299997000").await;
    let ringing = dora.rings().await;
    queue_is(&office, &["0240404040"], 0, 0).await;
    let state = |want: &'static str| {
        move |board: &Value| {
            let state = &agent(board, "support", "Dora")?["state"];
            (state == want).then_some(())
        }
    };
    office.shows("Dora rings", state("ringing")).await;
    ringing.answer().await;
    queue_is(&office, &[], 1, 0).await;
    office.shows("Dora talks", state("talking")).await;
    office
        .has("6004", &[("incoming", "talking", "0240404040")])
        .await;
    call.hang_up().await;
    office.shows("Dora is free", state("free")).await;
    office.has("6004", &[]).await;

    let call = alice.calls("7000").await;
    call.answered().await;
    queue_is(&office, &["alice"], 1, 0).await;
    let ringing = dora.rings().await;
    call.hang_up().await;
    ringing.ended().await;
    queue_is(&office, &[], 1, 1).await;
    office.close().await;
}

#[tokio::test]
async fn an_agent_logs_in_pauses_and_leaves_by_command() {
    let Some(office) = Office::open().await else {
        return;
    };
    let (alice, bob) = (
        office.asterisk.phone("6001").await,
        office.asterisk.phone("6002").await,
    );
    let answer = office.say("bob", "/phone queue login").await;
    assert!(
        answer.contains("sales") && answer.contains("support"),
        "{answer}"
    );
    let answer = office.say("bob", "/phone queue login nowhere").await;
    assert!(
        answer.contains("nowhere") && answer.contains("support"),
        "{answer}"
    );
    let answer = office.say("bob", "/phone queue login support").await;
    assert!(
        answer.contains("6002 takes calls of the queue support"),
        "{answer}"
    );
    let paused = |reason: Value| {
        move |board: &Value| {
            let bob = agent(board, "support", "bob")?;
            let paused = bob["paused"] == !reason.is_null();
            (paused && bob["reason"] == reason).then_some(())
        }
    };
    office.shows("bob in support", paused(Value::Null)).await;

    let answer = office
        .say("bob", "/phone queue pause lunch & tea: 12")
        .await;
    assert!(answer.contains("pauses in the queue support"), "{answer}");
    let reason = json!("lunch & tea: 12");
    office.shows("bob pauses", paused(reason)).await;
    office.say("bob", "/phone queue unpause").await;
    office.shows("bob works again", paused(Value::Null)).await;

    // He gets its calls.
    let call = alice.calls("7000").await;
    bob.rings().await.answer().await;
    queue_is(&office, &[], 1, 0).await;
    call.hang_up().await;

    let answer = office.say("bob", "/phone queue logout support").await;
    assert!(
        answer.contains("no more calls of the queue support"),
        "{answer}"
    );
    let gone = |board: &Value| agent(board, "support", "bob").is_none().then_some(());
    office.shows("support without bob", gone).await;
    let answer = office.say("bob", "/phone queue pause").await;
    assert!(answer.contains("6002 is in no queue"), "{answer}");
    office.close().await;
}

#[tokio::test]
async fn voicemail_is_told_once_whatever_restarts() {
    let Some(office) = Office::open().await else {
        return;
    };
    let alice = office.asterisk.phone("6001").await;
    leave_message(&office, &alice).await;
    office
        .tells("admin", 1, "1 new voicemail message for 6009")
        .await;

    // The plugin anew, in the same world, and then a second message.
    let Office { asterisk, host } = office;
    let world = host.world().clone();
    harness::stop(host).await;
    let host = devhost::DevHost::start(world, options(&asterisk, Account::SWITCHBOARD)).await;
    let host = host.expect("the plugin starts");
    let office = Office { asterisk, host };
    office.status(200, "is connected").await;
    leave_message(&office, &alice).await;
    office
        .tells("admin", 2, "2 new voicemail messages for 6009")
        .await;
    office.close().await;
}

/// The channel of the one call that there is. That of a call before it may still be there for a moment: it stores what was said.
async fn only_channel(office: &Office) -> String {
    let looking = async {
        loop {
            let channels = office.asterisk.console("core show channels concise").await;
            let mut names = channels
                .lines()
                .filter_map(|line| Some(line.split_once('!')?.0));
            if let (Some(name), None) = (names.next(), names.next()) {
                return name.to_owned();
            }
            tokio::time::sleep(LOOKING).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.expect("one channel alone")
}

/// Calls 6009 and is silent there.
async fn leave_message(office: &Office, phone: &super::phone::Phone) {
    let call = phone.calls("6009").await;
    call.answered().await;
    let mut ami = Ami::login(&office.asterisk, Account::TESTER).await;
    let channel = only_channel(office).await;
    let limit = [("Channel", &*channel), ("Timeout", MESSAGE_SECONDS)];
    let answer = ami.ask("AbsoluteTimeout", &limit).await;
    assert_eq!(answer.get("Response"), "Success", "{answer:?}");
    call.ended().await;
}
