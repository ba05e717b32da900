//! What happens, as server-sent events: first everything, then each change.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::State,
    response::sse::{Event as Sse, KeepAlive, Sse as Stream},
};
use futures_util::stream;
use http::HeaderMap;
use serde_json::Value;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    signed_in,
    view::{everything, is_with_a_bot},
};
use crate::{host::Shared, world::Event};

struct Feed {
    host: Arc<Shared>,
    me: String,
    events: Receiver<Event>,
    /// Everything is to be sent: at the beginning, and after something was missed.
    anew: bool,
}

impl Feed {
    async fn next(&mut self) -> Option<(&'static str, Value)> {
        loop {
            if std::mem::take(&mut self.anew) {
                // What waits is in everything already; what comes in between is in both, and the
                // page knows it again.
                self.events = self.events.resubscribe();
                return Some(("everything", everything(&self.host, &self.me)));
            }
            match self.events.recv().await {
                Ok(Event::Post(post) | Event::PostEdited(post))
                    if is_with_a_bot(&self.host.world, &self.me, &post.channel_id) =>
                {
                    let post = post.for_clients();
                    return Some(("direct", serde_json::to_value(&post).unwrap_or_default()));
                }
                Ok(Event::Post(post)) => {
                    return change(&Event::Post(post.for_clients()));
                }
                Ok(Event::PostEdited(post)) => {
                    return change(&Event::PostEdited(post.for_clients()));
                }
                Ok(Event::Dialog(dialog)) if dialog.user_id == self.me => {
                    return Some(("dialog", serde_json::to_value(&dialog).unwrap_or_default()));
                }
                // Only the line itself is worth more than a word that something is new.
                Ok(
                    event @ (Event::Log(_)
                    | Event::Status(_)
                    | Event::Clients { .. }
                    | Event::Request { .. }
                    | Event::Ephemeral(_)),
                ) => {
                    return change(&event);
                }
                Ok(Event::Plugin { .. }) => self.anew = true,
                Ok(Event::WebSocket(event))
                    if ["new_user", "user_updated"].contains(&&*event.name) =>
                {
                    self.anew = true;
                }
                Ok(Event::WebSocket(_) | Event::Dialog(_)) => {}
                Err(RecvError::Lagged(_)) => self.anew = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

fn change(event: &Event) -> Option<(&'static str, Value)> {
    Some(("change", serde_json::to_value(event).unwrap_or_default()))
}

pub(super) async fn events(
    State(host): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Stream<impl stream::Stream<Item = Result<Sse, Infallible>>> {
    let me = signed_in(&host, &headers)
        .map(|session| session.user_id)
        .unwrap_or_default();
    let feed = Feed {
        events: host.world.events(),
        host,
        me,
        anew: true,
    };
    let events = stream::unfold(feed, |mut feed| async move {
        let (name, data) = feed.next().await?;
        Some((Ok(Sse::default().event(name).data(data.to_string())), feed))
    });
    Stream::new(events).keep_alive(KeepAlive::default())
}
