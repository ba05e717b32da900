//! Direct messages about calls.

pub(super) use crate::sinks::messages::Messenger;
#[cfg(test)]
pub(super) use crate::sinks::messages::{ATTEMPT_LIMIT, GIVE_UP_AFTER};
