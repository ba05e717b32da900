//! The table as what the feed sends.

use std::sync::Mutex;

use super::{Table, lock};
use crate::feed::{Batch, Source};

/// Room for a record as JSON; most need half of it.
const RECORD_BYTES: usize = 256;

impl Source for Mutex<Table> {
    fn head(&self) -> u64 {
        lock(self).head()
    }

    fn changes(&self, after: u64, batch: &mut Batch) -> u64 {
        let table = lock(self);
        let mut json = Vec::with_capacity(RECORD_BYTES);
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
        let mut json = Vec::with_capacity(RECORD_BYTES);
        record.write_json(&mut json);
        batch.push(&json);
        Some(record.number)
    }
}
