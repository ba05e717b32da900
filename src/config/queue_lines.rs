//! Settings that say something of each queue, one a line: `support: …`, and `*: …` for all that have no line.

use std::collections::HashMap;

use super::shown;
use crate::board::MAX_QUEUES;
use crate::text;

/// The longest setting that is read, in bytes. Of a longer one, the lines that fit are read.
pub const MAX_QUEUE_LINES_BYTES: usize = 64 * 1024;

/// The most wrong lines that are named one by one.
pub(super) const MAX_COMPLAINTS: usize = 20;

/// The longest name of a queue, in characters, as Asterisk has it (`AST_MAX_EXTENSION`).
const MAX_QUEUE_NAME: usize = 79;

/// What is said of queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct QueueLines<T> {
    /// By the queue's name in lower case: Asterisk finds queues in any case.
    queues: HashMap<String, T>,
    others: T,
}

impl<T> QueueLines<T> {
    /// What is said of the queue with that name, if it has a line of its own.
    pub(super) fn own(&self, name: &str) -> Option<&T> {
        self.queues.get(&name.to_lowercase())
    }

    /// The queues that have a line of their own, in lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.queues.keys().map(String::as_str)
    }

    /// What is said of those without a line.
    pub(super) fn others(&self) -> &T {
        &self.others
    }

    /// All that is said.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.queues.values().chain([&self.others])
    }
}

impl<T: Default> QueueLines<T> {
    /// Reads lines; `value` reads what stands behind the colon, and answers what of it was left out. Wrong lines are left out and
    /// described, each by its number and queue; the others work. Of two lines for one queue the later one holds.
    pub(super) fn read(
        input: &str,
        value: impl Fn(&str) -> Result<(T, Vec<String>), String>,
    ) -> (Self, Vec<String>) {
        let (mut lines, mut others) = (HashMap::new(), None);
        let (mut complaints, mut unnamed, mut read) = (Vec::new(), 0, 0);
        let mut complain = |what: String| {
            if complaints.len() < MAX_COMPLAINTS {
                complaints.push(what);
            } else {
                unnamed += 1;
            }
        };
        for (line, at) in input.split('\n').zip(1..) {
            read += line.len() + 1;
            if read > MAX_QUEUE_LINES_BYTES {
                complain(format!(
                    "is longer than {MAX_QUEUE_LINES_BYTES} bytes; line {at} and what stands behind is not read"
                ));
                break;
            }
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let taken = parts(line).and_then(|(queue, text)| {
                let (value, mut wrong) = value(text)?;
                let before = if queue == "*" {
                    others.replace(value)
                } else if lines.len() < MAX_QUEUES || lines.contains_key(&queue) {
                    lines.insert(queue, value)
                } else {
                    return Err(format!("is one of more than {MAX_QUEUES} queues"));
                };
                if before.is_some() {
                    let twice = "is for a queue that stands in a line above, too; this one holds";
                    wrong.push(twice.to_owned());
                }
                Ok(wrong)
            });
            for what in taken.unwrap_or_else(|what| vec![what]) {
                let place = format!("line {at}");
                complain(shown::complaint(&place, queue_of(line), &what));
            }
        }
        if unnamed > 0 {
            complaints.push(format!("has {unnamed} more mistakes"));
        }
        let lines = Self {
            queues: lines,
            others: others.unwrap_or_default(),
        };
        (lines, complaints)
    }
}

/// The queue of a line in lower case, and what is said of it.
fn parts(line: &str) -> Result<(String, &str), String> {
    let (queue, text) = line
        .split_once(':')
        .ok_or("has no colon behind the queue's name")?;
    let queue = queue.trim().to_lowercase();
    if queue.is_empty() {
        return Err("has no queue before its colon".to_owned());
    }
    if queue.chars().count() > MAX_QUEUE_NAME {
        let what = format!("has a queue's name of more than {MAX_QUEUE_NAME} characters");
        return Err(what);
    }
    Ok((queue, text.trim()))
}

/// The queue that a line names, if it looks like one: of a table that was pasted in, nobody knows which cells are secrets.
fn queue_of(line: &str) -> Option<String> {
    let (queue, _) = line.split_once(':')?;
    let queue = queue.trim();
    let fits = |c: char| c.is_alphanumeric() || "-_.*".contains(c);
    (!queue.is_empty() && queue.chars().all(fits)).then(|| text::clean(queue).into_owned())
}
