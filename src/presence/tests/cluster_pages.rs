//! Pages that are turned while a load balancer gives each request to another node.

use tokio::time::sleep;

use super::cluster::{Node, SECOND, a_cluster, start, two_nodes};
use super::*;
use crate::presence::Presence;
use crate::presence::directory::STALE;
use crate::presence::house::{CLOSE_GAP, TURNING};

async fn ids(presence: &Presence<Node>, page: u64, per_page: usize) -> Vec<String> {
    let page = presence.page(page, per_page).await.unwrap();
    let entries: Vec<serde_json::Value> = serde_json::from_slice(&page.json).unwrap();
    let ids = entries.iter().map(|entry| entry["user_id"].as_str());
    ids.map(|id| id.unwrap().to_owned()).collect()
}

/// Everybody, page by page, each from the next node.
async fn turn(nodes: &[&Presence<Node>]) -> Vec<String> {
    let mut all = Vec::new();
    for (page, node) in (0..).zip(nodes.iter().cycle()) {
        let here = ids(node, page, 7).await;
        if here.is_empty() {
            break;
        }
        all.extend(here);
    }
    all
}

async fn same_pages(one: &Presence<Node>, other: &Presence<Node>) {
    let first = ids(one, 0, usize::MAX).await;
    assert_eq!(first, ids(other, 0, usize::MAX).await);
    assert_eq!(turn(&[one, other]).await, first);
    assert_eq!(turn(&[other, one]).await, first);
}

#[tokio::test(start_paused = true)]
async fn pages_from_two_nodes_lose_nobody() {
    let cluster = a_cluster(300);
    let (_, first) = start(&cluster);
    first.page(0, 100).await.unwrap();
    // People have changed since the start, as they do, and somebody went.
    for n in (0..300).step_by(7) {
        cluster.server.set(n, "online");
    }
    cluster.server.change(8, |account| account.active = false);
    first.deactivated(&id(8));
    sleep(SECOND * 10).await;
    let (_, second) = start(&cluster);
    second.page(0, 100).await.unwrap();
    assert_eq!(turn(&[&first, &second]).await.len(), 299);
    same_pages(&first, &second).await;

    // Somebody comes, and somebody goes and comes back.
    let account = cluster.server.join(301);
    second.created(account);
    cluster.server.change(9, |account| account.active = false);
    second.deactivated(&id(9));
    sleep(SECOND).await;
    cluster.server.change(9, |account| account.active = true);
    sleep(STALE).await;
    second.hint(&id(9));
    sleep(SECOND * 5).await;
    assert_eq!(turn(&[&first, &second]).await.len(), 300);
    same_pages(&first, &second).await;

    // And with another leader, and one that comes later.
    first.stop(SECOND).await;
    sleep(SECOND * 5).await;
    assert!(second.report().reading);
    cluster.server.set(77, "dnd");
    let (_, third) = start(&cluster);
    third.page(0, 100).await.unwrap();
    sleep(SECOND * 5).await;
    assert_eq!(turn(&[&second, &third]).await.len(), 300);
    same_pages(&second, &third).await;
}

#[tokio::test(start_paused = true)]
async fn holes_stay_on_all_nodes_while_pages_are_turned_on_one() {
    let (cluster, (_, leader), (_, follower)) = two_nodes(300).await;
    // Nobody turns pages, so the hole is closed, on both.
    sleep(CLOSE_GAP).await;
    let before = ids(&follower, 0, 10).await;
    sleep(TURNING + CLOSE_GAP).await;
    cluster.server.change(3, |account| account.active = false);
    leader.deactivated(&id(3));
    sleep(CLOSE_GAP * 3).await;
    let closed = ids(&follower, 0, 10).await;
    assert_eq!((before.len(), closed.len()), (10, 10));
    same_pages(&leader, &follower).await;

    // Now somebody does, on the follower alone.
    let gone = ids(&follower, 0, 10).await.remove(4);
    let gone: usize = gone.parse().unwrap();
    cluster
        .server
        .change(gone, |account| account.active = false);
    leader.deactivated(&id(gone));
    for _ in 0..20 {
        sleep(TURNING / 2).await;
        assert_eq!(ids(&follower, 0, 10).await.len(), 9);
    }
    same_pages(&leader, &follower).await;
}
