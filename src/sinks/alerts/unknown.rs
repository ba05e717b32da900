//! Lines of `AlertLimits` for queues that nobody knows.

use std::collections::HashSet;

use super::State;
use crate::board::Timestamp;
use crate::language::Language;
use crate::text;

/// How long after a start, or a change of the limits, the log names queues that are not known, in milliseconds (10 min): OVH tells of a
/// queue with its next call only.
pub const UNKNOWN_AFTER: u64 = 600_000;

/// The most queues that are named in one sentence.
const MAX_NAMED: usize = 10;

impl State {
    /// Which queues have a line and are not on the board, and which are; nothing where there are no such lines, or no queue is known.
    pub(super) fn unknown(&self) -> Option<(String, String)> {
        let here = || {
            self.queues
                .iter()
                .filter(|(_, queue)| queue.followed.is_here)
        };
        let names = here().flat_map(|(name, queue)| {
            let description = queue.followed.description.as_ref();
            [name].into_iter().chain(description)
        });
        let names: HashSet<String> = names.map(|name| name.to_lowercase()).collect();
        let mut known: Vec<_> = here()
            .map(|(name, queue)| match &queue.followed.description {
                Some(description) if description != name => {
                    format!("`{}` ({})", text::clean(name), text::clean(description))
                }
                _ => format!("`{}`", text::clean(name)),
            })
            .collect();
        let mut unknown = self.limits.names();
        unknown.retain(|line| !names.contains(*line));
        if known.is_empty() || unknown.is_empty() {
            return None;
        }
        known.sort_unstable();
        let unknown = unknown.into_iter();
        let unknown: Vec<_> = unknown
            .map(|line| format!("`{}`", text::clean(line)))
            .collect();
        let list = |names: &[String]| Language::English.short_list(names, MAX_NAMED);
        let (unknown, known) = (list(&unknown), list(&known));
        let what = format!("names {unknown}, and no queue is called so now");
        let remedy = format!(
            "The queues that are known now: {known}. A line works once its queue is known."
        );
        Some((what, remedy))
    }

    /// Writes that into the log, once it is time.
    pub(super) fn log_unknown(&mut self, now: Timestamp) {
        match self.log_unknown {
            Some(at) if at <= now => {
                self.log_unknown = None;
                if let Some((what, remedy)) = self.unknown() {
                    tracing::warn!("a setting for alerts {what}. {remedy}");
                }
            }
            Some(at) => self.due = Some(self.due.map_or(at, |due| due.min(at))),
            None => {}
        }
    }

    #[cfg(test)]
    pub(super) fn is_unknown_logged(&self) -> bool {
        self.log_unknown.is_none()
    }
}
