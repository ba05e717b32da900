//! A Mattermost in memory: people, a team, channels, posts, statuses and what a plugin keeps.
//!
//! Several hosts may share one world, as the nodes of a cluster share one database. Everything that
//! happens is told as an [`Event`], and [`World::wait_for`] waits for a condition without polling.

mod accounts;
mod actions;
mod bots;
mod clients;
mod cluster;
mod coming_and_going;
mod commands;
mod config;
mod custom_status;
mod dialogs;
mod error;
mod events;
mod faults;
mod ids;
mod kv;
mod logs;
mod people;
mod places;
mod posts;
mod preferences;
#[cfg(test)]
mod recorded;
mod sessions;
mod statuses;
mod triggers;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::{broadcast, watch};

pub use actions::Button;
pub use bots::NewBot;
pub use cluster::ClusterEvent;
pub use commands::SlashCommand;
pub use config::ServerConfig;
pub use custom_status::{CUSTOM_STATUS_TEXT_MAX, CustomStatus, RECENT_CUSTOM_STATUSES};
pub use dialogs::{Dialog, DialogElement, DialogOption};
pub use error::AppError;
pub use events::{Audience, Event, WebSocketEvent};
pub use faults::Faults;
pub use ids::fixed_id;
pub use kv::{KV_KEY_MAX, SetOptions};
pub use logs::{Level, LogLine};
pub use people::{User, UserFilter};
pub use places::{Channel, Team};
pub use posts::{Ephemeral, MESSAGE_MAX, Post};
pub use preferences::{PREFERENCE_NAME_MAX, PREFERENCE_VALUE_MAX, Preference};
pub use sessions::Session;
pub use statuses::{Presence, Status};
pub use triggers::TRIGGER_LIFE;

/// How long [`World::wait_for`] waits. A busy machine is given time; a test that waits this long
/// has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Events kept for a listener that is behind; one that is further behind learns that it missed some.
const EVENT_BACKLOG: usize = 1024;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) people: people::People,
    pub(crate) places: places::Places,
    pub(crate) posts: posts::Posts,
    pub(crate) statuses: statuses::Statuses,
    pub(crate) preferences: preferences::Preferences,
    pub(crate) sessions: sessions::Sessions,
    pub(crate) plugins: kv::Plugins,
    pub(crate) commands: commands::Commands,
    pub(crate) bots: bots::Bots,
    pub(crate) config: config::ServerConfig,
    pub(crate) settings: config::Settings,
    pub(crate) outbox: events::Outbox,
    pub(crate) triggers: triggers::Triggers,
    pub(crate) clients: clients::Clients,
    pub(crate) cluster: cluster::Cluster,
    pub(crate) logs: logs::Logs,
    ids: ids::Ids,
}

struct Inner {
    state: Mutex<State>,
    faults: Faults,
    version: watch::Sender<u64>,
    events: broadcast::Sender<Event>,
    between_nodes: broadcast::Sender<ClusterEvent>,
    clock: Mutex<Clock>,
}

/// The world's time, in milliseconds.
#[derive(Clone, Copy)]
enum Clock {
    /// The machine's, and so much more.
    Ahead(i64),
    /// This moment, until it is moved on.
    Stopped(i64),
}

/// The world. Clones are the same one.
#[derive(Clone)]
pub struct World {
    inner: Arc<Inner>,
}

/// Nothing of the kind happened within [`PATIENCE`].
#[derive(Debug)]
pub struct WaitedTooLong(
    /// What was waited for.
    pub String,
);

impl fmt::Display for WaitedTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "waited {} s in vain for {}", PATIENCE.as_secs(), self.0)
    }
}

impl std::error::Error for WaitedTooLong {}

impl World {
    /// Team `acme` with the channels `phones` and `town-square`, and in all of them `alice`, `bob`,
    /// `carol` and `admin`, whose mail addresses are `<name>@example.com`. `admin` administers the
    /// system. Everybody has Mattermost open and is online. Ids are the same in every world ([`fixed_id`]).
    pub fn new() -> Self {
        let world = Self::empty();
        let team = world.add_team("acme", "Acme");
        for (name, shown) in [("phones", "Phones"), ("town-square", "Town Square")] {
            world.add_channel(&team, name, shown);
        }
        for (name, first, last) in [
            ("alice", "Alice", "Archer"),
            ("bob", "Bob", "Baker"),
            ("carol", "Carol", "Carter"),
            ("admin", "Ada", "Min"),
        ] {
            let user = world.add_user(name, first, last);
            if name == "admin" {
                world.change_user(&user, |user| user.roles = "system_user system_admin".into());
            }
            world.join_everything(&user);
            world.opens_mattermost(&user);
        }
        world
    }

    /// Nobody and nothing.
    pub fn empty() -> Self {
        Self {
            inner: Arc::new(Inner {
                state: Mutex::default(),
                faults: Faults::default(),
                version: watch::Sender::new(0),
                events: broadcast::Sender::new(EVENT_BACKLOG),
                between_nodes: broadcast::Sender::new(cluster::BACKLOG),
                clock: Mutex::new(Clock::Ahead(0)),
            }),
        }
    }

    /// What is made to go wrong.
    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Marks each change of the world and each call of its API, for what [`World::wait_for`] is
    /// not enough for.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.version.subscribe()
    }

    /// The world's time in milliseconds since 1970, as Mattermost counts.
    pub fn now(&self) -> i64 {
        match *self.clock() {
            Clock::Stopped(now) => now,
            Clock::Ahead(by) => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + by
            }
        }
    }

    /// Puts the world's clock forward: stored values expire, timed statuses end.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        match &mut *self.clock() {
            Clock::Ahead(time) | Clock::Stopped(time) => *time = time.saturating_add(by),
        }
        self.end_timed_dnd();
        self.changed();
    }

    /// Stops the world's clock at this moment, in milliseconds since 1970; [`World::advance`] moves it
    /// on. No timed status ends by that.
    pub fn stop_clock_at(&self, now: i64) {
        *self.clock() = Clock::Stopped(now);
        self.changed();
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        let clock = self.inner.clock.lock();
        clock.unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `probe` finds something, looking again after each change, for [`PATIENCE`] at
    /// most. `what` is for the error: "a post of bob's".
    ///
    /// # Errors
    /// [`WaitedTooLong`].
    pub async fn wait_for<T>(
        &self,
        what: &str,
        mut probe: impl FnMut(&Self) -> Option<T>,
    ) -> Result<T, WaitedTooLong> {
        let mut version = self.inner.version.subscribe();
        let looking = async {
            loop {
                version.borrow_and_update();
                if let Some(found) = probe(self) {
                    return Ok(found);
                }
                // The sender is ours too, so this cannot fail.
                let _ = version.changed().await;
            }
        };
        match tokio::time::timeout(PATIENCE, looking).await {
            Ok(found) => found,
            Err(_) => Err(WaitedTooLong(what.to_owned())),
        }
    }

    /// An id for a request.
    pub(crate) fn request_id(&self) -> String {
        self.state().ids.next("request")
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who wait to look again.
    pub(crate) fn changed(&self) {
        self.inner.version.send_modify(|version| *version += 1);
    }

    /// Tells everybody what happened. Not to be called with the state locked: listeners look at it.
    pub(crate) fn tell(&self, event: Event) {
        // Nobody listens: nobody needs to know.
        let _ = self.inner.events.send(event);
        self.changed();
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
