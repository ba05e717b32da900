//! The server's own API, as far as clients press buttons and send forms with it. Whoever has a
//! session may call it, by its cookie or as a bearer.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use super::Host;
use crate::{
    front::session,
    host::Submission,
    world::{AppError, Session},
};

pub(crate) fn refused(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status_code);
    let body = json!({
        "id": error.id,
        "message": error.message,
        "detailed_error": error.detailed_error,
        "status_code": error.status_code,
    });
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(body)).into_response()
}

/// Lets only those in who are signed in.
pub(crate) async fn signed_in(State(host): State<Host>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(session) = session(&host.world, &parts) else {
        let id = "api.context.session_expired.app_error";
        let words = "Invalid or expired session, please login again.";
        return refused(&AppError::new("ServeHTTP", id, words, 401));
    };
    parts.extensions.insert(session);
    next.run(Request::from_parts(parts, body)).await
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, AppError> {
    serde_json::from_slice(body).map_err(|e| {
        let id = "api.context.invalid_body_param.app_error";
        let mut error = AppError::new("SetInvalidParam", id, "Invalid request body.", 400);
        error.detailed_error = e.to_string();
        error
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Press {
    selected_option: Option<String>,
}

/// `POST /api/v4/posts/{post}/actions/{action}`
pub(super) async fn press(
    State(host): State<Host>,
    Path((post, action)): Path<(String, String)>,
    session: axum::Extension<Session>,
    body: Bytes,
) -> Response {
    let answer = async {
        // A client that has nothing to say sends no body.
        let press = if body.is_empty() {
            Press::default()
        } else {
            read(&body)?
        };
        let option = press.selected_option.as_deref();
        let option = option.filter(|option| !option.is_empty());
        host.press(&session.user_id, &post, &action, option).await
    };
    match answer.await {
        Ok(_) => Json(json!({ "status": "OK" })).into_response(),
        Err(e) => refused(&e),
    }
}

/// `POST /api/v4/actions/dialogs/submit`
pub(super) async fn submit(
    State(host): State<Host>,
    session: axum::Extension<Session>,
    body: Bytes,
) -> Response {
    let answer = async {
        let form: Submission = read(&body)?;
        host.submit(&session.user_id, form).await
    };
    match answer.await {
        Ok(said) => {
            let mut body = json!({});
            if !said.error.is_empty() {
                body["error"] = said.error.into();
            }
            if !said.errors.is_empty() {
                body["errors"] = json!(said.errors);
            }
            Json(body).into_response()
        }
        Err(e) => refused(&e),
    }
}
