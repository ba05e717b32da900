//! What Mattermost sends to a browser over its websocket, as server-sent events: the plugin's own messages for those whom they
//! are for, and that there is a new post or another plugin.

use std::convert::Infallible;

use axum::{
    Extension,
    extract::State,
    response::sse::{Event as Sse, KeepAlive, Sse as Stream},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::Host;
use crate::world::{Audience, Event, Session, World};

struct Feed {
    world: World,
    me: String,
    events: Receiver<Event>,
}

/// Whether a message is for somebody. Each stream is a connection of its own, without an id that a plugin could know.
fn concerns(world: &World, me: &str, audience: &Audience) -> bool {
    let channel = &audience.channel_id;
    let team = &audience.team_id;
    audience.connection_id.is_empty()
        && (audience.user_id.is_empty() || audience.user_id == me)
        && (channel.is_empty() || world.is_member(channel, me))
        && (team.is_empty() || world.is_team_member(team, me))
}

impl Feed {
    async fn next(&mut self) -> Option<Value> {
        loop {
            let message = match self.events.recv().await {
                Ok(Event::WebSocket(event)) => {
                    if !concerns(&self.world, &self.me, &event.audience) {
                        continue;
                    }
                    json!({ "event": event.name, "data": event.data, "broadcast": event.audience })
                }
                Ok(Event::Post(post)) if self.world.is_member(&post.channel_id, &self.me) => {
                    json!({ "event": "posted", "data": { "post": json!(post.for_clients()).to_string() } })
                }
                Ok(Event::PostEdited(post)) if self.world.is_member(&post.channel_id, &self.me) => {
                    json!({ "event": "post_edited", "data": { "post": json!(post.for_clients()).to_string() } })
                }
                Ok(Event::Plugin { .. }) => {
                    json!({ "event": "plugin_statuses_changed", "data": {} })
                }
                Ok(_) => continue,
                // Mattermost closes a connection that cannot keep up, and the client opens another.
                Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
            };
            return Some(message);
        }
    }
}

pub(super) async fn events(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
) -> Stream<impl stream::Stream<Item = Result<Sse, Infallible>>> {
    let feed = Feed {
        events: host.world.events(),
        world: host.world.clone(),
        me: session.user_id,
    };
    let events = stream::unfold(feed, |mut feed| async move {
        let message = feed.next().await?;
        Some((Ok(Sse::default().data(message.to_string())), feed))
    });
    Stream::new(events).keep_alive(KeepAlive::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fixed_id;

    #[test]
    fn a_message_reaches_those_whom_it_is_for() {
        let world = World::new();
        let (bob, phones) = (fixed_id("bob"), fixed_id("channelphones"));
        let to = |user: &str, channel: &str| Audience {
            user_id: user.into(),
            channel_id: channel.into(),
            ..Audience::default()
        };
        assert!(concerns(&world, &bob, &to("", "")));
        assert!(concerns(&world, &bob, &to(&bob, "")));
        assert!(!concerns(&world, &bob, &to(&fixed_id("alice"), "")));
        assert!(concerns(&world, &bob, &to("", &phones)));
        world.leave(&phones, &bob);
        assert!(!concerns(&world, &bob, &to("", &phones)));
    }
}
