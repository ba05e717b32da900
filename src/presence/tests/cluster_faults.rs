//! What the nodes of a cluster say while something is wrong with one of them, or with the server.

use std::sync::atomic::Ordering;

use tokio::time::sleep;

use super::cluster::{SECOND, a_cluster, sees, start, two_nodes};
use super::*;
use crate::presence::{NotReady, PROBLEM_AFTER, SETTING_PERIOD};

#[tokio::test(start_paused = true)]
async fn a_follower_says_that_statuses_are_off() {
    let (cluster, (_, leader), (_, follower)) = two_nodes(3_000).await;
    cluster.server.enabled.store(false, Ordering::Relaxed);
    sleep(SECOND * 120).await;
    for node in [&leader, &follower] {
        assert_eq!(node.page(0, 10).await, Err(NotReady::StatusesOff));
        assert_eq!(node.report().not_ready, Some(NotReady::StatusesOff));
        let problems = node.problems();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().contains("EnableUserStatuses"));
    }
    // Pages are there again on both, once everybody was read again.
    cluster.server.enabled.store(true, Ordering::Relaxed);
    sleep(SETTING_PERIOD + SECOND * 60).await;
    for node in [&leader, &follower] {
        assert!(node.page(0, 10).await.is_ok());
        assert_eq!(node.problems(), []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_follower_of_a_server_without_statuses_does_not_wait_for_them() {
    let cluster = a_cluster(3);
    cluster.server.enabled.store(false, Ordering::Relaxed);
    let (_, leader) = start(&cluster);
    sleep(SECOND * 5).await;
    assert_eq!(leader.report().not_ready, Some(NotReady::StatusesOff));
    let (_, follower) = start(&cluster);
    sleep(SECOND * 5).await;
    assert!(!follower.report().reading);
    assert_eq!(follower.page(0, 9).await, Err(NotReady::StatusesOff));
    // Whoever leads next finds out by itself.
    leader.stop(SECOND).await;
    cluster.server.enabled.store(true, Ordering::Relaxed);
    sleep(SECOND * 60).await;
    assert!(follower.report().reading);
    assert!(follower.page(0, 9).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn that_nobody_leads_is_a_problem() {
    let (_cluster, (one, leader), (other, follower)) = two_nodes(3).await;
    for host in [&one, &other] {
        host.store_fails.store(true, Ordering::Relaxed);
    }
    sleep(PROBLEM_AFTER + SECOND * 60).await;
    for node in [&leader, &follower] {
        let problems = node.problems();
        assert_eq!(problems.len(), 1);
        let words = problems[0].to_string();
        assert!(words.contains("no node has told statuses for"), "{words}");
        assert!(node.page(0, 10).await.is_ok(), "what is known is shown");
    }
    for host in [&one, &other] {
        host.store_fails.store(false, Ordering::Relaxed);
    }
    sleep(SECOND * 60).await;
    assert!(leader.report().reading || follower.report().reading);
    assert_eq!((leader.problems(), follower.problems()), (vec![], vec![]));
}

#[tokio::test(start_paused = true)]
async fn that_a_node_gets_no_copy_is_a_problem() {
    let (cluster, (host, _leader), _) = two_nodes(3).await;
    host.tell_hangs.store(true, Ordering::Relaxed);
    let (_, late) = start(&cluster);
    sleep(SECOND * 30).await;
    assert_eq!(late.problems(), []);
    sleep(PROBLEM_AFTER).await;
    assert_eq!(late.problems().len(), 1);
}

/// A message to the other nodes may take long; a node that no longer leads does not wait for its end.
#[tokio::test(start_paused = true)]
async fn a_former_leader_follows_at_once() {
    let (cluster, (host, former), (_, next)) = two_nodes(3).await;
    host.tell_hangs.store(true, Ordering::Relaxed);
    sleep(SECOND * 4).await;
    // That message hangs for as long as it may; others would not.
    host.tell_hangs.store(false, Ordering::Relaxed);
    host.store_fails.store(true, Ordering::Relaxed);
    let mut waited = 0;
    while !next.report().reading {
        sleep(SECOND).await;
        waited += 1;
    }
    // Later it would not have to wait in any case.
    assert!(waited < 20, "{waited}");
    assert!(!former.report().reading);
    cluster.server.set(1, "dnd");
    sleep(SECOND * 4).await;
    assert_eq!(sees(&former, 1), Some(Status::DoNotDisturb));
}
