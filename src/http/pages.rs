//! `/status`, the dashboard and the board as JSON.

mod render;
#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::{auth, errors};
use crate::app::{App, system_clock};
use crate::host::Host;
use crate::presence::{Report, Status};
use crate::sinks::metrics;

pub(super) use render::page;

/// Nothing but the page's own style sheet, and no frame but Mattermost's.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
);

const READING: &str = "GET, HEAD";

fn is_reading(parts: &Parts) -> bool {
    parts.method == Method::GET || parts.method == Method::HEAD
}

/// `OK`, or what is wrong.
pub(super) async fn status<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Err(refusal) = auth::status(&app, &parts) {
        return refusal.answer(&app, false);
    }
    if !is_reading(&parts) {
        return errors::method_not_allowed(READING, false);
    }
    app.settled(auth::SETTLE_LIMIT).await;
    let problems = app.problems();
    let report = app.presence().report();
    if problems.is_empty() {
        let mut lines = "OK".to_owned();
        if report.on {
            lines.push('\n');
            presence_lines(&mut lines, &report);
        }
        return errors::response(StatusCode::OK, errors::TEXT, lines);
    }
    let mut lines = String::new();
    for problem in problems {
        lines.push_str(&problem.to_string());
        lines.push('\n');
    }
    if report.on {
        presence_lines(&mut lines, &report);
    }
    errors::response(StatusCode::SERVICE_UNAVAILABLE, errors::TEXT, lines)
}

/// How presence is doing, a line each for people, clients and the last round.
fn presence_lines(out: &mut String, report: &Report) {
    // Writing to a string cannot fail.
    let people = &report.people;
    let _ = write!(out, "presence: {} people (", people.listed);
    for (at, status) in Status::ALL.into_iter().enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        let (number, word) = (people.by_status[status as usize], status.as_str());
        let _ = write!(out, "{comma}{number} {word}");
    }
    let _ = writeln!(out, ")");
    let _ = writeln!(out, "presence: {} clients connected", report.clients);
    if let Some(why) = report.not_ready {
        let _ = writeln!(out, "presence: not ready: {why}");
    }
    if !report.reading {
        let _ = writeln!(out, "presence: another node of the cluster reads statuses");
        return;
    }
    let Some(round) = report.statuses else { return };
    let ago = round.ended.elapsed().unwrap_or_default().as_secs();
    let plural = if round.calls == 1 { "" } else { "s" };
    let took = match round.took.as_millis() {
        millis @ ..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", round.took.as_secs_f64()),
    };
    let _ = writeln!(
        out,
        "presence: the last round of statuses took {took} with {} call{plural}, and ended {ago} s ago",
        round.calls
    );
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
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response =
        errors::response(StatusCode::OK, kind, page(&snapshot, None, system_clock()));
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
