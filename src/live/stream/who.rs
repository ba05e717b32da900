//! Who comes to the stream, and why somebody is not taken.

use std::fmt;

use crate::app::Stopped;
use crate::live::Viewer;

/// Where a viewer goes on who was connected before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Of which board their number is.
    pub epoch: Box<str>,
    /// The highest number that they were told.
    pub after: u64,
}

/// Who comes.
#[derive(Clone, Debug)]
pub struct Who {
    /// By what they may look.
    pub viewer: Viewer,
    /// The id of the session by which they came, if it has one.
    pub session: Option<Box<str>>,
    /// Their address, for the log.
    pub address: String,
}

/// Why somebody is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// There are too many.
    Full,
    /// The plugin is stopping.
    Stopped,
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "too many look at the board already; try again later",
            Self::Stopped => "the plugin is stopping",
        })
    }
}

impl From<Stopped> for NotTaken {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}
