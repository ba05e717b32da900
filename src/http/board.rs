//! `/api/v1/board`: the whole board as JSON, and its counters' reset.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::auth::{self, Refusal};
use super::{errors, form, origin, raw};
use crate::app::{Access, App};
use crate::board::{Event, Snapshot, Timestamp};
use crate::host::Host;
use crate::live::{SourceState, Viewer};
use crate::text;

/// The longest body of a reset, in bytes: a queue's name, with every character escaped, and some room.
const MAX_BODY_BYTES: usize = 8 * 1024;

/// The board, with what a viewer needs to go on with its stream.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    board: &'a Snapshot,
    /// What the time is.
    now: Timestamp,
    /// Which board it is: with `sequence` it is where the stream goes on.
    epoch: &'a str,
    sources: &'a [SourceState],
    links: Links,
}

/// Where the rest is, relative to the board's own page.
#[derive(Serialize)]
struct Links {
    websocket: &'static str,
    events: &'static str,
    history: &'static str,
}

const LINKS: Links = Links {
    websocket: "api/v1/board/ws",
    events: "api/v1/board/events",
    history: "api/v1/history",
};

/// The board as JSON.
pub(super) async fn board<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Err(refusal) = auth::board(&app, &parts).await {
        return refusal.answer(&app, true);
    }
    if let Some(refused) = errors::unless_reading(&parts.method, true) {
        return refused;
    }
    // Before the board, so that it is never one that was forgotten since.
    let epoch = app.live().epoch();
    let board = match app.snapshot_for_viewers().await {
        Ok(board) => board,
        Err(stopped) => return unavailable(&stopped.to_string()),
    };
    let shown = Shown {
        board: &board,
        now: app.live().now(),
        epoch: &epoch,
        sources: &app.live().sources(),
        links: LINKS,
    };
    match serde_json::to_vec(&shown) {
        Ok(json) => errors::response(StatusCode::OK, errors::JSON, json),
        Err(error) => {
            tracing::error!(%error, "the board could not be written as JSON");
            let what = "the board could not be written";
            errors::answer(StatusCode::INTERNAL_SERVER_ERROR, what, true)
        }
    }
}

/// Begins counting anew, of one queue or of all: by an administrator who is signed in, or by the secret.
pub(super) async fn reset<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match auth::board(&app, &parts).await {
        // That the request comes from a page of this server, the server has checked before it named a member.
        Ok(Viewer::Secret) => {}
        Ok(Viewer::Member(user)) => match app.may_reset(&user).await {
            Access::Granted => {}
            Access::Denied => return Refusal::NoReset.answer(&app, true),
            Access::Unknown(why) => return Refusal::Unknown(why).answer(&app, true),
        },
        Ok(Viewer::Wall(_)) => return Refusal::OnlyReads.answer(&app, true),
        Err(refusal) => return refusal.answer(&app, true),
    }
    if parts.method != Method::POST {
        return errors::method_not_allowed("POST", true);
    }
    if !origin::fits(&app, &parts).await {
        return origin::refused();
    }
    let Ok(bytes) = to_bytes(body, MAX_BODY_BYTES).await else {
        return errors::too_long(MAX_BODY_BYTES, true);
    };
    let asked = match queue(&parts, raw(&parts, app.id()).1, &bytes) {
        Ok(asked) => asked,
        Err(what) => return errors::answer(StatusCode::BAD_REQUEST, &what, true),
    };
    let queue = match asked {
        None => None,
        Some(asked) => {
            let board = match app.snapshot().await {
                Ok(board) => board,
                Err(stopped) => return unavailable(&stopped.to_string()),
            };
            let Some(queue) = board.queue(&asked) else {
                return no_queue(&asked);
            };
            Some(Arc::clone(&queue.name))
        }
    };
    let answer = json!({ "reset": queue.as_deref() }).to_string();
    match app.submit(Event::Reset(queue)).await {
        Ok(()) => errors::response(StatusCode::OK, errors::JSON, answer),
        Err(stopped) => unavailable(&stopped.to_string()),
    }
}

/// That there is no such queue.
pub(super) fn no_queue(name: &str) -> Response<Body> {
    let what = format!(
        "queue is `{}`, which is none of the board's: /api/v1/board names them; leave it out for all",
        text::clean(name)
    );
    errors::answer(StatusCode::NOT_FOUND, &what, true)
}

/// The queue that a form, JSON or the query names; none for all of them.
fn queue(parts: &Parts, query: &str, body: &[u8]) -> Result<Option<String>, String> {
    #[derive(Deserialize)]
    struct Asked {
        queue: Option<String>,
    }
    let kind = parts.headers.get(CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if body.is_empty() {
        return Ok(form::queue(query));
    }
    let named = if is_json {
        let asked: Asked = serde_json::from_slice(body)
            .map_err(|_| "the body must be a JSON object such as {\"queue\":\"support\"}")?;
        asked.queue.filter(|queue| !queue.is_empty())
    } else if form::is_form(parts) {
        form::queue(&String::from_utf8_lossy(body))
    } else {
        return Err(
            "the body must be a form (application/x-www-form-urlencoded) or JSON (application/json) with queue".to_owned(),
        );
    };
    Ok(named.or_else(|| form::queue(query)))
}

fn unavailable(what: &str) -> Response<Body> {
    errors::answer(StatusCode::SERVICE_UNAVAILABLE, what, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: Option<&str>, query: &str, body: &str) -> Result<Option<String>, String> {
        let mut request = Request::post("/");
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        queue(&parts, query, body.as_bytes())
    }

    #[test]
    fn a_queue_is_named_by_a_form_or_json() {
        let form = Some("application/x-www-form-urlencoded");
        let json = Some("application/json; charset=utf-8");
        for (kind, body, expected) in [
            (None, "", None),
            (form, "", None),
            (json, "", None),
            (form, "queue=", None),
            (form, "queue=Erste+Hilfe%21", Some("Erste Hilfe!")),
            (None, "queue=support", Some("support")),
            (json, "{}", None),
            (json, r#"{"queue":null}"#, None),
            (json, r#"{"queue":"support"}"#, Some("support")),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(asked(kind, "secret=x", body), Ok(expected), "{body}");
        }
        for (kind, body) in [
            (json, "support"),
            (json, r#"{"queue":5}"#),
            (Some("text/plain"), "x"),
        ] {
            assert!(asked(kind, "", body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_queue_in_the_query_was_passed_over_and_all_were_reset() {
        for (query, expected) in [
            ("secret=x&queue=%2B33912312391", "+33912312391"),
            ("queue=+33912312391", "+33912312391"),
            ("queue=+Erste+Hilfe", " Erste Hilfe"),
        ] {
            assert_eq!(asked(None, query, ""), Ok(Some(expected.to_owned())));
        }
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(asked(form, "queue=a", "queue=b"), Ok(Some("b".to_owned())));
    }
}
