//! Rounds that must come to their end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::lock;
use super::server::{Call, Server};
use super::watcher::{SECOND, everybody, set, start};
use super::*;
use crate::presence::{NotReady, Presence, SETTING_PERIOD};

/// How long ago the last round of all ended.
fn ago(presence: &Presence<Server>) -> Duration {
    let ended = presence.report().statuses.unwrap().ended;
    ended.elapsed().unwrap_or_default()
}

/// The last person of a call is the last of all, but an address that is gone has a place behind them.
#[tokio::test(start_paused = true)]
async fn rounds_of_whole_calls_end() {
    for people in [1_000, 2_000] {
        let (server, presence) = start(Server::with(people));
        everybody(&presence).await.unwrap();
        server.change(9, |account| account.email = "new@example.com".to_owned());
        sleep(SECOND * 300).await;
        assert_eq!(presence.report().people.listed, people);
        assert!(ago(&presence) < SECOND * 5, "{:?}", ago(&presence));
        let round = presence.report().statuses.unwrap();
        assert_eq!(round.calls, people as u64 / 1_000);
        set(&server.enabled, false);
        sleep(SETTING_PERIOD * 2).await;
        assert_eq!(presence.report().not_ready, Some(NotReady::StatusesOff));
        set(&server.enabled, true);
        sleep(SETTING_PERIOD * 2).await;
        assert_eq!(presence.report().not_ready, None, "{people}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_round_whose_last_person_goes_ends() {
    let (server, presence) = start(Server::with(1_001));
    everybody(&presence).await.unwrap();
    sleep(SECOND * 10).await;
    let last = || server.calls().pop().map(|(_, call)| call);
    // One call of the round was made, and another is to come.
    while last() != Some(Call::Statuses(1)) {
        sleep(Duration::from_millis(1)).await;
    }
    while last() != Some(Call::Statuses(1_000)) {
        sleep(Duration::from_millis(1)).await;
    }
    sleep(Duration::from_millis(10)).await;
    assert_eq!(presence.report().statuses.unwrap().calls, 2);
    let calls = presence.report().status_calls;
    presence.deactivated(&id(1_000));
    while presence.report().status_calls == calls {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(presence.report().statuses.unwrap().calls, 1);
}

/// Nobody may be left to read after one of these, so they end the first round, too.
#[tokio::test(start_paused = true)]
async fn the_first_round_ends_with_whoever_is_unknown_last() {
    for (deactivates, people) in [(true, 1_000), (false, 1_001)] {
        let (server, presence) = start(Server::with(1_001));
        while presence.report().people.unknown() != 1 || presence.report().accounts.is_none() {
            sleep(Duration::from_millis(1)).await;
        }
        // Nor may a call that is under way keep anybody waiting.
        *lock(&server.takes) = SECOND * 5;
        assert_eq!(presence.not_ready(), Some(NotReady::FirstRound));
        let began = Instant::now();
        if deactivates {
            presence.deactivated(&id(1_000));
        } else {
            presence.publish(&id(1_000), Status::Away).unwrap();
        }
        assert_eq!(everybody(&presence).await.unwrap().len(), people);
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}

fn pages(server: &Arc<Server>) -> usize {
    let calls = server.calls();
    let pages = calls
        .iter()
        .filter(|(_, call)| matches!(call, Call::Page(_)));
    pages.count()
}

#[tokio::test(start_paused = true)]
async fn an_account_that_the_server_cannot_give_stops_no_rounds() {
    let (server, presence) = start(Server::with(300));
    everybody(&presence).await.unwrap();
    server.change(8, |account| account.active = false);
    set(&server.single_fails, true);
    sleep(SECOND * 200).await;
    let before = pages(&server);
    server.join(2_001);
    server.change(9, |account| account.email = "new@example.com".to_owned());
    sleep(SECOND * 600).await;
    assert!(presence.knows(&id(2_001)));
    let everybody = everybody(&presence).await.unwrap();
    assert!(everybody.contains_key("new@example.com"));
    // Two pages a minute.
    assert!(pages(&server) >= before + 18);
    // The list can be read, and that is what is looked after.
    assert_eq!(presence.problems(), []);
    assert!(presence.knows(&id(8)));
    set(&server.single_fails, false);
    sleep(SECOND * 120).await;
    assert!(!presence.knows(&id(8)));
}
