//! An embedded call in a browser: the plugin's real webapp, the dev host's page with a release server's policy, and the stand-in for a
//! Pexip node, through which sound and picture go.

use std::path::PathBuf;

use devhost::pexip::{self, Guests, Pexip};
use devhost::world::fixed_id;
use devhost::{DevHost, Options};
use serde_json::{Value, json};

use crate::harness;
use crate::webapp::tools;

/// The hosts' PIN.
const PIN: &str = "0123";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A host with the webapp and embedded calls at a node; `hosts` says who hosts.
pub(crate) async fn host(node: &Pexip, hosts: &str) -> DevHost {
    let bundle = harness::bundle("switchboard").with_webapp(&root().join("webapp/dist"));
    let options = Options {
        bundle: bundle.expect("the webapp was built"),
        webapp: root().join("webapp/dev/dist"),
        ..harness::options()
    };
    let options = options
        .with("Node", node.url())
        .with("Pin", PIN)
        .with("Embedded", "true")
        .with("VideoHosts", hosts);
    harness::start(options).await
}

pub(crate) async fn node() -> Pexip {
    let options = pexip::Options {
        host_pin: Some(PIN.to_owned()),
        guests: Guests::Welcome,
        ..pexip::Options::default()
    };
    Pexip::start(options).await.expect("ports")
}

/// What a case is told: where bob's page is, and alice's, with the other React.
pub(crate) fn argument(host: &DevHost, first: &str) -> Value {
    let page = |who: &str, react: &str, theme: &str| {
        let url = host.url().trim_end_matches('/').to_owned();
        format!("{url}/acme/channels/phones?as={who}&react={react}&theme={theme}")
    };
    json!({
        "bob": page(first, "18", "light"),
        "alice": page("alice", "17", "dark"),
        "dark": {"colorScheme": "dark", "viewport": {"width": 420, "height": 800}},
    })
}

/// The room that somebody is in.
fn room(node: &Pexip) -> String {
    node.conferences().pop().expect("a room")
}

/// The people in the only room, by name.
fn people(node: &Pexip) -> Vec<pexip::Person> {
    let rooms = node.conferences();
    rooms
        .first()
        .map(|room| node.people(room))
        .unwrap_or_default()
}

#[tokio::test]
async fn two_people_see_and_hear_each_other() {
    let Some(tools) = tools() else { return };
    let node = node().await;
    let host = host(&node, "members").await;
    let (bob, alice) = (fixed_id("bob"), fixed_id("alice"));
    let mut case = tools.case("video", &argument(&host, "bob").to_string());

    case.reaches("preview").await;
    assert!(node.conferences().is_empty(), "a preview calls nobody");
    assert_eq!(host.world().custom_status(&bob), None);
    case.go_on(Value::Null).await;

    case.reaches("alone").await;
    let world = host.world();
    let status = world.wait_for("bob's status", |world| world.custom_status(&bob));
    status.await.expect("bob is in a conference");
    let posts = world.wait_for("a post", |world| {
        Some(world.messages_in(&harness::phones())).filter(|all| !all.is_empty())
    });
    assert_eq!(posts.await.expect("the room's post").len(), 1);
    case.go_on(Value::Null).await;

    case.reaches("both").await;
    let status = world.wait_for("alice's status", |world| world.custom_status(&alice));
    status.await.expect("alice is in it, too");
    let both = people(&node);
    assert!(
        both.iter().all(|own| own.is_host && own.has_media),
        "{both:?}"
    );
    assert!(
        both.iter()
            .all(|own| own.passed.audio > 0 && own.passed.video > 0),
        "{both:?}"
    );
    case.go_on(Value::Null).await;

    case.reaches("alone again").await;
    let gone = world.wait_for("alice's status to be given back", |world| {
        world.custom_status(&alice).is_none().then_some(())
    });
    gone.await.expect("alice's own status");
    assert_eq!(people(&node).len(), 1);
    case.go_on(Value::Null).await;

    // The browser stays until the node has been told.
    case.reaches("nobody").await;
    node.wait_for("nobody in the room", |node| node.conferences().is_empty())
        .await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    assert_eq!(seen["axe"], json!([]));
    assert_eq!(seen["people"], json!([["bob", "you"], ["alice"]]));
    assert_eq!(seen["left"], json!([["bob", "you"]]));
    assert_eq!(seen["popupClosed"], true);
    assert_eq!(seen["camera"], true);
    let gone = world.wait_for("bob's status to be given back", |world| {
        world.custom_status(&bob).is_none().then_some(())
    });
    gone.await.expect("bob's own status");
    assert_eq!(world.messages_in(&harness::phones()).len(), 1);
    harness::stop(host).await;
}

#[tokio::test]
async fn what_a_room_refuses_is_said_in_words() {
    let Some(tools) = tools() else { return };
    let node = node().await;
    let host = host(&node, "admins").await;
    let mut case = tools.case("video_refused", &argument(&host, "admin").to_string());

    case.reaches("refuse the PIN").await;
    node.refuse(403, "Invalid PIN");
    case.go_on(Value::Null).await;
    case.reaches("refuse it as full").await;
    node.refuse(403, "Participant limit reached");
    case.go_on(Value::Null).await;
    case.reaches("lock it").await;
    let room = room(&node);
    node.lock(&room, true);
    case.go_on(Value::Null).await;
    case.reaches("guests may not unmute themselves").await;
    node.let_guests_unmute(&room, false);
    case.go_on(Value::Null).await;
    case.reaches("end it").await;
    node.end(&room, "Conference terminated by an administrator");
    case.go_on(Value::Null).await;
    case.reaches("stop it").await;
    node.stop();
    case.go_on(Value::Null).await;

    let seen = case.done().await;
    assert_eq!(seen["axe"], json!([]));
    assert_eq!(seen["focus"], "H2", "what is there now is read out: {seen}");
    assert_eq!(seen["mutedButton"], true);
    harness::stop(host).await;
}

#[tokio::test]
async fn who_has_neither_camera_nor_microphone_joins_and_watches() {
    let Some(tools) = tools() else { return };
    let node = node().await;
    let host = host(&node, "members").await;
    let mut case = tools.case("video_watch", &argument(&host, "bob").to_string());

    case.reaches("watches").await;
    let both = people(&node);
    assert!(both.iter().all(|own| own.has_media), "{both:?}");
    let [bob, alice] = &both[..] else {
        panic!("{both:?}");
    };
    assert!(bob.passed.audio > 0 && bob.passed.video > 0, "{both:?}");
    assert_eq!((alice.passed.audio, alice.passed.video), (0, 0));
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    assert_eq!(seen["axe"], json!([]));
    harness::stop(host).await;
}

#[tokio::test]
async fn a_call_goes_on_whatever_happens_around_it() {
    let Some(tools) = tools() else { return };
    let node = node().await;
    let host = host(&node, "members").await;
    let bob = fixed_id("bob");
    let mut case = tools.case("video_goes_on", &argument(&host, "bob").to_string());

    case.reaches("Mattermost is back").await;
    assert_eq!(people(&node).len(), 2);
    let world = host.world();
    let status = world.wait_for("bob's status", |world| world.custom_status(&bob));
    status.await.expect("bob is in it still");
    case.go_on(Value::Null).await;
    case.reaches("on the other device").await;
    assert_eq!(people(&node).len(), 2, "the first one has left");
    assert!(world.custom_status(&bob).is_some());
    case.go_on(Value::Null).await;

    let seen = case.done().await;
    assert_eq!(seen["axe"], json!([]));
    assert_eq!(seen["complaints"], json!([]));
    let [sinks, speaker, shown] = [0, 1, 2].map(|at| seen["speaker"][at].clone());
    assert_eq!((&sinks, &shown), (&json!([speaker]), &speaker));
    assert!(seen["cameras"].as_u64() > Some(1), "{seen}");
    assert_eq!(
        seen["camera"], "",
        "the one that was pulled out is chosen no more"
    );
    assert_eq!(seen["back"], json!([["bob", "you"], ["alice"]]));
    assert_eq!(seen["after"], json!([["alice"], ["bob", "you"]]));
    assert_eq!(seen["open"], 1);
    assert_ne!(seen["unloaded"], "");
    assert_eq!(
        world.messages_in(&harness::phones()).len(),
        1,
        "it is one conference"
    );
    harness::stop(host).await;
}
