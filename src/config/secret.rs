//! A secret that an admin set: never shown, compared in constant time.

use std::fmt;

use subtle::ConstantTimeEq;

/// A shared secret. It has no `Display`, and its `Debug` does not show it. An empty one matches nothing,
/// not even an empty offer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the setting's text as it is. One of blanks only counts as empty.
    #[must_use]
    pub fn new(text: String) -> Self {
        if text.trim().is_empty() {
            return Self(String::new());
        }
        Self(text)
    }

    /// Whether nobody can know it, because none was set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `offer` is the secret. The time it takes tells the secret's length at most.
    #[must_use]
    pub fn matches(&self, offer: &[u8]) -> bool {
        let same: bool = self.0.as_bytes().ct_eq(offer).into();
        same && !self.is_empty()
    }

    /// The secret itself, for a link that an admin asked for.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() {
            "Secret(empty)"
        } else {
            "Secret(…)"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_secret_matches_nothing() {
        for empty in ["", "  ", "\n"] {
            let secret = Secret::new(empty.to_owned());
            assert!(secret.is_empty());
            assert!(!secret.matches(b""));
            assert!(!secret.matches(empty.as_bytes()));
        }
    }

    #[test]
    fn it_matches_itself_only_and_hides() {
        let secret = Secret::new("hush & more".to_owned());
        assert!(secret.matches(b"hush & more"));
        for offer in [&b""[..], b"hush", b"hush & morE", b"hush & more "] {
            assert!(!secret.matches(offer));
        }
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
