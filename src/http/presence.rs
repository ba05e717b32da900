//! Who is there: `/api/v1/status`, `/api/v1/ws` and `/api/v1/status/publish`, as Outlook Presence has them.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use mattermost_plugin::http::Hijack;
use serde::Deserialize;

use super::auth::{self, Refusal};
use super::{USER_ID, errors, form, raw};
use crate::app::App;
use crate::feed;
use crate::host::{Host, UserId};
use crate::presence::{NotReady, Status};
use crate::text;

/// The longest body of somebody's own status, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// When to come again while the first round of statuses is not over, in seconds.
const RETRY_SECONDS: u32 = 10;

/// A page of people and statuses.
pub(super) async fn status<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let form = match form::of_body(&parts, body, true).await {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let config = match auth::presence(&app, &parts, form.as_deref()) {
        Ok(config) => config,
        Err(refusal) => return refusal.answer(&app, true),
    };
    if ![Method::GET, Method::HEAD, Method::POST].contains(&parts.method) {
        return errors::method_not_allowed("GET, HEAD, POST", true);
    }
    let query = raw(&parts, app.id()).1;
    let page = form::first(query, "page")
        .or_else(|| form::first(form.as_deref().unwrap_or_default(), "page"));
    let Some(page) = page_number(page.as_deref()) else {
        let what = format!(
            "page must be a whole number from 0 on, but is `{}`",
            text::clean(page.as_deref().unwrap_or_default())
        );
        return errors::answer(StatusCode::BAD_REQUEST, &what, true);
    };
    let per_page = config.per_page_statuses as usize;
    let page = match app.presence().page(page, per_page).await {
        Ok(page) => page,
        Err(why) => return not_ready(why),
    };
    let mut response = if knows(&parts, &page.etag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        errors::response(StatusCode::OK, errors::JSON, page.json)
    };
    let headers = response.headers_mut();
    // It may be kept, but must be asked for each time.
    let asked = HeaderValue::from_static("private, no-cache");
    headers.insert(CACHE_CONTROL, asked);
    if let Ok(etag) = HeaderValue::from_str(&page.etag) {
        headers.insert(ETAG, etag);
    }
    response
}

/// Everybody's status, live.
pub(super) async fn ws<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (mut parts, _) = request.into_parts();
    let config = match auth::presence(&app, &parts, None) {
        Ok(config) => config,
        Err(refusal) => return refusal.answer(&app, true),
    };
    if parts.method != Method::GET {
        return errors::method_not_allowed("GET", true);
    }
    let headers = match feed::handshake(&parts) {
        Ok(headers) => headers,
        Err(refused) => {
            let mut answer = errors::answer(refused.status(), &refused.to_string(), true);
            answer.headers_mut().extend(refused.headers());
            return answer;
        }
    };
    if app.presence().is_full() {
        let what = "too many clients are connected; try again later";
        return errors::answer(StatusCode::SERVICE_UNAVAILABLE, what, true);
    }
    let Some(hijack) = parts.extensions.remove::<Hijack>() else {
        let what = "the server does not hand over the connection";
        return errors::answer(StatusCode::NOT_IMPLEMENTED, what, true);
    };
    let connection = match hijack.switch_protocols(&headers).await {
        Ok(connection) => connection,
        Err(error) => {
            tracing::warn!(%error, "a websocket cannot be opened");
            let what = "the server does not hand over the connection; a websocket needs HTTP/1.1";
            return errors::answer(StatusCode::NOT_IMPLEMENTED, what, true);
        }
    };
    // Who changed the secret meanwhile closed all connections there were, without this one.
    let accepted = app.config().presence_secret == config.presence_secret
        && app
            .presence()
            .accept(connection, auth::address(&parts))
            .is_ok();
    tracing::debug!(accepted, "a websocket was opened");
    // The connection is no longer the server's to answer on.
    Response::new(Body::empty())
}

/// What the original's webapp sends.
#[derive(Deserialize)]
struct Publish {
    user_id: String,
    status: String,
}

/// Someone's own word of their status, which is believed until the server is asked next.
pub(super) async fn publish<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let user = parts.headers.get(USER_ID);
    let user = user.and_then(|user| user.to_str().ok()).unwrap_or_default();
    if user.is_empty() {
        let what = "sign in to Mattermost, and with a session's cookie send X-CSRF-Token too: only you can tell your status";
        return errors::answer(StatusCode::UNAUTHORIZED, what, true);
    }
    if parts.method != Method::POST {
        return errors::method_not_allowed("POST", true);
    }
    if app.config().presence_secret.is_empty() {
        return Refusal::NoPresenceSecretSet.answer(&app, true);
    }
    if let Some(why) = app.presence().not_ready() {
        return not_ready(why);
    }
    let Ok(bytes) = to_bytes(body, MAX_BODY_BYTES).await else {
        return errors::too_long(MAX_BODY_BYTES, true);
    };
    let bad = |what: &str| errors::answer(StatusCode::BAD_REQUEST, what, true);
    let Ok(told) = serde_json::from_slice::<Publish>(&bytes) else {
        return bad("the body must be JSON with the texts user_id and status");
    };
    let Some(status) = Status::parse(&told.status) else {
        return bad("status must be online, away, dnd or offline");
    };
    let told_of = UserId::from(told.user_id);
    if !app.presence().knows(&told_of) {
        return bad("user_id is not the id of an active user");
    }
    if told_of.as_str() != user {
        let what = "user_id must be your own: only you can tell your status";
        return errors::answer(StatusCode::FORBIDDEN, what, true);
    }
    match app.presence().publish(&told_of, status) {
        Ok(()) => errors::response(StatusCode::OK, errors::JSON, r#"{"status":"OK"}"#),
        Err(unknown) => bad(&unknown.to_string()),
    }
}

/// Nobody can be told of yet; the answer says why.
fn not_ready(why: NotReady) -> Response<Body> {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut answer = errors::answer(status, &why.to_string(), true);
    let seconds = HeaderValue::from(RETRY_SECONDS);
    answer.headers_mut().insert(RETRY_AFTER, seconds);
    answer
}

/// The first page where none is named. One with so many digits that no list is as long is beyond the end, as others are.
fn page_number(page: Option<&str>) -> Option<u64> {
    let page = page.unwrap_or_default();
    if page.is_empty() {
        return Some(0);
    }
    if !page.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(page.parse().unwrap_or(u64::MAX))
}

/// Whether the client has this very page (RFC 9110, 13.1.2; compared weakly, as it says).
fn knows(parts: &Parts, etag: &str) -> bool {
    if parts.method == Method::POST {
        return false;
    }
    let lists = parts.headers.get_all(IF_NONE_MATCH);
    let mut known = lists
        .iter()
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_number() {
        for (page, number) in [
            (None, Some(0)),
            (Some(""), Some(0)),
            (Some("0"), Some(0)),
            (Some("007"), Some(7)),
            (Some("99999999999999999999999"), Some(u64::MAX)),
            (Some("-1"), None),
            (Some("+1"), None),
            (Some("1.5"), None),
            (Some("one"), None),
            (Some(" 1"), None),
        ] {
            assert_eq!(page_number(page), number, "{page:?}");
        }
    }

    #[test]
    fn a_page_that_the_client_has_is_not_sent_again() {
        for (header, known) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
        ] {
            let request = Request::get("/").header(IF_NONE_MATCH, header);
            let (parts, ()) = request.body(()).unwrap().into_parts();
            assert_eq!(knows(&parts, "\"a\""), known, "{header}");
        }
    }
}
