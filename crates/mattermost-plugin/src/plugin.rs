//! A plugin, and the process that runs it.

use std::{
    future::Future,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use go_plugin::{
    broker::Broker,
    handshake::Handshake,
    plugin::{StartError, serve},
    rpc::Service,
};
use tracing::level_filters::LevelFilter;

use crate::{
    Api, Hook,
    error::{AppError, HookError},
    hooks::{Context, Event, HookService, Hooks},
    http::HttpService,
    log,
    model::{CommandArgs, CommandResponse, FileData},
};

/// How Mattermost and its plugins know each other.
///
/// Source: Mattermost 9.11, `server/public/plugin/supervisor.go`.
pub const HANDSHAKE: Handshake = Handshake {
    cookie_key: "MATTERMOST_PLUGIN",
    cookie_value: "Securely message teams, anywhere.",
    app_version: 1,
};

/// How long the last lines of the log may take to leave.
const LOG_PATIENCE: Duration = Duration::from_millis(100);

/// The one service that Mattermost dispenses.
const HOOKS: &str = "hooks";

/// A Mattermost plugin.
///
/// One value lives from its activation to the end of the process. Its methods may run at the same
/// time: the host waits for no call before it makes the next.
///
/// 1. [`activate`](Self::activate) makes the value; then [`http`](Self::http) and [`metrics`](Self::metrics) are asked once.
/// 2. The [`HOOKS`](Self::HOOKS) that it names arrive, in any order: [`event`](Self::event),
///    [`execute_command`](Self::execute_command), requests, and changes of the settings, which need no asking.
/// 3. [`deactivate`](Self::deactivate) ends it, when an administrator disables the plugin or the server stops. What it
///    spawned runs on until the process ends, two seconds later at most.
///
/// The host waits for the answer of each hook, and sets no time limit but one of ten seconds for the deactivation when the server
/// stops. A panic in one costs that call alone.
///
/// ```no_run
/// use std::{process::ExitCode, sync::Arc};
///
/// use mattermost_plugin::{
///     Api, Context, Event, Hook, Plugin,
///     error::{AppError, HookError},
///     model::{Command, CommandArgs, CommandResponse},
/// };
///
/// struct Echo {
///     api: Api,
/// }
///
/// impl Plugin for Echo {
///     const HOOKS: &'static [Hook] = &[Hook::ExecuteCommand, Hook::MessageHasBeenPosted];
///
///     async fn activate(api: Api) -> Result<Self, HookError> {
///         let command = Command { trigger: "echo".into(), ..Command::default() };
///         api.register_command(&command).await?;
///         Ok(Self { api })
///     }
///
///     async fn execute_command(&self, _: Context, args: CommandArgs) -> Result<CommandResponse, AppError> {
///         let words = args.command.strip_prefix("/echo").unwrap_or_default().trim();
///         Ok(CommandResponse::ephemeral(words))
///     }
///
///     async fn event(&self, event: Event) {
///         if let Event::PostCreated { post, .. } = event {
///             // One's own posts arrive here, too.
///             tracing::debug!(channel = post.channel_id, "somebody wrote");
///         }
///     }
/// }
///
/// fn main() -> ExitCode {
///     mattermost_plugin::run::<Echo>()
/// }
/// ```
pub trait Plugin: Sized + Send + Sync + 'static {
    /// The hooks that the host shall call. One that is not named here is never called.
    const HOOKS: &'static [Hook] = &[];

    /// Begins. An error appears in the System Console as the plugin's, and the plugin stays off:
    /// bad settings are better told elsewhere and survived.
    ///
    /// The host sets no time limit, but it waits: so do the server's start, and the administrator who enables the plugin.
    /// Requests under `/plugins/<id>/` are answered with 404 until then. What takes more than a few seconds belongs into a task
    /// of its own (`tokio::spawn`). Each call of the API has the limit [`CALL_TIMEOUT`](crate::api::CALL_TIMEOUT).
    ///
    /// Settings that are saved meanwhile are told by [`configuration_changed`](Self::configuration_changed) afterwards.
    ///
    /// # Errors
    /// [`HookError`], which `?` makes of the API's errors, of I/O errors and of texts. The server may try once more at once.
    ///
    /// Source: Mattermost 9.11, `server/public/plugin/environment.go` (`startPluginServer`).
    fn activate(api: Api) -> impl Future<Output = Result<Self, HookError>> + Send;

    /// Ends. Soon afterwards the process is told to go, and killed two seconds later. Called as well when the process is told
    /// to end (SIGTERM) or its host is gone; not at a `kill -9`.
    ///
    /// # Errors
    /// One is logged by the server, and changes nothing.
    fn deactivate(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Some setting of the server was saved, not necessarily one of ours: read them again
    /// ([`Api::load_plugin_configuration`]), and do nothing when they are the same.
    ///
    /// # Errors
    /// One is logged by the server, and changes nothing: whoever saved does not see it.
    fn configuration_changed(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// What answers requests under `/plugins/<id>/`. Asked once, after the activation. Wants
    /// [`Hook::ServeHttp`].
    fn http(self: &Arc<Self>) -> HttpService {
        HttpService::not_found()
    }

    /// What answers `/plugins/<id>/metrics` on the server's metrics port, with that prefix cut off
    /// the path. The server asks nobody who they are there: whoever reaches the port may read.
    /// Asked once, after the activation. Wants [`Hook::ServeMetrics`].
    ///
    /// Source: Mattermost 9.11, `server/channels/app/platform/metrics.go`.
    fn metrics(self: &Arc<Self>) -> HttpService {
        HttpService::not_found()
    }

    /// Runs a slash command that was registered with [`Api::register_command`]. Wants [`Hook::ExecuteCommand`]. Whoever sent it
    /// waits for the answer.
    ///
    /// # Errors
    /// The [`message`](AppError::message) of one is shown to whoever sent the command. For what is wrong with the command
    /// itself, an [ephemeral](CommandResponse::ephemeral) answer reads better.
    fn execute_command(
        &self,
        context: Context,
        args: CommandArgs,
    ) -> impl Future<Output = Result<CommandResponse, AppError>> + Send {
        let _ = (context, args);
        async { Ok(CommandResponse::default()) }
    }

    /// Makes the plugin's files of a Support Packet, which goes to whoever helps the server's admin: without secrets, and under
    /// names that no other file of the packet has. Wants [`Hook::GenerateSupportData`].
    ///
    /// # Errors
    /// One is logged by the server, and the packet made without these files.
    ///
    /// Source: Mattermost 9.11, `server/channels/app/support_packet.go`.
    fn support_data(&self) -> impl Future<Output = Result<Vec<FileData>, HookError>> + Send {
        async { Ok(Vec::new()) }
    }

    /// Learns of something that has happened, of a kind named in [`Plugin::HOOKS`]. Events may overtake each other, and what a
    /// plugin does itself is told it too: a plugin that answers every post has to leave out its own.
    fn event(&self, event: Event) -> impl Future<Output = ()> + Send {
        let _ = event;
        async {}
    }
}

/// Runs the process of a plugin: the whole of its `main`.
///
/// It runs on one thread: what a plugin does is to wait for its host, and a second thread costs
/// more in memory and wake-ups than it gives. What computes for long belongs into
/// `tokio::task::spawn_blocking`.
///
/// It begins the [log](crate::log) from DEBUG up ([`log::set_level`] makes it less), and ends with the host. Started by hand,
/// it says so on stderr and ends with a failure.
pub fn run<P: Plugin>() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("The plugin cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        if let Err(e) = log::init(LevelFilter::DEBUG) {
            eprintln!("The plugin's lines in the log will have no levels: {e}");
        }
        serve(
            HANDSHAKE,
            Arc::new(Runner::<P> {
                hooks: Mutex::new(None),
            }),
        )
        .await
    });
    // Tasks that still wait for something must not hold up the end.
    runtime.shutdown_background();
    let code = match outcome {
        Ok(_) => ExitCode::SUCCESS,
        Err(e @ StartError::NotAPlugin) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
        Err(e) => {
            tracing::error!("the plugin ends: {e}");
            ExitCode::FAILURE
        }
    };
    log::flush(LOG_PATIENCE);
    code
}

struct Runner<P> {
    hooks: Mutex<Option<Arc<HookService<P>>>>,
}

impl<P: Plugin> go_plugin::plugin::Plugin for Runner<P> {
    fn dispense(&self, name: &str, broker: &Broker) -> Option<Arc<dyn Service>> {
        if name != HOOKS {
            return None;
        }
        let hooks = HookService::<P>::new(broker.clone());
        *self.hooks.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&hooks));
        Some(Arc::new(Hooks(hooks)))
    }

    async fn ending(&self) {
        let hooks = self
            .hooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(hooks) = hooks {
            hooks.end().await;
        }
    }
}
