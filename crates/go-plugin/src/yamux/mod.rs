//! yamux: many streams over one connection.
//!
//! A file for each layer: [`frame`](self) headers, the `state` of all streams (a state machine
//! without I/O), the `driver` (the one task that reads and writes the socket), and [`Stream`] and
//! [`Session`], what the rest of the program holds.
//!
//! Source: hashicorp/yamux, `spec.md`, and the behaviour of its 0.1.2 release, which is the peer.
//!
//! Why not the `yamux` crate: it writes each frame's header and body to the socket separately, so
//! that a request's answer costs many system calls; `cargo bench -p go-plugin` measures both.
//! Here everything that is ready leaves in one write, and the first bytes of a stream travel in
//! the frame that opens it.

mod crowd;
mod driver;
mod error;
mod frame;
mod session;
mod state;
mod stream;
mod stream_state;

pub use driver::Driver;
pub(crate) use error::is_gone;
pub use error::{ProtocolError, SessionError};
pub use session::{Mode, Session};
pub use stream::{Sender, Stream};

/// Receive window of a stream in bytes: what a peer may send before we have read any of it. It is
/// the specification's initial window, which hashicorp/yamux keeps, and so the most that an unread
/// stream costs.
pub const WINDOW: u32 = 256 * 1024;

/// Streams that we have opened and the peer has not acknowledged. hashicorp/yamux resets what
/// comes beyond its accept backlog of 256, so we stay below.
pub const MAX_UNACKNOWLEDGED: usize = 250;

/// Streams that the peer has opened and we have not accepted. One more is reset.
pub const MAX_BACKLOG: usize = 256;

/// Streams alive at once. One more from the peer is reset; one more from us is an error.
pub const MAX_STREAMS: usize = 65_536;

/// Bytes gathered for the socket, beyond which streams hold back what they want to send. Answers
/// that the protocol demands (pings, windows) may reach four times this before the session ends
/// with [`ProtocolError::Flood`].
pub const MAX_OUTGOING: usize = 1024 * 1024;

/// Bytes gathered for the socket, beyond which [`Sender::poll_room`] makes those wait who have much to
/// send on many streams. As much as the kernel takes at once, about.
pub const ROOM: usize = 256 * 1024;

/// Bytes that have arrived on all streams of a session and were not read: 64 MiB. Windows alone
/// would allow gigabytes. A stream that carries more is reset.
pub const MAX_UNREAD: usize = 64 * 1024 * 1024;

/// Payload of one data frame in bytes, so that a large body does not make small answers wait.
pub const MAX_FRAME: usize = 64 * 1024;

/// Seconds for which a stream that we have finished waits for the peer to finish too, before it is
/// reset. hashicorp/yamux waits as long.
pub const CLOSE_TIMEOUT_SECS: u64 = 300;

#[cfg(test)]
mod tests;
