//! How this node is among the others, for `/status` and metrics.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::Problem;

/// How long a node may hear nothing of the one that leads before an admin is told.
const PROBLEM_AFTER: Duration = Duration::from_secs(30);

/// How this node is among the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether it follows, and since when nothing was heard of the node that leads.
    pub(super) silent_since: Option<Instant>,
    /// Whether it follows and lacks something of the leader's board, and since when.
    pub(super) without_since: Option<Instant>,
    /// Events that wait for the node that leads.
    pub(super) waiting: usize,
    /// Events that were lost because too many wait for the node that leads.
    pub(super) lost: u64,
}

impl Standing {
    /// How many events of this node wait for the node that leads.
    pub(in crate::app) fn waiting(&self) -> usize {
        self.waiting
    }

    /// What an admin should put right.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let seconds = |since: Option<Instant>| {
            let since = since.map(|since| since.elapsed());
            since
                .filter(|since| *since >= PROBLEM_AFTER)
                .map(|since| since.as_secs())
        };
        let what = if let Some(seconds) = seconds(self.silent_since) {
            format!("no node has led for {seconds} s: events of phones wait")
        } else if let Some(seconds) = seconds(self.without_since) {
            format!("this node has waited {seconds} s for the board of the node that leads")
        } else if self.lost > 0 {
            let lost = self.lost;
            format!("{lost} events were lost, because too many wait for a node that leads")
        } else {
            return None;
        };
        let remedy = "See the logs of all nodes: they must reach the database and one another, and run the same version of the plugin.";
        Some(Problem::new("cluster", what, remedy))
    }
}
