//! How far each node of a cluster was listened to.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Origin;

/// The most nodes that are remembered. Each that starts anew is another one; who was silent longest is forgotten first.
pub const MAX_ORIGINS: usize = 64;

/// The last number of each node, and the index of the entry that had it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origins(BTreeMap<Arc<str>, (u64, u64)>);

impl Origins {
    /// The number of the last event of that node that was taken; 0 before the first.
    #[must_use]
    pub fn last(&self, node: &str) -> u64 {
        self.0.get(node).map_or(0, |(number, _)| *number)
    }

    /// Whether that event was taken before: a node's events come in their order.
    #[must_use]
    pub fn has(&self, origin: &Origin) -> bool {
        origin.number <= self.last(&origin.node)
    }

    /// The event of that origin became the entry with that index.
    pub(crate) fn note(&mut self, origin: &Origin, index: u64) {
        if !self.0.contains_key(&origin.node) && self.0.len() >= MAX_ORIGINS {
            let oldest = self.0.iter().min_by_key(|(_, (_, index))| *index);
            if let Some(oldest) = oldest.map(|(node, _)| Arc::clone(node)) {
                self.0.remove(&oldest);
            }
        }
        let last = (origin.number.max(self.last(&origin.node)), index);
        self.0.insert(Arc::clone(&origin.node), last);
    }
}
