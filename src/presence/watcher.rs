//! The loop that reads.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::{NotReady, Page, Report, Settings, Status, Table, Unknown, lock};
use crate::config::Problem;
use crate::feed::{Batch, Feed, Source};
use crate::host::{Account, Accounts, Nodes, Statuses, Store, UserId};

impl Source for Mutex<Table> {
    fn head(&self) -> u64 {
        lock(self).head()
    }

    fn changes(&self, after: u64, batch: &mut Batch) -> u64 {
        let table = lock(self);
        let mut json = Vec::with_capacity(256);
        let mut last = after;
        for record in table.records_after(after) {
            if batch.is_full() {
                return last;
            }
            json.clear();
            record.write_json(&mut json);
            batch.push(&json);
            last = record.number;
        }
        table.head()
    }

    fn one_before(&self, before: u64, batch: &mut Batch) -> Option<u64> {
        let table = lock(self);
        let record = table.record_before(before)?;
        let mut json = Vec::with_capacity(256);
        record.write_json(&mut json);
        batch.push(&json);
        Some(record.number)
    }
}

pub(super) struct Watcher<H> {
    host: Arc<H>,
    table: Arc<Mutex<Table>>,
    feed: Arc<Feed<Mutex<Table>>>,
}

impl<H: Accounts + Statuses + Nodes + Store + Send + Sync + 'static> Watcher<H> {
    pub(super) fn new(host: Arc<H>, _settings: Settings) -> Arc<Self> {
        let table = Arc::new(Mutex::new(Table::new()));
        let feed = Feed::new(Arc::clone(&table));
        Arc::new(Self { host, table, feed })
    }
    pub(super) async fn run(self: Arc<Self>, _settings: watch::Receiver<Settings>) {
        let _ = &self.host;
    }
    pub(super) fn feed(&self) -> &Arc<Feed<Mutex<Table>>> {
        &self.feed
    }
    pub(super) async fn page(&self, page: u64, per_page: usize) -> Result<Page, NotReady> {
        Ok(lock(&self.table).page(page, per_page))
    }
    pub(super) fn knows(&self, user: &UserId) -> bool {
        lock(&self.table).status(user).is_some()
    }
    pub(super) fn publish(&self, _user: &UserId, _status: Status) -> Result<(), Unknown> {
        Err(Unknown)
    }
    pub(super) fn hint(&self, _user: &UserId) {}
    pub(super) fn created(&self, _account: &Account) {}
    pub(super) fn deactivated(&self, _user: &UserId) {}
    pub(super) fn report(&self) -> Report {
        Report::default()
    }
    pub(super) fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }
}
