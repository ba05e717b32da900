//! The stream of events (server-sent events, WHATWG HTML).

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event as Frame, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::mpsc;

use super::conference::Event;

/// How often a comment says that the stream still is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A stream of what a conference tells somebody. It ends when they have gone, or were too slow.
pub(super) fn answer(events: mpsc::Receiver<Event>) -> Response {
    let frames = stream::unfold((events, 0_u64), |(mut events, id)| async move {
        let (name, data) = events.recv().await?;
        // As a node: an event without data has `null`.
        let frame = Frame::default()
            .id(id.to_string())
            .event(name)
            .data(data.to_string());
        Some((Ok::<_, Infallible>(frame), (events, id + 1)))
    });
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Sse::new(frames).keep_alive(keep_alive).into_response()
}
