//! What the phone panel of Mattermost's page asks and orders: `/api/v1/phone`, `/api/v1/calls/control`, `/api/v1/queues` and
//! `/api/v1/phone/dnd`. All of it is by session; how a session proves that its own page asks stands in [`calls`](super::calls).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::calls::{ordered, signed_in};
use super::errors;
use crate::app::{Access, App, History};
use crate::board::{CallRecord, LineView, Name, Snapshot, Source};
use crate::calls::{AgentAction, Control, Wish, is_own_line};
use crate::commands::switch_dnd;
use crate::config::labelled;
use crate::host::{Host, Person};
use crate::live::SourceState;

/// The most ended calls that somebody is told of their own.
const MAX_RECENT: usize = 20;

/// So many of everybody's newest calls that ended are looked through for those.
const MAX_LOOKED: usize = 2_000;

/// What is shown to somebody of their phone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Phone<'a> {
    user: &'a str,
    /// The board's names of their lines.
    lines: Vec<&'a Name>,
    /// Their lines as they are, for who may not see the board.
    own: Vec<LineView>,
    extensions: Vec<String>,
    /// Their calls that ended, the newest first.
    recent: Vec<Arc<CallRecord>>,
    queues: Vec<Queue<'a>>,
    may_call: bool,
    may_control: bool,
    /// What they can do to calls at this moment: the webapp's settings are older.
    controls: Vec<&'static str>,
    /// Why nobody can call from here, in words.
    why_not: Option<String>,
    board: bool,
    /// Those that tell of lines and queues over a connection.
    sources: Vec<SourceState>,
    dnd: bool,
    /// The hosts whose pages may be shown in a frame, as a Content-Security-Policy has them.
    frame_hosts: Vec<Box<str>>,
}

/// A queue, and what they are in it.
#[derive(Serialize)]
struct Queue<'a> {
    name: &'a str,
    source: Source,
    title: &'a str,
    r#in: bool,
    paused: bool,
    reason: Option<&'a str>,
    waiting: usize,
}

/// What `GET /api/v1/webapp` tells of the phone; nothing where there is none for that person.
pub(super) async fn settings<H: Host>(app: &App<H>, person: &Person) -> Option<Value> {
    let bundle = app.bundle();
    if !bundle.has_asterisk() || person.guest || person.deactivated {
        return None;
    }
    let board = app.access(&person.id).await == Access::Granted;
    let calls = app.config().asterisk.is_some() && app.calls().extension_of(person).is_ok();
    let controls: Vec<_> = controls(app, calls, board);
    let pages = board && !app.config().callbacks.page.is_empty();
    (board || calls).then(
        || json!({ "board": board, "calls": calls, "controls": controls, "callbackPages": pages }),
    )
}

/// What somebody can do to calls. Whoever does not see the board knows of no colleague's call.
fn controls<H: Host>(app: &App<H>, calls: bool, board: bool) -> Vec<&'static str> {
    let all = if calls {
        app.calls().controls()
    } else {
        Vec::new()
    };
    let all = all.into_iter().filter(|c| board || *c != Control::Pickup);
    all.map(Control::name).collect()
}

/// Somebody's own phone.
pub(super) async fn phone<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    if let Some(answer) = errors::unless_reading(&parts.method, true) {
        return answer;
    }
    let Some(user) = signed_in(&parts) else {
        return errors::answer(StatusCode::UNAUTHORIZED, "sign in to Mattermost", true);
    };
    let Some(person) = app.person(&user).await else {
        let what = "Mattermost could not be asked who you are; try again";
        return errors::answer(StatusCode::SERVICE_UNAVAILABLE, what, true);
    };
    let board = match app.snapshot().await {
        Ok(board) => board,
        Err(stopped) => return unavailable(&stopped.to_string()),
    };
    let newest = History {
        most: MAX_LOOKED,
        ..History::default()
    };
    let recent = match app.history_for_viewers(newest).await {
        Ok(ended) => recent(ended.calls, &person),
        Err(stopped) => return unavailable(&stopped.to_string()),
    };
    let access = app.access(&user).await == Access::Granted;
    let config = app.config();
    let extension = app.calls().extension_of(&person);
    let may_call = extension.is_ok() && !person.guest;
    let controls = controls(&app, may_call, access);
    let own: Vec<&LineView> = own_lines(&board, &person).collect();
    let shown = |line: &&LineView| {
        let mut line = LineView::clone(line);
        config.board.numbers.line(&mut line);
        line
    };
    let answer = Phone {
        user: user.as_str(),
        lines: own.iter().map(|line| &line.user).collect(),
        own: own.iter().map(shown).collect(),
        recent,
        queues: queues(&board, &person, access),
        may_call,
        may_control: !controls.is_empty(),
        controls,
        why_not: extension
            .as_ref()
            .err()
            .map(|denied| labelled(&denied.sentence(person.language)).into_owned()),
        extensions: extension.iter().map(ToString::to_string).collect(),
        board: access,
        sources: app.live().sources(),
        dnd: own.iter().any(|line| line.state.dnd),
        frame_hosts: config.callbacks.frame_hosts.to_vec(),
    };
    match serde_json::to_string(&answer) {
        Ok(json) => errors::response(StatusCode::OK, errors::JSON, json),
        Err(error) => {
            tracing::error!(%error, "a phone could not be written as JSON");
            errors::answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                "it could not be written",
                true,
            )
        }
    }
}

fn own_lines<'a>(board: &'a Snapshot, person: &Person) -> impl Iterator<Item = &'a LineView> {
    let lines = board.lines.iter();
    lines.filter(|line| is_own_line(person, &line.user))
}

/// The calls on somebody's line, or answered by them in a queue.
fn recent(calls: Vec<Arc<CallRecord>>, person: &Person) -> Vec<Arc<CallRecord>> {
    let own = calls.into_iter().filter(|call| {
        let mut names = [&call.line, &call.agent].into_iter().flatten();
        names.any(|name| is_own_line(person, name))
    });
    own.take(MAX_RECENT).collect()
}

/// The queues: all of them for who sees the board, else those that they are in.
fn queues<'a>(board: &'a Snapshot, person: &Person, access: bool) -> Vec<Queue<'a>> {
    let queues = board.queues.iter().filter_map(|queue| {
        let mut agents = queue.agents.iter();
        let own = agents.find(|agent| is_own_line(person, &agent.name));
        (access || own.is_some()).then(|| Queue {
            name: &queue.name,
            source: queue.source,
            title: queue.shown(),
            r#in: own.is_some(),
            paused: own.is_some_and(|own| own.paused),
            reason: own.and_then(|own| own.reason.as_deref()),
            waiting: queue.waiting.len(),
        })
    });
    queues.collect()
}

/// Does something to a call.
pub(super) async fn control<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let example = r#"{"line":"bob","call":17,"action":"transfer","to":"6002"}"#;
    let (person, asked) =
        match ordered(&app, request, true, example, |fields| Asked::read(&fields)).await {
            Ok(asked) => asked,
            Err(answer) => return answer,
        };
    if asked.control == Control::Pickup && app.access(&person.id).await != Access::Granted {
        let what = "only members of the phones' channel may take over calls of others";
        return errors::answer(StatusCode::FORBIDDEN, what, true);
    }
    let board = match app.snapshot().await {
        Ok(board) => board,
        Err(stopped) => return unavailable(&stopped.to_string()),
    };
    let wish = Wish {
        line: &asked.line,
        call: asked.call,
        control: asked.control,
        to: &asked.to,
        with: asked.with,
    };
    match app.calls().control(&person, &board, wish).await {
        Ok(done) => detail(&done.sentence(person.language)),
        Err(denied) => errors::denied_in_page(&denied, person.language),
    }
}

/// What is asked of a call.
#[derive(Debug, PartialEq)]
struct Asked {
    line: String,
    call: u64,
    control: Control,
    to: String,
    with: Option<u64>,
}

impl Asked {
    fn read(fields: &Map<String, Value>) -> Result<Self, String> {
        let number = |name: &str| match fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or_else(|| {
                format!("{name} must be the number of a call, as the board has it in id")
            }),
        };
        let known = Control::ALL.map(Control::name).join(", ");
        let control = Control::from_name(text(fields, "action")?)
            .ok_or_else(|| format!("action must be one of {known}"))?;
        let to = match control {
            Control::Transfer => text(fields, "to")?,
            _ => "",
        };
        Ok(Self {
            line: text(fields, "line")?.to_owned(),
            call: number("call")?.ok_or("call is missing: the number of a call")?,
            control,
            to: to.to_owned(),
            with: number("with")?,
        })
    }
}

/// The text of that name.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text),
        None | Some(Value::Null) => Err(format!("{name} is missing")),
        Some(_) => Err(format!("{name} must be a text in quotes")),
    }
}

/// Joins a queue, leaves it, pauses in it.
pub(super) async fn queue<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let example = r#"{"queue":"support","action":"pause","reason":"lunch"}"#;
    let (person, (queue, action)) =
        match ordered(&app, request, true, example, |fields| agent(&fields)).await {
            Ok(asked) => asked,
            Err(answer) => return answer,
        };
    let board = match app.snapshot().await {
        Ok(board) => board,
        Err(stopped) => return unavailable(&stopped.to_string()),
    };
    let queue = queue.as_deref();
    match app
        .calls()
        .agent(&person, &board.queues, queue, action)
        .await
    {
        Ok(done) => detail(&done.sentence(person.language)),
        Err(denied) => errors::denied_in_page(&denied, person.language),
    }
}

/// What is asked of a queue: of all that they are in where none is named.
fn agent(fields: &Map<String, Value>) -> Result<(Option<String>, AgentAction), String> {
    let optional = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(fields, name).map(|text| Some(text.to_owned())),
    };
    let action = match text(fields, "action")? {
        "join" => AgentAction::Login,
        "leave" => AgentAction::Logout,
        "pause" => AgentAction::Pause {
            reason: optional("reason")?,
        },
        "resume" => AgentAction::Unpause,
        _ => return Err("action must be one of join, leave, pause, resume".to_owned()),
    };
    Ok((optional("queue")?, action))
}

/// Switches do-not-disturb.
pub(super) async fn dnd<H: Host>(
    State(app): State<Arc<App<H>>>,
    request: Request<Body>,
) -> Response<Body> {
    let on = |fields: Map<String, Value>| match fields.get("on") {
        Some(Value::Bool(on)) => Ok(*on),
        _ => Err("on must be true or false".to_owned()),
    };
    match ordered(&app, request, false, r#"{"on":true}"#, on).await {
        Ok((person, on)) => detail(&switch_dnd(&app, &person, on).await),
        Err(answer) => answer,
    }
}

/// It was done: a sentence for whoever wanted it.
fn detail(sentence: &str) -> Response<Body> {
    let body = json!({ "detail": sentence }).to_string();
    errors::response(StatusCode::OK, errors::JSON, body)
}

fn unavailable(what: &str) -> Response<Body> {
    errors::answer(StatusCode::SERVICE_UNAVAILABLE, what, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(
        body: &str,
        take: impl FnOnce(&Map<String, Value>) -> Result<T, String>,
    ) -> Result<T, String> {
        take(&serde_json::from_str(body).expect("an object"))
    }

    #[test]
    fn an_order_about_a_call_names_what_is_wrong() {
        let good = r#"{"line":"bob","call":17,"action":"transfer","to":"6002"}"#;
        let asked = Asked {
            line: "bob".to_owned(),
            call: 17,
            control: Control::Transfer,
            to: "6002".to_owned(),
            with: None,
        };
        assert_eq!(read(good, Asked::read), Ok(asked));
        let join = r#"{"line":"bob","call":17,"action":"join","with":18,"to":7}"#;
        let joined = read(join, Asked::read).expect("good");
        assert_eq!((joined.with, &*joined.to), (Some(18), ""));
        for (body, says) in [
            ("{}", "action is missing"),
            (
                r#"{"action":"explode"}"#,
                "hangup, refuse, transfer, park, join, pickup",
            ),
            (r#"{"action":"hangup","call":1}"#, "line is missing"),
            (r#"{"action":"hangup","line":"bob"}"#, "call is missing"),
            (
                r#"{"action":"hangup","line":"bob","call":"17"}"#,
                "call must be the number",
            ),
            (
                r#"{"action":"hangup","line":"bob","call":-1}"#,
                "call must be the number",
            ),
            (
                r#"{"action":"transfer","line":"bob","call":1}"#,
                "to is missing",
            ),
            (
                r#"{"action":"join","line":"bob","call":1,"with":[]}"#,
                "with must be",
            ),
            (
                r#"{"action":"hangup","line":["bob"],"call":1}"#,
                "line must be a text",
            ),
        ] {
            let why = read(body, Asked::read).expect_err(body);
            assert!(why.contains(says), "{body}: {why}");
        }
    }

    #[test]
    fn a_wish_about_a_queue_is_read() {
        let pause = AgentAction::Pause {
            reason: Some("lunch".to_owned()),
        };
        let body = r#"{"action":"pause","reason":"lunch"}"#;
        assert_eq!(read(body, agent), Ok((None, pause)));
        let body = r#"{"action":"join","queue":"support"}"#;
        let join = (Some("support".to_owned()), AgentAction::Login);
        assert_eq!(read(body, agent), Ok(join));
        assert!(read(r#"{"action":"login"}"#, agent).is_err());
        assert!(read(r#"{"action":"pause","reason":1}"#, agent).is_err());
    }
}
