//! The page at `/`: the channel, people, the board, who is there and the log, as they change.
//!
//! It shows the secrets of the run, and so it, and whatever changes something, answers only to the
//! machine itself by its own name: another site's page in the same browser reaches neither.

mod api;
mod stream;
mod view;

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Body,
    extract::{Query, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

pub(crate) use api::{refused, signed_in as signed_in_only};

use crate::{
    front::{CSRF_COOKIE, SESSION_COOKIE, cookie},
    host::{CommandResponse, Shared},
    world::Session,
};

/// What the page may load: its own files, and the plugin's pages.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
);

type Host = Arc<Shared>;

pub(crate) fn routes(host: Host) -> Router {
    let api = Router::new()
        .route("/api/v4/posts/{post}/actions/{action}", post(api::press))
        .route("/api/v4/actions/dialogs/submit", post(api::submit))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&host),
            signed_in_only,
        ));
    Router::new()
        .merge(api)
        .merge(crate::webapp::routes(&host))
        .route("/", get(page))
        .route(
            "/devhost/page.css",
            get(|| file("text/css; charset=utf-8", include_str!("page.css"))),
        )
        .route("/devhost/page.js", script(include_str!("page.js")))
        .route("/devhost/dom.js", script(include_str!("dom.js")))
        .route(
            "/devhost/attachments.js",
            script(include_str!("attachments.js")),
        )
        .route("/devhost/dialog.js", script(include_str!("dialog.js")))
        .route("/devhost/markdown.js", script(include_str!("markdown.js")))
        .route("/devhost/presence.js", script(include_str!("presence.js")))
        .route("/devhost/events", get(stream::events))
        .route("/devhost/command", post(command))
        .route("/devhost/plugin", post(plugin))
        .route("/devhost/person", post(person))
        .layer(middleware::from_fn(only_this_machine))
        .with_state(host)
}

/// Refuses other names of this machine, which another site may have made for it, and what another
/// site's page sends.
async fn only_this_machine(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let ours = ["127.0.0.1", "localhost", "[::1]"].contains(&name);
    let same_origin = text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    if ours && (same_origin || request.method() == Method::GET) {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "Open this page as http://127.0.0.1 with the port that the dev host printed.\n",
    )
        .into_response()
}

fn script(text: &'static str) -> MethodRouter<Host> {
    get(move || file("text/javascript; charset=utf-8", text))
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        text,
    )
}

#[derive(Deserialize)]
struct As {
    #[serde(rename = "as")]
    name: Option<String>,
}

/// The page. Who opens it is signed in as someone, whom `?as=` chooses.
async fn page(State(host): State<Host>, Query(wanted): Query<As>, headers: HeaderMap) -> Response {
    let signed_in = signed_in(&host, &headers);
    if let Some(name) = wanted.name {
        return match host.world.user_by_name(&name) {
            Ok(user) => with_cookies(
                Redirect::to(&format!("{}/", host.base)).into_response(),
                &host.world.sign_in(&user.id),
            ),
            Err(_) => (StatusCode::NOT_FOUND, "There is nobody of that name.\n").into_response(),
        };
    }
    let mut response = Response::new(Body::from(include_str!("page.html")));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if signed_in.is_none()
        && let Some(user) = host
            .world
            .users()
            .into_iter()
            .find(|user| !user.is_bot && !user.is_admin())
    {
        return with_cookies(response, &host.world.sign_in(&user.id));
    }
    response
}

pub(crate) fn signed_in(host: &Host, headers: &HeaderMap) -> Option<Session> {
    host.world
        .session_by_token(&cookie(headers, SESSION_COOKIE)?)
}

pub(crate) fn with_cookies(mut response: Response, session: &Session) -> Response {
    for cookie in [
        format!(
            "{SESSION_COOKIE}={}; Path=/; HttpOnly; SameSite=Lax",
            session.token
        ),
        format!("{CSRF_COOKIE}={}; Path=/; SameSite=Lax", session.csrf),
    ] {
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

#[derive(Deserialize)]
struct CommandLine {
    line: String,
}

/// Runs a slash command as whoever is signed in, in the phones' channel; anything else is written there.
async fn command(
    State(host): State<Host>,
    headers: HeaderMap,
    Json(command): Json<CommandLine>,
) -> Response {
    let Some(session) = signed_in(&host, &headers) else {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "error": "nobody is signed in: load the page again" })),
        )
            .into_response();
    };
    let Some(channel) = view::channel(&host) else {
        return (
            StatusCode::NOT_FOUND,
            Json(json!({ "error": "there is no channel" })),
        )
            .into_response();
    };
    let (user, line) = (&session.user_id, command.line.trim());
    let answer = if line.starts_with('/') {
        host.command(user, &channel.id, line).await
    } else {
        let written = host.write(user, &channel.id, line).await;
        written.map(|_| CommandResponse::default())
    };
    match answer {
        Ok(response) => Json(response).into_response(),
        Err(e) => (StatusCode::BAD_REQUEST, Json(json!({ "error": e.message }))).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Disable,
    Enable,
    Check,
    Kill,
}

#[derive(Deserialize)]
struct PluginOrder {
    order: Order,
}

/// Disables, enables, kills or checks the plugin.
async fn plugin(State(host): State<Host>, Json(order): Json<PluginOrder>) -> Response {
    match order.order {
        Order::Disable => drop(host.plugin.disable().await),
        Order::Check => host.plugin.check().await,
        Order::Kill => {
            host.kill();
        }
        Order::Enable => {
            if let Err(problem) = host.plugin.enable().await {
                return (StatusCode::BAD_GATEWAY, Json(json!({ "error": problem })))
                    .into_response();
            }
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

/// What a person does, as the page's buttons have it.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Open,
    Close,
    Choose(String),
}

#[derive(Deserialize)]
struct PersonDoes {
    user: String,
    deed: Deed,
}

/// Someone opens or closes Mattermost, or chooses a status.
async fn person(State(host): State<Host>, Json(done): Json<PersonDoes>) -> Response {
    let user = &done.user;
    let result = match &done.deed {
        Deed::Open => host.open_mattermost(user).await,
        Deed::Close => host.close_mattermost(user).await,
        Deed::Choose(word) if word == "ooo" => host.world.set_out_of_office(user).map(drop),
        Deed::Choose(word) => host.world.choose_status(user, word, 0).map(drop),
    };
    match result {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(e) => (StatusCode::BAD_REQUEST, Json(json!({ "error": e.message }))).into_response(),
    }
}
