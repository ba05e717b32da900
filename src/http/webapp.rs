//! `GET /api/v1/webapp`: what the plugin's part in Mattermost's own webapp has for whoever is signed in. Nothing in it is secret.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::video::{self, Reader};
use super::{errors, phone};
use crate::app::App;
use crate::host::Host;

/// The program's version, which is the manifest's.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What there is.
pub(super) async fn webapp<H: Host>(
    State(app): State<Arc<App<H>>>,
    Reader(user): Reader,
) -> Response<Body> {
    let person = match video::person(&app, &user).await {
        Ok(person) => person,
        Err(answer) => return answer,
    };
    let body = json!({
        "id": app.id(),
        "version": VERSION,
        "language": person.language.code(),
        "video": conferences(&app),
        "phone": phone::settings(&app, &person).await,
    });
    errors::response(StatusCode::OK, errors::JSON, body.to_string())
}

/// How much of a channel's id is told to whoever may not be a member of it, in characters of its 26: rooms may be called by ids, and
/// what is left out (16 characters of 32 signs: 80 bits) nobody guesses.
const BEGINNING: usize = 10;

/// What ids begin with: enough to see which of one's own channels is meant.
fn beginnings(ids: &BTreeSet<Box<str>>) -> Vec<&str> {
    let mut all: Vec<_> = ids
        .iter()
        .map(|id| id.get(..BEGINNING).unwrap_or(id))
        .collect();
    all.dedup();
    all
}

/// Video conferences, where there is a node.
fn conferences<H: Host>(app: &App<H>) -> Option<Value> {
    let settings = app.video().settings()?;
    let kinds = settings.kinds;
    Some(json!({
        "embedded": settings.embedded,
        "node": settings.node.authority(),
        "origin": settings.node.origin(),
        "displayNameType": settings.display_name.word(),
        "kinds": {"channels": kinds.channels, "direct": kinds.direct, "group": kinds.group},
        "filter": settings.filter.as_ref().map(beginnings),
    }))
}
