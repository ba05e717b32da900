//! Video conferences, for whoever is signed in: `/api/v1/video/…`.
//!
//! As with calls, the server names whoever is signed in, and for a POST with a session's cookie only where the request shows by
//! `X-CSRF-Token` that it comes from a page of the server's own. The host PIN is in the answer to `join`, and nowhere else.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::{calls, errors, origin};
use crate::app::App;
use crate::config::is_id;
use crate::host::{ChannelId, Host, Person, UserId};
use crate::language::Language;
use crate::video::{BEAT, Join, Refused};

/// The longest body of a request, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 4096;

/// The longest id of a tab, and of a participation, in characters.
const MAX_ID: usize = 64;

/// What is in an answer beside what people read, so that clients can tell what to do.
fn code(refused: &Refused) -> Option<&'static str> {
    match refused {
        Refused::Elsewhere => Some("elsewhere"),
        Refused::Replaced => Some("replaced"),
        Refused::Gone => Some("gone"),
        Refused::Off => Some("off"),
        Refused::NoMember => Some("not_member"),
        Refused::Archived => Some("archived"),
        Refused::NotHere => Some("not_allowed"),
        _ => None,
    }
}

fn status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::NoChannel => StatusCode::NOT_FOUND,
        Refused::NoMember | Refused::Archived | Refused::NotHere => StatusCode::FORBIDDEN,
        Refused::Elsewhere | Refused::Replaced => StatusCode::CONFLICT,
        Refused::Gone => StatusCode::GONE,
        Refused::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Refused::Off | Refused::Full | Refused::Unknown(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

pub(super) fn refused(refused: &Refused, language: Language) -> Response<Body> {
    let mut body = json!({ "error": refused.sentence(language) });
    if let Some(code) = code(refused) {
        body["code"] = code.into();
    }
    let mut answer = errors::response(status(refused), errors::JSON, body.to_string());
    if let Refused::TooMany(wait) = refused {
        errors::retry_after(&mut answer, *wait);
    }
    answer
}

/// Who is signed in, for a request by which something is read.
#[derive(Debug)]
pub(super) struct Reader(pub(super) UserId);

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let user = calls::signed_in(parts).ok_or_else(nobody)?;
        match parts.method {
            Method::GET => Ok(Self(user)),
            _ => Err(errors::method_not_allowed("GET", true)),
        }
    }
}

pub(super) fn nobody() -> Response<Body> {
    let what = "sign in to Mattermost, and with a session's cookie send X-CSRF-Token too";
    errors::answer(StatusCode::UNAUTHORIZED, what, true)
}

/// Who asks, as far as that is known, and what the body says.
async fn posted<H: Host>(
    app: &Arc<App<H>>,
    request: Request<Body>,
    example: &str,
) -> Result<(Option<UserId>, Value), Response<Body>> {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return Err(errors::method_not_allowed("POST", true));
    }
    if !origin::fits(app, &parts).await {
        return Err(origin::refused());
    }
    let bytes = to_bytes(body, MAX_BODY_BYTES).await;
    let bytes = bytes.map_err(|_| errors::too_long(MAX_BODY_BYTES, true))?;
    let read: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if !read.is_object() {
        let what = format!("the body is no JSON object; for example {example}");
        return Err(errors::answer(StatusCode::BAD_REQUEST, &what, true));
    }
    Ok((calls::signed_in(&parts), read))
}

/// The same of somebody who must be known.
pub(super) async fn asked<H: Host>(
    app: &Arc<App<H>>,
    request: Request<Body>,
    example: &str,
) -> Result<(Person, Value), Response<Body>> {
    let (Some(user), read) = posted(app, request, example).await? else {
        return Err(nobody());
    };
    Ok((person(app, &user).await?, read))
}

/// What the server knows of whoever asks.
pub(super) async fn person<H: Host>(app: &App<H>, user: &UserId) -> Result<Person, Response<Body>> {
    app.person(user).await.ok_or_else(|| {
        let what = "Mattermost could not be asked who you are; try again";
        errors::answer(StatusCode::SERVICE_UNAVAILABLE, what, true)
    })
}

/// A text of the body; an empty one where it has none of that name.
pub(super) fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// The body's channel, if it has the form of an id: what has not is no channel's, and no reason to ask the server.
pub(super) fn channel(body: &Value) -> Result<ChannelId, Box<Response<Body>>> {
    let id = text(body, "channelId");
    if is_id(id) {
        return Ok(ChannelId::from(id));
    }
    let what = "channelId must be a channel's id: 26 letters and digits";
    Err(Box::new(errors::answer(
        StatusCode::BAD_REQUEST,
        what,
        true,
    )))
}

/// Lets somebody join.
pub(super) async fn join<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let example = r#"{"channelId": "…", "tab": "a random id of the tab"}"#;
    let (person, body) = match asked(&app, request, example).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let channel = match channel(&body) {
        Ok(channel) => channel,
        Err(answer) => return *answer,
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let tab = text(&body, "tab");
    if tab.is_empty() || tab.len() > MAX_ID || !tab.chars().all(fits) {
        let what = format!("tab must be 1 to {MAX_ID} letters, digits, `-` and `_`");
        return errors::answer(StatusCode::BAD_REQUEST, &what, true);
    }
    let join = Join {
        person: &person,
        channel: &channel,
        tab,
        take_over: body["takeOver"] == true,
    };
    let joined = match app.video().join(join).await {
        Ok(joined) => joined,
        Err(why) => return refused(&why, person.language),
    };
    let node = &joined.settings.node;
    let answer = json!({
        "conference": {
            "origin": node.origin(),
            "node": node.authority(),
            "alias": joined.alias,
            "displayName": joined.display_name,
            "sip": joined.sip,
            "pin": joined.pin,
            "host": joined.host,
            "membersHost": joined.members_host,
            "window": joined.window,
        },
        "participation": joined.participation,
        "beat": BEAT.as_secs(),
    });
    errors::response(StatusCode::OK, errors::JSON, answer.to_string())
}

const PARTICIPATION: &str = r#"{"participation": "what join answered"}"#;

fn done(result: Result<(), Refused>, language: Language) -> Response<Body> {
    match result {
        Ok(()) => errors::response(StatusCode::OK, errors::JSON, "{}"),
        Err(why) => refused(&why, language),
    }
}

/// Their client is in.
pub(super) async fn joined<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    match asked(&app, request, PARTICIPATION).await {
        Ok((person, body)) => {
            let joined = app.video().joined(text(&body, "participation"), &person.id);
            done(joined.await, person.language)
        }
        Err(answer) => answer,
    }
}

/// Their client is still there.
pub(super) async fn beat<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    match posted(&app, request, PARTICIPATION).await {
        Ok((Some(user), body)) => {
            let beat = app.video().beat(text(&body, "participation"), &user).await;
            done(beat, Language::default())
        }
        Ok((None, _)) => nobody(),
        Err(answer) => answer,
    }
}

/// Their client is gone.
pub(super) async fn leave<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    match posted(&app, request, PARTICIPATION).await {
        Ok((user, body)) => {
            let left = app
                .video()
                .leave(text(&body, "participation"), user.as_ref());
            done(left, Language::default())
        }
        Err(answer) => answer,
    }
}

/// The conferences that go on where they are a member.
pub(super) async fn rooms<H: Host>(
    State(app): State<Arc<App<H>>>,
    Reader(user): Reader,
) -> Response<Body> {
    if app.video().settings().is_none() {
        return refused(&Refused::Off, Language::default());
    }
    match app.video().rooms(&user).await {
        Ok(rooms) => {
            let rooms: Vec<_> = rooms
                .iter()
                .map(|room| {
                    let people: Vec<&str> = room.people.iter().map(UserId::as_str).collect();
                    json!({"channelId": room.channel.as_str(), "since": room.since.0, "count": people.len(), "people": people})
                })
                .collect();
            let rooms = Value::from(rooms).to_string();
            errors::response(StatusCode::OK, errors::JSON, rooms)
        }
        Err(error) => refused(&Refused::Unknown(error), Language::default()),
    }
}
