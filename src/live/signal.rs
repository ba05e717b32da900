//! What the board's task tells the stream: that something changed, and only while somebody looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::board::{Change, ChangeKind};
use crate::config::Config;
use crate::sinks::Sink;

/// Between the board's task and the stream's.
#[derive(Debug, Default)]
pub struct Signal {
    viewers: AtomicUsize,
    changed: AtomicBool,
    wake: Notify,
}

impl Signal {
    /// The sink that gives it. Without viewers a change costs one look at a number.
    pub fn sink(self: &Arc<Self>) -> impl Sink + use<> {
        SignalSink(Arc::clone(self))
    }

    /// How many look.
    pub(super) fn viewers(&self) -> usize {
        self.viewers.load(Ordering::SeqCst)
    }

    pub(super) fn come(&self) {
        if self.viewers.fetch_add(1, Ordering::SeqCst) == 0 {
            // Nobody was told of what changed meanwhile.
            self.changed.store(true, Ordering::SeqCst);
            self.wake.notify_one();
        }
    }

    pub(super) fn leave(&self) {
        if self.viewers.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.wake.notify_one();
        }
    }

    /// Whether the board changed since this was asked last.
    pub(super) fn take(&self) -> bool {
        self.changed.swap(false, Ordering::SeqCst)
    }

    /// The stream has something to look at.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }
}

struct SignalSink(Arc<Signal>);

impl Sink for SignalSink {
    fn take(&mut self, change: &Change, _: &Config) {
        // What was reported shows in what changed by it.
        if self.0.viewers() == 0 || matches!(change.kind, ChangeKind::Reported { .. }) {
            return;
        }
        if !self.0.changed.swap(true, Ordering::SeqCst) {
            self.0.wake.notify_one();
        }
    }
}
