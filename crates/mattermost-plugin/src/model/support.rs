//! The Support Packet.

use gob::Gob;

/// A file of a Support Packet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Gob)]
#[gob(type_name = "FileData")]
pub struct FileData {
    /// Its name in the packet.
    pub filename: String,
    /// What it holds.
    pub body: Vec<u8>,
}
