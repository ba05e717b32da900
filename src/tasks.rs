//! Tasks beside the one that starts them.
//!
//! Every task of the plugin begins here, boxed: the runtime's code for a task is then in the executable once
//! for each type of result, not once for each of some fifty tasks. Only the feed's clients, of which there are
//! thousands, go without a box.

use std::pin::Pin;

use tokio::task::{AbortHandle, JoinHandle, JoinSet};

/// A task as the runtime sees it.
type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Runs a task beside the others, until it is done or aborted.
///
/// # Panics
///
/// Outside of a runtime.
pub(crate) fn spawn<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    let task: Task<T> = Box::pin(task);
    tokio::spawn(task)
}

/// The same as one of a set, which aborts it when it is dropped.
///
/// # Panics
///
/// Outside of a runtime.
pub(crate) fn spawn_in<T: Send + 'static>(
    set: &mut JoinSet<T>,
    task: impl Future<Output = T> + Send + 'static,
) -> AbortHandle {
    let task: Task<T> = Box::pin(task);
    set.spawn(task)
}
