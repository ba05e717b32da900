//! The buttons, and everything that is none.

use super::*;
use crate::calls::{End, Failure, Leg};

fn said(pressed: Pressed) -> String {
    match pressed {
        Pressed::Say(text) => text,
        other => panic!("{other:?}"),
    }
}

const STALE: &str = "Nothing was done: this button is no longer good.";

#[tokio::test(start_paused = true)]
async fn done_is_done() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let done = house.button("Done");
    assert_eq!(house.press(done.clone()).await, Pressed::Nothing);
    let messages = house.server.told(&house.bob.id);
    assert_eq!(
        messages[0].text,
        "**Missed calls (done)**\n\n- 6001, at 12:05 (UTC)"
    );
    assert_eq!(messages[0].buttons, []);
    // Once more.
    assert!(said(house.press(done.clone()).await).starts_with(STALE));
    // The next one is another message, and the old button is none of its.
    house.miss("bob", "6001").await;
    assert_eq!(
        house.told()[1],
        "Missed call from 6001 at 12:09 (UTC).".replace("12:09", "12:05")
    );
    assert!(said(house.press(done).await).starts_with(STALE));
    assert_eq!(house.edits(), [1, 0]);
    assert_eq!(house.press(house.button("Done")).await, Pressed::Nothing);
}

#[tokio::test(start_paused = true)]
async fn call_back_calls_whom_it_names() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    assert_eq!(
        house.press(house.button("Call back")).await,
        Pressed::Call("6001".to_owned())
    );
    house.miss("bob", "6002").await;
    let first = house.button("Call 6001 back");
    house.miss("bob", "6003").await;
    sleep(CALL_BACK_ONCE).await;
    assert_eq!(house.press(first).await, Pressed::Call("6001".to_owned()));
    // The message is as it was.
    assert!(house.told()[0].contains("6001"));
}

#[tokio::test(start_paused = true)]
async fn a_button_that_is_pressed_twice_calls_once() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let call = house.button("Call back");
    assert_eq!(
        house.press(call.clone()).await,
        Pressed::Call("6001".to_owned())
    );
    assert!(said(house.press(call.clone()).await).contains("under way"));
    // Unless it failed.
    house.missed().not_called(&house.bob.id, "6001");
    assert_eq!(
        house.press(call.clone()).await,
        Pressed::Call("6001".to_owned())
    );
    sleep(CALL_BACK_ONCE).await;
    assert_eq!(house.press(call).await, Pressed::Call("6001".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn calling_one_back_kept_another_from_being_called() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    house.miss("bob", "6002").await;
    let [first, second] = ["6001", "6002"].map(|who| house.button(&format!("Call {who} back")));
    let calls = |number: &str| Pressed::Call(number.to_owned());
    assert_eq!(house.press(first.clone()).await, calls("6001"));
    assert_eq!(house.press(second.clone()).await, calls("6002"));
    for pressed in [&first, &second] {
        assert!(said(house.press(pressed.clone()).await).contains("under way"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_back_that_is_over_kept_the_button_from_calling() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let button = house.button("Call back");
    let calls = || Pressed::Call("6001".to_owned());
    let (course, watched) = watch::channel(Course::default());
    assert_eq!(house.press(button.clone()).await, calls());
    let bob = house.bob.id.clone();
    house.missed().called(&bob, "6001".to_owned(), watched);
    sleep(SOON).await;
    assert!(said(house.press(button.clone()).await).contains("under way"));
    // Busy.
    let busy = End::Failed(Leg::Other, Failure::Busy);
    course.send_modify(|course| course.end = Some(busy));
    sleep(Duration::from_millis(1)).await;
    assert_eq!(house.press(button.clone()).await, calls());
    // Nothing more is known of the second one.
    let (course, watched) = watch::channel(Course::default());
    house.missed().called(&bob, "6001".to_owned(), watched);
    drop(course);
    sleep(Duration::from_millis(1)).await;
    assert_eq!(house.press(button).await, calls());
}

#[tokio::test(start_paused = true)]
async fn what_is_made_up_does_nothing() {
    let mut house = House::new().await;
    let eve = house.server.person("eve");
    house.miss("bob", "6001").await;
    let right = house.button("Call back");
    let before = house.server.told(&house.bob.id);
    for wrong in [
        Press {
            token: "0".repeat(32),
            ..right.clone()
        },
        Press {
            token: String::new(),
            ..right.clone()
        },
        Press {
            token: "\0🦀".repeat(10_000),
            ..right.clone()
        },
        Press {
            post: "direct1".into(),
            ..right.clone()
        },
        Press {
            post: "".into(),
            ..right.clone()
        },
        Press {
            caller: String::new(),
            token: String::new(),
            ..right.clone()
        },
    ] {
        assert!(said(house.press(wrong).await).starts_with(STALE));
    }
    for caller in ["2", "-1", "x", "4294967296", " 1"] {
        let wrong = Press {
            caller: caller.to_owned(),
            ..right.clone()
        };
        assert!(
            said(house.press(wrong).await).contains("no longer listed"),
            "{caller}"
        );
    }
    // Somebody else's press, of a message that they cannot see.
    let press = house.missed().press(&eve, right.clone()).await;
    assert!(said(press).starts_with(STALE));
    let done = house.button("Done");
    let press = house.missed().press(&eve, done).await;
    assert!(said(press).starts_with(STALE));
    // They may have missed something as well.
    house.miss("eve", "6002").await;
    let press = house.missed().press(&eve, right.clone()).await;
    assert!(said(press).starts_with(STALE));
    assert_eq!(house.server.told(&house.bob.id), before);
    assert_eq!(house.press(right).await, Pressed::Call("6001".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_caller_without_a_number_cannot_be_called() {
    let mut house = House::new().await;
    house.miss("bob", "").await;
    let done = house.button("Done");
    let names = house.server.told(&house.bob.id)[0].buttons.len();
    assert_eq!(names, 1);
    let wrong = Press {
        caller: "1".to_owned(),
        ..done
    };
    assert!(said(house.press(wrong).await).contains("no longer listed"));
}

#[tokio::test(start_paused = true)]
async fn a_button_works_for_a_week() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let call = house.button("Call back");
    let week = Duration::from_millis(BUTTONS_AGE);
    sleep(week - 2 * SOON).await;
    assert_eq!(
        house.press(call.clone()).await,
        Pressed::Call("6001".to_owned())
    );
    sleep(2 * SOON).await;
    assert!(said(house.press(call.clone()).await).contains("more than a week"));
    let done = house.button("Done");
    assert!(said(house.press(done).await).contains("more than a week"));
    // Then it is forgotten.
    sleep(2 * lanes::SWEEP_EVERY).await;
    assert!(said(house.press(call).await).starts_with(STALE));
    assert!(
        lock(&house.server.0.store)
            .keys()
            .all(|key| !key.starts_with(record::PREFIX))
    );
}

#[tokio::test(start_paused = true)]
async fn the_button_of_a_replaced_message_does_nothing() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let old = house.button("Call back");
    sleep(Duration::from_millis(MESSAGE_AGE)).await;
    house.miss("bob", "6002").await;
    assert!(said(house.press(old).await).starts_with(STALE));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_says_so_and_does_nothing() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let done = house.button("Done");
    house
        .server
        .fail("change_message", HostErrorKind::Transient);
    assert!(said(house.press(done.clone()).await).contains("press the button again"));
    house.server.mend();
    house.server.slow(Duration::from_secs(60));
    assert!(said(house.press(done.clone()).await).contains("press the button again"));
    house.server.slow(Duration::ZERO);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.press(done).await, Pressed::Nothing);
    assert!(house.told()[0].starts_with("**Missed calls (done)**"));
}

#[tokio::test(start_paused = true)]
async fn answers_are_in_the_language_of_whoever_presses() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let wrong = Press {
        token: String::new(),
        ..house.button("Done")
    };
    let mut bob = house.bob.clone();
    let mut texts = Vec::new();
    for language in Language::ALL {
        bob.language = language;
        texts.push(said(house.missed().press(&bob, wrong.clone()).await));
    }
    assert!(texts[1].starts_with("Es "), "{texts:?}");
    assert!(texts[2].starts_with("Rien "), "{texts:?}");
}

#[tokio::test(start_paused = true)]
async fn done_on_a_deleted_message_is_done_as_well() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let done = house.button("Done");
    house.delete(0);
    assert_eq!(house.press(done).await, Pressed::Nothing);
    house.miss("bob", "6002").await;
    assert_eq!(house.told(), ["Missed call from 6002 at 12:05 (UTC)."]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_changed_any_more_is_done_all_the_same() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    let done = house.button("Done");
    house
        .server
        .fail("change_message", HostErrorKind::Permanent);
    assert!(said(house.press(done.clone()).await).starts_with("Done. "));
    assert!(said(house.press(done).await).starts_with(STALE));
    house.miss("bob", "6002").await;
    assert_eq!(house.told()[1], "Missed call from 6002 at 12:05 (UTC).");
}
