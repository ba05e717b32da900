//! The board's stream: `/api/v1/board/ws` and `/api/v1/board/events`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use mattermost_plugin::http::{Hijack, RequestInfo, Unflushed};

use super::{auth, errors, form, origin, raw};
use crate::app::App;
use crate::config::Secret;
use crate::feed;
use crate::host::Host;
use crate::live::{NotTaken, Resume, Viewer, Who};
use crate::text;

/// In which a browser says what it was sent last (WHATWG HTML, 9.2.4).
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What the proxy nginx is told so that it hands events on as they come.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");

/// The longest name of a board that is read, in characters.
const MAX_EPOCH: usize = 64;

/// Who asks for the stream, and where they go on.
struct Asked {
    who: Who,
    resume: Option<Resume>,
    /// The phones' secret when they were let in.
    secret: Secret,
}

impl Asked {
    async fn read<H: Host>(app: &Arc<App<H>>, parts: &Parts) -> Result<Self, Response<Body>> {
        let secret = app.config().phones_secret.clone();
        let viewer = auth::board(app, parts).await;
        let viewer = viewer.map_err(|refusal| refusal.answer(app, true))?;
        if parts.method != Method::GET {
            return Err(errors::method_not_allowed("GET", true));
        }
        if !origin::fits(app, parts).await {
            return Err(origin::refused());
        }
        let session = parts.extensions.get::<RequestInfo>();
        let session = session.map(|info| &*info.context.session_id);
        let who = Who {
            viewer,
            session: session.filter(|id| !id.is_empty()).map(Box::from),
            address: auth::address(parts),
        };
        let resume = resume(parts, raw(parts, app.id()).1);
        let resume = resume.map_err(|what| errors::answer(StatusCode::BAD_REQUEST, &what, true))?;
        Ok(Self {
            who,
            resume,
            secret,
        })
    }

    /// What tells at any time whether what let them in still would.
    fn still<H: Host>(&self, app: &Arc<App<H>>) -> impl Fn() -> bool + Send + Sync + use<H> {
        let (app, viewer, secret) = (
            Arc::clone(app),
            self.who.viewer.clone(),
            self.secret.clone(),
        );
        move || match &viewer {
            Viewer::Secret => app.config().phones_secret == secret,
            Viewer::Wall(mark) => app.walls().knows(mark),
            // Asked every minute.
            Viewer::Member(_) => true,
        }
    }
}

/// The stream over a websocket.
pub(super) async fn ws<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (mut parts, _) = request.into_parts();
    let asked = match Asked::read(&app, &parts).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let headers = match feed::handshake(&parts) {
        Ok(headers) => headers,
        Err(refused) => {
            let mut answer = errors::answer(refused.status(), &refused.to_string(), true);
            answer.headers_mut().extend(refused.headers());
            return answer;
        }
    };
    if app.live().is_full(&asked.who.viewer) {
        return not_taken(NotTaken::Full);
    }
    let refuse = |what: &str| errors::answer(StatusCode::NOT_IMPLEMENTED, what, true);
    let Some(hijack) = parts.extensions.remove::<Hijack>() else {
        return refuse("the server does not hand over the connection");
    };
    let connection = match hijack.switch_protocols(&headers).await {
        Ok(connection) => connection,
        Err(error) => {
            tracing::warn!(%error, "a websocket cannot be opened");
            return refuse(
                "the server does not hand over the connection; a websocket needs HTTP/1.1",
            );
        }
    };
    let still = asked.still(&app);
    let Asked { who, resume, .. } = asked;
    if let Err(why) = app.live().accept(connection, who, resume, &still).await {
        tracing::debug!(%why, "a viewer of the board was not taken");
    }
    // The connection is no longer the server's to answer on.
    Response::new(Body::empty())
}

/// The stream as server-sent events.
pub(super) async fn events<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let asked = match Asked::read(&app, &parts).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let still = asked.still(&app);
    let Asked { who, resume, .. } = asked;
    let events = match app.live().events(who, resume, &still).await {
        Ok(events) => events,
        Err(why) => return not_taken(why),
    };
    let mut response = errors::response(StatusCode::OK, EVENTS, Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    let what = "this server does not send events as they come, which Mattermost does from version 11 on: use the websocket, /api/v1/board/ws";
    let instead = errors::answer(StatusCode::NOT_IMPLEMENTED, what, true);
    let (instead, _) = instead.into_parts();
    let body = serde_json::json!({ "error": what }).to_string();
    let instead = Response::from_parts(instead, Bytes::from(body));
    response.extensions_mut().insert(Unflushed(instead));
    response
}

fn not_taken(why: NotTaken) -> Response<Body> {
    errors::answer(StatusCode::SERVICE_UNAVAILABLE, &why.to_string(), true)
}

/// Where somebody goes on, by the query or by what a browser was sent last.
fn resume(parts: &Parts, query: &str) -> Result<Option<Resume>, String> {
    if let Some(id) = parts.headers.get(LAST_EVENT_ID)
        && let Some((epoch, after)) = id.to_str().ok().and_then(|id| id.split_once('.'))
        && let Ok(after) = after.parse()
    {
        return Ok(resumed(epoch, after));
    }
    let Some(after) = form::first(query, "after").filter(|after| !after.is_empty()) else {
        return Ok(None);
    };
    let epoch = form::first(query, "epoch").unwrap_or_default();
    match after.parse() {
        Ok(after) => Ok(resumed(&epoch, after)),
        Err(_) => Err(format!(
            "after is `{}`: it must be the highest number `n` that you were told, with its `epoch` beside it; leave both out for the whole board",
            text::clean(&after)
        )),
    }
}

fn resumed(epoch: &str, after: u64) -> Option<Resume> {
    (epoch.len() <= MAX_EPOCH).then(|| Resume {
        epoch: epoch.into(),
        after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str, last: Option<&str>) -> Result<Option<(String, u64)>, String> {
        let mut request = Request::get("/");
        if let Some(last) = last {
            request = request.header(LAST_EVENT_ID, last);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let resume = resume(&parts, query)?;
        Ok(resume.map(|resume| (resume.epoch.into(), resume.after)))
    }

    #[test]
    fn who_was_there_before_says_where_they_go_on() {
        let at = |epoch: &str, after| Ok(Some((epoch.to_owned(), after)));
        assert_eq!(asked("", None), Ok(None));
        assert_eq!(asked("after=&epoch=x", None), Ok(None));
        assert_eq!(asked("after=17&epoch=x", None), at("x", 17));
        assert_eq!(asked("after=17", None), at("", 17));
        assert_eq!(asked("after=17&epoch=x", Some("y.18")), at("y", 18));
        assert_eq!(asked("", Some("y.0")), at("y", 0));
        for broken in ["", "y", "y.x", "ü"] {
            assert_eq!(asked("after=17&epoch=x", Some(broken)), at("x", 17));
        }
        let long = "x".repeat(MAX_EPOCH + 1);
        assert_eq!(asked(&format!("after=17&epoch={long}"), None), Ok(None));
        for wrong in ["-1", "x", "1.5", "99999999999999999999"] {
            let error = asked(&format!("after={wrong}"), None).expect_err(wrong);
            assert!(error.starts_with("after is `"), "{error}");
        }
    }
}
