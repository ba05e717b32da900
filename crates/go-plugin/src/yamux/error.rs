//! What can go wrong in a session, split by whose fault it is.

use std::{error::Error, fmt, io, sync::Arc};

/// The peer broke the yamux specification. The session ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// A frame of a version other than 0.
    Version(u8),
    /// A frame of an unknown type.
    FrameType(u8),
    /// A new stream with an id of the wrong parity, of zero, or already in use.
    StreamId(u32),
    /// More data on a stream than its window allows.
    Window {
        /// The stream.
        stream: u32,
        /// How many bytes the frame announced.
        length: u32,
        /// How many bytes were allowed.
        window: u32,
    },
    /// A send window beyond 32 bits.
    WindowOverflow(u32),
    /// More answers owed to the peer (pings, windows, resets) than [`super::MAX_OUTGOING`] allows.
    Flood,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(v) => write!(f, "frame of yamux version {v}, expected 0"),
            Self::FrameType(t) => write!(f, "frame of unknown type {t}"),
            Self::StreamId(id) => write!(f, "stream id {id} cannot be opened by the peer"),
            Self::Window {
                stream,
                length,
                window,
            } => {
                write!(
                    f,
                    "{length} bytes on stream {stream}, whose window holds {window}"
                )
            }
            Self::WindowOverflow(id) => write!(f, "send window of stream {id} beyond 32 bits"),
            Self::Flood => f.write_str("the peer asks for answers and does not read them"),
        }
    }
}

impl Error for ProtocolError {}

/// Whether the other end went away, rather than that something here is wrong: what a connection
/// says whose peer has closed it with something unread, or was killed.
pub(crate) fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof,
    };
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
    )
}

/// Why a session has ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SessionError {
    /// The peer closed the connection, or we did.
    Closed,
    /// The peer said GoAway: existing streams go on, new ones are refused.
    GoAway,
    /// All stream ids were used: 2^31 streams were opened.
    Exhausted,
    /// The connection failed.
    Io(Arc<io::Error>),
    /// The peer broke the protocol.
    Protocol(ProtocolError),
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the connection is closed"),
            Self::GoAway => f.write_str("the peer takes no new streams"),
            Self::Exhausted => f.write_str("all stream ids are used up"),
            Self::Io(e) => write!(f, "the connection failed: {e}"),
            Self::Protocol(e) => write!(f, "the peer broke the yamux protocol: {e}"),
        }
    }
}

impl Error for SessionError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(e) => Some(&**e),
            Self::Protocol(e) => Some(e),
            Self::Closed | Self::GoAway | Self::Exhausted => None,
        }
    }
}

impl From<ProtocolError> for SessionError {
    fn from(e: ProtocolError) -> Self {
        Self::Protocol(e)
    }
}

impl From<io::Error> for SessionError {
    fn from(e: io::Error) -> Self {
        Self::Io(Arc::new(e))
    }
}

impl From<SessionError> for io::Error {
    fn from(e: SessionError) -> Self {
        let kind = match &e {
            SessionError::Io(e) => e.kind(),
            SessionError::Protocol(_) => io::ErrorKind::InvalidData,
            SessionError::Closed | SessionError::GoAway | SessionError::Exhausted => {
                io::ErrorKind::NotConnected
            }
        };
        io::Error::new(kind, e)
    }
}
