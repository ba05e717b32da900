//! What to paste into a phone so that it reports to this plugin: a guide for each vendor, made for one person or for everybody, in
//! the reader's language. `/phone setup` prints it, and `docs/phones/` has the same lines: both come from the tables here.
//!
//! A vendor's phones take URLs of so many characters, and put something longer or shorter in the place of each variable. So
//! every URL is counted as it is made, with the secret that it will hold and with the longest thing that a phone puts in; what
//! does not fit becomes the short form, and what does not fit even then is said with the remedy.

mod guide;
mod maker;
#[cfg(test)]
mod tests;
mod vendors;

pub use guide::{Guide, guide};
pub use maker::{Block, Keys};
pub use vendors::{SAFE_CHARS, VENDORS, Vendor};

/// Whose phone it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// One person's: their user name stands in the URLs.
    Person(&'a str),
    /// Anybody's, for a provisioning server: the phone puts in its user's number itself.
    Everyone,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Which phones.
    pub vendor: &'static Vendor,
    /// Whose.
    pub whose: Whose<'a>,
    /// The server's address, as [`crate::site::base`] gives it.
    pub base: &'a str,
    /// The plugin's id.
    pub id: &'a str,
    /// The secrets, and whether they are shown.
    pub keys: Keys<'a>,
}
