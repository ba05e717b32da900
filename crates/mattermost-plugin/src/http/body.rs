//! The request's body, read from the host as the handler asks for it.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use go_plugin::broker::BrokerStream;
use http_body::Frame;

/// Bytes asked of the host at once. Two such wishes fit into the window of a stream, so the host
/// reads on while we work.
const READ_SIZE: usize = 64 * 1024;

/// The body of a request. It is read from the client only as fast as it is polled, and what is
/// left unread when it is dropped stays with the host.
///
/// Nothing bounds its length but the server's reverse proxy: who gathers it sets a limit, as axum's extractors do (2 MB, unless
/// told otherwise) and `http_body_util::Limited` does.
///
/// Source: Mattermost 9.11, `io_rpc.go`: the reader writes a signed varint, how many bytes it
/// wants; the host sends so many, or fewer and the stream's end when the body ends.
pub struct Body {
    stream: Option<BrokerStream>,
    /// Bytes asked for that have not arrived.
    wanted: usize,
    buffer: BytesMut,
}

impl Body {
    pub(super) fn new(stream: Option<BrokerStream>) -> Self {
        Self {
            stream,
            wanted: 0,
            buffer: BytesMut::new(),
        }
    }

    /// A body without bytes, for a request that a test makes.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(None)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

/// A signed varint as Go's `encoding/binary` writes it: zigzag, seven bits a byte.
fn varint(value: usize) -> ([u8; 10], usize) {
    let mut rest = (value as u64) << 1;
    let mut bytes = [0; 10];
    let mut length = 0;
    while rest >= 0x80 {
        bytes[length] = rest as u8 | 0x80;
        rest >>= 7;
        length += 1;
    }
    bytes[length] = rest as u8;
    (bytes, length + 1)
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        let Some(stream) = &mut this.stream else {
            return Poll::Ready(None);
        };
        // A wish stays open while the last one is being worked off, so that nobody waits.
        while this.wanted <= READ_SIZE {
            let (bytes, length) = varint(READ_SIZE);
            if stream.sender().send(&bytes[..length]).is_err() {
                break;
            }
            this.wanted += READ_SIZE;
        }
        match ready!(stream.poll_fill(cx, &mut this.buffer)) {
            Ok(true) => {
                let data = this.buffer.split().freeze();
                this.wanted = this.wanted.saturating_sub(data.len());
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            Ok(false) => {
                this.stream = None;
                Poll::Ready(None)
            }
            Err(e) => {
                this.stream = None;
                Poll::Ready(Some(Err(e)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_written_as_go_writes_them() {
        // Go: binary.PutVarint(buf, n).
        for (value, bytes) in [(0, &[0][..]), (1, &[2]), (63, &[126]), (64, &[0x80, 1])] {
            let (written, length) = varint(value);
            assert_eq!(&written[..length], bytes);
        }
        let (written, length) = varint(READ_SIZE);
        assert_eq!(&written[..length], [0x80, 0x80, 8]);
    }
}
