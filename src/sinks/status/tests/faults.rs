//! A server that fails: at each call in turn, in each way.

use super::*;
use crate::host::fake::Fault;

/// What a run leaves behind.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    custom: Option<CustomStatus>,
    recent: Vec<String>,
    status: (String, bool, i64),
    records: Vec<String>,
}

fn left(house: &House, bob: &Person) -> Left {
    let status = house.personal(bob);
    Left {
        custom: house.custom(bob),
        recent: house.recent(bob),
        status: (status.status, status.manual, status.dnd_end),
        records: house.records(),
    }
}

async fn prepared(own: bool) -> (House, Person) {
    let house = House::new().await;
    let bob = house.server.person("bob");
    if own {
        house.put_custom(&bob, Some(custom("Lunch", 0)));
    }
    house.put_recent(&bob, &["1", "Lunch", "3", "4", "5"]);
    let choose = |chosen: &mut Preferences| {
        (chosen.call_status, chosen.show_other) = (CallStatus::Dnd, true);
    };
    house.choose(&bob, choose).await;
    lock(&house.server.0.calls).clear();
    (house, bob)
}

/// Two calls of bob's, one after the other's beginning, with different people.
async fn calls(house: &mut House) {
    for (id, number) in [("1", "111"), ("2", "222")] {
        let mut call = with_id("bob", "incoming-call", id);
        call.peer = Some(Peer::new(number));
        house.report(call).await;
        house.report(with_id("bob", "call-established", id)).await;
        sleep(Duration::from_secs(5)).await;
    }
    for id in ["1", "2"] {
        house.report(with_id("bob", "call-terminated", id)).await;
        sleep(Duration::from_secs(5)).await;
    }
}

/// How many calls of the server's a run without a fault has.
async fn length(own: bool) -> usize {
    let (mut house, bob) = prepared(own).await;
    let before = left(&house, &bob);
    calls(&mut house).await;
    assert_eq!(left(&house, &bob), before);
    assert_eq!(house.counts().set, 3, "custom status twice, status once");
    lock(&house.server.0.calls).len()
}

#[tokio::test(start_paused = true)]
async fn whichever_call_fails_everything_is_as_before_in_the_end() {
    for own in [true, false] {
        let length = length(own).await;
        assert!(length > 12, "{length}");
        for fault in [
            Fault::Fails(HostErrorKind::Transient),
            Fault::AnswerLost,
            Fault::Hangs,
            Fault::AnswerHangs,
        ] {
            for first in 0..length {
                // One alone, two in a row, and every one from there for a while.
                for count in [1, 2, 12] {
                    let (mut house, bob) = prepared(own).await;
                    let before = left(&house, &bob);
                    let faults = (first..first + count).map(|at| (at, fault));
                    lock(&house.server.0.faults).extend(faults);
                    calls(&mut house).await;
                    sleep(2 * HOUR).await;
                    let what = format!("{fault:?} at {first}, {count} times");
                    assert_eq!(left(&house, &bob), before, "{what}");
                    assert_eq!(house.statuses().problem(), None, "{what}");
                    assert_eq!(house.counts().given_up, 0, "{what}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whichever_call_the_process_is_killed_in_everything_is_as_before_in_the_end() {
    let length = length(true).await;
    for fault in [Fault::Hangs, Fault::AnswerHangs] {
        for at in 0..length {
            let (mut house, bob) = prepared(true).await;
            let before = left(&house, &bob);
            lock(&house.server.0.faults).insert(at, fault);
            calls(&mut house).await;
            house.kill();
            lock(&house.server.0.faults).clear();
            house.start().await;
            sleep(2 * HOUR).await;
            assert_eq!(left(&house, &bob), before, "{fault:?} at {at}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_for_good_leaves_nobody_on_the_phone() {
    let length = length(true).await;
    for kind in [HostErrorKind::Permanent, HostErrorKind::NotFound] {
        for first in 0..length {
            let (mut house, bob) = prepared(true).await;
            let before = left(&house, &bob);
            lock(&house.server.0.faults).insert(first, Fault::Fails(kind));
            calls(&mut house).await;
            sleep(2 * HOUR).await;
            let after = left(&house, &bob);
            assert_eq!(after.status.0, "online", "{kind:?} at {first}");
            assert!(after.records.is_empty(), "{kind:?} at {first}");
            // A custom status that the server would not take back once is no reason to stay on the phone.
            let says = after.custom.map(|status| status.text).unwrap_or_default();
            assert!(
                ["Lunch", ""].contains(&&*says),
                "{kind:?} at {first}: {says}"
            );
            assert_eq!(after.recent, before.recent, "{kind:?} at {first}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_always_refuses_is_given_up_and_counted() {
    for (method, kind) in [
        ("set_custom_status", HostErrorKind::Permanent),
        ("set_timed_dnd", HostErrorKind::Permanent),
        ("custom_status", HostErrorKind::NotFound),
        ("personal_status", HostErrorKind::Permanent),
        ("put", HostErrorKind::Permanent),
    ] {
        let (mut house, bob) = prepared(true).await;
        let before = left(&house, &bob);
        house.server.fail(method, kind);
        house.call("bob", "1").await;
        sleep(LONG).await;
        let tried = lock(&house.server.0.calls).len();
        sleep(HOUR).await;
        assert_eq!(
            lock(&house.server.0.calls).len(),
            tried,
            "{method} is not tried for ever"
        );
        assert!(house.counts().given_up > 0, "{method}");
        assert_eq!(house.statuses().problem(), None, "{method}");
        house.hang_up("bob", "1").await;
        house.server.mend();
        sleep(LONG).await;
        let after = left(&house, &bob);
        assert_eq!(after.custom, before.custom, "{method}");
        assert_eq!(after.status.0, "online", "{method}");
        house.call("bob", "2").await;
        assert_eq!(
            house.status(&bob),
            "dnd",
            "{method}: the next call is a new try"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_gone_in_mid_call_is_let_go() {
    let (mut house, bob) = prepared(true).await;
    house.call("bob", "1").await;
    for method in [
        "custom_status",
        "personal_status",
        "set_custom_status",
        "set_status",
    ] {
        house.server.fail(method, HostErrorKind::NotFound);
    }
    house.hang_up("bob", "1").await;
    sleep(LONG).await;
    assert!(house.records().is_empty());
    let counts = house.counts();
    assert_eq!((counts.held, counts.waiting, counts.failing), (0, 0, 0));
    assert!(counts.given_up > 0);
    assert_eq!(bob.username, "bob".into());
}

/// What stands there was read, and by the time that ours was to be taken away the person had chosen a do-not-disturb over it.
#[tokio::test(start_paused = true)]
async fn a_dnd_that_they_choose_while_the_server_hangs_is_theirs() {
    let (mut house, bob) = prepared(true).await;
    house.call("bob", "1").await;
    house.report(with_id("bob", "call-terminated", "1")).await;
    // The three reads at the end: the custom status, the recent ones, the status.
    let at = lock(&house.server.0.calls).len();
    lock(&house.server.0.faults).insert(at + 1, Fault::Hangs);
    sleep(Duration::from_secs(2)).await;
    let read = lock(&house.server.0.calls)[at..].to_vec();
    let expected = ["custom_status", "recent_custom_statuses", "personal_status"];
    assert_eq!(read, expected);
    house.server.keep_timed_dnd(&bob.id, 0);
    sleep(LONG).await;
    let status = house.personal(&bob);
    assert_eq!((&*status.status, status.manual), ("dnd", true));
    assert_eq!(house.says(&bob), "Lunch");
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn while_it_fails_it_is_a_problem() {
    let (mut house, bob) = prepared(true).await;
    house.server.fail("custom_status", HostErrorKind::Transient);
    house.call("bob", "1").await;
    let problem = house.statuses().problem().expect("a problem");
    assert_eq!(problem.setting, "statuses");
    assert!(
        problem.what.contains("custom_status is Transient"),
        "{problem}"
    );
    assert_eq!(house.counts().failing, 1);
    house.server.mend();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.statuses().problem(), None);
    assert_eq!(house.says(&bob), "On a call");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_cannot_be_looked_up_is_looked_up_again() {
    let (mut house, bob) = prepared(true).await;
    house.server.fail("user_by_name", HostErrorKind::Transient);
    house.call("bob", "1").await;
    assert!(house.statuses().problem().is_some());
    house.server.mend();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.says(&bob), "On a call");
    assert_eq!(house.statuses().problem(), None);
}

#[tokio::test(start_paused = true)]
async fn an_emoji_that_is_gone_is_no_reason_to_stay_on_the_phone() {
    let (mut house, bob) = prepared(true).await;
    house.call("bob", "1").await;
    house.report(with_id("bob", "call-terminated", "1")).await;
    house
        .server
        .fail("set_custom_status", HostErrorKind::Permanent);
    // Half a second of that: too short for so many attempts that it is given up.
    sleep(Duration::from_millis(LINGER + 500)).await;
    assert!(house.counts().given_up > 0, "theirs cannot be given back");
    house.server.mend();
    sleep(LONG).await;
    assert_ne!(house.says(&bob), "On a call");
    assert!(house.records().is_empty());
}
