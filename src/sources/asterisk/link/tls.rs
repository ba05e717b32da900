//! TLS, and whose certificate is trusted.

use std::io;
use std::sync::Arc;

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::trouble::Trouble;
use crate::net::provider;

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
    let provider = Arc::new(provider());
    let mut roots = RootCertStore::empty();
    let mut pinned = Vec::new();
    if pem.trim().is_empty() {
        let system = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(system.certs);
    } else {
        pinned = read(pem)?;
        // One that cannot be an authority (very old ones) is still trusted as the server's own.
        roots.add_parsable_certificates(pinned.iter().cloned());
    }
    let chains =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .ok();
    let judge = Judge {
        pinned,
        chains,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Trouble::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge))
        .with_no_client_auth();
    Ok(Arc::new(config))
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

/// Judges a server's certificate.
#[derive(Debug)]
struct Judge {
    /// Trusted by themselves.
    pinned: Vec<CertificateDer<'static>>,
    /// Judges by who signed it; nothing if no authority is known.
    chains: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pinned.contains(end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        let Some(chains) = &self.chains else {
            return Err(CertificateError::UnknownIssuer.into());
        };
        chains.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
