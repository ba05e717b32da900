//! The host in an address.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The longest name of a host (RFC 1035, 2.3.4).
const MAX_NAME: usize = 253;

/// A host: a name in lower case, without the dot of the root behind it, or an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A name.
    Name(Box<str>),
    /// An address.
    Ip(IpAddr),
}

impl Address {
    /// Reads it as it stands in a URL, an IPv6 address in brackets. Nothing if it is none: names have letters of ASCII, digits,
    /// hyphens and underscores; other scripts' are written as `xn--…`. What looks like a number but is no IPv4 address of four
    /// parts is none either, as others would read one from it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[') {
            let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
            return Some(Self::Ip(address.into()));
        }
        if let Ok(IpAddr::V4(address)) = text.parse() {
            return Some(Self::Ip(address.into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let is_label = |label: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            (1..=63).contains(&label.len()) && label.bytes().all(fits)
        };
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_number = last.starts_with(|c: char| c.is_ascii_digit());
        (name.len() <= MAX_NAME && name.split('.').all(is_label) && !is_number)
            .then(|| Self::Name(name.into()))
    }
}

/// As it stands in a URL.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(address)) => address.fmt(f),
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_read() {
        for (text, expected) in [
            ("Crm.Example.COM", Some("crm.example.com")),
            ("crm.example.com.", Some("crm.example.com")),
            ("localhost", Some("localhost")),
            ("my_host-1", Some("my_host-1")),
            ("10.1.2.3", Some("10.1.2.3")),
            ("[::1]", Some("[::1]")),
            ("[::ffff:127.0.0.1]", Some("[::ffff:127.0.0.1]")),
            ("::1", None),
            ("[10.1.2.3]", None),
            ("127.1", None),
            ("0x7f000001", None),
            ("2130706433", None),
            ("1.2.3.4.5", None),
            ("a..b", None),
            (".", None),
            ("", None),
            ("ü.example", None),
            ("a b", None),
            ("a%2eb", None),
        ] {
            let read = Address::parse(text).map(|address| address.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
        assert_eq!(Address::parse(&format!("{}.x", "a".repeat(64))), None);
        assert_eq!(Address::parse(&"a.".repeat(130)), None);
    }
}
