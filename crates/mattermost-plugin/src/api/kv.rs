//! The plugin's key-value store, in the server's database.
//!
//! A key has at most 50 characters on servers before 9, and 150 since. A read may come from a
//! replica and so be old; the reading that counts is a compare-and-set with the value that one
//! believes to be there.

use super::{
    Api, api_calls,
    wire::{Done, Two},
};
use crate::{
    error::{ApiError, AppError},
    model::PluginKvSetOptions,
};

api_calls! {
    /// Stores a value under these conditions and says whether it did. An empty value deletes the
    /// key.
    pub KVSetWithOptions "5.20": kv_set_with_options(
        key: &str, value: &[u8], options: &PluginKvSetOptions
    ) -> bool, by Two<bool, Option<AppError>>;

    /// As [`Api::kv_get`], empty for nothing.
    KVGet "5.2": kv_read(key: &str) -> Vec<u8>, by Two<Vec<u8>, Option<AppError>>;

    /// Deletes a key, or does nothing.
    pub KVDelete "5.2": kv_delete(key: &str) -> (), by Done;

    /// A page of the keys, counted from 0, at most `per_page` of them, in the order of the keys.
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
    /// stored.
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
