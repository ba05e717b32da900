//! What the page shows, as JSON.

use serde_json::{Value, json};

use crate::{
    host::Shared,
    world::{Channel, World},
};

/// Posts and log lines that a page gets to begin with.
const LATEST: usize = 200;

/// The channel that the plugin's settings name, else the first one.
pub(super) fn channel(host: &Shared) -> Option<Channel> {
    let settings = host.world.plugin_settings(&host.id);
    let text = |key: &str| {
        settings
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let named = host.world.team_by_name(&text("teamname"));
    let named = named.and_then(|team| host.world.channel_by_name(&team.id, &text("channelname")));
    named.ok().or_else(|| {
        host.world
            .channels()
            .into_iter()
            .find(|channel| channel.kind != "D")
    })
}

/// Whether a channel is for `me` and a bot alone.
pub(super) fn is_with_a_bot(world: &World, me: &str, channel: &str) -> bool {
    let is_bot = |id: &str| world.user(id).is_ok_and(|user| user.is_bot);
    // A direct channel's name is its two members' ids.
    world.channel(channel).is_ok_and(|channel| {
        channel.kind == "D"
            && channel.name.split_once("__").is_some_and(|(one, other)| {
                (one == me && is_bot(other)) || (other == me && is_bot(one))
            })
    })
}

fn latest<T>(items: Vec<T>) -> Vec<T> {
    let skip = items.len().saturating_sub(LATEST);
    items.into_iter().skip(skip).collect()
}

/// Everything at this moment, for the one who is signed in as `me`.
pub(super) fn everything(host: &Shared, me: &str) -> Value {
    let world = &host.world;
    let people: Vec<Value> = world
        .users()
        .iter()
        .filter(|user| !user.is_bot)
        .map(|user| {
            json!({
                "id": user.id,
                "username": user.username,
                "name": format!("{} {}", user.first_name, user.last_name).trim(),
                "status": world.status(&user.id).map(|status| status.status).unwrap_or_default(),
                "custom": world.custom_status(&user.id),
                "open": world.connections_of(&user.id),
            })
        })
        .collect();
    let authors: Vec<Value> = world
        .users()
        .iter()
        .map(|user| json!({ "id": user.id, "username": user.username }))
        .collect();
    let channel = channel(host);
    let posts = world
        .posts()
        .into_iter()
        .filter(|post| Some(&post.channel_id) == channel.as_ref().map(|c| &c.id))
        .map(|post| post.for_clients());
    let direct = world
        .posts()
        .into_iter()
        .filter(|post| is_with_a_bot(world, me, &post.channel_id))
        .map(|post| post.for_clients());
    json!({
        "run": host.run,
        "plugin": {
            "id": host.id,
            "name": host.bundle.name(),
            "version": host.bundle.version(),
            "state": host.plugin.state().as_str(),
        },
        "phones": host.phones_secret().map(|secret| json!({ "secret": secret })),
        "presence": host.presence_secret().map(|secret| json!({ "secret": secret })),
        "me": me,
        "people": people,
        "authors": authors,
        "channel": channel,
        "posts": latest(posts.collect()),
        "direct": latest(direct.collect()),
        "logs": latest(world.logs()),
        "commands": world.commands(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{NewBot, fixed_id};

    #[test]
    fn direct_messages_are_those_of_a_bot_with_the_one_who_looks() {
        let world = World::new();
        let bot = NewBot {
            username: "switchboard".into(),
            ..NewBot::default()
        };
        let bot = world.ensure_bot("switchboard", &bot).unwrap();
        let (alice, bob) = (fixed_id("alice"), fixed_id("bob"));
        let direct = |one: &str, other: &str| world.direct_channel(one, other).unwrap().id;
        let (with_bot, with_bob) = (direct(&alice, &bot), direct(&alice, &bob));
        assert!(is_with_a_bot(&world, &alice, &with_bot));
        assert!(!is_with_a_bot(&world, &bob, &with_bot));
        assert!(!is_with_a_bot(&world, &alice, &with_bob));
        assert!(!is_with_a_bot(&world, &alice, &fixed_id("channelphones")));
        assert!(!is_with_a_bot(&world, "", &with_bot));
    }
}
