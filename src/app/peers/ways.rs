//! The ways that lead from this node to the others.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::cluster::relay::NodeId;

/// The most messages of a way that wait to be sent. What is more is lost, as on any way between nodes, and sent again.
pub(crate) const MAX_OUTGOING: usize = 64;

/// The most questions of other nodes that wait to be begun.
pub(crate) const MAX_ERRANDS: usize = 256;

/// Whether this node leads, or is alone, at this moment.
pub(crate) type Leads = Arc<dyn Fn() -> bool + Send + Sync>;

/// A question of another node, which this one is to answer.
#[derive(Debug)]
pub(crate) struct Errand {
    pub(crate) node: NodeId,
    pub(crate) number: u64,
    pub(crate) body: Vec<u8>,
}

/// The ways out.
pub(crate) struct Ways {
    /// To all other nodes.
    pub(crate) out: mpsc::Sender<Vec<u8>>,
    /// To them, too, behind everything else: questions and answers, which are as many and as long as others make them.
    pub(crate) questions: mpsc::Sender<Vec<u8>>,
    /// To whoever does what other nodes ask for.
    pub(crate) errands: mpsc::Sender<Errand>,
    pub(crate) leads: Leads,
}

impl Ways {
    /// None: there are no other nodes, and never will be.
    pub(crate) fn alone() -> Self {
        let (out, _) = mpsc::channel(1);
        let (questions, _) = mpsc::channel(1);
        let (errands, _) = mpsc::channel(1);
        Self {
            out,
            questions,
            errands,
            leads: Arc::new(|| true),
        }
    }
}
