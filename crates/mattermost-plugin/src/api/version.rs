//! The server's version.

use std::fmt;

/// A version of Mattermost, as `9.11.3`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerVersion {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third.
    pub patch: u32,
}

impl ServerVersion {
    /// A version.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// Reads what the server says of itself. What is missing or no number counts as 0, so that an
    /// odd version is taken for an old one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut numbers = text.trim().trim_start_matches('v').split('.').map(|part| {
            let digits = part
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(part.len());
            part[..digits].parse().unwrap_or(0)
        });
        let mut next = || numbers.next().unwrap_or(0);
        Self {
            major: next(),
            minor: next(),
            patch: next(),
        }
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::ServerVersion;

    #[test]
    fn versions_are_read_and_compared() {
        for (text, version) in [
            ("9.11.3", ServerVersion::new(9, 11, 3)),
            ("v10.0.0-rc1", ServerVersion::new(10, 0, 0)),
            ("11.6", ServerVersion::new(11, 6, 0)),
            ("6.2.1.7", ServerVersion::new(6, 2, 1)),
            ("dev", ServerVersion::new(0, 0, 0)),
            ("", ServerVersion::new(0, 0, 0)),
            ("99999999999.1.2", ServerVersion::new(0, 1, 2)),
        ] {
            assert_eq!(ServerVersion::parse(text), version, "{text}");
        }
        assert!(ServerVersion::new(9, 11, 0) < ServerVersion::new(10, 2, 0));
        assert_eq!(ServerVersion::new(9, 11, 3).to_string(), "9.11.3");
    }
}
