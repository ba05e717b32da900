//! The key of which aliases are made that cannot be guessed: made once, and kept in the store.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::room::KEY_BYTES;
use crate::host::Store;
use crate::store::{self, RecordError};

/// The record's key in the key-value store. Without the record all rooms get other aliases.
pub const KEY: &str = "video.key";

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    /// In base64.
    key: String,
}

/// The key, which is made if there is none. Of two nodes that make one at the same time, one's is stored, and both have that.
pub(super) async fn load(host: &impl Store) -> Result<[u8; KEY_BYTES], RecordError> {
    let mut new = [0; KEY_BYTES];
    let no_random = RecordError::Damaged("the system has no random numbers for a new one");
    getrandom::fill(&mut new).map_err(|_| no_random)?;
    let new = STANDARD_NO_PAD.encode(new);
    let stored = store::change(host, KEY, |mut stored: Stored| {
        if stored.key.is_empty() {
            stored.key.clone_from(&new);
        }
        let key = stored.key.clone();
        (stored, key)
    });
    let key = STANDARD_NO_PAD.decode(stored.await?);
    let key = key.ok().and_then(|key| key.try_into().ok());
    key.ok_or(RecordError::Damaged("it is no key"))
}
