//! `/dashboard` and its chart.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

use super::super::{USER_ID, auth, errors, form, raw};
use super::markup::{Of, View, Viewer, Zone};
use super::{HTML, chart, history, refused, render};
use crate::app::{Access, App, History, Stopped};
use crate::board::{Call, Snapshot};
use crate::host::{Host, UserId};
use crate::language::Language;
use crate::live;

/// The longest `Accept-Language` that is read, in bytes.
const MAX_ACCEPT_LANGUAGE: usize = 500;

/// The board as a page.
pub(in crate::http) async fn dashboard<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let query = raw(&parts, app.id()).1;
    let wall = form::first(query, "view").is_some_and(|view| view == "wall");
    let viewer = match auth::board(&app, &parts).await {
        Ok(viewer) => viewer,
        Err(refusal) => {
            let answer = refusal.answer(&app, false);
            if !refused::wants_page(&parts.headers) {
                return answer;
            }
            return refused::page(answer, &refusal, language(&app, &parts).await);
        }
    };
    let shown_to = match &viewer {
        live::Viewer::Secret => Viewer::Trusted,
        // Of whom it is not known now, the page's button is left out.
        live::Viewer::Member(user) if app.may_reset(user).await == Access::Granted => {
            Viewer::Trusted
        }
        live::Viewer::Member(_) => Viewer::Member,
        live::Viewer::Wall(_) => Viewer::Wall,
    };
    let answer = answer(&app, &parts, shown_to, |view| {
        let view = View { wall, ..*view };
        errors::response(StatusCode::OK, HTML, render::page(&view))
    });
    let mut response = match answer.await {
        Ok(response) => response,
        Err(response) => return response,
    };
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_SECURITY_POLICY,
        policy(&app.config().callbacks.frame_sources()),
    );
    // The address may hold the secret.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The day's chart alone, of a queue or of all.
pub(in crate::http) async fn drawing<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Err(refusal) = auth::board(&app, &parts).await {
        return refusal.answer(&app, false);
    }
    // A drawing is the same for all.
    let answer = answer(&app, &parts, Viewer::Member, |view| {
        if let Of::Unknown(_) = view.of {
            let what = "there is no queue of this name; leave queue out for all of them";
            return errors::answer(StatusCode::NOT_FOUND, what, false);
        }
        let mut svg = String::with_capacity(8 * 1024);
        chart::svg(&mut svg, view);
        let kind = HeaderValue::from_static("image/svg+xml");
        let mut response = errors::response(StatusCode::OK, kind, svg);
        let policy = HeaderValue::from_static("default-src 'none'");
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
        response
    });
    answer.await.unwrap_or_else(|refused| refused)
}

/// What `write` makes of the board for that viewer, or why they do not see it.
async fn answer<H: Host>(
    app: &Arc<App<H>>,
    parts: &Parts,
    viewer: Viewer,
    write: impl FnOnce(&View<'_>) -> Response<Body>,
) -> Result<Response<Body>, Response<Body>> {
    if let Some(refused) = errors::unless_reading(&parts.method, false) {
        return Err(refused);
    }
    let language = language(app, parts).await;
    let stopped = |stopped: Stopped| {
        let what = stopped.to_string();
        errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, false)
    };
    let mut snapshot = app.snapshot_for_viewers().await.map_err(stopped)?;
    let asked = form::queue(raw(parts, app.id()).1);
    let queue = asked
        .as_deref()
        .and_then(|name| snapshot.queue(name))
        .cloned();
    let of = match (&queue, &asked) {
        (Some(queue), _) => Of::Queue(queue),
        (None, Some(name)) => Of::Unknown(name),
        (None, None) => Of::All,
    };
    let newest = History {
        from: None,
        to: None,
        queue: match of {
            Of::All => None,
            Of::Queue(queue) => Some(Arc::clone(&queue.name)),
            Of::Unknown(name) => Some(name.into()),
        },
        most: history::MAX_LISTED,
    };
    // With a script, all of the board is told, and filtered there.
    keep(&mut snapshot, of);
    let history = app.history_for_viewers(newest).await.map_err(stopped)?;
    let config = app.config();
    // Walls are told of none.
    let rings = !config.callbacks.page.is_empty() && viewer != Viewer::Wall;
    Ok(write(&View {
        snapshot: &snapshot,
        history: &history.calls,
        sources: &app.live().sources(),
        now: app.live().now(),
        zone: Zone {
            zones: app.zones(),
            name: &config.board.time_zone,
        },
        within: config.board.service_level,
        of,
        language,
        viewer,
        wall: false,
        rings,
    }))
}

/// Leaves of the board what has to do with what is looked at.
fn keep(board: &mut Arc<Snapshot>, of: Of<'_>) {
    match of {
        Of::All => {}
        Of::Unknown(_) => {
            let board = Arc::make_mut(board);
            board.queues.clear();
            board.lines.clear();
        }
        Of::Queue(queue) => {
            let board = Arc::make_mut(board);
            board.queues.retain(|other| other.name == queue.name);
            board.lines.retain(|line| {
                let is_agent = queue.agents.iter().any(|agent| agent.name == line.user);
                let in_call = |call: &Call| call.queue.as_ref() == Some(&queue.name);
                is_agent || line.calls.iter().any(in_call)
            });
        }
    }
}

/// `?lang=`, or else the language of whoever is signed in, or else the browser's.
async fn language<H: Host>(app: &App<H>, parts: &Parts) -> Language {
    let query = raw(parts, app.id()).1;
    if let Some(wanted) = form::first(query, "lang").filter(|lang| !lang.is_empty()) {
        return Language::from_locale(&wanted);
    }
    let user = parts
        .headers
        .get(USER_ID)
        .and_then(|user| user.to_str().ok());
    if let Some(user) = user.filter(|user| !user.is_empty())
        && let Some(person) = app.person(&UserId::from(user)).await
    {
        return person.language;
    }
    accepted(&parts.headers)
}

/// The first language of `Accept-Language` (RFC 9110, 12.5.4) that there is, by its weights.
fn accepted(headers: &HeaderMap) -> Language {
    let accept = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|accept| accept.to_str().ok());
    let accept = accept.filter(|accept| accept.len() <= MAX_ACCEPT_LANGUAGE);
    let mut best = (0.0, Language::default());
    for range in accept.unwrap_or_default().split(',') {
        let (range, parameters) = range.split_once(';').unwrap_or((range, ""));
        let weight = parameters.trim().strip_prefix("q=");
        let weight: f32 = weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
        let language = Language::from_locale(range.trim());
        let is_ours =
            language != Language::English || range.trim().to_ascii_lowercase().starts_with("en");
        if is_ours && weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// What the page may load: its own parts, and pages of callers in a frame.
fn policy(frame_sources: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src {frame_sources}; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    );
    // Hosts are visible ASCII.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_language_that_there_is_counts() {
        for (accept, expected) in [
            ("", Language::English),
            ("de", Language::German),
            ("fr-CA,fr;q=0.9,en;q=0.8", Language::French),
            ("nl,de;q=0.7,en;q=0.8", Language::English),
            ("nl, de;q=0.7, en;q=0.2", Language::German),
            ("de;q=0, en;q=0.1", Language::English),
            ("x;q=y, de;q=zz", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
            assert_eq!(accepted(&headers), expected, "{accept}");
        }
    }
}
