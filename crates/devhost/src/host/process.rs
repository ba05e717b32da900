//! Starting a plugin as Mattermost does, up to its activation.

use std::{path::PathBuf, sync::Arc};

use go_plugin::{
    broker::Broker,
    handshake::Handshake,
    host::{Output, Process, StartOptions},
    rpc::{Call, Service, serve},
};
use serde_json::Map;
use tokio::{process::Command, sync::mpsc};

use super::hooks::Hooks;
use crate::{
    api::Api,
    world::{Level, World},
};

const HANDSHAKE: Handshake = Handshake {
    cookie_key: "MATTERMOST_PLUGIN",
    cookie_value: "Securely message teams, anywhere.",
    app_version: 1,
};

/// What a plugin is started with.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub(crate) plugin: String,
    pub(crate) executable: PathBuf,
    pub(crate) bundle: PathBuf,
    pub(crate) node: String,
    pub(crate) environment: Vec<(String, String)>,
}

/// The database driver that the server offers to plugins. Ours has no database, and says so in
/// net/rpc's words: no such method.
struct NoDriver;

impl Service for NoDriver {
    fn call(&self, call: Call<'_, '_>) {
        call.unknown();
    }
}

/// Starts the plugin and activates it. An error is a sentence for the log.
pub(crate) async fn start(world: &World, recipe: &Recipe) -> Result<(Process, Hooks), String> {
    let mut command = Command::new(&recipe.executable);
    command.envs(recipe.environment.iter().map(|(name, value)| (name, value)));
    command
        .env("PLUGIN_MIN_PORT", "10000")
        .env("PLUGIN_MAX_PORT", "25000")
        .env("PLUGIN_PROTOCOL_VERSIONS", "1");
    let options = StartOptions::new(HANDSHAKE);
    let (process, output) = Process::start(command, &options)
        .await
        .map_err(|e| format!("the plugin did not start: {e}"))?;
    tokio::spawn(take_output(world.clone(), recipe.plugin.clone(), output));
    let client = process
        .dispense("hooks")
        .await
        .map_err(|e| format!("the plugin has no hooks: {e}"))?;
    let hooks = Hooks::new(client, process.broker().clone())
        .await
        .map_err(|e| format!("the plugin does not say which hooks it has: {e}"))?;
    let api = Api::new(world.clone(), recipe);
    let activated = hooks.activate(
        serve_on(world, recipe, process.broker(), "API", Arc::new(api)),
        serve_on(
            world,
            recipe,
            process.broker(),
            "database driver",
            Arc::new(NoDriver),
        ),
    );
    match activated.await {
        Ok(()) => Ok((process, hooks)),
        Err(words) => {
            let _ = process.quit().await;
            Err(format!("the plugin refused to be activated: {words}"))
        }
    }
}

/// Accepts a stream for `service` and answers its id.
fn serve_on<S: Service>(
    world: &World,
    recipe: &Recipe,
    broker: &Broker,
    name: &'static str,
    service: Arc<S>,
) -> u32 {
    let id = broker.next_id();
    let (world, plugin, broker) = (world.clone(), recipe.plugin.clone(), broker.clone());
    tokio::spawn(async move {
        // That a stream ends with its process is in the course of things.
        let (level, problem) = match broker.accept(id).await {
            Ok(stream) => (
                Level::Debug,
                serve(stream, service).await.err().map(|e| e.to_string()),
            ),
            Err(e) => (Level::Error, Some(e.to_string())),
        };
        if let Some(problem) = problem {
            let message = format!("the stream for the {name}: {problem}");
            world.log(level, &plugin, message, Map::new());
        }
    });
    id
}

/// Brings what the plugin prints into the log, until its pipes are closed.
async fn take_output(world: World, plugin: String, mut output: mpsc::Receiver<Output>) {
    while let Some(line) = output.recv().await {
        match line {
            Output::Stderr(text)
            | Output::Stdout(text)
            | Output::SyncStdout(text)
            | Output::SyncStderr(text) => {
                world.log_output(&plugin, &text);
            }
        }
    }
}
