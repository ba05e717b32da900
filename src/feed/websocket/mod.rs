//! The server's side of websockets (RFC 6455), without I/O.
//!
//! What clients say is checked and skipped: a feed speaks, it does not listen. So nothing of a message is kept, however
//! long it is.

pub(super) mod close;
pub(super) mod frame;
pub(super) mod handshake;
pub(super) mod reader;
mod utf8;

#[cfg(test)]
mod tests;
