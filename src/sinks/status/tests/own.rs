//! Do-not-disturb by a person's own command.

use super::*;

const HALF: u64 = 30 * 60 * 1000;

#[tokio::test(start_paused = true)]
async fn on_and_off() {
    let house = House::new().await;
    let bob = house.server.person("bob");
    let statuses = house.statuses();
    assert_eq!(statuses.set_dnd(&bob.id, Dnd::Off).await, DndOutcome::NotOn);
    assert_eq!(
        statuses.set_dnd(&bob.id, Dnd::On).await,
        DndOutcome::On(None)
    );
    let status = house.personal(&bob);
    assert_eq!((&*status.status, status.dnd_end), ("dnd", 0));
    assert_eq!(
        statuses.set_dnd(&bob.id, Dnd::On).await,
        DndOutcome::On(None)
    );
    assert_eq!(statuses.set_dnd(&bob.id, Dnd::Off).await, DndOutcome::Off);
    assert_eq!(house.status(&bob), "online");
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn for_half_an_hour_to_the_second() {
    let house = House::new().await;
    let bob = house.server.person("bob");
    let until = clock().after(HALF);
    let outcome = house.statuses().set_dnd(&bob.id, Dnd::Until(until)).await;
    assert_eq!(outcome, DndOutcome::On(Some(until)));
    let end = house.personal(&bob).dnd_end as u64 * 1000;
    assert!(
        end >= until.0 && end < until.0 + 300_000,
        "the server ends it without us"
    );
    sleep(Duration::from_millis(HALF - 1000)).await;
    assert_eq!(house.status(&bob), "dnd");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(house.status(&bob), "online");
    assert_eq!(house.personal(&bob).dnd_end, 0);
}

#[tokio::test(start_paused = true)]
async fn it_holds_where_the_admin_turned_calls_off() {
    let house = House::new().await;
    let bob = house.server.person("bob");
    house.statuses().configure(false);
    let outcome = house.statuses().set_dnd(&bob.id, Dnd::On).await;
    assert_eq!(outcome, DndOutcome::On(None));
    assert_eq!(house.status(&bob), "dnd");
}

#[tokio::test(start_paused = true)]
async fn another_dnd_and_what_was_chosen_by_hand_stays() {
    for (status, manual, outcome) in [
        ("dnd", true, DndOutcome::Other),
        ("away", true, DndOutcome::InTheWay("away".to_owned())),
        ("offline", true, DndOutcome::InTheWay("offline".to_owned())),
        ("ooo", true, DndOutcome::InTheWay("ooo".to_owned())),
        ("away", false, DndOutcome::On(None)),
        ("offline", false, DndOutcome::On(None)),
    ] {
        let house = House::new().await;
        let bob = house.server.person("bob");
        house.server.is(&bob.id, status, manual);
        let before = house.personal(&bob);
        assert_eq!(house.statuses().set_dnd(&bob.id, Dnd::On).await, outcome);
        if manual {
            assert_eq!(house.personal(&bob), before);
            let off = house.statuses().set_dnd(&bob.id, Dnd::Off).await;
            let expected = if status == "dnd" {
                DndOutcome::Other
            } else {
                DndOutcome::NotOn
            };
            assert_eq!(off, expected);
            assert_eq!(house.personal(&bob), before);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_during_it_and_beyond_it() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    let statuses = Arc::clone(house.statuses());
    // A call begins in it, and ends first.
    statuses.set_dnd(&bob.id, Dnd::On).await;
    house.call("bob", "1").await;
    assert_eq!(
        (&*house.says(&bob), &*house.status(&bob)),
        ("On a call", "dnd")
    );
    house.hang_up("bob", "1").await;
    assert_eq!((&*house.says(&bob), &*house.status(&bob)), ("", "dnd"));
    assert_eq!(house.calls("set_timed_dnd"), 1, "nothing was to be changed");
    // It ends during a call.
    house.call("bob", "2").await;
    assert_eq!(
        statuses.set_dnd(&bob.id, Dnd::Off).await,
        DndOutcome::StillOn
    );
    assert_eq!(house.status(&bob), "dnd");
    house.hang_up("bob", "2").await;
    assert_eq!(house.status(&bob), "online");
    // It is asked for during a call, and outlasts it.
    house.call("bob", "3").await;
    assert_eq!(
        statuses.set_dnd(&bob.id, Dnd::Off).await,
        DndOutcome::StillOn
    );
    assert_eq!(
        statuses.set_dnd(&bob.id, Dnd::On).await,
        DndOutcome::On(None)
    );
    house.hang_up("bob", "3").await;
    let status = house.personal(&bob);
    assert_eq!((&*status.status, status.dnd_end), ("dnd", 0));
    assert_eq!(statuses.set_dnd(&bob.id, Dnd::Off).await, DndOutcome::Off);
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn what_they_choose_in_mattermost_ends_it() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.statuses().set_dnd(&bob.id, Dnd::On).await;
    house
        .server
        .set_status(&bob.id, "online")
        .await
        .expect("set");
    // A call later has nothing to do with it.
    house.call("bob", "1").await;
    assert_eq!(house.status(&bob), "dnd");
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
    assert!(house.records().is_empty());
    // And it can be asked for again.
    house.statuses().set_dnd(&bob.id, Dnd::On).await;
    house
        .server
        .set_status(&bob.id, "online")
        .await
        .expect("set");
    let again = house.statuses().set_dnd(&bob.id, Dnd::On).await;
    assert_eq!(again, DndOutcome::On(None));
    assert_eq!(house.status(&bob), "dnd");
}

#[tokio::test(start_paused = true)]
async fn a_look_at_what_they_chose_that_fails_is_made_up_for() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.statuses().set_dnd(&bob.id, Dnd::On).await;
    house
        .server
        .set_status(&bob.id, "online")
        .await
        .expect("set");
    house
        .server
        .fail("personal_status", HostErrorKind::Transient);
    house.call("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
    house.server.mend();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.status(&bob), "dnd");
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn it_outlasts_a_restart_of_whatever_kind_and_length() {
    for (orderly, pause) in [(true, 30), (true, 600), (false, 30), (false, 600)] {
        let mut house = House::new().await;
        let bob = house.server.person("bob");
        let until = clock().after(HALF);
        house.statuses().set_dnd(&bob.id, Dnd::Until(until)).await;
        if orderly {
            assert_eq!(house.stop().await, 0);
        } else {
            house.kill();
        }
        assert_eq!(house.status(&bob), "dnd");
        sleep(Duration::from_secs(pause)).await;
        house.start().await;
        assert_eq!(house.status(&bob), "dnd");
        sleep(Duration::from_millis(HALF)).await;
        assert_eq!(house.status(&bob), "online", "{orderly} {pause}");
        assert!(house.records().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_told_of() {
    let house = House::new().await;
    let bob = house.server.person("bob");
    house
        .server
        .fail("personal_status", HostErrorKind::Transient);
    let outcome = house.statuses().set_dnd(&bob.id, Dnd::On).await;
    assert!(matches!(outcome, DndOutcome::Failed(_)), "{outcome:?}");
    house.server.mend();
    house.server.fail("set_timed_dnd", HostErrorKind::Transient);
    let outcome = house.statuses().set_dnd(&bob.id, Dnd::On).await;
    assert_eq!(outcome, DndOutcome::Pending);
    house.server.mend();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.status(&bob), "dnd");
}

#[tokio::test(start_paused = true)]
async fn asked_for_again_it_ends_when_they_said_last() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let statuses = Arc::clone(house.statuses());
    let ends = |house: &House| {
        let status = house.personal(&bob);
        assert_eq!((&*status.status, &*status.previous), ("dnd", "online"));
        status.dnd_end as u64 * 1000
    };
    let until = |after: u64| Dnd::Until(clock().after(after));
    statuses.set_dnd(&bob.id, Dnd::On).await;
    for after in [4 * HALF, HALF, 2 * HALF] {
        let end = clock().after(after).0;
        statuses.set_dnd(&bob.id, until(after)).await;
        assert!(ends(&house) >= end && ends(&house) < end + 300_000);
    }
    // A call that lasts longer does not make it longer.
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    sleep(Duration::from_millis(2 * HALF)).await;
    assert_eq!(house.status(&bob), "dnd");
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
    // And one that is shorter leaves its end where it was asked for.
    house.call("bob", "2").await;
    let end = clock().after(HALF).0;
    statuses.set_dnd(&bob.id, until(HALF)).await;
    house.hang_up("bob", "2").await;
    assert!(ends(&house) >= end && ends(&house) < end + 300_000);
    let over = statuses.set_dnd(&bob.id, Dnd::Until(clock())).await;
    assert!(matches!(over, DndOutcome::Failed(_)), "{over:?}");
}

#[tokio::test(start_paused = true)]
async fn who_ends_it_with_their_phones_is_not_told_that_it_goes_on() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.choose(&bob, |chosen| chosen.phone_dnd = true).await;
    house.statuses().set_dnd(&bob.id, Dnd::On).await;
    house.phone("bob", "dnd-on").await;
    let statuses = Arc::clone(house.statuses());
    let off = statuses.set_dnd(&bob.id, Dnd::Off).await;
    assert_eq!(off, DndOutcome::StillOn);
    let tells = async {
        sleep(Duration::from_millis(300)).await;
        house.phone("bob", "dnd-off").await;
    };
    let (after, ()) = tokio::join!(statuses.dnd_after_phone(&bob.id), tells);
    assert_eq!(after, DndOutcome::Off);
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn what_a_call_or_a_silent_phone_wants_still_goes_on() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let choose = |chosen: &mut Preferences| {
        (chosen.phone_dnd, chosen.call_status) = (true, CallStatus::Dnd);
    };
    house.choose(&bob, choose).await;
    house.phone("bob", "dnd-on").await;
    let statuses = Arc::clone(house.statuses());
    let silent = statuses.dnd_after_phone(&bob.id).await;
    assert_eq!(silent, DndOutcome::StillOn);
    house.call("bob", "1").await;
    house.phone("bob", "dnd-off").await;
    let called = statuses.dnd_after_phone(&bob.id).await;
    assert_eq!(called, DndOutcome::StillOn);
}
