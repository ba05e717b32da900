//! What plugins keep: values by key, each plugin its own.

use std::{collections::BTreeMap, time::Duration};

use super::{AppError, World};

/// Longest key, in characters. Mattermost's `KeyValueKeyMaxRunes`.
pub const KV_KEY_MAX: usize = 50;

/// How a value is stored.
#[derive(Clone, Debug, Default)]
pub struct SetOptions {
    /// Only if what is stored now is `old`.
    pub atomic: bool,
    /// What must be stored now; `None` for nothing.
    pub old: Option<Vec<u8>>,
    /// Whole seconds; zero for ever.
    pub expires_in: Duration,
}

struct Entry {
    value: Vec<u8>,
    /// Milliseconds since 1970, or zero.
    expires_at: i64,
}

#[derive(Default)]
pub(crate) struct Plugins {
    entries: BTreeMap<String, BTreeMap<String, Entry>>,
}

fn alive(entry: &Entry, now: i64) -> bool {
    entry.expires_at == 0 || entry.expires_at > now
}

impl World {
    /// A stored value.
    pub fn kv_get(&self, plugin: &str, key: &str) -> Option<Vec<u8>> {
        let now = self.now();
        let state = self.state();
        let entry = state.plugins.entries.get(plugin)?.get(key)?;
        alive(entry, now).then(|| entry.value.clone())
    }

    /// Stores a value, or with `None` deletes it. Answers whether that was done: an atomic change
    /// is not when something else is stored.
    ///
    /// # Errors
    /// 400 for a key that is empty or too long, or an old value without `atomic`.
    pub fn kv_set(
        &self,
        plugin: &str,
        key: &str,
        value: Option<Vec<u8>>,
        options: &SetOptions,
    ) -> Result<bool, AppError> {
        let bad =
            |id: &str, words: &str| Err(AppError::new("SetPluginKeyWithOptions", id, words, 400));
        if key.is_empty() || key.chars().count() > KV_KEY_MAX {
            return bad(
                "model.plugin_key_value.is_valid.key.app_error",
                "Invalid key, must be more than 0 and a of maximum 50 characters long.",
            );
        }
        if !options.atomic && options.old.is_some() {
            return bad(
                "model.plugin_kvset_options.is_valid.old_value.app_error",
                "Invalid old value, it shouldn't be set when the operation is not atomic.",
            );
        }
        let now = self.now();
        let mut state = self.state();
        let entries = state.plugins.entries.entry(plugin.into()).or_default();
        entries.retain(|_, entry| alive(entry, now));
        if options.atomic && entries.get(key).map(|entry| &entry.value) != options.old.as_ref() {
            return Ok(false);
        }
        match value {
            Some(value) => {
                let seconds = i64::try_from(options.expires_in.as_secs()).unwrap_or(i64::MAX);
                let expires_at = if seconds == 0 {
                    0
                } else {
                    now + seconds * 1000
                };
                entries.insert(key.into(), Entry { value, expires_at });
            }
            None => drop(entries.remove(key)),
        }
        drop(state);
        self.changed();
        Ok(true)
    }

    /// Deletes everything that a plugin keeps.
    pub fn kv_clear(&self, plugin: &str) {
        self.state().plugins.entries.remove(plugin);
        self.changed();
    }

    /// A page of keys, in order.
    pub fn kv_list(&self, plugin: &str, page: usize, per_page: usize) -> Vec<String> {
        let now = self.now();
        let state = self.state();
        let Some(entries) = state.plugins.entries.get(plugin) else {
            return Vec::new();
        };
        let keys = entries
            .iter()
            .filter(|(_, entry)| alive(entry, now))
            .map(|(key, _)| key.clone());
        keys.skip(page.saturating_mul(per_page))
            .take(per_page)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(world: &World, value: Option<&[u8]>, options: &SetOptions) -> bool {
        world
            .kv_set("p", "k", value.map(Vec::from), options)
            .unwrap()
    }

    #[test]
    fn compare_and_set_changes_only_what_one_believes() {
        let world = World::new();
        let believing = |old: Option<&[u8]>| SetOptions {
            atomic: true,
            old: old.map(Vec::from),
            ..SetOptions::default()
        };
        assert!(set(&world, Some(b"1"), &believing(None)));
        assert!(!set(&world, Some(b"2"), &believing(None)));
        assert!(!set(&world, Some(b"2"), &believing(Some(b"0"))));
        assert!(set(&world, Some(b"2"), &believing(Some(b"1"))));
        assert_eq!(world.kv_get("other", "k"), None);
        assert!(set(&world, None, &believing(Some(b"2"))));
        assert_eq!(world.kv_get("p", "k"), None);
    }

    #[test]
    fn values_expire_by_the_worlds_clock() {
        let world = World::new();
        let minute = SetOptions {
            expires_in: Duration::from_secs(60),
            ..SetOptions::default()
        };
        assert!(set(&world, Some(b"1"), &minute));
        assert_eq!(world.kv_list("p", 0, 10), ["k"]);
        world.advance(Duration::from_secs(61));
        assert_eq!(world.kv_get("p", "k"), None);
        assert!(world.kv_list("p", 0, 10).is_empty());
    }

    #[test]
    fn keys_have_a_length() {
        let world = World::new();
        for key in [String::new(), "ä".repeat(KV_KEY_MAX + 1)] {
            let error = world.kv_set("p", &key, Some(vec![1]), &SetOptions::default());
            assert_eq!(error.unwrap_err().status_code, 400);
        }
        let longest = "ä".repeat(KV_KEY_MAX);
        assert!(
            world
                .kv_set("p", &longest, Some(vec![1]), &SetOptions::default())
                .unwrap()
        );
    }
}
