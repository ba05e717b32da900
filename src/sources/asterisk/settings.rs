//! What is to be known of an Asterisk before it can be talked to.

use crate::calls::Driver;
use crate::config::{DialPatterns, NumbersUsers, Secret};

/// Where an Asterisk is, who we are there, and how its dial plan is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name or address, without a port.
    pub host: String,
    /// Its AMI port: 5038, or 5039 with TLS, unless told.
    pub port: u16,
    /// TLS, if it is to be used.
    pub tls: Option<Tls>,
    /// The account in manager.conf.
    pub user: String,
    /// Its secret.
    pub secret: Secret,
    /// The context of the dial plan in which numbers are dialled, as FreePBX's `from-internal`.
    pub context: String,
    /// Which numbers are extensions, and so lines of the board.
    pub extensions: DialPatterns,
    /// Whose number is whose.
    pub numbers: NumbersUsers,
    /// The driver for texts, unless one is asked for.
    pub driver: Driver,
    /// The interface by which an extension is an agent of a queue, with `{extension}` in it, such as `PJSIP/{extension}`.
    pub queue_interface: String,
    /// How its dial plan learns of do-not-disturb; nothing where it is not to be told.
    pub dnd: Option<DndSwitch>,
}

/// How a dial plan learns that an extension does not want to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DndSwitch {
    /// By the state of a device, `Custom:DND6001`, alone.
    Device,
    /// By an entry of Asterisk's database in this family, with the extension as its key, as FreePBX's `DND`; the device shows it.
    Database(String),
}

/// How the server's certificate is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// PEM of the certificates that are trusted: an authority's, or the server's own. Empty: the system's authorities.
    pub certificates: String,
}
