//! Many people at once, a slow server, and nobody who waits for anybody else.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_thousand_people_are_told_within_a_minute() {
    let mut house = House::new().await;
    for n in 0..1_000 {
        house.server.person(&format!("user{n}"));
    }
    house.server.slow(Duration::from_millis(300));
    for n in 0..1_000 {
        house.phone(&format!("user{n}"), "missed-call", "6001");
    }
    sleep(Duration::from_secs(60)).await;
    let direct = lock(&house.server.0.direct).len();
    assert_eq!(direct, 1_000);
    let counts = house.missed().counts();
    assert_eq!(
        (counts.told, counts.given_up, counts.retried),
        (1_000, 0, 0)
    );
    drop(house.missed.take());
    // Each message's post is stored with it.
    let store = lock(&house.server.0.store);
    let told = store
        .values()
        .filter(|record| String::from_utf8_lossy(record).contains("direct"));
    assert_eq!(told.count(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn one_whose_record_does_not_come_delays_nobody() {
    let mut house = House::new().await;
    house.server.person("eve");
    // Bob's first call is the look-up of who that is.
    let so_far = lock(&house.server.0.calls).len();
    lock(&house.server.0.faults).insert(so_far, crate::host::fake::Fault::Hangs);
    house.phone("bob", "missed-call", "6001");
    house.phone("eve", "missed-call", "6001");
    sleep(SOON).await;
    assert_eq!(lock(&house.server.0.direct).len(), 1);
    sleep(Duration::from_secs(20)).await;
    assert_eq!(lock(&house.server.0.direct).len(), 2, "and is made up for");
}

#[tokio::test(start_paused = true)]
async fn too_many_are_given_up_and_counted() {
    let mut house = House::new().await;
    house.server.slow(HOUR);
    for n in 0..MAX_UNSETTLED + 10 {
        house.phone(&format!("user{n}"), "missed-call", "6001");
        if n % 5_000 == 0 {
            sleep(SOON).await;
        }
    }
    sleep(SOON).await;
    assert_eq!(house.missed().counts().given_up, 10);
}

#[tokio::test(start_paused = true)]
async fn a_person_without_work_costs_nothing() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    sleep(HOUR).await;
    assert_eq!(super::super::lock(&house.missed().shared.lanes).len(), 0);
    let calls = lock(&house.server.0.calls).len();
    sleep(HOUR).await;
    assert_eq!(lock(&house.server.0.calls).len(), calls);
    house.miss("bob", "6001").await;
    assert_eq!(house.edits(), [1]);
}
