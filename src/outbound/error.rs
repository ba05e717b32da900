//! Why nothing came of asking.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// Why nothing came of asking somebody over HTTP. Its text is for an admin, and holds no path, no query and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutboundError {
    /// The address is none that can be asked: why.
    Url(&'static str),
    /// The host, with its port, is none of those that may be asked.
    NotAllowed(String),
    /// The host may be asked, but this address of it has to be listed itself.
    Guarded(String, IpAddr),
    /// The host has no address: why.
    NoSuchHost(&'static str),
    /// The connection was not made: why.
    NotConnected(String),
    /// TLS failed: why.
    Tls(String),
    /// All of it took longer than this.
    TimedOut(Duration),
    /// The connection ended before the answer did.
    Closed,
    /// The answer's head, or its body, is longer than so many bytes.
    TooLong(&'static str, usize),
    /// The answer is not HTTP as it should be: how.
    Malformed(&'static str),
    /// It sent us on too often.
    Redirects,
    /// It sent us from HTTPS to HTTP.
    Downgrade,
    /// It sent us on with what was posted, which is for that host alone.
    SentOn,
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(why) => f.write_str(why),
            Self::NotAllowed(origin) => write!(f, "`{origin}` is none of the allowed hosts"),
            Self::Guarded(origin, address) => {
                write!(
                    f,
                    "`{origin}` stands for {address}, which is asked only if that address is listed itself"
                )
            }
            Self::NoSuchHost(why) => write!(f, "the host is not found: {why}"),
            Self::NotConnected(why) => write!(f, "no connection is made: {why}"),
            Self::Tls(why) => write!(f, "TLS fails: {why}"),
            Self::TimedOut(limit) => write!(f, "it takes longer than {} s", limit.as_secs_f32()),
            Self::Closed => f.write_str("the connection ends before the answer does"),
            Self::TooLong(what, limit) => {
                write!(f, "the answer's {what} has more than {limit} bytes")
            }
            Self::Malformed(how) => write!(f, "the answer is not understood: {how}"),
            Self::Redirects => write!(f, "it sends us on more than {} times", super::MAX_REDIRECTS),
            Self::Downgrade => f.write_str("it sends us on from https to http"),
            Self::SentOn => f.write_str("it sends us on to another address"),
        }
    }
}

impl std::error::Error for OutboundError {}

impl OutboundError {
    /// What an admin can do about it, a whole sentence.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Url(_) => "Enter the whole address, as `https://crm.example.com/…`.",
            Self::NotAllowed(_) => "Add that host to the allowed hosts, if it is meant.",
            Self::Guarded(..) => {
                "Add that address with its port to the allowed hosts, if it is meant."
            }
            Self::NoSuchHost(_) => "Check the host's name, and the name servers of this machine.",
            Self::NotConnected(_) => {
                "Check that the service runs, and that this machine may reach it."
            }
            Self::Tls(_) => {
                "Check the service's certificate; this machine has to trust who signed it."
            }
            Self::TimedOut(_) | Self::Closed => "Check the service, and the network to it.",
            Self::TooLong(..)
            | Self::Malformed(_)
            | Self::Redirects
            | Self::Downgrade
            | Self::SentOn => "Check the address, and what the service answers there.",
        }
    }
}
