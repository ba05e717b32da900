//! Presence, from the table up to the whole part on a server that is made up.

mod cluster;
mod cluster_faults;
mod cluster_pages;
mod directory;
mod lead;
mod memory;
mod pages;
mod rounds;
mod server;
mod table;
mod turned_off;
mod watcher;

use super::{Record, Status, Table};
use crate::host::UserId;

fn id(n: usize) -> UserId {
    UserId::from(format!("{n:026}"))
}

fn mail(n: usize) -> String {
    format!("person.{n}@example.com")
}

/// A table of so many people who were read as offline.
fn table(people: usize) -> Table {
    let mut table = Table::new();
    for n in 0..people {
        assert!(table.upsert(&id(n), &mail(n)));
        assert!(table.observe(&id(n), Status::Offline));
    }
    table
}

/// What a record says, in short.
fn told(record: Record<'_>) -> (u64, String, Status, bool) {
    let Record {
        number,
        email,
        status,
        listed,
        ..
    } = record;
    (number, email.to_owned(), status, listed)
}

fn all(table: &Table, after: u64) -> Vec<(u64, String, Status, bool)> {
    table.records_after(after).map(told).collect()
}
