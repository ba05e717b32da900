//! The request, from the hook's arguments to [`http::Request`].

use std::borrow::Cow;

use gob::{BinaryMarshaled, ByteString, MapEntries};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, Version,
    header::HOST,
    uri::{Parts, PathAndQuery},
};

use super::Body;
use crate::hooks::Context;

/// The header in which the host names the user who is signed in. It strips it from everybody
/// else's request. Note that a GET is signed in by its cookie alone, without a CSRF check.
pub const USER_ID_HEADER: HeaderName = HeaderName::from_static("mattermost-user-id");

/// The id of whoever is signed in, by [`USER_ID_HEADER`]; `None` for a stranger, who is to be answered with 401. What its
/// limits are stands there.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use mattermost_plugin::http::{USER_ID_HEADER, user_id};
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(user_id(&headers), None);
/// headers.insert(USER_ID_HEADER, HeaderValue::from_static("fcnxk4h8h3bhdyi5wk5pcjbpko"));
/// assert_eq!(user_id(&headers), Some("fcnxk4h8h3bhdyi5wk5pcjbpko"));
/// ```
#[must_use]
pub fn user_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(USER_ID_HEADER)?.to_str().ok()
}

/// What the host says of a request beside the request itself; an extension of the request.
///
/// ```
/// use mattermost_plugin::http::{Body, RequestInfo};
///
/// fn client(request: &http::Request<Body>) -> Option<&str> {
///     let info = request.extensions().get::<RequestInfo>()?;
///     Some(&info.context.ip_address)
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct RequestInfo {
    /// The session, the client's address and so on. Empty for a request without a session.
    pub context: Context,
    /// The target as the client sent it, `/plugins/<id>` included. Never log it: it still holds an
    /// `access_token` that was cut from the URL.
    pub raw_target: String,
    /// The peer's address and port, as Go writes them.
    pub remote_addr: String,
}

/// Arguments of `ServeHTTP`.
///
/// Before 11.x the request is a whole `http.Request`; its other fields are skipped.
#[derive(gob::Decode)]
pub(crate) struct ServeHttpArgs<'a> {
    pub(crate) response_writer_stream: u32,
    pub(crate) request: Option<WireRequest<'a>>,
    pub(crate) context: Option<Context>,
    pub(crate) request_body_stream: u32,
}

#[derive(Default, gob::Decode)]
pub(crate) struct WireRequest<'a> {
    method: ByteString<'a>,
    #[gob(name = "URL")]
    url: BinaryMarshaled<'a>,
    proto: ByteString<'a>,
    // A client may send any byte in what follows; Go does not mind, so the request must not fail.
    header: MapEntries<ByteString<'a>, Vec<ByteString<'a>>>,
    host: ByteString<'a>,
    remote_addr: ByteString<'a>,
    #[gob(name = "RequestURI")]
    request_uri: ByteString<'a>,
}

/// Why a request cannot be handed on, and the status with which it is answered.
#[derive(Debug)]
pub(crate) struct BadRequest {
    pub(crate) status: StatusCode,
    pub(crate) what: &'static str,
}

impl From<&'static str> for BadRequest {
    fn from(what: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            what,
        }
    }
}

/// Longest path and query, in bytes: what the `http` crate can hold. Go takes a megabyte; such a
/// request is answered with 414.
const MAX_URL: usize = u16::MAX as usize - 1;

/// Most header lines, repeated names included. Go bounds only their bytes, to a megabyte, and
/// `HeaderMap` cannot hold more than some 24,000; a request with more is answered with 431.
const MAX_HEADERS: usize = 1024;

impl WireRequest<'_> {
    pub(crate) fn into_request(
        self,
        context: Option<Context>,
        body: Body,
    ) -> Result<Request<Body>, BadRequest> {
        let mut request = Request::new(body);
        *request.method_mut() =
            Method::from_bytes(&self.method.0).map_err(|_| "malformed method")?;
        *request.uri_mut() = uri(&self.url.0)?;
        *request.version_mut() = match &*self.proto.0 {
            b"HTTP/1.0" => Version::HTTP_10,
            b"HTTP/2.0" => Version::HTTP_2,
            _ => Version::HTTP_11,
        };
        *request.headers_mut() = headers(&self.header)?;
        if let Ok(host) = HeaderValue::from_bytes(&self.host.0) {
            request.headers_mut().insert(HOST, host);
        }
        request.extensions_mut().insert(RequestInfo {
            context: context.unwrap_or_default(),
            raw_target: text(&self.request_uri),
            remote_addr: text(&self.remote_addr),
        });
        Ok(request)
    }
}

fn text(bytes: &ByteString<'_>) -> String {
    String::from_utf8_lossy(&bytes.0).into_owned()
}

/// `url.URL` travels as its string.
fn uri(url: &[u8]) -> Result<Uri, BadRequest> {
    let malformed = || BadRequest::from("malformed URL");
    let url = escape(url);
    if url.len() > MAX_URL {
        return Err(BadRequest {
            status: StatusCode::URI_TOO_LONG,
            what: "URL too long",
        });
    }
    if url.starts_with('/') && !url.starts_with("//") {
        let mut parts = Parts::default();
        parts.path_and_query = Some(PathAndQuery::try_from(url.as_ref()).map_err(|_| malformed())?);
        return Uri::from_parts(parts).map_err(|_| malformed());
    }
    if url.is_empty() {
        return Ok(Uri::from_static("/"));
    }
    // A client may send its target in absolute form (RFC 9112, 3.2.2), and Go keeps the host.
    let url = match url.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => {
            &rest[rest.find(['/', '?', '#']).unwrap_or(rest.len())..]
        }
        _ => url.as_ref(),
    };
    // `//x/y`: Go writes a path that begins so with an empty host in front.
    let path = url.trim_start_matches('/');
    Uri::try_from(format!("/{path}")).map_err(|_| malformed())
}

/// RFC 3986, 3.1.
fn is_scheme(text: &str) -> bool {
    let rest = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(rest)
}

/// Escapes what Go leaves in a query and `http` does not take.
fn escape(url: &[u8]) -> Cow<'_, str> {
    let plain =
        |b: &u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'`' | b'\\' | b'^');
    if url.iter().all(plain)
        && let Ok(url) = std::str::from_utf8(url)
    {
        return Cow::Borrowed(url);
    }
    let mut out = String::with_capacity(url.len() + 16);
    for byte in url {
        if plain(byte) {
            out.push(char::from(*byte));
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    Cow::Owned(out)
}

fn headers(
    entries: &MapEntries<ByteString<'_>, Vec<ByteString<'_>>>,
) -> Result<HeaderMap, BadRequest> {
    let lines = |(_, values): &(_, Vec<_>)| values.len().max(1);
    if entries.iter().map(lines).sum::<usize>() > MAX_HEADERS {
        return Err(BadRequest {
            status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            what: "too many headers",
        });
    }
    let mut headers = HeaderMap::with_capacity(entries.len() + 1);
    for (name, values) in entries.iter() {
        let name = HeaderName::from_bytes(&name.0).map_err(|_| "malformed header name")?;
        // One value is the rule: its name moves, and is copied only for the ones before the last.
        let Some((last, before)) = values.split_last() else {
            continue;
        };
        let value = |v: &ByteString<'_>| {
            HeaderValue::from_bytes(&v.0).map_err(|_| "malformed header value")
        };
        for earlier in before {
            headers.append(name.clone(), value(earlier)?);
        }
        headers.append(name, value(last)?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_go_accepts_are_accepted() {
        for (go, ours) in [
            ("/sip/dnd-on/bob?secret=x", "/sip/dnd-on/bob?secret=x"),
            ("", "/"),
            ("/a?b=\"c\"", "/a?b=%22c%22"),
            ("/a?b={c}|d", "/a?b={c}|d"),
            ("/a?b=ä<>", "/a?b=%C3%A4%3C%3E"),
            ("//sip/bob", "/sip/bob"),
            ("/a%2Fb", "/a%2Fb"),
            ("/a?x=%zz", "/a?x=%zz"),
            ("http://host/path?query", "/path?query"),
            ("https://u@[::1]:80/a%2Fb?c=d://e", "/a%2Fb?c=d://e"),
            ("http://host//sip/bob", "/sip/bob"),
            ("http://host?query", "/?query"),
            ("http://host", "/"),
            ("a/http://host/path", "/a/http://host/path"),
        ] {
            let uri = uri(go.as_bytes()).unwrap_or_else(|e| panic!("{go}: {e:?}"));
            assert_eq!(uri.to_string(), ours, "{go}");
        }
    }

    #[test]
    fn more_headers_than_the_limit_are_refused() {
        fn bytes(text: String) -> ByteString<'static> {
            ByteString(text.into_bytes().into())
        }
        let named = |names: usize, values: usize| -> MapEntries<_, _> {
            (0..names)
                .map(|n| (bytes(format!("X-{n}")), vec![bytes("v".to_owned()); values]))
                .collect()
        };
        for (names, values) in [(MAX_HEADERS, 1), (1, MAX_HEADERS), (2, MAX_HEADERS / 2)] {
            let headers = headers(&named(names, values)).unwrap();
            assert_eq!(headers.len(), MAX_HEADERS);
        }
        for (names, values) in [
            (MAX_HEADERS + 1, 1),
            (MAX_HEADERS + 1, 0),
            (1, MAX_HEADERS + 1),
            (40_000, 1),
            (1, 70_000),
        ] {
            let refused = headers(&named(names, values)).unwrap_err();
            assert_eq!(refused.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
    }

    #[test]
    fn repeated_headers_keep_their_order() {
        fn bytes(text: &str) -> ByteString<'_> {
            ByteString(text.as_bytes().into())
        }
        let entries: MapEntries<_, _> = [
            ("X-A", &["1", "2", "3"][..]),
            ("Accept", &["text/html"]),
            ("X-Empty", &[]),
        ]
        .into_iter()
        .map(|(name, values)| (bytes(name), values.iter().copied().map(bytes).collect()))
        .collect();
        let headers = headers(&entries).unwrap();
        let all: Vec<_> = headers.get_all("x-a").iter().collect();
        assert_eq!(all, ["1", "2", "3"]);
        assert_eq!(headers["accept"], "text/html");
        assert!(!headers.contains_key("x-empty"));
    }
}
