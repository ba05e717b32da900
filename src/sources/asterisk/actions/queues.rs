//! Actions of queues' agents.

use super::{Action, caller_name};

/// The most characters of why an agent pauses.
const MAX_REASON: usize = 80;

/// Logs an agent in to a queue.
pub(in super::super) fn queue_add(queue: &str, interface: &str, name: &str) -> Action {
    let action = Action::new("QueueAdd")
        .with("Queue", queue)
        .with("Interface", interface);
    match caller_name(name) {
        name if name.is_empty() => action,
        name => action.with("MemberName", name),
    }
}

/// Logs an agent out of a queue.
pub(in super::super) fn queue_remove(queue: &str, interface: &str) -> Action {
    Action::new("QueueRemove")
        .with("Queue", queue)
        .with("Interface", interface)
}

/// Lets an agent pause in a queue, or take calls again.
pub(in super::super) fn queue_pause(
    queue: &str,
    interface: &str,
    paused: bool,
    reason: Option<&str>,
) -> Action {
    let action = Action::new("QueuePause")
        .with("Queue", queue)
        .with("Interface", interface)
        .with("Paused", paused.to_string());
    let reason: String = crate::text::clean(reason.unwrap_or_default())
        .chars()
        .take(MAX_REASON)
        .collect();
    if reason.is_empty() {
        action
    } else {
        action.with("Reason", reason)
    }
}
