//! Whether the Asterisk that is meant is the one that is set.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::timeout;

use super::arguments::Script;
use crate::sources::asterisk::Settings;

/// How long a name is looked up for.
const LOOKUP_LIMIT: Duration = Duration::from_secs(3);

/// The longest name of a host, in bytes (RFC 1035, 2.3.4).
const MAX_HOST: usize = 253;

/// Why the Asterisk that is meant is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// `ip` is another host.
    Host,
    /// `port` is another port.
    Port,
    /// Whether `ip` is the host cannot be found out: no address is known of one of them.
    Unknown,
}

/// Whether a script means the Asterisk that is set. Its host may be written in another way than in the settings: as a name, or as
/// any of its addresses. To be asked only of who knows the account, as it may look up what the client wrote.
pub(super) async fn check(settings: &Settings, script: &Script<'_>) -> Result<(), Elsewhere> {
    if script.port.is_some_and(|port| port != settings.port) {
        return Err(Elsewhere::Port);
    }
    let (own, other) = (bare(&settings.host), bare(&script.ip));
    if own.eq_ignore_ascii_case(other) {
        return Ok(());
    }
    let (own, other) = tokio::join!(addresses(own), addresses(other));
    if own.iter().any(|address| other.contains(address)) {
        Ok(())
    } else if own.is_empty() || other.is_empty() {
        Err(Elsewhere::Unknown)
    } else {
        Err(Elsewhere::Host)
    }
}

/// Without blanks around it, the brackets of an IPv6 address, and a name's last dot.
fn bare(host: &str) -> &str {
    let host = host.trim();
    let host = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    host.strip_suffix('.').unwrap_or(host)
}

/// All addresses of a host; none where it has none, or nobody can tell in time.
async fn addresses(host: &str) -> Vec<IpAddr> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return vec![address.to_canonical()];
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    if host.is_empty() || host.len() > MAX_HOST || !host.bytes().all(fits) {
        return Vec::new();
    }
    match timeout(LOOKUP_LIMIT, crate::net::addresses(host)).await {
        Ok(Ok(found)) => found.iter().map(IpAddr::to_canonical).collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => {
                "ip is not the Asterisk that is set in the plugin (AsteriskHost), and this works for no other"
            }
            Self::Port => {
                "port is not the one that is set in the plugin (AsteriskPort), and this works for no other; leave it empty"
            }
            Self::Unknown => {
                "ip is not written as in the plugin's settings (AsteriskHost), and whether it is the same host cannot be looked up; write it as it stands there"
            }
        })
    }
}
