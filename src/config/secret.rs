//! A secret that an admin set: never shown, compared in constant time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use subtle::ConstantTimeEq;

/// How many characters a [short](Secret::short) secret has.
pub const SHORT_CHARS: usize = 16;

/// A secret of fewer bytes might be guessed over the network in time.
pub const GUESSABLE: usize = 16;

/// What is signed for a short secret. Other words would make another one.
const SHORT_PURPOSE: &[u8] = b"switchboard: the phones' short secret";

/// A shared secret. It has no `Display`, and its `Debug` does not show it. An empty one matches nothing,
/// not even an empty offer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the setting's text, without blanks around it: those were pasted along. One of blanks only is empty.
    #[must_use]
    pub fn new(text: String) -> Self {
        let trimmed = text.trim();
        if trimmed.len() < text.len() {
            return Self(trimmed.to_owned());
        }
        Self(text)
    }

    /// Whether nobody can know it, because none was set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is set, and has fewer than [`GUESSABLE`] bytes.
    #[must_use]
    pub fn is_guessable(&self) -> bool {
        (1..GUESSABLE).contains(&self.0.len())
    }

    /// Whether `offer` is the secret, blanks around it left aside. The time it takes tells the secret's length at most.
    #[must_use]
    pub fn matches(&self, offer: &[u8]) -> bool {
        let same: bool = self.0.as_bytes().ct_eq(offer.trim_ascii()).into();
        same && !self.is_empty()
    }

    /// A secret of [`SHORT_CHARS`] characters that follows from this one: the first 96 bits of its HMAC-SHA256 (RFC 2104) in
    /// base64's letters for URLs (RFC 4648, section 5). It tells nothing of this one but what a guess at it is worth, and changes
    /// with it. Of an empty one it is empty.
    #[must_use]
    pub fn short(&self) -> Self {
        if self.is_empty() {
            return Self::default();
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        let tag = hmac::sign(&key, SHORT_PURPOSE);
        // Four characters are three bytes.
        Self(URL_SAFE_NO_PAD.encode(&tag.as_ref()[..SHORT_CHARS / 4 * 3]))
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

    /// HMAC-SHA256 by `printf "switchboard: the phones' short secret" | openssl dgst -sha256 -hmac <secret> -binary`.
    #[test]
    fn its_short_form_is_its_own() {
        let short = |text: &str| Secret::new(text.to_owned()).short();
        for (secret, expected) in [
            ("hush", "mxuRiZyi6cd5oAIH"),
            ("0123456789abcdef0123456789abcdef", "qNCwqjcx0uNSjW2H"),
        ] {
            assert_eq!(short(secret).reveal(), expected);
            assert_eq!(expected.len(), SHORT_CHARS);
        }
        assert!(short("").is_empty() && short(" ").is_empty());
        assert_eq!(format!("{:?}", short("hush")), "Secret(…)");
    }

    #[test]
    fn a_blank_that_was_pasted_behind_the_secret_locked_every_phone_out() {
        let (pasted, short) = (
            Secret::new("hush1 \n".to_owned()),
            Secret::new("hush1".to_owned()).short(),
        );
        for offer in [&b"hush1"[..], b"hush1 ", b"hush1 \n"] {
            assert!(pasted.matches(offer));
        }
        assert!(!pasted.matches(b"hush 1"));
        assert_eq!(pasted.short(), short);
    }

    #[test]
    fn it_matches_itself_only_and_hides() {
        let secret = Secret::new("hush & more".to_owned());
        assert!(secret.matches(b"hush & more"));
        for offer in [&b""[..], b"hush", b"hush & morE", b"hush & more x"] {
            assert!(!secret.matches(offer));
        }
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
