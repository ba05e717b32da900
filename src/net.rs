//! What every connection of ours to somewhere else needs: a host's addresses, and TLS.

mod names;
mod provider;
mod tls;

pub use names::addresses;
pub(crate) use tls::tls_client;
