//! Which node of a cluster leads.
//!
//! In a Mattermost cluster every node runs the plugin, and what must be done once is done by the node that holds a
//! [lease] in the key-value store. That module says how it is kept, and what may happen twice all the same.

pub mod lease;
#[cfg(test)]
mod lease_tests;
#[cfg(test)]
pub(crate) mod network;
pub mod relay;
#[cfg(test)]
mod simulation;
mod task;
#[cfg(test)]
mod tests;
mod value;

pub use task::{GIVE_BACK_LIMIT, Leadership};
pub use value::{Holder, MAX_VALUE};

/// The longest key that Mattermost's store takes, in bytes.
pub const MAX_KEY: usize = 50;

/// What this node is to do of what must be done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything: there are no other nodes.
    Alone,
    /// Everything: this node leads the others.
    Leader {
        /// Rises with every change of leaders, and with every time that the same node leads again.
        term: u64,
    },
    /// Nothing: another node leads, or none does yet.
    Follower,
}

impl Role {
    /// Whether this node does what must be done once.
    #[must_use]
    pub const fn leads(self) -> bool {
        !matches!(self, Self::Follower)
    }
}
