//! `POST /api/v1/calls` and `POST /api/v1/messages`: calls and texts for whoever is signed in, within what the admin allows.
//!
//! The server names whoever is signed in. For a request with a session's cookie that is no GET, it does so only where the request
//! shows that it comes from a page of the server's own, by `X-CSRF-Token` (or `X-Requested-With`, unless the server is strict); else the
//! request arrives as nobody's (`validateCSRFForPluginRequest` of Mattermost 9.11). That the body must be declared to be JSON
//! keeps other sites' forms out even so.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{USER_ID, errors};
use crate::app::App;
use crate::calls::{Calls, CallsHost, Pbx, Target};
use crate::config::{Setting, labelled};
use crate::host::{Host, Person, UserId};

/// The longest body of a request, in bytes: the longest text with every character escaped, and some room.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Starts a call. 202 says that the PBX took the order; what comes of it stands in a direct message.
pub(super) async fn call<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    match read(&app, request, ["to"]).await {
        Ok((person, [to])) => start(app.calls(), &person, &to).await,
        Err(answer) => answer,
    }
}

/// Sends a text. 202 says that the PBX accepted it, which does not mean that the phone shows it.
pub(super) async fn message<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    match read(&app, request, ["to", "text"]).await {
        Ok((person, [to, text])) => send(app.calls(), &person, &to, &text).await,
        Err(answer) => answer,
    }
}

async fn start<H: CallsHost, P: Pbx>(
    calls: &Arc<Calls<H, P>>,
    person: &Person,
    to: &str,
) -> Response<Body> {
    match calls.call(person, to).await {
        Ok(started) => accepted(
            &started.to,
            json!({ "from": started.from.as_str(), "detail": started.sentence(person.language) }),
        ),
        Err(denied) => errors::denied_in_page(&denied, person.language),
    }
}

async fn send<H: CallsHost, P: Pbx>(
    calls: &Arc<Calls<H, P>>,
    person: &Person,
    to: &str,
    text: &str,
) -> Response<Body> {
    match calls.text(person, to, text).await {
        Ok(sent) => accepted(
            &sent.to,
            json!({ "parts": sent.parts, "detail": sent.sentence(person.language) }),
        ),
        Err(denied) => errors::denied_in_page(&denied, person.language),
    }
}

fn accepted(to: &Target, mut body: Value) -> Response<Body> {
    body["state"] = "accepted".into();
    body["to"] = to.number.as_str().into();
    body["name"] = to.name.as_deref().into();
    errors::response(StatusCode::ACCEPTED, errors::JSON, body.to_string())
}

/// Who asks, and the texts of that name in the body.
async fn read<H: Host, const N: usize>(
    app: &App<H>,
    request: Request<Body>,
    names: [&'static str; N],
) -> Result<(Person, [String; N]), Response<Body>> {
    let take = |fields| texts(fields, names);
    ordered(app, request, true, &example(names), take).await
}

/// Who gives an order, and what `take` makes of the body's fields. `pbx`: the order is for the PBX. `example` is a body that is right.
pub(super) async fn ordered<H: Host, T>(
    app: &App<H>,
    request: Request<Body>,
    pbx: bool,
    example: &str,
    take: impl FnOnce(Map<String, Value>) -> Result<T, String>,
) -> Result<(Person, T), Response<Body>> {
    let (parts, body) = request.into_parts();
    let refuse = |status, what: &str| errors::answer(status, what, true);
    if parts.method != Method::POST {
        return Err(errors::method_not_allowed("POST", true));
    }
    let Some(user) = signed_in(&parts) else {
        let what = "sign in to Mattermost, and with a session's cookie send X-CSRF-Token too";
        return Err(refuse(StatusCode::UNAUTHORIZED, what));
    };
    if pbx && app.config().asterisk.is_none() {
        let setting = app.setting(Setting::AsteriskHost);
        let setting = labelled(setting);
        let what = format!("calls are off: an administrator has to set {setting} in the plugin");
        return Err(refuse(StatusCode::SERVICE_UNAVAILABLE, &what));
    }
    if !is_json(&parts) {
        let what = "the body must be JSON, with the header Content-Type: application/json";
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, what));
    }
    let bytes = to_bytes(body, MAX_BODY_BYTES).await;
    let bytes = bytes.map_err(|_| errors::too_long(MAX_BODY_BYTES, true))?;
    let fields: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| {
        let what = format!("the body is no JSON object; for example {example}");
        refuse(StatusCode::BAD_REQUEST, &what)
    })?;
    let taken = take(fields).map_err(|what| refuse(StatusCode::BAD_REQUEST, &what))?;
    let Some(person) = app.person(&user).await else {
        let what = "Mattermost could not be asked who you are; try again";
        return Err(refuse(StatusCode::SERVICE_UNAVAILABLE, what));
    };
    Ok((person, taken))
}

/// Who is signed in.
pub(super) fn signed_in(parts: &Parts) -> Option<UserId> {
    let user = parts.headers.get(USER_ID)?.to_str().ok()?;
    (!user.is_empty()).then(|| UserId::from(user))
}

fn is_json(parts: &Parts) -> bool {
    let kind = parts.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// The texts of those names. All that miss and all that are no texts are named at once.
fn texts<const N: usize>(
    mut fields: Map<String, Value>,
    names: [&'static str; N],
) -> Result<[String; N], String> {
    let mut wrong = Vec::new();
    let texts = names.map(|name| match fields.remove(name) {
        Some(Value::String(text)) => text,
        None | Some(Value::Null) => {
            wrong.push(format!("{name} is missing"));
            String::new()
        }
        Some(_) => {
            wrong.push(format!("{name} must be a text in quotes"));
            String::new()
        }
    });
    if wrong.is_empty() {
        return Ok(texts);
    }
    Err(format!(
        "{}; for example {}",
        wrong.join(", "),
        example(names)
    ))
}

/// A body that is right.
fn example<const N: usize>(names: [&str; N]) -> String {
    let example = names.map(|name| match name {
        "to" => "\"to\":\"6002\"".to_owned(),
        name => format!("\"{name}\":\"…\""),
    });
    format!("{{{}}}", example.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Refusal;
    use crate::http::tests::pbx::{FakePbx, calls, seen};

    fn bob() -> Person {
        Person {
            id: "bob".into(),
            username: "bob".into(),
            display_name: "Bob Miller".into(),
            language: crate::language::Language::English,
            time_zone: "".into(),
            guest: false,
            admin: false,
            deactivated: false,
        }
    }

    fn json(body: &str) -> Value {
        serde_json::from_str(body).expect("JSON")
    }

    #[tokio::test(start_paused = true)]
    async fn the_details_are_in_the_language_of_whoever_asks() {
        let french = Person {
            language: crate::language::Language::French,
            ..bob()
        };
        let (calls, _) = calls(FakePbx::default());
        let (_, body) = seen(start(&calls, &french, "6002").await).await;
        let detail = json(&body)["detail"].to_string();
        assert!(
            detail.contains("décrochez votre téléphone 6001"),
            "{detail}"
        );
        let (status, body) = seen(start(&calls, &french, "6001").await).await;
        assert_eq!(status, 400);
        let error = json(&body)["error"].to_string();
        assert!(error.contains("votre propre téléphone"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_that_is_taken_is_accepted_and_no_more() {
        let (calls, pbx) = calls(FakePbx::default());
        let (status, body) = seen(start(&calls, &bob(), "6002").await).await;
        assert_eq!(status, 202, "{body}");
        let body = json(&body);
        assert_eq!(body["state"], "accepted");
        assert_eq!(
            (&body["from"], &body["to"]),
            (&json!("6001"), &json!("6002"))
        );
        assert!(
            body["detail"]
                .as_str()
                .is_some_and(|text| text.contains("6002"))
        );
        assert_eq!(pbx.calls.lock().unwrap().len(), 1);

        let (status, body) = seen(send(&calls, &bob(), "@eve", "hi").await).await;
        assert_eq!(status, 202, "{body}");
        let body = json(&body);
        assert_eq!((&body["to"], &body["parts"]), (&json!("6002"), &json!(1)));
        assert_eq!(pbx.texts.lock().unwrap()[0].text, "hi");
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_that_is_not_taken_says_why() {
        let (status, body) = {
            let (calls, _) = calls(FakePbx::default());
            seen(start(&calls, &bob(), "0240404040").await).await
        };
        assert_eq!(status, 403);
        let why = json(&body)["error"].to_string();
        assert!(
            why.contains("“Asterisk: outside numbers people may call”"),
            "{why}"
        );
        for (refusal, expected) in [
            (
                Refusal::NotConnected("the host is unreachable".to_owned()),
                503,
            ),
            (Refusal::Rejected("No such channel.".to_owned()), 502),
        ] {
            let (calls, _) = calls(FakePbx {
                refusal: Some(refusal),
                ..FakePbx::default()
            });
            for answer in [
                start(&calls, &bob(), "6002").await,
                send(&calls, &bob(), "6002", "hi").await,
            ] {
                let (status, body) = seen(answer).await;
                assert_eq!(status, expected, "{body}");
                assert!(json(&body)["error"].is_string(), "{body}");
            }
        }
    }
}
