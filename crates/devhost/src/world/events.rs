//! What happens, for those who listen: posts, statuses, messages to browsers and between nodes.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

use super::{Dialog, Ephemeral, LogLine, Post, Status, World};

/// Something happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// A post was made.
    Post(Post),
    /// A post was changed.
    PostEdited(Post),
    /// A post was shown to one person.
    Ephemeral(Ephemeral),
    /// Someone's status changed.
    Status(Status),
    /// Someone opened or closed Mattermost in a browser or an app.
    Clients {
        /// Whose it is.
        user_id: String,
        /// In how many they have it open now.
        open: usize,
    },
    /// A message for browsers.
    WebSocket(WebSocketEvent),
    /// A plugin asks for a form to be shown.
    Dialog(Dialog),
    /// A line was logged.
    Log(LogLine),
    /// A plugin started, stopped or died.
    Plugin {
        /// Its id.
        id: String,
        /// `running`, `stopped`, `dead` or `failed`.
        state: &'static str,
    },
    /// A plugin answered a request.
    Request {
        /// The plugin.
        plugin: String,
        /// The method.
        method: String,
        /// The path, without the query.
        path: String,
        /// The status; zero when the connection was taken over.
        status: u16,
    },
}

/// Who gets a message for browsers; everybody when all is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// This person alone.
    pub user_id: String,
    /// The members of this channel.
    pub channel_id: String,
    /// The members of this team.
    pub team_id: String,
    /// This connection alone.
    pub connection_id: String,
}

/// A message for browsers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WebSocketEvent {
    /// `custom_<plugin>_<event>`, or the server's own name.
    pub name: String,
    /// What it says.
    pub data: Value,
    /// Who gets it.
    pub audience: Audience,
}

#[derive(Default)]
pub(crate) struct Outbox {
    websocket: VecDeque<WebSocketEvent>,
    pub(super) dialogs: VecDeque<Dialog>,
}

/// Messages of each kind that are kept; older ones are forgotten.
const KEPT: usize = 10_000;

pub(super) fn keep<T>(kept: &mut VecDeque<T>, new: T) {
    if kept.len() == KEPT {
        kept.pop_front();
    }
    kept.push_back(new);
}

impl World {
    /// Sends a message to browsers; a plugin's name is put in front of the event's as the server
    /// does it.
    pub fn publish(&self, plugin: &str, event: &str, data: Value, audience: Audience) {
        let name = if plugin.is_empty() {
            event.to_owned()
        } else {
            format!("custom_{plugin}_{event}")
        };
        let event = WebSocketEvent {
            name,
            data,
            audience,
        };
        keep(&mut self.state().outbox.websocket, event.clone());
        self.tell(Event::WebSocket(event));
    }

    /// The messages to browsers, the oldest first.
    pub fn websocket_events(&self) -> Vec<WebSocketEvent> {
        self.state().outbox.websocket.iter().cloned().collect()
    }
}
