//! What has arrived on a stream and was not yet decoded.

use std::{
    io,
    task::{Context, Poll},
};

use bytes::{Buf, BytesMut};
use gob::{DecodeError, Decoder};

use crate::broker::BrokerStream;

/// The receiving end of a stream of gob values.
///
/// Where a value ends only its decoder knows: one whose interfaces hold types not seen before goes
/// on in further messages.
#[derive(Default)]
pub(super) struct Incoming {
    decoder: Decoder,
    buffer: BytesMut,
}

impl Incoming {
    /// Lets `read` decode from what is there, and forgets what it took.
    pub(super) fn take<R>(&mut self, read: impl FnOnce(&mut Decoder, &mut &[u8]) -> R) -> R {
        let mut input = &self.buffer[..];
        let result = read(&mut self.decoder, &mut input);
        let taken = self.buffer.len() - input.len();
        self.buffer.advance(taken);
        result
    }

    /// Nothing has arrived that was not taken.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Adds what has arrived. Ready with `false` at the stream's end.
    pub(super) fn poll_fill(
        &mut self,
        stream: &mut BrokerStream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<bool>> {
        stream.poll_fill(cx, &mut self.buffer)
    }

    /// Gives an empty buffer's memory back.
    pub(super) fn shrink(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Waits for as many bytes as the decoder misses at the least, or for one. `false` at the
    /// stream's end.
    pub(super) async fn fill(&mut self, stream: &mut BrokerStream) -> io::Result<bool> {
        let wanted = self.buffer.len() + self.decoder.missing().max(1);
        while self.buffer.len() < wanted {
            if !stream.fill(&mut self.buffer).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Reads past a value. `false` when it is not all there.
///
/// # Errors
/// Only what ends the stream: a value that cannot be understood is read past as well.
pub(super) fn skip(decoder: &mut Decoder, input: &mut &[u8]) -> Result<bool, DecodeError> {
    match decoder.skip(input) {
        Ok(skipped) => Ok(skipped.is_some()),
        Err(e) if e.is_fatal() => Err(e),
        Err(_) => Ok(true),
    }
}
