//! The handle of a session.

use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Semaphore,
};

use super::{MAX_UNACKNOWLEDGED, Stream, driver::Driver, error::SessionError, state::State};

/// Which side of the session we are: it decides the parity of stream ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The side that connected. In go-plugin this is the host.
    Client,
    /// The side that listened. In go-plugin this is the plugin.
    Server,
}

/// What handles, streams and the driver share.
pub(super) struct Shared {
    state: Mutex<State>,
    unacknowledged: Arc<Semaphore>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of ours panics while it holds the lock; if it ever did, the state machine's
        // parts are each valid on their own.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `f` on the state, and afterwards wakes whom it wants woken and drops what it has no use for.
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        let result = f(&mut state);
        // Dropped at the end, when the lock is free again.
        let _spent = std::mem::take(&mut state.spent);
        match state.wake.len() {
            0 => drop(state),
            // The common case, without giving the list's memory away.
            1 => {
                let waker = state.wake.pop();
                drop(state);
                waker.into_iter().for_each(Waker::wake);
            }
            _ => {
                let mut wake = std::mem::take(&mut state.wake);
                drop(state);
                wake.drain(..).for_each(Waker::wake);
                let mut state = self.lock();
                if state.wake.is_empty() {
                    state.wake = wake;
                }
            }
        }
        result
    }

    pub(super) fn end(&self, why: SessionError) {
        self.with(|state| state.end(why));
        self.unacknowledged.close();
    }
}

/// A session: streams can be opened and accepted as long as its [`Driver`] runs. Clones share it.
///
/// ```
/// use go_plugin::yamux::{Mode, Session};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (here, there) = tokio::io::duplex(64 * 1024); // any connection
/// let (client, driver) = Session::new(here, Mode::Client);
/// tokio::spawn(driver);
/// let (server, driver) = Session::new(there, Mode::Server);
/// tokio::spawn(driver);
///
/// let mut asks = client.open().await?;
/// asks.write_all(b"Who is there?").await?;
/// asks.shutdown().await?;
///
/// let mut hears = server.accept().await?;
/// let mut words = String::new();
/// hears.read_to_string(&mut words).await?;
/// assert_eq!(words, "Who is there?");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// A session over `io`, and the task that must be spawned for it to live.
    pub fn new<T>(io: T, mode: Mode) -> (Self, Driver<T>)
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(mode)),
            unacknowledged: Arc::new(Semaphore::new(MAX_UNACKNOWLEDGED)),
        });
        (
            Self {
                shared: shared.clone(),
            },
            Driver::new(io, shared),
        )
    }

    /// Opens a stream. Nothing is sent before its first bytes, or its end, are.
    ///
    /// # Errors
    /// [`SessionError`] when the session is over or the peer takes no new streams.
    pub async fn open(&self) -> Result<Stream, SessionError> {
        // Waits only when MAX_UNACKNOWLEDGED streams wait for the peer.
        let permit = Arc::clone(&self.shared.unacknowledged)
            .acquire_owned()
            .await;
        let Ok(permit) = permit else {
            return Err(self.error());
        };
        let id = self.shared.with(|state| state.open(permit))?;
        Ok(Stream::new(id, Arc::clone(&self.shared)))
    }

    /// Opens a stream if that needs no waiting; `None` when [`MAX_UNACKNOWLEDGED`] streams are
    /// still unacknowledged.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn try_open(&self) -> Result<Option<Stream>, SessionError> {
        let Ok(permit) = Arc::clone(&self.shared.unacknowledged).try_acquire_owned() else {
            return if self.shared.unacknowledged.is_closed() {
                Err(self.error())
            } else {
                Ok(None)
            };
        };
        let id = self.shared.with(|state| state.open(permit))?;
        Ok(Some(Stream::new(id, Arc::clone(&self.shared))))
    }

    /// The next stream that the peer opens. One task accepts.
    ///
    /// # Errors
    /// [`SessionError`] when the session is over.
    pub async fn accept(&self) -> Result<Stream, SessionError> {
        poll_fn(|cx| {
            self.shared.with(|state| {
                if let Some(id) = state.accept() {
                    return Poll::Ready(Ok(Stream::new(id, Arc::clone(&self.shared))));
                }
                if let Some(e) = state.ended() {
                    return Poll::Ready(Err(e.clone()));
                }
                let before = state.acceptor.replace(cx.waker().clone());
                state.spent.extend(before);
                Poll::Pending
            })
        })
        .await
    }

    /// Takes no new streams, says so to the peer, and lets the driver end once everything that
    /// was sent has left.
    pub fn close(&self) {
        self.shared.with(State::close);
    }

    fn error(&self) -> SessionError {
        self.shared
            .with(|state| state.ended().cloned())
            .unwrap_or(SessionError::Closed)
    }

    #[cfg(test)]
    pub(super) fn use_up_ids(&self) {
        self.shared.with(|state| state.use_up_ids());
    }

    #[cfg(test)]
    pub(super) fn stalled_count(&self) -> usize {
        self.shared.with(|state| state.stalled_count())
    }

    #[cfg(test)]
    pub(super) fn crowd_count(&self) -> usize {
        self.shared.with(|state| state.crowd_count())
    }

    #[cfg(test)]
    pub(super) fn stream_count(&self) -> usize {
        self.shared.with(|state| state.stream_count())
    }
}
