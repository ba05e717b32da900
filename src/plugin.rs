//! The composition root: which hook goes to which part.

mod host;
mod registration;

use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, io};

use mattermost_plugin::error::{ApiError, AppError, HookError};
use mattermost_plugin::http::HttpService;
use mattermost_plugin::model::{CommandArgs, CommandResponse, FileData};
use mattermost_plugin::{Api, Context, Event, Hook, Plugin};

use crate::commands::Invocation;
use crate::health;
use crate::host::UserId;
use crate::node::Node;

use host::{Mattermost, account};
use registration::Registered;

/// How long an orderly stop may take, to make the posts that wait, to store what is to last and to give the lease back. The server gives a
/// plugin ten seconds when it ends itself, and as long as it takes when somebody disables the plugin.
const STOP_DEADLINE: Duration = Duration::from_millis(9_500);

/// The id when there is no manifest to read it from.
const DEFAULT_ID: &str = "switchboard";

/// The plugin, from its activation on.
#[derive(Debug)]
pub struct Switchboard {
    api: Api,
    node: Arc<Node<Mattermost>>,
    /// Loading and applying settings happen as one: of two saves, the later one's load comes last.
    configuring: tokio::sync::Mutex<Registered>,
}

impl Switchboard {
    async fn configure(&self) -> Result<(), ApiError> {
        let mut registered = self.configuring.lock().await;
        let settings = self.api.load_plugin_configuration_json().await?;
        self.node.configure(&settings);
        let app = self.node.app();
        let register = |command| async move { self.api.register_command(&command).await };
        let unregister = |trigger| self.api.unregister_command("", trigger);
        let language = app.server_language().await;
        let (commands, features) = (app.commands(), app.features());
        registered
            .bring(commands, features, language, register, unregister)
            .await;
        Ok(())
    }
}

impl Plugin for Switchboard {
    const HOOKS: &'static [Hook] = &[
        Hook::ServeHttp,
        Hook::ServeMetrics,
        Hook::GenerateSupportData,
        Hook::ExecuteCommand,
        Hook::OnWebSocketConnect,
        Hook::OnWebSocketDisconnect,
        Hook::UserHasBeenCreated,
        Hook::UserHasBeenDeactivated,
        Hook::OnPluginClusterEvent,
    ];

    async fn activate(api: Api) -> Result<Self, HookError> {
        let id = bundle_id().unwrap_or_else(|e| {
            tracing::warn!("plugin.json beside the executable cannot be read ({e}): the id is taken to be {DEFAULT_ID}");
            DEFAULT_ID.to_owned()
        });
        let make = {
            let (api, id) = (api.clone(), id.clone());
            move |gate| Mattermost::new(api.clone().with_gate(gate), &id)
        };
        let this = Self {
            node: Node::start(&id, make).await,
            api,
            configuring: tokio::sync::Mutex::default(),
        };
        this.configure().await?;
        Ok(this)
    }

    async fn deactivate(&self) -> Result<(), HookError> {
        // What remained is logged there.
        self.node.stop(STOP_DEADLINE).await;
        Ok(())
    }

    async fn configuration_changed(&self) -> Result<(), HookError> {
        // Some of the server's own settings concern presence and people's statuses, too, and whether there are other nodes.
        self.node.server_changed();
        Ok(self.configure().await?)
    }

    fn http(self: &Arc<Self>) -> HttpService {
        HttpService::new(self.node.http())
    }

    fn metrics(self: &Arc<Self>) -> HttpService {
        let node = Arc::clone(&self.node);
        HttpService::from_fn(move |_| crate::http::metrics(node.app()))
    }

    async fn support_data(&self) -> Result<Vec<FileData>, HookError> {
        let files = health::support(&self.node.app()).await.into_iter();
        let files = files.map(|file| FileData {
            filename: file.name,
            body: file.body,
        });
        Ok(files.collect())
    }

    async fn event(&self, event: Event) {
        let presence = self.node.presence();
        match event {
            Event::WebSocketConnected { user_id, .. }
            | Event::WebSocketDisconnected { user_id, .. } => {
                presence.hint(&UserId::from(user_id));
            }
            Event::UserCreated { user, .. } => {
                self.node.app().people().created(&user.username);
                presence.created(account(user));
            }
            Event::UserDeactivated { user, .. } => {
                self.node
                    .deactivated(&user.username, &UserId::from(user.id))
                    .await;
            }
            Event::PluginCluster { event, .. } => {
                self.node.cluster_event(&event.id, event.data).await;
            }
            _ => {}
        }
    }

    async fn execute_command(
        &self,
        _: Context,
        args: CommandArgs,
    ) -> Result<CommandResponse, AppError> {
        let user = UserId::from(args.user_id);
        let invocation = Invocation {
            line: &args.command,
            user: &user,
            channel: &args.channel_id,
            site_url: &args.site_url,
            trigger_id: &args.trigger_id,
        };
        let response = self.node.execute(invocation).await;
        Ok(if response.ephemeral {
            CommandResponse::ephemeral(response.text)
        } else {
            CommandResponse::in_channel(response.text)
        })
    }
}

/// The id in the bundle's manifest: the executable lies in `server/dist` of the bundle, and the process in
/// the server's own folder.
fn bundle_id() -> io::Result<String> {
    let executable = env::current_exe()?;
    let bundle = executable
        .ancestors()
        .nth(3)
        .ok_or(io::ErrorKind::NotFound)?;
    let manifest = fs::read(bundle.join("plugin.json"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
    let id = manifest.get("id").and_then(serde_json::Value::as_str);
    id.map(str::to_owned)
        .ok_or_else(|| io::Error::other("it has no id"))
}
