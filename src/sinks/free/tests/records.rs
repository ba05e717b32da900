//! What is kept over a restart, and what a server that fails or takes its time does to it.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_restart_forgets_nobody_and_takes_an_empty_board_for_nothing() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    let mut german = office.alice.clone();
    german.language = Language::German;
    assert!(is_waiting(office.free.ask(&german, "bob", "Bob B\\.")));
    let until = office.free.waited_for(&german.id)[0].until;
    office.free.stop(Duration::from_secs(5)).await;

    let mut office = Office::at(office.server.clone()).await;
    assert_eq!(office.told_within(600).await, 0);
    assert_eq!(office.ask("bob"), Asked::Already { until });
    office.phone("bob", "call-terminated x");
    assert_eq!(office.told_within(10).await, 1);
    assert_eq!(office.told(), ["Bob B\\. telefoniert nicht mehr."]);
    office.free.stop(Duration::from_secs(5)).await;

    let mut office = Office::at(office.server.clone()).await;
    office.phone("bob", "onhook");
    assert_eq!(office.told_within(600).await, 0, "told once");
}

#[tokio::test(start_paused = true)]
async fn without_an_orderly_stop_it_is_kept_all_the_same() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    sleep(Duration::from_secs(2)).await;
    let server = office.server.clone();
    drop(office);
    let mut office = Office::at(server).await;
    office.device("bob", Device::Free);
    assert_eq!(office.told_within(10).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_asked_again() {
    let server = FakeServer::default();
    for method in ["get", "put"] {
        server.fail(method, HostErrorKind::Transient);
    }
    let mut office = Office::at(server.clone()).await;
    office.phone("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    sleep(Duration::from_secs(60)).await;
    assert!(lock_store(&server).is_empty());
    server.mend();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(lock_store(&server), ["free"]);
    // What is asked while nothing can be stored is told all the same.
    server.fail("put", HostErrorKind::Permanent);
    office.phone("bob", "call-terminated x");
    assert_eq!(office.told_within(10).await, 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_before_the_start_is_not_lost_to_a_slow_store() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    office.free.stop(Duration::from_secs(5)).await;
    office.server.fail("get", HostErrorKind::Transient);
    let mut office = Office::at(office.server.clone()).await;
    assert!(is_waiting(office.ask("eve")));
    sleep(Duration::from_secs(60)).await;
    office.server.mend();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(office.free.waited_for(&office.alice.id).len(), 2);
    office.phone("bob", "onhook");
    office.phone("eve", "onhook");
    assert_eq!(office.told_within(10).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_record_is_set_aside() {
    let server = FakeServer::default();
    crate::host::fake::lock(&server.0.store).insert("free".to_owned(), b"nonsense".to_vec());
    let mut office = Office::at(server).await;
    let aside = lock_store(&office.server);
    assert_eq!(aside, ["free-damaged"]);
    assert!(is_waiting(office.ask("bob")));
    office.phone("bob", "onhook");
    assert_eq!(office.told_within(10).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_not_made_at_once_is_made_later() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    office.server.fail("send_message", HostErrorKind::Transient);
    office.phone("bob", "call-terminated x");
    assert_eq!(office.told_within(60).await, 0);
    // Until it is made it is not forgotten, and what is asked meanwhile is another question.
    assert_eq!(office.free.waited_for(&office.alice.id).len(), 1);
    assert!(!office.free.withdraw(&office.alice.id, "bob"));
    assert_eq!(office.ask("bob"), Asked::FreeNow);
    office.server.mend();
    assert_eq!(office.told_within(60).await, 1);
    assert!(office.free.waited_for(&office.alice.id).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_a_message_under_way_and_not_for_ever() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    assert!(is_waiting(office.ask("bob")));
    office.server.slow(Duration::from_secs(2));
    office.phone("bob", "call-terminated x");
    sleep(Duration::from_millis(CALM + 100)).await;
    office.free.stop(Duration::from_secs(8)).await;
    assert_eq!(office.told(), [BOB]);
    assert!(lock_store(&office.server).is_empty());

    let office = Office::at(office.server.clone()).await;
    office.server.slow(Duration::from_secs(3600));
    assert!(is_waiting(office.ask("bob")));
    let before = Instant::now();
    office.free.stop(Duration::from_secs(3)).await;
    assert!(before.elapsed() < Duration::from_secs(4));
}

/// A thousand wait for one, and the server takes its time.
#[tokio::test(start_paused = true)]
async fn everybody_is_told_within_a_minute() {
    let mut office = Office::new().await;
    office.phone("bob", "call-established x");
    for n in 0..MAX_ASKS {
        let asker = office.server.person(&format!("asker{n}"));
        assert!(is_waiting(office.free.ask(&asker, "bob", "bob")));
    }
    office.server.slow(Duration::from_millis(300));
    office.phone("bob", "call-terminated x");
    sleep(Duration::from_secs(60)).await;
    let direct = crate::host::fake::lock(&office.server.0.direct).len();
    assert_eq!(direct, MAX_ASKS);
}
