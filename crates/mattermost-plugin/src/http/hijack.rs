//! A connection taken over from the host, as for a websocket.
//!
//! Source: Mattermost 9.11, `hijack.go`. The host keeps the client's socket and does one read and
//! one write at a time for us. It offers deadlines too, but each costs a call a frame, which
//! halves the rate: keep time with `tokio::time` and drop the connection instead.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use go_plugin::rpc::{CallError, Client};
use http::{HeaderMap, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::service::{Writer, take};

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
}

impl fmt::Display for HijackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("the request is answered already"),
            Self::Refused(e) => write!(f, "the host does not hand over the connection: {e}"),
        }
    }
}

impl std::error::Error for HijackError {}

/// The right to take over the connection of a request; an extension of every request.
#[derive(Clone)]
pub struct Hijack {
    writer: Writer,
    connections: Arc<Connections>,
}

impl Hijack {
    pub(super) fn new(writer: Writer, connections: Arc<Connections>) -> Self {
        Self {
            writer,
            connections,
        }
    }

    /// Takes the connection over. Nothing has been written to it; what the handler answers
    /// afterwards is ignored.
    ///
    /// # Errors
    /// [`HijackError`]; the request can still be answered when the host refused.
    pub async fn hijack(self) -> Result<Hijacked, HijackError> {
        let mut host = take(&self.writer).ok_or(HijackError::Answered)?;
        // Once the host was asked, the connection is ours to close. So the work outlives a caller
        // that gives up, and a connection that nobody takes closes as it is dropped.
        let work = tokio::spawn(async move {
            if let Err(e) = host.call::<_, ()>("Plugin.HijackResponse", &()).await {
                *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(host);
                return Err(HijackError::Refused(e));
            }
            let client = host
                .into_client()
                .await
                .map_err(|e| HijackError::Refused(e.into()))?;
            Ok(Hijacked::new(client, self.connections))
        });
        work.await
            .unwrap_or_else(|e| Err(HijackError::Refused(CallError::Gone(e.to_string()))))
    }

    /// Takes the connection over and answers 101 with `headers`.
    ///
    /// # Errors
    /// [`HijackError`]; a client that left meanwhile is [`HijackError::Refused`] too.
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
        let written = async {
            connection.write_all(&head).await?;
            connection.flush().await
        };
        written
            .await
            .map_err(|e: io::Error| HijackError::Refused(CallError::Gone(e.to_string())))?;
        Ok(connection)
    }
}

/// Connections that are taken over and not yet closed.
///
/// The host leaves them open when it disables the plugin, silent for ever: whoever ends closes
/// them.
#[derive(Default)]
pub(crate) struct Connections {
    next: AtomicU64,
    open: Mutex<HashMap<u64, Client>>,
}

impl Connections {
    fn with<R>(&self, f: impl FnOnce(&mut HashMap<u64, Client>) -> R) -> R {
        f(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, client: Client) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.with(|open| open.insert(id, client));
        id
    }

    /// Closes what is open, all at once.
    pub(crate) async fn close_all(&self) {
        let open = self.with(std::mem::take);
        let closing: Vec<_> = open
            .into_values()
            .map(|client| tokio::spawn(async move { close(&client).await }))
            .collect();
        for one in closing {
            let _ = one.await;
        }
    }
}

async fn close(client: &Client) -> Result<(), CallError> {
    client.call("Plugin.HjConnClose", &()).await
}

type Pending<T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send>>;

/// A connection to the client. Dropped, it is closed.
///
/// Writes are gathered while one is under way, so that many small frames cost one call; nothing
/// leaves before `poll_flush`, the drop, or 64 KiB. The host cannot close one direction:
/// `poll_shutdown` closes both.
pub struct Hijacked {
    id: u64,
    connections: Arc<Connections>,
    client: Client,
    /// The host's buffered reader may hold what the client sent with its request.
    buffered: bool,
    reading: Option<Pending<Vec<u8>>>,
    arrived: Vec<u8>,
    taken: usize,
    ended: bool,
    writing: Option<Pending<i64>>,
    gathered: Vec<u8>,
    closing: Option<Pending<()>>,
    closed: bool,
}

impl Hijacked {
    fn new(client: Client, connections: Arc<Connections>) -> Self {
        Self {
            id: connections.add(client.clone()),
            connections,
            client,
            buffered: true,
            reading: None,
            arrived: Vec::new(),
            taken: 0,
            ended: false,
            writing: None,
            gathered: Vec::new(),
            closing: None,
            closed: false,
        }
    }

    /// One read, which the host blocks in until something arrives.
    fn start_read(&mut self) -> Pending<Vec<u8>> {
        let client = self.client.clone();
        // A read of as many bytes as the host's buffer holds leaves nothing in it; from then on
        // the cheaper call, which sends a number, reads the socket itself.
        if std::mem::take(&mut self.buffered) {
            Box::pin(async move {
                client
                    .call("Plugin.HjConnRWRead", &[0_u8; READ_SIZE][..])
                    .await
            })
        } else {
            Box::pin(async move { client.call("Plugin.HjConnRead", &(READ_SIZE as i64)).await })
        }
    }

    /// Ready when nothing is being written and nothing is gathered.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if let Some(writing) = &mut self.writing {
                let outcome = ready!(writing.as_mut().poll(cx));
                self.writing = None;
                outcome.map_err(error)?;
            }
            if self.gathered.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let (client, data) = (self.client.clone(), std::mem::take(&mut self.gathered));
            self.writing = Some(Box::pin(async move {
                client.call("Plugin.HjConnWrite", &data[..]).await
            }));
        }
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
            let mut reading = this.reading.take().unwrap_or_else(|| this.start_read());
            let Poll::Ready(outcome) = reading.as_mut().poll(cx) else {
                this.reading = Some(reading);
                return Poll::Pending;
            };
            match outcome {
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
        if self.closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if self.gathered.len() >= WRITE_SIZE {
            ready!(self.poll_drain(cx))?;
        }
        let take = data.len().min(WRITE_SIZE);
        self.gathered.extend_from_slice(&data[..take]);
        Poll::Ready(Ok(take))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_drain(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.closed {
            return Poll::Ready(Ok(()));
        }
        // What cannot be written any more must not keep the connection open.
        let _ = ready!(self.poll_drain(cx));
        let this = &mut *self;
        let client = &this.client;
        let closing = this.closing.get_or_insert_with(|| {
            let client = client.clone();
            Box::pin(async move { close(&client).await })
        });
        let outcome = ready!(closing.as_mut().poll(cx));
        this.closed = true;
        this.connections.with(|open| open.remove(&this.id));
        Poll::Ready(outcome.map_err(error))
    }
}

impl Drop for Hijacked {
    fn drop(&mut self) {
        if self.closed {
            return;
        }
        // Without a runtime the process is ending, and the socket with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        // A websocket library may end a connection right behind its last frame, as it can on a
        // socket, where what is written needs no flush.
        let (writing, gathered) = (self.writing.take(), std::mem::take(&mut self.gathered));
        let (id, connections) = (self.id, Arc::clone(&self.connections));
        let client = self.client.clone();
        runtime.spawn(async move {
            let last = async {
                if let Some(writing) = writing {
                    writing.await?;
                }
                if !gathered.is_empty() {
                    client
                        .call::<_, i64>("Plugin.HjConnWrite", &gathered[..])
                        .await?;
                }
                Ok::<_, CallError>(())
            };
            let _ = tokio::time::timeout(LAST_WORDS, last).await;
            if connections.with(|open| open.remove(&id)).is_some() {
                let _ = close(&client).await;
            }
        });
    }
}
