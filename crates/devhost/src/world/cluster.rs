//! What a plugin's copies on the nodes of a cluster tell each other.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use serde::Serialize;
use tokio::sync::broadcast;

use super::{World, events::keep};

/// Messages that wait for a node that is behind; it misses what is more.
pub(super) const BACKLOG: usize = 16 * 1024;

/// A message between the nodes of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClusterEvent {
    /// The node that sent it.
    pub from: String,
    /// The node that is to get it; empty for all others.
    pub to: String,
    /// The plugin.
    pub plugin_id: String,
    /// What it is.
    pub id: String,
    /// What it says.
    pub data: Vec<u8>,
}

/// How long each copy of an event is on its way to a node.
type Ways = dyn Fn(&ClusterEvent, &str) -> Vec<Duration> + Send + Sync;

/// What was sent, and what becomes of it.
#[derive(Default)]
pub(crate) struct Cluster {
    sent: VecDeque<ClusterEvent>,
    ways: Option<Arc<Ways>>,
}

impl World {
    /// Sends a message to a plugin's other nodes. Where there is no cluster nothing happens, and
    /// that is no error.
    pub fn publish_to_cluster(&self, event: ClusterEvent) {
        let mut state = self.state();
        if !state.config.cluster {
            return;
        }
        keep(&mut state.cluster.sent, event.clone());
        drop(state);
        // A node alone has no others.
        let _ = self.inner.between_nodes.send(event);
        self.changed();
    }

    /// The messages between nodes, the oldest first, those that got lost among them.
    pub fn cluster_events(&self) -> Vec<ClusterEvent> {
        self.state().cluster.sent.iter().cloned().collect()
    }

    /// From now on messages get lost for which `lost` answers true, asked with the message and the
    /// name of the node that would get it. `|_, _| true` cuts all nodes off from each other.
    pub fn lose_between_nodes(
        &self,
        lost: impl Fn(&ClusterEvent, &str) -> bool + Send + Sync + 'static,
    ) {
        self.disturb_between_nodes(move |event, node| match lost(event, node) {
            true => Vec::new(),
            false => vec![Duration::ZERO],
        });
    }

    /// From now on `ways`, asked with the message and the name of the node that would get it, says how long each
    /// copy of it takes: with none it gets lost, with two it is doubled, and one that takes longer
    /// than the next message's is overtaken by it.
    pub fn disturb_between_nodes(
        &self,
        ways: impl Fn(&ClusterEvent, &str) -> Vec<Duration> + Send + Sync + 'static,
    ) {
        self.state().cluster.ways = Some(Arc::new(ways));
    }

    /// Each message arrives once and at once, from now on.
    pub fn lose_nothing_between_nodes(&self) {
        self.state().cluster.ways = None;
    }

    /// All messages from now on.
    pub(crate) fn between_nodes(&self) -> broadcast::Receiver<ClusterEvent> {
        self.inner.between_nodes.subscribe()
    }

    /// How long each copy of `event` takes that reaches the copy of the plugin on `node`.
    pub(crate) fn ways(&self, event: &ClusterEvent, node: &str) -> Vec<Duration> {
        if event.from == node || (!event.to.is_empty() && event.to != node) {
            return Vec::new();
        }
        let ways = self.state().cluster.ways.clone();
        ways.map_or_else(|| vec![Duration::ZERO], |ways| ways(event, node))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(to: &str) -> ClusterEvent {
        ClusterEvent {
            from: "one".into(),
            to: to.into(),
            plugin_id: "p".into(),
            id: "kind".into(),
            data: vec![1],
        }
    }

    #[test]
    fn a_message_reaches_the_others_unless_it_gets_lost() {
        let world = World::empty();
        let reached = |event: &ClusterEvent| {
            ["one", "two", "three"].map(|node| world.ways(event, node).len() == 1)
        };
        assert_eq!(reached(&event("")), [false, true, true]);
        assert_eq!(reached(&event("three")), [false, false, true]);
        world.lose_between_nodes(|_, node| node == "two");
        assert_eq!(reached(&event("")), [false, false, true]);
        world.lose_nothing_between_nodes();
        assert_eq!(reached(&event("")), [false, true, true]);
        let late = Duration::from_millis(5);
        world.disturb_between_nodes(move |_, _| vec![Duration::ZERO, late]);
        assert_eq!(world.ways(&event(""), "two"), [Duration::ZERO, late]);
        assert!(world.ways(&event(""), "one").is_empty());
    }

    #[test]
    fn without_a_cluster_nothing_is_sent() {
        let world = World::empty();
        world.publish_to_cluster(event(""));
        assert!(world.cluster_events().is_empty());
        world.configure(|config| config.cluster = true);
        let mut others = world.between_nodes();
        world.publish_to_cluster(event(""));
        assert_eq!(world.cluster_events(), [event("")]);
        assert_eq!(others.try_recv(), Ok(event("")));
    }
}
