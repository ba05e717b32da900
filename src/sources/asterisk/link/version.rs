//! Which Asterisk it is, and whether it is open to a known attack.

/// A version of Asterisk, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Version {
    /// As it is shown: `22.10.1`, or `22` when only the series is known.
    pub(in super::super) shown: String,
    numbers: Vec<u32>,
    certified: bool,
}

/// The major version of the manager interface that each series of Asterisk has, from `AMI_VERSION` in its `manager.h`. From 16
/// on they are 11 apart.
const SERIES: [(u32, u32); 4] = [(2, 13), (3, 14), (4, 15), (5, 16)];

impl Version {
    /// From `AsteriskVersion` of `CoreSettings`, such as `22.10.1+dfsg-1`, `certified/18.9-cert10` or `GIT-20-abc`.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let certified = text.contains("cert");
        let from = text.find(|c: char| c.is_ascii_digit())?;
        let text = &text[from..];
        let to = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let shown = text[..to.unwrap_or(text.len())].trim_end_matches('.');
        let numbers: Option<Vec<u32>> = shown.split('.').map(|part| part.parse().ok()).collect();
        let mut shown = shown.to_owned();
        let mut numbers = numbers?;
        if let Some((_, cert)) = text.split_once("-cert") {
            let digits = cert.split(|c: char| !c.is_ascii_digit()).next();
            let cert: u32 = digits?.parse().ok()?;
            shown = format!("{shown}-cert{cert}");
            numbers.truncate(2);
            numbers.push(cert);
        }
        Some(Self {
            shown,
            numbers,
            certified,
        })
    }

    /// From the manager interface's own version, which stands in its banner: the series only.
    pub(in super::super) fn from_ami(ami: &str) -> Option<Self> {
        let mut parts = ami.split('.').map(|part| part.parse::<u32>().ok());
        let major = parts.next()??;
        let minor = parts.next().flatten().unwrap_or(0);
        let series = match (major, minor) {
            (1, 0) => return Self::parse("1.4"),
            (1, 1) => return Self::parse("1.8"),
            (1, 2) => 10,
            (1, 3) => 11,
            (2, 0) => 12,
            (6.., _) => major.checked_add(11)?,
            _ => SERIES.iter().find(|(own, _)| *own == major)?.1,
        };
        Some(Self {
            shown: series.to_string(),
            numbers: vec![series],
            certified: false,
        })
    }

    /// Whether an account that may originate calls can run programs on it (CVE-2024-42365). Nothing if the version is not known well
    /// enough.
    ///
    /// Source: Asterisk's advisory GHSA-c4cg-9275-6w44: mended in 18.24.2, 20.9.2, 21.4.2, certified 18.9-cert11 and 20.7-cert2.
    pub(in super::super) fn is_open(&self) -> Option<bool> {
        let series = *self.numbers.first()?;
        let mended: &[u32] = match (series, self.certified) {
            (..18 | 19, _) => return Some(true),
            (22.., _) => return Some(false),
            (18, false) => &[18, 24, 2],
            (20, false) => &[20, 9, 2],
            (18, true) => &[18, 9, 11],
            (20, true) => &[20, 7, 2],
            _ => &[21, 4, 2],
        };
        (self.numbers.len() > 1).then(|| *self.numbers < *mended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_judged() {
        for (text, shown, open) in [
            ("22.10.1+dfsg+~cs6.17.60671434-1", "22.10.1", Some(false)),
            ("20.9.1", "20.9.1", Some(true)),
            ("20.9.2", "20.9.2", Some(false)),
            ("20.10.0", "20.10.0", Some(false)),
            ("21.4", "21.4", Some(true)),
            ("18.24.2", "18.24.2", Some(false)),
            ("certified/18.9-cert10", "18.9-cert10", Some(true)),
            ("certified-20.7-cert2", "20.7-cert2", Some(false)),
            ("11.25.3", "11.25.3", Some(true)),
            ("1.8.32.3", "1.8.32.3", Some(true)),
            ("GIT-20-abc123", "20", None),
            ("19.8.1", "19.8.1", Some(true)),
        ] {
            let version = Version::parse(text).expect(text);
            assert_eq!(
                (&*version.shown, version.is_open()),
                (shown, open),
                "{text}"
            );
        }
        assert_eq!(Version::parse("master"), None);
        assert_eq!(Version::parse("99999999999.1"), None);
    }

    #[test]
    fn the_banner_tells_the_series() {
        for (ami, shown, open) in [
            ("1.1", "1.8", Some(true)),
            ("1.3", "11", Some(true)),
            ("2.10.6", "13", Some(true)),
            ("5.0.5", "16", Some(true)),
            ("7.0.3", "18", None),
            ("9.0.0", "20", None),
            ("11.0.0", "22", Some(false)),
        ] {
            let version = Version::from_ami(ami).expect(ami);
            assert_eq!((&*version.shown, version.is_open()), (shown, open), "{ami}");
        }
        assert_eq!(Version::from_ami("x"), None);
        assert_eq!(Version::from_ami("4294967295.0"), None);
    }
}
