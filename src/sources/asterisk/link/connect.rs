//! From a host's name to a stream.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::tls;
use super::trouble::Trouble;
use crate::net::addresses;
use crate::sources::asterisk::Settings;

/// The most addresses of a host that are tried.
const MAX_ADDRESSES: usize = 8;

/// A stream, with TLS or without.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects. The name, the connection and TLS together may take so long.
pub(super) async fn connect(
    settings: &Settings,
    limit: Duration,
) -> Result<Box<dyn Stream>, Trouble> {
    // Read before anything is connected: what is wrong with it is the admin's to know in any case.
    let client = match &settings.tls {
        Some(tls) => Some(tls::client(&tls.certificates)?),
        None => None,
    };
    let deadline = Instant::now() + limit;
    let stream = tcp(settings, deadline).await?;
    let Some(client) = client else {
        return Ok(Box::new(stream));
    };
    let host = settings.host.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host)
        .map_err(|_| Trouble::NoSuchHost("it is no name that a certificate can have"))?;
    let handshake = TlsConnector::from(client).connect(name, stream);
    match timeout_at(deadline, handshake).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(tls::trouble(&error)),
        Err(_) => Err(Trouble::Silent),
    }
}

async fn tcp(settings: &Settings, deadline: Instant) -> Result<TcpStream, Trouble> {
    let mut addresses = match timeout_at(deadline, addresses(&settings.host)).await {
        Ok(Ok(found)) => found,
        Ok(Err(why)) => return Err(Trouble::NoSuchHost(why)),
        Err(_) => return Err(Trouble::NoSuchHost("the name servers take too long")),
    };
    addresses.truncate(MAX_ADDRESSES);
    let mut trouble = Trouble::NoSuchHost("it has no address");
    let count = addresses.len() as u32;
    for (at, address) in addresses.into_iter().enumerate() {
        // What is left is shared fairly, so that a dead first address leaves time for the second.
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(
            left / (count - at as u32),
            open((address, settings.port).into()),
        )
        .await
        {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => trouble = connect_trouble(&error),
            Err(_) => trouble = Trouble::TimedOut,
        }
    }
    Err(trouble)
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_keepalive(true)?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn connect_trouble(error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Trouble::Refused,
        io::ErrorKind::TimedOut => Trouble::TimedOut,
        _ => Trouble::Network(plain(error)),
    }
}

/// An error of the system without its number.
fn plain(error: &io::Error) -> String {
    let words = error.to_string();
    let words = words.split(" (os error").next().unwrap_or_default();
    words.to_lowercase()
}
