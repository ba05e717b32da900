//! The plugin's key-value store, in the server's database.

use super::{
    Api, api_calls,
    wire::{Done, Two},
};
use crate::{
    error::{ApiError, AppError},
    model::PluginKvSetOptions,
};

/// The longest key of the plugin's store that every server takes, in characters: 50. From 6.3 on it is 150.
///
/// Source: Mattermost, `model/plugin_key_value.go` (`KeyValueKeyMaxRunes`), and migration 73, which made the column wider.
pub const MAX_KV_KEY_CHARS: usize = 50;

api_calls! {
    //! # The key-value store
    //!
    //! Each plugin has its own, in the server's database. It outlives the plugin's updates, and all nodes of a cluster share it.
    //!
    //! | what | limit |
    //! |---|---|
    //! | key | 1 to [`MAX_KV_KEY_CHARS`] characters, on any server; from 6.3 on, 150. Longer ones are refused with status 400 |
    //! | keys that begin with `mmi_` | Mattermost's own; [`Api::kv_list`] shows them, too |
    //! | value | not empty: to store an empty one deletes the key. The largest is the database's: 1 GB with PostgreSQL, 16 MB with MySQL. Here, 64 MiB with all that travels beside it ([`gob::limits::MAX_MESSAGE_BYTES`]) |
    //! | time to live | whole seconds, [`expire_in_seconds`](crate::model::PluginKvSetOptions::expire_in_seconds); by the clock of the node that is asked |
    //!
    //! - A read may come from a replica of the database, and so be of a moment ago. What counts is a compare-and-set with the value that one believes to be there.
    //! - Nothing ties two keys together: there are no transactions, and no call for several keys.
    //! - Each call is one or more statements in the database that the whole server shares: keep what changes often in memory.
    //!
    //! ```
    //! # use mattermost_plugin::{Api, error::ApiError};
    //! use mattermost_plugin::model::PluginKvSetOptions;
    //!
    //! # async fn example(api: &Api) -> Result<(), ApiError> {
    //! // One more, whoever else counts on whichever node.
    //! loop {
    //!     let old = api.kv_get("rolls").await?;
    //!     let count: u64 = old.as_deref().map_or(0, |json| serde_json::from_slice(json).unwrap_or(0));
    //!     let new = (count + 1).to_string();
    //!     if api.kv_compare_and_set("rolls", old.as_deref(), new.as_bytes()).await? {
    //!         break;
    //!     }
    //! }
    //!
    //! // Gone by itself after an hour.
    //! let options = PluginKvSetOptions { expire_in_seconds: 3600, ..PluginKvSetOptions::default() };
    //! api.kv_set_with_options("greeted", b"alice", &options).await?;
    //! # Ok(())
    //! # }
    //! ```
    //!
    //! Source: Mattermost 9.11, `server/channels/store/sqlstore/plugin_store.go`, and migrations 45 and 73
    //! (`upgrade_plugin_key_value_store_v6.3`).

    /// Stores a value under these conditions and says whether it did. An empty value deletes the
    /// key. [`old_value`](PluginKvSetOptions::old_value) without
    /// [`atomic`](PluginKvSetOptions::atomic) is refused with status 400.
    pub KVSetWithOptions "5.20": kv_set_with_options(
        key: &str, value: &[u8], options: &PluginKvSetOptions
    ) -> bool, by Two<bool, Option<AppError>>;

    /// As [`Api::kv_get`], empty for nothing.
    KVGet "5.2": kv_read(key: &str) -> Vec<u8>, by Two<Vec<u8>, Option<AppError>>;

    /// Deletes a key, or does nothing.
    pub KVDelete "5.2": kv_delete(key: &str) -> (), by Done;

    /// A page of the keys, counted from 0, at most `per_page` of them (10 for 0), in the order of the keys. Read
    /// from a replica, and while keys come and go, pages shift.
    pub KVList "5.6": kv_list(page: i64, per_page: i64)
        -> Vec<String>, by Two<Vec<String>, Option<AppError>>;
}

impl Api {
    /// The value of a key, maybe of a moment ago; `None` when there is none. Mattermost's `KVGet`,
    /// from 5.2.
    ///
    /// # Errors
    /// [`ApiError`]: the server's refusal, or no answer.
    pub async fn kv_get(&self, key: &str) -> Result<Option<Vec<u8>>, ApiError> {
        // The server stores no empty values.
        Ok(Some(self.kv_read(key).await?).filter(|value| !value.is_empty()))
    }

    /// Stores a value, whatever was there. Mattermost's `KVSetWithOptions`, from 5.20.
    ///
    /// # Errors
    /// [`ApiError`]: the server's refusal, or no answer.
    pub async fn kv_set(&self, key: &str, value: &[u8]) -> Result<(), ApiError> {
        self.kv_set_with_options(key, value, &PluginKvSetOptions::default())
            .await
            .map(drop)
    }

    /// Stores a value if `old` is there now, where `None` means nothing, and says whether it was.
    /// Mattermost's `KVSetWithOptions`, from 5.20.
    ///
    /// # Errors
    /// [`ApiError`]: the server's refusal, or no answer. After a timeout the value may have been
    /// stored: then the next attempt with the same `old` answers `false`, for the value that is there is one's own.
    pub async fn kv_compare_and_set(
        &self,
        key: &str,
        old: Option<&[u8]>,
        value: &[u8],
    ) -> Result<bool, ApiError> {
        let options = PluginKvSetOptions {
            atomic: true,
            old_value: old.unwrap_or_default().to_vec(),
            expire_in_seconds: 0,
        };
        self.kv_set_with_options(key, value, &options).await
    }
}
