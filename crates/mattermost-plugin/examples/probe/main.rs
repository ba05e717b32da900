//! A plugin that does everything once, for the tests and the benchmark. `tests/go/probe/README.md`
//! says what it answers; there is a second one, in Go, that answers the same.

mod api;
mod routes;

use std::{
    collections::HashMap,
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use http::Response;
use mattermost_plugin::{
    Api, Context, Event, Hook, Plugin,
    error::{AppError, HookError},
    http::HttpService,
    model::{CommandArgs, CommandResponse},
};
use serde_json::{Value, json};

struct Probe {
    api: Api,
    /// The last action of each user's phone.
    phones: Mutex<HashMap<String, String>>,
    /// Requests under `/plugins/<id>/`, for the metrics.
    requests: AtomicU64,
}

/// One line in the log for each hook.
fn log_hook(hook: &str, args: &Value) {
    tracing::info!(hook, args = %args, "hook");
}

impl Plugin for Probe {
    const HOOKS: &'static [Hook] = &[
        Hook::ServeHttp,
        Hook::ServeMetrics,
        Hook::ExecuteCommand,
        Hook::OnPluginClusterEvent,
        Hook::OnWebSocketConnect,
        Hook::OnWebSocketDisconnect,
        Hook::WebSocketMessageHasBeenPosted,
        Hook::UserHasBeenCreated,
        Hook::UserHasBeenDeactivated,
        Hook::UserHasLoggedIn,
        Hook::MessageHasBeenPosted,
        Hook::MessageHasBeenUpdated,
        Hook::MessageHasBeenDeleted,
        Hook::ChannelHasBeenCreated,
        Hook::UserHasJoinedChannel,
        Hook::UserHasLeftChannel,
        Hook::UserHasJoinedTeam,
        Hook::UserHasLeftTeam,
        Hook::PreferencesHaveChanged,
    ];

    async fn activate(api: Api) -> Result<Self, HookError> {
        log_hook("OnConfigurationChange", &json!([]));
        log_hook("OnActivate", &json!([]));
        tracing::debug!(number = 7, "probe levels");
        tracing::info!(number = 7, "probe levels");
        tracing::warn!(number = 7, "probe levels");
        tracing::error!(number = 7, "probe levels");
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if set("PROBE_EXIT_ACTIVATE") {
            std::process::exit(3);
        }
        assert!(!set("PROBE_PANIC_ACTIVATE"), "activation panics");
        match std::env::var("PROBE_FAIL_ACTIVATE").as_deref() {
            Ok("app") => Err(HookError::from(AppError {
                id: "probe.activate".into(),
                message: "activation refused".into(),
                status_code: 500,
                ..AppError::default()
            })),
            Ok("string") => Err(HookError::from("activation refused")),
            _ => Ok(Self {
                api,
                phones: Mutex::default(),
                requests: AtomicU64::new(0),
            }),
        }
    }

    async fn deactivate(&self) -> Result<(), HookError> {
        log_hook("OnDeactivate", &json!([]));
        Ok(())
    }

    async fn configuration_changed(&self) -> Result<(), HookError> {
        log_hook("OnConfigurationChange", &json!([]));
        Ok(())
    }

    fn http(self: &Arc<Self>) -> HttpService {
        let probe = Arc::clone(self);
        HttpService::from_fn(move |request| {
            probe.requests.fetch_add(1, Ordering::Relaxed);
            routes::answer(Arc::clone(&probe), request)
        })
    }

    fn metrics(self: &Arc<Self>) -> HttpService {
        let probe = Arc::clone(self);
        HttpService::from_fn(move |_| {
            let requests = probe.requests.load(Ordering::Relaxed);
            async move { Response::new(format!("probe_requests_total {requests}\n")) }
        })
    }

    async fn execute_command(
        &self,
        _: Context,
        args: CommandArgs,
    ) -> Result<CommandResponse, AppError> {
        log_hook("ExecuteCommand", &json!([args]));
        let text = args.command.strip_prefix("/probe ").map(str::trim);
        let error = |id: &str, status_code| AppError {
            id: id.into(),
            message: "probe error".into(),
            status_code,
            ..AppError::default()
        };
        match text {
            Some("error") => Err(error("probe.error", 418)),
            Some(text) => Ok(CommandResponse::ephemeral(format!("probe: {text}"))),
            None => Err(error("probe.unknown", 404)),
        }
    }

    async fn event(&self, event: Event) {
        let (hook, args) = match event {
            Event::PluginCluster { event, .. } => (
                Hook::OnPluginClusterEvent,
                json!([{"Id": event.id, "Data": api::base64(&event.data)}]),
            ),
            Event::WebSocketConnected {
                connection_id,
                user_id,
            } => (Hook::OnWebSocketConnect, json!([connection_id, user_id])),
            Event::WebSocketDisconnected {
                connection_id,
                user_id,
            } => (Hook::OnWebSocketDisconnect, json!([connection_id, user_id])),
            Event::WebSocketMessage {
                connection_id,
                user_id,
                request,
            } => (
                Hook::WebSocketMessageHasBeenPosted,
                json!([connection_id, user_id, request]),
            ),
            Event::UserCreated { user, .. } => (Hook::UserHasBeenCreated, json!([user])),
            Event::UserDeactivated { user, .. } => (Hook::UserHasBeenDeactivated, json!([user])),
            Event::UserLoggedIn { user, .. } => (Hook::UserHasLoggedIn, json!([user])),
            Event::PostCreated { post, .. } => (Hook::MessageHasBeenPosted, json!([post])),
            Event::PostUpdated { post, old_post, .. } => {
                (Hook::MessageHasBeenUpdated, json!([post, old_post]))
            }
            Event::PostDeleted { post, .. } => (Hook::MessageHasBeenDeleted, json!([post])),
            Event::ChannelCreated { channel, .. } => {
                (Hook::ChannelHasBeenCreated, json!([channel]))
            }
            Event::JoinedChannel { member, actor, .. } => {
                (Hook::UserHasJoinedChannel, json!([member, actor]))
            }
            Event::LeftChannel { member, actor, .. } => {
                (Hook::UserHasLeftChannel, json!([member, actor]))
            }
            Event::JoinedTeam { member, actor, .. } => {
                (Hook::UserHasJoinedTeam, json!([member, actor]))
            }
            Event::LeftTeam { member, actor, .. } => {
                (Hook::UserHasLeftTeam, json!([member, actor]))
            }
            Event::PreferencesChanged { preferences, .. } => {
                (Hook::PreferencesHaveChanged, json!([preferences]))
            }
            _ => return,
        };
        log_hook(hook.name(), &args);
    }
}

fn main() -> ExitCode {
    mattermost_plugin::run::<Probe>()
}
