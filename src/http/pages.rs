//! `/status` and the dashboard.

mod agents;
mod assets;
mod chart;
mod dashboard;
mod history;
mod lines;
mod markup;
mod queues;
mod refused;
mod render;
mod states;
mod status;
#[cfg(test)]
mod tests;
mod wall;
mod words;

pub(super) use status::{asterisk_words, ovh_words};

use std::sync::Arc;

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode};

use super::errors;
use crate::app::App;
use crate::host::Host;
use crate::sinks::metrics;

pub(super) use assets::{module, script, style};
pub(super) use dashboard::{dashboard, drawing};
pub(super) use status::status;

/// A page's kind.
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// How the plugin is doing, for Prometheus. The server serves it on a port of its own.
pub async fn metrics<H: Host>(app: Arc<App<H>>) -> Response<Body> {
    let kind = HeaderValue::from_static(metrics::MEDIA_TYPE);
    // Without a board there is more to tell.
    let board = app.snapshot().await.ok();
    let text = metrics::text(&app, board.as_deref());
    errors::response(StatusCode::OK, kind, text)
}
