//! What a viewer may, and what happens to the page of one: lost and found again, ended, reset, and pages of callers.

use std::net::SocketAddr;

use devhost::State;
use devhost::world::fixed_id;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::browser::Tools;
use super::cases::{AGENTS, centre, is_time, names, text};
use super::centre::Centre;
use crate::harness::phones;

#[tokio::test]
async fn the_page_says_that_it_is_not_live_and_goes_on_by_itself() {
    let Some(tools) = Tools::find() else { return };
    let centre = centre().await;
    centre
        .phone("incoming-call?user=bob&number=0240404040&call_id=1")
        .await;
    let mut case = tools.case("reconnect", &centre.page());
    case.reaches("open").await;
    centre.host.kill().await;
    case.go_on(Value::Null).await;
    case.reaches("lost").await;
    centre.host.check_health().await;
    centre.host.reach(State::Running).await;
    // The board lasts: bob's call goes on.
    centre
        .phone("incoming-call?user=carol&number=0301&call_id=2")
        .await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    let lost = seen["lost"].as_str().expect("words");
    let (time, rest) = lost
        .strip_prefix("Not live since ")
        .and_then(|rest| rest.split_at_checked(5))
        .expect("since when");
    assert!(
        is_time(time) && rest.starts_with(": everything below is as it was then."),
        "{lost}"
    );
    assert_eq!(names(&seen["kept"]), ["bob"], "what was known stays");
    assert_eq!(names(&seen["after"]), ["bob", "carol"]);
    assert_eq!(seen["again"], "Live");
    assert_eq!(
        seen["told"],
        json!([lost, "The board is live again."]),
        "for those who do not see"
    );
    assert_eq!(seen["same"], true, "the page was loaded again");
    centre.close().await;
}

#[tokio::test]
async fn who_may_look_no_more_is_told_so() {
    let Some(tools) = Tools::find() else { return };
    let centre = centre().await;
    let mut case = tools.case("ended", &centre.page());
    case.reaches("open").await;
    let settings = json!({ "Secret": "another one" });
    let settings = settings.as_object().expect("settings").clone();
    centre.host.save_settings(settings).await;
    case.go_on(Value::Null).await;
    let seen = case.done().await;
    assert!(
        seen["text"]
            .as_str()
            .expect("words")
            .starts_with("You may no longer see this board")
    );
    assert_eq!(seen["tried"], 0, "it tried again");
    centre.close().await;
}

#[tokio::test]
async fn a_wall_that_may_look_no_more_tries_again_by_itself() {
    let Some(tools) = Tools::find() else { return };
    let centre = centre().await;
    let mut case = tools.case("ended-wall", &wall_link(&centre).await);
    case.reaches("open").await;
    let (admin, channel) = (fixed_id("admin"), phones());
    let withdrawn = centre
        .host
        .command(&admin, &channel, "/phone board withdraw Lobby");
    withdrawn.await.expect("an answer");
    case.go_on(Value::Null).await;
    case.done().await;
    centre.close().await;
}

#[tokio::test]
async fn a_page_in_the_background_does_not_grow_with_every_call() {
    let Some(tools) = Tools::find() else { return };
    let centre = centre().await;
    let case = tools.case("hidden", &centre.page());
    let rows = case.done().await["rows"].as_u64().expect("a number");
    assert!((1..=200).contains(&rows), "{rows}");
    centre.close().await;
}

#[tokio::test]
async fn a_member_begins_the_counters_anew_and_a_screen_cannot() {
    let Some(tools) = Tools::find() else { return };
    let mut centre = centre().await;
    for queue in ["sales", "support"] {
        let lost = centre.joins(queue, "0240404040").await;
        centre.gives_up(queue, &lost).await;
    }
    let world = centre.host.world();
    let bob = fixed_id("bob");
    world.change_user(&bob, |user| {
        user.locale = "de".into();
        user.roles = "system_user system_admin".into();
    });
    let session = world.sign_in(&bob);
    let cookie = |name: &str, value: &str| {
        json!({
            "name": name, "value": value, "domain": "127.0.0.1", "path": "/", "expires": -1,
            "httpOnly": name == "MMAUTHTOKEN", "secure": false, "sameSite": "Lax",
        })
    };
    let cookies = [
        cookie("MMAUTHTOKEN", &session.token),
        cookie("MMCSRF", &session.csrf),
    ];
    let wall = wall_link(&centre).await;
    let mut case = tools.case("reset", &centre.host.plugin_url("/dashboard"));
    case.reaches("open").await;
    case.go_on(json!({ "cookies": cookies, "wall": wall }))
        .await;
    let seen = case.done().await;

    assert_eq!(seen["language"], "de", "that of the account");
    assert_eq!(seen["button"], "Zähler zurücksetzen");
    let question = seen["question"].as_str().expect("a question");
    assert!(
        question.starts_with("Die Zähler von sales neu beginnen?"),
        "{question}"
    );
    let lost = |rows: &Value| {
        ["sales", "support"].map(|name| {
            let rows = rows
                .as_array()
                .expect("rows")
                .iter()
                .find(|row| text(row, "name") == name);
            rows.map(|row| text(row, "Verloren").to_owned())
        })
    };
    let one = Some("1".to_owned());
    assert_eq!(lost(&seen["before"]), [one.clone(), one.clone()]);
    assert_eq!(lost(&seen["cancelled"])[0], one);
    assert_eq!(lost(&seen["after"]), [Some("0".to_owned()), one]);
    assert_eq!(seen["screen"], json!(["Wall"]), "no reset for a screen");
    centre.close().await;
}

/// A link for a screen, as an administrator makes it.
async fn wall_link(centre: &Centre) -> String {
    let (admin, channel) = (fixed_id("admin"), phones());
    let made = centre
        .host
        .command(&admin, &channel, "/phone board wall Lobby");
    let made = made.await.expect("an answer").text;
    let token = made.split("wall=").nth(1).expect("a link");
    let fits = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
    let token: String = token.chars().take_while(fits).collect();
    centre.host.plugin_url(&format!("/dashboard?wall={token}"))
}

#[tokio::test]
async fn the_page_of_a_caller_opens_where_each_viewer_wants_it() {
    let Some(tools) = Tools::find() else { return };
    let pages = CallersPages::serve().await;
    let url = format!("http://{}/?caller=*CALLING*", pages.address);
    let centre = Centre::open(&AGENTS, |options| options.with("CallbackPageUrl", url)).await;
    let mut case = tools.case("rings", &centre.page());
    for (step, number) in [("off", "0701"), ("here", "0702"), ("window", "0703")] {
        case.reaches(step).await;
        centre
            .phone(&format!(
                "incoming-call?user=bob&number={number}&call_id={number}"
            ))
            .await;
        case.go_on(Value::Null).await;
    }
    let seen = case.done().await;
    assert_eq!([&seen["first"], &seen["kept"]], ["off", "window"]);
    assert_eq!(
        seen["off"], 0,
        "it opened for somebody who did not ask for it"
    );
    assert_eq!(seen["here"], "Caller 0702");
    assert_eq!(seen["heading"], "Call for bob: 0702");
    assert_eq!(
        seen["sandbox"],
        "allow-forms allow-popups allow-scripts allow-same-origin"
    );
    assert_eq!(seen["window"], "Caller 0703");
    assert_eq!(seen["opener"], true, "it reaches the board");
    centre.close().await;
}

/// Somebody's pages of callers.
pub(crate) struct CallersPages {
    pub(crate) address: SocketAddr,
    _task: JoinSet<()>,
}

impl CallersPages {
    pub(crate) async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let mut task = JoinSet::new();
        task.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 8192];
                let length = stream.read(&mut head).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..length]);
                let caller = head.split_once("caller=").map_or("", |(_, rest)| rest);
                let caller: String = caller.chars().take_while(char::is_ascii_digit).collect();
                let page = format!("<!doctype html><title>Caller</title><h1>Caller {caller}</h1>");
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
                    page.len()
                );
                // A browser that is gone needs no answer.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            address,
            _task: task,
        }
    }
}
