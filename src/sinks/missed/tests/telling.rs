//! What reaches people, and what does not.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_missed_call_is_a_message() {
    let mut house = House::new().await;
    house.phone("bob", "incoming-call", "6001");
    sleep(Duration::from_secs(20)).await;
    house.phone("bob", "missed-call", "6001");
    sleep(Duration::from_millis(DECISION_WAIT - 1)).await;
    assert_eq!(house.told(), [""; 0], "it is not decided");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.told(), ["Missed call from 6001 at 12:05 (UTC)."]);
    let counts = house.missed().counts();
    assert_eq!((counts.told, counts.given_up, counts.held), (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_colleague_has_a_name() {
    let mut house = House::new().await;
    let mut eve = house.server.person("eve");
    eve.display_name = "Eve Adams".into();
    lock(&house.server.0.people).insert("eve".to_owned(), eve);
    house.miss("bob", "6003:eve").await;
    house.miss("bob", "6009:somebody").await;
    house.miss("bob", "").await;
    let told = house.told();
    let lines: Vec<&str> = told[0].lines().collect();
    assert_eq!(
        lines,
        [
            "**Missed calls**",
            "",
            "- a caller without a number, at 12:05 (UTC)",
            "- somebody, 6009, at 12:05 (UTC)",
            "- Eve Adams (@eve), 6003, at 12:05 (UTC)",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn repeated_ones_update_the_same_message() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    house.miss("bob", "6002").await;
    house.miss("bob", "6001").await;
    assert_eq!(
        house.told(),
        [
            "**Missed calls**\n\n- 6001, 2 times, the last time at 12:05 (UTC)\n- 6002, at 12:05 (UTC)"
        ]
    );
    assert_eq!(house.edits(), [2]);
    // Until it is old.
    sleep(Duration::from_millis(MESSAGE_AGE)).await;
    house.miss("bob", "6001").await;
    let told = house.told();
    assert_eq!(told.len(), 2);
    assert_eq!(
        told[1],
        "**Missed calls**\n\n- 6001, 3 times, the last time at 00:05 (UTC)\n- 6002, yesterday at 12:05 (UTC)"
    );
    assert_eq!(house.edits(), [3, 0]);
}

const CONTINUED: &str = "\n\n_Continued in the newer message below._";

/// In the morning somebody calls, and the message is read; nobody is notified of a change of it.
#[tokio::test(start_paused = true)]
async fn a_new_callers_call_was_told_by_a_silent_change() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    sleep(2 * HOUR).await;
    // Who stands in the message already changes it.
    house.miss("bob", "6001").await;
    assert_eq!(house.edits(), [1]);
    let old = house.button("Call back");
    house.miss("bob", "6002").await;
    assert_eq!(house.edits(), [2, 0]);
    assert_eq!(
        house.told(),
        [
            &*format!("2 missed calls from 6001, the last one at 14:05 (UTC).{CONTINUED}"),
            "**Missed calls**\n\n- 6002, at 14:05 (UTC)\n- 6001, 2 times, the last time at 14:05 (UTC)",
        ]
    );
    let messages = house.server.told(&house.bob.id);
    assert_eq!(messages[0].buttons, []);
    let stale = house.press(old).await;
    assert!(matches!(&stale, Pressed::Say(text) if text.starts_with("Nothing was done")));
    // Those who call at once are one message, and once it may have been read the next one is new again.
    house.miss("bob", "6003").await;
    assert_eq!(house.edits(), [2, 1]);
    sleep(Duration::from_millis(NEW_CALLERS_JOIN)).await;
    house.miss("bob", "6004").await;
    assert_eq!(house.edits(), [2, 2, 0]);
    // All of it is done with at once.
    assert_eq!(house.press(house.button("Done")).await, Pressed::Nothing);
    let done = house.told();
    for number in ["6001, 2 times", "6002", "6003", "6004"] {
        assert!(done[2].contains(number), "{done:?}");
    }
    sleep(HOUR).await;
    house.miss("bob", "6001").await;
    assert_eq!(house.told()[3], "Missed call from 6001 at 15:10 (UTC).");
    assert_eq!(house.edits(), [2, 2, 1, 0]);
}

/// On Friday a customer calls, on Monday somebody else.
#[tokio::test(start_paused = true)]
async fn a_message_that_was_followed_lost_its_callers_and_kept_dead_buttons() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    sleep(3 * 24 * HOUR).await;
    house.miss("bob", "6002").await;
    let messages = house.server.told(&house.bob.id);
    assert_eq!((messages.len(), messages[0].buttons.len()), (2, 0));
    assert_eq!(
        messages[0].text,
        format!("Missed call from 6001 on 23 June at 12:05 (UTC).{CONTINUED}")
    );
    assert_eq!(
        house.press(house.button("Call 6001 back")).await,
        Pressed::Call("6001".to_owned())
    );
    // What a week did not change stays with the older message.
    sleep(5 * 24 * HOUR).await;
    house.miss("bob", "6003").await;
    let last = house.told().pop().expect("a message");
    assert!(last.contains("6003") && last.contains("6002"), "{last}");
    assert!(!last.contains("6001"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn somebody_away_for_a_weekend_reads_of_each_of_forty_callers() {
    let mut house = House::new().await;
    for n in 0..40 {
        for _ in 0..2 {
            house.miss("bob", &format!("60{n:02}")).await;
            sleep(HOUR / 2).await;
        }
    }
    let told = house.told();
    // Twelve hours after their first call each would be told of anew; nobody called for as long.
    assert_eq!(told.len(), 40);
    for (n, told) in told.iter().enumerate() {
        assert!(told.contains(&format!("60{n:02}, ")), "{told}");
        assert!(told.matches("\n- ").count() <= MAX_SHOWN, "{told}");
    }
    assert!(
        told[39].ends_with("\n\nand 30 more callers"),
        "{}",
        told[39]
    );
    let with_buttons = house.server.told(&house.bob.id).into_iter();
    let with_buttons = with_buttons.filter(|message| !message.buttons.is_empty());
    assert_eq!(with_buttons.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_changed_now_holds_up_no_new_caller() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    sleep(HOUR).await;
    house
        .server
        .fail("change_message", HostErrorKind::Transient);
    house.miss("bob", "6002").await;
    assert_eq!(house.told().len(), 1, "it is tried again");
    sleep(Duration::from_secs(3 * 60)).await;
    let told = house.told();
    assert_eq!(told.len(), 2);
    assert!(told[1].contains("6002") && told[1].contains("6001"));
    assert_eq!(house.missed().counts().given_up, 0);
}

#[tokio::test(start_paused = true)]
async fn each_reads_their_own_language_and_clock() {
    let mut house = House::new().await;
    let mut eve = house.server.person("eve");
    eve.language = Language::German;
    // Not one of this system's, wherever the test runs.
    eve.time_zone = "Nowhere/Else".into();
    lock(&house.server.0.people).insert("eve".to_owned(), eve.clone());
    house.miss("eve", "6001").await;
    let told = house.server.told(&eve.id);
    assert_eq!(
        told[0].text,
        "Verpasster Anruf von 6001 um 12:05 Uhr (UTC)."
    );
    let names: Vec<&str> = told[0].buttons.iter().map(|button| &*button.name).collect();
    assert_eq!(names, ["Zurückrufen", "Erledigt"]);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_want_it_is_not_told() {
    let mut house = House::new().await;
    let people = Arc::clone(&house.missed().shared.people);
    people
        .choose(&house.bob.id, |own: &mut Preferences| {
            own.missed_calls = false;
        })
        .await
        .expect("a choice");
    house.miss("bob", "6001").await;
    assert_eq!(house.told(), [""; 0]);
    people
        .choose(&house.bob.id, |own| own.missed_calls = true)
        .await
        .expect("a choice");
    house.miss("bob", "6002").await;
    assert_eq!(house.told(), ["Missed call from 6002 at 12:05 (UTC)."]);
}

#[tokio::test(start_paused = true)]
async fn where_the_admin_does_not_want_it_nobody_is() {
    let mut house = House::new().await;
    house.config.missed_calls = false;
    house.missed().configure(&house.config);
    house.miss("bob", "6001").await;
    assert_eq!(house.told(), [""; 0]);
    assert_eq!(house.calls("user_by_name"), 0, "nobody is looked up for it");
    house.config.missed_calls = true;
    house.missed().configure(&house.config);
    house.miss("bob", "6002").await;
    assert_eq!(house.told(), ["Missed call from 6002 at 12:05 (UTC)."]);
}

#[tokio::test(start_paused = true)]
async fn a_line_of_nobodys_is_nobodys_to_be_told_of() {
    let mut house = House::new().await;
    house.miss("6003", "6001").await;
    house.miss("no such user!", "6001").await;
    assert_eq!(lock(&house.server.0.direct).len(), 0);
    assert_eq!(house.missed().counts().given_up, 0);
    house.miss("Bob", "6001").await;
    assert_eq!(house.told().len(), 1, "names are written in any case");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_message_is_made_anew() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    house.delete(0);
    house.miss("bob", "6002").await;
    assert_eq!(house.told(), ["Missed call from 6002 at 12:05 (UTC)."]);
    assert_eq!(house.missed().counts().given_up, 0);
    // Its buttons work.
    assert_eq!(house.press(house.button("Done")).await, Pressed::Nothing);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_for_a_while_costs_nothing() {
    for method in ["user_by_name", "get", "put", "statuses", "send_message"] {
        let mut house = House::new().await;
        house.server.fail(method, HostErrorKind::Transient);
        house.miss("bob", "6001").await;
        sleep(Duration::from_secs(5 * 60)).await;
        house.miss("bob", "6002").await;
        assert_eq!(house.told(), [""; 0], "{method}");
        house.server.mend();
        sleep(Duration::from_secs(60)).await;
        let told = house.told();
        assert_eq!(told.len(), 1, "{method}");
        let lines: Vec<&str> = told[0].lines().skip(2).collect();
        let [last, first] = *lines else {
            panic!("{method}: {told:?}");
        };
        assert!(last.starts_with("- 6002, at "), "{method}: {told:?}");
        assert!(first.starts_with("- 6001, at "), "{method}: {told:?}");
        let counts = house.missed().counts();
        assert_eq!(counts.given_up, 0, "{method}");
        assert!(counts.retried > 0 || method == "statuses", "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_told_is_given_up_and_is_with_the_next_one() {
    for (kind, wait) in [
        (HostErrorKind::Transient, GIVE_UP_AFTER + SOON),
        (HostErrorKind::Permanent, SOON),
    ] {
        let mut house = House::new().await;
        house.server.fail("send_message", kind);
        house.miss("bob", "6001").await;
        sleep(wait).await;
        assert_eq!(house.missed().counts().given_up, 1, "{kind:?}");
        let attempts = house.calls("send_message");
        house.server.mend();
        sleep(HOUR).await;
        assert_eq!(house.calls("send_message"), attempts, "{kind:?}");
        assert_eq!(house.told(), [""; 0], "{kind:?}");
        house.miss("bob", "6002").await;
        assert_eq!(house.told().len(), 1, "{kind:?}");
        assert!(house.told()[0].contains("- 6001, "), "{:?}", house.told());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_doubles_nothing() {
    let mut house = House::new().await;
    house.server.slow(Duration::from_secs(20));
    house.phone("bob", "missed-call", "6001");
    sleep(Duration::from_secs(60)).await;
    house.server.slow(Duration::ZERO);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.told(), ["Missed call from 6001 at 12:05 (UTC)."]);
    assert_eq!(lock(&house.server.0.direct).len(), 1);
}

/// As with the server's setting `PostEditTimeLimit`.
#[tokio::test(start_paused = true)]
async fn where_a_message_cannot_be_changed_the_next_call_has_its_own() {
    let mut house = House::new().await;
    house.miss("bob", "6001").await;
    house
        .server
        .fail("change_message", HostErrorKind::Permanent);
    house.miss("bob", "6002").await;
    assert_eq!(
        house.told(),
        [
            "Missed call from 6001 at 12:05 (UTC).",
            "**Missed calls**\n\n- 6002, at 12:05 (UTC)\n- 6001, at 12:05 (UTC)"
        ]
    );
    assert_eq!(house.missed().counts().given_up, 0);
    assert_eq!(
        house.press(house.button("Call 6002 back")).await,
        Pressed::Call("6002".to_owned())
    );
}
