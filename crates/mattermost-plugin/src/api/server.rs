//! The server itself.

use serde::de::DeserializeOwned;

use super::{
    Api, api_calls,
    wire::{One, Two},
};
use crate::{
    error::{ApiError, IncomingError},
    model::Config,
};

api_calls! {
    //! # The server itself
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::api::ServerVersion;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! let site = api.get_config().await?.site_url().map(str::to_owned);
    //! if *api.server_version().await? >= ServerVersion::new(9, 8, 0) {
    //!     // …
    //! }
    //!
    //! // Null when nothing was ever set, and keys in whatever case they were stored.
    //! let settings: serde_json::Value = api.load_plugin_configuration().await?;
    //! # Ok(())
    //! # }
    //! ```

    /// As [`Api::load_plugin_configuration`], as JSON.
    pub LoadPluginConfiguration "5.2": load_plugin_configuration_json() -> Vec<u8>, by One<Vec<u8>>;

    /// The server's configuration, secrets masked.
    pub GetConfig "5.2": get_config() -> Config, by One<Option<Config>>;

    /// The server's version, as `9.11.3`. See [`Api::server_version`].
    pub GetServerVersion "5.4": get_server_version() -> String, by One<String>;

    /// The folder that the plugin's bundle was unpacked in.
    pub GetBundlePath "5.10": get_bundle_path() -> String, by Two<String, IncomingError>;
}

impl Api {
    /// The plugin's settings. Mattermost's `LoadPluginConfiguration`, from 5.2.
    ///
    /// Keys come in the case in which they were once stored, often lower; numbers and truth values
    /// may be texts, and a setting without a value may be null. A plugin that was never configured
    /// has null for all of it: make `T` an `Option`, or a [`serde_json::Value`].
    ///
    /// # Errors
    /// [`ApiError`]: no answer, or JSON that is no `T`.
    pub async fn load_plugin_configuration<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let json = self.load_plugin_configuration_json().await?;
        // A server that fails here answers with nothing at all.
        let json = if json.is_empty() { b"null" } else { &json[..] };
        serde_json::from_slice(json).map_err(|source| ApiError::Json {
            method: "LoadPluginConfiguration",
            source,
        })
    }
}
