//! TLS, and whose certificate is trusted.

use std::io;
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error};

use super::trouble::Trouble;
use crate::net::tls_client;

/// The most certificates that are read from the settings.
const MAX_CERTIFICATES: usize = 100;

/// The line before a certificate (RFC 7468).
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// A client that trusts the certificates of this PEM: an authority's for all that it signed, a server's own for that server
/// whatever its name is. With none, the system's authorities are trusted.
///
/// # Errors
///
/// The PEM has something else than certificates, a private key above all, or none.
pub(super) fn client(pem: &str) -> Result<Arc<ClientConfig>, Trouble> {
    let trusted = match pem.trim() {
        "" => None,
        pem => Some(read(pem)?),
    };
    tls_client(trusted).map_err(|error| Trouble::Tls(error.to_string()))
}

fn read(pem: &str) -> Result<Vec<CertificateDer<'static>>, Trouble> {
    let bad = |why: &str| Err(Trouble::BadCertificates(why.to_owned()));
    // `PRIVATE KEY`, `RSA PRIVATE KEY`, `ENCRYPTED PRIVATE KEY` … (RFC 7468): it would go unseen beside a good certificate.
    if pem.contains("PRIVATE KEY-----") {
        return Err(Trouble::PrivateKey);
    }
    // As pasted into a field of one line: its parts cannot be told apart.
    if pem.lines().any(|line| {
        let line = line.trim();
        line.contains(BEGIN) && line != BEGIN
    }) {
        return Err(Trouble::OneLine);
    }
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()).take(MAX_CERTIFICATES) {
        match certificate {
            Ok(certificate) => found.push(certificate),
            Err(_) => return bad("a part of it is damaged"),
        }
    }
    if found.is_empty() {
        return bad("there is none in it");
    }
    Ok(found)
}

/// What is wrong when a handshake fails.
pub(super) fn trouble(error: &io::Error) -> Trouble {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(why)) => match why {
            // A bad signature is that of another authority of the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                Trouble::UnknownCertificate
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Trouble::WrongName
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Trouble::Expired,
            // It signed itself, and says that it is an authority.
            CertificateError::Other(other)
                if format!("{other:?}").contains("CaUsedAsEndEntity") =>
            {
                Trouble::UnknownCertificate
            }
            other => Trouble::Tls(other.to_string()),
        },
        Some(Error::InvalidMessage(_)) => Trouble::NoTls,
        Some(other) => Trouble::Tls(other.to_string()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => Trouble::Closed,
        None => Trouble::broken(error),
    }
}
