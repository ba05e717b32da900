//! The plugin's process ends in mid-call, and is started again.

use super::*;
use crate::board::kept;

/// A call of bob's in mid-course, with everything set that can be.
async fn in_a_call() -> (House, Person) {
    let mut house = House::new().await;
    let bob = house.server.person("bob");
    house.put_custom(&bob, Some(custom("Lunch", 0)));
    house.put_recent(&bob, &["Lunch", "2", "3", "4", "5"]);
    house
        .choose(&bob, |chosen| chosen.call_status = CallStatus::Dnd)
        .await;
    house.call("bob", "1").await;
    assert_eq!(
        (&*house.says(&bob), &*house.status(&bob)),
        ("On a call", "dnd")
    );
    (house, bob)
}

fn is_as_before(house: &House, bob: &Person) {
    assert_eq!(house.custom(bob), Some(custom("Lunch", 0)));
    assert_eq!(house.recent(bob), ["Lunch", "2", "3", "4", "5"]);
    let status = house.personal(bob);
    assert_eq!(
        (&*status.status, status.manual, status.dnd_end),
        ("online", false, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn an_upgrade_in_mid_call_gives_back_and_takes_up_again() {
    let (mut house, bob) = in_a_call().await;
    assert_eq!(house.stop().await, 0);
    is_as_before(&house, &bob);
    sleep(Duration::from_secs(30)).await;
    house.start().await;
    assert_eq!(
        (&*house.says(&bob), &*house.status(&bob)),
        ("On a call", "dnd")
    );
    house.hang_up("bob", "1").await;
    is_as_before(&house, &bob);
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_turns_the_plugin_off_leaves_nobody_on_the_phone() {
    let (mut house, bob) = in_a_call().await;
    house.stop().await;
    is_as_before(&house, &bob);
    sleep(Duration::from_millis(STOP_GRACE + 1000)).await;
    house.start().await;
    is_as_before(&house, &bob);
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_stop_has_no_time_for_is_given_back_after_the_next_start() {
    let (mut house, bob) = in_a_call().await;
    house.server.fail("custom_status", HostErrorKind::Transient);
    house
        .server
        .fail("personal_status", HostErrorKind::Transient);
    assert_eq!(house.stop().await, 1);
    assert_eq!(house.says(&bob), "On a call");
    house.server.mend();
    house.start().await;
    assert_eq!(house.says(&bob), "On a call", "for all that is known");
    house.phone("bob", "onhook").await;
    sleep(Duration::from_secs(2)).await;
    is_as_before(&house, &bob);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_is_killed_gives_back_by_its_records() {
    let (mut house, bob) = in_a_call().await;
    house.kill();
    sleep(Duration::from_secs(30)).await;
    house.start().await;
    assert_eq!(
        (&*house.says(&bob), &*house.status(&bob)),
        ("On a call", "dnd")
    );
    assert_eq!(house.server.custom_changes(), 1, "nobody noticed");
    house.hang_up("bob", "1").await;
    is_as_before(&house, &bob);
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_killed_process_that_stays_away_for_hours_gives_back_at_once() {
    let (mut house, bob) = in_a_call().await;
    house.kill();
    sleep(5 * HOUR).await;
    house.start().await;
    is_as_before(&house, &bob);
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_they_changed_while_the_process_was_away_is_theirs() {
    for theirs in [custom("Busy", 0), custom("Lunch", 0)] {
        let (mut house, bob) = in_a_call().await;
        house.kill();
        house.put_custom(&bob, Some(theirs.clone()));
        house.server.is(&bob.id, "online", false);
        house.start().await;
        assert_eq!(house.custom(&bob), Some(theirs.clone()));
        assert_eq!(house.status(&bob), "online");
        house.hang_up("bob", "1").await;
        assert_eq!(house.custom(&bob), Some(theirs));
        assert!(house.records().is_empty());
    }
}

type Sign = fn(&mut House);

#[tokio::test(start_paused = true)]
async fn a_sign_of_the_line_ends_what_a_restart_interrupted() {
    let established = |house: &mut House| house.apply(with_id("bob", "call-established", "2"));
    let signs: [(&str, Sign); 5] = [
        ("its id", |house| {
            house.apply(with_id("bob", "call-terminated", "1"));
        }),
        ("no id", |house| {
            house.apply(report("bob", "call-terminated"));
        }),
        ("the handset", |house| house.apply(report("bob", "onhook"))),
        ("a device that is free", |house| {
            house.apply(Event::Device {
                source: Source::Asterisk,
                user: Arc::from("bob"),
                device: Device::Free,
            });
        }),
        ("another call", |house| {
            house.apply(with_id("bob", "call-established", "2"));
            house.apply(with_id("bob", "call-terminated", "2"));
        }),
    ];
    for (what, sign) in signs {
        let (mut house, bob) = in_a_call().await;
        house.kill();
        house.start().await;
        // None of these says that it is over.
        house.report(with_id("bob", "incoming-call", "2")).await;
        house.report(with_id("bob", "missed-call", "2")).await;
        house.report(with_id("alice", "call-terminated", "1")).await;
        house.apply(Event::Device {
            source: Source::Asterisk,
            user: Arc::from("bob"),
            device: Device::Busy,
        });
        sleep(Duration::from_secs(60)).await;
        assert_eq!(house.says(&bob), "On a call");
        sign(&mut house);
        sleep(Duration::from_secs(10)).await;
        assert_eq!(house.says(&bob), "Lunch", "{what}");
        is_as_before(&house, &bob);
    }
    let (mut house, bob) = in_a_call().await;
    house.kill();
    house.start().await;
    established(&mut house);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.says(&bob), "On a call");
}

#[tokio::test(start_paused = true)]
async fn a_sign_that_comes_before_the_record_is_read_counts() {
    let (mut house, bob) = in_a_call().await;
    house.kill();
    house.server.fail("keys", HostErrorKind::Transient);
    house.start().await;
    house.phone("bob", "onhook").await;
    assert!(house.statuses().problem().is_some());
    house.server.mend();
    sleep(Duration::from_secs(60)).await;
    is_as_before(&house, &bob);
    assert_eq!(house.statuses().problem(), None);
}

#[tokio::test(start_paused = true)]
async fn the_same_call_seen_again_after_a_restart_is_the_same_call() {
    let (mut house, bob) = in_a_call().await;
    sleep(3 * HOUR).await;
    house.kill();
    house.start().await;
    house.apply(Event::Found(with_id("bob", "call-established", "1")));
    settle().await;
    // Found, it counts as long as it did before, and not an hour.
    sleep(Duration::from_secs(50 * 60)).await;
    assert_eq!(house.says(&bob), "On a call");
    sleep(Duration::from_secs(11 * 60)).await;
    is_as_before(&house, &bob);
}

#[tokio::test(start_paused = true)]
async fn without_a_word_an_interrupted_call_counts_for_an_hour() {
    let (mut house, bob) = in_a_call().await;
    house.kill();
    house.start().await;
    sleep(HOUR - Duration::from_secs(1)).await;
    assert_eq!(house.says(&bob), "On a call");
    sleep(Duration::from_secs(2)).await;
    is_as_before(&house, &bob);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_record_is_set_aside_and_stops_nothing() {
    let (mut house, bob) = in_a_call().await;
    house.kill();
    let key = format!("status:{}", bob.id.as_str());
    {
        let mut store = lock(&house.server.0.store);
        let record = store.get_mut(&key).expect("a record");
        let last = record.len() - 2;
        record[last] ^= 1;
    }
    house.start().await;
    assert_eq!(
        house.records(),
        [format!("status:{}-damaged", bob.id.as_str())]
    );
    assert_eq!(house.server.damaged().map(Damaged::count), Some(1));
    // It is nobody's at the next start.
    house.kill();
    house.start().await;
    assert_eq!(house.records().len(), 1);
    assert_eq!(house.server.damaged().map(Damaged::count), Some(1));
    let alice = house.server.person("alice");
    house.call("alice", "1").await;
    assert_eq!(house.says(&alice), "On a call");
}

#[tokio::test(start_paused = true)]
async fn turned_off_before_the_start_means_given_back() {
    let (mut house, bob) = in_a_call().await;
    house.kill();
    let host = Arc::new(house.server.clone());
    let people = Arc::new(People::new(Arc::clone(&host)));
    let statuses = Statuses::start(host, people, clock);
    settle().await;
    assert_eq!(
        house.says(&bob),
        "On a call",
        "nothing before the settings are known"
    );
    statuses.configure(false);
    settle().await;
    is_as_before(&house, &bob);
}

/// The process starts again, with the board as it was stored.
async fn start_with_the_board(house: &mut House) {
    let board = kept(&house.board);
    house.start().await;
    house.board = board;
    let mut sink = StatusSink::new(Arc::clone(house.statuses()));
    sink.restored(&house.board, &Config::default());
    settle().await;
}

/// Asterisk tells of it, too.
async fn asterisk(house: &mut House, action: &str, id: &str) {
    let told = with_id("bob", action, id);
    let source = Source::Asterisk;
    house.report(Report { source, ..told }).await;
}

#[tokio::test(start_paused = true)]
async fn a_pbxs_call_over_a_restart_shows_until_it_ends() {
    let (mut house, bob) = in_a_call().await;
    asterisk(&mut house, "call-established", "pbx").await;
    house.kill();
    sleep(Duration::from_secs(30)).await;
    start_with_the_board(&mut house).await;
    sleep(Duration::from_millis(RESUMED_LIMIT + 60_000)).await;
    assert_eq!(
        (&*house.says(&bob), &*house.status(&bob)),
        ("On a call", "dnd")
    );
    assert_eq!(house.server.custom_changes(), 1, "nobody noticed");
    asterisk(&mut house, "call-terminated", "pbx").await;
    sleep(Duration::from_millis(LINGER + 1)).await;
    is_as_before(&house, &bob);
    assert!(house.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_board_that_was_off_for_long_shows_nobody_on_the_phone() {
    let (mut house, bob) = in_a_call().await;
    asterisk(&mut house, "call-established", "pbx").await;
    house.stop().await;
    sleep(Duration::from_millis(STOP_GRACE + 1000)).await;
    start_with_the_board(&mut house).await;
    is_as_before(&house, &bob);
    assert!(house.records().is_empty());
}
