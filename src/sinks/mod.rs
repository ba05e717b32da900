//! Sinks turn a [change](crate::board::Change) of the board into one kind of effect. None of them delays
//! another, nor the phone that waits for its answer.

mod cause;
pub mod free;
pub mod metrics;
pub mod missed;
pub mod posts;
pub mod status;

use crate::board::Change;
use crate::config::Config;

/// Something that follows the board. The board's task owns it and hands it every change, in order.
pub trait Sink: Send + 'static {
    /// Takes a change. It never waits: what takes time is handed on to a task of the sink's own.
    fn take(&mut self, change: &Change, config: &Config);
}
