//! The broker: streams that both sides find by a number.
//!
//! Source: hashicorp/go-plugin, `mux_broker.go` of 1.8.0. Whoever dials opens a stream and writes
//! a four-byte little-endian id; the acceptor writes the same four bytes back, and the stream is
//! the conversation from there on. Bytes sent straight after the id are kept, so a dialler need
//! not wait for the acknowledgement before its first request.

use std::{
    collections::HashMap,
    error::Error,
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::oneshot,
    time::timeout,
};

use crate::yamux::{Sender, Session, SessionError, Stream};

/// Seconds that an acceptor waits for a dialler, and a dialled stream for its acceptor.
/// go-plugin's own limit.
pub const ACCEPT_TIMEOUT_SECS: u64 = 5;

/// Ids waited for, or dialled by the peer and not yet waited for, at once.
pub const MAX_WAITING: usize = 4096;

/// Bytes of the id and of its acknowledgement.
const ID_LEN: usize = 4;

/// Why a stream could not be had from the broker.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BrokerError {
    /// The session is over.
    Session(SessionError),
    /// Nobody dialled this id within [`ACCEPT_TIMEOUT_SECS`].
    AcceptTimeout(u32),
    /// This id is waited for already.
    Busy(u32),
    /// [`MAX_WAITING`] other ids are waited for.
    Full,
}

impl fmt::Display for BrokerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(e) => e.fmt(f),
            Self::AcceptTimeout(id) => {
                write!(
                    f,
                    "nobody dialled broker id {id} within {ACCEPT_TIMEOUT_SECS} s"
                )
            }
            Self::Busy(id) => write!(f, "broker id {id} is waited for already"),
            Self::Full => write!(f, "{MAX_WAITING} broker ids are waited for"),
        }
    }
}

impl Error for BrokerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // It is told in the session's words, so what stands behind those stands behind this.
            Self::Session(e) => e.source(),
            Self::AcceptTimeout(_) | Self::Busy(_) | Self::Full => None,
        }
    }
}

impl From<SessionError> for BrokerError {
    fn from(e: SessionError) -> Self {
        Self::Session(e)
    }
}

/// Who came first to an id.
enum Meeting {
    Acceptor(oneshot::Sender<Stream>),
    Dialler(Stream),
}

struct Inner {
    session: Session,
    meetings: Mutex<HashMap<u32, Meeting>>,
    next: AtomicU32,
}

impl Inner {
    fn meetings<R>(&self, f: impl FnOnce(&mut HashMap<u32, Meeting>) -> R) -> R {
        f(&mut self.meetings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Dials and accepts streams by id. Clones share everything.
///
/// ```
/// use go_plugin::{broker::Broker, yamux::{Mode, Session}};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (here, there) = tokio::io::duplex(64 * 1024);
/// let (session, driver) = Session::new(here, Mode::Client);
/// tokio::spawn(driver);
/// let host = Broker::new(session);
/// let (session, driver) = Session::new(there, Mode::Server);
/// tokio::spawn(driver);
/// let plugin = Broker::new(session);
/// tokio::spawn(plugin.clone().run());
///
/// // The number reaches the other side in a call. The first bytes travel with the dial.
/// let id = plugin.next_id();
/// let mut dialled = host.dial(id, b"Who is there?").await?;
/// dialled.shutdown().await?;
/// let mut words = String::new();
/// plugin.accept(id).await?.read_to_string(&mut words).await?;
/// assert_eq!(words, "Who is there?");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Broker {
    inner: Arc<Inner>,
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker").finish_non_exhaustive()
    }
}

impl Broker {
    /// A broker over `session`. [`Broker::run`] must run for [`Broker::accept`] to get anything.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self {
            inner: Arc::new(Inner {
                session,
                meetings: Mutex::new(HashMap::new()),
                next: AtomicU32::new(1),
            }),
        }
    }

    /// An id that was not given out before by this side; after 2^32 they begin anew.
    #[must_use]
    pub fn next_id(&self) -> u32 {
        self.inner.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Dials `id` and sends `first` in the same frame. The stream is there at once; that the peer
    /// accepted it shows with the first bytes that it sends.
    ///
    /// # Errors
    /// [`SessionError`] when the session is over.
    pub async fn dial(&self, id: u32, first: &[u8]) -> Result<BrokerStream, SessionError> {
        Self::greet(self.inner.session.open().await?, id, first)
    }

    /// As [`Broker::dial`]; `None` when so many dials are unacknowledged that it would have to
    /// wait.
    ///
    /// # Errors
    /// [`SessionError`] when the session is over.
    pub fn try_dial(&self, id: u32, first: &[u8]) -> Result<Option<BrokerStream>, SessionError> {
        match self.inner.session.try_open()? {
            Some(stream) => Self::greet(stream, id, first).map(Some),
            None => Ok(None),
        }
    }

    fn greet(stream: Stream, id: u32, first: &[u8]) -> Result<BrokerStream, SessionError> {
        if first.is_empty() {
            stream.sender().send(&id.to_le_bytes())?;
        } else {
            let mut bytes = Vec::with_capacity(ID_LEN + first.len());
            bytes.extend_from_slice(&id.to_le_bytes());
            bytes.extend_from_slice(first);
            stream.sender().send(&bytes)?;
        }
        Ok(BrokerStream {
            stream,
            id,
            unacknowledged: ID_LEN as u8,
        })
    }

    /// Waits for the peer to dial `id`, and acknowledges it.
    ///
    /// # Errors
    /// [`BrokerError`] when nobody comes, when the id is waited for already, or when the session
    /// is over.
    pub async fn accept(&self, id: u32) -> Result<BrokerStream, BrokerError> {
        let (sender, receiver) = oneshot::channel();
        let stream = self.inner.meetings(|meetings| match meetings.remove(&id) {
            Some(Meeting::Dialler(stream)) => Ok(Some(stream)),
            Some(waiting @ Meeting::Acceptor(_)) => {
                meetings.insert(id, waiting);
                Err(BrokerError::Busy(id))
            }
            None if meetings.len() >= MAX_WAITING => Err(BrokerError::Full),
            None => {
                meetings.insert(id, Meeting::Acceptor(sender));
                Ok(None)
            }
        })?;
        let stream = match stream {
            Some(stream) => stream,
            None => {
                // Whoever stops waiting, for whatever reason, leaves no place behind.
                let _place = Place {
                    inner: &self.inner,
                    id,
                };
                match timeout(Duration::from_secs(ACCEPT_TIMEOUT_SECS), receiver).await {
                    Ok(Ok(stream)) => stream,
                    Ok(Err(_)) => return Err(BrokerError::Session(SessionError::Closed)),
                    Err(_) => return Err(BrokerError::AcceptTimeout(id)),
                }
            }
        };
        stream.sender().send(&id.to_le_bytes())?;
        Ok(BrokerStream {
            stream,
            id,
            unacknowledged: 0,
        })
    }

    /// Takes the streams that the peer opens, until the session is over.
    pub async fn run(self) -> SessionError {
        loop {
            let stream = match self.inner.session.accept().await {
                Ok(stream) => stream,
                Err(e) => {
                    self.inner.meetings(HashMap::clear);
                    return e;
                }
            };
            let broker = self.clone();
            // A peer that opens a stream and says no id must not hold up the others.
            tokio::spawn(async move {
                let limit = Duration::from_secs(ACCEPT_TIMEOUT_SECS);
                match timeout(limit, broker.introduce(stream)).await {
                    Ok(Ok(Some(id))) => {
                        tokio::time::sleep(limit).await;
                        broker.expire(id);
                    }
                    Ok(Ok(None)) => {}
                    Ok(Err(e)) => tracing::debug!("a stream ended before it said its id: {e}"),
                    Err(_) => tracing::debug!("a stream said no id in {ACCEPT_TIMEOUT_SECS} s"),
                }
            });
        }
    }

    /// Reads the id of a stream and brings it to whoever waits. Answers the id if nobody does yet.
    async fn introduce(&self, mut stream: Stream) -> io::Result<Option<u32>> {
        let mut id = [0; ID_LEN];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut id).await?;
        let id = u32::from_le_bytes(id);
        Ok(self.inner.meetings(|meetings| match meetings.remove(&id) {
            Some(Meeting::Acceptor(acceptor)) => {
                // An acceptor that has gone meanwhile drops the stream, which finishes it.
                let _ = acceptor.send(stream);
                None
            }
            Some(first @ Meeting::Dialler(_)) => {
                tracing::debug!("broker id {id} was dialled twice");
                meetings.insert(id, first);
                None
            }
            None if meetings.len() >= MAX_WAITING => {
                tracing::debug!("broker id {id} dialled, but {MAX_WAITING} others wait");
                None
            }
            None => {
                meetings.insert(id, Meeting::Dialler(stream));
                Some(id)
            }
        }))
    }

    /// Gives up on a dialler for whom nobody has come.
    fn expire(&self, id: u32) {
        self.inner.meetings(|meetings| {
            if let Some(Meeting::Dialler(_)) = meetings.get(&id) {
                meetings.remove(&id);
            }
        });
    }
}

/// The place of an acceptor who waits.
struct Place<'a> {
    inner: &'a Inner,
    id: u32,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.inner.meetings(|meetings| {
            if let Some(Meeting::Acceptor(_)) = meetings.get(&self.id) {
                meetings.remove(&self.id);
            }
        });
    }
}

/// A stream between a dialler and an acceptor.
///
/// On the dialler's side the acknowledgement is taken off, and checked, when the first bytes
/// arrive.
pub struct BrokerStream {
    stream: Stream,
    id: u32,
    /// Bytes of the acknowledgement still to come.
    unacknowledged: u8,
}

impl fmt::Debug for BrokerStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokerStream")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl BrokerStream {
    /// The sending half.
    #[must_use]
    pub fn sender(&self) -> &Sender {
        self.stream.sender()
    }

    /// Puts what has arrived behind what `buffer` holds. Ready with `false` at the stream's end.
    ///
    /// # Errors
    /// An I/O error when the stream was reset, the session is over, or the acceptor acknowledged
    /// another id.
    pub fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut BytesMut,
    ) -> Poll<io::Result<bool>> {
        if self.unacknowledged == 0 {
            return self.stream.poll_fill(cx, buffer).map_err(io::Error::from);
        }
        self.poll_acknowledged(cx, buffer)
    }

    /// As [`BrokerStream::poll_fill`].
    ///
    /// # Errors
    /// As [`BrokerStream::poll_fill`].
    pub async fn fill(&mut self, buffer: &mut BytesMut) -> io::Result<bool> {
        poll_fn(|cx| self.poll_fill(cx, buffer)).await
    }

    /// Takes the acknowledgement off, and what came with it into `buffer`.
    fn poll_acknowledged(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut BytesMut,
    ) -> Poll<io::Result<bool>> {
        let mut arrived = BytesMut::new();
        loop {
            if !ready!(self.stream.poll_fill(cx, &mut arrived))? {
                return Poll::Ready(Ok(false));
            }
            while self.unacknowledged > 0 && !arrived.is_empty() {
                let expected = self.id.to_le_bytes()[ID_LEN - usize::from(self.unacknowledged)];
                if arrived.get_u8() != expected {
                    self.stream.sender().reset();
                    return Poll::Ready(Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        format!("broker id {} was acknowledged with another id", self.id),
                    )));
                }
                self.unacknowledged -= 1;
            }
            if !arrived.is_empty() {
                if buffer.is_empty() {
                    *buffer = arrived;
                } else {
                    buffer.extend_from_slice(&arrived);
                }
                return Poll::Ready(Ok(true));
            }
        }
    }
}

impl From<Stream> for BrokerStream {
    /// A stream that needs no introduction, as go-plugin's control stream.
    fn from(stream: Stream) -> Self {
        Self {
            stream,
            id: 0,
            unacknowledged: 0,
        }
    }
}

impl AsyncRead for BrokerStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.unacknowledged > 0 {
            let mut early = BytesMut::new();
            if !ready!(self.poll_acknowledged(cx, &mut early))? {
                return Poll::Ready(Ok(()));
            }
            self.stream.put_back(early);
        }
        Pin::new(&mut self.stream).poll_read(cx, out)
    }
}

impl AsyncWrite for BrokerStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
