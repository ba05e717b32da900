//! Buttons, menus and forms, from the click to the plugin and back: this program starts itself as the
//! plugin.

use std::{process::ExitCode, sync::Arc, time::Duration};

use axum::body::Body as Answer;
use bytes::Bytes;
use devhost::{
    Bundle, DevHost, Options, Pressed, Submitted, World, client,
    world::{AppError, Dialog, Post, TRIGGER_LIFE, fixed_id},
};
use futures_util::{StreamExt, stream};
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use mattermost_plugin::{
    Api, Context, Hook, Plugin,
    error::{AppError as PluginError, HookError},
    http::{Body, HttpService, USER_ID_HEADER},
    model::{
        Command, CommandArgs, CommandResponse, DialogElement, OpenDialogRequest,
        PostActionIntegrationRequest, PostActionOption, SubmitDialogRequest,
    },
};
use serde_json::{Map, Value, json};

/// Opens a form at `/form`, and says on a click what it was told of it.
struct Clicked {
    api: Api,
}

impl Plugin for Clicked {
    const HOOKS: &'static [Hook] = &[Hook::ServeHttp, Hook::ExecuteCommand];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let command = Command {
            trigger: "form".into(),
            ..Command::default()
        };
        api.register_command(&command).await?;
        Ok(Self { api })
    }

    fn http(self: &Arc<Self>) -> HttpService {
        HttpService::from_fn(|request: Request<Body>| async move {
            let user = request.headers().get(USER_ID_HEADER).cloned();
            let user = user.and_then(|id| id.to_str().ok().map(str::to_owned));
            let path = request.uri().to_string();
            let body = request.into_body().collect().await;
            let body = body.map(|body| body.to_bytes()).unwrap_or_default();
            let user = user.unwrap_or_default();
            if path.starts_with("/form") {
                Response::new(Answer::from(form(&user, &body)))
            } else {
                button(&path, &user, &body)
            }
        })
    }

    /// `/form [trigger id]`
    async fn execute_command(
        &self,
        _: Context,
        args: CommandArgs,
    ) -> Result<CommandResponse, PluginError> {
        let given = args.command.strip_prefix("/form").unwrap_or_default();
        let trigger_id = match given.trim() {
            "" => args.trigger_id,
            given => given.to_owned(),
        };
        let mut request = OpenDialogRequest {
            trigger_id: trigger_id.clone(),
            url: "/plugins/clicked/form".into(),
            ..OpenDialogRequest::default()
        };
        request.dialog.callback_id = "settings".into();
        request.dialog.title = "Settings".into();
        request.dialog.state = "kept".into();
        request.dialog.notify_on_cancel = true;
        request.dialog.elements = vec![DialogElement {
            display_name: "When".into(),
            name: "when".into(),
            kind: "select".into(),
            default: "always".into(),
            optional: true,
            max_length: 7,
            options: vec![PostActionOption::new("Always", "always")],
            ..DialogElement::default()
        }];
        let opened = self.api.open_interactive_dialog(&request).await;
        let said = opened.map_or_else(|e| e.to_string(), |()| trigger_id);
        Ok(CommandResponse::ephemeral(said))
    }
}

/// Does what the context of the button wants.
fn button(path: &str, user: &str, body: &Bytes) -> Response<Answer> {
    let told: PostActionIntegrationRequest = serde_json::from_slice(body).unwrap_or_default();
    let word = |name: &str| {
        let value = told.context.get(name);
        value.and_then(|value| value.as_str()).unwrap_or_default()
    };
    let answer = match word("answer") {
        "nothing" => String::new(),
        "junk" => "not JSON".into(),
        "refuse" => {
            let text = json!({ "ephemeral_text": "No." }).to_string();
            let mut refusal = Response::new(Answer::from(text));
            *refusal.status_mut() = http::StatusCode::FORBIDDEN;
            return refusal;
        }
        "twice" => {
            let pieces = [r#"{"ephemeral_text": "#, r#""lost"}"#];
            let pieces = stream::iter(pieces).then(|piece| async move {
                // What is not there at once is written apart.
                tokio::task::yield_now().await;
                Ok::<_, std::convert::Infallible>(Bytes::from(piece))
            });
            return Response::new(Answer::from_stream(pieces));
        }
        "update" => json!({ "update": { "message": "Done", "props": {} } }).to_string(),
        _ => {
            let told = [
                user,
                &told.user_name,
                &told.channel_name,
                &told.team_name,
                &told.kind,
                word("selected_option"),
                path,
            ];
            json!({ "ephemeral_text": told.join(" ") }).to_string()
        }
    };
    Response::new(Answer::from(answer))
}

fn form(user: &str, body: &Bytes) -> String {
    let told: SubmitDialogRequest = serde_json::from_slice(body).unwrap_or_default();
    if user != told.user_id {
        return json!({ "error": "somebody else's" }).to_string();
    }
    let value = told.submission.get("when").and_then(|value| value.as_str());
    match value {
        Some("never") => json!({ "errors": { "when": "Never is not offered." } }).to_string(),
        Some(_) => String::new(),
        None => {
            let told = format!("{} {} {}", told.kind, told.cancelled, told.state);
            json!({ "error": told }).to_string()
        }
    }
}

async fn host() -> DevHost {
    let this = std::env::current_exe().expect("a test has a path");
    let bundle = Bundle::bare(&this, "clicked").expect("a bundle of this executable");
    let host = DevHost::start(World::new(), Options::new(bundle)).await;
    host.expect("the plugin starts")
}

/// A post in ~phones with a button for each answer, and a menu.
fn post(host: &DevHost) -> Post {
    let action = |id: &str, kind: &str| {
        json!({ "id": id, "type": kind, "name": id, "options": [{ "text": "One", "value": "1" }],
                "integration": { "url": "/plugins/clicked/button?x=1", "context": { "answer": id } } })
    };
    let names = ["tell", "nothing", "junk", "refuse", "twice", "update"];
    let mut actions: Vec<Value> = names.iter().map(|id| action(id, "button")).collect();
    actions.push(action("menu", "select"));
    let mut elsewhere = action("elsewhere", "button");
    elsewhere["integration"]["url"] = "/plugins/other/button".into();
    actions.push(elsewhere);
    let props = json!({ "attachments": [{ "text": "box", "actions": actions }] });
    let post = Post {
        user_id: fixed_id("bob"),
        channel_id: fixed_id("channelphones"),
        message: "Missed".into(),
        props: props.as_object().expect("an object").clone(),
        ..Post::default()
    };
    host.world().create_post(post).expect("a post")
}

fn problem<T: std::fmt::Debug>(result: Result<T, AppError>) -> (String, u16) {
    let error = result.expect_err("an error");
    (error.id, error.status_code)
}

fn failed() -> (String, u16) {
    let id = "api.post.do_action.action_integration.app_error";
    (id.into(), 400)
}

/// What a plugin learns of a click, and who gets to click.
async fn a_click_is_told(host: &DevHost) {
    let (bob, post) = (fixed_id("bob"), post(host));
    let told = host.press(&bob, &post.id, "tell").await.expect("a press");
    let wanted = format!("{bob} bob phones acme button  /button?x=1");
    assert_eq!(told.text, wanted);
    let told = host.choose(&bob, &post.id, "menu", "1").await;
    let told = told.expect("a choice").text;
    assert_eq!(told, format!("{bob} bob phones acme select 1 /button?x=1"));
    let seen = host.world().ephemeral_posts().pop().expect("a text");
    let (of, root) = (seen.user_id, seen.post.root_id);
    assert_eq!((of, root), (bob.clone(), post.id.clone()));

    let outsider = host.world().add_user("outsider", "", "");
    let forbidden = ("api.context.permissions.app_error".to_owned(), 403);
    let pressed = host.press(&outsider, &post.id, "tell").await;
    assert_eq!(problem(pressed), forbidden);
    let pressed = host.press(&bob, "nothing", "tell").await;
    assert_eq!(problem(pressed), forbidden);
    let missing = ("api.post.do_action.action_id.app_error".to_owned(), 404);
    let pressed = host.press(&bob, &post.id, "gone").await;
    assert_eq!(problem(pressed), missing);
    let pressed = host.press(&bob, &post.id, "elsewhere").await;
    assert_eq!(problem(pressed), failed());
}

/// What becomes of a plugin's answer to a click.
async fn an_answer_is_honoured(host: &DevHost) {
    let (bob, post) = (fixed_id("bob"), post(host));
    let press = |action: &'static str| host.press(&bob, &post.id, action);
    assert_eq!(press("nothing").await.expect("a press"), Pressed::default());
    // The status is of no account.
    assert_eq!(press("refuse").await.expect("a press").text, "No.");
    assert_eq!(problem(press("junk").await), failed());
    // Only the last of several writes arrives.
    assert_eq!(problem(press("twice").await), failed());
    assert!(press("update").await.expect("a press").updated);
    let changed = host.world().post(&post.id).expect("the post");
    assert_eq!((&*changed.message, changed.buttons().len()), ("Done", 0));
    assert_eq!(problem(press("tell").await).1, 404);
}

async fn open(host: &DevHost, line: &str) -> Result<Dialog, String> {
    let (bob, phones) = (fixed_id("bob"), fixed_id("channelphones"));
    let before = host.world().dialogs().len();
    let said = host.command(&bob, &phones, line).await;
    let said = said.expect("an answer").text;
    let mut dialogs = host.world().dialogs();
    match dialogs.pop() {
        Some(dialog) if dialogs.len() == before => Ok(dialog),
        _ => Err(said),
    }
}

/// Forms open for whom a fresh trigger id is of, and for nobody else.
async fn a_form_opens_by_a_trigger_id(host: &DevHost) {
    let bob = fixed_id("bob");
    let dialog = open(host, "/form").await.expect("a form");
    assert_eq!((&dialog.user_id, &*dialog.title), (&bob, "Settings"));
    let field = &dialog.elements[0];
    let facts = (&*field.kind, &*field.default, field.optional);
    assert_eq!(facts, ("select", "always", true));
    assert_eq!((field.max_length, &*field.options[0].value), (7, "always"));
    let event = host.world().websocket_events().pop().expect("an event");
    assert_eq!(
        (&*event.name, &event.audience.user_id),
        ("open_dialog", &bob)
    );

    let again = open(host, &format!("/form {}", dialog.trigger_id)).await;
    assert!(again.is_ok(), "{again:?}");
    let refused = open(host, "/form junk").await;
    assert!(refused.is_err(), "{refused:?}");
    let forged = open(host, "/form trigger0000000000000000099").await;
    assert!(forged.is_err(), "{forged:?}");
    host.world().advance(TRIGGER_LIFE + Duration::from_secs(1));
    let late = open(host, &format!("/form {}", dialog.trigger_id)).await;
    assert!(late.is_err_and(|why| why.contains("30 s")));
}

/// What a plugin learns of a form, and what becomes of its answer.
async fn a_form_is_sent(host: &DevHost) {
    let (bob, phones) = (fixed_id("bob"), fixed_id("channelphones"));
    let dialog = open(host, "/form").await.expect("a form");
    let values = |value: Value| Map::from_iter([("when".to_owned(), value)]);
    let send = |values: Map<String, Value>| host.submit(&bob, &phones, &dialog, values);
    let taken = send(values("always".into())).await.expect("an answer");
    assert!(taken.is_taken(), "{taken:?}");
    let wrong = send(values("never".into())).await.expect("an answer");
    assert_eq!(wrong.errors["when"], "Never is not offered.");
    let wrong = send(values(Value::Null)).await.expect("an answer");
    let wanted = Submitted {
        error: "dialog_submission false kept".into(),
        ..Submitted::default()
    };
    assert_eq!(wrong, wanted);
    host.cancel(&bob, &phones, &dialog).await.expect("closed");
    let outsider = fixed_id("outsider");
    let sent = host.submit(&outsider, &phones, &dialog, Map::new()).await;
    assert_eq!(problem(sent).1, 403);
}

/// POSTs to the server's own API. Answers the status and the body.
async fn api(host: &DevHost, token: Option<&str>, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/api/v4{path}", host.url());
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = bearer
        .iter()
        .map(|bearer| ("Authorization", bearer.as_str()))
        .collect();
    let body = Bytes::from(body.to_string());
    let answer = client::send(Method::POST, &url, &headers, body).await;
    let answer = answer.expect("an answer");
    let body = serde_json::from_slice(&answer.body).unwrap_or_default();
    (answer.status.as_u16(), body)
}

/// The same by the server's own paths.
async fn clients_use_the_servers_paths(host: &DevHost) {
    let (bob, post) = (fixed_id("bob"), post(host));
    let session = host.world().sign_in(&bob);
    let token = Some(session.token.as_str());
    let menu = format!("/posts/{}/actions/menu", post.id);
    let chosen = json!({ "selected_option": "1" });
    let pressed = api(host, token, &menu, &chosen).await;
    assert_eq!(pressed, (200, json!({ "status": "OK" })));
    let told = host.world().ephemeral_posts().pop().expect("a text");
    let told = told.post.message;
    assert!(told.contains("select 1"), "{told}");
    assert_eq!(api(host, None, &menu, &chosen).await.0, 401);
    let gone = format!("/posts/{}/actions/gone", post.id);
    let (status, gone) = api(host, token, &gone, &json!({})).await;
    let wanted = json!("api.post.do_action.action_id.app_error");
    assert_eq!((status, &gone["id"]), (404, &wanted));

    let submit = "/actions/dialogs/submit";
    let mut form = json!({
        "url": "/plugins/clicked/form", "callback_id": "settings", "state": "kept",
        "channel_id": fixed_id("channelphones"), "team_id": fixed_id("teamacme"),
        // The server says who it was.
        "user_id": fixed_id("alice"), "submission": { "when": "never" },
    });
    let wrong = api(host, token, submit, &form).await;
    let wanted = json!({ "errors": { "when": "Never is not offered." } });
    assert_eq!(wrong, (200, wanted));
    form["submission"]["when"] = "always".into();
    let taken = api(host, token, submit, &form).await;
    assert_eq!(taken, (200, json!({})));
    assert_eq!(api(host, None, submit, &form).await.0, 401);
    form["url"] = "".into();
    assert_eq!(api(host, token, submit, &form).await.0, 400);
}

async fn tests() {
    let host = host().await;
    a_click_is_told(&host).await;
    an_answer_is_honoured(&host).await;
    a_form_opens_by_a_trigger_id(&host).await;
    a_form_is_sent(&host).await;
    clients_use_the_servers_paths(&host).await;
    host.stop().await;
    println!("clicks: ok");
}

fn main() -> ExitCode {
    if std::env::var_os(mattermost_plugin::HANDSHAKE.cookie_key).is_some() {
        return mattermost_plugin::run::<Clicked>();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(tests());
    ExitCode::SUCCESS
}
