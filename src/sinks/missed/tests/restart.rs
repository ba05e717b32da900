//! The plugin stops, or is killed, and starts again.

use super::*;
use crate::host::fake::Fault;

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

/// The plugin is killed and starts again, with the board as it was stored.
async fn restart_with_the_board(house: &mut House) {
    let board = crate::board::kept(&house.board);
    house.die();
    house.start().await;
    house.board = board;
    let mut sink = house.missed().sink();
    sink.restored(&house.board, &house.config);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_rang_over_a_restart_is_missed_once() {
    let mut house = House::new().await;
    house.phone("bob", "incoming-call", "6001");
    restart_with_the_board(&mut house).await;
    sleep(SOON).await;
    assert_eq!(house.told(), [""; 0], "it rings still");
    house.phone("bob", "call-terminated", "6001");
    sleep(SOON).await;
    assert_eq!(house.told().len(), 1);
    assert!(house.told()[0].starts_with("Missed call from 6001 "));
    restart_with_the_board(&mut house).await;
    sleep(HOUR).await;
    assert_eq!((house.told().len(), house.edits()), (1, vec![0]));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_talked_over_a_restart_is_not_missed() {
    let mut house = House::new().await;
    house.phone("bob", "incoming-call", "6001");
    house.phone("bob", "call-established", "6001");
    restart_with_the_board(&mut house).await;
    house.phone("bob", "call-terminated", "6001");
    sleep(HOUR).await;
    assert_eq!(house.told(), [""; 0]);
}

/// Phones tell when do-not-disturb begins and ends, and nothing of it in between.
#[tokio::test(start_paused = true)]
async fn a_phones_do_not_disturb_was_forgotten_at_a_restart() {
    let mut house = House::new().await;
    house.phone("bob", "dnd-on", "");
    sleep(HOUR).await;
    house.miss("bob", "6001").await;
    house.die();
    house.start().await;
    sleep(HOUR).await;
    // Whatever else the phone tells, and whoever else calls.
    house.phone("bob", "offhook", "");
    house.phone("bob", "onhook", "");
    house.miss("bob", "6002").await;
    house.die();
    house.start().await;
    sleep(HOUR).await;
    assert_eq!(house.told(), [""; 0]);
    assert_eq!(house.missed().counts().held, 1);
    house.phone("bob", "dnd-off", "");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.told().len(), 1, "at once");
    // That is over: another restart knows of none.
    house.die();
    house.start().await;
    house.miss("bob", "6001").await;
    assert_eq!((house.told().len(), house.edits()), (1, vec![1]));
}

#[tokio::test(start_paused = true)]
async fn a_phones_do_not_disturb_from_before_a_restart_counts_for_a_day() {
    let mut house = House::new().await;
    house.phone("bob", "dnd-on", "");
    sleep(HOUR).await;
    house.miss("bob", "6001").await;
    house.die();
    house.start().await;
    sleep(23 * HOUR - 2 * SOON).await;
    assert_eq!(house.told(), [""; 0]);
    sleep(2 * LOOK_AGAIN).await;
    assert_eq!(house.told().len(), 1);
}

/// Bob missed a call in both, and the chat's goes on.
async fn in_both_do_not_disturbs() -> House {
    let mut house = House::new().await;
    house.phone("bob", "dnd-on", "");
    house.miss("bob", "6001").await;
    house.server.is(&house.bob.id, "dnd", true);
    house
}

/// The plugin starts again, and the chat's is over after it.
async fn told_once_the_chats_ends(mut house: House) {
    sleep(SOON).await;
    house.die();
    house.start().await;
    sleep(HOUR).await;
    assert_eq!(house.told(), [""; 0], "the chat's goes on");
    house.server.is(&house.bob.id, "online", false);
    sleep(LOOK_AGAIN + SOON).await;
    assert_eq!(house.told(), ["Missed call from 6001 at 12:05 (UTC)."]);
}

#[tokio::test(start_paused = true)]
async fn a_phones_do_not_disturb_that_ended_before_the_chats_came_back_at_a_restart() {
    let mut house = in_both_do_not_disturbs().await;
    house.phone("bob", "dnd-off", "");
    told_once_the_chats_ends(house).await;
}

#[tokio::test(start_paused = true)]
async fn a_phones_do_not_disturb_that_a_restart_remembered_came_back_at_the_next() {
    let mut house = in_both_do_not_disturbs().await;
    house.die();
    house.start().await;
    sleep(SOON).await;
    house.phone("bob", "dnd-off", "");
    told_once_the_chats_ends(house).await;
}

#[tokio::test(start_paused = true)]
async fn a_phones_do_not_disturb_that_ended_before_the_record_was_read_came_back_at_a_restart() {
    let mut house = in_both_do_not_disturbs().await;
    house.die();
    house.config.missed_calls = false;
    house.start().await;
    house.phone("bob", "dnd-off", "");
    house.config.missed_calls = true;
    house.missed().configure(&house.config);
    told_once_the_chats_ends(house).await;
}

#[tokio::test(start_paused = true)]
async fn a_dropped_lines_do_not_disturb_came_back_at_a_restart() {
    let mut house = in_both_do_not_disturbs().await;
    house.apply(Event::Gone {
        source: Source::Phone,
        user: "bob".into(),
    });
    told_once_the_chats_ends(house).await;
}

#[tokio::test(start_paused = true)]
async fn a_dropped_lines_do_not_disturb_that_a_restart_remembered_came_back_at_the_next() {
    let mut house = in_both_do_not_disturbs().await;
    house.die();
    house.start().await;
    sleep(SOON).await;
    // The board knows the line by that.
    house.phone("bob", "offhook", "");
    house.phone("bob", "onhook", "");
    house.apply(Event::Gone {
        source: Source::Phone,
        user: "bob".into(),
    });
    told_once_the_chats_ends(house).await;
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

/// Wherever the process dies, what was stored is told after the next start, and the button under what is told last works.
#[tokio::test(start_paused = true)]
async fn dying_at_any_call_loses_nothing_that_was_stored() {
    let missed = |house: &mut House| house.phone("bob", "missed-call", "6002");
    let calls = {
        let mut house = House::new().await;
        house.miss("bob", "6001").await;
        let before = lock(&house.server.0.calls).len();
        missed(&mut house);
        sleep(SOON).await;
        lock(&house.server.0.calls).len() - before
    };
    assert!(calls >= 4, "it is stored, read, told and stored");
    let mut stored_untold = 0;
    for call in 0..calls {
        for fault in [Fault::Hangs, Fault::AnswerHangs] {
            let mut house = House::new().await;
            house.miss("bob", "6001").await;
            let next = lock(&house.server.0.calls).len() + call;
            lock(&house.server.0.faults).insert(next, fault);
            missed(&mut house);
            sleep(SOON).await;
            assert_eq!(
                lock(&house.server.0.calls).len(),
                next + 1,
                "{call} {fault:?}: it is stuck there"
            );
            house.die();
            let stored = {
                let store = lock(&house.server.0.store);
                String::from_utf8_lossy(&store["missed:id-bob"]).contains("6002")
            };
            let told = |house: &House| {
                house
                    .told()
                    .last()
                    .is_some_and(|last| last.contains("6002"))
            };
            stored_untold += usize::from(stored && !told(&house));
            house.start().await;
            sleep(SOON).await;
            assert_eq!(told(&house), stored, "{call} {fault:?}: {:?}", house.told());
            assert_eq!(
                house.told().len(),
                1,
                "{call} {fault:?}: one message tells it"
            );
            assert_eq!(
                house.press(house.button("Done")).await,
                Pressed::Nothing,
                "{call} {fault:?}"
            );
        }
    }
    assert!(stored_untold > 0);
}

/// The same where a message of its own follows: it takes the buttons off the first one, once or again, and comes after it.
#[tokio::test(start_paused = true)]
async fn dying_at_any_call_of_a_message_that_follows_loses_nothing() {
    let calls = {
        let mut house = House::new().await;
        house.miss("bob", "6001").await;
        sleep(HOUR).await;
        let before = lock(&house.server.0.calls).len();
        house.miss("bob", "6002").await;
        lock(&house.server.0.calls).len() - before
    };
    assert!(calls >= 6, "stored, read, changed, stored, sent, stored");
    let mut twice = 0;
    for call in 0..calls {
        for fault in [Fault::Hangs, Fault::AnswerHangs] {
            let mut house = House::new().await;
            house.miss("bob", "6001").await;
            sleep(HOUR).await;
            let next = lock(&house.server.0.calls).len() + call;
            lock(&house.server.0.faults).insert(next, fault);
            house.miss("bob", "6002").await;
            house.die();
            let stored = {
                let store = lock(&house.server.0.store);
                String::from_utf8_lossy(&store["missed:id-bob"]).contains("6002")
            };
            house.start().await;
            sleep(SOON).await;
            let told = house.told();
            assert_eq!(told.len() > 1, stored, "{call} {fault:?}: {told:?}");
            if !stored {
                continue;
            }
            twice += usize::from(told.len() > 2);
            assert!(told.len() <= 3, "{call} {fault:?}: {told:?}");
            assert!(told[0].ends_with("below._"), "{call} {fault:?}: {told:?}");
            let last = &told[told.len() - 1];
            assert!(last.contains("6001") && last.contains("6002"), "{last}");
            assert_eq!(
                house.press(house.button("Done")).await,
                Pressed::Nothing,
                "{call} {fault:?}"
            );
        }
    }
    // The word that it was sent is lost, or is not stored yet.
    assert_eq!(twice, 2);
}

/// Only where the word that it was sent is lost, it may be sent twice.
#[tokio::test(start_paused = true)]
async fn dying_at_any_call_of_the_first_message_tells_it() {
    let calls = {
        let mut house = House::new().await;
        let before = lock(&house.server.0.calls).len();
        house.miss("bob", "6001").await;
        lock(&house.server.0.calls).len() - before
    };
    let mut twice = 0;
    for call in 0..calls {
        for fault in [Fault::Hangs, Fault::AnswerHangs] {
            let mut house = House::new().await;
            let next = lock(&house.server.0.calls).len() + call;
            lock(&house.server.0.faults).insert(next, fault);
            house.miss("bob", "6001").await;
            house.die();
            let stored = lock(&house.server.0.store).contains_key("missed:id-bob");
            house.start().await;
            sleep(SOON).await;
            let told = house.told();
            assert_eq!(!told.is_empty(), stored, "{call} {fault:?}");
            twice += usize::from(told.len() > 1);
            if stored {
                assert!(
                    told.len() <= 2 && told.iter().all(|told| told.contains("6001")),
                    "{told:?}"
                );
                assert_eq!(
                    house.press(house.button("Done")).await,
                    Pressed::Nothing,
                    "{call} {fault:?}"
                );
            }
        }
    }
    // The word that it was sent is lost, or is not stored yet.
    assert_eq!(twice, 2);
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

/// What was kept of others' missed calls named for a week whoever was erased.
#[tokio::test(start_paused = true)]
async fn somebody_who_is_erased_is_an_unknown_caller_in_what_others_missed() {
    let whom = |names: &[&str], numbers: &[&str]| Erased {
        names: names.iter().map(|name| (*name).into()).collect(),
        numbers: numbers.iter().map(|number| (*number).into()).collect(),
    };
    let mut house = House::new().await;
    let stored = |house: &House| {
        let store = lock(&house.server.0.store);
        let record = store.get("missed:id-bob").expect("a record");
        String::from_utf8_lossy(record).into_owned()
    };
    for number in ["0301111111", "0302222222", "0303333333"] {
        house.miss("bob", number).await;
    }
    assert_eq!(
        house.missed().erase(whom(&["eve"], &["030444"])).await,
        Ok(false)
    );
    let eve = whom(&["eve"], &["+49301111111", "0302222222"]);
    // As the lane has it that was just at it.
    assert_eq!(house.missed().erase(eve.clone()).await, Ok(true));
    assert_eq!(house.missed().erase(eve).await, Ok(false));
    for (number, is_there) in [("1111111", false), ("2222222", false), ("3333333", true)] {
        assert_eq!(stored(&house).contains(number), is_there, "{number}");
    }
    // As it is stored, and nobody is at it.
    house.die();
    house.start().await;
    house.server.fail("get", HostErrorKind::Transient);
    let zoe = whom(&["0303333333"], &[]);
    assert!(house.missed().erase(zoe).await.is_err());
    assert!(stored(&house).contains("3333333"));
    house.server.mend();
    sleep(2 * ERASE_AGAIN).await;
    assert!(!stored(&house).contains("3333333"));
    house.miss("bob", "6001").await;
    let told = house.told();
    let last = told.last().expect("a message");
    assert!(last.contains("6001") && !last.contains("030"), "{last}");
    assert!(last.contains('3'), "three calls of nobody: {last}");
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
