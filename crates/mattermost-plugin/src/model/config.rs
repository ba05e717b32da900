//! The server's configuration.

use gob::Gob;

/// What of the server's configuration concerns a plugin. The rest is skipped, and secrets come
/// masked in any case.
///
/// The server's own fields are pointers, but gob sends no pointer to an empty value: "off", "empty"
/// and "this server has no such setting" all arrive as nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct Config {
    /// How the server is reached, and what it does.
    pub service_settings: ServiceSettings,
    /// Teams and people.
    pub team_settings: TeamSettings,
    /// Several nodes.
    pub cluster_settings: ClusterSettings,
    /// Languages.
    pub localization_settings: LocalizationSettings,
    /// Plugins.
    pub plugin_settings: PluginSettings,
}

impl Config {
    /// The server's URL without a slash at the end; `None` when the administrator has set none.
    #[must_use]
    pub fn site_url(&self) -> Option<&str> {
        let url = self.service_settings.site_url.trim().trim_end_matches('/');
        (!url.is_empty()).then_some(url)
    }
}

/// How the server is reached, and what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct ServiceSettings {
    /// The server's URL, with its path.
    #[gob(name = "SiteURL")]
    pub site_url: String,
    /// Whether there are statuses. Without them a bulk read is empty.
    pub enable_user_statuses: bool,
    /// Whether bots may be made; plugins always may.
    pub enable_bot_account_creation: bool,
    /// Whether posts may come in another's name.
    pub enable_post_username_override: bool,
    /// Whether developers want to see more.
    pub enable_developer: bool,
}

/// Teams and people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct TeamSettings {
    /// The server's name.
    pub site_name: String,
    /// How people are called: `username`, `nickname_full_name` or `full_name`.
    pub teammate_name_display: String,
    /// Whether there are custom statuses.
    pub enable_custom_user_statuses: bool,
}

/// Several nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct ClusterSettings {
    /// Whether there are.
    pub enable: bool,
}

/// Languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct LocalizationSettings {
    /// Of what the server itself says.
    pub default_server_locale: String,
    /// Of people who have chosen none.
    pub default_client_locale: String,
}

/// Plugins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
pub struct PluginSettings {
    /// Folder that bundles are unpacked in.
    pub directory: String,
    /// Whether dead plugins are started again.
    pub enable_health_check: bool,
}
