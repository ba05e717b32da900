//! What Mattermost does to a request before a plugin sees it.
//!
//! Source: Mattermost 9.11, `plugin_requests.go`.

use std::net::SocketAddr;

use gob::{ByteString, Url};
use http::{HeaderMap, HeaderName, Method, header, request::Parts};

use super::go_url;
use crate::{
    host::{Context, Header, WireRequest},
    world::{Session, World},
};

/// The cookie that signs a browser in.
pub(crate) const SESSION_COOKIE: &str = "MMAUTHTOKEN";

/// The cookie whose value a page sends with a POST, as [`CSRF_HEADER`].
pub(crate) const CSRF_COOKIE: &str = "MMCSRF";

const CSRF_HEADER: &str = "x-csrf-token";

/// Set by the server for those who are signed in, and by nobody else.
const USER_HEADER: &str = "Mattermost-User-Id";

/// Headers that Go's server takes out of a request's header.
const GOS_OWN: [&str; 2] = ["host", "transfer-encoding"];

/// Headers that a client may not set for a plugin, and one that no plugin gets.
const WITHHELD: [&str; 4] = [
    "mattermost-user-id",
    "mattermost-plugin-id",
    "referer",
    "cookie",
];

/// Where a session's token stood.
#[derive(PartialEq, Eq)]
enum From {
    Header,
    Cookie,
    Query,
}

/// The request and its context for the plugin `id`. `path` has no escapes.
pub(super) fn prepare(
    world: &World,
    parts: &Parts,
    id: &str,
    path: &[u8],
    peer: SocketAddr,
    request_id: String,
) -> (WireRequest, Context) {
    let headers = &parts.headers;
    let query = parts.uri.query().unwrap_or_default();
    let session = session(world, parts);
    let mut header = Header::default();
    for name in headers.keys() {
        let authorization = session.is_some() && name == header::AUTHORIZATION;
        if GOS_OWN.contains(&name.as_str()) || WITHHELD.contains(&name.as_str()) || authorization {
            continue;
        }
        header.push(values(headers, name));
    }
    if let Some(cookies) = other_cookies(headers) {
        header.push((
            "Cookie".into(),
            vec![ByteString(cookies.into_bytes().into())],
        ));
    }
    if let Some(session) = &session {
        header.push((
            USER_HEADER.into(),
            vec![ByteString(session.user_id.clone().into_bytes().into())],
        ));
    }
    let context = Context {
        session_id: session.map(|session| session.id).unwrap_or_default(),
        request_id,
        ip_address: peer.ip().to_string(),
        accept_language: text(headers, header::ACCEPT_LANGUAGE),
        user_agent: text(headers, header::USER_AGENT),
    };
    let prefix = format!("/plugins/{id}");
    let mut url = go_url::escape_path(path.strip_prefix(prefix.as_bytes()).unwrap_or(path));
    let query = go_url::reencode(query);
    if !query.is_empty() {
        url.push('?');
        url.push_str(&query);
    }
    (wire(parts, url, header, peer), context)
}

/// A request for the plugin's metrics, at `path` below their own.
pub(super) fn for_metrics(parts: &Parts, path: &str, peer: SocketAddr) -> WireRequest {
    let mut header = Header::default();
    for name in parts.headers.keys() {
        if !GOS_OWN.contains(&name.as_str()) {
            header.push(values(&parts.headers, name));
        }
    }
    let query = parts.uri.query().map(|query| format!("?{query}"));
    let url = format!("{path}{}", query.unwrap_or_default());
    wire(parts, url, header, peer)
}

/// Who is signed in with a request: nobody where another site may have made it.
pub(crate) fn session(world: &World, parts: &Parts) -> Option<Session> {
    let headers = &parts.headers;
    let query = parts.uri.query().unwrap_or_default();
    let (token, from) = session_token(headers, query)?;
    let session = world.session_by_token(&token)?;
    let forged =
        from == From::Cookie && parts.method != Method::GET && !is_ours(headers, &session.csrf);
    (!forged).then_some(session)
}

fn values(headers: &HeaderMap, name: &HeaderName) -> (String, Vec<ByteString<'static>>) {
    let values = headers
        .get_all(name)
        .iter()
        .map(|value| ByteString(value.as_bytes().to_vec().into()));
    (canonical(name.as_str()), values.collect())
}

fn wire(parts: &Parts, url: String, header: Header, peer: SocketAddr) -> WireRequest {
    let whole = parts.extensions.get::<super::Whole>();
    let whole = whole.map_or(&parts.uri, |whole| &whole.0);
    WireRequest {
        method: parts.method.to_string(),
        url: Some(Url(url.into())),
        proto: "HTTP/1.1".into(),
        proto_major: 1,
        proto_minor: 1,
        header,
        host: text(&parts.headers, header::HOST),
        remote_addr: peer.to_string(),
        request_uri: whole
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> String {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

fn session_token(headers: &HeaderMap, query: &str) -> Option<(String, From)> {
    if let Some(value) = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        && let Some((scheme, token)) = value.split_once(' ')
        && ["bearer", "token"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return Some((token.into(), From::Header));
    }
    if let Some(token) = cookie(headers, SESSION_COOKIE) {
        return Some((token, From::Cookie));
    }
    let pairs = go_url::pairs(query);
    let token = pairs.into_iter().find(|(key, _)| key == b"access_token")?.1;
    Some((String::from_utf8_lossy(&token).into_owned(), From::Query))
}

/// Whether a page of ours sent the request: another site can neither read the cookie nor set these
/// headers.
fn is_ours(headers: &HeaderMap, csrf: &str) -> bool {
    headers.get(CSRF_HEADER).is_some_and(|sent| sent == csrf)
        || headers
            .get("x-requested-with")
            .is_some_and(|sent| sent == "XMLHttpRequest")
}

/// Pairs of all cookie headers.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    cookies(headers)
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value.to_owned())
}

fn other_cookies(headers: &HeaderMap) -> Option<String> {
    let others = cookies(headers).filter(|(name, _)| *name != SESSION_COOKIE);
    let others: Vec<_> = others
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!others.is_empty()).then(|| others.join("; "))
}

/// A header's name as Go writes it: `x-csrf-token` is `X-Csrf-Token`.
fn canonical(name: &str) -> String {
    let mut upper = true;
    let letter = |c: char| {
        let c = if upper {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        };
        upper = c == '-';
        c
    };
    name.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::world::fixed_id;

    fn prepared(world: &World, request: http::request::Builder) -> (WireRequest, Context) {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let path = go_url::unescape_path(parts.uri.path()).unwrap();
        prepare(
            world,
            &parts,
            "x",
            &path,
            ([127, 0, 0, 1], 9).into(),
            "r".into(),
        )
    }

    fn header<'a>(request: &'a WireRequest, name: &str) -> Option<&'a [u8]> {
        request
            .header
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, values)| &*values[0].0)
    }

    #[test]
    fn the_path_is_cut_and_the_query_sorted_but_the_uri_stays_whole() {
        let (request, _) = prepared(
            &World::new(),
            Request::get("/plugins/x/sip/a%2Fb?z=1&access_token=t&a=%20"),
        );
        assert_eq!(request.url.unwrap().0, "/sip/a/b?a=+&z=1");
        assert_eq!(
            request.request_uri,
            "/plugins/x/sip/a%2Fb?z=1&access_token=t&a=%20"
        );
    }

    #[test]
    fn only_the_server_says_who_is_signed_in() {
        let world = World::new();
        let (request, context) = prepared(
            &world,
            Request::get("/plugins/x/")
                .header("Mattermost-User-Id", "forged")
                .header("Referer", "https://elsewhere.example")
                .header("Authorization", "Basic eDp5")
                .header("X-Snom-Thing", "kept"),
        );
        assert_eq!(header(&request, "Mattermost-User-Id"), None);
        assert_eq!(header(&request, "Referer"), None);
        assert_eq!(header(&request, "Authorization"), Some(&b"Basic eDp5"[..]));
        assert_eq!(header(&request, "X-Snom-Thing"), Some(&b"kept"[..]));
        assert_eq!(context.session_id, "");

        let session = world.sign_in(&fixed_id("bob"));
        let cookie = format!("theme=dark; {SESSION_COOKIE}={}", session.token);
        let (request, context) = prepared(
            &world,
            Request::get("/plugins/x/").header("Cookie", &cookie),
        );
        assert_eq!(
            header(&request, "Mattermost-User-Id"),
            Some(fixed_id("bob").as_bytes())
        );
        assert_eq!(header(&request, "Cookie"), Some(&b"theme=dark"[..]));
        assert_eq!(context.session_id, session.id);

        let (request, _) = prepared(
            &world,
            Request::post("/plugins/x/")
                .header("Authorization", format!("Bearer {}", session.token)),
        );
        assert_eq!(
            header(&request, "Mattermost-User-Id"),
            Some(fixed_id("bob").as_bytes())
        );
        assert_eq!(header(&request, "Authorization"), None);
    }

    #[test]
    fn a_post_with_a_cookie_needs_the_token_against_forgery() {
        let world = World::new();
        let session = world.sign_in(&fixed_id("bob"));
        let post = || {
            Request::post("/plugins/x/")
                .header("Cookie", format!("{SESSION_COOKIE}={}", session.token))
        };
        let (forged, _) = prepared(&world, post());
        assert_eq!(header(&forged, "Mattermost-User-Id"), None);
        let (ours, _) = prepared(&world, post().header("X-CSRF-Token", &session.csrf));
        assert!(header(&ours, "Mattermost-User-Id").is_some());
    }
}
