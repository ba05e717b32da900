//! The server's address, where people and phones are told it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

/// Everything but RFC 3986's unreserved characters.
pub const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The site's address without a slash at its end, if it is one that a link, and a line of a phone's settings, can hold.
#[must_use]
pub fn base(url: &str) -> Option<&str> {
    let url = url.trim().trim_end_matches('/');
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/[]%@+".contains(&b);
    (!rest.is_empty() && rest.bytes().all(fits)).then_some(url)
}

/// Host and port of an address that [`base`] gave.
#[must_use]
pub fn host(base: &str) -> &str {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_without_its_last_slash_or_not_at_all() {
        for (url, expected) in [
            ("https://chat.example.com", "chat.example.com"),
            ("https://example.com/chat/", "example.com"),
            (" http://localhost:8065 ", "localhost:8065"),
            ("https://[2001:db8::1]:8443/a%20b", "[2001:db8::1]:8443"),
        ] {
            let base = base(url).expect(url);
            assert_eq!(base, url.trim().trim_end_matches('/'));
            assert_eq!(host(base), expected);
        }
        for url in [
            "",
            "https://",
            "chat.example.com",
            "ftp://chat.example.com",
            "javascript:alert(1)",
            "https://a b",
            "https://a/)",
            "https://a/;b",
            "https://a/`b",
            "https://a/\"b",
            "https://a/${b}",
            "https://a?b",
            "https://a#b",
            "https://jörg.example.com",
        ] {
            assert_eq!(base(url), None, "{url}");
        }
    }
}
