//! `CallbackFrameHosts`: whose pages are shown in a frame.

use super::super::values::Values;
use super::super::{Setting, shown};
use super::{MAX_BYTES, MAX_COMPLAINTS};
use crate::outbound::Address;

/// The most hosts in `CallbackFrameHosts`.
pub const MAX_FRAME_HOSTS: usize = 50;

/// The hosts of the setting.
pub(super) fn frame_hosts(values: &mut Values<'_>, text: &str) -> Vec<String> {
    let (mut hosts, mut wrong) = (Vec::new(), 0);
    let separates = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
    let entries = text.get(..text.len().min(MAX_BYTES)).unwrap_or_default();
    for (at, entry) in entries
        .split(separates)
        .filter(|entry| !entry.is_empty())
        .enumerate()
    {
        let what = match frame_host(entry) {
            Ok(host) if hosts.contains(&host) => continue,
            Ok(host) if hosts.len() < MAX_FRAME_HOSTS => {
                hosts.push(host);
                continue;
            }
            Ok(_) => "is one more than are kept",
            Err(what) => what,
        };
        wrong += 1;
        if wrong <= MAX_COMPLAINTS {
            let place = format!("entry {}", at + 1);
            let what = shown::complaint(&place, shown::host(entry), what);
            let form = "Write hosts as `crm.example.com`, `*.example.org` or `10.1.2.3:8080`, separated by commas.";
            let remedy = match host_alone(entry) {
                Some(host) => format!("Write `{host}` in its place."),
                None => form.to_owned(),
            };
            values.problem(Setting::CallbackFrameHosts, what, remedy);
        }
    }
    hosts
}

/// A host as a Content-Security-Policy names one (CSP level 3, 2.3.1).
fn frame_host(entry: &str) -> Result<String, &'static str> {
    if let Some((_, behind)) = entry.split_once("://") {
        return Err(if behind.contains(['/', '@', '?', '#']) {
            "has more than a host and its port, so its pages are shown in no frame"
        } else {
            "has `http://` or `https://` before the host, which does not belong here, so its pages are shown in no frame"
        });
    }
    if entry.contains(['/', '@', '?', '#']) {
        return Err("has more than a host and its port, so its pages are shown in no frame");
    }
    let (host, port) = entry.split_once(':').unwrap_or((entry, ""));
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    if entry.contains(':') && !is_port(port) {
        return Err(
            "has no port from 1 to 65535 behind its colon (browsers know no IPv6 addresses here)",
        );
    }
    let name = host.strip_prefix("*.").unwrap_or(host);
    match Address::parse(name) {
        Some(Address::Ip(_)) if name.len() < host.len() => {
            Err("has a `*` before an address; only names have others below them")
        }
        Some(Address::Ip(_) | Address::Name(_)) => Ok(entry.to_ascii_lowercase()),
        None => Err("is no name or address of a host"),
    }
}

/// The host of what is more than one, if it is one that may stand there and nothing secret can be in it.
fn host_alone(entry: &str) -> Option<String> {
    let host = shown::host(entry)?;
    let is_more = host.len() < entry.len() && !entry.contains('@');
    frame_host(&host).ok().filter(|_| is_more)
}

/// Whether a page of that host may be shown in a frame by this source.
pub(super) fn frames(source: &str, origin: &str) -> bool {
    match source.strip_prefix('*') {
        Some(end) => {
            let (end, port) = end.split_once(':').unwrap_or((end, ""));
            let (host, own) = origin.split_once(':').unwrap_or((origin, ""));
            host.len() > end.len() && host.ends_with(end) && port == own
        }
        None => source == origin,
    }
}
