//! A connection taken over from the host, as for a websocket.
//!
//! Source: Mattermost 9.11, `hijack.go`. The host keeps the client's socket and does one read and
//! one write at a time for us. There is no task of ours behind a connection, and one that is idle holds
//! no buffer: thousands may be open for days. The host offers deadlines too, but each costs a call a frame, which
//! halves the rate: keep time with `tokio::time` and drop the connection instead.

use std::{
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use go_plugin::rpc::{CallError, Lanes};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{connections::Connections, service::Writer};

/// Bytes asked of the host in one read: the size of its own buffer.
const READ_SIZE: usize = 4096;

/// Bytes gathered while a write is under way, and so the largest write. Beyond it writers wait.
const WRITE_SIZE: usize = 64 * 1024;

/// How long what was written last may take to leave before a connection is closed.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Why a connection could not be taken over.
#[derive(Debug)]
#[non_exhaustive]
pub enum HijackError {
    /// The request is answered already, or its connection taken over.
    Answered,
    /// The host refused, as it does over HTTP/2, or is gone.
    Refused(CallError),
    /// The plugin was deactivated since the request came. The connection is closed.
    Deactivated,
}

impl fmt::Display for HijackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("the request is answered already"),
            Self::Refused(e) => write!(f, "the host does not hand over the connection: {e}"),
            Self::Deactivated => f.write_str("the plugin was deactivated meanwhile"),
        }
    }
}

impl std::error::Error for HijackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(e) => Some(e),
            Self::Answered | Self::Deactivated => None,
        }
    }
}

/// The right to take over the connection of a request; an extension of every request.
///
/// A handler that has taken a connection over gives it to a task of its own and returns: while the handler
/// runs, the host waits for it, and it is one of the
/// [`MAX_IN_FLIGHT`](go_plugin::rpc::MAX_IN_FLIGHT) calls that the plugin answers at once.
///
/// A websocket, with tokio-tungstenite; the example `websocket` has all of it, with who may open it:
///
/// ```
/// use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
/// use mattermost_plugin::http::{Body, Hijack};
/// use tokio_tungstenite::{
///     WebSocketStream,
///     tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
/// };
/// # use futures_util::SinkExt;
///
/// async fn socket(mut request: Request<Body>) -> Response<String> {
///     let answer = |status| {
///         let mut response = Response::new(String::new());
///         *response.status_mut() = status;
///         response
///     };
///     let hijack = request.extensions_mut().remove::<Hijack>();
///     let key = request.headers().get(header::SEC_WEBSOCKET_KEY);
///     let accept = key.and_then(|key| HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok());
///     let (Some(hijack), Some(accept)) = (hijack, accept) else {
///         return answer(StatusCode::UPGRADE_REQUIRED);
///     };
///     let headers = HeaderMap::from_iter([
///         (header::UPGRADE, HeaderValue::from_static("websocket")),
///         (header::CONNECTION, HeaderValue::from_static("Upgrade")),
///         (header::SEC_WEBSOCKET_ACCEPT, accept),
///     ]);
///     let Ok(connection) = hijack.switch_protocols(&headers).await else {
///         return answer(StatusCode::BAD_GATEWAY);
///     };
///     tokio::spawn(async move {
///         let mut socket = WebSocketStream::from_raw_socket(connection, Role::Server, None).await;
///         let _ = socket.send(Message::text("Hello!")).await;
///     });
///     // Goes nowhere: the connection is not the server's any more.
///     answer(StatusCode::SWITCHING_PROTOCOLS)
/// }
/// ```
#[derive(Clone)]
pub struct Hijack {
    writer: Writer,
    connections: Arc<Connections>,
    closings: u64,
}

impl fmt::Debug for Hijack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hijack").finish_non_exhaustive()
    }
}

impl Hijack {
    /// Of a request that came when all `connections` had been closed `closings` times.
    pub(super) fn new(writer: Writer, connections: Arc<Connections>, closings: u64) -> Self {
        Self {
            writer,
            connections,
            closings,
        }
    }

    /// Takes the connection over. Nothing has been written to it; what the handler answers
    /// afterwards is ignored.
    ///
    /// # Errors
    /// [`HijackError`]; the request can still be answered when the host refused.
    pub async fn hijack(self) -> Result<Hijacked, HijackError> {
        let mut place = self.writer.lock_owned().await;
        let mut host = place.take().ok_or(HijackError::Answered)?;
        // Once the host was asked, the connection is ours to close. So the work outlives a caller
        // that gives up, and a connection that nobody takes closes as it is dropped. The request is
        // not answered before this lets go of its place.
        let work = tokio::spawn(async move {
            if let Err(e) = host.call::<_, ()>("Plugin.HijackResponse", &()).await {
                *place = Some(host);
                return Err(HijackError::Refused(e));
            }
            let lanes = host
                .into_lanes()
                .await
                .map_err(|e| HijackError::Refused(e.into()))?;
            Hijacked::new(lanes, self.connections, self.closings)
        });
        work.await
            .unwrap_or_else(|e| Err(HijackError::Refused(CallError::Gone(e.to_string()))))
    }

    /// Takes the connection over and answers 101 with `headers`. The answer is on its way then, and what
    /// is written follows behind it.
    ///
    /// # Errors
    /// [`HijackError`]; that a client has left meanwhile shows as the connection is used.
    pub async fn switch_protocols(self, headers: &HeaderMap) -> Result<Hijacked, HijackError> {
        let mut connection = self.hijack().await?;
        let status = StatusCode::SWITCHING_PROTOCOLS;
        let reason = status.canonical_reason().unwrap_or_default();
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
        for (name, value) in headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        connection.outgoing.gathered = head;
        // Begun here, for a caller may do nothing but read.
        poll_fn(|cx| connection.outgoing.poll_begin(cx))
            .await
            .map_err(HijackError::Refused)?;
        Ok(connection)
    }
}

/// The lane of `poll_read`, which is answered with bytes.
const READ: usize = 0;

/// The lane of what is written.
const WRITE: usize = 1;

/// The lane of the call that closes the connection.
const CLOSE: usize = 2;

/// The calls of one connection: a read, a write, and the close.
pub(super) type ConnectionLanes = Lanes<Vec<u8>, 3>;

/// Closes the connection, without waiting for it.
pub(super) fn begin_close(lanes: &ConnectionLanes) -> Result<(), CallError> {
    lanes.begin(CLOSE, "Plugin.HjConnClose", &())
}

/// Ready when the connection is closed.
pub(super) fn poll_closed(
    lanes: &ConnectionLanes,
    cx: &mut Context<'_>,
) -> Poll<Result<(), CallError>> {
    lanes.poll_done(CLOSE, cx)
}

/// What is on its way to the client.
struct Outgoing {
    lanes: ConnectionLanes,
    /// A write is under way, or its outcome not yet looked at.
    writing: bool,
    gathered: Vec<u8>,
}

impl Outgoing {
    /// Begins to write what is gathered, when nothing is being written.
    fn poll_begin(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        if !self.writing && !self.gathered.is_empty() {
            ready!(self.lanes.poll_room(cx));
            self.lanes
                .begin(WRITE, "Plugin.HjConnWrite", &self.gathered[..])?;
            (self.writing, self.gathered) = (true, Vec::new());
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when nothing is being written and nothing is gathered.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), CallError>> {
        loop {
            if self.writing {
                let outcome = ready!(self.lanes.poll_done(WRITE, cx));
                self.writing = false;
                outcome?;
            }
            if self.gathered.is_empty() {
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_begin(cx))?;
        }
    }
}

/// How far the closing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Open,
    Closing,
    Closed,
}

/// A connection to the client. Dropped, it is closed.
///
/// Writes are gathered while one is under way, so that many small frames cost one call; nothing
/// leaves before `poll_flush`, the drop, or 64 KiB. While much of other connections is on its way,
/// `poll_write` takes nothing and waits, so whoever can make what it writes at that moment keeps no copy. The
/// host cannot close one direction: `poll_shutdown` closes both.
///
/// Its two halves may be polled from different tasks, as by [`tokio::io::split`].
///
/// It has no time limits of its own: `tokio::time::timeout` around a read, or a ping now and then, finds a client that is gone
/// without a word. When the plugin is deactivated it is closed.
pub struct Hijacked {
    id: u64,
    connections: Arc<Connections>,
    outgoing: Outgoing,
    /// The host's buffered reader may hold what the client sent with its request.
    buffered: bool,
    reading: bool,
    arrived: Vec<u8>,
    taken: usize,
    ended: bool,
    end: End,
}

impl fmt::Debug for Hijacked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hijacked")
            .field("id", &self.id)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl Hijacked {
    fn new(
        lanes: ConnectionLanes,
        connections: Arc<Connections>,
        closings: u64,
    ) -> Result<Self, HijackError> {
        let id =
            connections
                .add(lanes.clone(), closings)
                .map_err(|late| match begin_close(&late) {
                    Ok(()) => HijackError::Deactivated,
                    Err(e) => HijackError::Refused(e),
                })?;
        Ok(Self {
            id,
            connections,
            outgoing: Outgoing {
                lanes,
                writing: false,
                gathered: Vec::new(),
            },
            buffered: true,
            reading: false,
            arrived: Vec::new(),
            taken: 0,
            ended: false,
            end: End::Open,
        })
    }

    /// One read, which the host blocks in until something arrives.
    fn begin_read(&mut self) -> Result<(), CallError> {
        // A read of as many bytes as the host's buffer holds leaves nothing in it; from then on
        // the cheaper call, which sends a number, reads the socket itself.
        let lanes = &self.outgoing.lanes;
        if self.buffered {
            lanes.begin(READ, "Plugin.HjConnRWRead", &[0_u8; READ_SIZE][..])?;
        } else {
            lanes.begin(READ, "Plugin.HjConnRead", &(READ_SIZE as i64))?;
        }
        (self.buffered, self.reading) = (false, true);
        Ok(())
    }

    fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<Result<Vec<u8>, CallError>> {
        if !self.reading {
            self.begin_read()?;
        }
        let outcome = ready!(self.outgoing.lanes.poll_answer(cx));
        self.reading = false;
        Poll::Ready(outcome)
    }
}

/// Errors of the host's socket arrive as text.
fn error(e: CallError) -> io::Error {
    let kind = match &e {
        CallError::Remote(words) if words.contains("timeout") => io::ErrorKind::TimedOut,
        CallError::Remote(_) => io::ErrorKind::ConnectionReset,
        _ => io::ErrorKind::NotConnected,
    };
    io::Error::new(kind, e)
}

impl AsyncRead for Hijacked {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.taken == this.arrived.len() && !this.ended {
            match ready!(this.poll_arrived(cx)) {
                Ok(data) => (this.arrived, this.taken) = (data, 0),
                // Go's io.EOF, as text.
                Err(CallError::Remote(words)) if words == "EOF" => this.ended = true,
                Err(e) => return Poll::Ready(Err(error(e))),
            }
        }
        let rest = &this.arrived[this.taken..];
        let take = rest.len().min(out.remaining());
        out.put_slice(&rest[..take]);
        this.taken += take;
        if this.taken == this.arrived.len() {
            (this.arrived, this.taken) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Hijacked {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.end == End::Closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let outgoing = &mut self.outgoing;
        if outgoing.gathered.len() >= WRITE_SIZE {
            ready!(outgoing.poll_drain(cx)).map_err(error)?;
        }
        if outgoing.gathered.is_empty() {
            ready!(outgoing.lanes.poll_room(cx));
        }
        let take = data.len().min(WRITE_SIZE - outgoing.gathered.len());
        outgoing.gathered.extend_from_slice(&data[..take]);
        Poll::Ready(Ok(take))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.poll_drain(cx).map_err(error)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.end == End::Open {
            // What cannot be written any more must not keep the connection open.
            let _ = ready!(this.outgoing.poll_drain(cx));
            this.end = match this.connections.remove(this.id) {
                Some(lanes) => {
                    begin_close(&lanes).map_err(error)?;
                    End::Closing
                }
                // It was closed when the plugin was deactivated.
                None => End::Closed,
            };
        }
        if this.end == End::Closed {
            return Poll::Ready(Ok(()));
        }
        let outcome = ready!(poll_closed(&this.outgoing.lanes, cx));
        this.end = End::Closed;
        Poll::Ready(outcome.map_err(error))
    }
}

impl Drop for Hijacked {
    fn drop(&mut self) {
        if self.end != End::Open {
            return;
        }
        let (id, connections) = (self.id, Arc::clone(&self.connections));
        let close = move || {
            if let Some(lanes) = connections.remove(id) {
                // When the session is over, so is the host.
                let _ = begin_close(&lanes);
            }
        };
        if !self.outgoing.writing && self.outgoing.gathered.is_empty() {
            return close();
        }
        // Without a runtime the process is ending, and the socket with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        // A websocket library may end a connection right behind its last frame, as it can on a
        // socket, where what is written needs no flush.
        let mut last = Outgoing {
            lanes: self.outgoing.lanes.clone(),
            writing: self.outgoing.writing,
            gathered: std::mem::take(&mut self.outgoing.gathered),
        };
        runtime.spawn(async move {
            let drained = poll_fn(|cx| last.poll_drain(cx));
            let _ = tokio::time::timeout(LAST_WORDS, drained).await;
            close();
        });
    }
}

#[cfg(test)]
mod tests;
