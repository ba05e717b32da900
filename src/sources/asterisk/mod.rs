//! Asterisk, over its manager interface (AMI).
//!
//! `link` keeps a connection: it logs in, and hands on what comes. The `follower` asks for the whole state after every login and
//! whenever something was lost, and feeds it with the events to `state`, which knows what all of that means: a state machine
//! without I/O that turns AMI's messages into events of the board and the progress of calls.

mod actions;
mod follower;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod link;
mod pbx;
mod report;
mod rights;
mod seed;
mod settings;
mod state;
#[cfg(test)]
mod tests;

pub use report::{LinkState, Report};
pub use rights::MissingRight;
pub use settings::{DndSwitch, Settings, Tls};
pub use state::Output;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::app::Clock;
use crate::board::Before;
use crate::config::{DialPatterns, NumbersUsers, Problem};
use crate::tasks;
use follower::{Followed, Follower};
use link::{Item, Limits, Phase, Wanted};
use state::{State, View};

/// An Asterisk that is followed and asked. Every method may be called from several tasks at once.
#[derive(Debug)]
pub struct Asterisk {
    followed: Arc<Followed>,
    settings: Mutex<Option<Arc<Settings>>>,
    wanted: watch::Sender<Wanted>,
    clock: Clock,
    tasks: [AbortHandle; 2],
}

impl Asterisk {
    /// Without a connection until it is [configured](Self::configure). What it learns goes to `out`; when nobody takes it in time, it
    /// waits, and falls back on asking for everything once there is room. Must be called inside a tokio runtime.
    #[must_use]
    pub fn new(out: mpsc::Sender<Output>, clock: Clock) -> Arc<Self> {
        Self::with_limits(out, clock, Limits::default())
    }

    fn with_limits(out: mpsc::Sender<Output>, clock: Clock, limits: Limits) -> Arc<Self> {
        let state = State::new(View {
            numbers: NumbersUsers::default(),
            extensions: DialPatterns::default(),
            context: String::new(),
        });
        let followed = Arc::new(Followed::new(state, limits));
        let wanted = watch::Sender::new(Wanted::Off);
        let follower = Follower::new(Arc::clone(&followed), out, clock);
        let kept = Arc::clone(&followed);
        let receiver = wanted.subscribe();
        let tasks = [
            tasks::spawn(follower.run()).abort_handle(),
            tasks::spawn(async move { kept.link.keep(receiver).await }).abort_handle(),
        ];
        Arc::new(Self {
            followed,
            settings: Mutex::new(None),
            wanted,
            clock,
            tasks,
        })
    }

    /// Takes other settings. The connection is made anew only if it is another one; with none, it is closed, and what came of it leaves
    /// the board.
    pub fn configure(&self, settings: Option<Settings>) {
        let settings = settings.map(Arc::new);
        {
            let mut own = self.own_settings();
            if *own == settings {
                return;
            }
            own.clone_from(&settings);
        }
        let wanted = match &settings {
            Some(settings) => {
                let mut state = self.followed.state();
                state.set_view(view(settings), (self.clock)());
                Wanted::On(Arc::clone(settings))
            }
            None => Wanted::Off,
        };
        let link = &self.followed.link;
        link.queue.push(Item::Look);
        self.wanted.send_if_modified(|before| {
            let same = match (&*before, &wanted) {
                (Wanted::On(before), Wanted::On(now)) => is_same_connection(before, now),
                (before, now) => before == now,
            };
            if !same {
                *before = wanted;
                link.set_phase(match before {
                    Wanted::On(_) => Phase::Connecting,
                    Wanted::Off | Wanted::Stopped => Phase::Off,
                });
            }
            !same
        });
    }

    /// Before this process began, the board was told of this: what is not told of again leaves it once everything was asked for.
    pub fn resume(&self, before: Before) {
        self.followed.state().resume(before, (self.clock)());
    }

    /// How things are.
    #[must_use]
    pub fn report(&self) -> Report {
        report::report(&self.followed, self.settings().as_deref())
    }

    /// What the admin should put right.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let settings = self.settings();
        let mut problems = report::problems(&self.followed, settings.as_deref());
        if settings.is_some() && self.tasks.iter().any(AbortHandle::is_finished) {
            problems.push(Problem::new(
                "asterisk",
                "is no longer followed: a part of the plugin has stopped",
                "Disable and enable the plugin, and report what the server's log says of it.",
            ));
        }
        problems
    }

    /// What the admin should know and can live with: rights that the account has not, and a version that is open to attack.
    #[must_use]
    pub fn warnings(&self) -> Vec<Problem> {
        if self.settings().is_none() {
            return Vec::new();
        }
        report::warnings(&self.followed)
    }

    /// Waits until the present settings led to something: a connection and the state taken over, or a failure. At most so long.
    pub async fn settled(&self, limit: Duration) {
        let mut phases = self.followed.link.phases();
        let is_settled = |phase: &Phase| !matches!(phase, Phase::Connecting | Phase::Seeding);
        // Neither the limit nor an end of the phases leaves anything to do.
        let _ = timeout(limit, phases.wait_for(is_settled)).await;
    }

    /// Says good-bye and closes the connection. What is on the board stays there. Waits at most so long.
    pub async fn stop(&self, limit: Duration) {
        *self.own_settings() = None;
        self.wanted.send_replace(Wanted::Stopped);
        let mut phases = self.followed.link.phases();
        let closed = async {
            let _ = phases.wait_for(|phase| *phase == Phase::Off).await;
        };
        let _ = timeout(limit, closed).await;
    }

    fn settings(&self) -> Option<Arc<Settings>> {
        self.own_settings().clone()
    }

    fn own_settings(&self) -> MutexGuard<'_, Option<Arc<Settings>>> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Asterisk {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn view(settings: &Settings) -> View {
    View {
        numbers: settings.numbers.clone(),
        extensions: settings.extensions.clone(),
        context: settings.context.clone(),
    }
}

/// Whether a connection by the one is as good as one by the other.
fn is_same_connection(one: &Settings, other: &Settings) -> bool {
    is_same_place(one, other)
        && one.tls == other.tls
        && one.user == other.user
        && one.secret == other.secret
}

/// Whether what one tells is what the other would tell.
fn is_same_place(one: &Settings, other: &Settings) -> bool {
    one.host == other.host && one.port == other.port
}
