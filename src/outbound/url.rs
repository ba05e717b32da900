//! An address of HTTP.

use super::{Address, OutboundError};

/// The longest address, in bytes.
const MAX_URL: usize = 8 * 1024;

/// An address that can be asked: `http` or `https`, a host, and what is wanted there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    is_https: bool,
    host: Address,
    port: u16,
    /// Path and query.
    target: String,
}

impl Url {
    /// Reads an absolute address (RFC 3986). What stands behind a `#` is left out.
    ///
    /// # Errors
    ///
    /// [`OutboundError::Url`] tells why it is none.
    pub fn parse(text: &str) -> Result<Self, OutboundError> {
        let bad = |why| Err(OutboundError::Url(why));
        if text.len() > MAX_URL {
            return bad("it is too long");
        }
        if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return bad("it has a blank or another character that has to be escaped in it");
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return bad("it does not begin with `https://` or `http://`");
        };
        let is_https = scheme.eq_ignore_ascii_case("https");
        if !is_https && !scheme.eq_ignore_ascii_case("http") {
            return bad("it does not begin with `https://` or `http://`");
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        if authority.contains('@') {
            return bad("it has a user's name in it, which is not sent");
        }
        let (host, port) = match authority.rsplit_once(':') {
            // The colons of an IPv6 address are none before a port.
            Some((host, port)) if !port.ends_with(']') => match port.parse() {
                Ok(port) if port > 0 => (host, port),
                _ => return bad("it has no port from 1 to 65535 behind its colon"),
            },
            _ => (authority, if is_https { 443 } else { 80 }),
        };
        let Some(host) = Address::parse(host) else {
            return bad("it has no name or address of a host in it");
        };
        let target = match target.strip_prefix('/') {
            Some(_) => target.to_owned(),
            None => format!("/{target}"),
        };
        Ok(Self {
            is_https,
            host,
            port,
            target,
        })
    }

    /// Where an answer from here sends us on to.
    ///
    /// # Errors
    ///
    /// [`OutboundError::Url`] tells why that is no address.
    pub fn join(&self, location: &str) -> Result<Self, OutboundError> {
        let before = location.split(['/', '?', '#']).next().unwrap_or_default();
        if before.contains(':') {
            return Self::parse(location);
        }
        let scheme = if self.is_https { "https" } else { "http" };
        if location.starts_with("//") {
            return Self::parse(&format!("{scheme}:{location}"));
        }
        let path = self.target.split('?').next().unwrap_or_default();
        let base = match location.chars().next() {
            Some('/') => "",
            Some('?') => path,
            None | Some('#') => &self.target,
            Some(_) => &path[..=path.rfind('/').unwrap_or_default()],
        };
        Self::parse(&format!("{scheme}://{}{base}{location}", self.origin()))
    }

    /// Whether it is asked over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whom it asks.
    #[must_use]
    pub fn host(&self) -> &Address {
        &self.host
    }

    /// At which port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port, the latter only where it is not the usual one: what may be shown of an address, and what `Host` says.
    #[must_use]
    pub fn origin(&self) -> String {
        match (self.is_https, self.port) {
            (true, 443) | (false, 80) => self.host.to_string(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }

    /// Path and query, as they are asked for.
    pub(super) fn target(&self) -> &str {
        &self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(url: &Url) -> String {
        format!("{} {} {}", url.is_https, url.origin(), url.target)
    }

    #[test]
    fn addresses_are_read() {
        for (text, expected) in [
            (
                "https://crm.example.com/x?n=%2B49#top",
                "true crm.example.com /x?n=%2B49",
            ),
            ("HTTP://Crm.Example.Com", "false crm.example.com /"),
            ("http://a.b:8080?q=1", "false a.b:8080 /?q=1"),
            ("https://[::1]:8443/", "true [::1]:8443 /"),
            ("https://[::1]", "true [::1] /"),
            ("https://a.b:443/", "true a.b /"),
            ("http://a.b:443/", "false a.b:443 /"),
            ("http://a.b/x@y:z", "false a.b /x@y:z"),
        ] {
            let url = Url::parse(text).expect(text);
            assert_eq!(parts(&url), expected, "{text}");
        }
        for text in [
            "",
            "a.b",
            "//a.b",
            "ftp://a.b",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "http://a b/",
            "http://u:p@a.b/",
            "http://a.b@c.d/",
            "http://a.b:0/",
            "http://a.b:x/",
            "http://a.b:99999/",
            "http://a.b\\@c.d/",
            "http://ü.example/",
            "http://a.b/\r\nX: y",
            "http://127.1/",
        ] {
            assert!(
                matches!(Url::parse(text), Err(OutboundError::Url(_))),
                "{text}"
            );
        }
        assert!(Url::parse(&format!("http://a.b/{}", "x".repeat(MAX_URL))).is_err());
    }

    #[test]
    fn what_we_are_sent_on_to_is_found() {
        let url = Url::parse("https://a.b:81/one/two?q=1").expect("an address");
        for (location, expected) in [
            ("http://c.d/x", "false c.d /x"),
            ("//c.d/x", "true c.d /x"),
            ("/x?y", "true a.b:81 /x?y"),
            ("x", "true a.b:81 /one/x"),
            ("?y", "true a.b:81 /one/two?y"),
            ("", "true a.b:81 /one/two?q=1"),
            ("x/http://c.d", "true a.b:81 /one/x/http://c.d"),
        ] {
            let next = url.join(location).expect(location);
            assert_eq!(parts(&next), expected, "{location}");
        }
        for location in [
            "javascript:alert(1)",
            "http:",
            "//",
            "//u@c.d/",
            "mailto:a@b",
        ] {
            assert!(url.join(location).is_err(), "{location}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "(https?://)?[a-z0-9.:/?#@\\[\\]% -]{0,40}", location in "[a-z0-9.:/?#@-]{0,20}") {
            if let Ok(url) = Url::parse(&text) {
                prop_assert!(url.target.starts_with('/') && !url.target.contains('#'));
                if let Ok(next) = url.join(&location) {
                    prop_assert!(!next.target.contains(' '));
                }
            }
        }
    }
}
