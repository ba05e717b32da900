//! What every connection of ours to somewhere else needs: a host's addresses, and the cryptography of TLS.

mod names;
mod provider;

pub use names::addresses;
pub(crate) use provider::provider;
