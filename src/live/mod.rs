//! The board, live: what its viewers are shown, who they are, and the stream by which they follow it.
//!
//! The stream is one JSON object a message, `{"n":…,"<kind>":…}` with the board's number of the change by which a thing is what it is:
//! the whole board first, then whatever changes, each thing once, as it is when it is sent. It goes over websockets through a
//! [feed](crate::feed), and as server-sent events.

mod beside;
mod connection;
mod events;
pub mod mask;
mod message;
mod rings;
mod shown;
mod signal;
mod sources;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod viewer;
mod viewers;

pub use rings::{MAX_RING_URL, MAX_RINGS, RING_TOLD, Ring};
pub use shown::Shown;
pub use signal::Signal;
pub use sources::{SourceState, Sources, gone};
pub(crate) use stream::start;
pub use stream::{
    BOARD_EVERY, CLOSE_LIMIT, Live, MAX_EVENT_STREAMS, MAX_VIEWERS, MAX_WALL_VIEWERS, NotTaken,
    PACE, Resume, Who,
};
pub use table::MAX_RECORDS;
pub use viewer::Viewer;
pub use viewers::{CHECK_AGAIN, CHECK_EVERY, Check, Farewell, Found, MAX_UNKNOWN, Viewers};
