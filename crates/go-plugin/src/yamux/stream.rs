//! The handle of a stream.

use std::{
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    MAX_FRAME,
    error::SessionError,
    session::Shared,
    state::{ReadOutcome, State},
};

/// Sends on a stream. Clones send on the same one; what is sent after the [`Stream`] itself was
/// dropped is refused.
#[derive(Clone)]
pub struct Sender {
    id: u32,
    shared: Arc<Shared>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("stream", &self.id)
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// Sends `data` behind what was sent before. What the peer's window does not allow now is
    /// kept and sent later: whoever sends much waits for [`Sender::sent`] in between.
    ///
    /// # Errors
    /// [`SessionError`] when the stream or the session is over.
    pub fn send(&self, data: &[u8]) -> Result<(), SessionError> {
        self.shared.with(|state| state.send(self.id, data))
    }

    /// Tells the peer of this stream, if it is ours and nothing was sent on it yet.
    pub fn announce(&self) {
        self.shared.with(|state| state.announce(self.id));
    }

    /// Waits until at most `most` bytes of what was sent are still held back here.
    ///
    /// # Errors
    /// [`SessionError`] when the stream or the session is over.
    pub async fn sent(&self, most: usize) -> Result<(), SessionError> {
        poll_fn(|cx| self.poll_sent(cx, most)).await
    }

    /// As [`Sender::sent`].
    ///
    /// # Errors
    /// [`SessionError`] when the stream or the session is over.
    pub fn poll_sent(&self, cx: &mut Context<'_>, most: usize) -> Poll<Result<(), SessionError>> {
        self.shared
            .with(|state| state.poll_sent(self.id, most, cx.waker()))
    }

    /// Ready when less than [`ROOM`](super::ROOM) bytes of all streams wait for the socket and no stream that
    /// asked before still waits, or when nothing will ever leave. What is sent then ends the turn. Nobody is
    /// held to it; but who writes to thousands of streams at once and asks here first needs memory for what is
    /// leaving, not for all of it.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.shared
            .with(|state| state.poll_room(self.id, cx.waker()))
    }

    /// Sends the stream's end. Reading goes on.
    pub fn finish(&self) {
        self.shared.with(|state| state.finish(self.id));
    }

    /// Ends the stream at once, in both directions.
    pub fn reset(&self) {
        self.shared.with(|state| state.reset_stream(self.id));
    }
}

/// One stream of a session. Dropping it finishes it.
///
/// Beside `AsyncRead` and `AsyncWrite` it can send without waiting ([`Sender::send`]) and hand
/// over what has arrived without copying ([`Stream::poll_fill`]).
pub struct Stream {
    sender: Sender,
    /// Arrived and not yet read through `AsyncRead`.
    buffer: BytesMut,
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("id", &self.sender.id)
            .finish_non_exhaustive()
    }
}

impl Stream {
    pub(super) fn new(id: u32, shared: Arc<Shared>) -> Self {
        Self {
            sender: Sender { id, shared },
            buffer: BytesMut::new(),
        }
    }

    /// The sending half, for others to send on this stream too.
    #[must_use]
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Puts what has arrived behind what `buffer` holds. Ready with `false` at the stream's end.
    /// The waker is called while no lock of the session is held.
    ///
    /// # Errors
    /// [`SessionError`] when the stream was reset or the session is over.
    pub fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut BytesMut,
    ) -> Poll<Result<bool, SessionError>> {
        if !self.buffer.is_empty() {
            buffer.extend_from_slice(&self.buffer.split());
            return Poll::Ready(Ok(true));
        }
        let id = self.sender.id;
        self.sender
            .shared
            .with(|state| state.read(id, buffer, cx.waker()))
            .map_ok(|outcome| outcome == ReadOutcome::Data)
    }

    /// Puts bytes back in front of what comes next. Nothing may be there that was put back before, or left by a
    /// read through `AsyncRead`.
    pub(crate) fn put_back(&mut self, bytes: BytesMut) {
        debug_assert!(self.buffer.is_empty(), "bytes would be lost");
        self.buffer = bytes;
    }

    /// As [`Stream::poll_fill`].
    ///
    /// # Errors
    /// [`SessionError`] when the stream was reset or the session is over.
    pub async fn fill(&mut self, buffer: &mut BytesMut) -> Result<bool, SessionError> {
        poll_fn(|cx| self.poll_fill(cx, buffer)).await
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.buffer.is_empty() {
            let (id, buffer) = (this.sender.id, &mut this.buffer);
            match this
                .sender
                .shared
                .with(|state| state.read(id, buffer, cx.waker()))
            {
                Poll::Ready(Ok(ReadOutcome::Data)) => {}
                Poll::Ready(Ok(ReadOutcome::End)) => return Poll::Ready(Ok(())),
                Poll::Ready(Err(e)) => return Poll::Ready(Err(e.into())),
                Poll::Pending => return Poll::Pending,
            }
        }
        let take = this.buffer.len().min(out.remaining());
        out.put_slice(&this.buffer[..take]);
        this.buffer.advance(take);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.sender.poll_sent(cx, 0) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(e)) => return Poll::Ready(Err(e.into())),
            Poll::Pending => return Poll::Pending,
        }
        let take = data.len().min(MAX_FRAME);
        Poll::Ready(
            self.sender
                .send(&data[..take])
                .map(|()| take)
                .map_err(io::Error::from),
        )
    }

    /// Everything written is on its way as soon as the window allows; there is nothing to push.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.sender.poll_sent(cx, 0).map_err(io::Error::from)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.sender.finish();
        Poll::Ready(Ok(()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let id = self.sender.id;
        self.sender
            .shared
            .with(|state: &mut State| state.drop_stream(id));
    }
}
