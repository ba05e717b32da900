//! What is wrong in a long list, entry by entry, without end neither of words nor of lines in the log.

/// The most wrong entries that are named one by one.
pub const MAX_COMPLAINTS: usize = 1000;

/// The most bytes of what is said of them.
const MAX_BYTES: usize = 128 * 1024;

/// What is wrong, in the order in which it was found.
#[derive(Debug, Default)]
pub(in crate::config) struct Complaints {
    list: Vec<String>,
    bytes: usize,
    unnamed: usize,
}

impl Complaints {
    pub(in crate::config) fn push(&mut self, what: String) {
        if self.list.len() < MAX_COMPLAINTS && self.bytes + what.len() <= MAX_BYTES {
            self.bytes += what.len();
            self.list.push(what);
        } else {
            self.unnamed += 1;
        }
    }

    /// All of them; the last one counts those that are not named.
    pub(in crate::config) fn finish(mut self) -> Vec<String> {
        if self.unnamed > 0 {
            let what = format!("has {} more entries that are wrong", self.unnamed);
            self.list.push(what);
        }
        self.list
    }
}
