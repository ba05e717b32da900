//! The watcher, as the lead comes and goes.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::sleep;

use super::super::lock;
use super::server::Server;
use super::watcher::{SECOND, SETTINGS, set};
use super::*;
use crate::cluster::Role;
use crate::presence::watcher::Watcher;
use crate::presence::{NotReady, PROBLEM_AFTER, SETTING_PERIOD};

/// A watcher that reads as long as it leads.
fn in_role(server: &Arc<Server>, role: Role) -> (watch::Sender<Role>, Arc<Watcher<Server>>) {
    let (role, receiver) = watch::channel(role);
    let watcher = Watcher::new(Arc::clone(server), SETTINGS, receiver);
    let reading = Arc::clone(&watcher);
    // It reads until the test is over.
    tokio::spawn(async move {
        let (_settings, receiver) = watch::channel(SETTINGS);
        reading.run(receiver).await;
    });
    (role, watcher)
}

#[tokio::test(start_paused = true)]
async fn who_does_not_lead_asks_for_nothing() {
    let server = Arc::new(Server::with(3));
    *lock(&server.takes) = SECOND;
    let (role, watcher) = in_role(&server, Role::Follower);
    sleep(SECOND * 10).await;
    assert_eq!(server.calls().len(), 0);
    assert!(!watcher.report().reading);

    role.send_replace(Role::Leader { term: 1 });
    sleep(SECOND / 2).await;
    assert_eq!(server.calls().len(), 1);
    // The call that is under way is given up.
    role.send_replace(Role::Follower);
    sleep(SECOND * 10).await;
    assert_eq!(server.calls().len(), 1);
    assert_eq!(lock(watcher.table()).people().listed, 0);

    // Whole from the leader's: pages are there.
    {
        let mut table = lock(watcher.table());
        table.upsert(&id(1), &mail(1));
        table.observe(&id(1), Status::Away);
    }
    watcher.copied(true, None);
    assert!(watcher.page(0, 9).await.is_ok());
    role.send_replace(Role::Leader { term: 2 });
    sleep(SECOND * 10).await;
    assert!(watcher.page(0, 9).await.is_ok());
    assert_eq!(lock(watcher.table()).people().listed, 3);
}

/// What went wrong for a leader is the next leader's to find out, and to put right.
#[tokio::test(start_paused = true)]
async fn a_former_leader_has_none_of_its_problems() {
    let server = Arc::new(Server::with(3));
    let (role, watcher) = in_role(&server, Role::Leader { term: 1 });
    assert!(watcher.page(0, 9).await.is_ok());
    set(&server.statuses_fail, true);
    set(&server.accounts_fail, true);
    sleep(PROBLEM_AFTER * 3).await;
    assert_eq!(watcher.problems().len(), 2);
    role.send_replace(Role::Follower);
    sleep(SECOND).await;
    assert_eq!(watcher.problems(), []);
    assert!(watcher.page(0, 9).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_former_leader_of_a_server_without_statuses_has_pages_once_another_one_has() {
    let server = Arc::new(Server::with(3));
    server.set(1, "online");
    let (role, watcher) = in_role(&server, Role::Leader { term: 1 });
    assert!(watcher.page(0, 9).await.is_ok());
    set(&server.enabled, false);
    sleep(SETTING_PERIOD * 2).await;
    assert_eq!(watcher.not_ready(), Some(NotReady::StatusesOff));
    role.send_replace(Role::Follower);
    sleep(SECOND).await;
    // It is not known here any longer, nor is what the table says.
    assert_eq!(watcher.not_ready(), Some(NotReady::FirstRound));
    assert_eq!(watcher.problems(), []);
    // Another one's table, which nobody has before statuses are there again.
    watcher.copied(false, None);
    assert!(watcher.page(0, 9).await.is_ok());
}
