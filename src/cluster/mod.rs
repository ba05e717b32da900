//! Which node of a cluster leads.
pub mod lease;
#[cfg(test)]
mod simulation;
mod value;
pub use value::{Holder, MAX_VALUE};
