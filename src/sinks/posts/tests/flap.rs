//! Phones that flap, as they are counted.

use super::super::flap::{Flaps, Subject, Surplus};
use super::*;
use crate::board::Timestamp;

fn subject(line: &str, action: &str, other: &str) -> Subject {
    Subject {
        line: line.into(),
        action: Action::from_name(action).expect("an action"),
        other: (!other.is_empty()).then(|| other.into()),
    }
}

const SECOND: u64 = 1000;

/// How many of these are posted that come at such a distance, in milliseconds.
fn posted(flaps: &mut Flaps, subject: &Subject, from: u64, times: u64, every: u64) -> u64 {
    (0..times)
        .filter(|n| flaps.admit(subject, Timestamp(from + n * every)))
        .count() as u64
}

#[test]
fn a_burst_of_equals_is_posted_up_to_the_limit() {
    let offhook = subject("bob", "offhook", "");
    for (times, every, expected) in [
        (25, 0, 25),
        (30, 0, 30),
        (31, 0, 30),
        (1000, 10, 30),
        // Up to 60 in ten minutes, and no more, how slowly ever.
        (60, 2 * SECOND, 60),
        (1000, 10 * SECOND, 1000),
        // 40 a minute for ever: each within a minute of the thirtieth before it.
        (1000, SECOND + SECOND / 2, 30),
    ] {
        let mut flaps = Flaps::default();
        let count = posted(&mut flaps, &offhook, 0, times, every);
        assert_eq!(count, expected, "{times} every {every} ms");
        assert_eq!(flaps.surplus, times - expected);
    }
}

/// A handset that is lifted and put back 29 times a minute stays below the limit of a minute.
#[test]
fn a_phone_just_below_the_limit_of_a_minute_does_not_flood_for_ever() {
    let mut flaps = Flaps::default();
    let offhook = subject("bob", "offhook", "");
    let every = 60 * SECOND / 29;
    let hour = 60 * 29;
    assert_eq!(posted(&mut flaps, &offhook, 0, hour, every), 60);
    assert_eq!(flaps.surplus, hour - 60);
    // Ten calm minutes later it is posted again; after one burst, too, it is so soon.
    let later = hour * every + LONG_WINDOW;
    assert_eq!(posted(&mut flaps, &offhook, later, 1, 0), 1);
    let burst = later + LONG_WINDOW;
    assert_eq!(posted(&mut flaps, &offhook, burst, 1000, 10), 30);
    let calm = burst + 1000 * 10 + WINDOW;
    assert_eq!(posted(&mut flaps, &offhook, calm, 25, 0), 25);
}

/// A hotline gets them from many people.
#[test]
fn calls_without_a_number_were_taken_for_one_callers() {
    let minute = 60 * SECOND;
    for other in ["", "anonymous"] {
        let mut flaps = Flaps::default();
        let rings = subject("hotline", "incoming-call", other);
        assert_eq!(posted(&mut flaps, &rings, 0, 20 * 60, minute / 20), 20 * 60);
        assert_eq!(
            posted(&mut flaps, &rings, 61 * minute, 40, 0),
            30,
            "a burst is none of theirs"
        );
        let one = subject("hotline", "incoming-call", "0301");
        assert_eq!(posted(&mut flaps, &one, 0, 20 * 60, minute / 20), 60);
    }
}

#[test]
fn others_do_not_count() {
    let mut flaps = Flaps::default();
    for n in 0..1000 {
        let line = format!("p{n}");
        let caller = format!("{n}");
        assert!(flaps.admit(&subject("bob", "incoming-call", &caller), Timestamp(n)));
        assert!(flaps.admit(&subject(&line, "offhook", ""), Timestamp(n)));
    }
    assert_eq!((flaps.surplus, flaps.next_due()), (0, None));
}

#[test]
fn it_is_told_once_it_is_calm_or_every_ten_minutes() {
    let mut flaps = Flaps::default();
    let offhook = subject("bob", "offhook", "");
    assert_eq!(posted(&mut flaps, &offhook, 0, 244, 10), 30);
    let last = 243 * 10;
    assert_eq!(flaps.next_due(), Some(Timestamp(last + CALM)));
    assert_eq!(flaps.told(Timestamp(last + CALM - 1)), []);
    let surplus = |times| {
        vec![Surplus {
            subject: offhook.clone(),
            times,
        }]
    };
    assert_eq!(flaps.told(Timestamp(last + CALM)), surplus(214));
    assert_eq!(flaps.told(Timestamp(last + CALM)), []);
    assert_eq!(flaps.next_due(), None);

    // Then it is posted again, until it flaps again.
    let from = last + CALM;
    assert_eq!(posted(&mut flaps, &offhook, from, 2000, SECOND), 30);
    let first = from + 30 * SECOND;
    assert_eq!(flaps.next_due(), Some(Timestamp(first + TELL_EVERY)));
    assert_eq!(flaps.told(Timestamp(from + 2000 * SECOND)), surplus(1970));
    assert_eq!(posted(&mut flaps, &offhook, from + 2000 * SECOND, 5, 0), 0);
    assert_eq!(flaps.told_at_last(), surplus(5));
    assert_eq!(flaps.surplus, 214 + 1970 + 5);
}

#[test]
fn what_is_counted_is_bounded() {
    let mut flaps = Flaps::default();
    let caller = |n: usize| subject("bob", "incoming-call", &format!("{n}"));
    for n in 0..MAX_COUNTED {
        assert!(flaps.admit(&caller(n), Timestamp(0)));
    }
    // One more is not counted, and so it is posted.
    assert_eq!(posted(&mut flaps, &caller(MAX_COUNTED), 0, 100, 0), 100);
    assert_eq!(posted(&mut flaps, &caller(7), 0, 100, 0), 29);
    // There is room again after a while, and what is to be told is not forgotten.
    assert_eq!(posted(&mut flaps, &caller(MAX_COUNTED), WINDOW, 100, 0), 30);
    let told = flaps.told(Timestamp(WINDOW + CALM));
    let times: u64 = told.iter().map(|surplus| surplus.times).sum();
    assert_eq!((told.len(), times), (2, 71 + 70));
}
