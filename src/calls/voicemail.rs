//! New voicemail becomes a direct message, once.

/// What a PBX says of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Its name, such as `6001@default`.
    pub mailbox: String,
    /// The extension it belongs to.
    pub extension: String,
    /// New messages in it.
    pub new: u32,
    /// Old ones.
    pub old: u32,
}
