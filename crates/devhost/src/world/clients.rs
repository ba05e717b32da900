//! Who has Mattermost open: connections of browsers and apps to the server's own websocket.

use std::collections::BTreeMap;

use super::{Event, World};

#[derive(Default)]
pub(crate) struct Clients {
    /// Each person's connections.
    by_user: BTreeMap<String, Vec<String>>,
}

impl World {
    /// Someone has Mattermost open from before any plugin ran: nobody is told.
    /// [`crate::DevHost::open_mattermost`] is what plugins learn of.
    pub fn opens_mattermost(&self, user: &str) {
        self.add_connection(user);
        self.person_connects(user);
    }

    /// They close it wherever they have it open. Plugins learn of it from
    /// [`crate::DevHost::close_mattermost`].
    pub fn closes_mattermost(&self, user: &str) {
        self.remove_connections_of(user);
        self.person_disconnects(user);
    }

    /// The server is restarted in good order, as far as people notice: everybody's connections end,
    /// and its cache of statuses is empty. A host's plugin is not restarted by that.
    pub fn restart_server(&self) {
        let connected: Vec<String> = self.state().clients.by_user.keys().cloned().collect();
        for user in connected {
            self.closes_mattermost(&user);
        }
        self.forget_status_cache();
    }

    /// How many connections someone has.
    pub fn connections_of(&self, user: &str) -> usize {
        let state = self.state();
        state.clients.by_user.get(user).map_or(0, Vec::len)
    }

    /// One more connection. Answers its id.
    pub(crate) fn add_connection(&self, user: &str) -> String {
        let mut state = self.state();
        let connection = state.ids.next("connection");
        let own = state.clients.by_user.entry(user.into()).or_default();
        own.push(connection.clone());
        let open = own.len();
        drop(state);
        self.tell(Event::Clients {
            user_id: user.into(),
            open,
        });
        connection
    }

    /// All of someone's connections end. Answers their ids.
    pub(crate) fn remove_connections_of(&self, user: &str) -> Vec<String> {
        let ended = self.state().clients.by_user.remove(user);
        self.tell(Event::Clients {
            user_id: user.into(),
            open: 0,
        });
        ended.unwrap_or_default()
    }
}
