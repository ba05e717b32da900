//! What the plugin serves under `/plugins/<id>`.
//!
//! A phone's URL is answered by hand, without a router and, for a GET, without waiting for anything: phones
//! are many, and some of them wait for the answer before they ring. Everything else is an axum router.

mod auth;
mod board;
mod buttons;
mod calls;
mod check;
mod dialogs;
mod elsewhere;
mod errors;
mod form;
mod history;
mod live;
mod origin;
mod pages;
mod pexip;
mod phone;
mod phones;
mod presence;
mod script;
mod suggest;
mod tap;
#[cfg(test)]
mod tests;
mod video;
mod webapp;

pub(crate) use elsewhere::Elsewhere;
pub(crate) use errors::answer as refused;
pub use pages::metrics;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::any;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use mattermost_plugin::http::RequestInfo;
use tokio::sync::Semaphore;

use crate::app::{App, LINK_BUTTON_PATH};
use crate::commands::SETTINGS_FORM;
use crate::host::Host;
use crate::sinks::missed;
use elsewhere::{Led, Pass};

/// The header in which the server says who is signed in. It removes a forged one.
pub const USER_ID: &str = "mattermost-user-id";

/// Where the lists for autocompletion are, relative to the plugin: the server resolves such a path against `/plugins/<id>`, also
/// one that begins with a slash, and escapes a query in it (`UpdateRelativeURLsForPluginCommands` of Mattermost 9.11).
const SUGGESTIONS: &str = "api/v1/suggest/";

/// The path under which the server fetches the list of that name while somebody types a command.
pub(crate) fn suggestions_path(name: &str) -> String {
    format!("{SUGGESTIONS}{name}")
}

/// The plugin's HTTP, as a [`tower_service::Service`].
#[derive(Debug)]
pub struct Service<H> {
    app: Arc<App<H>>,
    pages: Router,
}

impl<H> Clone for Service<H> {
    fn clone(&self) -> Self {
        Self {
            app: Arc::clone(&self.app),
            pages: self.pages.clone(),
        }
    }
}

impl<H: Host> Service<H> {
    /// The whole of it: phones' URLs and `router`'s pages.
    #[must_use]
    pub fn new(app: Arc<App<H>>) -> Self {
        Self {
            pages: router(Arc::clone(&app), &Led::new(None)),
            app,
        }
    }

    /// The same on a node that follows, which has `elsewhere` answer what only the one that leads can.
    #[must_use]
    pub(crate) fn following(app: Arc<App<H>>, elsewhere: Elsewhere) -> Self {
        Self {
            pages: router(Arc::clone(&app), &Led::new(Some(elsewhere))),
            app,
        }
    }
}

/// Everything of the bundle's but the phones' URLs.
fn router<H: Host>(app: Arc<App<H>>, led: &Led<H>) -> Router {
    let session = |handler| led.route(Pass::Session, handler);
    let mut router = Router::new().route("/status", any(pages::status::<H>));
    if app.bundle().has_phones() {
        router = router
            .route("/dashboard", any(pages::dashboard::<H>))
            .route("/dashboard.css", any(pages::style))
            .route("/dashboard.js", any(pages::script))
            .route("/dashboard/chart.svg", any(pages::drawing::<H>))
            .route("/dashboard/{part}", any(pages::module))
            .route("/api/v1/board", any(board::board::<H>))
            .route(
                "/api/v1/board/reset",
                led.route(Pass::Board, any(board::reset::<H>)),
            )
            .route("/api/v1/history", any(history::history::<H>))
            .route("/api/v1/board/ws", any(live::ws::<H>))
            .route("/api/v1/board/events", any(live::events::<H>));
    }
    if app.bundle().has_people() {
        let missed = format!("/{}", missed::BUTTON_PATH);
        let link = format!("/{LINK_BUTTON_PATH}");
        let settings = format!("/{}", SETTINGS_FORM.path);
        router = router
            .route(&missed, session(any(buttons::missed::<H>)))
            .route(&link, session(any(buttons::link::<H>)))
            .route(&settings, session(any(dialogs::settings::<H>)));
    }
    if app.bundle().has_asterisk() {
        let suggestions = format!("/{SUGGESTIONS}{{list}}");
        router = router
            .route(
                "/script",
                led.route(Pass::Account, any(script::script::<H>)),
            )
            .route(
                "/script/",
                led.route(Pass::Account, any(script::script::<H>)),
            )
            .route("/api/v1/calls", session(any(calls::call::<H>)))
            .route("/api/v1/messages", session(any(calls::message::<H>)))
            .route("/api/v1/calls/control", session(any(phone::control::<H>)))
            .route("/api/v1/queues", session(any(phone::queue::<H>)))
            .route("/api/v1/phone", session(any(phone::phone::<H>)))
            .route("/api/v1/phone/dnd", session(any(phone::dnd::<H>)))
            .route(&suggestions, session(any(suggest::suggest::<H>)));
    }
    if app.bundle().has_check() {
        let gate: check::Gate = Arc::new(Semaphore::new(1));
        let check = move |app, request| check::check::<H>(app, request, gate);
        router = router.route("/api/v1/admin/check", session(any(check)));
    }
    if app.bundle().has_presence() {
        router = router
            .route("/api/v1/status", any(presence::status::<H>))
            .route("/api/v1/ws", any(presence::ws::<H>))
            .route("/api/v1/status/publish", any(presence::publish::<H>));
    }
    if app.bundle().has_video() || app.bundle().has_people() {
        router = router.route("/api/v1/webapp", any(webapp::webapp::<H>));
    }
    if app.bundle().has_video() {
        router = router
            .route("/api/v1/video/join", session(any(video::join::<H>)))
            .route("/api/v1/video/joined", session(any(video::joined::<H>)))
            .route(
                "/api/v1/video/beat",
                led.route(Pass::Open, any(video::beat::<H>)),
            )
            .route(
                "/api/v1/video/leave",
                led.route(Pass::Open, any(video::leave::<H>)),
            )
            .route("/api/v1/video/rooms", session(any(video::rooms::<H>)))
            .route("/api/settings", session(any(pexip::settings::<H>)))
            .route(
                "/api/notify_join_conference",
                session(any(pexip::joined::<H>)),
            )
            .route(
                "/api/notify_leave_conference",
                session(any(pexip::left::<H>)),
            )
            .route(
                "/api/change_user_settings",
                session(any(pexip::chosen::<H>)),
            );
    }
    router.fallback(unknown::<H>).with_state(app)
}

/// Nothing is there. Without the secret not even that is said.
async fn unknown<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let json = parts.uri.path().starts_with("/api/");
    let bundle = app.bundle();
    if bundle.has_phones()
        && let Err(refusal) = auth::phones(&app, &parts)
    {
        return refusal.answer(&app, json);
    }
    let mut what = "not found; there are /status".to_owned();
    if bundle.has_phones() {
        what.push_str(", /sip/<action>/<user>, /dashboard, /api/v1/board, /api/v1/history");
    }
    if bundle.has_asterisk() {
        what.push_str(", /script/, /api/v1/calls, /api/v1/messages");
    }
    if bundle.has_presence() {
        what.push_str(", /api/v1/status, /api/v1/status/publish, /api/v1/ws");
    }
    if bundle.has_video() {
        what.push_str(", /api/v1/webapp, /api/v1/video/join, /api/v1/video/rooms");
    }
    errors::answer(StatusCode::NOT_FOUND, &what, json)
}

impl<H, B> tower_service::Service<Request<B>> for Service<H>
where
    H: Host,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answer {
        if !self.app.bundle().has_phones() || !phones::is_phones(request.uri().path()) {
            let answer = tower_service::Service::call(&mut self.pages, request);
            return Answer::Later(Box::pin(answer));
        }
        let (parts, body) = request.into_parts();
        if parts.method != Method::POST {
            return match phones::without_body(&self.app, &parts) {
                Ok(response) => Answer::now(response),
                Err(rest) => {
                    let app = Arc::clone(&self.app);
                    let style = phones::Style::of(&parts);
                    Answer::Later(Box::pin(async move {
                        let answer = phones::submit(&app, rest).await;
                        Ok(phones::counted(&app, style.dress(answer)))
                    }))
                }
            };
        }
        let app = Arc::clone(&self.app);
        let body = Body::new(body);
        Answer::Later(Box::pin(async move {
            Ok(phones::with_body(&app, &parts, body).await)
        }))
    }
}

/// The answer to a request, which often is there at once.
pub enum Answer {
    /// It is there.
    Now(Ready<Result<Response<Body>, Infallible>>),
    /// It takes a body, or the server, or a page.
    Later(Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>),
}

impl Answer {
    fn now(response: Response<Body>) -> Self {
        Self::Now(ready(Ok(response)))
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Now(_) => "Now",
            Self::Later(_) => "Later",
        })
    }
}

impl Future for Answer {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Now(answer) => Pin::new(answer).poll(context),
            Self::Later(answer) => answer.as_mut().poll(context),
        }
    }
}

/// The request's path and query behind `/plugins/<id>`, as the client sent them where that is known. The server
/// re-encodes what it hands to a plugin, and only here an escaped `/` and pairs with a raw `;` survive.
///
/// It may hold an `access_token`: it is never logged.
fn raw<'a>(parts: &'a Parts, id: &str) -> (&'a str, &'a str) {
    let handed = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let Some(info) = parts.extensions.get::<RequestInfo>() else {
        return handed;
    };
    let target = &*info.raw_target;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut rest = path;
    while let Some((_, behind)) = rest.split_once("/plugins/") {
        if let Some(own) = behind.strip_prefix(id)
            && own.starts_with('/')
        {
            return (own, query);
        }
        rest = behind;
    }
    handed
}
