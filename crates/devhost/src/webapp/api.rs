//! Mattermost's own API, as far as the page and plugins' webapps use it. Whoever asks is signed in.

use axum::{
    Extension, Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Host, files::bundle_name, view};
use crate::{
    host::State as PluginState,
    page::refused,
    world::{AppError, Post, Session, User, World},
};

/// Posts that a channel's page has.
const LATEST: usize = 60;

/// What a search finds at most.
const FOUND: usize = 100;

fn answer(result: Result<Value, AppError>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(e) => refused(&e),
    }
}

fn forbidden() -> AppError {
    let id = "api.context.permissions.app_error";
    let words = "You do not have the appropriate permissions.";
    AppError::new("Permissions", id, words, 403)
}

fn admin(world: &World, session: &Session) -> Result<(), AppError> {
    let is_admin = world.user(&session.user_id)?.is_admin();
    is_admin.then_some(()).ok_or_else(forbidden)
}

fn member(world: &World, session: &Session, channel: &str) -> Result<(), AppError> {
    let inside = world.is_member(channel, &session.user_id) || admin(world, session).is_ok();
    inside.then_some(()).ok_or_else(forbidden)
}

/// `GET /api/v4/plugins/webapp`: those that are enabled and have something to load. One whose process broke down stays among them, and on
/// pages, until it is started again, as in Mattermost.
pub(super) async fn webapps(State(host): State<Host>) -> Json<Value> {
    let enabled = matches!(
        host.plugin.state(),
        PluginState::Running | PluginState::Dead
    );
    let script = enabled.then(|| bundle_name(&host)).flatten();
    let made = script.map(|script| {
        let path = format!("/static/plugins/{}/{script}", host.id);
        json!([{ "id": host.id, "version": host.bundle.version(), "webapp": { "bundle_path": path } }])
    });
    Json(made.unwrap_or_else(|| json!([])))
}

/// `GET /api/v4/plugins`
pub(super) async fn plugins(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
) -> Response {
    let made = admin(&host.world, &session);
    answer(made.map(|()| json!({ "active": [view::manifest(&host)], "inactive": [] })))
}

/// `GET /api/v4/users/{user}`, or of `me`.
pub(super) async fn user(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
    Path(user): Path<String>,
) -> Response {
    let id = if user == "me" {
        &session.user_id
    } else {
        &user
    };
    answer(host.world.user(id).map(|user| json!(user)))
}

/// `POST /api/v4/users/ids`
pub(super) async fn users_by_ids(
    State(host): State<Host>,
    Json(ids): Json<Vec<String>>,
) -> Json<Value> {
    let found: Vec<User> = ids
        .iter()
        .filter_map(|id| host.world.user(id).ok())
        .collect();
    Json(json!(found))
}

/// `POST /api/v4/users/usernames`
pub(super) async fn users_by_names(
    State(host): State<Host>,
    Json(names): Json<Vec<String>>,
) -> Json<Value> {
    let names = names.iter();
    let found: Vec<User> = names
        .filter_map(|name| host.world.user_by_name(name).ok())
        .collect();
    Json(json!(found))
}

#[derive(Deserialize)]
pub(super) struct Search {
    term: String,
}

impl Search {
    fn finds(&self, texts: &[&str]) -> bool {
        let term = self.term.to_lowercase();
        texts.iter().any(|text| text.to_lowercase().contains(&term))
    }
}

/// `POST /api/v4/users/search`
pub(super) async fn search_users(
    State(host): State<Host>,
    Json(search): Json<Search>,
) -> Json<Value> {
    let names = |user: &User| {
        let full = format!("{} {}", user.first_name, user.last_name);
        search.finds(&[&user.username, &full, &user.nickname])
    };
    let found = host.world.users().into_iter().filter(names).take(FOUND);
    Json(json!(found.collect::<Vec<_>>()))
}

/// `GET /api/v4/teams`
pub(super) async fn teams(State(host): State<Host>) -> Json<Value> {
    let channels = host.world.channels().into_iter();
    let mut teams: Vec<_> = channels
        .filter_map(|channel| host.world.team(&channel.team_id).ok())
        .collect();
    teams.sort_by(|one, other| one.id.cmp(&other.id));
    teams.dedup();
    Json(json!(teams))
}

/// `GET /api/v4/teams/{team}`
pub(super) async fn team(State(host): State<Host>, Path(team): Path<String>) -> Response {
    answer(host.world.team(&team).map(|team| json!(team)))
}

/// `POST /api/v4/channels/search`: those of all teams, with the teams' names, for admins only.
pub(super) async fn search_channels(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
    Json(search): Json<Search>,
) -> Response {
    let world = &host.world;
    let found = admin(world, &session).map(|()| {
        let channels = world.channels().into_iter();
        let channels = channels
            .filter(|channel| ["O", "P"].contains(&channel.kind))
            .filter(|channel| search.finds(&[&channel.name, &channel.display_name]))
            .take(FOUND);
        let with_team = channels.map(|channel| {
            let mut value = view::channel(world, &session.user_id, &channel);
            if let Ok(team) = world.team(&channel.team_id) {
                value["team_name"] = team.name.into();
                value["team_display_name"] = team.display_name.into();
            }
            value
        });
        json!(with_team.collect::<Vec<_>>())
    });
    answer(found)
}

/// `GET /api/v4/channels/{channel}`
pub(super) async fn channel(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
    Path(id): Path<String>,
) -> Response {
    let world = &host.world;
    let found = world.channel(&id).and_then(|channel| {
        member(world, &session, &id)?;
        Ok(view::channel(world, &session.user_id, &channel))
    });
    answer(found)
}

/// `GET /api/v4/channels/{channel}/posts`: the latest, the newest first.
pub(super) async fn posts(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
    Path(id): Path<String>,
) -> Response {
    let world = &host.world;
    answer(member(world, &session, &id).map(|()| {
        let posts = world.posts().into_iter().rev();
        let posts: Vec<_> = posts
            .filter(|post| post.channel_id == id && post.delete_at == 0)
            .take(LATEST)
            .map(|post| post.for_clients())
            .collect();
        let order: Vec<_> = posts.iter().map(|post| post.id.clone()).collect();
        let posts: Map<String, Value> = posts
            .iter()
            .map(|post| (post.id.clone(), json!(post)))
            .collect();
        json!({ "order": order, "posts": posts })
    }))
}

#[derive(Deserialize)]
pub(super) struct NewPost {
    channel_id: String,
    message: String,
}

/// `POST /api/v4/posts`
pub(super) async fn create_post(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
    Json(new): Json<NewPost>,
) -> Response {
    let world = &host.world;
    let made = member(world, &session, &new.channel_id).and_then(|()| {
        world.create_post(Post {
            user_id: session.user_id.clone(),
            channel_id: new.channel_id,
            message: new.message,
            ..Post::default()
        })
    });
    answer(made.map(|post| json!(post.for_clients())))
}

#[derive(Deserialize)]
pub(super) struct CommandLine {
    channel_id: String,
    command: String,
}

/// `POST /api/v4/commands/execute`
pub(super) async fn command(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
    Json(line): Json<CommandLine>,
) -> Response {
    if let Err(e) = member(&host.world, &session, &line.channel_id) {
        return refused(&e);
    }
    let (user, channel) = (&session.user_id, &line.channel_id);
    let done = host.command(user, channel, line.command.trim()).await;
    answer(done.map(|response| json!(response)))
}

/// `GET /api/v4/config`: the plugin's settings.
pub(super) async fn config(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
) -> Response {
    answer(admin(&host.world, &session).map(|()| {
        let settings = host.world.plugin_settings(&host.id);
        json!({ "PluginSettings": { "Plugins": { &host.id: settings } } })
    }))
}

/// `PUT /api/v4/config/patch`: stores settings of the plugin's, and tells it.
pub(super) async fn patch_config(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
    Json(patch): Json<Value>,
) -> Response {
    if let Err(e) = admin(&host.world, &session) {
        return refused(&e);
    }
    let own = patch["PluginSettings"]["Plugins"][&host.id].as_object();
    if let Some(settings) = own {
        host.world.set_plugin_settings(&host.id, settings.clone());
        host.configuration_changed().await;
    }
    Json(patch).into_response()
}
