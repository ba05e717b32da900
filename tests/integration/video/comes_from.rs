//! The bundle in place of Pexip Video Connect: its id, settings, routes, words and bot.

use devhost::world::{Event, fixed_id};
use devhost::{DevHost, Options};
use http::Method;
use serde_json::{Value, json};

use super::{Browser, PIN, town};
use crate::harness::{bundle, get, send, start, stop};

const ID: &str = "com.pexip.pexip-app";

/// What an admin had saved there: the PIN as a number, the filter as an object.
fn saved() -> Options {
    Options::new(bundle(ID))
        .with("Node", "192.168.1.101")
        .with("Prefix", "matt-")
        .with("Pin", 2468)
        .with("Embedded", false)
        .with("DisplayNameType", "firstAndLastName")
        .with(
            "FilterChannels",
            json!({"enabled": false, "allowedChannels": []}),
        )
        // As this bundle's own manifest has them.
        .with("VideoRooms", "id")
        .with("VideoPosts", "classic")
        .with("VideoPinInUrl", true)
}

async fn messages(host: &DevHost, count: usize) -> Vec<String> {
    let found = host.world().wait_for("posts", |world| {
        let posts = world.messages_in(&town());
        (posts.len() >= count).then_some(posts)
    });
    found.await.unwrap_or_else(|e| panic!("{e}"))
}

#[tokio::test]
async fn what_was_there_carries_over() {
    let host = start(saved()).await;
    let bob = Browser::of(&host, "bob");
    let (status, joined) = bob.join(&town()).await;
    assert_eq!(status, 200, "{joined}");
    let alias = format!("matt-{}", town());
    let window =
        format!("https://192.168.1.101/webapp3/m/{alias}/express?name=Bob%20Baker&pin={PIN}");
    assert_eq!(joined["conference"]["window"], window);
    assert_eq!(joined["conference"]["alias"], alias);
    let id = &joined["participation"];
    assert_eq!(bob.says("joined", id).await.0, 200);
    assert_eq!(bob.says("leave", id).await.0, 200);
    let expected = [
        "@bob has joined the channel video conference.",
        "@bob has left the channel video conference.",
    ];
    assert_eq!(messages(&host, 2).await, expected);
    let author = host.world().posts().pop().expect("a post").user_id;
    let bot = host.world().user(&author).expect("the bot");
    assert_eq!((&*bot.username, bot.is_bot), ("pexip", true));
    let commands: Vec<_> = host.world().commands();
    let commands: Vec<_> = commands.iter().map(|command| &*command.trigger).collect();
    assert_eq!(commands, ["video"]);
    stop(host).await;
}

#[tokio::test]
async fn its_clients_routes_work_and_check() {
    let host = start(saved()).await;
    let bob = Browser::of(&host, "bob");
    let settings: Value =
        serde_json::from_str(&bob.get("/api/settings").await.text()).expect("JSON");
    let expected = json!({
        "node": "192.168.1.101", "prefix": "matt-", "pin": null, "displayNameType": "firstAndLastName",
        "embedded": false, "filterChannels": {"enabled": false, "allowedChannels": []},
    });
    assert_eq!(settings, expected);
    assert_eq!(get(&host, "/api/settings").await.status, 401);
    let join = "/api/notify_join_conference";
    let body = json!({ "channelId": town() });
    for _ in 0..2 {
        assert_eq!(bob.post(join, &body).await.0, 200);
    }
    host.world().add_user("eve", "", "");
    let eve = Browser::of(&host, "eve");
    assert_eq!(eve.post(join, &body).await.0, 403);
    let unknown = json!({"channelId": "c0000000000000000000000000"});
    assert_eq!(bob.post(join, &unknown).await.0, 404);
    assert_eq!(bob.post(join, &json!({})).await.0, 400);
    let leave = "/api/notify_leave_conference";
    assert_eq!(
        eve.post(leave, &body).await.0,
        200,
        "there is nothing to leave"
    );
    assert_eq!(bob.post(leave, &body).await.0, 200);
    assert_eq!(messages(&host, 2).await.len(), 2, "one who came and left");
    let mut events = host.world().events();
    let chosen = json!({"submission": {"inputVideoDeviceId": "cam", "effect": "blur"}});
    let path = "/api/change_user_settings";
    assert_eq!(bob.post(path, &chosen).await.0, 200);
    let event = loop {
        if let Event::WebSocket(event) = events.recv().await.expect("an event") {
            break event;
        }
    };
    assert_eq!(
        event.name,
        "custom_com.pexip.pexip-app_change_user_settings"
    );
    assert_eq!(
        (&event.data["inputVideoDeviceId"], &event.data["effect"]),
        (&json!("cam"), &json!("blur"))
    );
    assert_eq!(event.audience.user_id, fixed_id("bob"));
    let long = json!({"submission": {"effect": "x".repeat(600)}});
    assert_eq!(bob.post(path, &long).await.0, 400);
    stop(host).await;
}

#[tokio::test]
async fn it_has_video_and_nothing_else() {
    let host = start(saved()).await;
    let admin = Browser::of(&host, "admin");
    for path in [
        "/dashboard",
        "/sip/dnd-on/bob",
        "/api/v1/board",
        "/api/v1/calls",
        "/api/v1/status",
    ] {
        assert_eq!(admin.get(path).await.status, 404, "{path}");
    }
    let webapp: Value =
        serde_json::from_str(&admin.get("/api/v1/webapp").await.text()).expect("JSON");
    assert_eq!(
        (&webapp["id"], &webapp["phone"]),
        (&json!(ID), &Value::Null)
    );
    // There is no secret, so it is for administrators.
    assert_eq!(admin.get("/status").await.text(), "OK");
    assert_eq!(Browser::of(&host, "bob").get("/status").await.status, 403);
    assert_eq!(get(&host, "/status").await.status, 403);
    // And the other bundles have none of it.
    stop(host).await;
    for id in ["net.bytemine.sip", "com.mattermost.outlook-presence"] {
        let host = start(
            Options::new(bundle(id))
                .with("Node", "pexip")
                .with("Secret", "hush"),
        )
        .await;
        let bob = Browser::of(&host, "bob");
        let cookie = bob.cookie();
        let headers = [("cookie", &*cookie), ("x-csrf-token", &*bob.session.csrf)];
        let path = "/api/v1/video/join?secret=hush";
        let answer = send(&host, Method::POST, path, &headers, "{}").await;
        assert_eq!(answer.status, 404, "{id}");
        stop(host).await;
    }
}

#[tokio::test]
async fn a_person_who_has_the_bots_name_costs_the_posts_alone() {
    let world = devhost::World::new();
    world.add_user("pexip", "Pe", "Xip");
    let host = DevHost::start(world, saved()).await.expect("it starts");
    let bob = Browser::of(&host, "bob");
    bob.enters().await;
    let admin = Browser::of(&host, "admin");
    let found = async {
        loop {
            let said = admin.get("/status").await.text();
            if said != "OK" {
                break said;
            }
            tokio::task::yield_now().await;
        }
    };
    let said = tokio::time::timeout(devhost::world::PATIENCE, found).await;
    let said = said.expect("it is told");
    assert!(said.starts_with("NOT OK: 1 problem\nbot: "), "{said}");
    assert_eq!(host.world().messages_in(&town()), [""; 0]);
    stop(host).await;
}
