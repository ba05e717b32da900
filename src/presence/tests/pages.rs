use std::collections::{HashMap, HashSet};
use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::presence::house::{GHOSTS_LAST, House, MAX_HOLES, TURNING};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    user_id: String,
    email: String,
    status: String,
}

fn entries(table: &Table, page: u64, per_page: usize) -> Vec<Entry> {
    serde_json::from_slice(&table.page(page, per_page).json).unwrap()
}

fn ids(table: &Table, page: u64, per_page: usize) -> Vec<UserId> {
    let entries = entries(table, page, per_page);
    entries
        .into_iter()
        .map(|e| UserId::from(e.user_id))
        .collect()
}

#[test]
fn pages_are_in_the_order_of_arrival_and_end_with_an_empty_one() {
    let mut table = table(5);
    table.observe(&id(1), Status::Away);
    table.upsert(&id(9), &mail(9));
    assert_eq!(ids(&table, 0, 4), [id(0), id(1), id(2), id(3)]);
    assert_eq!(ids(&table, 1, 4), [id(4), id(9)]);
    let first = &entries(&table, 0, 4)[1];
    assert_eq!((&*first.email, &*first.status), (&*mail(1), "away"));
    // Not read yet.
    assert_eq!(entries(&table, 1, 4)[1].status, "offline");
    for beyond in [2, 3, u64::MAX / 2, u64::MAX] {
        assert_eq!(table.page(beyond, 4).json, b"[]");
    }
    assert_eq!(Table::new().page(0, 100).json, b"[]");
    assert_eq!(ids(&table, 3, 0), [id(3)], "at least one on a page");
    assert_eq!(ids(&table, 0, usize::MAX).len(), 6);
}

#[test]
fn a_page_of_people_who_are_gone_is_not_the_end() {
    let mut table = table(9);
    for n in [3, 4, 5] {
        table.remove(&id(n));
    }
    let middle = entries(&table, 1, 3);
    assert_eq!(middle.len(), 1);
    assert_eq!(
        (&*middle[0].email, &*middle[0].status),
        (&*mail(3), "offline")
    );
    assert_eq!(ids(&table, 2, 3), [id(6), id(7), id(8)]);
    let tag = table.page(1, 3).etag;
    for n in [6, 7, 8] {
        table.remove(&id(n));
    }
    // Now it is.
    assert_eq!(ids(&table, 1, 3), []);
    assert_ne!(table.page(1, 3).etag, tag);
}

#[test]
fn holes_close_in_order() {
    let mut table = table(9);
    for n in [0, 4, 8] {
        table.remove(&id(n));
    }
    assert_eq!(ids(&table, 0, 3), [id(1), id(2)]);
    table.close_holes();
    assert_eq!(ids(&table, 0, 3), [id(1), id(2), id(3)]);
    assert_eq!(ids(&table, 1, 3), [id(5), id(6), id(7)]);
    // Back at the end: the place is gone.
    table.upsert(&id(4), &mail(4));
    assert_eq!(ids(&table, 2, 3), [id(4)]);
}

#[test]
fn who_returns_has_their_place_again() {
    let mut table = table(4);
    table.remove(&id(1));
    table.upsert(&id(1), "new@example.com");
    assert_eq!(ids(&table, 0, 9), [id(0), id(1), id(2), id(3)]);
    assert_eq!(table.holes(), 0);
}

#[test]
fn too_many_holes_are_closed_in_any_case() {
    let mut table = table(MAX_HOLES + 2);
    let mut house = House::default();
    house.asked(Duration::ZERO);
    for n in 0..=MAX_HOLES {
        table.remove(&id(n));
        house.keep(Duration::ZERO, &mut table);
        assert_eq!(table.holes(), n + 1);
    }
    table.remove(&id(MAX_HOLES + 1));
    house.keep(Duration::ZERO, &mut table);
    assert_eq!(table.holes(), 0);
}

#[test]
fn holes_are_closed_while_nobody_turns_pages() {
    let second = Duration::from_secs(1);
    let mut table = table(20);
    let mut house = House::default();
    table.remove(&id(3));
    house.keep(second, &mut table);
    assert_eq!(table.holes(), 0);
    house.asked(second * 100);
    table.remove(&id(4));
    for (now, holes) in [
        (100, 1),
        (99 + TURNING.as_secs(), 1),
        (100 + TURNING.as_secs(), 0),
    ] {
        house.keep(Duration::from_secs(now), &mut table);
        assert_eq!(table.holes(), holes, "{now}");
    }
}

#[test]
fn who_is_long_gone_is_forgotten() {
    let minute = Duration::from_secs(60);
    let mut table = table(20);
    let mut house = House::default();
    let mut now = minute * 3;
    let mut gone = Vec::new();
    let end = now + GHOSTS_LAST * 2;
    while now < end {
        if gone.len() < 20 {
            table.remove(&id(gone.len()));
            gone.push(now);
        }
        house.keep(now, &mut table);
        // Each is there for a day, and forgotten within the next hour.
        let surely = |since: &&Duration| now < **since + GHOSTS_LAST;
        let maybe = |since: &&Duration| now < **since + GHOSTS_LAST + minute * 60;
        let least = gone.iter().filter(surely).count();
        let most = gone.iter().filter(maybe).count();
        assert!((least..=most).contains(&table.ghosts()), "{now:?}");
        now += minute * 7;
    }
    assert_eq!(table.ghosts(), 0);
}

#[test]
fn two_tables_never_have_the_same_tag() {
    assert_ne!(table(3).page(0, 3).etag, table(3).page(0, 3).etag);
}

#[derive(Clone, Debug)]
enum Happens {
    Joins(usize),
    Leaves(usize),
    Moves(usize),
    Changes(usize, Status),
    Passes(u64),
}

fn anything() -> impl Strategy<Value = Happens> {
    let people = 0_usize..30;
    let status = proptest::sample::select(Status::ALL.to_vec());
    prop_oneof![
        3 => people.clone().prop_map(Happens::Joins),
        4 => people.clone().prop_map(Happens::Leaves),
        1 => people.clone().prop_map(Happens::Moves),
        2 => (people, status).prop_map(|(n, status)| Happens::Changes(n, status)),
        3 => (0..TURNING.as_secs() * 2).prop_map(Happens::Passes),
    ]
}

proptest! {
    #[test]
    fn a_list_that_changes_while_it_is_read_neither_doubles_nor_loses_anyone(
        before in proptest::collection::vec(anything(), 0..30),
        between in proptest::collection::vec(proptest::collection::vec(anything(), 0..12), 0..40),
        people in 0_usize..30,
        per_page in 1_usize..6,
    ) {
        let mut table = table(people);
        let mut house = House::default();
        let mut now = Duration::ZERO;
        // A reader takes less than TURNING from one page to the next.
        let mut apply = |table: &mut Table, house: &mut House, happens: &Happens, longest: Duration| {
            match happens {
                Happens::Joins(n) => drop(table.upsert(&id(*n), &mail(*n))),
                Happens::Leaves(n) => drop(table.remove(&id(*n))),
                Happens::Moves(n) => {
                    if table.status(&id(*n)).is_some() {
                        table.upsert(&id(*n), &mail(n + 100));
                    }
                }
                Happens::Changes(n, status) => drop(table.observe(&id(*n), *status)),
                Happens::Passes(seconds) => now = (now + Duration::from_secs(*seconds)).min(longest),
            }
            house.keep(now, table);
            now
        };
        for happens in &before {
            apply(&mut table, &mut house, happens, Duration::MAX);
        }

        let mut asked = apply(&mut table, &mut house, &Happens::Passes(0), Duration::MAX);
        let mut all_the_while: HashSet<UserId> =
            (0..30).map(id).filter(|id| table.status(id).is_some()).collect();
        let mut met: HashMap<UserId, u32> = HashMap::new();
        let mut between = between.iter();
        for page in 0.. {
            house.asked(asked);
            let here = ids(&table, page, per_page);
            prop_assert!(here.len() <= per_page);
            if here.is_empty() {
                break;
            }
            for id in here {
                *met.entry(id).or_default() += 1;
            }
            let longest = asked + TURNING - Duration::from_secs(1);
            for happens in between.next().into_iter().flatten() {
                asked = apply(&mut table, &mut house, happens, longest);
                all_the_while.retain(|id| table.status(id).is_some());
            }
        }
        for (id, times) in &met {
            prop_assert_eq!(*times, 1, "{:?}", id);
        }
        for id in &all_the_while {
            prop_assert!(met.contains_key(id), "{:?} was there all the while", id);
        }
    }

    #[test]
    fn a_tag_is_the_same_as_long_as_the_page_is(
        happenings in proptest::collection::vec(anything(), 0..60),
        people in 0_usize..30,
        per_page in 1_usize..6,
    ) {
        let mut table = table(people);
        let mut seen: HashMap<(u64, String), Vec<u8>> = HashMap::new();
        for happens in happenings {
            match happens {
                Happens::Joins(n) => drop(table.upsert(&id(n), &mail(n))),
                Happens::Leaves(n) => drop(table.remove(&id(n))),
                Happens::Moves(n) => drop(table.upsert(&id(n), &mail(n + 100))),
                Happens::Changes(n, status) => drop(table.observe(&id(n), status)),
                // Whatever may be forgotten is.
                Happens::Passes(_) => {
                    table.drop_ghosts(u64::MAX);
                    table.close_holes();
                }
            }
            for page in 0..8 {
                let shown = table.page(page, per_page);
                prop_assert_eq!(&table.page(page, per_page), &shown);
                let before = seen.entry((page, shown.etag)).or_insert_with(|| shown.json.clone());
                prop_assert_eq!(&*before, &shown.json);
            }
        }
    }
}
