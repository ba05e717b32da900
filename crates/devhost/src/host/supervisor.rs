//! Keeps a plugin running: health checks, restarts, an orderly end.
//!
//! As in Mattermost a dead process is started anew by the next health check, not sooner, and the
//! third death within an hour disables the plugin.

use std::{collections::VecDeque, io, process::ExitStatus, time::Duration};

use go_plugin::host::Process;
use serde_json::Map;
use tokio::{
    select,
    sync::{mpsc, oneshot, watch},
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};

use super::{
    hooks::Hooks,
    process::{Recipe, start},
};
use crate::world::{Event, Level, World};

/// Time between health checks.
pub const HEALTH_INTERVAL: Duration = Duration::from_secs(30);

/// Pings that may fail in one health check.
const PINGS: usize = 3;

/// How long one ping may take.
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// Deaths within [`DEATHS_COUNT_FOR`] that disable a plugin.
const DEATHS: usize = 3;

/// How long a death is remembered.
const DEATHS_COUNT_FOR: Duration = Duration::from_secs(60 * 60);

/// How long the server waits for `OnDeactivate`.
const DEACTIVATE_TIMEOUT: Duration = Duration::from_secs(10);

/// How a plugin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Running,
    /// It is disabled.
    Stopped,
    /// Its process is gone; the next health check starts it again.
    Dead,
    /// It could not be started.
    Failed,
}

impl State {
    /// The state in a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Dead => "dead",
            Self::Failed => "failed",
        }
    }
}

/// How a plugin ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whether the process went by itself within two seconds of being told to.
    pub by_itself: bool,
    /// What `OnDeactivate` answered, if it was an error.
    pub problem: Option<String>,
}

enum Order {
    Check(oneshot::Sender<()>),
    Disable(oneshot::Sender<Option<Ended>>),
    Enable(oneshot::Sender<Result<(), String>>),
}

/// What others see of the plugin.
#[derive(Clone)]
struct Now {
    state: State,
    hooks: Option<Hooks>,
    process: Option<u32>,
}

/// The handle on a supervised plugin.
#[derive(Clone)]
pub(crate) struct Supervised {
    orders: mpsc::Sender<Order>,
    now: watch::Receiver<Now>,
}

impl Supervised {
    /// Supervises a plugin that is to be enabled.
    pub(crate) fn new(world: World, recipe: Recipe, health: Duration) -> Self {
        let (orders, received) = mpsc::channel(16);
        let (sender, now) = watch::channel(Now {
            state: State::Stopped,
            hooks: None,
            process: None,
        });
        let supervisor = Supervisor {
            world,
            recipe,
            now: sender,
            process: None,
            deaths: VecDeque::new(),
        };
        tokio::spawn(supervisor.run(received, health));
        Self { orders, now }
    }

    pub(crate) fn hooks(&self) -> Option<Hooks> {
        self.now.borrow().hooks.clone()
    }

    pub(crate) fn state(&self) -> State {
        self.now.borrow().state
    }

    pub(crate) fn process_id(&self) -> Option<u32> {
        self.now.borrow().process
    }

    /// Waits until the plugin is in this state.
    pub(crate) async fn reach(&self, state: State) {
        // The supervisor lives as long as a handle on it does.
        let _ = self.now.clone().wait_for(|now| now.state == state).await;
    }

    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (done, answer) = oneshot::channel();
        self.orders.send(order(done)).await.ok()?;
        answer.await.ok()
    }

    pub(crate) async fn check(&self) {
        self.order(Order::Check).await;
    }

    pub(crate) async fn disable(&self) -> Option<Ended> {
        self.order(Order::Disable).await.flatten()
    }

    pub(crate) async fn enable(&self) -> Result<(), String> {
        self.order(Order::Enable)
            .await
            .unwrap_or_else(|| Err("the host is ending".into()))
    }
}

struct Supervisor {
    world: World,
    recipe: Recipe,
    now: watch::Sender<Now>,
    process: Option<Process>,
    deaths: VecDeque<Instant>,
}

async fn gone(process: Option<&mut Process>) -> io::Result<ExitStatus> {
    match process {
        Some(process) => process.wait().await,
        None => std::future::pending().await,
    }
}

impl Supervisor {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>, health: Duration) {
        let mut checks = interval_at(Instant::now() + health, health);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            select! {
                order = orders.recv() => match order {
                    // Those who asked may have left.
                    Some(Order::Check(done)) => {
                        self.check().await;
                        let _ = done.send(());
                    }
                    Some(Order::Disable(done)) => drop(done.send(self.disable().await)),
                    Some(Order::Enable(done)) => drop(done.send(self.enable().await)),
                    None => {
                        self.disable().await;
                        return;
                    }
                },
                _ = checks.tick() => self.check().await,
                status = gone(self.process.as_mut()) => self.died(status),
            }
        }
    }

    fn turn(&self, state: State, hooks: Option<Hooks>) {
        let process = self.process.as_ref().and_then(Process::id);
        self.now.send_replace(Now {
            state,
            hooks,
            process,
        });
        self.world.tell(Event::Plugin {
            id: self.recipe.plugin.clone(),
            state: state.as_str(),
        });
    }

    fn log(&self, level: Level, message: String) {
        self.world
            .log(level, &self.recipe.plugin, message, Map::new());
    }

    async fn enable(&mut self) -> Result<(), String> {
        if self.process.is_some() {
            return Ok(());
        }
        self.deaths.clear();
        self.start().await
    }

    async fn start(&mut self) -> Result<(), String> {
        match start(&self.world, &self.recipe).await {
            Ok((process, hooks)) => {
                self.process = Some(process);
                self.turn(State::Running, Some(hooks));
                self.log(Level::Debug, "Plugin activated".into());
                Ok(())
            }
            Err(problem) => {
                self.turn(State::Failed, None);
                self.log(Level::Error, problem.clone());
                Err(problem)
            }
        }
    }

    fn died(&mut self, status: io::Result<ExitStatus>) {
        self.process = None;
        self.turn(State::Dead, None);
        let how = status.map_or_else(|e| e.to_string(), |status| status.to_string());
        self.log(
            Level::Error,
            format!("the plugin's process ended by itself ({how}); the next health check starts it again"),
        );
    }

    /// Whether the plugin answers a ping.
    async fn answers(&self) -> bool {
        let Some(process) = &self.process else {
            return false;
        };
        for _ in 0..PINGS {
            if let Ok(Ok(())) = timeout(PING_TIMEOUT, process.ping()).await {
                return true;
            }
        }
        false
    }

    async fn check(&mut self) {
        let state = self.now.borrow().state;
        let dead = match state {
            State::Running => !self.answers().await,
            State::Dead => true,
            State::Stopped | State::Failed => false,
        };
        if !dead {
            return;
        }
        let now = Instant::now();
        while self
            .deaths
            .front()
            .is_some_and(|death| now.duration_since(*death) > DEATHS_COUNT_FOR)
        {
            self.deaths.pop_front();
        }
        self.deaths.push_back(now);
        // Dropped, it is killed.
        self.process = None;
        if self.deaths.len() >= DEATHS {
            self.world.unregister_commands_of(&self.recipe.plugin);
            self.turn(State::Stopped, None);
            self.log(
                Level::Error,
                format!("the plugin died {DEATHS} times within an hour and is disabled"),
            );
            return;
        }
        self.log(
            Level::Warn,
            "Health check failed for plugin, restarting it".into(),
        );
        // A failure is in the log and in the state.
        let _ = self.start().await;
    }

    async fn disable(&mut self) -> Option<Ended> {
        let hooks = self.now.borrow().hooks.clone();
        let ended = match self.process.take() {
            Some(process) => {
                let deactivated = match &hooks {
                    Some(hooks) => timeout(DEACTIVATE_TIMEOUT, hooks.deactivate()).await,
                    None => Ok(Ok(())),
                };
                let problem = match deactivated {
                    Ok(answer) => answer.err(),
                    Err(_) => Some(format!(
                        "OnDeactivate took more than {} s",
                        DEACTIVATE_TIMEOUT.as_secs()
                    )),
                };
                let by_itself = process.quit().await.is_ok_and(|(_, by_itself)| by_itself);
                if !by_itself {
                    self.log(Level::Warn, "plugin failed to exit gracefully".into());
                }
                if let Some(problem) = &problem {
                    self.log(
                        Level::Error,
                        format!("the plugin could not be deactivated: {problem}"),
                    );
                }
                Some(Ended { by_itself, problem })
            }
            None => None,
        };
        self.world.unregister_commands_of(&self.recipe.plugin);
        self.turn(State::Stopped, None);
        ended
    }
}
