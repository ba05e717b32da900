//! Who is there, as the Windows program sees it.

use std::time::Duration;

use devhost::World;
use devhost::world::{PATIENCE, fixed_id};
use http::Method;

use crate::harness::{send, stop};
use crate::outlook::{Outlook, SOON, host};

/// A world in which not everybody is online: dave was deactivated, erin never came, carol is out of office.
fn world() -> World {
    let world = World::new();
    let dave = world.add_user("dave", "Dave", "Dyer");
    world.add_user("erin", "Erin", "Eyre");
    world.deactivate(&dave).expect("dave is there");
    world
        .set_out_of_office(&fixed_id("carol"))
        .expect("carol is there");
    world
}

fn mail(name: &str) -> String {
    format!("{name}@example.com")
}

#[tokio::test]
async fn it_starts_with_everybody_who_is_active_each_once() {
    let host = host(world()).await;
    let outlook = Outlook::start(&host).await;
    let everybody = [
        ("admin", "online"),
        ("alice", "online"),
        ("bob", "online"),
        ("carol", "away"),
        ("erin", "offline"),
    ];
    let wanted = everybody.map(|(name, status)| (mail(name), status.to_owned()));
    assert_eq!(outlook.store, wanted.into());
    assert_eq!(outlook.pages, 3);
    stop(host).await;
}

#[tokio::test]
async fn it_sees_each_change_of_someone_who_has_mattermost_open() {
    let host = host(world()).await;
    let mut outlook = Outlook::start(&host).await;
    let (world, bob) = (host.world(), fixed_id("bob"));
    for status in ["away", "dnd", "online", "offline", "dnd"] {
        world.set_status(&bob, status).expect("bob is there");
        outlook.sees(&mail("bob"), status, SOON).await;
    }
    world.set_out_of_office(&bob).expect("bob is there");
    outlook.sees(&mail("bob"), "away", SOON).await;
    let alice = fixed_id("alice");
    host.close_mattermost(&alice).await.expect("a plugin");
    outlook.sees(&mail("alice"), "offline", SOON).await;
    host.open_mattermost(&alice).await.expect("a plugin");
    outlook.sees(&mail("alice"), "online", SOON).await;
    stop(host).await;
}

#[tokio::test]
async fn it_sees_who_comes_for_the_first_time_and_who_is_deactivated() {
    let host = host(world()).await;
    let mut outlook = Outlook::start(&host).await;
    let frank = host.create_user("frank").await.expect("a plugin");
    outlook.sees(&mail("frank"), "offline", SOON).await;
    host.open_mattermost(&frank).await.expect("a plugin");
    outlook.sees(&mail("frank"), "online", SOON).await;
    // Whoever came once may go for good.
    host.deactivate_user(&frank).await.expect("a plugin");
    outlook.sees(&mail("frank"), "offline", SOON).await;
    let later = Outlook::start(&host).await;
    assert!(!later.store.contains_key(&mail("frank")));
    assert_eq!(later.store.len(), 5, "{:?}", later.store);
    // Others come back: no hook says so, but that they open Mattermost does.
    let dave = fixed_id("dave");
    host.world().reactivate(&dave).expect("dave is there");
    host.open_mattermost(&dave).await.expect("a plugin");
    outlook.sees(&mail("dave"), "online", SOON).await;
    stop(host).await;
}

#[tokio::test]
async fn what_changed_while_it_was_away_is_there_when_it_returns() {
    let host = host(world()).await;
    let (mut outlook, mut witness) = (Outlook::start(&host).await, Outlook::start(&host).await);
    outlook.vanish();
    let (world, bob) = (host.world(), fixed_id("bob"));
    world.set_status(&bob, "offline").expect("bob is there");
    world.set_status(&bob, "away").expect("bob is there");
    host.deactivate_user(&fixed_id("alice"))
        .await
        .expect("a plugin");
    witness.sees(&mail("bob"), "away", SOON).await;
    witness.sees(&mail("alice"), "offline", SOON).await;
    assert_eq!(outlook.store[&mail("alice")], "online");
    outlook.come_back(&host).await;
    outlook.sees(&mail("bob"), "away", SOON).await;
    outlook.sees(&mail("alice"), "offline", SOON).await;
    stop(host).await;
}

#[tokio::test]
async fn it_sees_at_once_what_someone_says_of_themselves() {
    let host = host(world()).await;
    let mut outlook = Outlook::start(&host).await;
    let bob = fixed_id("bob");
    let session = host.world().sign_in(&bob);
    let token = format!("Bearer {}", session.token);
    // The webapp tells what it set in the server a moment ago.
    host.world().set_status(&bob, "dnd").expect("bob is there");
    let body = format!(r#"{{"user_id":"{bob}","status":"dnd"}}"#);
    let path = "/api/v1/status/publish";
    let headers = [("Authorization", &*token)];
    let answer = send(&host, Method::POST, path, &headers, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.text(), r#"{"status":"OK"}"#);
    outlook.sees(&mail("bob"), "dnd", SOON).await;
    stop(host).await;
}

#[tokio::test]
async fn it_comes_back_to_a_plugin_that_was_killed() {
    let host = host(world()).await;
    let mut outlook = Outlook::start(&host).await;
    host.kill().await;
    outlook.vanish();
    let bob = fixed_id("bob");
    host.world().set_status(&bob, "dnd").expect("bob is there");
    host.check_health().await;
    outlook.come_back(&host).await;
    outlook.sees(&mail("bob"), "dnd", PATIENCE).await;
    stop(host).await;
}

/// Within this a plugin with few people learns what no hook tells it.
const MINUTE: Duration = Duration::from_secs(70);

#[tokio::test]
async fn an_idle_minute_brings_new_addresses_and_no_silence() {
    let host = host(world()).await;
    let mut outlook = Outlook::start(&host).await;
    let bob = fixed_id("bob");
    host.world()
        .set_mail(&bob, "Bob.Baker@example.com")
        .expect("bob is there");
    host.world().rename(&bob, "zbob").expect("a free name");
    // The replica itself wants a message every 30 s.
    outlook
        .sees("Bob.Baker@example.com", "online", MINUTE)
        .await;
    outlook.sees(&mail("bob"), "offline", SOON).await;
    stop(host).await;
}
