//! Buttons under messages, when somebody presses one: `POST /api/v1/buttons/<what>`.
//!
//! The server calls these paths and names in a header who presses; what stands in the body of that it is not believed, because
//! anybody who is signed in can send one. What a button may do is for the part to check that made it, against what it keeps
//! itself. An answer leaves in one write: of several, the writer behind buttons would keep the last one only.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::calls::signed_in;
use super::errors;
use crate::app::{APPROVE, App, DECISION, LINK_TOKEN, USER};
use crate::host::{Host, Person, PostId};
use crate::sinks::missed;

/// The longest body of a pressed button or a filled-in form, in bytes. What the server sends has about a thousand, and what was
/// filled in.
pub(super) const MAX_BODY_BYTES: usize = 64 * 1024;

/// A button that was pressed.
#[derive(Debug)]
pub(super) struct Pressed {
    /// Who pressed it.
    pub(super) person: Person,
    /// The message that it is said to be under.
    pub(super) post: PostId,
    fields: Map<String, Value>,
}

impl Pressed {
    /// What the button's context is said to have under that name; empty where it has no text there.
    pub(super) fn context(&self, name: &str) -> &str {
        let context = self.fields.get("context");
        let text = context.and_then(|context| context.get(name));
        text.and_then(Value::as_str).unwrap_or_default()
    }
}

/// Reads a pressed button. Whoever is signed in may have made it up.
pub(super) async fn read<H: Host>(
    app: &App<H>,
    request: Request<Body>,
) -> Result<Pressed, Response<Body>> {
    let (person, fields) = posted(app, request).await?;
    let post = fields.get("post_id").and_then(Value::as_str);
    Ok(Pressed {
        person,
        post: PostId::from(post.unwrap_or_default()),
        fields,
    })
}

/// Who sends what the server posts for a button or a form, and the fields of it. No content type is asked for, since the server
/// tells none; a request from a page of another site's arrives as nobody's.
pub(super) async fn posted<H: Host>(
    app: &App<H>,
    request: Request<Body>,
) -> Result<(Person, Map<String, Value>), Response<Body>> {
    let (parts, body) = request.into_parts();
    let refuse = |status, what: &str| errors::answer(status, what, true);
    if parts.method != Method::POST {
        return Err(errors::method_not_allowed("POST", true));
    }
    let Some(user) = signed_in(&parts) else {
        let what = "sign in to Mattermost, and press the button there";
        return Err(refuse(StatusCode::UNAUTHORIZED, what));
    };
    let bytes = to_bytes(body, MAX_BODY_BYTES).await;
    let bytes = bytes.map_err(|_| errors::too_long(MAX_BODY_BYTES, true))?;
    let fields = serde_json::from_slice(&bytes).map_err(|_| {
        let what = "the body is no JSON object, as Mattermost sends it for a button or a form";
        refuse(StatusCode::BAD_REQUEST, what)
    })?;
    let Some(person) = app.person(&user).await else {
        let what = "Mattermost could not be asked who you are; try again";
        return Err(refuse(StatusCode::SERVICE_UNAVAILABLE, what));
    };
    Ok((person, fields))
}

/// A button under a message of missed calls.
pub(super) async fn missed<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let pressed = match read(&app, request).await {
        Ok(pressed) => pressed,
        Err(refusal) => return refusal,
    };
    let press = missed::Press {
        token: pressed.context(missed::TOKEN).to_owned(),
        caller: pressed.context(missed::CALLER).to_owned(),
        post: pressed.post,
    };
    answer(app.press_missed(&pressed.person, press).await.as_deref())
}

/// A button under a message that asks an admin whose number something is.
pub(super) async fn link<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let pressed = match read(&app, request).await {
        Ok(pressed) => pressed,
        Err(refusal) => return refusal,
    };
    let (user, token) = (pressed.context(USER), pressed.context(LINK_TOKEN));
    let approved = pressed.context(DECISION) == APPROVE;
    let said = app.decide_link(&pressed.person, user, token, approved);
    answer(said.await.as_deref())
}

/// The answer to a button: nothing, or a text that only whoever pressed it sees, as Markdown.
pub(super) fn answer(said: Option<&str>) -> Response<Body> {
    let body = match said {
        // Otherwise the server would look in it for links as Slack writes them.
        Some(text) => json!({ "ephemeral_text": text, "skip_slack_parsing": true }),
        None => json!({}),
    };
    errors::response(StatusCode::OK, errors::JSON, body.to_string())
}
