//! The plugin's key-value store.

use gob::Gob;
use serde::{Deserialize, Serialize};

/// Under which condition a value is stored, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[gob(type_name = "PluginKVSetOptions")]
pub struct PluginKvSetOptions {
    /// Whether it is stored only if `old_value` is there now.
    pub atomic: bool,
    /// What must be there; empty for nothing.
    pub old_value: Vec<u8>,
    /// Seconds until it is gone; 0 for never.
    pub expire_in_seconds: i64,
}
