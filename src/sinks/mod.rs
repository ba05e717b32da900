//! Sinks turn a [change](crate::board::Change) of the board into one kind of effect. None of them delays
//! another, nor the phone that waits for its answer.

pub mod metrics;
pub mod posts;
