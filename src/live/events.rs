//! The stream as server-sent events, as browsers' `EventSource` reads them (WHATWG HTML, 9.2).

use std::convert::Infallible;
use std::fmt::Write;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::stream::{Guard, Live, NotTaken, Resume, Who};
use super::viewers::{Farewell, Way};

/// Bytes of messages that are handed on at once, if no single one is longer.
const PIECE: usize = 64 * 1024;

/// How long a browser waits before it connects anew, in milliseconds.
const RETRY: u32 = 3_000;

struct Events {
    live: Arc<Live>,
    epoch: Arc<str>,
    /// The number of the stream up to which everything was told.
    has: u64,
    first: Option<Bytes>,
    changes: watch::Receiver<u64>,
    end: watch::Receiver<Option<Farewell>>,
    over: bool,
    rings: bool,
    _guard: Guard,
    _place: OwnedSemaphorePermit,
}

impl Live {
    /// The stream for a viewer of server-sent events, as [`accept`](Self::accept) for one on a websocket. It ends with an event `close`,
    /// whose data has `code` and `reason` as a close frame has them.
    ///
    /// # Errors
    ///
    /// [`NotTaken`].
    pub async fn events(
        self: &Arc<Self>,
        who: Who,
        resume: Option<Resume>,
        still: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + Send + use<>, NotTaken> {
        let place = Arc::clone(&self.streams).try_acquire_owned();
        let place = place.map_err(|_| NotTaken::Full)?;
        let rings = !who.viewer.is_wall();
        let guard = self.enter(who.viewer, who.session);
        let changes = self.changes.subscribe();
        let (way, end) = watch::channel(None);
        self.viewers().set_way(guard.id, Way::Events(way));
        let beginning = self.begin(resume).await?;
        if !still() || *beginning.epoch != *self.epoch() {
            let farewell = if still() {
                Farewell::ANEW
            } else {
                Farewell::MAY_NOT
            };
            if let Some(way) = self.viewers().take_way(guard.id) {
                self.send_away(way, farewell);
            }
        }
        let mut first = format!("retry: {RETRY}\n");
        event(
            &mut first,
            &beginning.epoch,
            beginning.after,
            &beginning.first,
        );
        tracing::info!(address = who.address, "an event stream of the board began");
        let events = Events {
            live: Arc::clone(self),
            epoch: beginning.epoch,
            has: beginning.has,
            first: Some(first.into()),
            changes,
            end,
            over: false,
            rings,
            _guard: guard,
            _place: place,
        };
        Ok(stream::unfold(events, |mut events| async {
            let next = events.next().await?;
            Some((Ok(next), events))
        }))
    }
}

impl Events {
    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        loop {
            if let Some(farewell) = *self.end.borrow_and_update() {
                self.over = true;
                let Farewell { code, reason } = farewell;
                let data = serde_json::json!({ "code": code.number(), "reason": reason });
                return Some(format!("event: close\ndata: {data}\n\n").into());
            }
            if let Some(first) = self.first.take() {
                return Some(first);
            }
            self.changes.borrow_and_update();
            let table = &self.live.table;
            let (messages, up_to) = table.messages(self.has, PIECE, self.rings);
            self.has = self.has.max(up_to);
            if !messages.is_empty() {
                let mut out = String::new();
                for (n, message) in messages {
                    event(&mut out, &self.epoch, n, &message);
                }
                return Some(out.into());
            }
            // Neither sender goes before this does.
            tokio::select! {
                _ = self.changes.changed() => {}
                _ = self.end.changed() => {}
            }
        }
    }
}

/// One event. Its JSON has no line ends but escaped ones.
fn event(out: &mut String, epoch: &str, n: u64, message: &[u8]) {
    // Writing to a string cannot fail, and what was written as JSON is UTF-8.
    let message = std::str::from_utf8(message).unwrap_or_default();
    let _ = write!(out, "id: {epoch}.{n}\ndata: {message}\n\n");
}
