//! A conference: statuses and the post before, during and after; and what happens to the plugin meanwhile.

use devhost::DevHost;
use devhost::world::{CustomStatus, Event, fixed_id};
use serde_json::{Value, json};

use super::{Browser, town, video};
use crate::harness::{get, status, stop};

async fn says(host: &DevHost, user: &str, text: &str) {
    let user = fixed_id(user);
    let found = host.world().wait_for(text, |world| {
        let custom = world.custom_status(&user).map(|custom| custom.text);
        (custom.unwrap_or_default() == text).then_some(())
    });
    found.await.unwrap_or_else(|e| panic!("{e}"));
}

/// Waits until the channel's only post is like that.
async fn post(host: &DevHost, like: impl Fn(&str) -> bool) -> String {
    let found = host.world().wait_for("the post", |world| {
        let posts = world.messages_in(&town());
        match &*posts {
            [only] if like(only) => Some(only.clone()),
            _ => None,
        }
    });
    found
        .await
        .unwrap_or_else(|e| panic!("{e}; there are {:?}", host.world().messages_in(&town())))
}

#[tokio::test]
async fn status_and_post_before_during_and_after() {
    let host = video().await;
    let world = host.world().clone();
    let lunch = CustomStatus {
        emoji: "palm_tree".into(),
        text: "Lunch".into(),
        duration: "date_and_time".into(),
        expires_at: "2100-01-01T12:00:00Z".into(),
    };
    world
        .choose_custom_status(&fixed_id("bob"), &lunch)
        .expect("set");
    let mut events = world.events();
    let (alice, bob) = (Browser::of(&host, "alice"), Browser::of(&host, "bob"));
    let id = bob.enters().await;
    let said = post(&host, |text| text.ends_with("Bob Baker")).await;
    assert_eq!(said, "🎥 Video conference: Bob Baker");
    says(&host, "bob", "In a video conference").await;
    let custom = world.custom_status(&fixed_id("bob")).expect("ours");
    assert_eq!(custom.emoji, "calendar");
    let author = world.posts().pop().expect("a post").user_id;
    assert_eq!(
        world.user(&author).expect("the bot").username,
        "switchboard"
    );
    let of_alice = alice.enters().await;
    post(&host, |text| text.ends_with("Bob Baker and Alice Archer")).await;
    let rooms = alice.get("/api/v1/video/rooms").await.text();
    let rooms: Value = serde_json::from_str(&rooms).expect("JSON");
    assert_eq!(rooms[0]["channelId"], town());
    assert_eq!(
        rooms[0]["people"],
        json!([fixed_id("bob"), fixed_id("alice")])
    );
    // Another tab of his is told of this one.
    let body = json!({"channelId": town(), "tab": "tab-2"});
    let (status, refused) = bob.post("/api/v1/video/join", &body).await;
    assert_eq!((status, &refused["code"]), (409, &json!("elsewhere")));
    bob.says("leave", &id).await;
    says(&host, "bob", "Lunch").await;
    assert_eq!(world.custom_status(&fixed_id("bob")), Some(lunch));
    alice.says("leave", &of_alice).await;
    let said = post(&host, |text| text.contains("ended after")).await;
    assert!(said.ends_with("Bob Baker and Alice Archer"), "{said}");
    says(&host, "alice", "").await;
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::WebSocket(event) = event
            && event.name == "custom_switchboard_video_changed"
        {
            assert_eq!(event.data["channelId"], town());
            assert_eq!(event.audience.channel_id, town());
            told.push(event.data["count"].clone());
        }
    }
    assert_eq!(told, [1, 2, 1, 0], "members' clients were told");
    stop(host).await;
}

/// It went on for up to half a minute, until its next beat, and came back by itself if the other device had left by then.
#[tokio::test]
async fn what_another_device_takes_over_learns_of_it_at_once_and_stays_ended() {
    let host = video().await;
    let bob = Browser::of(&host, "bob");
    let first = bob.enters().await;
    let mut events = host.world().events();
    let phone = Browser::of(&host, "bob");
    let body = json!({"channelId": town(), "tab": "phone", "takeOver": true});
    let (status, joined) = phone.post("/api/v1/video/join", &body).await;
    assert_eq!(status, 200, "{joined}");
    let told = async {
        loop {
            if let Event::WebSocket(event) = events.recv().await.expect("an event")
                && event.name == "custom_switchboard_video_taken_over"
            {
                break event;
            }
        }
    };
    let told = tokio::time::timeout(devhost::world::PATIENCE, told).await;
    let told = told.expect("it is told");
    let expected = json!({"channelId": town(), "participations": [first]});
    assert_eq!(json!(told.data), expected);
    // Nobody else's clients.
    assert_eq!(told.audience.user_id, fixed_id("bob"));
    let replaced = (409, json!("replaced"));
    let second = &joined["participation"];
    for left in [false, true] {
        if left {
            assert_eq!(phone.says("leave", second).await.0, 200);
        }
        for what in ["joined", "beat"] {
            let (status, refused) = bob.says(what, &first).await;
            assert_eq!((status, refused["code"].clone()), replaced, "{what}");
        }
    }
    // Whose it was nobody else learns.
    let (status, refused) = Browser::of(&host, "alice").says("beat", &first).await;
    assert_eq!((status, &refused["code"]), (410, &json!("gone")));
    stop(host).await;
}

#[tokio::test]
async fn a_conference_and_its_post_call_people_as_mattermost_does() {
    let names = [
        ("username", "bob"),
        ("nickname_full_name", "Bobby"),
        ("full_name", "Bob Baker"),
    ];
    for (display, name) in names {
        let world = devhost::World::new();
        world.configure(|config| config.teammate_name_display = display.into());
        world.change_user(&fixed_id("bob"), |user| user.nickname = "Bobby".into());
        let options = crate::harness::options().with("Node", "https://pexip.example.com/");
        let host = DevHost::start(world, options).await.expect("it starts");
        let bob = Browser::of(&host, "bob");
        let (status, joined) = bob.join(&town()).await;
        assert_eq!(status, 200, "{joined}");
        assert_eq!(joined["conference"]["displayName"], name);
        bob.says("joined", &joined["participation"]).await;
        post(&host, |text| text == format!("🎥 Video conference: {name}")).await;
        stop(host).await;
    }
}

#[tokio::test]
async fn a_killed_plugin_goes_on_with_the_same_conference_and_post() {
    let host = video().await;
    let bob = Browser::of(&host, "bob");
    let id = bob.enters().await;
    post(&host, |text| text.ends_with("Bob Baker")).await;
    says(&host, "bob", "In a video conference").await;
    let alias = bob.join(&town()).await.1["conference"]["alias"].clone();
    // The post is noted before the process is gone.
    let noted = host.world().wait_for("the note", |world| {
        let note = world.kv_get("switchboard", &format!("video:{}", town()))?;
        String::from_utf8_lossy(&note)
            .contains("\"post\":\"")
            .then_some(())
    });
    noted.await.unwrap_or_else(|e| panic!("{e}"));
    host.kill().await;
    host.check_health().await;
    let (status, gone) = bob.says("beat", &id).await;
    assert_eq!((status, &gone["code"]), (410, &json!("gone")));
    let id = bob.enters().await;
    let again = bob.join(&town()).await.1["conference"]["alias"].clone();
    assert_eq!(again, alias);
    says(&host, "bob", "In a video conference").await;
    assert_eq!(host.world().messages_in(&town()).len(), 1);
    // The second join of the same tab took the place of the first.
    assert_eq!(bob.says("leave", &id).await.0, 410);
    host.disable().await;
    post(&host, |text| {
        text.ends_with("Bob Baker … (no longer followed)")
    })
    .await;
    says(&host, "bob", "").await;
    host.enable().await.expect("it starts");
    let id = bob.enters().await;
    post(&host, |text| text.ends_with(": Bob Baker")).await;
    bob.says("leave", &id).await;
    post(&host, |text| text.contains("ended after")).await;
    says(&host, "bob", "").await;
    stop(host).await;
}

#[tokio::test]
async fn a_channel_that_is_renamed_or_archived_meanwhile_is_survived() {
    let host = video().await;
    let world = host.world().clone();
    let bob = Browser::of(&host, "bob");
    let id = bob.enters().await;
    post(&host, |text| text.ends_with("Bob Baker")).await;
    world.change_channel(&town(), |channel| channel.name = "renamed".into());
    assert_eq!(bob.says("beat", &id).await.0, 200);
    world.change_channel(&town(), |channel| channel.delete_at = 1);
    assert_eq!(bob.says("beat", &id).await.0, 403);
    says(&host, "bob", "").await;
    assert_eq!(
        world.messages_in(&town()),
        ["🎥 Video conference: Bob Baker"]
    );
    assert_eq!(status(&host, 200).await, "OK");
    stop(host).await;
}

#[tokio::test]
async fn without_a_node_there_is_nothing_of_it() {
    let host = crate::harness::host().await;
    let bob = Browser::of(&host, "bob");
    let (code, refused) = bob.join(&town()).await;
    assert_eq!((code, &refused["code"]), (503, &json!("off")));
    let webapp: Value =
        serde_json::from_str(&bob.get("/api/v1/webapp").await.text()).expect("JSON");
    assert_eq!(
        (&webapp["video"], &webapp["id"]),
        (&Value::Null, &json!("switchboard"))
    );
    let has = |host: &DevHost| {
        let mut commands = host.world().commands().into_iter();
        commands.any(|command| command.trigger == "video")
    };
    assert!(!has(&host));
    let save = async |node: &str| {
        let settings = [("Node".to_owned(), json!(node))];
        host.save_settings(settings.into_iter().collect()).await;
    };
    save("pexip.example.com").await;
    assert!(has(&host));
    assert_eq!(bob.join(&town()).await.0, 200);
    save("not a host").await;
    assert!(!has(&host));
    let said = status(&host, 503).await;
    let expected = "NOT OK: 1 problem\nNode: cannot be used, so video is off: ";
    assert!(said.starts_with(expected), "{said}");
    save("").await;
    assert_eq!(status(&host, 200).await, "OK");
    assert_eq!(get(&host, "/api/v1/webapp").await.status, 401);
    stop(host).await;
}
