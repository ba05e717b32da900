//! Each call against a host that writes down what it was asked.

use std::{
    any::Any as StdAny,
    collections::HashMap,
    sync::{Arc, Mutex},
};

use ::http::{Request, StatusCode, header::CONTENT_TYPE};
use bytes::Bytes;
use go_plugin::{
    broker::BrokerStream,
    rpc::{Call, Reply, Service, serve},
    yamux::{Mode, Session as Yamux},
};
use gob::{DecodeOwned, Encode, Gob, Interface, MapEntries, Time, Value};
use serde_json::json;

use super::{
    wire::{Done, Nothing, One, Three, Two},
    *,
};
use crate::{
    error::{AppError, ErrorString, OutgoingError},
    model::{
        Any, AutocompleteData, Bot, BotPatch, Channel, ChannelMember, Command, Config,
        CustomStatus, Dialog, OpenDialogRequest, PluginClusterEvent, PluginClusterEventSendOptions,
        PluginKvSetOptions, Post, Preference, Props, ServiceSettings, Session, Status, Team,
        TeamMember, User, UserGetOptions, WebsocketBroadcast, permission, send_type, status,
    },
};

type Handler = Box<dyn Fn(Call<'_, '_>, &Seen) + Send + Sync>;
/// Arguments in the order of the calls, with the methods' names.
type Seen = Mutex<Vec<(String, Box<dyn StdAny + Send>)>>;

/// A host that knows the methods it was given.
#[derive(Default)]
struct Host {
    handlers: HashMap<&'static str, Handler>,
    seen: Seen,
}

impl Host {
    /// Answers `method` with `answer`, and keeps the arguments as an `A`.
    fn on<A, R>(mut self, method: &'static str, answer: R) -> Self
    where
        A: DecodeOwned + Send + 'static,
        R: Encode + Send + Sync + 'static,
    {
        let handler = move |call: Call<'_, '_>, seen: &Seen| {
            let name = call.method().to_owned();
            let (arguments, reply) = call
                .argument::<A>()
                .expect("arguments of the expected form");
            seen.lock().unwrap().push((name, Box::new(arguments)));
            reply.ok(&answer);
        };
        self.handlers.insert(method, Box::new(handler));
        self
    }

    /// Takes `method`, and does not answer as long as the returned list lives.
    fn silent(mut self, method: &'static str) -> (Self, Arc<Mutex<Vec<Reply>>>) {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        let handler = move |call: Call<'_, '_>, _: &Seen| {
            let (_, reply) = call.argument::<Value>().unwrap();
            keep.lock().unwrap().push(reply);
        };
        self.handlers.insert(method, Box::new(handler));
        (self, kept)
    }

    async fn start(self) -> Running {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (plugin, driver) = Yamux::new(ours, Mode::Server);
        tokio::spawn(driver);
        let (session, driver) = Yamux::new(theirs, Mode::Client);
        tokio::spawn(driver);
        let host = Arc::new(self);
        let service = Arc::clone(&host);
        tokio::spawn(async move {
            let stream = session.accept().await.unwrap();
            serve(BrokerStream::from(stream), service).await
        });
        let stream = plugin.open().await.unwrap();
        let api = Api::new(Client::new(BrokerStream::from(stream)));
        Running { api, host, plugin }
    }
}

impl Service for Host {
    fn call(&self, call: Call<'_, '_>) {
        match call
            .method()
            .strip_prefix("Plugin.")
            .and_then(|name| self.handlers.get(name))
        {
            Some(handler) => handler(call, &self.seen),
            None => call.unknown(),
        }
    }
}

struct Running {
    api: Api,
    host: Arc<Host>,
    plugin: Yamux,
}

impl Running {
    /// The arguments of the one call of `method` that was made since the last look.
    fn asked<A: 'static>(&self, method: &str) -> A {
        let (name, arguments) = self.host.seen.lock().unwrap().pop().expect("a call");
        assert_eq!(name, format!("Plugin.{method}"));
        *arguments
            .downcast::<A>()
            .expect("arguments of the expected form")
    }
}

fn ok<T>(value: T) -> Two<T, Option<AppError>> {
    Two { a: value, b: None }
}

fn not_found() -> AppError {
    AppError {
        id: "store.missing".into(),
        message: "Missing.".into(),
        status_code: 404,
        ..AppError::default()
    }
}

fn user(id: &str) -> User {
    User {
        id: id.into(),
        username: "alice".into(),
        ..User::default()
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

type Text = One<String>;
type Texts = Two<String, String>;

fn texts(a: &str, b: &str) -> Texts {
    Two {
        a: a.into(),
        b: b.into(),
    }
}

#[tokio::test]
async fn people() {
    let session = Session {
        id: "s".into(),
        user_id: "u".into(),
        ..Session::default()
    };
    let host = Host::default()
        .on::<Text, _>("GetUser", ok(Some(user("1"))))
        .on::<Text, _>("GetUserByEmail", ok(Some(user("2"))))
        .on::<Text, _>("GetUserByUsername", ok(Some(user("3"))))
        .on::<One<UserGetOptions>, _>("GetUsers", ok(vec![user("4"), user("5")]))
        .on::<One<Vec<String>>, _>("GetUsersByIds", ok(vec![user("6")]))
        .on::<Text, _>("GetSession", ok(Some(session.clone())))
        .on::<Two<String, Vec<u8>>, _>("SetProfileImage", Done::<Option<AppError>> { a: None });
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.get_user("u").await.unwrap(), user("1"));
    assert_eq!(host.asked::<Text>("GetUser").a, "u");
    assert_eq!(api.get_user_by_email("a@b").await.unwrap(), user("2"));
    assert_eq!(host.asked::<Text>("GetUserByEmail").a, "a@b");
    assert_eq!(api.get_user_by_username("alice").await.unwrap(), user("3"));
    assert_eq!(host.asked::<Text>("GetUserByUsername").a, "alice");
    let options = UserGetOptions {
        active: true,
        page: 2,
        per_page: 200,
        ..UserGetOptions::default()
    };
    assert_eq!(
        api.get_users(&options).await.unwrap(),
        [user("4"), user("5")]
    );
    assert_eq!(host.asked::<One<UserGetOptions>>("GetUsers").a, options);
    assert_eq!(
        api.get_users_by_ids(&["a", "b"]).await.unwrap(),
        [user("6")]
    );
    assert_eq!(
        host.asked::<One<Vec<String>>>("GetUsersByIds").a,
        owned(&["a", "b"])
    );
    assert_eq!(api.get_session("s").await.unwrap(), session);
    assert_eq!(host.asked::<Text>("GetSession").a, "s");
    api.set_profile_image("u", &[1, 2, 3]).await.unwrap();
    assert_eq!(
        host.asked::<Two<String, Vec<u8>>>("SetProfileImage"),
        Two {
            a: "u".into(),
            b: vec![1, 2, 3]
        }
    );
}

#[tokio::test]
async fn statuses() {
    let away = Status {
        user_id: "u".into(),
        status: status::AWAY.into(),
        ..Status::default()
    };
    let host = Host::default()
        .on::<Text, _>("GetUserStatus", ok(Some(away.clone())))
        .on::<One<Vec<String>>, _>("GetUserStatusesByIds", ok(vec![away.clone()]))
        .on::<Texts, _>("UpdateUserStatus", ok(Some(away.clone())))
        .on::<Two<String, i64>, _>("SetUserStatusTimedDND", ok(Some(away.clone())))
        .on::<Two<String, CustomStatus>, _>(
            "UpdateUserCustomStatus",
            Done::<Option<AppError>> { a: None },
        )
        .on::<Text, _>(
            "RemoveUserCustomStatus",
            Done {
                a: Some(not_found()),
            },
        );
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.get_user_status("u").await.unwrap(), away);
    assert_eq!(host.asked::<Text>("GetUserStatus").a, "u");
    let ids: [Arc<str>; 2] = ["a".into(), "b".into()];
    assert_eq!(
        api.get_user_statuses_by_ids(&ids).await.unwrap(),
        std::slice::from_ref(&away)
    );
    assert_eq!(
        host.asked::<One<Vec<String>>>("GetUserStatusesByIds").a,
        owned(&["a", "b"])
    );
    assert_eq!(
        api.update_user_status("u", status::DND).await.unwrap(),
        away
    );
    assert_eq!(host.asked::<Texts>("UpdateUserStatus"), texts("u", "dnd"));
    assert_eq!(
        api.set_user_status_timed_dnd("u", 1_795_228_800)
            .await
            .unwrap(),
        away
    );
    assert_eq!(
        host.asked::<Two<String, i64>>("SetUserStatusTimedDND"),
        Two {
            a: "u".into(),
            b: 1_795_228_800
        }
    );
    let custom = CustomStatus {
        emoji: "phone".into(),
        expires_at: Time::from_unix(1_795_228_800, 7),
        ..CustomStatus::default()
    };
    api.update_user_custom_status("u", &custom).await.unwrap();
    assert_eq!(
        host.asked::<Two<String, CustomStatus>>("UpdateUserCustomStatus"),
        Two {
            a: "u".into(),
            b: custom
        }
    );
    let refused = api.remove_user_custom_status("u").await.unwrap_err();
    assert!(refused.is_not_found(), "{refused:?}");
}

#[tokio::test]
async fn teams_and_channels() {
    let team = Team {
        id: "t".into(),
        ..Team::default()
    };
    let member = TeamMember {
        team_id: "t".into(),
        delete_at: 5,
        ..TeamMember::default()
    };
    let channel = Channel {
        id: "c".into(),
        ..Channel::default()
    };
    let in_channel = ChannelMember {
        channel_id: "c".into(),
        ..ChannelMember::default()
    };
    let host = Host::default()
        .on::<Text, _>("GetTeamByName", ok(Some(team.clone())))
        .on::<Texts, _>("GetTeamMember", ok(Some(member.clone())))
        .on::<Text, _>("GetChannel", ok(Some(channel.clone())))
        .on::<Three<String, String, bool>, _>("GetChannelByName", ok(Some(channel.clone())))
        .on::<Texts, _>("GetDirectChannel", ok(Some(channel.clone())))
        .on::<Texts, _>("GetChannelMember", ok(Some(in_channel.clone())));
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.get_team_by_name("acme").await.unwrap(), team);
    assert_eq!(host.asked::<Text>("GetTeamByName").a, "acme");
    assert_eq!(api.get_team_member("t", "u").await.unwrap(), member);
    assert_eq!(host.asked::<Texts>("GetTeamMember"), texts("t", "u"));
    assert_eq!(api.get_channel("c").await.unwrap(), channel);
    assert_eq!(host.asked::<Text>("GetChannel").a, "c");
    assert_eq!(
        api.get_channel_by_name("t", "phones", true).await.unwrap(),
        channel
    );
    assert_eq!(
        host.asked::<Three<String, String, bool>>("GetChannelByName"),
        Three {
            a: "t".into(),
            b: "phones".into(),
            c: true
        }
    );
    assert_eq!(api.get_direct_channel("a", "b").await.unwrap(), channel);
    assert_eq!(host.asked::<Texts>("GetDirectChannel"), texts("a", "b"));
    assert_eq!(api.get_channel_member("c", "u").await.unwrap(), in_channel);
    assert_eq!(host.asked::<Texts>("GetChannelMember"), texts("c", "u"));
}

#[tokio::test]
async fn posts_and_dialogs() {
    let post = Post::new("u", "c", "Hello.")
        .with_prop("n", 5_i64)
        .with_prop("list", json!([1, {}]));
    let answer = Post {
        id: "p".into(),
        ..post.clone()
    };
    let dialog = OpenDialogRequest {
        trigger_id: "t".into(),
        url: "/plugins/x/d".into(),
        dialog: Dialog {
            title: "Call".into(),
            ..Dialog::default()
        },
    };
    let host = Host::default()
        .on::<One<Post>, _>("CreatePost", ok(Some(answer.clone())))
        .on::<One<Post>, _>("UpdatePost", ok(Some(answer.clone())))
        .on::<Text, _>("GetPost", ok(Some(answer.clone())))
        .on::<Two<String, Post>, _>(
            "SendEphemeralPost",
            One {
                a: Some(answer.clone()),
            },
        )
        .on::<One<OpenDialogRequest>, _>(
            "OpenInteractiveDialog",
            Done::<Option<AppError>> { a: None },
        );
    let host = host.start().await;
    let api = &host.api;

    assert_eq!(api.create_post(&post).await.unwrap(), answer);
    assert_eq!(host.asked::<One<Post>>("CreatePost").a, post);
    assert_eq!(api.update_post(&post).await.unwrap(), answer);
    assert_eq!(host.asked::<One<Post>>("UpdatePost").a, post);
    assert_eq!(api.get_post("p").await.unwrap(), answer);
    assert_eq!(host.asked::<Text>("GetPost").a, "p");
    assert_eq!(api.send_ephemeral_post("u", &post).await.unwrap(), answer);
    assert_eq!(
        host.asked::<Two<String, Post>>("SendEphemeralPost"),
        Two {
            a: "u".into(),
            b: post
        }
    );
    api.open_interactive_dialog(&dialog).await.unwrap();
    assert_eq!(
        host.asked::<One<OpenDialogRequest>>("OpenInteractiveDialog")
            .a,
        dialog
    );
}

#[tokio::test]
async fn commands_and_preferences() {
    let command = Command {
        trigger: "phone".into(),
        auto_complete: true,
        autocomplete_data: Some(AutocompleteData::new("phone", "", "").with_text("n", "", "")),
        ..Command::default()
    };
    let preference = Preference {
        user_id: "u".into(),
        category: "c".into(),
        ..Preference::default()
    };
    let refusal = OutgoingError::ErrorString(ErrorString {
        code: 0,
        err: "no such command".into(),
    });
    let host = Host::default()
        .on::<One<Command>, _>(
            "RegisterCommand",
            Done {
                a: OutgoingError::Nil,
            },
        )
        .on::<Texts, _>("UnregisterCommand", Done { a: refusal })
        .on::<Text, _>("GetPreferencesForUser", ok(vec![preference.clone()]))
        .on::<Two<String, Vec<Preference>>, _>(
            "UpdatePreferencesForUser",
            Done::<Option<AppError>> { a: None },
        );
    let host = host.start().await;
    let api = &host.api;

    api.register_command(&command).await.unwrap();
    assert_eq!(host.asked::<One<Command>>("RegisterCommand").a, command);
    let refused = api.unregister_command("", "phone").await.unwrap_err();
    assert!(
        matches!(&refused, ApiError::Plugin(e) if e.err == "no such command"),
        "{refused:?}"
    );
    assert_eq!(host.asked::<Texts>("UnregisterCommand"), texts("", "phone"));
    assert_eq!(
        api.get_preferences_for_user("u").await.unwrap(),
        std::slice::from_ref(&preference)
    );
    assert_eq!(host.asked::<Text>("GetPreferencesForUser").a, "u");
    api.update_preferences_for_user("u", std::slice::from_ref(&preference))
        .await
        .unwrap();
    assert_eq!(
        host.asked::<Two<String, Vec<Preference>>>("UpdatePreferencesForUser"),
        Two {
            a: "u".into(),
            b: vec![preference]
        }
    );
}

#[tokio::test]
async fn permissions() {
    #[derive(Debug, PartialEq, Gob)]
    struct Theirs {
        id: String,
        name: String,
        scope: String,
    }
    let read = |id: &str| Theirs {
        id: id.into(),
        name: String::new(),
        scope: String::new(),
    };
    let host = Host::default()
        .on::<Two<String, Theirs>, _>("HasPermissionTo", One { a: true })
        .on::<Three<String, String, Theirs>, _>("HasPermissionToTeam", One { a: false })
        .on::<Three<String, String, Theirs>, _>("HasPermissionToChannel", One { a: true });
    let host = host.start().await;
    let api = &host.api;

    assert!(
        api.has_permission_to("u", permission::MANAGE_SYSTEM)
            .await
            .unwrap()
    );
    assert_eq!(
        host.asked::<Two<String, Theirs>>("HasPermissionTo"),
        Two {
            a: "u".into(),
            b: read("manage_system")
        }
    );
    assert!(
        !api.has_permission_to_team("u", "t", permission::VIEW_TEAM)
            .await
            .unwrap()
    );
    assert_eq!(
        host.asked::<Three<String, String, Theirs>>("HasPermissionToTeam"),
        Three {
            a: "u".into(),
            b: "t".into(),
            c: read("view_team")
        }
    );
    assert!(
        api.has_permission_to_channel("u", "c", permission::CREATE_POST)
            .await
            .unwrap()
    );
    assert_eq!(
        host.asked::<Three<String, String, Theirs>>("HasPermissionToChannel"),
        Three {
            a: "u".into(),
            b: "c".into(),
            c: read("create_post")
        }
    );
}

#[tokio::test]
async fn the_key_value_store() {
    type Set = Three<String, Vec<u8>, PluginKvSetOptions>;
    let host = Host::default()
        .on::<Set, _>("KVSetWithOptions", ok(true))
        .on::<Text, _>("KVGet", ok(b"value".to_vec()))
        .on::<Text, _>("KVDelete", Done::<Option<AppError>> { a: None })
        .on::<Two<i64, i64>, _>("KVList", ok(owned(&["a", "b"])));
    let host = host.start().await;
    let api = &host.api;

    api.kv_set("k", b"v").await.unwrap();
    let plain = PluginKvSetOptions::default();
    assert_eq!(
        host.asked::<Set>("KVSetWithOptions"),
        Three {
            a: "k".into(),
            b: b"v".to_vec(),
            c: plain
        }
    );
    for (old, sent) in [(None, &b""[..]), (Some(&b"o"[..]), b"o")] {
        assert!(api.kv_compare_and_set("k", old, b"v").await.unwrap());
        let options = PluginKvSetOptions {
            atomic: true,
            old_value: sent.to_vec(),
            expire_in_seconds: 0,
        };
        assert_eq!(host.asked::<Set>("KVSetWithOptions").c, options);
    }
    assert_eq!(
        api.kv_get("k").await.unwrap().as_deref(),
        Some(&b"value"[..])
    );
    assert_eq!(host.asked::<Text>("KVGet").a, "k");
    api.kv_delete("k").await.unwrap();
    assert_eq!(host.asked::<Text>("KVDelete").a, "k");
    assert_eq!(api.kv_list(1, 100).await.unwrap(), ["a", "b"]);
    assert_eq!(host.asked::<Two<i64, i64>>("KVList"), Two { a: 1, b: 100 });

    // Go sends nothing for nil, and nothing for false.
    let host = Host::default()
        .on::<Text, _>("KVGet", Nothing {})
        .on::<Set, _>("KVSetWithOptions", Nothing {});
    let host = host.start().await;
    assert_eq!(host.api.kv_get("k").await.unwrap(), None);
    assert!(
        !host
            .api
            .kv_compare_and_set("k", Some(b"old"), b"new")
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn events() {
    type WebSocket = Three<String, Props, WebsocketBroadcast>;
    type Cluster = Two<PluginClusterEvent, PluginClusterEventSendOptions>;
    let host = Host::default()
        .on::<WebSocket, _>("PublishWebSocketEvent", Nothing {})
        .on::<Cluster, _>(
            "PublishPluginClusterEvent",
            Done {
                a: OutgoingError::Nil,
            },
        );
    let host = host.start().await;

    let payload: Props = [("line".to_owned(), Any::from(json!({"state": "ringing"})))].into();
    let to = WebsocketBroadcast::to_user("u");
    host.api
        .publish_web_socket_event("board", &payload, &to)
        .await
        .unwrap();
    assert_eq!(
        host.asked::<WebSocket>("PublishWebSocketEvent"),
        Three {
            a: "board".into(),
            b: payload,
            c: to
        }
    );
    let event = PluginClusterEvent {
        id: "e".into(),
        data: vec![0, 1],
    };
    let options = PluginClusterEventSendOptions {
        send_type: send_type::RELIABLE.into(),
        target_id: String::new(),
    };
    host.api
        .publish_plugin_cluster_event(&event, &options)
        .await
        .unwrap();
    assert_eq!(
        host.asked::<Cluster>("PublishPluginClusterEvent"),
        Two {
            a: event,
            b: options
        }
    );
}

#[tokio::test]
async fn the_server_itself() {
    let config = Config {
        service_settings: ServiceSettings {
            site_url: "https://x.example".into(),
            enable_user_statuses: true,
            ..ServiceSettings::default()
        },
        ..Config::default()
    };
    let host = Host::default()
        .on::<(), _>(
            "LoadPluginConfiguration",
            One {
                a: br#"{"teamname": "acme", "secret": null}"#.to_vec(),
            },
        )
        .on::<(), _>(
            "GetConfig",
            One {
                a: Some(config.clone()),
            },
        )
        .on::<(), _>(
            "GetServerVersion",
            One {
                a: "9.11.3".to_owned(),
            },
        )
        .on::<(), _>(
            "GetBundlePath",
            Two {
                a: "/plugins/x".to_owned(),
                b: OutgoingError::Nil,
            },
        );
    let host = host.start().await;
    let api = &host.api;

    let settings: serde_json::Value = api.load_plugin_configuration().await.unwrap();
    assert_eq!(settings, json!({"teamname": "acme", "secret": null}));
    let wrong = api
        .load_plugin_configuration::<Vec<u8>>()
        .await
        .unwrap_err();
    assert!(matches!(wrong, ApiError::Json { .. }), "{wrong:?}");
    assert_eq!(api.get_config().await.unwrap(), config);
    assert_eq!(api.get_bundle_path().await.unwrap(), "/plugins/x");

    host.host.seen.lock().unwrap().clear();
    for api in [api.clone(), api.clone()] {
        assert_eq!(
            *api.server_version().await.unwrap(),
            ServerVersion::new(9, 11, 3)
        );
    }
    assert_eq!(
        host.host.seen.lock().unwrap().len(),
        1,
        "known after the first time"
    );
}

#[tokio::test]
async fn a_plugin_without_settings_has_none() {
    for answer in [&b""[..], b"null"] {
        let host =
            Host::default().on::<(), _>("LoadPluginConfiguration", One { a: answer.to_vec() });
        let host = host.start().await;
        let settings: Option<HashMap<String, String>> =
            host.api.load_plugin_configuration().await.unwrap();
        assert_eq!(settings, None);
    }
}

#[tokio::test]
async fn lines_of_the_log_are_texts_in_interfaces() {
    type Line = Two<String, Vec<Interface<Value>>>;
    let host = ["LogDebug", "LogInfo", "LogWarn", "LogError"]
        .into_iter()
        .fold(Host::default(), |host, method| {
            host.on::<Line, _>(method, Nothing {})
        });
    let host = host.start().await;
    let api = &host.api;

    let fields = [("user", "alice"), ("n", "5")];
    let text = |text: &str| Interface::new("string", Value::from(text));
    let expected = Two {
        a: "hello".to_owned(),
        b: vec![text("user"), text("alice"), text("n"), text("5")],
    };
    api.log_debug("hello", &fields).await.unwrap();
    assert_eq!(host.asked::<Line>("LogDebug"), expected);
    api.log_info("hello", &fields).await.unwrap();
    assert_eq!(host.asked::<Line>("LogInfo"), expected);
    api.log_warn("hello", &fields).await.unwrap();
    assert_eq!(host.asked::<Line>("LogWarn"), expected);
    api.log_error("hello", &[]).await.unwrap();
    assert_eq!(
        host.asked::<Line>("LogError"),
        Two {
            a: "hello".into(),
            b: Vec::new()
        }
    );
}

/// Go's `http.Request`, as far as it is looked at here.
#[derive(Gob)]
struct HttpRequest {
    method: String,
    #[gob(name = "URL")]
    url: Option<Opaque>,
    proto: String,
    proto_major: i64,
    proto_minor: i64,
    header: MapEntries<String, Vec<String>>,
    host: String,
    #[gob(name = "RequestURI")]
    request_uri: String,
    request_body_is_elsewhere: bool,
}

/// An URL that owns its bytes.
#[derive(Gob)]
struct Opaque(Value);

#[derive(Gob)]
struct HttpArgs {
    request: Option<HttpRequest>,
    request_body: Vec<u8>,
}

#[derive(Gob)]
struct HttpResponse {
    status: String,
    status_code: i64,
    header: MapEntries<String, Vec<String>>,
}

#[derive(Gob)]
struct HttpReturns {
    response: Option<HttpResponse>,
    response_body: Vec<u8>,
}

#[tokio::test]
async fn requests_to_other_plugins() {
    let answer = HttpReturns {
        response: Some(HttpResponse {
            status: "201 Created".into(),
            status_code: 201,
            header: vec![
                ("X-Many".into(), owned(&["a", "b"])),
                ("Content-Type".into(), owned(&["text/plain"])),
                ("no header\n".into(), owned(&["x"])),
                ("X-Bad".into(), owned(&["a\nb"])),
            ]
            .into(),
        }),
        response_body: b"made".to_vec(),
    };
    let host = Host::default()
        .on::<HttpArgs, _>("PluginHTTP", answer)
        .start()
        .await;
    let request = Request::post("/other/a%2Fb?q=1")
        .header("content-type", "application/json")
        .header("x-a", "1")
        .header("x-a", "2")
        .header("host", "h.example")
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    let response = host.api.plugin_http(request).await.unwrap();
    assert_eq!(
        (response.status(), &response.body()[..]),
        (StatusCode::CREATED, &b"made"[..])
    );
    assert_eq!(response.headers()[CONTENT_TYPE], "text/plain");
    assert_eq!(response.headers().get_all("x-many").iter().count(), 2);
    assert_eq!(response.headers().len(), 3);

    let sent = host.asked::<HttpArgs>("PluginHTTP");
    assert_eq!(sent.request_body, b"{}");
    let sent = sent.request.unwrap();
    assert_eq!(
        (sent.method.as_str(), sent.request_uri.as_str()),
        ("POST", "/other/a%2Fb?q=1")
    );
    assert_eq!(
        (sent.proto.as_str(), sent.proto_major, sent.proto_minor),
        ("HTTP/1.1", 1, 1)
    );
    assert_eq!(sent.host, "h.example");
    let Some(Opaque(Value::Opaque(url))) = sent.url else {
        panic!("no URL")
    };
    assert_eq!(url.data, b"/other/a%2Fb?q=1");
    let mut header = sent.header.0;
    header.sort();
    let expected = [
        ("Content-Type", &["application/json"][..]),
        ("X-A", &["1", "2"]),
    ];
    assert_eq!(
        header,
        expected.map(|(name, values)| (name.to_owned(), owned(values)))
    );

    for status_code in [0, 99, 1000, -1] {
        let response = HttpResponse {
            status: String::new(),
            status_code,
            header: MapEntries::default(),
        };
        let answer = HttpReturns {
            response: Some(response),
            response_body: Vec::new(),
        };
        let host = Host::default()
            .on::<HttpArgs, _>("PluginHTTP", answer)
            .start()
            .await;
        let empty = host
            .api
            .plugin_http(Request::new(Bytes::new()))
            .await
            .unwrap_err();
        assert!(matches!(empty, ApiError::Empty { .. }), "{empty:?}");
    }
}

#[tokio::test]
async fn a_bot_is_one_through_upgrades() {
    let bot = Bot {
        username: "phone".into(),
        display_name: "Phone".into(),
        ..Bot::default()
    };
    let known = || Bot {
        user_id: "b".into(),
        ..Bot::default()
    };

    // From 7.1 the server does it all.
    let host = Host::default()
        .on::<One<Bot>, _>(
            "EnsureBotUser",
            Two {
                a: "b".to_owned(),
                b: OutgoingError::Nil,
            },
        )
        .start()
        .await;
    assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "b");
    assert_eq!(host.asked::<One<Bot>>("EnsureBotUser").a, bot);

    // Before that: one that was made earlier is brought up to date.
    type Set = Three<String, Vec<u8>, PluginKvSetOptions>;
    let host = Host::default()
        .on::<Text, _>("KVGet", ok(b"b".to_vec()))
        .on::<Two<String, BotPatch>, _>("PatchBot", ok(Some(known())))
        .start()
        .await;
    assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "b");
    let patch = host.asked::<Two<String, BotPatch>>("PatchBot");
    assert_eq!(
        (patch.a.as_str(), patch.b.display_name.as_deref()),
        ("b", Some("Phone"))
    );
    assert_eq!(host.asked::<Text>("KVGet").a, "mmi_botid");

    // One that is gone, or never was, is made and remembered.
    let host = Host::default()
        .on::<Text, _>("KVGet", ok(b"gone".to_vec()))
        .on::<Two<String, BotPatch>, _>(
            "PatchBot",
            Two {
                a: None::<Bot>,
                b: Some(not_found()),
            },
        )
        .on::<Text, _>(
            "GetUserByUsername",
            Two {
                a: None::<User>,
                b: Some(not_found()),
            },
        )
        .on::<One<Bot>, _>("CreateBot", ok(Some(known())))
        .on::<Set, _>("KVSetWithOptions", ok(true))
        .start()
        .await;
    assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "b");
    let set = host.asked::<Set>("KVSetWithOptions");
    assert_eq!((set.a.as_str(), &set.b[..]), ("mmi_botid", &b"b"[..]));
    assert_eq!(host.asked::<One<Bot>>("CreateBot").a, bot);

    // An account with that name: a bot's is remembered, a person's is not.
    for is_bot in [true, false] {
        let account = User {
            is_bot,
            ..user("a")
        };
        let host = Host::default()
            .on::<Text, _>("KVGet", Nothing {})
            .on::<Text, _>("GetUserByUsername", ok(Some(account)))
            .on::<Set, _>("KVSetWithOptions", ok(true))
            .start()
            .await;
        assert_eq!(host.api.ensure_bot_user(&bot).await.unwrap(), "a");
        let last = host.host.seen.lock().unwrap().pop().unwrap().0;
        assert_eq!(last == "Plugin.KVSetWithOptions", is_bot, "{last}");
    }

    // What fails for another reason is not taken for "it is not there".
    let failed = AppError {
        status_code: 500,
        ..AppError::default()
    };
    let host = Host::default()
        .on::<Text, _>("KVGet", Nothing {})
        .on::<Text, _>(
            "GetUserByUsername",
            Two {
                a: None::<User>,
                b: Some(failed),
            },
        )
        .start()
        .await;
    assert!(
        host.api
            .ensure_bot_user(&bot)
            .await
            .unwrap_err()
            .is_transient()
    );
}

#[tokio::test]
async fn a_refusal_keeps_the_servers_words() {
    let refusal = AppError {
        id: "app.post.create".into(),
        message: "The channel is archived.".into(),
        detailed_error: "c".into(),
        request_id: "r".into(),
        status_code: 400,
        where_: "CreatePost".into(),
        skip_translation: false,
    };
    let answer = Two {
        a: None::<Post>,
        b: Some(refusal.clone()),
    };
    let host = Host::default()
        .on::<One<Post>, _>("CreatePost", answer)
        .start()
        .await;
    let error = host.api.create_post(&Post::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert!(
        matches!(&error, ApiError::App(e) if **e == refusal),
        "{error:?}"
    );

    // An error with a value beside it is an error, and one without any content is one too.
    let answer = Two {
        a: Some(Post::default()),
        b: Some(AppError::default()),
    };
    let host = Host::default()
        .on::<One<Post>, _>("CreatePost", answer)
        .start()
        .await;
    let error = host.api.create_post(&Post::default()).await.unwrap_err();
    assert!(
        matches!(&error, ApiError::App(e) if **e == AppError::default()),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_too_old_is_told_by_its_version() {
    let host = Host::default().start().await;
    let error = host.api.get_users_by_ids(&["a"]).await.unwrap_err();
    assert!(error.is_unknown_method() && !error.is_transient());
    assert_eq!(
        error.to_string(),
        "this server does not know GetUsersByIds, which needs Mattermost 9.8"
    );
    // The stream lives on.
    let error = host.api.get_user_status("u").await.unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::UnknownMethod {
                method: "GetUserStatus",
                since: "5.2"
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn nothing_is_no_value() {
    let host = Host::default()
        .on::<Text, _>("GetUser", Nothing {})
        .on::<Two<String, Post>, _>("SendEphemeralPost", Nothing {})
        .on::<(), _>("GetConfig", Nothing {});
    let host = host.start().await;
    for error in [
        host.api.get_user("u").await.unwrap_err(),
        host.api
            .send_ephemeral_post("u", &Post::default())
            .await
            .unwrap_err(),
        host.api.get_config().await.unwrap_err(),
    ] {
        assert!(matches!(error, ApiError::Empty { .. }), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_given_up() {
    let (host, kept) = Host::default().silent("GetUser");
    let host = host
        .on::<Text, _>("GetChannel", ok(Some(Channel::default())))
        .start()
        .await;
    let patience = Duration::from_secs(2);
    let started = tokio::time::Instant::now();
    let error = host
        .api
        .clone()
        .with_timeout(patience)
        .get_user("u")
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Timeout { method: "GetUser", after } if after == patience),
        "{error:?}"
    );
    assert!(error.is_transient());
    assert_eq!(started.elapsed().as_secs(), 2);
    assert_eq!(kept.lock().unwrap().len(), 1);
    // Other calls are answered all the while.
    host.api.get_channel("c").await.unwrap();
}

#[tokio::test]
async fn a_host_that_is_gone_ends_every_call() {
    let (host, kept) = Host::default().silent("GetUser");
    let host = host.start().await;
    let api = host.api.clone();
    let waiting = tokio::spawn(async move { api.get_user("u").await });
    while kept.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    host.plugin.close();
    let error = waiting.await.unwrap().unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::Call {
                method: "GetUser",
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.is_transient());
    assert!(host.api.get_user("u").await.unwrap_err().is_transient());
}
