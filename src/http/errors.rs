//! Answers that are not what was asked for: one line of text for a phone or a person, JSON for a program.

use std::time::Duration;

use axum::body::Body;
use http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};

use crate::calls::{Denied, DeniedKind};
use crate::config::labelled;
use crate::language::Language;

pub(super) const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A body of a kind that browsers must not guess about and nobody may keep.
pub(super) fn response(
    status: StatusCode,
    kind: HeaderValue,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An error: `what` as one line of text, or as `{"error": what}`.
pub(crate) fn answer(status: StatusCode, what: &str, json: bool) -> Response<Body> {
    if json {
        let body = serde_json::json!({ "error": what }).to_string();
        return response(status, JSON, body);
    }
    response(status, TEXT, format!("{what}\n"))
}

/// 405, with the methods there are.
pub(super) fn method_not_allowed(allow: &'static str, json: bool) -> Response<Body> {
    let what = format!("method not allowed; use {allow}");
    let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, &what, json);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// 405 for all methods but those that read.
pub(super) fn unless_reading(method: &Method, json: bool) -> Option<Response<Body>> {
    let reads = method == Method::GET || method == Method::HEAD;
    (!reads).then(|| method_not_allowed("GET, HEAD", json))
}

/// 413, with the limit.
pub(super) fn too_long(limit: usize, json: bool) -> Response<Body> {
    let what = format!("the body is longer than {limit} bytes, or broke off");
    answer(StatusCode::PAYLOAD_TOO_LARGE, &what, json)
}

/// Whether the client asks for JSON by name; everybody else gets a line of text.
pub(super) fn wants_json(parts: &Parts) -> bool {
    let mut kinds = parts
        .headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    kinds.any(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    })
}

/// Says when to come again.
pub(super) fn retry_after(response: &mut Response<Body>, wait: Duration) {
    // A whole second at least, and never too early.
    let seconds = wait.as_secs() + 1;
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
}

/// Why a call or a text was not made, in the language of whoever asked.
pub(super) fn denied(denied: &Denied, language: Language, json: bool) -> Response<Body> {
    why_denied(denied, &denied.sentence(language), json)
}

/// The same as JSON for the panel in Mattermost's page, where settings are called as in the System Console.
pub(super) fn denied_in_page(denied: &Denied, language: Language) -> Response<Body> {
    why_denied(denied, &labelled(&denied.sentence(language)), true)
}

fn why_denied(denied: &Denied, what: &str, json: bool) -> Response<Body> {
    let mut response = answer(denied_status(denied.kind()), what, json);
    if let DeniedKind::TooMany(wait) = denied.kind() {
        retry_after(&mut response, wait);
    }
    response
}

pub(super) fn denied_status(kind: DeniedKind) -> StatusCode {
    match kind {
        DeniedKind::BadInput => StatusCode::BAD_REQUEST,
        DeniedKind::Forbidden => StatusCode::FORBIDDEN,
        DeniedKind::NotFound => StatusCode::NOT_FOUND,
        DeniedKind::Ambiguous | DeniedKind::NotNow => StatusCode::CONFLICT,
        DeniedKind::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        DeniedKind::Off | DeniedKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        DeniedKind::Refused => StatusCode::BAD_GATEWAY,
        DeniedKind::Unknown => StatusCode::GATEWAY_TIMEOUT,
    }
}
