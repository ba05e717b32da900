use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::presence::table::{MAX_GHOSTS, Which};

use Status::{Away, DoNotDisturb, Offline, Online};

#[test]
fn a_change_moves_a_person_to_the_end() {
    let mut table = Table::new();
    assert_eq!(table.head(), 0);
    assert_eq!(table.record_before(9), None);
    for n in 0..3 {
        assert!(table.upsert(&id(n), &mail(n)));
        assert!(!table.upsert(&id(n), &mail(n)));
    }
    // Nobody is told of before they were read.
    assert_eq!(all(&table, 0), []);
    assert_eq!(table.people().unknown(), 3);
    for n in 0..3 {
        assert!(table.observe(&id(n), Offline));
        assert!(!table.observe(&id(n), Offline));
    }
    let before = table.head();
    for status in [Online, Away, Online] {
        assert!(table.observe(&id(0), status));
    }
    assert!(table.observe(&id(1), DoNotDisturb));
    let changes = all(&table, before);
    let expected = [
        (before + 3, mail(0), Online, true),
        (before + 4, mail(1), DoNotDisturb, true),
    ];
    assert_eq!(changes, expected);
    assert_eq!(all(&table, 0).len(), 3);
    assert_eq!(all(&table, 0)[0].1, mail(2));
    assert_eq!(table.head(), before + 4);
    assert_eq!(table.people().by_status, [1, 0, 1, 1]);
    assert_eq!(table.people().hot(), 2);

    // The sign of life goes round, those changed last first.
    let mut number = u64::MAX;
    let mut met = Vec::new();
    for _ in 0..4 {
        let record = table.record_before(number).unwrap();
        number = record.number;
        met.push(record.email.to_owned());
    }
    assert_eq!(met, [mail(1), mail(0), mail(2), mail(1)]);
}

#[test]
fn what_is_no_id_is_nobody() {
    let mut table = Table::new();
    for bad in ["", "short", "abcdefghijklmnopqrstuvwxy\"", &"x".repeat(27)] {
        let bad = UserId::from(bad);
        assert!(!Table::is_id(&bad));
        assert!(!table.upsert(&bad, "a@x"));
        assert!(!table.observe(&bad, Online));
        assert!(!table.remove(&bad));
        assert!(!table.retire(&bad, "a@x"));
    }
    assert!(!table.observe(&id(1), Online));
    assert!(!table.remove(&id(1)));
    assert_eq!(table.head(), 0);
}

#[test]
fn an_old_reading_does_not_count() {
    let mut table = table(2);
    let head = table.head();
    table.observe(&id(0), Online);
    assert!(!table.observe_as_of(head, &id(0), Offline));
    assert!(table.observe_as_of(head, &id(1), Away));
    let head = table.head();
    assert!(table.observe_as_of(head, &id(0), Offline));
}

#[test]
fn an_address_that_changed_is_offline() {
    let mut table = table(2);
    table.observe(&id(0), Online);
    let before = table.head();
    assert!(table.upsert(&id(0), "new@example.com"));
    let expected = [
        (before + 1, mail(0), Offline, false),
        (before + 2, "new@example.com".to_owned(), Online, true),
    ];
    assert_eq!(all(&table, before), expected);
    assert_eq!(table.ghosts(), 1);
    assert_eq!(table.people().listed, 2);

    // Back again: the old address is no ghost, the new one is.
    assert!(table.upsert(&id(0), &mail(0)));
    let records = all(&table, before);
    let gone =
        |(_, email, _, listed): &(u64, String, Status, bool)| (!listed).then(|| email.clone());
    let ghosts: Vec<String> = records.iter().filter_map(gone).collect();
    assert_eq!(ghosts, ["new@example.com"]);
    assert_eq!(table.ghosts(), 1);
}

#[test]
fn an_address_that_went_to_somebody_else_is_theirs() {
    let mut table = table(2);
    table.observe(&id(0), Online);
    // The server's list has the new owner first.
    table.upsert(&id(1), &mail(0));
    table.observe(&id(1), Away);
    table.observe(&id(0), DoNotDisturb);
    let before = table.head();
    table.upsert(&id(0), "new@example.com");
    let expected = [
        (before + 1, mail(0), Away, true),
        (before + 2, "new@example.com".to_owned(), DoNotDisturb, true),
    ];
    assert_eq!(all(&table, before), expected);
    // Only what the second one had before.
    assert_eq!(table.ghosts(), 1);
}

#[test]
fn who_is_gone_stays_as_offline_and_may_return() {
    let mut table = table(3);
    table.observe(&id(1), Online);
    let before = table.head();
    assert!(table.remove(&id(1)));
    assert!(!table.remove(&id(1)));
    assert_eq!(all(&table, before), [(before + 1, mail(1), Offline, false)]);
    assert_eq!(table.status(&id(1)), None);
    assert!(!table.observe(&id(1), Online));
    assert_eq!(table.people().by_status, [0, 0, 0, 2]);

    assert!(table.upsert(&id(1), &mail(1)));
    assert_eq!(table.status(&id(1)), Some(None));
    assert_eq!(all(&table, before), [(before + 2, mail(1), Offline, true)]);
    assert!(table.observe(&id(1), Offline));
    assert_eq!((table.ghosts(), table.holes()), (0, 0));

    // Someone whom nobody was told of leaves nothing.
    table.upsert(&id(7), &mail(7));
    let before = table.head();
    assert!(table.remove(&id(7)));
    assert_eq!(all(&table, before), []);
    table.close_holes();
    assert_eq!(table.ghosts(), 0);
}

#[test]
fn ghosts_are_limited_and_forgotten() {
    let mut table = table(MAX_GHOSTS + 10);
    for n in 0..MAX_GHOSTS + 10 {
        table.remove(&id(n));
    }
    assert_eq!(table.ghosts(), MAX_GHOSTS);
    let records = all(&table, 0);
    assert_eq!(records.len(), MAX_GHOSTS);
    assert_eq!(records[0].1, mail(10));

    // Their places stay until the holes are closed.
    assert_eq!(table.holes(), MAX_GHOSTS + 10);
    table.close_holes();
    assert_eq!(all(&table, 0), records);
    let half = records[MAX_GHOSTS / 2].0;
    table.drop_ghosts(half);
    assert_eq!(all(&table, 0), records[MAX_GHOSTS / 2 + 1..]);
    table.drop_ghosts(u64::MAX);
    assert_eq!((all(&table, 0), table.ghosts()), (vec![], 0));

    // What was freed is used again.
    let memory = table.memory();
    for n in 0..MAX_GHOSTS {
        table.upsert(&id(n), &mail(n));
    }
    let emails: usize = (0..MAX_GHOSTS).map(|n| mail(n).len()).sum();
    assert!(table.memory() <= memory + emails + MAX_GHOSTS * 8);
}

#[test]
fn another_tables_ghost_takes_nobody_away() {
    let mut table = table(3);
    let before = table.head();
    // Their address is another one here already.
    table.upsert(&id(0), "new@example.com");
    assert!(!table.retire(&id(0), &mail(0)));
    assert!(table.status(&id(0)).is_some());
    // Somebody else has it here.
    assert!(!table.retire(&id(0), &mail(1)));
    // Nobody has it here, and someone may have been told elsewhere.
    assert!(table.retire(&id(0), "older@example.com"));
    assert!(!table.retire(&id(0), "older@example.com"));
    // This is them.
    assert!(table.retire(&id(2), &mail(2)));
    assert_eq!(table.status(&id(2)), None);
    let listed: Vec<bool> = all(&table, before).iter().map(|(_, _, _, l)| *l).collect();
    assert_eq!(listed, [false, true, false, false]);
}

#[test]
fn a_turn_meets_everybody_once() {
    let mut table = table(10);
    for n in [2, 3, 5, 7] {
        table.observe(&id(n), Online);
    }
    table.remove(&id(3));
    table.upsert(&id(20), &mail(20));
    // Places that are nobody's, behind all others.
    table.upsert(&id(8), "new@example.com");
    assert_eq!(table.ghosts(), 2);
    for (which, expected) in [
        (Which::All, vec![0, 1, 2, 4, 5, 6, 7, 8, 9, 20]),
        (Which::Hot, vec![2, 5, 7]),
        (Which::Unknown, vec![20]),
    ] {
        for limit in 1..12 {
            let (mut cursor, mut met) = (0, Vec::new());
            let mut calls = 0;
            loop {
                let before = met.len();
                table.next_ids(&mut cursor, which, limit, &mut met);
                assert!(met.len() - before <= limit);
                calls += 1;
                if cursor == 0 {
                    break;
                }
            }
            assert_eq!(calls, expected.len().div_ceil(limit), "{which:?} {limit}");
            let expected: Vec<UserId> = expected.iter().copied().map(id).collect();
            assert_eq!(met, expected, "{which:?} {limit}");
        }
    }
}

#[test]
fn who_is_not_in_a_listing_is_missing() {
    let mut table = table(4);
    table.begin_listing();
    table.upsert(&id(0), &mail(0));
    table.upsert(&id(2), "other@example.com");
    table.upsert(&id(9), &mail(9));
    table.remove(&id(3));
    assert_eq!(table.missing(), [id(1)]);
}

/// What may happen to a table, and a desk that looks at it at some time.
#[derive(Clone, Debug)]
enum Happens {
    Upsert(usize, usize),
    Observe(usize, Status),
    Remove(usize),
    Retire(usize, usize),
    CloseHoles,
    Looks(usize),
}

fn any_status() -> impl Strategy<Value = Status> {
    proptest::sample::select(Status::ALL.to_vec())
}

fn anything() -> impl Strategy<Value = Happens> {
    let people = 0_usize..8;
    let mails = 0_usize..6;
    prop_oneof![
        4 => (people.clone(), mails.clone()).prop_map(|(n, mail)| Happens::Upsert(n, mail)),
        4 => (people.clone(), any_status()).prop_map(|(n, status)| Happens::Observe(n, status)),
        2 => people.clone().prop_map(Happens::Remove),
        1 => (people, mails).prop_map(|(n, mail)| Happens::Retire(n, mail)),
        1 => Just(Happens::CloseHoles),
        3 => (0_usize..3).prop_map(Happens::Looks),
    ]
}

/// What a desk knows by what it was told.
#[derive(Default)]
struct Desk {
    last: u64,
    knows: HashMap<String, Status>,
}

impl Desk {
    fn looks(&mut self, table: &Table) {
        for record in table.records_after(self.last) {
            self.knows.insert(record.email.to_owned(), record.status);
        }
        self.last = table.head();
    }
}

proptest! {
    #[test]
    fn whoever_looks_last_knows_the_truth(
        happenings in proptest::collection::vec(anything(), 0..80)
    ) {
        let mut table = Table::new();
        let mut desks = [Desk::default(), Desk::default(), Desk::default()];
        // Who is listed, under which address, with which status.
        let mut truth: HashMap<usize, (String, Option<Status>)> = HashMap::new();
        for happens in happenings {
            let before = table.head();
            let changed = match happens {
                Happens::Upsert(n, m) => {
                    let person = truth.entry(n).or_insert_with(|| (String::new(), None));
                    let changed = person.0 != mail(m);
                    person.0 = mail(m);
                    prop_assert_eq!(table.upsert(&id(n), &mail(m)), changed);
                    changed
                }
                Happens::Observe(n, status) => {
                    let person = truth.get_mut(&n);
                    let changed = person.is_some_and(|person| person.1.replace(status) != Some(status));
                    prop_assert_eq!(table.observe(&id(n), status), changed);
                    changed
                }
                Happens::Remove(n) => {
                    let changed = truth.remove(&n).is_some();
                    prop_assert_eq!(table.remove(&id(n)), changed);
                    changed
                }
                Happens::Retire(n, m) => {
                    truth.retain(|who, (email, _)| *who != n || *email != mail(m));
                    table.retire(&id(n), &mail(m))
                }
                Happens::CloseHoles => {
                    let holes = table.holes();
                    table.close_holes();
                    prop_assert_eq!(table.holes(), 0);
                    holes > 0
                }
                Happens::Looks(desk) => {
                    desks[desk].looks(&table);
                    false
                }
            };
            prop_assert_eq!(table.head() > before, changed);

            let numbers: Vec<u64> = table.records_after(0).map(|record| record.number).collect();
            prop_assert!(numbers.is_sorted_by(|a, b| a < b));
            prop_assert!(numbers.last().is_none_or(|last| *last <= table.head()));
            let ghosts = table.records_after(0).filter(|record| !record.listed).count();
            prop_assert_eq!(table.ghosts(), ghosts);
            prop_assert_eq!(table.people().listed, truth.len());
            for status in Status::ALL {
                let count = truth.values().filter(|(_, s)| *s == Some(status)).count();
                prop_assert_eq!(table.people().by_status[status as usize], count);
            }
        }
        for desk in &mut desks {
            desk.looks(&table);
            for n in 0..6 {
                let email = mail(n);
                let mut owners = truth.values().filter(|(e, _)| *e == email);
                let known = desk.knows.get(&email).copied();
                match (owners.next(), owners.next()) {
                    (Some((_, Some(status))), None) => prop_assert_eq!(known, Some(*status)),
                    // Nobody, or somebody who was not read yet.
                    (Some((_, None)) | None, None) => {
                        prop_assert!(matches!(known, None | Some(Offline)), "{:?}", known);
                    }
                    // Two of one address: there is no truth to know.
                    (_, Some(_)) => {}
                }
            }
        }
    }
}
