//! The plugin stops, or is killed, and starts again.

use super::*;

#[tokio::test(start_paused = true)]
async fn buttons_and_the_message_go_on_after_a_restart() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let call = house.button("Call back");
    house.die();
    house.start().await;
    assert_eq!(house.press(call).await, Pressed::Call("6001".to_owned()));
    house.miss("bob", "6002").await;
    assert_eq!(house.told().len(), 1);
    assert!(house.told()[0].contains("6001") && house.told()[0].contains("6002"));
    assert_eq!(house.press(house.button("Done")).await, Pressed::Nothing);
    house.die();
    house.start().await;
    house.miss("bob", "6003").await;
    assert_eq!(house.told()[1], "Missed call from 6003 at 12:05 (UTC).");
}

#[tokio::test(start_paused = true)]
async fn what_is_held_back_is_told_after_a_restart() {
    let mut house = House::new().await;
    house.server.is(&house.bob.id, "dnd", true);
    house.miss("bob", "6001").await;
    house.die();
    house.start().await;
    sleep(HOUR).await;
    assert_eq!(house.told(), [""; 0], "they are still not to be disturbed");
    house.server.is(&house.bob.id, "online", false);
    sleep(2 * LOOK_AGAIN).await;
    assert_eq!(house.told(), ["Missed call from 6001 at 12:05 (UTC)."]);
}

#[tokio::test(start_paused = true)]
async fn an_orderly_stop_loses_nothing() {
    let mut house = House::new().await;
    house.phone("bob", "missed-call", "6001");
    // Nothing of it is decided.
    let remaining = house.missed().stop(Duration::from_secs(5)).await;
    assert_eq!(remaining, 0);
    house.die();
    house.start().await;
    sleep(SOON).await;
    assert_eq!(house.told(), ["Missed call from 6001 at 12:05 (UTC)."]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_no_dead_server() {
    let mut house = House::new().await;
    house.server.slow(HOUR);
    house.phone("bob", "missed-call", "6001");
    sleep(SOON).await;
    let began = Instant::now();
    let remaining = house.missed().stop(Duration::from_secs(5)).await;
    assert_eq!((began.elapsed(), remaining), (Duration::from_secs(5), 1));
}

/// Wherever the process dies, everything is told after the next start, and the button under what is told last works.
#[tokio::test(start_paused = true)]
async fn dying_at_any_call_loses_nothing_that_was_decided() {
    let calls = {
        let mut house = House::new().await;
        house.miss("bob", "6001").await;
        house.miss("bob", "6002").await;
        lock(&house.server.0.calls).len()
    };
    for survived in 1..=calls {
        let mut house = House::new().await;
        house.phone("bob", "missed-call", "6001");
        sleep(SOON).await;
        house.phone("bob", "missed-call", "6002");
        // It is stored at least that it was missed, and dies at some call after that.
        house.server.slow(Duration::from_secs(1));
        let stored = |house: &House| {
            let store = lock(&house.server.0.store);
            let record = store.get("missed:id-bob").cloned().unwrap_or_default();
            String::from_utf8_lossy(&record).contains("6002")
        };
        while !stored(&house) {
            sleep(Duration::from_millis(100)).await;
        }
        let so_far = lock(&house.server.0.calls).len();
        let mut passed = 0;
        while lock(&house.server.0.calls).len() < so_far + survived && passed < 100 {
            sleep(Duration::from_millis(100)).await;
            passed += 1;
        }
        house.die();
        house.server.slow(Duration::ZERO);
        sleep(Duration::from_secs(2)).await;
        house.start().await;
        sleep(2 * LOOK_AGAIN).await;
        let told = house.told();
        let last = told.last().expect("a message");
        assert!(
            last.contains("6001") && last.contains("6002"),
            "{survived}: {told:?}"
        );
        assert_eq!(
            house.press(house.button("Done")).await,
            Pressed::Nothing,
            "{survived}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_damaged_begins_anew() {
    let mut house = House::new().await;
    lock(&house.server.0.store).insert("missed:id-bob".to_owned(), b"switchboard 1 x\n{}".to_vec());
    house.die();
    house.start().await;
    house.miss("bob", "6001").await;
    assert_eq!(house.told(), ["Missed call from 6001 at 12:05 (UTC)."]);
}

#[tokio::test(start_paused = true)]
async fn who_left_is_told_nothing_and_forgotten() {
    let mut house = House::new().await;
    house.server.is(&house.bob.id, "dnd", true);
    house.miss("bob", "6001").await;
    house.die();
    lock(&house.server.0.people).remove("bob");
    house.start().await;
    sleep(SOON).await;
    assert_eq!(lock(&house.server.0.direct).len(), 0);
    assert!(!lock(&house.server.0.store).contains_key("missed:id-bob"));
}
