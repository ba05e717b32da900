//! A host for one plugin: its process, its API, HTTP in front of it.

mod bundle;
mod clicks;
mod hooks;
mod offers;
mod people;
mod process;
mod supervisor;
mod wire;

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value};
use tokio::{
    select,
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    task::JoinHandle,
    time::interval,
};

pub use bundle::{Bundle, BundleError};
pub(crate) use clicks::Submission;
pub use clicks::{Pressed, Submitted};
pub(crate) use hooks::{Hooks, HttpHook};
pub(crate) use process::Recipe;
pub use supervisor::{Ended, HEALTH_INTERVAL, State};
pub use wire::CommandResponse;
pub(crate) use wire::{
    Context, ErrorString, Header, PluginClusterEvent, Request as WireRequest, ServeHttpArgs,
    WireError,
};

use crate::{
    client,
    front::{Front, listen},
    world::{AppError, ClusterEvent, Level, World},
};
use supervisor::Supervised;

/// How often the server ends timed do-not-disturb.
const TIMED_DND_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// Where `scripts/webapp.py dev-host` leaves the scripts of the page that loads webapps.
pub(crate) const PAGE: &str = "webapp/dev/dist";

/// Where plugins' metrics are, before the plugin's id.
pub(crate) const METRICS: &str = "/devhost/plugins/";

/// How a host is started.
#[derive(Debug)]
pub struct Options {
    /// The plugin.
    pub bundle: Bundle,
    /// Its settings, beside the manifest's defaults and what the world has stored. Keys in any
    /// case.
    pub settings: Map<String, Value>,
    /// The port on 127.0.0.1; zero for a free one.
    pub port: u16,
    /// The path below which the site is, such as `/chat`; empty at the root.
    pub base: String,
    /// Where the scripts are of the page that loads the plugin's webapp: what `webapp/dev` is built to.
    pub webapp: PathBuf,
    /// This node's name in the cluster.
    pub node: String,
    /// More environment for the plugin's process.
    pub environment: Vec<(String, String)>,
    /// Time between health checks; [`HEALTH_INTERVAL`] on a real server.
    pub health_interval: Duration,
}

impl Options {
    /// No settings, any port, node `node`.
    pub fn new(bundle: Bundle) -> Self {
        Self {
            bundle,
            settings: Map::new(),
            port: 0,
            base: String::new(),
            webapp: PAGE.into(),
            node: "node".into(),
            environment: Vec::new(),
            health_interval: HEALTH_INTERVAL,
        }
    }

    /// With this setting too.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.settings.insert(key.into(), value.into());
        self
    }
}

/// Why a host could not be started: a sentence that says what to do.
#[derive(Debug)]
pub struct StartError(String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

/// What the parts of a host share.
pub(crate) struct Shared {
    pub(crate) world: World,
    pub(crate) id: String,
    pub(crate) bundle: Bundle,
    /// The path below which the site is.
    pub(crate) base: String,
    /// The folder of the page's scripts.
    pub(crate) webapp: PathBuf,
    pub(crate) node: String,
    /// When this host was started, by which a page knows that it is another one.
    pub(crate) run: i64,
    pub(crate) plugin: Supervised,
}

impl Shared {
    /// Runs a line that begins with a slash as `user` in `channel`.
    pub(crate) async fn command(
        &self,
        user: &str,
        channel: &str,
        line: &str,
    ) -> Result<CommandResponse, AppError> {
        let word = line.split_whitespace().next().unwrap_or_default();
        let unknown = || {
            let words = format!("Command with a trigger of '{word}' not found.");
            AppError::new(
                "ExecuteCommand",
                "api.command.execute_command.not_found.app_error",
                words,
                404,
            )
        };
        self.world
            .command_for(line)
            .filter(|command| command.plugin_id == self.id)
            .ok_or_else(unknown)?;
        let team = self.world.channel(channel)?.team_id;
        let hooks = self.plugin.hooks().ok_or_else(|| {
            AppError::new(
                "ExecuteCommand",
                "plugin",
                "The plugin is not running.",
                500,
            )
        })?;
        let args = wire::CommandArgs {
            user_id: user.into(),
            channel_id: channel.into(),
            team_id: team,
            root_id: String::new(),
            trigger_id: self.world.trigger_id(user),
            command: line.into(),
            site_url: self.world.config().site_url,
        };
        let response = hooks.execute_command(args).await?;
        if response.response_type == "in_channel" && !response.text.is_empty() {
            self.world.create_post(crate::world::Post {
                user_id: user.into(),
                channel_id: channel.into(),
                message: response.text.clone(),
                ..Default::default()
            })?;
        }
        Ok(response)
    }

    /// Kills the plugin's process. Answers whether there was one.
    pub(crate) fn kill(&self) -> bool {
        let process = self
            .plugin
            .process_id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        // It may be dead already.
        process.is_some_and(|process| kill_process(process, Signal::KILL).is_ok())
    }

    pub(crate) async fn configuration_changed(&self) {
        if let Some(hooks) = self.plugin.hooks()
            && let Err(problem) = hooks.configuration_changed().await
        {
            let message = format!("OnConfigurationChange: {problem}");
            self.world.log(Level::Error, &self.id, message, Map::new());
        }
    }
}

/// A running host.
pub struct DevHost {
    shared: Arc<Shared>,
    url: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    chores: JoinHandle<()>,
}

impl DevHost {
    /// Starts the plugin, and HTTP in front of it.
    ///
    /// # Errors
    /// When the port cannot be had, or the plugin does not start; its log is in the world.
    pub async fn start(world: World, options: Options) -> Result<Self, StartError> {
        let Options {
            bundle,
            settings,
            port,
            base,
            webapp,
            node,
            environment,
            health_interval,
        } = options;
        let listener = listen(port).await.map_err(StartError)?;
        let address = listener
            .local_addr()
            .map_err(|e| StartError(e.to_string()))?;
        let url = format!("http://{address}{base}");
        world.configure(|config| {
            if config.site_url.is_empty() {
                config.site_url.clone_from(&url);
            }
        });
        let id = bundle.id().to_owned();
        let mut stored = lower(bundle.defaults());
        stored.extend(world.plugin_settings(&id));
        stored.extend(lower(settings));
        world.set_plugin_settings(&id, stored);
        let recipe = Recipe {
            plugin: id.clone(),
            executable: bundle.executable(),
            bundle: bundle.folder().to_owned(),
            node: node.clone(),
            environment,
        };
        let plugin = Supervised::new(world.clone(), recipe, health_interval);
        let shared = Arc::new(Shared {
            run: world.now(),
            world,
            id,
            bundle,
            base,
            webapp,
            node,
            plugin,
        });
        let (stop, stopped) = watch::channel(false);
        let serving =
            tokio::spawn(Front::new(Arc::clone(&shared)).serve(listener, stopped.clone()));
        let chores = tokio::spawn(chores(Arc::clone(&shared), shared.world.between_nodes()));
        let host = Self {
            shared,
            url,
            stop,
            serving,
            chores,
        };
        match host.enable().await {
            Ok(()) => Ok(host),
            Err(problem) => {
                host.stop().await;
                Err(StartError(problem))
            }
        }
    }

    /// Where it is reached, such as `http://127.0.0.1:8065`, with the path of its site, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of a path of the plugin's, such as `/status`.
    pub fn plugin_url(&self, path: &str) -> String {
        format!("{}/plugins/{}{path}", self.url, self.shared.id)
    }

    /// The plugin's bundle.
    pub fn bundle(&self) -> &Bundle {
        &self.shared.bundle
    }

    /// The world it is a host in.
    pub fn world(&self) -> &World {
        &self.shared.world
    }

    /// How the plugin is.
    pub fn state(&self) -> State {
        self.shared.plugin.state()
    }

    /// Waits until the plugin is in this state.
    pub async fn reach(&self, state: State) {
        self.shared.plugin.reach(state).await;
    }

    /// The id of the plugin's process, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.shared.plugin.process_id()
    }

    /// GETs a path of the plugin's, such as `/status?secret=…`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Result<client::Answer, client::Error> {
        client::get(&self.plugin_url(path)).await
    }

    /// Runs a slash command as the person with the id `user` in the channel with the id `channel`.
    ///
    /// # Errors
    /// 404 for a command that nobody registered, 500 while the plugin does not run, else what the
    /// plugin answered.
    pub async fn command(
        &self,
        user: &str,
        channel: &str,
        line: &str,
    ) -> Result<CommandResponse, AppError> {
        self.shared.command(user, channel, line).await
    }

    /// Stores settings, as the System Console does it, and tells the plugin.
    pub async fn save_settings(&self, settings: Map<String, Value>) {
        self.shared
            .world
            .set_plugin_settings(&self.shared.id, settings);
        self.configuration_changed().await;
    }

    /// Tells the plugin that settings were saved, its own or others'.
    pub async fn configuration_changed(&self) {
        self.shared.configuration_changed().await;
    }

    /// Where [`metrics`](Self::metrics) are, while a plugin runs that has any.
    pub fn metrics_url(&self) -> Option<String> {
        let hooks = self.shared.plugin.hooks()?;
        let measures = hooks.implements(HttpHook::ServeMetrics.name());
        measures.then(|| format!("{}{METRICS}{}/metrics", self.url, self.shared.id))
    }

    /// GETs what the plugin measures (`ServeMetrics`), `""` or `/…` below it. It comes in on a port of
    /// its own in Mattermost, and under `/devhost/plugins/<id>/metrics` here.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn metrics(&self, path: &str) -> Result<client::Answer, client::Error> {
        let id = &self.shared.id;
        let url = format!("{}{METRICS}{id}/metrics{path}", self.url);
        client::get(&url).await
    }

    /// The plugin's files of a Support Packet (`GenerateSupportData`), by name; none where it has none, or does not run.
    ///
    /// # Errors
    /// The plugin's own words, or why its answer did not come.
    pub async fn support_data(&self) -> Result<Vec<(String, Vec<u8>)>, String> {
        match self.shared.plugin.hooks() {
            Some(hooks) => hooks.support_data().await,
            None => Ok(Vec::new()),
        }
    }

    /// Kills the plugin's process, as `kill -9` does, and waits until that is noticed. Nothing
    /// starts it again before the next health check.
    pub async fn kill(&self) {
        if self.shared.kill() {
            self.reach(State::Dead).await;
        }
    }

    /// Makes the health check that is due every 30 s now.
    pub async fn check_health(&self) {
        self.shared.plugin.check().await;
    }

    /// Disables the plugin: `OnDeactivate`, then `Quit`. `None` when it was not running.
    pub async fn disable(&self) -> Option<Ended> {
        self.shared.plugin.disable().await
    }

    /// Enables the plugin.
    ///
    /// # Errors
    /// Why it did not start.
    pub async fn enable(&self) -> Result<(), String> {
        self.shared.plugin.enable().await
    }

    /// Ends everything in good order. `None` when the plugin was not running.
    pub async fn stop(self) -> Option<Ended> {
        let ended = self.disable().await;
        let Self {
            stop,
            serving,
            chores,
            ..
        } = self;
        chores.abort();
        stop.send_replace(true);
        // Nothing that is served now can need the plugin any more; streams to pages are cut.
        serving.abort();
        ended
    }
}

fn lower(settings: Map<String, Value>) -> Map<String, Value> {
    settings
        .into_iter()
        .map(|(key, value)| (key.to_lowercase(), value))
        .collect()
}

/// Hands a message of another node to the plugin, once it has come its way.
async fn deliver(host: &Arc<Shared>, event: &ClusterEvent, way: Duration) {
    let delivery = {
        let (host, event) = (Arc::clone(host), event.clone());
        async move {
            if let Some(hooks) = host.plugin.hooks() {
                // Delivery is never reported.
                let _ = hooks.cluster_event(&event).await;
            }
        }
    };
    if way.is_zero() {
        delivery.await;
    } else {
        tokio::spawn(async move {
            tokio::time::sleep(way).await;
            delivery.await;
        });
    }
}

/// What the server does beside: messages between nodes, the end of timed statuses.
async fn chores(host: Arc<Shared>, mut between_nodes: Receiver<ClusterEvent>) {
    let mut dnd = interval(TIMED_DND_INTERVAL);
    loop {
        select! {
            event = between_nodes.recv() => match event {
                Ok(event) => {
                    if event.plugin_id == host.id {
                        for way in host.world.ways(&event, &host.node) {
                            deliver(&host, &event, way).await;
                        }
                    }
                }
                // A cluster loses messages too.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = dnd.tick() => host.world.end_timed_dnd(),
        }
    }
}
