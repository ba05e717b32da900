//! One participant over HTTP, and their call.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Own};
use http::{HeaderMap, Method, Response, StatusCode};
use serde_json::{Value, json};

use super::conference::Participant;
use super::rest::token_of;
use super::wire::{empty, failed, success, uuid};
use super::{Shared, State};

/// Who asks, and of whom.
struct Asker {
    uuid: String,
    is_host: bool,
}

impl Asker {
    fn of(state: &mut State, alias: &str, headers: &HeaderMap) -> Option<Self> {
        let own = state
            .conferences
            .get_mut(alias)?
            .by_token(token_of(headers, None))?;
        Some(Self {
            uuid: own.uuid.clone(),
            is_host: own.is_host,
        })
    }
}

fn refused() -> Response<Body> {
    failed(StatusCode::FORBIDDEN, "Invalid token")
}

pub(super) async fn person(
    Own(shared): Own<Arc<Shared>>,
    method: Method,
    Path((alias, whom, action)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method == Method::OPTIONS {
        return empty(StatusCode::OK);
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(asker) = Asker::of(&mut shared.state(), &alias, &headers) else {
        return refused();
    };
    if asker.uuid != whom && !asker.is_host {
        return failed(StatusCode::FORBIDDEN, "Invalid role");
    }
    if action == "calls" {
        return begin(&shared, &alias, &asker, &whom, &body).await;
    }
    shared.change(|shared, state| act(shared, state, &alias, &asker, &whom, &action, &body))
}

fn act(
    shared: &Shared,
    state: &mut State,
    alias: &str,
    asker: &Asker,
    whom: &str,
    action: &str,
    body: &Value,
) -> Response<Body> {
    if action == "disconnect" {
        let reason = Some("Disconnected by another participant");
        shared.leave(state, alias, whom, reason);
        return success(true);
    }
    let Some(conference) = state.conferences.get_mut(alias) else {
        return refused();
    };
    let may_unmute = asker.is_host || conference.guests_can_unmute;
    let change: fn(&mut Participant) = match action {
        "unmute" if !may_unmute => return failed(StatusCode::FORBIDDEN, "Invalid role"),
        "mute" => |own| own.is_muted = true,
        "unmute" => |own| own.is_muted = false,
        "client_mute" => |own| own.is_client_muted = true,
        "client_unmute" => |own| own.is_client_muted = false,
        "video_muted" => |own| own.is_video_muted = true,
        "video_unmuted" => |own| own.is_video_muted = false,
        "buzz" => |own| own.raised = true,
        "clearbuzz" => |own| own.raised = false,
        "role" if asker.is_host => {
            let is_host = body["role"] == "chair";
            return success(conference.change(whom, |own| own.is_host = is_host));
        }
        "unlock" if asker.is_host => return success(conference.admit(whom)),
        "unlock" | "role" => return failed(StatusCode::FORBIDDEN, "Invalid role"),
        "take_floor" => {
            conference.take_floor(whom);
            return success(Value::Null);
        }
        "release_floor" => {
            conference.release_floor(whom);
            return success(Value::Null);
        }
        "preferred_aspect_ratio" | "notify_not_afk" => return success(true),
        _ => return failed(StatusCode::NOT_FOUND, "404 Not Found"),
    };
    success(conference.change(whom, change))
}

/// An offer of WebRTC is answered.
async fn begin(
    shared: &Shared,
    alias: &str,
    asker: &Asker,
    whom: &str,
    body: &Value,
) -> Response<Body> {
    let Some(sdp) = body["sdp"].as_str().filter(|_| asker.uuid == whom) else {
        return failed(StatusCode::FORBIDDEN, "Invalid role");
    };
    let call = uuid();
    let Some(answer) = shared.media.offer(&call, alias, whom, sdp).await else {
        return failed(StatusCode::FORBIDDEN, "Call rejected");
    };
    shared.change(|shared, state| {
        let Some(conference) = state.conferences.get_mut(alias) else {
            shared.media.close(&call);
            return refused();
        };
        let mut before = None;
        conference.change(whom, |own| before = own.call.replace(call.clone()));
        if let Some(before) = before {
            shared.media.close(&before);
        }
        success(json!({"call_uuid": call, "sdp": answer}))
    })
}

pub(super) async fn call(
    Own(shared): Own<Arc<Shared>>,
    method: Method,
    Path((alias, whom, call, action)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if method == Method::OPTIONS {
        return empty(StatusCode::OK);
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(asker) = Asker::of(&mut shared.state(), &alias, &headers) else {
        return refused();
    };
    let is_own = {
        let state = shared.state();
        let own = state
            .conferences
            .get(&alias)
            .and_then(|own| own.person(&whom));
        own.is_some_and(|own| own.uuid == asker.uuid && own.call.as_ref() == Some(&call))
    };
    if !is_own {
        return failed(StatusCode::FORBIDDEN, "Call disconnected");
    }
    match action.as_str() {
        "update" => {
            let sdp = body["sdp"].as_str().unwrap_or_default();
            match shared.media.offer(&call, &alias, &whom, sdp).await {
                Some(answer) => success(json!({"call_uuid": call, "sdp": answer})),
                None => failed(StatusCode::FORBIDDEN, "Call rejected"),
            }
        }
        "new_candidate" => {
            if let Some(candidate) = body["candidate"].as_str() {
                shared.media.candidate(&call, candidate);
            }
            success(Value::Null)
        }
        "disconnect" => {
            shared.media.close(&call);
            shared.change(|_, state| {
                if let Some(conference) = state.conferences.get_mut(&alias) {
                    conference.change(&whom, |own| own.call = None);
                }
            });
            success(Value::Null)
        }
        // What the other side says of its media is of no use here; an acknowledgement starts nothing that does not run already.
        "ack" | "statistics" | "dtmf" | "fecc" => success(true),
        _ => failed(StatusCode::NOT_FOUND, "404 Not Found"),
    }
}
