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
pub trait Plugin: Sized + Send + Sync + 'static {
    /// The hooks that the host shall call. One that is not named here is never called.
    const HOOKS: &'static [Hook] = &[];

    /// Begins. An error appears in the System Console as the plugin's, and the plugin stays off:
    /// bad settings are better told elsewhere and survived.
    ///
    /// The host waits; twenty seconds were fine.
    fn activate(api: Api) -> impl Future<Output = Result<Self, HookError>> + Send;

    /// Ends. Soon afterwards the process is told to go, and killed two seconds later.
    fn deactivate(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Some setting of the server was saved, not necessarily one of ours: read them again, and do
    /// nothing when they are the same.
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

    /// Runs a slash command. Wants [`Hook::ExecuteCommand`].
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
    /// Source: Mattermost 9.11, `server/channels/app/support_packet.go`.
    fn support_data(&self) -> impl Future<Output = Result<Vec<FileData>, HookError>> + Send {
        async { Ok(Vec::new()) }
    }

    /// Learns of something that has happened, of a kind named in [`Plugin::HOOKS`]. The host waits
    /// for the answer.
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
