//! From an address to a stream that was checked.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::guard::is_guarded;
use super::{Address, OutboundError, Url};
use crate::config::AllowedHosts;
use crate::net;

/// The most addresses of a host that are tried.
const MAX_ADDRESSES: usize = 4;

/// How long the system's authorities are believed to be the same.
const AUTHORITIES_LAST: Duration = Duration::from_secs(60 * 60);

/// A stream, with TLS or without.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to an address of the host that may be asked.
pub(super) async fn connect(
    url: &Url,
    hosts: &AllowedHosts,
    tls: &Tls,
    deadline: Instant,
) -> Result<Box<dyn Stream>, OutboundError> {
    if !hosts.allows(url.host(), url.port()) {
        return Err(OutboundError::NotAllowed(url.origin()));
    }
    let stream = tcp(url, hosts, deadline).await?;
    if !url.is_https() {
        return Ok(Box::new(stream));
    }
    let name = match url.host() {
        Address::Name(name) => ServerName::try_from(name.to_string()).ok(),
        Address::Ip(address) => Some(ServerName::from(*address)),
    };
    let name = name.ok_or(OutboundError::Url(
        "its host is no name that a certificate can have",
    ))?;
    let client = tls.client()?;
    let stream = TlsConnector::from(client).connect(name, stream).await;
    Ok(Box::new(stream.map_err(|error| tls_error(&error))?))
}

async fn tcp(
    url: &Url,
    hosts: &AllowedHosts,
    deadline: Instant,
) -> Result<TcpStream, OutboundError> {
    let found = match url.host() {
        Address::Ip(address) => vec![*address],
        Address::Name(name) => net::addresses(name)
            .await
            .map_err(OutboundError::NoSuchHost)?,
    };
    let may = |address: &IpAddr| !is_guarded(*address) || hosts.lists(*address, url.port());
    let guarded = |address: IpAddr| OutboundError::Guarded(url.origin(), address);
    let mut error = match found.iter().find(|address| !may(address)) {
        Some(address) => guarded(*address),
        None => OutboundError::NoSuchHost("it has no address"),
    };
    let may: Vec<_> = found.into_iter().filter(may).take(MAX_ADDRESSES).collect();
    let count = may.len() as u32;
    for (at, address) in may.into_iter().enumerate() {
        // What is left is shared fairly, so that a dead first address leaves time for the second.
        let left = deadline.saturating_duration_since(Instant::now());
        let connecting = TcpStream::connect(SocketAddr::new(address, url.port()));
        match timeout(left / (count - at as u32), connecting).await {
            Ok(Ok(stream)) => {
                // An address of this machine by another name than loopback.
                let is_own = stream
                    .local_addr()
                    .is_ok_and(|own| own.ip().to_canonical() == address.to_canonical());
                if !is_own || hosts.lists(address, url.port()) {
                    return Ok(stream);
                }
                error = guarded(address);
            }
            Ok(Err(failed)) => error = OutboundError::NotConnected(plain(&failed)),
            Err(_) => error = OutboundError::NotConnected("it takes too long".to_owned()),
        }
    }
    Err(error)
}

/// An error of the system without its number.
fn plain(error: &io::Error) -> String {
    let words = error.to_string();
    let words = words.split(" (os error").next().unwrap_or_default();
    words.to_lowercase()
}

fn tls_error(error: &io::Error) -> OutboundError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => OutboundError::Closed,
        _ => OutboundError::Tls(crate::text::clean(&error.to_string()).into_owned()),
    }
}

/// TLS as the system's authorities have it.
#[derive(Debug, Default)]
pub(super) struct Tls(Mutex<Option<(Instant, Arc<ClientConfig>)>>);

impl Tls {
    #[cfg(test)]
    pub(super) fn trusting(pem: &str) -> Self {
        use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject as _};
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM");
        let client = net::tls_client(Some(vec![certificate])).expect("a client");
        Self(Mutex::new(Some((Instant::now(), client))))
    }

    /// The client. Once an hour the authorities are read from their files, which takes some milliseconds.
    fn client(&self) -> Result<Arc<ClientConfig>, OutboundError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((read, client)) = &*known
            && read.elapsed() < AUTHORITIES_LAST
        {
            return Ok(Arc::clone(client));
        }
        let client =
            net::tls_client(None).map_err(|error| OutboundError::Tls(error.to_string()))?;
        *known = Some((Instant::now(), Arc::clone(&client)));
        Ok(client)
    }
}
