//! Certificates for TLS in tests, made when they are needed.

use std::fmt;
use std::io;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, Issuer, KeyPair, date_time_ymd,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

/// An authority that signs servers' certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    ///
    /// The system has no randomness.
    pub fn new() -> io::Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(io::Error::other)?;
        Ok(Self(issuer))
    }

    /// Its own certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A server's certificate for a name or an address.
    ///
    /// # Errors
    ///
    /// The name cannot be one.
    pub fn issue(&self, name: &str) -> io::Result<Certificate> {
        Certificate::make(&params(name)?, Some(&self.0))
    }

    /// The same, but it expired long ago.
    ///
    /// # Errors
    ///
    /// The name cannot be one.
    pub fn issue_expired(&self, name: &str) -> io::Result<Certificate> {
        let mut params = params(name)?;
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
        Certificate::make(&params, Some(&self.0))
    }
}

/// A server's certificate and its key.
#[derive(Clone)]
pub struct Certificate {
    pem: String,
    config: Arc<ServerConfig>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

impl Certificate {
    /// One that signed itself.
    ///
    /// # Errors
    ///
    /// The name cannot be one.
    pub fn self_signed(name: &str) -> io::Result<Self> {
        Self::make(&params(name)?, None)
    }

    /// It in PEM, without the key.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    fn make(
        params: &CertificateParams,
        issuer: Option<&Issuer<'static, KeyPair>>,
    ) -> io::Result<Self> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = match issuer {
            Some(issuer) => params.signed_by(&key, issuer),
            None => params.self_signed(&key),
        };
        let certificate = certificate.map_err(io::Error::other)?;
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .map_err(io::Error::other)?;
        Ok(Self {
            pem: certificate.pem(),
            config: Arc::new(config),
        })
    }

    /// A server's side of TLS with it.
    ///
    /// # Errors
    ///
    /// The client does not trust it, or speaks no TLS.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(Arc::clone(&self.config))
            .accept(stream)
            .await
    }
}

fn params(name: &str) -> io::Result<CertificateParams> {
    CertificateParams::new([name.to_owned()]).map_err(io::Error::other)
}
