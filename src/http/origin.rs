//! From which pages a browser may open a stream or change something: a session's cookie is sent along from any page, and a websocket is
//! bound by no rule of the browser's (RFC 6455, section 10.2).

use std::sync::Arc;

use axum::body::Body;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{Response, StatusCode};

use super::errors;
use crate::app::App;
use crate::host::Host;

/// Whether the request comes from a page of this server, or from no page at all: programs name no origin, browsers always do. The page's
/// host is the one that the request went to, or that of the site's address where a proxy put another one in its place.
pub(super) async fn fits<H: Host>(app: &Arc<App<H>>, parts: &Parts) -> bool {
    let mut origins = parts.headers.get_all(ORIGIN).into_iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return !parts.headers.contains_key(ORIGIN);
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    if host.is_some_and(|host| is_of_host(origin, host)) {
        return true;
    }
    match app.site_url().await {
        Some(site) => is_of_site(origin, &site),
        None => false,
    }
}

/// What a page of another server is told.
pub(super) fn refused() -> Response<Body> {
    let what = "this page is not one of this Mattermost's: open Mattermost under the server's own address (System Console, Web Server, Site URL)";
    errors::answer(StatusCode::FORBIDDEN, what, true)
}

/// Scheme, and host with port where that is not the scheme's own.
fn parsed(origin: &str) -> Option<(&str, &str)> {
    let (scheme, authority) = origin.split_once("://")?;
    let port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let authority = authority.strip_suffix(port).unwrap_or(authority);
    (!authority.is_empty()).then_some((scheme, authority))
}

/// By the host alone: whether TLS was spoken, a proxy knows.
fn is_of_host(origin: &str, host: &str) -> bool {
    parsed(origin).is_some_and(|(scheme, authority)| {
        let port = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(port).unwrap_or(host);
        authority.eq_ignore_ascii_case(host)
    })
}

fn is_of_site(origin: &str, site: &str) -> bool {
    let Some((scheme, rest)) = site.split_once("://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let site = format!("{}://{authority}", scheme.to_ascii_lowercase());
    match (parsed(origin), parsed(&site)) {
        (Some((scheme, own)), Some((site, authority))) => {
            scheme == site && own.eq_ignore_ascii_case(authority)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_host() {
        for (origin, host) in [
            ("https://chat.example.com", "chat.example.com"),
            ("https://chat.example.com", "Chat.Example.com:443"),
            ("http://localhost:8065", "localhost:8065"),
            ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ] {
            assert!(is_of_host(origin, host), "{origin}");
        }
        for (origin, host) in [
            ("null", "null"),
            ("", ""),
            ("https://", ""),
            ("file://", ""),
            ("https://evil.example.com", "chat.example.com"),
            ("https://chat.example.com.evil.org", "chat.example.com"),
            ("https://chat.example.com:444", "chat.example.com"),
            ("http://chat.example.com", "chat.example.com:443"),
            ("chat.example.com", "chat.example.com"),
        ] {
            assert!(!is_of_host(origin, host), "{origin}");
        }
    }

    #[test]
    fn a_site_below_a_path_has_its_hosts_origin() {
        for site in [
            "https://example.com/chat",
            "https://EXAMPLE.com",
            "https://example.com:443/",
        ] {
            assert!(is_of_site("https://example.com", site), "{site}");
        }
        for site in [
            "",
            "http://example.com",
            "https://example.com:8443",
            "https://other.example.com",
        ] {
            assert!(!is_of_site("https://example.com", site), "{site}");
        }
    }
}
