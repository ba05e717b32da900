//! Asking somebody else over HTTP, by addresses that an admin set or that other servers gave.
//!
//! Only hosts that the admin listed are asked ([`AllowedHosts`]). Whatever their names stand for, addresses of this machine, of the
//! local link and of clouds' metadata services are not, unless the very address is listed; and what is connected to is the address that
//! was checked, so that a name which means something else a moment later leads nowhere. Where an answer sends us on, all of that is
//! checked again. Everything has a limit: time, bytes, redirects, and how many ask at once.

mod address;
mod connect;
mod error;
mod guard;
mod http1;
#[cfg(test)]
pub(crate) mod tests;
mod url;

pub use address::Address;
pub use error::OutboundError;
pub use url::Url;

use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::config::{AllowedHosts, Secret};

/// How many may ask at once; others wait, within their time.
pub const MAX_AT_ONCE: usize = 16;

/// How often an answer may send us on.
pub const MAX_REDIRECTS: usize = 3;

/// The most bytes of an answer's head.
pub const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The most headers of an answer.
pub const MAX_HEADERS: usize = 64;

/// What is asked for, and within which limits.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What shows the other side that it is us, as `Authorization: Bearer …`; empty: nothing does. It is not sent to another host
    /// that we are sent on to.
    pub bearer: &'a Secret,
    /// The media type that is wanted, for `Accept`.
    pub accept: &'static str,
    /// How long all of it may take.
    pub limit: Duration,
    /// The most bytes of the answer's body.
    pub max_body: usize,
}

/// An answer, whatever its status is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status: 200 for success.
    pub status: u16,
    /// The media type of the body in lower case, without its parameters; empty if none was told.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Asks. One for the whole product, so that its limits hold.
#[derive(Debug)]
pub struct Client {
    places: Semaphore,
    tls: connect::Tls,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            places: Semaphore::new(MAX_AT_ONCE),
            tls: connect::Tls::default(),
        }
    }
}

impl Client {
    /// One that trusts these authorities in place of the system's.
    #[cfg(test)]
    fn trusting(pem: &str) -> Self {
        Self {
            tls: connect::Tls::trusting(pem),
            ..Self::default()
        }
    }

    /// Gets what is at an address.
    ///
    /// # Errors
    ///
    /// See [`OutboundError`]. An answer with another status than 200 is no error.
    pub async fn get(
        &self,
        url: &str,
        hosts: &AllowedHosts,
        request: &Request<'_>,
    ) -> Result<Response, OutboundError> {
        let url = Url::parse(url)?;
        let deadline = Instant::now() + request.limit;
        let asked = async {
            // An error would mean that the semaphore was closed, which nobody does.
            let _place = self.places.acquire().await;
            self.follow(url, hosts, request, deadline).await
        };
        match timeout_at(deadline, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(OutboundError::TimedOut(request.limit)),
        }
    }

    async fn follow(
        &self,
        mut url: Url,
        hosts: &AllowedHosts,
        request: &Request<'_>,
        deadline: Instant,
    ) -> Result<Response, OutboundError> {
        let mut bearer = request.bearer;
        let nobody = Secret::default();
        for _ in 0..=MAX_REDIRECTS {
            let stream = connect::connect(&url, hosts, &self.tls, deadline).await?;
            let asked = http1::Asked {
                url: &url,
                bearer,
                accept: request.accept,
                max_body: request.max_body,
            };
            match http1::exchange(stream, &asked).await? {
                http1::Answer::Whole(response) => return Ok(response),
                http1::Answer::Elsewhere(location) => {
                    let next = url.join(&location)?;
                    if url.is_https() && !next.is_https() {
                        return Err(OutboundError::Downgrade);
                    }
                    if url.origin() != next.origin() || url.is_https() != next.is_https() {
                        bearer = &nobody;
                    }
                    url = next;
                }
            }
        }
        Err(OutboundError::Redirects)
    }
}
