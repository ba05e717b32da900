//! Presence beside the phones in one plugin, what people may say of themselves, and what admins see of it.

use devhost::world::{User, fixed_id};
use devhost::{DevHost, World};
use http::Method;
use serde_json::{Map, Value};

use crate::harness::{self, SECRET, get, phone, posts, send, stop};
use crate::outlook::{self, Outlook, SOON, open};

/// What clients of presence know, beside the phones' secret.
const PRESENCE: &str = "who-is-there";

async fn save(host: &DevHost, key: &str, value: impl Into<Value>) {
    host.save_settings(Map::from_iter([(key.to_owned(), value.into())]))
        .await;
}

async fn pages(host: &DevHost, secret: &str) -> (u16, String) {
    let answer = get(host, &format!("/api/v1/status?secret={secret}")).await;
    (answer.status.as_u16(), answer.text())
}

#[tokio::test]
async fn in_switchboard_presence_is_off_until_its_secret_is_set() {
    let host = harness::host().await;
    for secret in ["", SECRET, PRESENCE] {
        let (status, said) = pages(&host, secret).await;
        assert_eq!(status, 503, "{said}");
        assert!(said.contains("PresenceSecret"), "{said}");
        let refused = open(&host, &format!("?secret={secret}")).await;
        assert_eq!(refused.expect_err("no feed").0, 503);
    }
    phone(&host, "dnd-on/bob").await;
    posts(&host, 1).await;
    assert_eq!(host.world().faults().calls("GetUserStatusesByIds"), 0);
    save(&host, "PresenceSecret", PRESENCE).await;
    let (status, said) = pages(&host, PRESENCE).await;
    assert_eq!(status, 200, "{said}");
    assert!(said.contains("bob@example.com"), "{said}");
    // Each secret opens its own part.
    assert_eq!(pages(&host, SECRET).await.0, 401);
    let url = format!("/sip/dnd-on/bob?secret={PRESENCE}");
    assert_eq!(get(&host, &url).await.status, 401);
    stop(host).await;
}

#[tokio::test]
async fn turned_off_it_lets_its_clients_go_and_asks_the_server_nothing() {
    let options = harness::options().with("PresenceSecret", PRESENCE);
    let host = harness::start(options).await;
    let mut socket = open(&host, &format!("?secret={PRESENCE}"))
        .await
        .expect("the feed");
    assert_eq!(pages(&host, PRESENCE).await.0, 200);
    save(&host, "PresenceSecret", "").await;
    outlook::closed(&mut socket).await;
    assert_eq!(pages(&host, PRESENCE).await.0, 503);
    save(&host, "PresenceSecret", PRESENCE).await;
    assert_eq!(pages(&host, PRESENCE).await.0, 200);
    stop(host).await;
}

/// Says something, as whoever is signed in.
async fn publish(host: &DevHost, who: Option<&str>, body: &str) -> (u16, String) {
    let token = who.map(|who| format!("Bearer {}", host.world().sign_in(&fixed_id(who)).token));
    let headers: Vec<_> = token
        .iter()
        .map(|token| ("Authorization", token.as_str()))
        .collect();
    let path = "/api/v1/status/publish";
    let answer = send(host, Method::POST, path, &headers, body).await;
    (answer.status.as_u16(), answer.text())
}

#[tokio::test]
async fn people_speak_for_themselves_alone() {
    let host = outlook::host(World::new()).await;
    let mut outlook = Outlook::start(&host).await;
    let says = |user: &str, status: &str| format!(r#"{{"user_id":"{user}","status":"{status}"}}"#);
    let (alice, bob) = (fixed_id("alice"), fixed_id("bob"));
    for (who, body, status) in [
        (None, says(&bob, "dnd"), 401),
        (Some("alice"), says(&bob, "dnd"), 403),
        (Some("admin"), says(&bob, "dnd"), 403),
        (Some("bob"), says(&bob, "ooo"), 400),
        (Some("bob"), says(&bob, "DND"), 400),
        (Some("bob"), says(&bob, ""), 400),
        (Some("bob"), says(&fixed_id("nobody"), "dnd"), 400),
        (Some("bob"), says("", "dnd"), 400),
        (Some("bob"), "{}".into(), 400),
        (Some("bob"), "[1, 2".into(), 400),
        (Some("bob"), String::new(), 400),
    ] {
        let (answered, said) = publish(&host, who, &body).await;
        assert_eq!(answered, status, "{who:?} {body}: {said}");
        assert!(said.contains("error"), "{said}");
    }
    // The secret signs nobody in.
    let path = format!("/api/v1/status/publish?secret={SECRET}");
    let answer = send(&host, Method::POST, &path, &[], &says(&bob, "dnd")).await;
    assert_eq!(answer.status, 401);
    // What comes behind all that is the first that is heard of bob.
    host.world()
        .set_status(&alice, "away")
        .expect("alice is there");
    outlook.sees("alice@example.com", "away", SOON).await;
    assert_eq!(outlook.store["bob@example.com"], "online");
    stop(host).await;
}

#[tokio::test]
async fn admins_see_how_it_does() {
    let world = World::new();
    world.change_user(&fixed_id("carol"), |user: &mut User| user.is_bot = true);
    let host = outlook::host(world).await;
    let _outlook = Outlook::start(&host).await;
    let health = get(&host, &format!("/status?secret={SECRET}")).await;
    assert_eq!(health.status, 200, "{}", health.text());
    assert!(health.text().starts_with("OK\n"), "{}", health.text());
    let metrics = host.metrics("").await.expect("an answer");
    assert_eq!(metrics.status, 200, "{}", metrics.text());
    let kind = metrics.headers.get("content-type").expect("a type");
    let kind = kind.to_str().expect("a text");
    assert!(kind.starts_with("text/plain"), "{kind}");
    let text = metrics.text();
    assert!(!text.contains(SECRET), "{text}");
    // Prometheus's text format: each sample has a name, maybe labels, and a number.
    let samples: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for sample in &samples {
        let (name, value) = sample.rsplit_once(' ').expect("a name and a value");
        assert!(value.parse::<f64>().is_ok(), "{sample}");
        let first = name.chars().next().expect("a name");
        assert!(first.is_ascii_lowercase(), "{sample}");
    }
    for sample in [
        "switchboard_healthy 1",
        "switchboard_presence_people{status=\"online\"} 4",
        "switchboard_feed_clients 1",
    ] {
        assert!(samples.contains(&sample), "no {sample} in {text}");
    }
    stop(host).await;
}
