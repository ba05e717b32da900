//! The opening handshake (RFC 6455, section 4.2), as far as it is HTTP.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use sha1::{Digest as _, Sha1};

/// What is behind the client's key in the digest (RFC 6455, section 1.3).
const KEY_SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The one version of the protocol (RFC 6455, section 4.1).
const VERSION: &str = "13";

/// The client's random bytes (RFC 6455, section 4.1).
const KEY_BYTES: usize = 16;

/// Why a request does not become a websocket. The text says how to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It does not ask for one, or over another HTTP than 1.1, where the server cannot hand over its connection.
    NotAWebsocket,
    /// Another version of the protocol than 13.
    Version,
    /// Its key is missing or is not 16 bytes in base64.
    Key,
}

impl Refused {
    /// The answer's status: 426 or 400.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotAWebsocket | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::Key => StatusCode::BAD_REQUEST,
        }
    }

    /// The answer's headers: what a 426 has to name (RFC 9110, section 15.5.22; RFC 6455, section 4.4).
    #[must_use]
    pub fn headers(self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.status() == StatusCode::UPGRADE_REQUIRED {
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION));
        }
        headers
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAWebsocket => {
                "this is a websocket: ask with GET over HTTP/1.1, with Connection: Upgrade and Upgrade: websocket (a proxy in between has to pass both on)"
            }
            Self::Version => "Sec-WebSocket-Version must be 13",
            Self::Key => "Sec-WebSocket-Key must be there once, with 16 bytes in base64",
        })
    }
}

impl std::error::Error for Refused {}

/// The headers of the answer 101 to a request for a websocket. No extension and no subprotocol is agreed to.
///
/// # Errors
/// [`Refused`] where the request does not ask for a websocket as RFC 6455, section 4.2.1, says.
pub fn handshake(parts: &Parts) -> Result<HeaderMap, Refused> {
    let asks = parts.method == Method::GET
        && parts.version == Version::HTTP_11
        && has_token(&parts.headers, &CONNECTION, "upgrade")
        && has_token(&parts.headers, &UPGRADE, "websocket");
    if !asks {
        return Err(Refused::NotAWebsocket);
    }
    let version = only(&parts.headers, &SEC_WEBSOCKET_VERSION);
    if version.is_none_or(|version| version != VERSION.as_bytes()) {
        return Err(Refused::Version);
    }
    let accept = only(&parts.headers, &SEC_WEBSOCKET_KEY)
        .and_then(accept)
        .ok_or(Refused::Key)?;
    let mut headers = HeaderMap::with_capacity(3);
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    Ok(headers)
}

/// The proof that the key was read.
fn accept(key: &[u8]) -> Option<HeaderValue> {
    let random = STANDARD.decode(key).ok()?;
    if random.len() != KEY_BYTES {
        return None;
    }
    let digest = Sha1::new().chain_update(key).chain_update(KEY_SUFFIX);
    HeaderValue::from_str(&STANDARD.encode(digest.finalize())).ok()
}

/// Whether one of the header's comma-separated values is `token`, in any case.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let lines = headers.get_all(name).into_iter();
    let mut tokens = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    tokens.any(|one| one.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// The header's value, where it is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut lines = headers.get_all(name).into_iter();
    let first = lines.next()?;
    lines
        .next()
        .is_none()
        .then(|| first.as_bytes().trim_ascii())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    /// The client's side of RFC 6455, section 1.2.
    fn request(change: impl FnOnce(&mut Parts)) -> Result<HeaderMap, Refused> {
        let (mut parts, ()) = Request::get("/chat")
            .header("Host", "server.example.com")
            .header("Upgrade", "websocket")
            .header("Connection", "Upgrade")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("Sec-WebSocket-Protocol", "chat, superchat")
            .header("Sec-WebSocket-Extensions", "permessage-deflate")
            .header("Sec-WebSocket-Version", "13")
            .body(())
            .unwrap()
            .into_parts();
        change(&mut parts);
        handshake(&parts)
    }

    fn with(name: &'static str, value: &'static str) -> Result<HeaderMap, Refused> {
        request(|parts| {
            parts.headers.insert(name, HeaderValue::from_static(value));
        })
    }

    fn without(name: &'static str) -> Result<HeaderMap, Refused> {
        request(|parts| {
            parts.headers.remove(name);
        })
    }

    #[test]
    fn the_standards_own_example_is_answered() {
        let headers = request(|_| {}).unwrap();
        // RFC 6455, section 1.3.
        let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        assert_eq!(headers["sec-websocket-accept"], accept);
        assert_eq!(headers["upgrade"], "websocket");
        assert_eq!(headers["connection"], "Upgrade");
        assert_eq!(headers.len(), 3);
    }

    #[test]
    fn tokens_may_stand_in_a_list_and_in_any_case() {
        assert!(with("connection", "keep-alive, UPGRADE").is_ok());
        assert!(with("upgrade", "h2c , WebSocket").is_ok());
        let two_lines = request(|parts| {
            let keep = HeaderValue::from_static("keep-alive");
            parts.headers.insert("connection", keep);
            let upgrade = HeaderValue::from_static("upgrade");
            parts.headers.append("connection", upgrade);
        });
        assert!(two_lines.is_ok());
    }

    #[test]
    fn what_asks_for_no_websocket_is_refused() {
        let refused = Err(Refused::NotAWebsocket);
        assert_eq!(without("connection"), refused);
        assert_eq!(without("upgrade"), refused);
        assert_eq!(with("connection", "upgrades"), refused);
        assert_eq!(with("upgrade", "websocket2"), refused);
        assert_eq!(request(|parts| parts.method = Method::POST), refused);
        assert_eq!(request(|parts| parts.version = Version::HTTP_10), refused);
        assert_eq!(request(|parts| parts.version = Version::HTTP_2), refused);
    }

    #[test]
    fn other_versions_are_refused() {
        for result in [
            without("sec-websocket-version"),
            with("sec-websocket-version", "8"),
            with("sec-websocket-version", "013"),
            with("sec-websocket-version", "13, 8"),
        ] {
            assert_eq!(result, Err(Refused::Version));
        }
    }

    #[test]
    fn keys_that_are_not_16_bytes_in_base64_are_refused() {
        for result in [
            without("sec-websocket-key"),
            with("sec-websocket-key", ""),
            with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ"),
            with("sec-websocket-key", "dGhlIHNhbXBsZSBub25j"),
            with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZSE="),
            with("sec-websocket-key", "!!!!!!!!!!!!!!!!!!!!!!=="),
            request(|parts| {
                let second = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
                parts.headers.append("sec-websocket-key", second);
            }),
        ] {
            assert_eq!(result, Err(Refused::Key));
        }
    }

    #[test]
    fn a_426_says_what_to_upgrade_to() {
        for refused in [Refused::NotAWebsocket, Refused::Version] {
            assert_eq!(refused.status(), 426);
            let headers = refused.headers();
            assert_eq!(headers["upgrade"], "websocket");
            assert_eq!(headers["connection"], "Upgrade");
            assert_eq!(headers["sec-websocket-version"], "13");
        }
        assert_eq!(Refused::Key.status(), 400);
        assert!(Refused::Key.headers().is_empty());
    }
}
