//! What a plugin has for whom, told from its settings: a plugin of somebody else's has none of it.

use serde_json::Value;

use super::{Bundle, DevHost, Shared};

/// A setting that only a plugin for phones has.
const FOR_PHONES: &str = "NumbersUsers";

/// A setting that only a plugin that shows who is there has.
const FOR_PRESENCE: &str = "PerPageStatuses";

/// The key of the setting with the secret of phones' URLs.
pub(super) fn phones_key(bundle: &Bundle) -> Option<&str> {
    bundle.setting(FOR_PHONES)?;
    bundle.setting("Secret")
}

/// The key of the setting with presence's secret: its own, or in a plugin for nothing else the only one.
pub(super) fn presence_key(bundle: &Bundle) -> Option<&str> {
    bundle.setting(FOR_PRESENCE)?;
    bundle
        .setting("PresenceSecret")
        .or_else(|| bundle.setting("Secret"))
}

impl Bundle {
    /// The keys of the secrets that a plugin of this project needs to be of use.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let presence = presence_key(self).filter(|key| phones_key(self) != Some(*key));
        phones_key(self).into_iter().chain(presence)
    }
}

impl Shared {
    fn secret(&self, key: Option<&str>) -> Option<String> {
        let settings = self.world.plugin_settings(&self.id);
        let secret = settings.get(&key?.to_lowercase()).and_then(Value::as_str);
        Some(secret.unwrap_or_default().to_owned())
    }

    pub(crate) fn phones_secret(&self) -> Option<String> {
        self.secret(phones_key(&self.bundle))
    }

    pub(crate) fn presence_secret(&self) -> Option<String> {
        self.secret(presence_key(&self.bundle))
    }
}

impl DevHost {
    /// The secret of phones' URLs, which may be empty; `None` for a plugin that has nothing for phones.
    pub fn phones_secret(&self) -> Option<String> {
        self.shared.phones_secret()
    }

    /// The secret with which clients ask who is there, which may be empty; `None` for a plugin that
    /// does not tell.
    pub fn presence_secret(&self) -> Option<String> {
        self.shared.presence_secret()
    }
}
