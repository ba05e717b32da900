//! A phone's request, from its address to its answer.

use std::sync::Arc;
use std::vec;

use axum::body::{Body, to_bytes};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};

use super::auth::{self, Refusal};
use super::tap::{Tap, agent};
use super::{errors, form, raw};
use crate::app::App;
use crate::board::{Event, Report};
use crate::config::Config;
use crate::host::Host;
use crate::sources::phone_urls::{
    self, Body as Posted, IntakeError, MAX_BODY_BYTES, MAX_PATH_BYTES, MAX_QUERY_BYTES,
    PhoneRequest,
};
use crate::trace::Outcome;

const PLACE: &str = "/sip";

/// In place of that, for phones that take few characters only: the short secret stands behind it, and then the same.
const SHORT_PLACE: &str = "/s/";

/// Whether a path is one of the phones'.
pub(super) fn is_phones(path: &str) -> bool {
    let plain = path.strip_prefix(PLACE);
    plain.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        || path.starts_with(SHORT_PLACE)
}

/// Where a phone's request goes. It holds secrets: it is never logged.
struct Address<'a> {
    /// What the intake reads.
    path: &'a str,
    query: &'a str,
    /// What stands in the place of the short secret, where the path is a short one.
    short: Option<&'a str>,
}

/// What stands in an answer that is to do nothing on a phone that wants XML of its own kind.
const NOTHING_IN_XML: &str =
    r#"<AastraIPPhoneExecute><ExecuteItem URI=""/></AastraIPPhoneExecute>"#;

/// How a phone is to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// With nothing, or a line that says what is wrong.
    Plain,
    /// With XML that does nothing: the phone shows anything else to its user as an error, at every ring.
    Xml,
}

impl Style {
    /// What the phone that makes this request wants.
    pub(super) fn of(parts: &Parts) -> Self {
        if phone_urls::wants_xml(agent(parts)) {
            return Self::Xml;
        }
        Self::Plain
    }

    /// The answer as the phone wants it. Its status stays, and why it is refused is seen by `/phone test`.
    pub(super) fn dress(self, mut answer: Response<Body>) -> Response<Body> {
        if self == Self::Xml {
            let kind = HeaderValue::from_static("text/xml");
            answer.headers_mut().insert(CONTENT_TYPE, kind);
            *answer.body_mut() = Body::from(NOTHING_IN_XML);
        }
        answer
    }
}

/// Answers a request whose body does not matter. `Err` gives back events that did not fit into the board's
/// queue: [`submit`] waits for them.
pub(super) fn without_body<H: Host>(
    app: &Arc<App<H>>,
    parts: &Parts,
) -> Result<Response<Body>, vec::IntoIter<Event>> {
    read_without_body(app, parts).map(|answer| counted(app, Style::of(parts).dress(answer)))
}

/// The answer, which is counted.
pub(super) fn counted<H: Host>(app: &App<H>, answer: Response<Body>) -> Response<Body> {
    app.phone_counts().answered(answer.status());
    answer
}

fn read_without_body<H: Host>(
    app: &Arc<App<H>>,
    parts: &Parts,
) -> Result<Response<Body>, vec::IntoIter<Event>> {
    let config = app.config();
    let Address { path, query, short } = address(app, parts);
    let tap = tap(app, &config, parts, (path, query, short));
    if let Err(refusal) = auth::phone_url(&config, short, query, parts) {
        tap.saw(|| outcome(&refusal));
        return Ok(auth::counted(app, parts, refusal).answer(app, false));
    }
    if let Some(refusal) = refuse(parts, path, query) {
        return Ok(tap.refused(refusal));
    }
    let request = PhoneRequest {
        path,
        query,
        body: Posted::None,
        agent: agent(parts),
    };
    let read = phone_urls::read(&request, &config.numbers_users);
    tap.saw(|| understood(&read));
    let mut events = match read {
        Ok(reports) => events(app, reports),
        Err(error) => return Ok(answer(&error)),
    };
    while let Some(event) = events.next() {
        if let Err(event) = app.try_submit(event) {
            let rest: Vec<Event> = [*event].into_iter().chain(events).collect();
            return Err(rest.into_iter());
        }
    }
    Ok(Response::new(Body::empty()))
}

/// Hands events to the board, waiting for a place in its queue.
pub(super) async fn submit<H: Host>(
    app: &Arc<App<H>>,
    events: impl IntoIterator<Item = Event>,
) -> Response<Body> {
    for event in events {
        if let Err(stopped) = app.submit(event).await {
            let what = stopped.to_string();
            return errors::answer(StatusCode::SERVICE_UNAVAILABLE, &what, false);
        }
    }
    Response::new(Body::empty())
}

/// Answers a request that posts something.
pub(super) async fn with_body<H: Host>(
    app: &Arc<App<H>>,
    parts: &Parts,
    body: Body,
) -> Response<Body> {
    let answer = read_with_body(app, parts, body).await;
    counted(app, Style::of(parts).dress(answer))
}

async fn read_with_body<H: Host>(app: &Arc<App<H>>, parts: &Parts, body: Body) -> Response<Body> {
    let config = app.config();
    let Address { path, query, short } = address(app, parts);
    let tap = tap(app, &config, parts, (path, query, short));
    let known = auth::phone_url(&config, short, query, parts);
    let unauthorized = |read, body| {
        tap.saw_with(read, body, || Outcome::WrongSecret);
        auth::counted(app, parts, Refusal::Unauthorized).answer(app, false)
    };
    if known == Err(Refusal::NoSecretSet) {
        tap.saw(|| outcome(&Refusal::NoSecretSet));
        return Refusal::NoSecretSet.answer(app, false);
    }
    if known.is_ok()
        && let Some(refusal) = refuse(parts, path, query)
    {
        return tap.refused(refusal);
    }
    let is_form = form::is_form(parts);
    // A short path has its secret itself.
    if known.is_err() && (!is_form || short.is_some()) {
        return unauthorized(Posted::None, b"");
    }
    let Ok(bytes) = to_bytes(body, MAX_BODY_BYTES).await else {
        // Who has not shown the secret learns nothing of limits.
        if known.is_err() {
            return unauthorized(Posted::None, b"");
        }
        let what = format!("the body is longer than {MAX_BODY_BYTES} bytes, or broke off");
        let answer = errors::answer(StatusCode::PAYLOAD_TOO_LARGE, &what, false);
        return tap.refused((what, answer));
    };
    let form = if is_form {
        std::str::from_utf8(&bytes).ok()
    } else {
        None
    };
    if known.is_err() {
        if !form.is_some_and(|form| auth::in_pairs(&config.phones_secret, form)) {
            return unauthorized(form.map_or(Posted::None, Posted::Form), &bytes);
        }
        if let Some(refusal) = refuse(parts, path, query) {
            return tap.refused(refusal);
        }
    }
    let is_polycom = path.split('/').next() == Some(phone_urls::POLYCOM);
    let request = PhoneRequest {
        path,
        query,
        body: match form {
            _ if is_polycom => Posted::Posted(&bytes),
            Some(form) => Posted::Form(form),
            None => Posted::None,
        },
        agent: agent(parts),
    };
    let read = phone_urls::read(&request, &config.numbers_users);
    tap.saw_with(request.body, &bytes, || understood(&read));
    match read {
        Ok(reports) => submit(app, events(app, reports)).await,
        Err(error) => answer(&error),
    }
}

fn events<H: Host>(app: &App<H>, reports: Vec<Report>) -> vec::IntoIter<Event> {
    app.phone_counts().reported(reports.len());
    let events: Vec<Event> = reports.into_iter().map(Event::from).collect();
    events.into_iter()
}

/// What shows a request to those who watch.
fn tap<'a, H>(
    app: &'a App<H>,
    config: &'a Config,
    parts: &'a Parts,
    (path, query, short): (&'a str, &'a str, Option<&str>),
) -> Tap<'a, H> {
    Tap {
        app,
        config,
        parts,
        place: if short.is_some() { "/s/…/" } else { "/sip/" },
        path,
        query,
    }
}

/// What a request meant, for those who watch.
fn understood(read: &Result<Vec<Report>, IntakeError>) -> Outcome {
    match read {
        Ok(reports) => Outcome::Understood(reports.clone()),
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

/// Why it was not let in, for those who watch.
fn outcome(refusal: &Refusal) -> Outcome {
    match refusal {
        Refusal::NoSecretSet => Outcome::Refused("no secret is set for phones".to_owned()),
        _ => Outcome::WrongSecret,
    }
}

/// The address as the client wrote it, or else, where the client escaped what the server's router did not mind, as it was handed
/// on.
fn address<'a, H: Host>(app: &App<H>, parts: &'a Parts) -> Address<'a> {
    let (path, query) = raw(parts, app.id());
    let (short, path) = [path, parts.uri.path()]
        .into_iter()
        .find_map(place)
        .unwrap_or_default();
    Address { path, query, short }
}

/// What stands in the short secret's place, if it has one, and what the intake reads of a path.
fn place(path: &str) -> Option<(Option<&str>, &str)> {
    if let Some(rest) = path.strip_prefix(SHORT_PLACE) {
        let (short, rest) = rest.split_once('/').unwrap_or((rest, ""));
        return Some((Some(short), rest));
    }
    let rest = path.strip_prefix(PLACE)?;
    match rest.strip_prefix('/') {
        Some(rest) => Some((None, rest)),
        None => rest.is_empty().then_some((None, "")),
    }
}

/// What is refused to those who know the secret, too: why, and the answer.
fn refuse(parts: &Parts, path: &str, query: &str) -> Option<(String, Response<Body>)> {
    for (what, length, limit) in [
        ("query", query.len(), MAX_QUERY_BYTES),
        ("path", path.len(), MAX_PATH_BYTES),
    ] {
        if length > limit {
            let what = format!("the {what} is longer than {limit} bytes");
            let answer = errors::answer(StatusCode::URI_TOO_LONG, &what, false);
            return Some((what, answer));
        }
    }
    if parts.method != Method::GET && parts.method != Method::POST {
        let what = "method not allowed".to_owned();
        return Some((what, errors::method_not_allowed("GET, POST", false)));
    }
    None
}

fn answer(error: &IntakeError) -> Response<Body> {
    let status = match error {
        IntakeError::UnknownAction(_) => StatusCode::NOT_FOUND,
        IntakeError::Malformed(_) => StatusCode::BAD_REQUEST,
        IntakeError::WantsPost => return errors::method_not_allowed("POST", false),
    };
    errors::answer(status, &error.to_string(), false)
}
