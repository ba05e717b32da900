//! Who has Mattermost open: connections of browsers and apps to the server's own websocket.

use std::collections::BTreeMap;

use super::World;

#[derive(Default)]
pub(crate) struct Clients {
    /// The person behind each connection.
    by_connection: BTreeMap<String, String>,
}

impl World {
    /// Someone's browser or app connects. Answers the connection's id. What the server does then is
    /// [`World::person_connects`]; plugins learn of it from [`crate::DevHost::open_mattermost`].
    pub(crate) fn add_connection(&self, user: &str) -> String {
        let mut state = self.state();
        let connection = state.ids.next("connection");
        let clients = &mut state.clients.by_connection;
        clients.insert(connection.clone(), user.into());
        connection
    }

    /// A connection ends. Answers whose it was, if there was one.
    pub(crate) fn remove_connection(&self, connection: &str) -> Option<String> {
        self.state().clients.by_connection.remove(connection)
    }

    /// Someone's connections.
    pub fn connections_of(&self, user: &str) -> Vec<String> {
        let state = self.state();
        let all = state.clients.by_connection.iter();
        all.filter(|(_, whose)| *whose == user)
            .map(|(connection, _)| connection.clone())
            .collect()
    }
}
