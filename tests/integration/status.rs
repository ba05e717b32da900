//! People's statuses: set while they are on the phone, and then what was before. The dev host does with them what Mattermost 9.11 was
//! recorded to do (`tests/statuses`).

use devhost::DevHost;
use devhost::world::{AppError, CustomStatus, Presence, Status, fixed_id};

use crate::harness::{host, phone, phones, stop};

/// What somebody had before, until far from now.
pub(crate) fn lunch() -> CustomStatus {
    CustomStatus {
        emoji: "palm_tree".into(),
        text: "Lunch".into(),
        duration: "date_and_time".into(),
        expires_at: "2100-01-01T12:00:00Z".into(),
    }
}

fn of(text: &str) -> CustomStatus {
    CustomStatus {
        emoji: "wave".into(),
        text: text.into(),
        duration: String::new(),
        expires_at: "0001-01-01T00:00:00Z".into(),
    }
}

pub(crate) async fn says(host: &DevHost, user: &str, text: &str) {
    let user = fixed_id(user);
    let found = host.world().wait_for(text, |world| {
        let custom = world.custom_status(&user).map(|custom| custom.text);
        (custom.unwrap_or_default() == text).then_some(())
    });
    found.await.unwrap_or_else(|e| panic!("{e}"));
}

/// Waits until nothing is kept to be given back.
pub(crate) async fn given_back(host: &DevHost) {
    let found = host.world().wait_for("all to be given back", |world| {
        let keys = world.kv_list("switchboard", 0, 1000);
        let kept = keys.iter().any(|key| key.starts_with("status:"));
        (!kept).then_some(())
    });
    found.await.unwrap_or_else(|e| panic!("{e}"));
}

/// The words of somebody's recent custom statuses.
fn recent(host: &DevHost, user: &str) -> Vec<String> {
    let recent = host.world().recent_custom_statuses(&fixed_id(user));
    recent.into_iter().map(|custom| custom.text).collect()
}

fn status(host: &DevHost, user: &str) -> Status {
    host.world().status(&fixed_id(user)).expect("a status")
}

async fn is(host: &DevHost, user: &str, presence: Presence) {
    let id = fixed_id(user);
    let found = host.world().wait_for(presence.as_str(), |world| {
        let status = world.status(&id).expect("a status");
        (status.status == presence).then_some(())
    });
    found.await.unwrap_or_else(|e| panic!("{e}"));
}

/// Somebody's own choice, such as `status dnd`.
async fn choose(host: &DevHost, user: &str, choice: &str) {
    let line = format!("/phone settings {choice}");
    let answer = host.command(&fixed_id(user), &phones(), &line).await;
    let text = answer.expect("an answer").text;
    assert!(text.ends_with("That holds from now on."), "{text}");
}

pub(crate) async fn begins(host: &DevHost, user: &str) {
    phone(
        host,
        &format!("incoming-call?user={user}&number=0240404040&call_id=x"),
    )
    .await;
    phone(host, &format!("call-established?user={user}&call_id=x")).await;
}

pub(crate) async fn ends(host: &DevHost, user: &str) {
    phone(host, &format!("call-terminated?user={user}&call_id=x")).await;
}

/// A host in which bob has everything that can be given back, and is in a call.
async fn in_a_call() -> DevHost {
    let host = host().await;
    let (world, bob) = (host.world().clone(), fixed_id("bob"));
    for text in ["5", "4", "3", "2"] {
        world.choose_custom_status(&bob, &of(text)).expect("set");
    }
    world.choose_custom_status(&bob, &lunch()).expect("set");
    choose(&host, "bob", "status dnd").await;
    begins(&host, "bob").await;
    says(&host, "bob", "On a call").await;
    is(&host, "bob", Presence::Dnd).await;
    let found = world.wait_for("the recent ones to be put right", |world| {
        let recent = world.recent_custom_statuses(&bob);
        (recent.len() == 5 && recent[0].text == "Lunch").then_some(())
    });
    found.await.unwrap_or_else(|e| panic!("{e}"));
    host
}

fn is_as_before(host: &DevHost) {
    assert_eq!(host.world().custom_status(&fixed_id("bob")), Some(lunch()));
    assert_eq!(recent(host, "bob"), ["Lunch", "2", "3", "4", "5"]);
    let status = status(host, "bob");
    assert_eq!((status.status, status.manual), (Presence::Online, false));
    assert_eq!(status.dnd_end_time, 0, "it would end their next one");
}

#[tokio::test]
async fn everything_is_set_for_a_call_and_is_as_before_afterwards() {
    let host = in_a_call().await;
    let custom = host.world().custom_status(&fixed_id("bob")).expect("ours");
    assert_eq!(
        (&*custom.emoji, &*custom.duration),
        ("telephone_receiver", "date_and_time")
    );
    assert_ne!(
        status(&host, "bob").dnd_end_time,
        0,
        "it ends without the plugin, too"
    );
    assert_eq!(recent(&host, "bob"), ["Lunch", "2", "3", "4", "5"]);
    ends(&host, "bob").await;
    given_back(&host).await;
    is_as_before(&host);
    stop(host).await;
}

#[tokio::test]
async fn what_they_change_during_the_call_is_theirs() {
    let host = in_a_call().await;
    let (world, bob) = (host.world().clone(), fixed_id("bob"));
    world.choose_custom_status(&bob, &of("Busy")).expect("set");
    world.choose_status(&bob, "dnd", 0).expect("set");
    let theirs = status(&host, "bob");
    ends(&host, "bob").await;
    given_back(&host).await;
    assert_eq!(world.custom_status(&bob), Some(of("Busy")));
    assert_eq!(recent(&host, "bob"), ["Busy", "Lunch", "2", "3", "4"]);
    assert_eq!(status(&host, "bob"), theirs);
    stop(host).await;
}

#[tokio::test]
async fn who_is_not_simply_online_is_left_alone() {
    let host = host().await;
    let world = host.world().clone();
    let id = |user: &str| fixed_id(user);
    world.choose_status(&id("alice"), "away", 0).expect("set");
    world.choose_status(&id("bob"), "dnd", 0).expect("set");
    world.set_out_of_office(&id("carol")).expect("set");
    world.person_disconnects(&id("admin"));
    let users = ["alice", "bob", "carol", "admin"];
    let before = users.map(|user| status(&host, user));
    for user in users {
        choose(&host, user, "status dnd").await;
        begins(&host, user).await;
    }
    for user in users {
        says(&host, user, "On a call").await;
    }
    assert_eq!(users.map(|user| status(&host, user)), before);
    for user in users {
        ends(&host, user).await;
    }
    given_back(&host).await;
    assert_eq!(users.map(|user| status(&host, user)), before);
    for method in ["UpdateUserStatus", "SetUserStatusTimedDND"] {
        assert_eq!(world.faults().calls(method), 0, "{method}");
    }
    stop(host).await;
}

#[tokio::test]
async fn a_status_that_the_servers_cache_lost_is_given_back() {
    let host = in_a_call().await;
    host.world().forget_status_cache();
    // What a list of statuses brings into it again has lost its end.
    host.world().statuses(&[fixed_id("bob")]);
    ends(&host, "bob").await;
    given_back(&host).await;
    is_as_before(&host);
    stop(host).await;
}

#[tokio::test]
async fn a_plugin_that_is_disabled_gives_back_and_takes_up_again() {
    let host = in_a_call().await;
    let ended = host.disable().await.expect("it was running");
    assert!(ended.by_itself && ended.problem.is_none(), "{ended:?}");
    is_as_before(&host);
    host.enable().await.expect("it starts");
    says(&host, "bob", "On a call").await;
    is(&host, "bob", Presence::Dnd).await;
    ends(&host, "bob").await;
    given_back(&host).await;
    is_as_before(&host);
    stop(host).await;
}

#[tokio::test]
async fn a_plugin_that_is_killed_gives_back_by_its_records() {
    let host = in_a_call().await;
    host.kill().await;
    host.check_health().await;
    says(&host, "bob", "On a call").await;
    phone(&host, "onhook/bob").await;
    given_back(&host).await;
    is_as_before(&host);
    stop(host).await;
}

#[tokio::test]
async fn answers_that_are_lost_change_nothing_in_the_end() {
    let host = host().await;
    let world = host.world().clone();
    let lost = || AppError::new("Test", "test", "lost", 500);
    for method in [
        "UpdateUserCustomStatus",
        "UpdatePreferencesForUser",
        "KVSet",
        "UpdateUserStatus",
        "RemoveUserCustomStatus",
        "KVDelete",
    ] {
        world.faults().lose_answers(method, 1, lost());
    }
    choose_despite(&host, "bob", "status away").await;
    begins(&host, "bob").await;
    says(&host, "bob", "On a call").await;
    is(&host, "bob", Presence::Away).await;
    ends(&host, "bob").await;
    given_back(&host).await;
    assert_eq!(world.custom_status(&fixed_id("bob")), None);
    assert_eq!(recent(&host, "bob"), [""; 0]);
    assert_eq!(status(&host, "bob").status, Presence::Online);
    stop(host).await;
}

/// The same as [`choose`] where the answer of the first attempt is lost.
async fn choose_despite(host: &DevHost, user: &str, choice: &str) {
    let line = format!("/phone settings {choice}");
    let answer = host.command(&fixed_id(user), &phones(), &line).await;
    answer.expect("an answer");
    choose(host, user, choice).await;
}

#[tokio::test]
async fn the_phones_do_not_disturb_and_the_command() {
    let host = host().await;
    choose(&host, "bob", "phone-dnd on").await;
    phone(&host, "dnd-on/bob").await;
    is(&host, "bob", Presence::Dnd).await;
    phone(&host, "dnd-off/bob").await;
    is(&host, "bob", Presence::Online).await;
    for (line, presence) in [
        ("/phone dnd 30m", Presence::Dnd),
        ("/phone dnd off", Presence::Online),
    ] {
        let answer = host.command(&fixed_id("bob"), &phones(), line).await;
        answer.expect("an answer");
        is(&host, "bob", presence).await;
    }
    given_back(&host).await;
    assert_eq!(status(&host, "bob").dnd_end_time, 0);
    stop(host).await;
}
