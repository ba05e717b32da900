//! People, channels and settings as Mattermost's clients have them.

use axum::{Extension, Json, extract::State};
use serde_json::{Map, Value, json};

use super::Host;
use crate::{
    host::Shared,
    world::{Channel, Session, World},
};

/// A channel for the one who is signed in as `me`: a direct message has the other one's name.
pub(super) fn channel(world: &World, me: &str, channel: &Channel) -> Value {
    let other = channel.name.split_once("__").map(|(one, other)| {
        let other = if one == me { other } else { one };
        world
            .user(other)
            .map(|user| user.username)
            .unwrap_or_default()
    });
    let direct = other.filter(|_| channel.kind == "D");
    json!({
        "id": channel.id,
        "team_id": channel.team_id,
        "type": channel.kind,
        "name": channel.name,
        "display_name": direct.unwrap_or_else(|| channel.display_name.clone()),
        "delete_at": 0,
    })
}

/// What a page needs to begin with, for whoever is signed in.
pub(super) async fn start(
    State(host): State<Host>,
    Extension(session): Extension<Session>,
) -> Json<Value> {
    let (world, me) = (&host.world, &session.user_id);
    let people: Vec<_> = world.users();
    let statuses: Map<String, Value> = people
        .iter()
        .filter_map(|user| {
            let status = world.status(&user.id).ok()?;
            Some((user.id.clone(), json!(status.status)))
        })
        .collect();
    // Everybody has a direct channel with everybody else, as if they had written to each other before.
    for other in people.iter().filter(|user| user.id != *me && !user.is_bot) {
        // Both are there.
        let _ = world.direct_channel(me, &other.id);
    }
    let mine: Vec<Channel> = world
        .channels()
        .into_iter()
        .filter(|channel| world.is_member(&channel.id, me))
        .collect();
    let mut teams: Vec<_> = mine
        .iter()
        .filter_map(|channel| world.team(&channel.team_id).ok())
        .collect();
    teams.dedup();
    let is_admin = world.user(me).is_ok_and(|user| user.is_admin());
    let mut config = json!({
        "SiteURL": world.config().site_url,
        "TeammateNameDisplay": world.config().teammate_name_display,
        "Version": world.config().version,
        "PluginsEnabled": "true",
    });
    if is_admin {
        config["plugin"] = host.id.clone().into();
    }
    Json(json!({
        "me": world.user(me).ok(),
        "users": people,
        "statuses": statuses,
        "teams": teams,
        "channels": mine.iter().map(|one| channel(world, me, one)).collect::<Vec<_>>(),
        "config": config,
    }))
}

/// The plugin's manifest, whole.
pub(super) fn manifest(host: &Shared) -> Value {
    let text = std::fs::read(host.bundle.folder().join("plugin.json"));
    text.ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}
