//! Go's net/rpc over its gob codec, both sides.
//!
//! Source: Go's `net/rpc` (`server.go`, `client.go`). A request is a gob `Request{ServiceMethod,
//! Seq}` and then the argument; a response is a `Response{ServiceMethod, Seq, Error}` and then the
//! reply, an empty struct when there is an error. Each direction of a stream is one gob stream,
//! within the limits of [`gob::limits`].
//!
//! A Go server runs each call in a goroutine of its own, so calls that are sent together can run
//! in any order: whoever needs an order waits for one reply before the next request.

mod client;
mod error;
mod incoming;
mod lanes;
mod serial;
mod server;
#[cfg(test)]
mod tests;

pub use client::Client;
pub use error::{CallError, ServeError};
pub use lanes::Lanes;
pub use serial::Caller;
pub use server::{Call, Reply, Service, serve};

use std::cell::Cell;

use gob::{ByteString, Encode, EncodeError, Encoder, Gob};

/// Calls of one stream that a server works on at once. One more waits on the stream.
pub const MAX_IN_FLIGHT: usize = 4096;

/// Bytes of answers that a server holds back for a peer that does not read them; beyond this it
/// takes no further calls from that stream until the peer has read some.
pub const MAX_UNSENT: usize = 1024 * 1024;

/// The header of a request.
#[derive(Clone, Copy, Debug, Default, Gob)]
#[gob(type_name = "Request")]
pub(crate) struct RequestHeader<'a> {
    pub(crate) service_method: &'a str,
    pub(crate) seq: u64,
}

/// The header of a response.
///
/// `service_method` is left empty: Go's client knows a call by its number alone, and the name
/// would cost every answer its bytes.
#[derive(Clone, Debug, Default, Gob)]
#[gob(type_name = "Response")]
pub(crate) struct ResponseHeader<'a> {
    pub(crate) service_method: ByteString<'a>,
    pub(crate) seq: u64,
    /// Any bytes: an error's text in Go need not be UTF-8.
    pub(crate) error: ByteString<'a>,
}

impl<'a> ResponseHeader<'a> {
    fn new(seq: u64, error: &'a str) -> Self {
        let error = ByteString(error.as_bytes().into());
        Self {
            service_method: ByteString::default(),
            seq,
            error,
        }
    }

    /// The error's words; empty for none.
    fn words(&self) -> String {
        String::from_utf8_lossy(&self.error.0).into_owned()
    }
}

/// Keep at most this much of a buffer in which messages are encoded, in bytes: enough for writes of 64 KiB.
const KEEP_SCRATCH: usize = 128 * 1024;

/// Where a message is put together.
#[derive(Default)]
struct Scratch {
    message: Vec<u8>,
    body: Vec<u8>,
}

thread_local! {
    /// One for all streams: there are thousands of them, and a message is sent as soon as it is encoded.
    static SCRATCH: Cell<Scratch> = const {
        Cell::new(Scratch { message: Vec::new(), body: Vec::new() })
    };
}

/// Encodes the two halves of messages for one stream.
#[derive(Default)]
struct MessageEncoder(Encoder);

impl MessageEncoder {
    /// Hands the bytes of a header and its body to `send`. On an error nothing counts as sent, so the stream
    /// goes on.
    ///
    /// The body is encoded first: it can fail, and what a header that stays behind had defined
    /// would be missing on the stream. The two share no definitions, so their order is free.
    fn encode<H, B, R>(
        &mut self,
        header: &H,
        body: &B,
        send: impl FnOnce(&[u8]) -> R,
    ) -> Result<R, EncodeError>
    where
        H: Encode,
        B: Encode + ?Sized,
    {
        let mut scratch = SCRATCH.take();
        let Scratch { message, body: end } = &mut scratch;
        message.clear();
        end.clear();
        self.0.encode(body, end)?;
        self.0.encode(header, message)?;
        message.extend_from_slice(end);
        let sent = send(message);
        if message.capacity().max(end.capacity()) <= KEEP_SCRATCH {
            SCRATCH.set(scratch);
        }
        Ok(sent)
    }
}
