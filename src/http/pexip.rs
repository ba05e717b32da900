//! The routes of Pexip Video Connect (1.3), for clients that know these: `/api/settings`, `/api/notify_join_conference`,
//! `/api/notify_leave_conference` and `/api/change_user_settings`.
//!
//! They check what the others do. The settings never hold the PIN: they say nothing of a channel, and so not who may host.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use serde_json::json;

use super::errors;
use super::video::{self, Reader};
use crate::app::App;
use crate::host::{ChannelId, Host};
use crate::language::Language;
use crate::video::Refused;

/// The longest of somebody's own settings, in bytes: a browser's id of a device has some 64.
const MAX_SETTING: usize = 512;

/// By what somebody's own clients learn what they chose.
const CHOSEN: &str = "change_user_settings";

/// The settings.
pub(super) async fn settings<H: Host>(
    State(app): State<Arc<App<H>>>,
    Reader(user): Reader,
) -> Response<Body> {
    let Some(settings) = app.video().settings() else {
        return video::refused(&Refused::Off, Language::default());
    };
    let filter = match app.video().filter_of(&user).await {
        Ok(filter) => filter,
        Err(error) => {
            let what = format!("which channels are yours is not known now: {error}; try again");
            return errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, true);
        }
    };
    let body = json!({
        "node": settings.node.authority(),
        "prefix": settings.prefix,
        "pin": null,
        "displayNameType": settings.display_name.word(),
        "embedded": settings.embedded,
        "filterChannels": {
            "enabled": filter.is_some(),
            "allowedChannels": filter.iter().flatten().map(ChannelId::as_str).collect::<Vec<_>>(),
        },
    });
    errors::response(StatusCode::OK, errors::JSON, body.to_string())
}

/// Somebody joined.
pub(super) async fn joined<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    notified(&app, request, true).await
}

/// Somebody left.
pub(super) async fn left<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    notified(&app, request, false).await
}

async fn notified<H: Host>(
    app: &Arc<App<H>>,
    request: Request<Body>,
    joined: bool,
) -> Response<Body> {
    let example = r#"{"channelId": "…"}"#;
    let (person, body) = match video::asked(app, request, example).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let channel = match video::channel(&body) {
        Ok(channel) => channel,
        Err(answer) => return *answer,
    };
    match app.video().notified(&person, &channel, joined).await {
        Ok(()) => Response::new(Body::empty()),
        Err(why) => video::refused(&why, person.language),
    }
}

/// Somebody chose devices, of which their own clients learn.
pub(super) async fn chosen<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let example = r#"{"submission": {"effect": "none"}}"#;
    let (person, body) = match video::asked(&app, request, example).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let submission = &body["submission"];
    let fields = [
        "inputVideoDeviceId",
        "inputAudioDeviceId",
        "outputAudioDeviceId",
        "effect",
    ];
    let fields = fields.map(|name| (name, video::text(submission, name)));
    if fields.iter().any(|(_, value)| value.len() > MAX_SETTING) {
        let what = format!("a setting is longer than {MAX_SETTING} bytes");
        return errors::answer(StatusCode::BAD_REQUEST, &what, true);
    }
    match app.video().chosen(&person.id, CHOSEN, &fields).await {
        Ok(()) => Response::new(Body::empty()),
        Err(error) => video::refused(&Refused::Unknown(error), person.language),
    }
}
