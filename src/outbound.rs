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
pub use guard::is_private;
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

/// How long the body of an answer is read of which only the status matters, at most; and never longer than half of the time that is left.
pub const UNWANTED_BODY_LIMIT: Duration = Duration::from_secs(1);

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
    /// Whether only the status matters: then a body that is too long, breaks off or does not end within [`UNWANTED_BODY_LIMIT`] is no
    /// error, and none is given. What is read of it is read so that whoever answers is not cut off.
    pub status_only: bool,
}

/// What is posted in place of being got.
#[derive(Clone, Copy, Debug)]
pub struct Posted<'a> {
    /// A header of its own that shows the other side that it is us, and its value: visible characters of ASCII.
    pub header: Option<(&'static str, &'a Secret)>,
    /// The body, which is JSON.
    pub json: &'a str,
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

/// All of a question.
struct Question<'a> {
    request: &'a Request<'a>,
    posted: Option<&'a Posted<'a>>,
    /// Told each time a connection is made.
    connected: &'a (dyn Fn() + Sync),
}

/// Asks. One for the whole product, so that its limits hold.
#[derive(Debug)]
pub struct Client {
    places: Semaphore,
    tls: connect::Tls,
}

impl Default for Client {
    fn default() -> Self {
        Self::with_places(MAX_AT_ONCE)
    }
}

impl Client {
    /// One for a purpose of its own, with other places than [`MAX_AT_ONCE`]: for what waits by its nature.
    #[must_use]
    pub fn with_places(places: usize) -> Self {
        Self {
            places: Semaphore::new(places),
            tls: connect::Tls::default(),
        }
    }

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
        self.get_telling(url, hosts, request, &|| {}).await
    }

    /// Posts something. An answer that sends us on is an error: what is posted is for that host alone.
    ///
    /// # Errors
    ///
    /// See [`OutboundError`]. An answer with another status than 200 is no error.
    pub async fn post(
        &self,
        url: &str,
        hosts: &AllowedHosts,
        request: &Request<'_>,
        posted: &Posted<'_>,
    ) -> Result<Response, OutboundError> {
        let is_visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if posted
            .header
            .is_some_and(|(_, value)| !is_visible(value.reveal()))
        {
            let how = "what it gave to be sent back no header can have";
            return Err(OutboundError::Malformed(how));
        }
        let asked = Question {
            request,
            posted: Some(posted),
            connected: &|| {},
        };
        self.within(url, hosts, &asked).await
    }

    /// The same, telling each time a connection is made, by which who waits for a long time knows that there is somebody to wait for.
    ///
    /// # Errors
    ///
    /// The same as of [`Client::get`].
    pub async fn get_telling(
        &self,
        url: &str,
        hosts: &AllowedHosts,
        request: &Request<'_>,
        connected: &(dyn Fn() + Sync),
    ) -> Result<Response, OutboundError> {
        let asked = Question {
            request,
            posted: None,
            connected,
        };
        self.within(url, hosts, &asked).await
    }

    async fn within(
        &self,
        url: &str,
        hosts: &AllowedHosts,
        question: &Question<'_>,
    ) -> Result<Response, OutboundError> {
        let url = Url::parse(url)?;
        let limit = question.request.limit;
        let deadline = Instant::now() + limit;
        let asked = async {
            // An error would mean that the semaphore was closed, which nobody does.
            let _place = self.places.acquire().await;
            self.follow(url, hosts, question, deadline).await
        };
        match timeout_at(deadline, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(OutboundError::TimedOut(limit)),
        }
    }

    async fn follow(
        &self,
        mut url: Url,
        hosts: &AllowedHosts,
        question: &Question<'_>,
        deadline: Instant,
    ) -> Result<Response, OutboundError> {
        let Question {
            request,
            posted,
            connected,
        } = *question;
        let mut bearer = request.bearer;
        let nobody = Secret::default();
        for _ in 0..=MAX_REDIRECTS {
            let stream = connect::connect(&url, hosts, &self.tls, deadline).await?;
            connected();
            let asked = http1::Asked {
                url: &url,
                bearer,
                posted,
                accept: request.accept,
                max_body: request.max_body,
                status_only: request.status_only,
                deadline,
            };
            match http1::exchange(stream, &asked).await? {
                http1::Answer::Whole(response) => return Ok(response),
                http1::Answer::Elsewhere(_) if posted.is_some() => {
                    return Err(OutboundError::SentOn);
                }
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
