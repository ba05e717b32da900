//! What a node that does not lead has the leader do: requests and commands, whole. So there is one place that permits, does and answers them.
//!
//! A request is done once at most. Where no answer comes, nobody knows whether it was done, and that is what is said.

use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use mattermost_plugin::http::RequestInfo;
use serde::{Deserialize, Serialize};

use super::Node;
use crate::app::{App, BoardHandle};
use crate::cluster::relay::Outcome;
use crate::commands::{Invocation, Response as Spoken};
use crate::host::{Host, UserId};
use crate::http::{Elsewhere, Service, refused};
use crate::language::texts::commands as texts;
use crate::trace;

/// How long a node waits for what it had the leader do. A call may ring that long before anybody knows what becomes of it.
const LIMIT: Duration = Duration::from_secs(30);

/// The longest body of an answer that is handed back, in bytes.
const MAX_ANSWER: usize = 512 * 1024;

/// What the leader is to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Task {
    Http(Asked),
    Command {
        line: String,
        user: String,
        channel: String,
        site_url: String,
        trigger_id: String,
    },
    Forget {
        name: String,
        user: String,
    },
    /// Somebody's test is to show what a phone sent.
    Show(trace::Elsewhere),
}

/// That somebody's test is to show what a phone sent, as it is asked for.
pub(crate) fn shown(seen: trace::Elsewhere) -> Vec<u8> {
    // It has no map whose keys are no text, which is all that could fail.
    serde_json::to_vec(&Task::Show(seen)).unwrap_or_default()
}

/// A request. It may hold secrets: it is never logged.
#[derive(Serialize, Deserialize)]
struct Asked {
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
    target: String,
    remote: String,
    session: String,
    address: String,
}

/// An answer.
#[derive(Serialize, Deserialize)]
struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// What a command says.
#[derive(Serialize, Deserialize)]
struct Said {
    ephemeral: bool,
    text: String,
}

fn written(headers: &HeaderMap) -> Vec<(String, String)> {
    // Each byte as a character, so that any value survives.
    let text = |value: &HeaderValue| value.as_bytes().iter().map(|b| char::from(*b)).collect();
    let headers = headers.iter();
    headers
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

fn read(headers: Vec<(String, String)>) -> HeaderMap {
    let pairs = headers.into_iter().filter_map(|(name, value)| {
        let value: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(&value?).ok()?))
    });
    let mut all = HeaderMap::new();
    for (name, value) in pairs {
        all.append(name, value);
    }
    all
}

impl Asked {
    fn of(request: Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        let info = parts.extensions.get::<RequestInfo>().cloned();
        let info = info.unwrap_or_default();
        Self {
            method: parts.method.as_str().to_owned(),
            uri: parts.uri.to_string(),
            headers: written(&parts.headers),
            body: STANDARD.encode(body),
            target: info.raw_target,
            remote: info.remote_addr,
            session: info.context.session_id,
            address: info.context.ip_address,
        }
    }

    fn into_request(self) -> Option<Request<Body>> {
        let body = STANDARD.decode(self.body).ok()?;
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::from_bytes(self.method.as_bytes()).ok()?;
        *request.uri_mut() = self.uri.parse().ok()?;
        *request.headers_mut() = read(self.headers);
        let mut info = RequestInfo {
            raw_target: self.target,
            remote_addr: self.remote,
            ..RequestInfo::default()
        };
        info.context.session_id = self.session;
        info.context.ip_address = self.address;
        request.extensions_mut().insert(info);
        Some(request)
    }
}

impl Answered {
    async fn of(response: Response<Body>) -> Option<Self> {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, MAX_ANSWER).await.ok()?;
        Some(Self {
            status: parts.status.as_u16(),
            headers: written(&parts.headers),
            body: STANDARD.encode(body),
        })
    }

    fn into_response(self) -> Option<Response<Body>> {
        let body = STANDARD.decode(self.body).ok()?;
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(self.status).ok()?;
        *response.headers_mut() = read(self.headers);
        Some(response)
    }
}

async fn asked(board: &BoardHandle, task: &Task) -> Outcome {
    // A task is text, all of it.
    let body = serde_json::to_vec(task).unwrap_or_default();
    board.ask_leader(body, LIMIT).await
}

/// Has the leader answer requests.
pub(super) fn at_leader<H: Host>(app: &Arc<App<H>>, board: &BoardHandle) -> Elsewhere {
    // Its own service holds it.
    let (app, board) = (Arc::downgrade(app), board.clone());
    Arc::new(move |request| {
        let (app, board) = (app.clone(), board.clone());
        Box::pin(async move { http_at_leader(&app, &board, request).await })
    })
}

async fn http_at_leader<H: Host>(
    app: &Weak<App<H>>,
    board: &BoardHandle,
    request: Request<Bytes>,
) -> Response<Body> {
    let json = request.uri().path().starts_with("/api/");
    let outcome = asked(board, &Task::Http(Asked::of(request))).await;
    let language = app.upgrade().map(|app| app.spoken_language());
    let language = language.unwrap_or_default();
    let what = match outcome {
        Outcome::Done(body) => {
            let answered = serde_json::from_slice::<Answered>(&body).ok();
            match answered.and_then(Answered::into_response) {
                Some(response) => return response,
                None => texts::leader_unknown(language),
            }
        }
        Outcome::NotDone => texts::no_leader(language),
        Outcome::Unknown => texts::leader_unknown(language),
    };
    refused(StatusCode::SERVICE_UNAVAILABLE, &what, json)
}

impl<H: Host> Node<H> {
    /// Has the leader execute a command.
    pub(super) async fn command_at_leader(
        &self,
        app: &App<H>,
        invocation: Invocation<'_>,
    ) -> Spoken {
        let task = Task::Command {
            line: invocation.line.to_owned(),
            user: invocation.user.as_str().to_owned(),
            channel: invocation.channel.to_owned(),
            site_url: invocation.site_url.to_owned(),
            trigger_id: invocation.trigger_id.to_owned(),
        };
        let outcome = asked(&self.lasting.board, &task).await;
        if let Outcome::Done(body) = &outcome
            && let Ok(Said { ephemeral, text }) = serde_json::from_slice(body)
        {
            return Spoken { ephemeral, text };
        }
        let person = app.person(invocation.user).await;
        let language = person.map(|person| person.language).unwrap_or_default();
        Spoken::private(match outcome {
            Outcome::NotDone => texts::no_leader(language),
            Outcome::Done(_) | Outcome::Unknown => texts::leader_unknown(language),
        })
    }

    /// Has the leader forget somebody whose account is deactivated. Where it does not, it finds that out when it asks for their name.
    pub(super) async fn leader_forgets(&self, name: String, user: &UserId) {
        let user = user.as_str().to_owned();
        let task = Task::Forget { name, user };
        if !matches!(asked(&self.lasting.board, &task).await, Outcome::Done(_)) {
            tracing::warn!("the node that leads was not told of an account that was deactivated");
        }
    }

    /// Does what another node asks for.
    pub(super) async fn perform(&self, body: &[u8]) -> Vec<u8> {
        let current = self.current();
        match serde_json::from_slice(body) {
            Ok(Task::Http(asked)) => match asked.into_request() {
                Some(request) => answered(current.service, request).await,
                None => Vec::new(),
            },
            Ok(Task::Command {
                line,
                user,
                channel,
                site_url,
                trigger_id,
            }) => {
                let user = UserId::from(user);
                let invocation = Invocation {
                    line: &line,
                    user: &user,
                    channel: &channel,
                    site_url: &site_url,
                    trigger_id: &trigger_id,
                };
                let Spoken { ephemeral, text } = current.app.execute(invocation).await;
                serde_json::to_vec(&Said { ephemeral, text }).unwrap_or_default()
            }
            Ok(Task::Forget { name, user }) => {
                forget(&current.app, &name, &UserId::from(user)).await;
                Vec::new()
            }
            Ok(Task::Show(seen)) => {
                let app = &current.app;
                app.traces().saw_elsewhere(seen, &app.config());
                Vec::new()
            }
            // Of another version of the plugin: whoever asked is told that nobody knows.
            Err(error) => {
                tracing::warn!("what another node asks for cannot be read: {error}");
                Vec::new()
            }
        }
    }
}

/// Forgets somebody whose account was deactivated.
pub(super) async fn forget<H: Host>(app: &App<H>, name: &str, user: &UserId) {
    app.deactivated(name).await;
    app.people().forget(user);
    app.links().forget(user);
}

async fn answered<H: Host>(mut service: Service<H>, request: Request<Body>) -> Vec<u8> {
    let Ok(response) = tower_service::Service::call(&mut service, request).await;
    match Answered::of(response).await {
        Some(answered) => serde_json::to_vec(&answered).unwrap_or_default(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_and_an_answer_survive_the_way() {
        let mut request = Request::new(Bytes::from(vec![0, 255, b'x']));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = "/api/v1/calls?a=%2F".parse().expect("a path");
        let headers = request.headers_mut();
        headers.insert("mattermost-user-id", HeaderValue::from_static("bob"));
        headers.append("x-two", HeaderValue::from_bytes(b"\xfc").expect("a value"));
        headers.append("x-two", HeaderValue::from_static("2"));
        let info = RequestInfo {
            raw_target: "/plugins/switchboard/api/v1/calls?a=%2F".to_owned(),
            ..RequestInfo::default()
        };
        request.extensions_mut().insert(info);
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let before = request.headers().clone();
        let asked = Asked::of(request);
        let json = serde_json::to_vec(&Task::Http(asked)).expect("JSON");
        let Ok(Task::Http(asked)) = serde_json::from_slice(&json) else {
            panic!("a request");
        };
        let request = asked.into_request().expect("a request");
        assert_eq!((request.method(), request.uri()), (&method, &uri));
        assert_eq!(request.headers(), &before);
        let info = request.extensions().get::<RequestInfo>().expect("kept");
        assert!(info.raw_target.starts_with("/plugins/"));
        let body = to_bytes(request.into_body(), 9).await.expect("a body");
        assert_eq!(&*body, [0, 255, b'x']);

        let mut response = Response::new(Body::from("no"));
        *response.status_mut() = StatusCode::FORBIDDEN;
        let answered = Answered::of(response).await.expect("short");
        let response = answered.into_response().expect("an answer");
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
    }
}
