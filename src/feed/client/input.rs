//! What a client sends.

use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

use super::{Client, End, TURN};
use crate::feed::Source;
use crate::feed::websocket::reader::Event;

/// Bytes that one read takes. They are on the stack, so that a client who says nothing holds none.
const READ_BYTES: usize = 2 * 1024;

impl<S: Source, C: AsyncRead + Unpin> Client<S, C> {
    /// Reads what there is.
    pub(super) fn poll_input(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        let mut space = [MaybeUninit::uninit(); READ_BYTES];
        for _ in 0..TURN {
            // Nothing behind a close frame is read, and nothing behind the end, which would be there again at once.
            if self.leaving.as_ref().is_some_and(|leaving| !leaving.waits) {
                return Ok(());
            }
            let mut read = ReadBuf::uninit(&mut space);
            match Pin::new(&mut self.connection).poll_read(cx, &mut read) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(e)) => return Err(End::Broken(e)),
                Poll::Ready(Ok(())) => {}
            }
            match (read.filled(), &mut self.leaving) {
                ([], None) => return Err(End::Left),
                ([], Some(leaving)) => leaving.waits = false,
                (bytes, _) => self.read(bytes),
            }
        }
        cx.waker().wake_by_ref();
        Ok(())
    }

    fn read(&mut self, mut bytes: &[u8]) {
        let now = Instant::now();
        loop {
            match self.reader.read(&mut bytes, now) {
                Ok(None) => return,
                // The latest one is enough (RFC 6455, section 5.5.3), and behind a close frame there is no pong.
                Ok(Some(Event::Ping(payload))) if self.leaving.is_none() => {
                    self.pong = Some(payload);
                }
                Ok(Some(Event::Ping(_))) => {}
                Ok(Some(Event::Close(code))) => self.closed_by_client(code, now),
                Err(violation) => self.violated(violation, now),
            }
        }
    }
}
