//! Calls are started, and followed to their end.

use std::time::Duration;

use super::wording;
use super::{Dial, Target};

/// How long the first phone rings: as long as eeCallUs let it.
pub const RING_LIMIT: Duration = Duration::from_secs(30);

/// The most calls that are followed at once. One more is refused, and goes again when one of them is over.
pub const MAX_UNDER_WAY: usize = 500;

/// A call that the PBX took the order for. What comes of it is told in a direct message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// Whose phone rings first.
    pub from: Dial,
    /// Who is called then.
    pub to: Target,
}

impl Started {
    /// A sentence about it, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        wording::started(self, wording::Style::Markdown)
    }

    /// The same as plain text.
    #[must_use]
    pub fn sentence(&self) -> String {
        wording::started(self, wording::Style::Plain)
    }
}
