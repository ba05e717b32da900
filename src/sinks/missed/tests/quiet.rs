//! Do-not-disturb: nothing is told, and nothing is lost.

use super::*;

const LOOKED_AGAIN: Duration = LOOK_AGAIN.saturating_add(Duration::from_secs(1));

#[tokio::test(start_paused = true)]
async fn nobody_is_disturbed_and_all_is_told_afterwards() {
    let mut house = House::new().await;
    house.server.is(&house.bob.id, "dnd", true);
    for number in ["6001", "6002", "6001"] {
        house.miss("bob", number).await;
    }
    sleep(HOUR).await;
    assert_eq!(house.told(), [""; 0]);
    assert_eq!(house.missed().counts().held, 1);
    house.server.is(&house.bob.id, "online", false);
    sleep(LOOKED_AGAIN).await;
    assert_eq!(
        house.told(),
        [
            "**Missed calls**\n\n- 6001, 2 times, the last time at 12:05 (UTC)\n- 6002, at 12:05 (UTC)"
        ]
    );
    assert_eq!((house.edits(), house.missed().counts().held), (vec![0], 0));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_there_is_not_changed_either() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    house.server.is(&house.bob.id, "dnd", true);
    house.miss("bob", "6002").await;
    assert_eq!(house.edits(), [0]);
    house.server.is(&house.bob.id, "away", false);
    sleep(LOOKED_AGAIN).await;
    assert_eq!(house.edits(), [1]);
    // After half a day it is a message of its own.
    house.server.is(&house.bob.id, "dnd", true);
    house.miss("bob", "6003").await;
    sleep(Duration::from_millis(MESSAGE_AGE)).await;
    house.server.is(&house.bob.id, "online", false);
    sleep(LOOKED_AGAIN).await;
    assert_eq!(house.edits(), [2, 0]);
    assert_eq!(
        house.told()[1],
        "**Missed calls**\n\n- 6003, yesterday at 12:05 (UTC)\n- 6002, yesterday at 12:05 (UTC)\n- 6001, yesterday at 12:05 (UTC)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_phone_in_do_not_disturb_disturbs_nobody_else() {
    let mut house = House::new().await;
    house.phone("bob", "dnd-on", "");
    house.phone("bob", "incoming-call", "6001");
    house.phone("bob", "call-terminated", "6001");
    sleep(HOUR).await;
    assert_eq!(house.told(), [""; 0]);
    assert_eq!(house.calls("statuses"), 0, "nobody else is asked for it");
    house.phone("bob", "dnd-off", "");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(
        house.told(),
        ["Missed call from 6001 at 12:05 (UTC)."],
        "at once"
    );
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_dropped_holds_nothing_back() {
    let mut house = House::new().await;
    house.phone("bob", "dnd-on", "");
    house.miss("bob", "6001").await;
    house.apply(Event::Gone {
        source: Source::Phone,
        user: "bob".into(),
    });
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.told().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn many_who_are_held_cost_few_calls() {
    let mut house = House::new().await;
    for n in 0..1_000 {
        let person = house.server.person(&format!("user{n}"));
        house.server.is(&person.id, "dnd", true);
        house.phone(&format!("user{n}"), "missed-call", "6001");
    }
    sleep(SOON).await;
    let before = house.calls("statuses");
    sleep(10 * LOOK_AGAIN).await;
    assert_eq!(
        house.calls("statuses") - before,
        20,
        "two for a thousand, each time"
    );
    assert_eq!(house.missed().counts().held, 1_000);
    assert_eq!(house.calls("send_message"), 0);
}

#[tokio::test(start_paused = true)]
async fn without_statuses_everybody_is_told() {
    let mut house = House::new().await;
    lock(&house.server.0.statuses).clear();
    house.miss("bob", "6001").await;
    assert_eq!(house.told().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_meanwhile_is_done() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    house.server.is(&house.bob.id, "dnd", true);
    house.miss("bob", "6002").await;
    // They press it themselves.
    assert_eq!(house.press(house.button("Done")).await, Pressed::Nothing);
    assert_eq!(
        house.told(),
        ["**Missed calls (done)**\n\n- 6001, at 12:05 (UTC)"]
    );
    house.server.is(&house.bob.id, "online", false);
    sleep(LOOKED_AGAIN).await;
    assert_eq!(house.told()[1], "Missed call from 6002 at 12:05 (UTC).");
}

#[tokio::test(start_paused = true)]
async fn who_turns_it_off_meanwhile_is_not_told() {
    let mut house = House::new().await;
    house.server.is(&house.bob.id, "dnd", true);
    house.miss("bob", "6001").await;
    house.config.missed_calls = false;
    house.missed().configure(&house.config);
    house.server.is(&house.bob.id, "online", false);
    sleep(LOOKED_AGAIN).await;
    assert_eq!(house.told(), [""; 0]);
    assert!(
        lock(&house.server.0.store)
            .keys()
            .all(|key| !key.starts_with(record::PREFIX))
    );
}
