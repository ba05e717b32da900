//! The four statuses that Outlook knows.

use std::fmt;

/// Whether someone can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Has Mattermost open and does something.
    Online,
    /// Has it open, or is out of office, and does nothing.
    Away,
    /// Wants no notifications.
    DoNotDisturb,
    /// Has it not open, or has no record at all.
    Offline,
}

impl Status {
    /// All of them, in the order in which reports count them.
    pub const ALL: [Self; 4] = [Self::Online, Self::Away, Self::DoNotDisturb, Self::Offline];

    /// The word that goes over the wire, Mattermost's own: `online`, `away`, `dnd` or `offline`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::DoNotDisturb => "dnd",
            Self::Offline => "offline",
        }
    }

    /// The status of one of these four words, and of no other: what someone publishes.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// The status of a word that the server says. Its fifth one, `ooo` (out of office), is away, since Outlook
    /// knows four; a word of a later server's is offline.
    #[must_use]
    pub fn from_server(word: &str) -> Self {
        match word {
            "ooo" => Self::Away,
            word => Self::parse(word).unwrap_or(Self::Offline),
        }
    }

    /// Whether someone of this status is read often: all but offline.
    #[must_use]
    pub const fn is_hot(self) -> bool {
        !matches!(self, Self::Offline)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_words_and_out_of_office() {
        for (word, parsed, from_server) in [
            ("online", Some(Status::Online), Status::Online),
            ("away", Some(Status::Away), Status::Away),
            ("dnd", Some(Status::DoNotDisturb), Status::DoNotDisturb),
            ("offline", Some(Status::Offline), Status::Offline),
            ("ooo", None, Status::Away),
            ("Online", None, Status::Offline),
            ("", None, Status::Offline),
            ("a later word", None, Status::Offline),
        ] {
            assert_eq!(Status::parse(word), parsed, "{word}");
            assert_eq!(Status::from_server(word), from_server, "{word}");
        }
    }
}
