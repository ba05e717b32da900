//! Sources turn something outside into events of the [board](crate::board), and nothing else.

pub mod asterisk;
pub mod ovh;
pub mod phone_urls;
