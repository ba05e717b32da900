//! The examples of `mattermost-plugin`, each started from a bundle with its own manifest, and used as people would.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use bytes::Bytes;
use devhost::{
    Bundle, DevHost, Options, World,
    client::{self, Answer},
    world::fixed_id,
};
use futures_util::{SinkExt, StreamExt};
use http::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// The folder of the examples' executables, built as `cargo test --workspace` has built them already.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let this = env::current_exe().expect("a test has a path");
        // <target>/debug/deps/examples-<hash>
        let profile = this.ancestors().nth(2).expect("the profile's folder");
        let name = profile.file_name().and_then(|name| name.to_str());
        let mut cargo = Command::new(env!("CARGO"));
        // What Cargo tells a test of its package: some build scripts would run again for it.
        let told = env::vars_os().map(|(name, _)| name);
        let told = told.filter(|name| {
            let name = name.to_string_lossy();
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        told.for_each(|name| {
            cargo.env_remove(name);
        });
        let status = cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--workspace", "--examples", "--locked"])
            .arg("--target-dir")
            .arg(profile.parent().expect("the target's folder"))
            .arg("--profile")
            .arg(name.filter(|name| *name != "debug").unwrap_or("dev"))
            .status();
        assert!(status.expect("cargo runs").success(), "the examples build");
        profile.join("examples")
    })
}

async fn start(example: &str) -> DevHost {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mattermost-plugin/examples");
    let manifest = folder.join(example).join("plugin.json");
    let bundle = Bundle::assemble(&manifest, &built().join(example), None);
    let options = Options::new(bundle.expect("a bundle"));
    let host = DevHost::start(World::new(), options).await;
    host.expect("the example starts")
}

/// A request as `user`, or as nobody.
async fn ask(host: &DevHost, user: Option<&str>, method: Method, path: &str) -> Answer {
    let bearer = user.map(|user| {
        let session = host.world().sign_in(&fixed_id(user));
        format!("Bearer {}", session.token)
    });
    let headers: Vec<_> = bearer
        .iter()
        .map(|bearer| ("Authorization", &**bearer))
        .collect();
    let answer = client::send(method, &host.plugin_url(path), &headers, Bytes::new()).await;
    answer.expect("an answer")
}

fn said(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.text())
}

#[tokio::test]
async fn hello_greets_by_name() {
    let host = start("hello").await;
    let answer = ask(&host, Some("bob"), Method::GET, "/").await;
    assert_eq!(said(&answer), (200, "Hello, bob!".to_owned()));
    let answer = ask(&host, None, Method::GET, "/").await;
    assert_eq!(said(&answer), (200, "Hello, stranger!".to_owned()));
    let is_logged = |world: &World| {
        let mut log = world.logs().into_iter();
        log.find(|line| line.message == "hello is there")
    };
    host.world()
        .wait_for("a line in the log", is_logged)
        .await
        .expect("it");
    assert!(host.stop().await.is_some());
}

#[tokio::test]
async fn http_counts_votes() {
    let host = start("http").await;
    let result = async || {
        let answer = ask(&host, None, Method::GET, "/poll").await;
        serde_json::from_slice::<Value>(&answer.body).expect("JSON")
    };
    let votes = [
        (Some("bob"), "soup", 204),
        (Some("alice"), "soup", 204),
        (Some("bob"), "pizza", 204),
    ];
    let refused = [(Some("bob"), "steak", 404), (None, "soup", 401)];
    for (user, choice, status) in votes.into_iter().chain(refused) {
        let answer = ask(&host, user, Method::POST, &format!("/poll/{choice}")).await;
        assert_eq!(answer.status, status, "{user:?} {choice}");
    }
    assert_eq!(result().await, json!({"pizza": 1, "salad": 0, "soup": 1}));
    let answer = ask(&host, Some("bob"), Method::DELETE, "/poll").await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        ask(&host, Some("admin"), Method::DELETE, "/poll")
            .await
            .status,
        204
    );
    assert_eq!(result().await, json!({"pizza": 0, "salad": 0, "soup": 0}));
    host.stop().await;
}

type Socket = WebSocketStream<TcpStream>;

/// A websocket as `user`, from a page with this origin.
async fn enter(host: &DevHost, user: &str, origin: Option<&str>) -> Result<Socket, u16> {
    let url = host.plugin_url("/ws").replacen("http", "ws", 1);
    let mut request = url.into_client_request().expect("a URL");
    let token = host.world().sign_in(&fixed_id(user)).token;
    let headers = request.headers_mut();
    headers.insert(
        "Authorization",
        format!("Bearer {token}").parse().expect("a header"),
    );
    if let Some(origin) = origin {
        headers.insert("Origin", origin.parse().expect("a header"));
    }
    let authority = host.url().trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(authority).await.expect("a connection");
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(e) => panic!("{e}"),
    }
}

async fn hear(socket: &mut Socket) -> String {
    let message = socket.next().await.expect("a message").expect("a message");
    message.into_text().expect("a text").to_string()
}

#[tokio::test]
async fn websocket_lets_all_hear_what_one_says() {
    let host = start("websocket").await;
    let mut bob = enter(&host, "bob", None).await.expect("a socket");
    bob.send(Message::text("Is anybody there?"))
        .await
        .expect("it leaves");
    assert_eq!(hear(&mut bob).await, "bob: Is anybody there?");
    let ours = host.url().to_owned();
    let mut alice = enter(&host, "alice", Some(&ours)).await.expect("a socket");
    alice.send(Message::text("I am.")).await.expect("it leaves");
    for socket in [&mut alice, &mut bob] {
        assert_eq!(hear(socket).await, "alice: I am.");
    }
    for other in ["http://evil.example", "null", "http://127.0.0.1"] {
        let refused = enter(&host, "bob", Some(other)).await;
        assert_eq!(refused.err(), Some(403), "{other}");
    }
    assert_eq!(
        ask(&host, Some("bob"), Method::GET, "/ws").await.status,
        426
    );
    host.stop().await;
}

#[tokio::test]
async fn kv_counts_and_remembers() {
    let host = start("kv").await;
    for count in ["1", "2"] {
        let answer = ask(&host, Some("bob"), Method::POST, "/count").await;
        assert_eq!(said(&answer), (200, count.to_owned()));
    }
    host.kill().await;
    host.enable().await.expect("it starts again");
    // Several at once: none is lost, though some may be told to try again.
    let presses = (0..8).map(|_| ask(&host, Some("bob"), Method::POST, "/count"));
    let answers = futures_util::future::join_all(presses).await;
    let counted = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 || answer.status == 409)
    );
    let answer = ask(&host, Some("bob"), Method::GET, "/count").await;
    assert_eq!(said(&answer), (200, (2 + counted).to_string()));
    let answer = ask(&host, Some("alice"), Method::GET, "/count").await;
    assert_eq!(said(&answer), (200, "0".to_owned()));
    assert_eq!(ask(&host, None, Method::POST, "/count").await.status, 401);
    host.stop().await;
}

#[tokio::test]
async fn command_rolls_dice() {
    let host = start("command").await;
    let (bob, phones) = (fixed_id("bob"), fixed_id("channelphones"));
    let roll = async |line: &str| {
        let answer = host.command(&bob, &phones, line).await;
        let posts = host.world().posts();
        (answer.expect("an answer").text, posts)
    };
    for (line, sides) in [("/dice", "6"), ("/dice 20", "20"), ("/dice 2", "2")] {
        let (told, posts) = roll(line).await;
        assert_eq!(told, "");
        let post = posts
            .iter()
            .max_by_key(|post| post.create_at)
            .expect("a post");
        let (roll, of) = post
            .message
            .strip_prefix("rolled ")
            .and_then(|rest| rest.split_once(" of "))
            .expect("a roll");
        assert_eq!(of, sides);
        let (roll, sides) = (roll.parse::<u64>(), sides.parse::<u64>());
        assert!((1..=sides.expect("a number")).contains(&roll.expect("a number")));
        let author = host.world().user(&post.user_id).expect("the author");
        assert_eq!((&*author.username, &*post.channel_id), ("dice", &*phones));
    }
    let before = host.world().posts().len();
    for line in ["/dice 1", "/dice 1001", "/dice -3", "/dice many"] {
        let (told, posts) = roll(line).await;
        assert_eq!(
            (told.contains("2 to 1000"), posts.len()),
            (true, before),
            "{line}"
        );
    }
    let settings = json!({"sides": "12"});
    host.save_settings(settings.as_object().expect("settings").clone())
        .await;
    let (_, posts) = roll("/dice").await;
    let is_of_twelve = |message: &str| message.ends_with(" of 12");
    assert_eq!(
        posts
            .iter()
            .filter(|post| is_of_twelve(&post.message))
            .count(),
        1
    );
    host.stop().await;
}

/// A plugin written by the documentation alone listened to a channel, and the dev host told it nothing.
#[tokio::test]
async fn a_plugin_hears_what_people_write() {
    let bundle = Bundle::bare(&built().join("probe"), "probe").expect("a bundle");
    let host = DevHost::start(World::new(), Options::new(bundle)).await;
    let host = host.expect("the probe starts");
    let (bob, phones) = (fixed_id("bob"), fixed_id("channelphones"));
    let post = host.write(&bob, &phones, "remind me of tea").await;
    let post = post.expect("a post");
    assert_eq!(host.world().messages_in(&phones), ["remind me of tea"]);
    let is_told = |world: &World| {
        let mut log = world.logs().into_iter();
        log.find(|line| line.fields.get("hook") == Some(&json!("MessageHasBeenPosted")))
    };
    let told = host.world().wait_for("the hook", is_told).await;
    let told = told.expect("the hook");
    let arguments = told.fields["args"].as_str().expect("arguments");
    for word in ["remind me of tea", &*bob, &*phones, &*post.id] {
        assert!(arguments.contains(word), "{arguments}");
    }
    host.stop().await;
}
