//! The lists that describe the whole state, asked for after every login.

/// Which lists came completely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sources::asterisk) struct Seeded {
    /// Channels: `Status` or `CoreShowChannels`.
    pub(in crate::sources::asterisk) channels: bool,
    /// Devices: `DeviceStateList`.
    pub(in crate::sources::asterisk) devices: bool,
    /// Hints: `ExtensionStateList`.
    pub(in crate::sources::asterisk) hints: bool,
    /// Queues: `QueueStatus`.
    pub(in crate::sources::asterisk) queues: bool,
}
