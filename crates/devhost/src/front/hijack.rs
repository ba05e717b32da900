//! Connections that a plugin takes over, as for a websocket.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    select,
    sync::{Mutex as AsyncMutex, mpsc, oneshot, watch},
    time::{Instant, sleep_until},
};

/// Most bytes that one read answers with.
const READ_MAX: usize = 1024 * 1024;

/// Bytes that Go's buffered writer holds.
const WRITE_BUFFER: usize = 4096;

/// Connections kept that plugins took over and left behind.
const STRANDED_MAX: usize = 1024;

/// A deadline that was set to "none".
const NEVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// The right to take a request's connection over.
#[derive(Clone)]
pub(crate) struct TakeOver(mpsc::Sender<oneshot::Sender<TakenOver>>);

impl TakeOver {
    pub(super) fn new(wanted: mpsc::Sender<oneshot::Sender<TakenOver>>) -> Self {
        Self(wanted)
    }

    /// Takes the connection out of the HTTP server. An error when the client has left.
    pub(super) async fn take(&self) -> Result<TakenOver, &'static str> {
        let (give, given) = oneshot::channel();
        let gone = "the client has left";
        self.0.send(give).await.map_err(|_| gone)?;
        given.await.map_err(|_| gone)
    }
}

/// When reads and writes give up, and whether it is all over.
#[derive(Clone, Copy, Default)]
struct Limits {
    read: Option<Instant>,
    write: Option<Instant>,
    closed: bool,
}

/// A connection out of the HTTP server's hands. Errors are Go's words.
pub(crate) struct TakenOver {
    reader: AsyncMutex<OwnedReadHalf>,
    /// What the client sent with its request, for the buffered reader alone.
    early: Mutex<Bytes>,
    writer: AsyncMutex<OwnedWriteHalf>,
    /// Written through the buffered writer, which nothing flushes but more of the same.
    unflushed: Mutex<Vec<u8>>,
    limits: watch::Sender<Limits>,
}

impl TakenOver {
    pub(super) fn new(stream: TcpStream, early: Bytes) -> Self {
        let (reader, writer) = stream.into_split();
        Self {
            reader: AsyncMutex::new(reader),
            early: Mutex::new(early),
            writer: AsyncMutex::new(writer),
            unflushed: Mutex::default(),
            limits: watch::Sender::new(Limits::default()),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.limits.borrow().closed
    }

    /// Does `work` until its deadline, or until the connection is closed.
    async fn within<T>(
        &self,
        deadline: fn(&Limits) -> Option<Instant>,
        work: impl Future<Output = std::io::Result<T>>,
    ) -> Result<T, String> {
        let mut limits = self.limits.subscribe();
        tokio::pin!(work);
        loop {
            let now = *limits.borrow_and_update();
            if now.closed {
                return Err("use of closed network connection".into());
            }
            let until = deadline(&now).unwrap_or_else(|| Instant::now() + NEVER);
            select! {
                biased;
                done = &mut work => return done.map_err(|e| e.to_string()),
                () = sleep_until(until) => return Err("i/o timeout".into()),
                _ = limits.changed() => {}
            }
        }
    }

    /// Reads the socket, past the buffered reader.
    pub(super) async fn read(&self, wanted: usize) -> Result<Vec<u8>, String> {
        let mut reader = self.reader.lock().await;
        let mut data = vec![0; wanted.min(READ_MAX)];
        let read = self
            .within(|limits| limits.read, reader.read(&mut data))
            .await?;
        if read == 0 && !data.is_empty() {
            return Err("EOF".into());
        }
        data.truncate(read);
        Ok(data)
    }

    /// Reads through the buffered reader.
    pub(super) async fn read_buffered(&self, wanted: usize) -> Result<Vec<u8>, String> {
        {
            let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
            if early.has_remaining() {
                let take = early.len().min(wanted);
                return Ok(early.split_to(take).to_vec());
            }
        }
        self.read(wanted).await
    }

    pub(super) async fn write(&self, data: &[u8]) -> Result<(), String> {
        let mut writer = self.writer.lock().await;
        self.within(|limits| limits.write, writer.write_all(data))
            .await
    }

    pub(super) async fn write_buffered(&self, data: &[u8]) -> Result<(), String> {
        let full = {
            let mut unflushed = self
                .unflushed
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            unflushed.extend_from_slice(data);
            (unflushed.len() > WRITE_BUFFER).then(|| std::mem::take(&mut *unflushed))
        };
        match full {
            Some(data) => self.write(&data).await,
            None => Ok(()),
        }
    }

    /// Closes it; whoever reads or writes gets an error.
    pub(super) async fn close(&self) -> Result<(), String> {
        if self
            .limits
            .send_replace(Limits {
                closed: true,
                ..Limits::default()
            })
            .closed
        {
            return Err("use of closed network connection".into());
        }
        // The client may have left already.
        let _ = self.writer.lock().await.shutdown().await;
        Ok(())
    }

    pub(super) fn set_deadline(&self, read: bool, write: bool, at: Option<SystemTime>) {
        let at = at.map(|at| {
            let left = at.duration_since(SystemTime::now()).unwrap_or_default();
            Instant::now() + left.min(NEVER)
        });
        self.limits.send_modify(|limits| {
            if read {
                limits.read = at;
            }
            if write {
                limits.write = at;
            }
        });
    }
}

/// Connections that a plugin left open. The server keeps them, silent, and so their clients learn
/// nothing; a plugin that cares closes them when it is deactivated.
#[derive(Clone, Default)]
pub(crate) struct Stranded(Arc<Mutex<VecDeque<Arc<TakenOver>>>>);

impl Stranded {
    pub(super) fn keep(&self, connection: Arc<TakenOver>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|connection| !connection.is_closed());
        if kept.len() == STRANDED_MAX {
            kept.pop_front();
        }
        kept.push_back(connection);
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn pair(early: &'static [u8]) -> (TakenOver, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (server, _) = listener.accept().await.unwrap();
        (TakenOver::new(server, Bytes::from_static(early)), client)
    }

    #[tokio::test]
    async fn what_came_with_the_request_is_read_first_and_by_the_buffered_reader_alone() {
        let (taken, mut client) = pair(b"early").await;
        client.write_all(b"later").await.unwrap();
        assert_eq!(taken.read(64).await.unwrap(), b"later");
        assert_eq!(taken.read_buffered(3).await.unwrap(), b"ear");
        assert_eq!(taken.read_buffered(64).await.unwrap(), b"ly");
        drop(client);
        assert_eq!(taken.read_buffered(64).await.unwrap_err(), "EOF");
    }

    #[tokio::test]
    async fn a_read_ends_at_its_deadline_or_when_the_connection_is_closed() {
        let (taken, mut client) = pair(b"").await;
        taken.set_deadline(true, false, Some(SystemTime::UNIX_EPOCH));
        assert_eq!(taken.read(1).await.unwrap_err(), "i/o timeout");
        taken.set_deadline(true, true, None);
        let (read, closed) = tokio::join!(taken.read(1), taken.close());
        assert_eq!(read.unwrap_err(), "use of closed network connection");
        assert_eq!(closed, Ok(()));
        assert!(taken.write(b"x").await.is_err());
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty());
    }
}
