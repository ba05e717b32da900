//! Sinks turn a [change](crate::board::Change) of the board into one kind of effect. None of them delays
//! another, nor the phone that waits for its answer.

pub mod alerts;
pub mod callbacks;
mod cause;
pub(crate) mod channels;
pub mod free;
pub mod metrics;
pub mod missed;
pub mod posts;
pub mod report;
pub mod status;

use crate::board::{Board, Change};
use crate::config::Config;

/// Something that follows the board. The board's task owns it and hands it every change, in order.
pub trait Sink: Send + 'static {
    /// Takes a change. It never waits: what takes time is handed on to a task of the sink's own.
    fn take(&mut self, change: &Change, config: &Config);

    /// The board was on before this process began, and was like this. It comes before every change. Whoever acts on changes alone has
    /// nothing to do: what was before was acted on then.
    fn restored(&mut self, _board: &Board, _config: &Config) {}
}
