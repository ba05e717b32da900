use std::time::Duration;

use super::*;
use crate::host::{Account, HostError, MAX_ACCOUNTS_A_PAGE};
use crate::presence::directory::{
    Directory, FIRST_PAGE_GAP, MAX_PAGES, MAX_SINGLES, PAGE_GAP, ROUND_PERIOD, SINGLE_TRIES, STALE,
};

const SECOND: Duration = Duration::from_secs(1);
const FULL: usize = MAX_ACCOUNTS_A_PAGE as usize;

fn account(n: usize) -> Account {
    Account {
        id: id(n),
        email: mail(n),
        active: true,
    }
}

fn accounts(people: impl IntoIterator<Item = usize>) -> Vec<Account> {
    people.into_iter().map(account).collect()
}

/// Asks for one page when it is due, and answers when that was.
fn page(
    directory: &mut Directory,
    table: &mut Table,
    expected: u32,
    answer: &[Account],
) -> Duration {
    let due = directory.due().unwrap();
    assert_eq!(directory.next_page(due, table), expected);
    directory.took_page(due, answer, table);
    due
}

#[test]
fn the_first_round_makes_short_pauses_and_later_ones_long_ones() {
    let (mut directory, mut table) = (Directory::default(), Table::new());
    assert_eq!(
        page(&mut directory, &mut table, 0, &accounts(0..FULL)),
        Duration::ZERO
    );
    assert!(!directory.is_complete());
    assert_eq!(
        page(&mut directory, &mut table, 1, &accounts(FULL..FULL + 9)),
        FIRST_PAGE_GAP
    );
    assert!(directory.is_complete());
    assert_eq!(table.people().listed, FULL + 9);

    assert_eq!(
        page(&mut directory, &mut table, 0, &accounts(0..FULL)),
        ROUND_PERIOD
    );
    let last = page(&mut directory, &mut table, 1, &accounts(FULL..FULL + 9));
    assert_eq!(last, ROUND_PERIOD + PAGE_GAP);
    assert_eq!(directory.due(), Some(ROUND_PERIOD * 2));
    assert_eq!(directory.next_single(), None);
}

#[test]
fn a_page_that_is_full_may_be_the_last() {
    let (mut directory, mut table) = (Directory::default(), Table::new());
    page(&mut directory, &mut table, 0, &accounts(0..FULL));
    page(&mut directory, &mut table, 1, &[]);
    assert!(directory.is_complete());
}

/// A directory and a table after a first round with people 0 to `people`, who were read.
fn known(people: usize) -> (Directory, Table) {
    let (mut directory, mut table) = (Directory::default(), Table::new());
    let everybody = accounts(0..people);
    let mut pages = everybody.chunks(FULL);
    let mut number = 0;
    while !directory.is_complete() {
        page(
            &mut directory,
            &mut table,
            number,
            pages.next().unwrap_or_default(),
        );
        number += 1;
    }
    for n in 0..people {
        table.observe(&id(n), Status::Online);
    }
    (directory, table)
}

#[test]
fn pages_that_shift_lose_nobody() {
    let (mut directory, mut table) = known(FULL * 2);
    // Someone at the front goes after the first page was read, so the second begins one later.
    let due = page(&mut directory, &mut table, 0, &accounts(0..FULL));
    directory.deactivated(&id(0), due, &mut table);
    page(&mut directory, &mut table, 1, &accounts(FULL + 1..FULL * 2));
    // Not met, so asked for; and no new round meanwhile.
    assert_eq!(directory.next_single(), Some(&id(FULL)));
    assert_eq!(directory.due(), None);
    let changed = directory.took_single(due, &id(FULL), &Ok(account(FULL)), &mut table);
    assert!(!changed);
    assert_eq!(directory.next_single(), None);
    assert!(directory.due().is_some());
    assert_eq!(table.people().listed, FULL * 2 - 1);
    assert_eq!(table.status(&id(FULL)), Some(Some(Status::Online)));

    // Someone comes at the front, so the last of the first page is met twice.
    page(&mut directory, &mut table, 0, &accounts(1..=FULL));
    page(&mut directory, &mut table, 1, &accounts(FULL..FULL * 2 - 1));
    assert_eq!(table.people().listed, FULL * 2 - 1);
}

#[test]
fn who_is_missing_is_asked_for_and_only_then_gone() {
    let (mut directory, mut table) = known(6);
    page(&mut directory, &mut table, 0, &accounts([0, 9]));
    assert!(table.status(&id(9)).is_some(), "somebody new");
    let now = ROUND_PERIOD;
    let mut inactive = account(1);
    inactive.active = false;
    let mut moved = account(2);
    moved.email = "new@example.com".into();
    for (n, answer, changed, listed) in [
        (1, Ok(inactive), true, false),
        (2, Ok(moved), true, true),
        (3, Err(HostError::from_status(404, "gone")), true, false),
        (4, Err(HostError::from_status(403, "never")), false, true),
        (5, Ok(account(5)), false, true),
    ] {
        assert_eq!(directory.next_single(), Some(&id(n)));
        let took = directory.took_single(now, &id(n), &answer, &mut table);
        assert_eq!(
            (took, table.status(&id(n)).is_some()),
            (changed, listed),
            "{n}"
        );
    }
    assert_eq!(directory.next_single(), None);
    assert_eq!(table.people().listed, 5);
}

#[test]
fn who_cannot_be_asked_for_waits_behind_the_others_and_stops_no_round() {
    let (mut directory, mut table) = known(4);
    page(&mut directory, &mut table, 0, &accounts([0]));
    let later = Err(HostError::transient("later"));
    let mut tries = [0; 4];
    // Everybody is asked for once before anybody is asked for again.
    for n in [1, 2, 3, 1, 2, 3, 1, 2, 3] {
        assert_eq!(directory.due().is_some(), tries[3] > 0);
        assert_eq!(directory.next_single(), Some(&id(n)));
        assert!(!directory.took_single(SECOND, &id(n), &later, &mut table));
        tries[n] += 1;
    }
    assert_eq!(tries[1..], [SINGLE_TRIES; 3]);
    assert_eq!(directory.next_single(), None);
    assert_eq!(table.people().listed, 4, "nobody is taken as gone");

    // The next round asks again, and an answer counts at any try.
    page(&mut directory, &mut table, 0, &accounts([0, 2, 3]));
    assert_eq!(directory.next_single(), Some(&id(1)));
    directory.took_single(SECOND, &id(1), &later, &mut table);
    // Somebody new is asked for first.
    directory.ask(&id(7));
    assert_eq!(directory.next_single(), Some(&id(7)));
    let gone = Err(HostError::from_status(404, "gone"));
    directory.took_single(SECOND, &id(7), &gone, &mut table);
    assert_eq!(directory.next_single(), Some(&id(1)));
    assert!(directory.took_single(SECOND, &id(1), &gone, &mut table));
    assert_eq!(directory.next_single(), None);
    assert_eq!(table.people().listed, 3);
}

#[test]
fn an_empty_answer_takes_nobody_away() {
    let (mut directory, mut table) = known(FULL + 1);
    page(&mut directory, &mut table, 0, &[]);
    assert_eq!(table.people().listed, FULL + 1);
    assert_eq!(directory.next_single(), Some(&id(0)));
}

#[test]
fn an_old_list_does_not_bring_back_who_was_deactivated() {
    let (mut directory, mut table) = known(3);
    let now = directory.due().unwrap();
    assert!(directory.deactivated(&id(1), now, &mut table));
    page(&mut directory, &mut table, 0, &accounts(0..3));
    assert_eq!(table.status(&id(1)), None);
    let changed = directory.took_single(now, &id(1), &Ok(account(1)), &mut table);
    assert!(!changed);
    // Later it is no old list.
    assert!(directory.due().unwrap() >= now + STALE);
    page(&mut directory, &mut table, 0, &accounts(0..3));
    assert!(table.status(&id(1)).is_some());
    // And whoever is told to be active is.
    let due = directory.due().unwrap();
    directory.deactivated(&id(2), due, &mut table);
    assert!(directory.created(&account(2), &mut table));
    page(&mut directory, &mut table, 0, &accounts(0..3));
    assert!(table.status(&id(2)).is_some());
}

#[test]
fn an_account_that_is_not_active_is_nobody() {
    let (mut directory, mut table) = known(1);
    let mut inactive = account(5);
    inactive.active = false;
    assert!(!directory.created(&inactive, &mut table));
    page(&mut directory, &mut table, 0, &[account(0), inactive]);
    assert_eq!(table.people().listed, 1);
}

#[test]
fn somebody_unknown_is_asked_for_before_those_missing() {
    let (mut first, _) = (Directory::default(), ());
    first.ask(&id(7));
    assert_eq!(
        first.next_single(),
        None,
        "the first listing will meet them"
    );

    let (mut directory, mut table) = known(2);
    page(&mut directory, &mut table, 0, &accounts([0]));
    directory.ask(&id(7));
    directory.ask(&id(7));
    assert_eq!(directory.next_single(), Some(&id(7)));
    assert!(directory.took_single(SECOND, &id(7), &Ok(account(7)), &mut table));
    assert_eq!(directory.next_single(), Some(&id(1)));
    directory.took_single(SECOND, &id(1), &Ok(account(1)), &mut table);
    assert_eq!(directory.next_single(), None);
}

#[test]
fn no_more_than_so_many_wait() {
    let (mut directory, mut table) = known(1);
    for n in 0..MAX_SINGLES + 5 {
        directory.ask(&id(100 + n));
    }
    let mut asked = 0;
    while let Some(user) = directory.next_single().cloned() {
        let gone = Err(HostError::from_status(404, "gone"));
        directory.took_single(SECOND, &user, &gone, &mut table);
        asked += 1;
    }
    assert_eq!(asked, MAX_SINGLES);
}

#[test]
fn a_list_without_an_end_is_left() {
    let (mut directory, mut table) = known(5);
    let same = accounts(10..10 + FULL);
    let mut pages = 0;
    loop {
        page(&mut directory, &mut table, pages, &same);
        pages += 1;
        if directory.due().unwrap() >= ROUND_PERIOD && pages == MAX_PAGES {
            break;
        }
    }
    // Nobody is taken as missing from such a list.
    assert_eq!(directory.next_single(), None);
    assert_eq!(table.people().listed, 5 + FULL);
    let due = directory.due().unwrap();
    assert_eq!(directory.next_page(due, &mut table), 0);
}
