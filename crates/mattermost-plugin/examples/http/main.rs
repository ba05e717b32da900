//! An HTTP API with axum: a poll in which people who are signed in vote, and which system administrators close.
//!
//! - `GET /plugins/com.example.http/poll` says how it stands, as JSON;
//! - `POST …/poll/{choice}` votes, for one's own account;
//! - `DELETE …/poll` begins anew.
//!
//! Votes last as long as the process. The example `kv` shows how to keep something.

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    routing::{get, post},
};
use mattermost_plugin::{
    Api, Hook, Plugin,
    error::HookError,
    http::{HttpService, user_id},
    model::permission::MANAGE_SYSTEM,
};

/// What can be voted for.
const CHOICES: [&str; 3] = ["pizza", "salad", "soup"];

struct Poll {
    api: Api,
    /// Which choice each user made, by their ids.
    votes: Mutex<BTreeMap<String, &'static str>>,
}

impl Plugin for Poll {
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let votes = Mutex::default();
        Ok(Self { api, votes })
    }

    fn http(self: &Arc<Self>) -> HttpService {
        // Paths come without `/plugins/<id>`.
        let router = Router::new()
            .route("/poll", get(result).delete(close))
            .route("/poll/{choice}", post(vote))
            .with_state(Arc::clone(self));
        HttpService::new(router)
    }
}

/// The id of whoever is signed in; 401 for all others.
///
/// For everything but GET the server signs a browser's request in only if it carries a token against forgery, so another site
/// cannot vote in its visitors' names. For GET it does not ask: let GETs change nothing.
struct SignedIn(String);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let id = user_id(&parts.headers);
        let id = id.ok_or((StatusCode::UNAUTHORIZED, "Sign in to Mattermost first."))?;
        Ok(Self(id.to_owned()))
    }
}

type Counts = BTreeMap<&'static str, usize>;

async fn result(State(poll): State<Arc<Poll>>) -> Json<Counts> {
    let mut counts = CHOICES
        .map(|choice| (choice, 0))
        .into_iter()
        .collect::<Counts>();
    // What a panic left behind here is still a table of votes.
    let votes = poll.votes.lock().unwrap_or_else(PoisonError::into_inner);
    for choice in votes.values() {
        *counts.entry(choice).or_default() += 1;
    }
    Json(counts)
}

async fn vote(
    State(poll): State<Arc<Poll>>,
    SignedIn(user): SignedIn,
    Path(choice): Path<String>,
) -> Result<StatusCode, (StatusCode, &'static str)> {
    let choice = CHOICES.into_iter().find(|known| **known == choice);
    let choice = choice.ok_or((StatusCode::NOT_FOUND, "That is not on the menu."))?;
    let mut votes = poll.votes.lock().unwrap_or_else(PoisonError::into_inner);
    votes.insert(user, choice);
    Ok(StatusCode::NO_CONTENT)
}

async fn close(
    State(poll): State<Arc<Poll>>,
    SignedIn(user): SignedIn,
) -> Result<StatusCode, (StatusCode, String)> {
    let may = poll.api.has_permission_to(&user, MANAGE_SYSTEM).await;
    // The server was asked and did not answer: that is no permission.
    let may = may.map_err(|e| (StatusCode::BAD_GATEWAY, e.to_string()))?;
    if !may {
        let why = "Only a system administrator may do that.";
        return Err((StatusCode::FORBIDDEN, why.to_owned()));
    }
    let mut votes = poll.votes.lock().unwrap_or_else(PoisonError::into_inner);
    votes.clear();
    Ok(StatusCode::NO_CONTENT)
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Poll>()
}
