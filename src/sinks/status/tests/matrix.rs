//! One person, their calls, and what they were in before.

use super::*;

#[tokio::test(start_paused = true)]
async fn on_the_phone_means_on_the_phone_and_then_what_was_before() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let own = custom("Lunch", clock().after(HOUR.as_millis() as u64).0);
    house.put_custom(&bob, Some(own.clone()));
    house.put_recent(&bob, &["Lunch", "2", "3", "4", "5"]);
    house.call("bob", "1").await;
    let set = house.custom(&bob).expect("a custom status");
    assert_eq!(
        (&*set.emoji, &*set.text),
        ("telephone_receiver", "On a call")
    );
    assert_eq!(set.duration, "date_and_time");
    assert_eq!(house.recent(&bob), ["Lunch", "2", "3", "4", "5"]);
    assert_eq!(house.status(&bob), "online");
    house.hang_up("bob", "1").await;
    assert_eq!(house.custom(&bob), Some(own));
    assert_eq!(house.recent(&bob), ["Lunch", "2", "3", "4", "5"]);
    assert!(house.records().is_empty());
    assert_eq!(house.server.custom_changes(), 2);
    let counts = house.counts();
    assert_eq!((counts.set, counts.given_back, counts.held), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn who_had_no_custom_status_has_none_again() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.call("bob", "1").await;
    assert_eq!(house.says(&bob), "On a call");
    house.hang_up("bob", "1").await;
    assert_eq!(house.custom(&bob), None);
    assert!(house.recent(&bob).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_custom_status_that_is_not_among_the_recent_ones_does_not_get_there() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.put_custom(&bob, Some(custom("Lunch", 0)));
    house.put_recent(&bob, &["1", "2", "3", "4", "5"]);
    house.call("bob", "1").await;
    house.hang_up("bob", "1").await;
    assert_eq!(house.says(&bob), "Lunch");
    assert_eq!(house.recent(&bob), ["1", "2", "3", "4", "5"]);
}

#[tokio::test(start_paused = true)]
async fn what_they_add_to_the_recent_ones_during_the_call_stays() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.put_custom(&bob, Some(custom("1", 0)));
    house.put_recent(&bob, &["1", "2", "3", "4", "5"]);
    house.call("bob", "1").await;
    house.put_recent(&bob, &["new", "1", "2", "4"]);
    house.hang_up("bob", "1").await;
    assert_eq!(house.says(&bob), "1");
    assert_eq!(house.recent(&bob), ["new", "1", "2", "4"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_happens_before_three_seconds() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.report(with_id("bob", "incoming-call", "1")).await;
    sleep(Duration::from_secs(60)).await;
    house.report(with_id("bob", "call-established", "1")).await;
    sleep(Duration::from_millis(CALL_DELAY - 10)).await;
    assert_eq!(house.custom(&bob), None);
    house.report(with_id("bob", "call-terminated", "1")).await;
    sleep(LONG).await;
    assert_eq!(house.custom(&bob), None);
    assert_eq!(house.server.custom_changes(), 0);
    assert!(house.records().is_empty());
    assert_eq!(house.calls("put"), 0, "nothing is written down either");
    // Another one, just long enough.
    house.answer("bob", "2").await;
    sleep(Duration::from_millis(CALL_DELAY)).await;
    assert_eq!(house.says(&bob), "On a call");
}

#[tokio::test(start_paused = true)]
async fn ringing_and_a_lifted_handset_are_no_call() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.report(with_id("bob", "outgoing-call", "1")).await;
    house.phone("bob", "offhook").await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.server.custom_changes(), 0);
    house.report(with_id("bob", "call-established", "1")).await;
    sleep(Duration::from_secs(4)).await;
    assert_eq!(house.says(&bob), "On a call");
    house.report(with_id("bob", "call-held", "1")).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.says(&bob), "On a call", "on hold");
}

#[tokio::test(start_paused = true)]
async fn dnd_and_away_by_choice_and_online_again() {
    for (choice, word) in [(CallStatus::Dnd, "dnd"), (CallStatus::Away, "away")] {
        let mut house = House::new().await;
        let bob = house.server.person("bob");
        let before = house.personal(&bob);
        house
            .choose(&bob, |chosen| chosen.call_status = choice)
            .await;
        house.call("bob", "1").await;
        assert_eq!(house.status(&bob), word);
        house.hang_up("bob", "1").await;
        let after = house.personal(&bob);
        assert_eq!(after.status, "online");
        assert!(!after.manual);
        assert_eq!(after.dnd_end, before.dnd_end, "it would end their next one");
        assert!(house.records().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn away_offline_dnd_ooo_and_whatever_is_manual_is_never_touched() {
    for (status, manual) in [
        ("away", false),
        ("away", true),
        ("offline", false),
        ("offline", true),
        ("dnd", true),
        ("ooo", true),
        ("online", true),
    ] {
        let mut house = House::new().await;
        let bob = house.server.person("bob");
        house.server.is(&bob.id, status, manual);
        let choose = |chosen: &mut Preferences| chosen.call_status = CallStatus::Dnd;
        house.choose(&bob, choose).await;
        let before = house.personal(&bob);
        house.call("bob", "1").await;
        assert_eq!(house.says(&bob), "On a call");
        assert_eq!(house.personal(&bob), before);
        house.hang_up("bob", "1").await;
        assert_eq!(house.personal(&bob), before);
        assert_eq!(house.calls("set_status") + house.calls("set_timed_dnd"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn who_never_signed_in_has_no_status_to_touch() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    lock(&house.server.0.statuses).clear();
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    assert_eq!(house.says(&bob), "On a call");
    assert!(lock(&house.server.0.statuses).is_empty());
    assert_eq!(house.statuses().problem(), None);
}

#[tokio::test(start_paused = true)]
async fn who_comes_online_during_the_call_is_set_then() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.server.is(&bob.id, "away", false);
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    assert_eq!(house.status(&bob), "away");
    house.server.is(&bob.id, "online", false);
    sleep(POLL).await;
    settle().await;
    assert_eq!(house.status(&bob), "dnd");
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn who_leaves_a_dnd_of_their_own_during_the_call_is_left_alone() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.server.is(&bob.id, "dnd", true);
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    house.server.is(&bob.id, "online", false);
    house.call("bob", "2").await;
    sleep(LONG).await;
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn a_custom_status_that_they_change_during_the_call_is_theirs() {
    for theirs in [Some(custom("Busy", 0)), None] {
        let mut house = House::new().await;
        let bob = house.server.person("bob");
        house.put_custom(&bob, Some(custom("Lunch", 0)));
        house.call("bob", "1").await;
        house.put_custom(&bob, theirs.clone());
        // A second call during the first one does not set it again.
        house.call("bob", "2").await;
        assert_eq!(house.custom(&bob), theirs);
        house.hang_up("bob", "1").await;
        house.hang_up("bob", "2").await;
        assert_eq!(house.custom(&bob), theirs);
        assert_eq!(house.server.custom_changes(), 1);
        assert_eq!(house.counts().theirs, 1);
        assert!(house.records().is_empty());
        // The next call does.
        house.call("bob", "3").await;
        assert_eq!(house.says(&bob), "On a call");
        house.hang_up("bob", "3").await;
        assert_eq!(house.custom(&bob), theirs);
    }
}

#[tokio::test(start_paused = true)]
async fn ours_with_another_expiry_is_theirs() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.call("bob", "1").await;
    let mut theirs = house.custom(&bob).expect("ours");
    theirs.expires_at += 1;
    house.put_custom(&bob, Some(theirs.clone()));
    house.hang_up("bob", "1").await;
    assert_eq!(house.custom(&bob), Some(theirs));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_they_change_during_the_call_is_theirs() {
    for status in ["online", "away", "offline"] {
        let mut house = House::new().await;
        let bob = house.server.person("bob");
        house
            .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
            .await;
        house.call("bob", "1").await;
        assert_eq!(house.status(&bob), "dnd");
        house.server.set_status(&bob.id, status).await.expect("set");
        let theirs = house.personal(&bob);
        house.call("bob", "2").await;
        house.hang_up("bob", "2").await;
        house.hang_up("bob", "1").await;
        sleep(LONG).await;
        assert_eq!(house.personal(&bob), theirs);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dnd_that_they_choose_over_ours_is_theirs() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    // From the menu, for an hour.
    let end = clock().0 / 1000 + 3600;
    house
        .server
        .set_timed_dnd(&bob.id, end as i64)
        .await
        .expect("set");
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "dnd");
    // From the menu, for ever.
    house.server.is(&bob.id, "online", false);
    house.call("bob", "2").await;
    house.server.keep_timed_dnd(&bob.id, 0);
    house.hang_up("bob", "2").await;
    assert_eq!(house.status(&bob), "dnd");
}

#[tokio::test(start_paused = true)]
async fn an_end_that_the_server_forgot_is_ours_all_the_same() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    house.server.is(&bob.id, "dnd", true);
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn several_calls_are_one_change_and_the_last_one_gives_back() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    house.call("bob", "2").await;
    house.call("bob", "3").await;
    house.hang_up("bob", "2").await;
    house.hang_up("bob", "1").await;
    sleep(LONG).await;
    assert_eq!(house.says(&bob), "On a call");
    assert_eq!(house.status(&bob), "dnd");
    assert_eq!(house.server.custom_changes(), 1);
    assert_eq!(
        house.calls("set_timed_dnd"),
        1,
        "a second one would return to dnd"
    );
    house.hang_up("bob", "3").await;
    assert_eq!(house.custom(&bob), None);
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_on_under_another_id_does_not_flicker() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.call("bob", "1").await;
    house.report(with_id("bob", "call-terminated", "1")).await;
    sleep(Duration::from_millis(500)).await;
    house.answer("bob", "2").await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.says(&bob), "On a call");
    assert_eq!(house.server.custom_changes(), 1);
    // And one that was answered in time, but ends before it would show by itself.
    house.answer("bob", "3").await;
    house.report(with_id("bob", "call-terminated", "2")).await;
    house.report(with_id("bob", "call-terminated", "3")).await;
    sleep(Duration::from_millis(LINGER)).await;
    settle().await;
    assert_eq!(house.custom(&bob), None);
}

#[tokio::test(start_paused = true)]
async fn with_whom_is_shown_to_those_who_want_it() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let mut alice = house.server.person("alice");
    alice.display_name = "Alice Adams".into();
    lock(&house.server.0.people).insert("alice".to_owned(), alice);
    let peer = |number: &str, name: Option<&str>| {
        let mut peer = Peer::new(number);
        peer.name = name.map(Name::from);
        Some(peer)
    };
    house.choose(&bob, |chosen| chosen.show_other = true).await;
    for (id, peer, says) in [
        (
            "1",
            peer("124", Some("alice")),
            "On a call with Alice Adams",
        ),
        ("2", peer("+49 30 1234", None), "On a call with +49 30 1234"),
        ("3", None, "On a call"),
    ] {
        let mut call = with_id("bob", "incoming-call", id);
        call.peer = peer;
        house.report(call).await;
        house.report(with_id("bob", "call-established", id)).await;
        sleep(Duration::from_millis(CALL_DELAY)).await;
        settle().await;
        assert_eq!(house.says(&bob), says);
        house.hang_up("bob", id).await;
        assert_eq!(house.custom(&bob), None);
    }
    house.choose(&bob, |chosen| chosen.show_other = false).await;
    let mut call = with_id("bob", "incoming-call", "4");
    call.peer = peer("124", Some("alice"));
    house.report(call).await;
    house.call("bob", "4").await;
    assert_eq!(house.says(&bob), "On a call");
}

#[tokio::test(start_paused = true)]
async fn a_name_of_any_length_and_kind_is_a_line_that_the_server_does_not_cut() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.choose(&bob, |chosen| chosen.show_other = true).await;
    let mut call = with_id("bob", "incoming-call", "1");
    call.peer = Some(Peer::new(format!("a\n\u{202e}{}", "ü".repeat(300))));
    house.report(call).await;
    house.call("bob", "1").await;
    let says = house.says(&bob);
    assert!(
        says.starts_with("On a call with a üü") && says.chars().count() <= 100,
        "{says}"
    );
    house.hang_up("bob", "1").await;
    assert_eq!(house.custom(&bob), None);
}

#[tokio::test(start_paused = true)]
async fn everyone_reads_their_own_language() {
    let mut house = House::new().await;
    let mut bob = house.server.person("bob");
    bob.language = crate::language::Language::German;
    lock(&house.server.0.people).insert("bob".to_owned(), bob.clone());
    house.call("bob", "1").await;
    assert_eq!(house.says(&bob), "Im Gespräch");
}

#[tokio::test(start_paused = true)]
async fn who_does_not_want_it_is_left_alone_and_a_choice_counts_at_once() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.choose(&bob, |chosen| chosen.show_calls = false).await;
    house.call("bob", "1").await;
    assert_eq!(house.custom(&bob), None);
    assert_eq!(house.calls("custom_status"), 0);
    house.choose(&bob, |_| {}).await;
    assert_eq!(house.says(&bob), "On a call");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Away)
        .await;
    assert_eq!(house.status(&bob), "away");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    assert_eq!(house.status(&bob), "dnd");
    assert_eq!(house.personal(&bob).previous, "online");
    house.choose(&bob, |chosen| chosen.show_calls = false).await;
    assert_eq!(house.custom(&bob), None);
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn what_the_admin_turns_off_is_given_back() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.put_custom(&bob, Some(custom("Lunch", 0)));
    house.call("bob", "1").await;
    house.statuses().configure(false);
    settle().await;
    assert_eq!(house.says(&bob), "Lunch");
    house.call("bob", "2").await;
    assert_eq!(house.says(&bob), "Lunch");
    house.statuses().configure(true);
    settle().await;
    assert_eq!(house.says(&bob), "On a call");
}

#[tokio::test(start_paused = true)]
async fn a_server_without_custom_statuses_gets_the_status_alone() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let off = &house.server.0.no_custom;
    off.store(true, std::sync::atomic::Ordering::Relaxed);
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    assert_eq!(house.custom(&bob), None);
    assert_eq!(house.status(&bob), "dnd");
    house.hang_up("bob", "1").await;
    assert_eq!(house.status(&bob), "online");
    assert_eq!(house.server.custom_changes(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_expiry_that_passes_during_the_call_leaves_nothing() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let soon = clock().after(60_000).0;
    house.put_custom(&bob, Some(custom("Lunch", soon)));
    house.call("bob", "1").await;
    sleep(Duration::from_secs(60)).await;
    house.hang_up("bob", "1").await;
    assert_eq!(house.custom(&bob), None);
    // One that was over before is none either.
    house.put_custom(&bob, Some(custom("Lunch", soon)));
    house.call("bob", "2").await;
    house.hang_up("bob", "2").await;
    assert_eq!(house.custom(&bob), None);
}

#[tokio::test(start_paused = true)]
async fn an_end_that_never_arrives_has_its_time() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.put_custom(&bob, Some(custom("Lunch", 0)));
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    let limit = clock().after(CLAIM_LIMIT);
    house.call("bob", "1").await;
    let set = house.custom(&bob).expect("ours");
    // Within the milliseconds that the test lets pass.
    assert!(set.expires_at.abs_diff(limit.0) < 10);
    let end = house.personal(&bob).dnd_end as u64;
    assert!(end * 1000 >= set.expires_at && end * 1000 < set.expires_at + 300_000);
    sleep(Duration::from_millis(CLAIM_LIMIT - CALL_DELAY - 1000)).await;
    assert_eq!(house.says(&bob), "On a call");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(house.says(&bob), "Lunch");
    assert_eq!(house.status(&bob), "online");
    assert!(house.records().is_empty());
    house.hang_up("bob", "1").await;
    assert_eq!(house.server.custom_changes(), 2);
}

#[tokio::test(start_paused = true)]
async fn calls_that_follow_each_other_for_longer_renew_what_is_set() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    let first = house.custom(&bob).expect("ours");
    sleep(3 * HOUR).await;
    house.call("bob", "2").await;
    house.hang_up("bob", "1").await;
    assert_eq!(
        house.custom(&bob),
        Some(first.clone()),
        "nobody need hear of it yet"
    );
    sleep(HOUR).await;
    let second = house.custom(&bob).expect("ours");
    assert!(second.expires_at > first.expires_at);
    let status = house.personal(&bob);
    assert_eq!((&*status.status, &*status.previous), ("dnd", "online"));
    assert!(status.dnd_end as u64 * 1000 >= second.expires_at);
    house.hang_up("bob", "2").await;
    assert_eq!(house.custom(&bob), None);
    assert_eq!(house.status(&bob), "online");
}

#[tokio::test(start_paused = true)]
async fn lines_of_nobody_and_of_who_is_deactivated_have_no_status() {
    let mut house = House::new().await;
    let mut eve = house.server.person("eve");
    eve.deactivated = true;
    lock(&house.server.0.people).insert("eve".to_owned(), eve);
    for line in ["101", "Nobody At All", "eve"] {
        house.call(line, "1").await;
    }
    assert_eq!(house.server.custom_changes(), 0);
    assert_eq!(house.counts().waiting, 0);
    // Two lines may be one person's.
    let bob = house.server.person("bob");
    house.call("Bob", "1").await;
    house.call("bob", "2").await;
    house.hang_up("Bob", "1").await;
    assert_eq!(house.says(&bob), "On a call");
    house.hang_up("bob", "2").await;
    assert_eq!(house.custom(&bob), None);
}

#[tokio::test(start_paused = true)]
async fn a_video_conference_is_a_claim_like_any_other() {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    let key: Arc<str> = Arc::from("video:1");
    let claim = Claim {
        key: Arc::clone(&key),
        reason: Reason::Video,
        since: clock(),
    };
    house.statuses().claim(&bob.id, claim);
    sleep(Duration::from_millis(CALL_DELAY)).await;
    settle().await;
    assert_eq!(house.says(&bob), "In a video conference");
    house.call("bob", "1").await;
    assert_eq!(
        house.says(&bob),
        "In a video conference",
        "the older one stays"
    );
    house.statuses().release(&bob.id, &key);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(house.says(&bob), "On a call");
    house.hang_up("bob", "1").await;
    assert_eq!(house.custom(&bob), None);
}
