//! What can go wrong with a call.

use std::{error::Error, fmt, io};

use crate::yamux::SessionError;

/// Why a call failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The peer's own words: the method does not exist, or its service failed.
    Remote(String),
    /// Our argument cannot be sent.
    Encode(gob::EncodeError),
    /// The peer's answer is not what this call expects.
    Decode(gob::DecodeError),
    /// The stream or the connection ended before the answer came, or
    /// [`MAX_IN_FLIGHT`](super::MAX_IN_FLIGHT) calls are unanswered already. In words.
    Gone(String),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remote(words) => write!(f, "the peer answered: {words}"),
            Self::Encode(e) => write!(f, "the argument cannot be sent: {e}"),
            Self::Decode(e) => write!(f, "the answer cannot be understood: {e}"),
            Self::Gone(why) => write!(f, "no answer: {why}"),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(e) => Some(e),
            Self::Decode(e) => Some(e),
            Self::Remote(_) | Self::Gone(_) => None,
        }
    }
}

impl From<SessionError> for CallError {
    fn from(e: SessionError) -> Self {
        Self::Gone(e.to_string())
    }
}

impl From<io::Error> for CallError {
    fn from(e: io::Error) -> Self {
        Self::Gone(e.to_string())
    }
}

impl From<gob::EncodeError> for CallError {
    fn from(e: gob::EncodeError) -> Self {
        Self::Encode(e)
    }
}

impl CallError {
    /// Whether the peer does not know the method, as an older host says of a newer call.
    ///
    /// Source: Go's `net/rpc`, `server.go`, "can't find method" and "can't find service".
    #[must_use]
    pub fn is_unknown_method(&self) -> bool {
        matches!(self, Self::Remote(words) if words.starts_with("rpc: can't find "))
    }
}

/// Why a stream of calls ended before its time.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The stream was reset or the connection failed.
    Io(io::Error),
    /// The peer's gob stream cannot be followed any further.
    Gob(gob::DecodeError),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(e) => write!(f, "the stream failed: {e}"),
            Self::Gob(e) => write!(f, "the peer's gob stream is broken: {e}"),
        }
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(e) => Some(e),
            Self::Gob(e) => Some(e),
        }
    }
}

impl From<io::Error> for ServeError {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

impl From<gob::DecodeError> for ServeError {
    fn from(e: gob::DecodeError) -> Self {
        Self::Gob(e)
    }
}
