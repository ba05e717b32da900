//! What is kept of callers, and when it is over.

use super::*;
use crate::board::{Name, Peer};

fn entry(number: &str, at: u64) -> Entry {
    Entry {
        peer: Some(Peer::new(number)).filter(|peer| !peer.number.is_empty()),
        at: Timestamp(at),
        ..Entry::default()
    }
}

fn list(record: &Record) -> Vec<(Option<&str>, u32, u64)> {
    let callers = record.callers.iter();
    callers
        .map(|caller| (caller.number.as_deref(), caller.count, caller.last))
        .collect()
}

#[test]
fn each_caller_stands_once_and_the_latest_first() {
    let mut record = Record::default();
    for (number, at) in [
        ("0301234567", 1),
        ("6002", 2),
        ("+49301234567", 3),
        ("", 4),
        ("", 5),
        ("6003", 4),
    ] {
        record.add(&entry(number, at));
    }
    let expected = [
        (None, 2, 5),
        (Some("6003"), 1, 4),
        (Some("+49301234567"), 2, 3),
        (Some("6002"), 1, 2),
    ];
    assert_eq!(list(&record), expected);
    assert!(record.waiting);
    // Told late of what was before.
    record.add(&entry("6002", 1));
    assert_eq!(list(&record)[3], (Some("6002"), 2, 2));
    let ids: Vec<u32> = record.callers.iter().map(|caller| caller.id).collect();
    assert_eq!(ids, [4, 6, 1, 2]);
}

#[test]
fn colleagues_are_known_by_their_names_and_queues_apart() {
    let mut record = Record::default();
    let colleague = |number, at| Entry {
        colleague: Some(("eve".to_owned(), "Eve Adams".to_owned())),
        ..entry(number, at)
    };
    record.add(&colleague("6003", 1));
    record.add(&colleague("0151777", 2));
    record.add(&Entry {
        queue: Some("sales".into()),
        ..colleague("6003", 3)
    });
    assert_eq!(
        list(&record),
        [(Some("6003"), 1, 3), (Some("0151777"), 2, 2)]
    );
    assert_eq!(record.callers[1].name.as_deref(), Some("Eve Adams"));
}

/// When Mattermost does not answer who somebody is, the line's name and the number are what is known.
#[test]
fn a_colleague_stood_twice_in_the_list_whom_mattermost_did_not_tell_once() {
    let known = |at| Entry {
        colleague: Some(("eve".to_owned(), "Eve Adams".to_owned())),
        ..entry("6003", at)
    };
    let unknown = |at| Entry {
        peer: Some(Peer {
            name: Some("eve".into()),
            ..Peer::new("6003")
        }),
        at: Timestamp(at),
        ..Entry::default()
    };
    for entries in [[known(1), unknown(2)], [unknown(1), known(2)]] {
        let mut record = Record::default();
        for entry in &entries {
            record.add(entry);
        }
        assert_eq!(list(&record), [(Some("6003"), 2, 2)]);
        let eve = &record.callers[0];
        assert_eq!(eve.username.as_deref(), Some("eve"));
        assert_eq!(eve.name.as_deref(), Some("Eve Adams"));
    }
    // Who have names and share a number are two.
    let mut record = Record::default();
    record.add(&known(1));
    record.add(&Entry {
        colleague: Some(("bob".to_owned(), "Bob".to_owned())),
        ..entry("6003", 2)
    });
    assert_eq!(list(&record).len(), 2);
}

/// A call as a plan reads its number.
fn told(number: &str, international: &str, at: u64) -> Entry {
    let peer = Peer {
        international: Some(international)
            .filter(|n| !n.is_empty())
            .map(Name::from),
        ..Peer::new(number)
    };
    Entry {
        peer: Some(peer),
        at: Timestamp(at),
        ..Entry::default()
    }
}

/// Whom the button dials that was made for the caller with this id.
fn dials(record: &Record, id: u32) -> Option<&str> {
    let caller = record.callers.iter().find(|caller| caller.id == id)?;
    caller.dial()
}

#[test]
fn a_foreign_caller_took_over_anothers_button() {
    let (german, austrian) = ("+49301234567", "+43301234567");
    let mut record = Record::default();
    record.add(&told("030 1234567", german, 1));
    record.add(&told("+43 30 1234567", austrian, 2));
    assert_eq!(list(&record).len(), 2, "{:?}", list(&record));
    assert_eq!(dials(&record, 1), Some(german));
    assert_eq!(dials(&record, 2), Some(austrian));
    record.add(&told("+49 30 1234567", german, 3));
    assert_eq!(list(&record)[0], (Some("+49 30 1234567"), 2, 3));
    assert_eq!(dials(&record, 1), Some(german));
}

#[test]
fn a_button_dialled_another_number_than_it_was_made_for() {
    // Without its international form a number may be that of either.
    let mut record = Record::default();
    record.add(&told("030 1234567", "+49301234567", 1));
    record.add(&told("+43 30 1234567", "", 2));
    assert_eq!(list(&record), [(Some("+43 30 1234567"), 2, 2)]);
    assert_eq!(dials(&record, 1), None);
    assert_eq!(dials(&record, 2), Some("+43 30 1234567"));
    // A colleague calls from another phone.
    let colleague = |entry: Entry| Entry {
        colleague: Some(("eve".to_owned(), "Eve Adams".to_owned())),
        ..entry
    };
    let mut record = Record::default();
    record.add(&colleague(told("6003", "", 1)));
    record.add(&colleague(told("0151777", "+49151777", 2)));
    assert_eq!(list(&record), [(Some("0151777"), 2, 2)]);
    assert_eq!(dials(&record, 1), None);
    assert_eq!(dials(&record, 2), Some("+49151777"));
    // What they are called by, and not what they called from, is told: what was known stays.
    record.add(&colleague(entry("", 3)));
    assert_eq!(list(&record), [(Some("0151777"), 3, 3)]);
    assert_eq!(dials(&record, 2), Some("+49151777"));
}

#[test]
fn callers_are_bounded() {
    let mut record = Record::default();
    for n in 0..MAX_CALLERS as u64 + 5 {
        record.add(&entry(&format!("6{n:03}"), n));
    }
    assert_eq!((record.callers.len(), record.more), (MAX_CALLERS, 5));
    assert_eq!(record.callers[0].number.as_deref(), Some("6054"));
}

#[test]
fn a_message_tells_until_it_is_old() {
    let mut record = Record::default();
    record.add(&entry("1", 100));
    record.add(&entry("2", 200));
    assert!(record.begin(Timestamp(300), || "a".to_owned()));
    assert!(
        !record.begin(Timestamp(400), || "b".to_owned()),
        "it is to be made still"
    );
    assert!(!record.outgrows_message(Timestamp(MESSAGE_AGE * 2)));
    record.is_told(&PostId::from("p"), Timestamp(500));
    assert!(!record.waiting);
    record.add(&entry("1", MESSAGE_AGE));
    assert!(!record.outgrows_message(Timestamp(499 + MESSAGE_AGE)));
    assert!(record.outgrows_message(Timestamp(500 + MESSAGE_AGE)));
    // What the old one told is not done with.
    record.outgrow_message(Timestamp(500 + MESSAGE_AGE));
    assert!(record.begin(Timestamp(500 + MESSAGE_AGE), || "c".to_owned()));
    assert_eq!(
        list(&record),
        [(Some("1"), 2, MESSAGE_AGE), (Some("2"), 1, 200)]
    );
    let expected = Told {
        post: None,
        token: "c".to_owned(),
        since: 500 + MESSAGE_AGE,
    };
    assert_eq!(record.message, Some(expected));
    assert!(record.waiting);
}

#[test]
fn a_new_caller_outgrows_a_message_that_somebody_may_have_read() {
    let mut record = Record::default();
    record.add(&entry("1", 1));
    record.begin(Timestamp(1), || "a".to_owned());
    record.is_told(&PostId::from("p"), Timestamp(1));
    // Who is in it already does not.
    record.add(&entry("1", 2));
    assert!(!record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
    record.add(&entry("2", 3));
    assert!(!record.outgrows_message(Timestamp(NEW_CALLERS_JOIN)));
    assert!(record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
    record.is_told(&PostId::from("p"), Timestamp(5));
    let message = record.message.as_ref().expect("a message");
    assert_eq!(message.since, 1, "it is not sent again");
    assert!(!record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
    // One too many for the list is new as well.
    for n in 0..MAX_CALLERS as u64 {
        record.add(&entry(&format!("6{n:03}"), 10 + n));
    }
    record.is_told(&PostId::from("p"), Timestamp(5));
    record.add(&entry("7000", 4));
    assert_eq!(record.more, 3);
    assert!(record.outgrows_message(Timestamp(NEW_CALLERS_JOIN + 1)));
    // The clock was set back by a year.
    record.is_told(&PostId::from("p"), Timestamp(5));
    if let Some(message) = &mut record.message {
        message.since = 2 * MESSAGE_AGE;
    }
    assert!(record.outgrows_message(Timestamp(5)));
}

#[test]
fn whom_a_week_did_not_call_back_stays_with_the_message_that_told() {
    let mut record = Record::default();
    for n in 0..MAX_CALLERS as u64 + 2 {
        record.add(&entry(&format!("6{n:03}"), n));
    }
    record.begin(Timestamp(100), || "a".to_owned());
    record.is_told(&PostId::from("p"), Timestamp(100));
    record.add(&entry("7000", BUTTONS_AGE + 10));
    assert_eq!((record.more, record.told().more), (3, 2));
    record.outgrow_message(Timestamp(BUTTONS_AGE + 10));
    // Of those before, the ones who called after the tenth millisecond, and of those beyond the list whom nobody was told of.
    assert_eq!((record.callers.len(), record.more), (42, 1));
    assert_eq!(record.callers[0].number.as_deref(), Some("7000"));
    let carried = record.callers.iter().filter(|caller| caller.carried);
    assert_eq!(carried.count(), 41);
}

#[test]
fn a_record_is_over_after_a_week() {
    let mut record = Record::default();
    assert!(record.is_over(Timestamp(0)));
    record.add(&entry("1", 100));
    record.begin(Timestamp(100), || "a".to_owned());
    assert!(
        !record.is_over(Timestamp(100 + BUTTONS_AGE)),
        "nothing was told yet"
    );
    record.is_told(&PostId::from("p"), Timestamp(100));
    assert!(!record.is_over(Timestamp(99 + BUTTONS_AGE)));
    assert!(record.is_over(Timestamp(100 + BUTTONS_AGE)));
    record.leave_message();
    assert!(record.is_empty());
}

#[test]
fn what_is_told_is_apart_from_what_waits() {
    let mut record = Record::default();
    record.add(&entry("1", 100));
    record.begin(Timestamp(100), || "a".to_owned());
    record.is_told(&PostId::from("p"), Timestamp(100));
    record.add(&entry("1", 200));
    record.add(&entry("2", 300));
    assert_eq!(list(&record.told()), [(Some("1"), 1, 200)]);
    let mut done = record.clone();
    done.leave_message();
    assert_eq!(list(&done), [(Some("2"), 1, 300), (Some("1"), 1, 200)]);
    assert!(done.waiting && done.message.is_none());
    record.forget_waiting();
    assert_eq!(list(&record), [(Some("1"), 1, 200)]);
    assert!(!record.waiting && record.message.is_some());
    let mut untold = Record::default();
    untold.add(&entry("1", 100));
    untold.forget_waiting();
    assert_eq!(untold, Record::default());
}

#[test]
fn a_record_is_small() {
    let mut record = Record::default();
    for n in 0..MAX_CALLERS {
        let mut entry = entry(&format!("{n:064}"), u64::MAX);
        entry.queue = Some("q".repeat(80).into());
        entry.colleague = Some(("u".repeat(64), "n".repeat(300)));
        record.add(&entry);
    }
    let json = serde_json::to_vec(&record).expect("JSON");
    assert!(
        json.len() < crate::store::MAX_RECORD_BYTES / 20,
        "{}",
        json.len()
    );
}
