//! Conferences over HTTP: tokens, and what concerns all.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State as Own};
use axum::middleware::map_response;
use axum::routing::any;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::conference::{Conference, MAX_CONFERENCES};
use super::wire::{empty, failed, success};
use super::{Guests, Shared, State, events, people};

/// Bytes of a request's body: an offer with all its candidates has some ten thousand.
const MAX_BODY: usize = 256 * 1024;

/// Characters of a display name that are kept.
const MAX_NAME: usize = 100;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let person = "/api/client/v2/conferences/{alias}/participants/{uuid}/{action}";
    let call = "/api/client/v2/conferences/{alias}/participants/{uuid}/calls/{call}/{action}";
    Router::new()
        .route(
            "/api/client/v2/conferences/{alias}/{action}",
            any(conference),
        )
        .route("/api/client/v2/conferences/{alias}/theme/", any(theme))
        // A load balancer's question, and a browser's whether there is a node.
        .route("/api/client/v2/status", any(async || success(true)))
        .route(person, any(people::person))
        .route(call, any(people::call))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(map_response(from_anywhere))
        .with_state(shared)
}

/// Pages of any origin may ask, as at a node.
async fn from_anywhere(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "content-type, pin, token",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// No theme of its own.
async fn theme(method: Method) -> Response<Body> {
    if method == Method::OPTIONS {
        return empty(StatusCode::OK);
    }
    empty(StatusCode::NO_CONTENT)
}

/// The token of a request: in a header, or in the URL where a browser can send none.
pub(super) fn token_of<'a>(headers: &'a HeaderMap, query: Option<&'a str>) -> &'a str {
    let header = headers.get("token").and_then(|value| value.to_str().ok());
    header.or(query).unwrap_or_default()
}

#[derive(Debug, serde::Deserialize)]
struct Asked {
    token: Option<String>,
}

async fn conference(
    Own(shared): Own<Arc<Shared>>,
    method: Method,
    Path((alias, action)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method == Method::OPTIONS {
        return empty(StatusCode::OK);
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if action == "request_token" && method == Method::POST {
        let pin = headers.get("pin").and_then(|value| value.to_str().ok());
        return shared.change(|shared, state| request_token(shared, state, &alias, pin, &body));
    }
    let token = token_of(&headers, asked.token.as_deref());
    shared.change(|shared, state| {
        let own = state.conferences.get_mut(&alias);
        let Some((uuid, is_host)) = own.and_then(|own| {
            let own = own.by_token(token)?;
            Some((own.uuid.clone(), own.is_host))
        }) else {
            return failed(StatusCode::FORBIDDEN, "Invalid token");
        };
        act(
            shared,
            state,
            &Act {
                alias: &alias,
                uuid: &uuid,
                is_host,
                action: &action,
                body: &body,
            },
        )
    })
}

/// What somebody in a conference asks for.
struct Act<'a> {
    alias: &'a str,
    uuid: &'a str,
    is_host: bool,
    action: &'a str,
    body: &'a Value,
}

fn act(shared: &Shared, state: &mut State, act: &Act<'_>) -> Response<Body> {
    let hosts_only = [
        "lock",
        "unlock",
        "muteguests",
        "unmuteguests",
        "disconnect",
        "dial",
        "start_conference",
    ];
    if hosts_only.contains(&act.action) && !act.is_host {
        return failed(StatusCode::FORBIDDEN, "Invalid role");
    }
    match act.action {
        "release_token" => {
            shared.leave(state, act.alias, act.uuid, None);
            return success(true);
        }
        "disconnect" => {
            shared.end(
                state,
                act.alias,
                "Conference terminated by another participant",
            );
            return success(true);
        }
        "lock" => drop(state.locked.insert(act.alias.to_owned())),
        "unlock" => drop(state.locked.remove(act.alias)),
        _ => {}
    }
    let Some(conference) = state.conferences.get_mut(act.alias) else {
        return failed(
            StatusCode::NOT_FOUND,
            "Neither conference nor gateway found",
        );
    };
    match act.action {
        "events" => return events::answer(conference.follow(act.uuid)),
        "refresh_token" => {
            let expires = shared.options.token_life.as_secs().to_string();
            let Some(own) = conference.person_mut(act.uuid) else {
                return failed(StatusCode::FORBIDDEN, "Invalid token");
            };
            own.good_until = Instant::now() + shared.options.token_life;
            return success(json!({"token": own.token, "expires": expires}));
        }
        "participants" => return success(conference.list()),
        "conference_status" => return success(conference.status()),
        "dial" => {
            let destination = act.body["destination"].as_str().unwrap_or_default();
            let is_host = act.body["role"].as_str() == Some("HOST");
            return match conference.dial(destination, is_host) {
                Some(uuid) => success(json!([uuid])),
                None => failed(StatusCode::FORBIDDEN, "Participant limit reached"),
            };
        }
        "message" => {
            let own = conference.person(act.uuid).map(|own| own.name.clone());
            let (kind, payload) = (&act.body["type"], &act.body["payload"]);
            let message = json!({"type": kind, "payload": payload, "origin": own, "uuid": act.uuid, "direct": false});
            conference.tell(&("message_received", message), |other| {
                !other.waits && other.uuid != act.uuid
            });
        }
        "lock" => conference.lock(true),
        "unlock" => conference.lock(false),
        "muteguests" => conference.mute_guests(true),
        "unmuteguests" => conference.mute_guests(false),
        "start_conference" => {}
        _ => return failed(StatusCode::NOT_FOUND, "404 Not Found"),
    }
    success(true)
}

fn request_token(
    shared: &Shared,
    state: &mut State,
    alias: &str,
    pin: Option<&str>,
    body: &Value,
) -> Response<Body> {
    let options = &shared.options;
    if let Some((status, result)) = state.refusals.pop_front() {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return failed(status, result);
    }
    if !alias.starts_with(&options.prefix) {
        return failed(
            StatusCode::NOT_FOUND,
            "Neither conference nor gateway found",
        );
    }
    let name = body["display_name"].as_str().unwrap_or_default();
    let name: String = name.chars().take(MAX_NAME).collect();
    let is_host = match (&options.host_pin, pin) {
        (None, _) => true,
        (Some(right), Some(pin)) if right == pin => true,
        (Some(_), pin) => match (&options.guests, pin) {
            // A guest without a PIN says so.
            (Guests::Welcome, Some("none")) => false,
            (Guests::WithPin(right), Some(pin)) if right == pin => false,
            (_, Some("none") | None) => {
                let guest_pin = if matches!(options.guests, Guests::WithPin(_)) {
                    "required"
                } else {
                    "none"
                };
                let wanted =
                    json!({"pin": "required", "guest_pin": guest_pin, "version": version()});
                return failed(StatusCode::FORBIDDEN, wanted);
            }
            _ => return failed(StatusCode::FORBIDDEN, "Invalid PIN"),
        },
    };
    if !state.conferences.contains_key(alias) && state.conferences.len() >= MAX_CONFERENCES {
        return failed(StatusCode::FORBIDDEN, "Insufficient licenses");
    }
    let is_locked = state.locked.contains(alias);
    let conference = state.conferences.entry(alias.to_owned());
    let conference = conference.or_insert_with(|| Conference::new(alias, is_locked));
    let Some(own) = conference.join(&name, is_host, options.token_life) else {
        return failed(StatusCode::FORBIDDEN, "Participant limit reached");
    };
    success(json!({
        "token": own.token,
        "expires": options.token_life.as_secs().to_string(),
        "participant_uuid": own.uuid,
        "version": version(),
        "role": if is_host { "HOST" } else { "GUEST" },
        "display_name": name,
        "conference_name": alias,
        "service_type": "conference",
        "current_service_type": if own.waits { "waiting_room" } else { "conference" },
        "call_type": "video",
        "chat_enabled": true,
        "fecc_enabled": false,
        "guests_can_present": true,
        "direct_media": false,
        "analytics_enabled": false,
        "rtmp_enabled": false,
        "rtsp_enabled": false,
        "trickle_ice_enabled": true,
        "vp9_enabled": false,
        "allow_1080p": false,
    }))
}

fn version() -> Value {
    json!({"version_id": "36", "pseudo_version": "0.0.0"})
}
