//! Where OVH's events are, and what opens them.

use std::fmt;
use std::sync::Arc;

use crate::config::{AllowedHosts, NumbersUsers, Secret};

/// The most tokens that are followed, each with a poll of its own.
pub const MAX_TOKENS: usize = 20;

/// How many of a token's characters may be shown, its last ones, so that an admin finds it.
const SHOWN_CHARS: usize = 4;

/// What opens the events of a billing account or of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Secret);

impl Token {
    /// Reads one of the form `ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB`. Nothing if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let fits = [8, 4, 4, 4, 12].into_iter().all(|length| {
            let part = parts.next().unwrap_or_default();
            part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit())
        });
        (fits && parts.next().is_none()).then(|| Self(Secret::new(text.to_owned())))
    }

    /// The token itself, for the one who asks with it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// Whether both are the same. Case does not matter in hexadecimal digits.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.reveal().eq_ignore_ascii_case(other.reveal())
    }
}

/// Its last characters, by which an admin knows it.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It is of ASCII.
        let text = self.reveal();
        write!(f, "…{}", &text[text.len().saturating_sub(SHOWN_CHARS)..])
    }
}

/// How OVH is followed.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The tokens, [`MAX_TOKENS`] at most.
    pub tokens: Vec<Token>,
    /// The address of the events, without a query.
    pub url: Arc<str>,
    /// Its host, which is the only one that is asked.
    pub hosts: AllowedHosts,
    /// Whose number is whose.
    pub numbers: NumbersUsers,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("tokens", &self.tokens.len())
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_form_and_hides() {
        let text = "ABCDEFAB-CDEF-abcd-EFAB-CDEFABCD1234";
        let token = Token::parse(text).expect("a token");
        assert_eq!(token.reveal(), text);
        assert_eq!(token.to_string(), "…1234");
        assert!(!format!("{token:?}").contains("1234"));
        assert!(token.is(&Token::parse(&text.to_lowercase()).expect("a token")));
        for wrong in [
            "",
            "ABCDEFAB",
            "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD123",
            "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD12345",
            "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD123G",
            "ABCDEFABCDEFABCDEFABCDEFABCD1234",
            "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD1234-",
            "https://events.voip.ovh.net/?token=ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCD1234",
        ] {
            assert_eq!(Token::parse(wrong), None, "{wrong}");
        }
    }
}
