//! Presence on two nodes of a cluster: one reads, both tell.

use std::time::Duration;

use devhost::world::{PATIENCE, fixed_id};
use devhost::{DevHost, Options, World};

use crate::harness::stop;
use crate::outlook::{Outlook, SOON, options};

/// Within this another node reads when the one that did is gone.
const TAKE_OVER: Duration = Duration::from_secs(15);

/// What is read again and again.
const READ: &str = "GetUserStatusesByIds";

fn cluster() -> World {
    let world = World::new();
    world.configure(|config| config.cluster = true);
    world
}

async fn node(world: &World, name: &str) -> DevHost {
    let options = Options {
        node: name.into(),
        ..options()
    };
    DevHost::start(world.clone(), options)
        .await
        .expect("the plugin starts")
}

/// How often a node has read statuses.
fn reads(world: &World, node: &str) -> u64 {
    world.faults().calls_of(node, READ)
}

/// Waits until a node has read statuses so many times more.
async fn reads_on(world: &World, node: &str, more: u64) {
    let wanted = reads(world, node) + more;
    let what = format!("{more} more reads by {node}");
    let read = world.wait_for(&what, |world| (reads(world, node) >= wanted).then_some(()));
    read.await.expect("it reads");
}

fn mail(name: &str) -> String {
    format!("{name}@example.com")
}

#[tokio::test]
async fn one_node_reads_and_both_tell() {
    let world = cluster();
    let one = node(&world, "one").await;
    reads_on(&world, "one", 1).await;
    let two = node(&world, "two").await;
    let (mut first, mut second) = (Outlook::start(&one).await, Outlook::start(&two).await);
    assert_eq!(first.store, second.store);
    for status in ["dnd", "away", "online"] {
        world
            .set_status(&fixed_id("bob"), status)
            .expect("bob is there");
        first.sees(&mail("bob"), status, SOON).await;
        second.sees(&mail("bob"), status, SOON).await;
    }
    reads_on(&world, "one", 3).await;
    assert_eq!(reads(&world, "two"), 0);
    // What one node hears, all know: who opens Mattermost, comes or goes.
    let frank = two.create_user("frank").await.expect("a plugin");
    two.open_mattermost(&frank).await.expect("a plugin");
    first.sees(&mail("frank"), "online", SOON).await;
    second.sees(&mail("frank"), "online", SOON).await;
    two.deactivate_user(&frank).await.expect("a plugin");
    first.sees(&mail("frank"), "offline", SOON).await;
    second.sees(&mail("frank"), "offline", SOON).await;
    stop(two).await;
    stop(one).await;
}

#[tokio::test]
async fn another_node_takes_over_when_the_one_that_reads_is_killed() {
    let world = cluster();
    let one = node(&world, "one").await;
    reads_on(&world, "one", 1).await;
    let two = node(&world, "two").await;
    let mut outlook = Outlook::start(&two).await;
    assert_eq!(reads(&world, "two"), 0);
    one.kill().await;
    world
        .set_status(&fixed_id("bob"), "dnd")
        .expect("bob is there");
    outlook.sees(&mail("bob"), "dnd", TAKE_OVER + SOON).await;
    // The one that was killed comes back and leaves it so.
    one.check_health().await;
    let before = reads(&world, "one");
    let mut late = Outlook::start(&one).await;
    world
        .set_status(&fixed_id("bob"), "away")
        .expect("bob is there");
    late.sees(&mail("bob"), "away", SOON).await;
    outlook.sees(&mail("bob"), "away", SOON).await;
    reads_on(&world, "two", 3).await;
    assert_eq!(reads(&world, "one"), before);
    stop(one).await;
    stop(two).await;
}

#[tokio::test]
async fn a_node_that_stops_in_good_order_hands_over() {
    let world = cluster();
    let one = node(&world, "one").await;
    reads_on(&world, "one", 1).await;
    let two = node(&world, "two").await;
    let mut outlook = Outlook::start(&two).await;
    stop(one).await;
    world
        .set_status(&fixed_id("bob"), "dnd")
        .expect("bob is there");
    outlook.sees(&mail("bob"), "dnd", TAKE_OVER).await;
    stop(two).await;
}

#[tokio::test]
async fn what_gets_lost_between_nodes_is_made_good() {
    let world = cluster();
    let one = node(&world, "one").await;
    reads_on(&world, "one", 1).await;
    let two = node(&world, "two").await;
    let mut outlook = Outlook::start(&two).await;
    let mut witness = Outlook::start(&one).await;
    world.lose_between_nodes(|_, node| node == "two");
    world
        .set_status(&fixed_id("bob"), "dnd")
        .expect("bob is there");
    witness.sees(&mail("bob"), "dnd", SOON).await;
    assert_eq!(outlook.store[&mail("bob")], "online");
    world.lose_nothing_between_nodes();
    outlook.sees(&mail("bob"), "dnd", PATIENCE).await;
    stop(two).await;
    stop(one).await;
}
