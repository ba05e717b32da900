//! Nobody who is not a member gets the PIN, or a join.

use devhost::world::fixed_id;
use http::Method;
use serde_json::{Value, json};

use super::{Browser, PIN, town, video, with_video};
use crate::harness::{send, start, stop};

#[tokio::test]
async fn only_members_get_in_and_only_hosts_get_the_pin() {
    let host = video().await;
    let world = host.world().clone();
    let (status, joined) = Browser::of(&host, "bob").join(&town()).await;
    assert_eq!(status, 200, "{joined}");
    let conference = &joined["conference"];
    assert_eq!(conference["pin"], PIN);
    assert_eq!(conference["host"], true);
    assert_eq!(conference["origin"], "https://pexip.example.com");
    assert_eq!(conference["node"], "pexip.example.com");
    assert_eq!(conference["displayName"], "Bob Baker");
    assert_eq!(conference["membersHost"], true);
    assert_eq!(conference["window"], Value::Null);
    assert_eq!(joined["beat"], 30);
    let alias = conference["alias"].as_str().expect("an alias");
    assert_eq!(conference["sip"], format!("{alias}@pexip.example.com"));
    assert_eq!(alias.len(), "matt-".len() + 20, "{alias}");

    // A guest of the channel comes in, and hosts nothing.
    let guest = world.add_user("gast", "", "");
    world.change_user(&guest, |user| user.roles = "system_guest".into());
    let browser = Browser::of(&host, "gast");
    assert_eq!(browser.join(&town()).await.0, 403, "not in the channel");
    world.join(&town(), &guest);
    let (status, joined) = browser.join(&town()).await;
    assert_eq!((status, &joined["conference"]["pin"]), (200, &Value::Null));
    assert_eq!(joined["conference"]["host"], false);

    // Somebody of another team, and somebody who was removed.
    world.add_user("eve", "", "");
    let (status, refused) = Browser::of(&host, "eve").join(&town()).await;
    assert_eq!(status, 403, "{refused}");
    assert!(!refused.to_string().contains(PIN));
    let carol = Browser::of(&host, "carol");
    assert_eq!(carol.join(&town()).await.0, 200);
    world.leave(&town(), &fixed_id("carol"));
    assert_eq!(carol.join(&town()).await.0, 403);

    // Somebody else's direct message.
    let direct = world
        .direct_channel(&fixed_id("alice"), &fixed_id("bob"))
        .expect("a channel");
    assert_eq!(Browser::of(&host, "alice").join(&direct.id).await.0, 200);
    let (status, refused) = Browser::of(&host, "carol").join(&direct.id).await;
    assert_eq!((status, &refused["code"]), (403, &json!("not_member")));
    world.change_channel(&town(), |channel| channel.delete_at = 1);
    let (status, refused) = Browser::of(&host, "bob").join(&town()).await;
    assert_eq!((status, &refused["code"]), (403, &json!("archived")));
    stop(host).await;
}

#[tokio::test]
async fn forged_requests_are_refused() {
    let host = video().await;
    let bob = Browser::of(&host, "bob");
    let cookie = bob.cookie();
    let body = json!({"channelId": town(), "tab": "tab"}).to_string();
    let own = host.url().trim_end_matches('/').to_owned();
    let token = ("x-csrf-token", &*bob.session.csrf);
    for (headers, expected) in [
        (&[][..], 401),
        (&[("mattermost-user-id", "bobxxxxxxxxxxxxxxxxxxxxxxx")], 401),
        // As another site's page can make a browser send it.
        (&[("cookie", &*cookie)], 401),
        (
            &[("cookie", &*cookie), ("origin", "https://evil.example.com")],
            403,
        ),
        (
            &[
                ("cookie", &*cookie),
                token,
                ("origin", "https://evil.example.com"),
            ],
            403,
        ),
        (&[("cookie", &*cookie), token, ("origin", "null")], 403),
        (&[("cookie", &*cookie), token, ("origin", &*own)], 200),
    ] {
        let path = "/api/v1/video/join";
        let answer = send(&host, Method::POST, path, headers, &body).await;
        assert_eq!(answer.status, expected, "{headers:?}: {}", answer.text());
        assert_eq!(answer.text().contains(PIN), expected == 200);
    }
    let headers = [("cookie", &*cookie)];
    for path in [
        "/api/v1/video/join",
        "/api/v1/video/leave",
        "/api/notify_join_conference",
    ] {
        let answer = send(&host, Method::GET, path, &headers, "").await;
        assert_eq!(answer.status, 405, "{path}");
    }
    // Ids that are none are refused before the server is asked.
    let asked = host.world().faults().calls("GetChannel");
    for id in [
        "",
        "x",
        "../../../../etc/passwd0000",
        &town().to_uppercase(),
    ] {
        assert_eq!(bob.join(id).await.0, 400, "{id}");
    }
    for tab in ["", "a b", &"x".repeat(65)] {
        let body = json!({"channelId": town(), "tab": tab});
        assert_eq!(bob.post("/api/v1/video/join", &body).await.0, 400, "{tab}");
    }
    for body in [json!([]), json!({}), json!({"channelId": 7, "tab": "x"})] {
        assert_eq!(bob.post("/api/v1/video/join", &body).await.0, 400, "{body}");
    }
    assert_eq!(host.world().faults().calls("GetChannel"), asked);
    let (status, _) = bob.join("c0000000000000000000000000").await;
    assert_eq!(status, 404);
    stop(host).await;
}

#[tokio::test]
async fn nobody_speaks_by_somebody_elses_participation() {
    let host = video().await;
    let (alice, bob) = (Browser::of(&host, "alice"), Browser::of(&host, "bob"));
    let id = bob.enters().await;
    for what in ["joined", "beat", "leave"] {
        let (status, refused) = alice.says(what, &id).await;
        assert_eq!((status, &refused["code"]), (410, &json!("gone")), "{what}");
    }
    assert_eq!(bob.says("beat", &id).await.0, 200);
    // A page that is being closed may send no more than that.
    let path = "/api/v1/video/leave";
    let body = json!({ "participation": id }).to_string();
    assert_eq!(
        send(&host, Method::POST, path, &[], &body).await.status,
        200
    );
    assert_eq!(bob.says("beat", &id).await.0, 410);
    stop(host).await;
}

#[tokio::test]
async fn the_settings_keep_channels_out_for_everybody() {
    let filter = json!({"enabled": true, "allowedChannels": [town()]});
    let options = with_video()
        .with("FilterChannels", filter)
        .with("VideoChannels", "channels, direct");
    let host = start(options).await;
    let group = ["alice", "bob", "carol"].map(fixed_id);
    let group = group.each_ref().map(|id| &**id);
    let group = host.world().add_group(&group);
    let bob = Browser::of(&host, "bob");
    assert_eq!(bob.join(&town()).await.0, 200);
    for other in [fixed_id("channelphones"), group] {
        let (status, refused) = bob.join(&other).await;
        let code = &refused["code"];
        assert_eq!((status, code), (403, &json!("not_allowed")), "{refused}");
    }
    // The list is of channels alone.
    let direct = host
        .world()
        .direct_channel(&fixed_id("alice"), &fixed_id("bob"))
        .expect("a channel");
    assert_eq!(bob.join(&direct.id).await.0, 200);
    let webapp: Value =
        serde_json::from_str(&bob.get("/api/v1/webapp").await.text()).expect("JSON");
    assert_eq!(webapp["video"]["filter"], json!([&town()[..10]]));
    // Rooms may be called by ids: whole ones are told to members alone.
    host.world().add_user("eve", "", "");
    for (who, expected) in [("bob", json!([town()])), ("eve", json!([]))] {
        let answer = Browser::of(&host, who).get("/api/settings").await;
        let settings: Value = serde_json::from_str(&answer.text()).expect("JSON");
        assert_eq!(
            settings["filterChannels"]["allowedChannels"], expected,
            "{who}"
        );
    }
    let kinds = json!({"channels": true, "direct": true, "group": false});
    assert_eq!(webapp["video"]["kinds"], kinds);
    stop(host).await;
}

#[tokio::test]
async fn the_pin_is_nowhere_else() {
    let host = start(with_video().with("Embedded", "false")).await;
    let bob = Browser::of(&host, "bob");
    let id = bob.enters().await;
    for path in [
        "/api/v1/webapp",
        "/api/settings",
        "/api/v1/video/rooms",
        "/status?secret=hush",
    ] {
        let answer = bob.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(!answer.text().contains(PIN), "{path}: {}", answer.text());
    }
    let (_, joined) = bob.join(&town()).await;
    let window = joined["conference"]["window"].as_str().expect("a window");
    assert!(!window.contains(PIN), "{window}");
    assert!(window.starts_with("https://pexip.example.com/webapp3/m/matt-"));
    let said = host.command(&fixed_id("bob"), &town(), "/video").await;
    let said = said.expect("an answer").text;
    assert!(
        said.contains("/webapp3/m/matt-") && !said.contains(PIN),
        "{said}"
    );
    let eve = host.world().add_user("eve", "", "");
    let elsewhere = host.command(&eve, &town(), "/video").await;
    assert!(!elsewhere.expect("an answer").text.contains("webapp3"));
    bob.says("leave", &id).await;
    let world = host.world().clone();
    stop(host).await;
    for line in world.logs() {
        assert!(!format!("{line:?}").contains(PIN), "{line:?}");
    }
    for post in world.posts() {
        assert!(!post.message.contains(PIN), "{}", post.message);
    }
}
