//! `/status`, the dashboard and the board as JSON.

mod render;
mod status;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::{auth, errors};
use crate::app::{App, system_clock};
use crate::host::Host;
use crate::sinks::metrics;
use crate::sources::asterisk::LinkState;
use render::Link;

pub(super) use render::page;
pub(super) use status::status;

/// Nothing but the page's own style sheet, and no frame but Mattermost's.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
);

const READING: &str = "GET, HEAD";

fn is_reading(parts: &Parts) -> bool {
    parts.method == Method::GET || parts.method == Method::HEAD
}

/// How the plugin is doing, for Prometheus. The server serves it on a port of its own.
pub fn metrics<H: Host>(app: &App<H>) -> Response<Body> {
    let kind = HeaderValue::from_static(metrics::MEDIA_TYPE);
    errors::response(StatusCode::OK, kind, metrics::text(app))
}

/// The board as JSON.
pub(super) async fn board<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Err(refusal) = auth::board(&app, &parts).await {
        return refusal.answer(&app, true);
    }
    if !is_reading(&parts) {
        return errors::method_not_allowed(READING, true);
    }
    match app
        .snapshot()
        .await
        .map(|board| serde_json::to_vec(&*board))
    {
        Ok(Ok(json)) => errors::response(StatusCode::OK, errors::JSON, json),
        Ok(Err(error)) => {
            tracing::error!(%error, "the board could not be written as JSON");
            let what = "the board could not be written";
            errors::answer(StatusCode::INTERNAL_SERVER_ERROR, what, true)
        }
        Err(stopped) => {
            let what = stopped.to_string();
            errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, true)
        }
    }
}

/// The board as a page.
pub(super) async fn dashboard<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Err(refusal) = auth::board(&app, &parts).await {
        return refusal.answer(&app, false);
    }
    if !is_reading(&parts) {
        return errors::method_not_allowed(READING, false);
    }
    let snapshot = match app.snapshot().await {
        Ok(snapshot) => snapshot,
        Err(stopped) => {
            let what = stopped.to_string();
            return errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, false);
        }
    };
    let asterisk = app.asterisk().report();
    let words = status::asterisk_words(&asterisk);
    let link = asterisk.on.then(|| Link {
        connected: asterisk.state == LinkState::Up,
        text: &words,
    });
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let page = page(&snapshot, link, system_clock());
    let mut response = errors::response(StatusCode::OK, kind, page);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    // The address may hold the secret.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The dashboard's style sheet, which holds nothing that anyone could not know.
pub(super) async fn style(request: Request<Body>) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if !is_reading(&parts) {
        return errors::method_not_allowed(READING, false);
    }
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    let mut response = errors::response(StatusCode::OK, kind, include_str!("dashboard.css"));
    let keep = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(CACHE_CONTROL, keep);
    response
}
