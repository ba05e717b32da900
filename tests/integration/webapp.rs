//! The webapp in a browser, in the dev host's page, which loads it as Mattermost does, with React 17 and 18.

use std::path::{Path, PathBuf};

use devhost::{DevHost, Options, world::fixed_id};
use serde_json::{Value, json};

use crate::board_page::browser::Tools;
use crate::harness;

/// What `scripts/webapp.py build` leaves, and what `scripts/webapp.py dev-host` does.
const BUILT: [&str; 2] = ["webapp/dist/main.js", "webapp/dev/dist/host-18.js"];

/// The browser's tools, where the webapp is built, too; else says what is missing, and fails where `SWITCHBOARD_BROWSER` is `required`.
pub(crate) fn tools() -> Option<Tools> {
    let tools = Tools::find()?;
    let missing = BUILT.iter().find(|file| !root().join(file).is_file());
    let Some(missing) = missing else {
        return Some(tools);
    };
    let words = format!(
        "{missing} is missing: run `python3 scripts/webapp.py build` and `python3 scripts/webapp.py dev-host`."
    );
    let required = std::env::var_os("SWITCHBOARD_BROWSER").is_some_and(|it| it == "required");
    assert!(!required, "{words}");
    eprintln!("Not run in a browser: {words}");
    None
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The filter with which there is video in ~phones alone.
fn phones_alone() -> Value {
    json!({ "enabled": true, "allowedChannels": [harness::phones()] })
}

/// A host with the webapp, and with video at a node that the browser's test plays.
pub(crate) async fn host(base: &str, filter: Value) -> DevHost {
    let bundle = harness::bundle("switchboard").with_webapp(&root().join("webapp/dist"));
    let options = Options {
        bundle: bundle.expect("the webapp was built"),
        base: base.into(),
        webapp: root().join("webapp/dev/dist"),
        ..harness::options()
    };
    let options = options
        .with("Node", "https://meet.example.com/")
        .with("Embedded", false)
        .with("FilterChannels", filter);
    harness::start(options).await
}

fn none() -> Value {
    json!([])
}

/// The case with the button: `look` is the browser's window, `locale` bob's language, with the button's texts in it.
async fn button_case(base: &str, react: &str, locale: &str, texts: [&str; 2], look: Value) {
    let Some(tools) = tools() else { return };
    let host = host(base, phones_alone()).await;
    let bob = fixed_id("bob");
    host.world()
        .change_user(&bob, |user| user.locale = locale.into());
    let theme = if look["colorScheme"] == "dark" {
        "dark"
    } else {
        "light"
    };
    let page = format!(
        "{}/acme/channels/phones?as=bob&react={react}&theme={theme}",
        host.url()
    );
    let [label, joined] = texts;
    let names = format!(
        "button-{react}-{locale}-{theme}-{}",
        look["viewport"]["width"]
    );
    let argument =
        json!({ "url": page, "label": label, "joined": joined, "names": names, "look": look });
    let mut case = tools.case("webapp", &argument.to_string());
    case.reaches("joined").await;
    let status = host
        .world()
        .wait_for("bob's status", |world| world.custom_status(&bob));
    status
        .await
        .expect("the status of somebody in a conference");
    case.go_on(Value::Null).await;
    case.reaches("unseen").await;
    let status = host
        .world()
        .wait_for("bob's status", |world| world.custom_status(&bob));
    status
        .await
        .expect("a window that is open, and not to be seen");
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    assert_eq!(seen["axe"], none(), "{seen}");
    assert_eq!(seen["button"], label);
    assert!(
        seen["react"]
            .as_str()
            .expect("a version")
            .starts_with(react)
    );
    let address = seen["window"]["address"].as_str().expect("an address");
    assert!(
        address.starts_with("https://meet.example.com/webapp3/"),
        "{address}"
    );
    assert_eq!(seen["window"]["opener"], true);
    let down = seen["down"].as_str().expect("words");
    assert!(down.contains("meet.example.com"), "{down}");
    assert_eq!(seen["filtered"], 0);
    harness::stop(host).await;
}

fn window(width: u32, height: u32, scheme: &str) -> Value {
    json!({ "viewport": { "width": width, "height": height }, "colorScheme": scheme })
}

#[tokio::test]
async fn the_video_button_opens_a_window_with_react_18() {
    let texts = [
        "Video conference",
        "Show the video conference that you are in",
    ];
    button_case("", "18", "en", texts, window(1440, 900, "light")).await;
}

#[tokio::test]
async fn the_video_button_opens_a_window_with_react_17_below_a_path() {
    let texts = ["Videokonferenz", "Ihre Videokonferenz anzeigen"];
    button_case("/a/chat", "17", "de", texts, window(1024, 700, "dark")).await;
}

#[tokio::test]
async fn the_video_button_speaks_french() {
    let texts = [
        "Visioconférence",
        "Afficher la visioconférence où vous êtes",
    ];
    button_case("", "18", "fr-CA", texts, window(1000, 600, "light")).await;
}

async fn console_case(react: &str, look: Value) {
    let Some(tools) = tools() else { return };
    let host = host("", Value::Null).await;
    let theme = look["colorScheme"].as_str().expect("a scheme").to_owned();
    let page = format!(
        "{}/admin_console/plugins/plugin_switchboard?as=admin&react={react}&theme={theme}",
        host.url()
    );
    let names = format!("console-{react}-{theme}-{}", look["viewport"]["width"]);
    let argument = json!({ "url": page, "names": names, "look": look });
    let mut case = tools.case("webapp_admin", &argument.to_string());
    case.reaches("saved").await;
    let stored = host.world().plugin_settings("switchboard");
    assert_eq!(
        stored["numbersusers"],
        "123:bob\n124:alice\n0004f2abcdef:carol\n6001:alice\n6002:bob\n6003:carol"
    );
    assert_eq!(stored["filterchannels"], phones_alone());
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    assert_eq!(seen["axe"], none(), "{seen}");
    assert_eq!(seen["rows"], 3);
    assert_eq!(seen["imported"], "2 added, 0 changed");
    assert_eq!(seen["wide"], true, "the page has to be scrolled sideways");
    let checks = seen["checks"].as_array().expect("findings");
    let state = |part: &str| {
        let found = checks.iter().find(|check| check[0] == part);
        found.map(|check| check[1].as_str().expect("a state").to_owned())
    };
    assert_eq!(state("asterisk").as_deref(), Some("off"), "{checks:?}");
    // The node that only the browser's test plays is none for the server.
    assert_eq!(state("pexip").as_deref(), Some("bad"), "{checks:?}");
    assert_eq!(state("settings").as_deref(), Some("ok"), "{checks:?}");
    assert!(
        !Value::from(checks.clone())
            .to_string()
            .contains(harness::SECRET)
    );
    harness::stop(host).await;
}

#[tokio::test]
async fn the_system_consoles_settings_work_with_react_17() {
    console_case("17", window(390, 800, "dark")).await;
}

#[tokio::test]
async fn the_system_consoles_settings_work_with_react_18() {
    console_case("18", window(1280, 900, "light")).await;
}

#[tokio::test]
async fn a_page_without_its_scripts_says_how_to_build_them() {
    let options = Options {
        webapp: Path::new("/nonexistent").into(),
        ..harness::options()
    };
    let host = harness::start(options).await;
    let session = host.world().sign_in(&fixed_id("bob"));
    let cookie = format!("MMAUTHTOKEN={}", session.token);
    let url = format!("{}/acme/channels/phones", host.url());
    let headers = [("Cookie", &*cookie)];
    let answer =
        devhost::client::send(http::Method::GET, &url, &headers, bytes::Bytes::new()).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status.as_u16(), 404);
    assert!(
        answer.text().contains("scripts/webapp.py"),
        "{}",
        answer.text()
    );
    harness::stop(host).await;
}
