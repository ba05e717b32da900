//! The server's settings, and each plugin's.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Map, Value};

use super::World;

/// The server's own settings, as far as plugins ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    /// The server's version.
    pub version: String,
    /// Where people find it; empty until a host says so.
    pub site_url: String,
    /// Whether there are statuses at all.
    pub enable_user_statuses: bool,
    /// How long after their last activity someone who is idle is away. The server's default is five
    /// minutes.
    pub user_status_away_timeout: Duration,
    /// How people are called: `username`, `nickname_full_name` or `full_name`.
    pub teammate_name_display: String,
    /// Whether there are custom statuses.
    pub enable_custom_user_statuses: bool,
    /// Names that are no emoji's. A server knows some 1,800 emojis; this one believes in all but these.
    pub missing_emojis: BTreeSet<String>,
    /// Whether the hosts of this world are the nodes of a cluster.
    pub cluster: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            version: "9.11.0".into(),
            site_url: String::new(),
            enable_user_statuses: true,
            user_status_away_timeout: Duration::from_secs(300),
            teammate_name_display: "username".into(),
            enable_custom_user_statuses: true,
            missing_emojis: BTreeSet::from(["no_such_emoji".into()]),
            cluster: false,
        }
    }
}

/// Plugins' settings, by plugin.
#[derive(Default)]
pub(crate) struct Settings {
    by_plugin: BTreeMap<String, Map<String, Value>>,
}

impl World {
    /// The server's settings.
    pub fn config(&self) -> ServerConfig {
        self.state().config.clone()
    }

    /// Changes the server's settings. Plugins are not told; see
    /// [`crate::DevHost::configuration_changed`].
    pub fn configure(&self, change: impl FnOnce(&mut ServerConfig)) {
        change(&mut self.state().config);
        self.changed();
    }

    /// A plugin's settings as `LoadPluginConfiguration` answers them: keys in lower case.
    pub fn plugin_settings(&self, plugin: &str) -> Map<String, Value> {
        self.state()
            .settings
            .by_plugin
            .get(plugin)
            .cloned()
            .unwrap_or_default()
    }

    /// Stores some of a plugin's settings and keeps the others. Keys lose their case, as they do
    /// in the server. Plugins are not told; see [`crate::DevHost::save_settings`].
    pub fn set_plugin_settings(&self, plugin: &str, settings: Map<String, Value>) {
        let mut state = self.state();
        let stored = state.settings.by_plugin.entry(plugin.into()).or_default();
        stored.extend(
            settings
                .into_iter()
                .map(|(key, value)| (key.to_lowercase(), value)),
        );
        drop(state);
        self.changed();
    }
}
