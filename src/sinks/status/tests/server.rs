//! The server's own settings change while people talk.

use std::sync::atomic::Ordering;

use super::*;

/// Statuses are turned off in mid-call, the call ends, and they are turned on again.
#[tokio::test(start_paused = true)]
async fn statuses_that_are_turned_off_in_mid_call_are_given_back_once_they_are_on_again() {
    for (choice, word) in [(CallStatus::Dnd, "dnd"), (CallStatus::Away, "away")] {
        for restarts in [false, true] {
            let mut house = House::new().await;
            let bob = house.server.person("bob");
            house
                .choose(&bob, |chosen| chosen.call_status = choice)
                .await;
            house.call("bob", "1").await;
            assert_eq!(house.status(&bob), word);
            let off = Arc::clone(&house.server.0);
            off.no_statuses.store(true, Ordering::Relaxed);
            house.hang_up("bob", "1").await;
            sleep(HOUR).await;
            assert_eq!(house.custom(&bob), None, "that one does not depend on it");
            assert_eq!(house.records().len(), 1);
            if restarts {
                assert_eq!(house.stop().await, 0);
                house.start().await;
            }
            assert_eq!(house.statuses().problem(), None);
            assert_eq!(house.status(&bob), word);
            off.no_statuses.store(false, Ordering::Relaxed);
            sleep(POLL + Duration::from_secs(1)).await;
            assert_eq!(house.status(&bob), "online", "{word} {restarts}");
            assert!(house.records().is_empty());
            assert_eq!(house.counts().held, 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn statuses_that_were_off_for_a_while_go_on_with_the_call() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    let off = Arc::clone(&house.server.0);
    off.no_statuses.store(true, Ordering::Relaxed);
    // The other choice is to be set meanwhile, and cannot.
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Away)
        .await;
    sleep(HOUR).await;
    assert_eq!(house.status(&bob), "dnd");
    off.no_statuses.store(false, Ordering::Relaxed);
    sleep(POLL + Duration::from_secs(1)).await;
    assert_eq!(house.status(&bob), "away");
    // What they chose themselves meanwhile is theirs all the same.
    off.no_statuses.store(true, Ordering::Relaxed);
    house.hang_up("bob", "1").await;
    off.no_statuses.store(false, Ordering::Relaxed);
    house.server.is(&bob.id, "offline", true);
    sleep(POLL + Duration::from_secs(1)).await;
    assert_eq!(house.status(&bob), "offline");
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_server_without_statuses_answers_an_empty_one() {
    let house = House::new().await;
    let bob = house.server.person("bob");
    house.server.0.no_statuses.store(true, Ordering::Relaxed);
    house
        .server
        .set_status(&bob.id, "away")
        .await
        .expect("no error");
    let seen = house.server.personal_status(&bob.id).await;
    assert_eq!(seen, Ok(PersonalStatus::default()));
}

#[tokio::test(start_paused = true)]
async fn custom_statuses_that_are_turned_on_or_off_are_so_at_once() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let server = Arc::clone(&house.server.0);
    server.no_custom.store(true, Ordering::Relaxed);
    house.call("bob", "1").await;
    assert_eq!(house.says(&bob), "");
    server.no_custom.store(false, Ordering::Relaxed);
    house.statuses().server_changed();
    settle().await;
    assert_eq!(house.says(&bob), "On a call");
    house.hang_up("bob", "1").await;
    server.no_custom.store(true, Ordering::Relaxed);
    house.statuses().server_changed();
    house.call("bob", "2").await;
    assert_eq!(house.says(&bob), "");
}

/// The answer that is under way may be the old one.
#[tokio::test(start_paused = true)]
async fn what_was_asked_before_the_settings_changed_is_asked_again() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let server = Arc::clone(&house.server.0);
    server.no_custom.store(true, Ordering::Relaxed);
    house.server.slow(Duration::from_secs(2));
    house.call("bob", "1").await;
    for _ in 0..200 {
        if house.calls("custom_statuses_enabled") == 0 {
            sleep(Duration::from_millis(100)).await;
        }
    }
    server.no_custom.store(false, Ordering::Relaxed);
    house.statuses().server_changed();
    sleep(Duration::from_secs(50)).await;
    assert_eq!(house.says(&bob), "On a call");
}
